"""Structured logs: one JSON object a line on standard error, the same for web, worker and commands.

A log tells what happened and where, never whom it concerned: routes instead of addresses, kinds of errors with their
traceback, and no word that a person typed.
"""

import re
import traceback
from collections.abc import MutableMapping
from typing import Any

import psycopg2
import structlog

#: An exception's words often quote what a person typed: e-mails, quoted values, keys of a row, codes, queries.
_PRIVATE = re.compile(
    r"DETAIL:.*"
    r"|[^\s<>\"'(),;=]+@[^\s<>\"'(),;]+"
    r"|'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"|«[^»\n]*»"
    r"|\?\S+"
    r"|\b\d{1,3}(?:\.\d{1,3}){3}\b"
    r"|\b\d{5,}\b",
    re.DOTALL,
)
#: Django and gunicorn write the address of the request into these; our own request line says the same without it.
_TALKATIVE = ("django.request", "django.security", "django.server", "gunicorn.access")


#: Kinds whose words come from code, libraries and servers. Those of all others may be what a person typed: left out.
_TELLING = (psycopg2.Error, OSError, AttributeError, ImportError, NameError, TypeError)
_TELLING_NAMES = {
    *("IntegrityError", "OperationalError", "ProgrammingError", "InternalError", "NotSupportedError"),
    *("NoReverseMatch", "TemplateDoesNotExist", "TemplateSyntaxError", "ImproperlyConfigured"),
}


def without_private_words(text: str) -> str:
    return _PRIVATE.sub("…", text)


def _add_traceback(logger: Any, method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Where it happened and what kind of error it was; no local variables, no quoted values."""
    found = entry.pop("exc_info", None)
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        entry["error"] = type(error).__name__
        entry["traceback"] = [line for link in _chain(error) for line in _told(link)]
    return entry


def _chain(error: BaseException) -> list[BaseException]:
    """The error and what it came from, the first cause first; the parts of a group follow it."""
    links: list[BaseException] = []
    step: BaseException | None = error
    while step is not None and step not in links:
        links.append(step)
        step = step.__cause__ or (None if step.__suppress_context__ else step.__context__)
    links.reverse()
    return [*links, *(part for link in links if isinstance(link, BaseExceptionGroup) for part in link.exceptions)]


def _told(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    kind = type(error).__name__
    is_telling = isinstance(error, _TELLING) or kind in _TELLING_NAMES
    return [*places, f"{kind}: {without_private_words(str(error))}" if is_telling else kind]


def _hush_foreign_words(logger: Any, method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Libraries put values into their sentences; ours keep them in named fields."""
    if not entry.get("_from_structlog"):
        entry["event"] = without_private_words(str(entry["event"]))
    return entry


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _SHARED,
            "processors": [
                _add_traceback,
                _hush_foreign_words,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "tessera": {"level": "INFO"},
        "gunicorn.error": {"handlers": [], "level": "WARNING", "propagate": True},
        **{name: {"handlers": [], "level": "CRITICAL", "propagate": False} for name in _TALKATIVE},
    },
}


def configure() -> None:
    """Make `structlog.get_logger()` write through the handlers of LOGGING."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
