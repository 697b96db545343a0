"""Sending what the outbox holds. No transaction is open while a stranger's mail server thinks."""

import re
import smtplib
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

import mrml
import structlog
from celery.exceptions import SoftTimeLimitExceeded
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.message import BadHeaderError
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils import timezone, translation

from marketplace.core import outbox, rest
from marketplace.core.models import OutboxMessage

log = structlog.get_logger("tessera.delivery")

#: A temporary refusal is tried again for a day, then given up and shown to staff.
PATIENCE = timedelta(hours=24)
FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(hours=1)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029]")


class ServerAway(Exception):
    """The mail server could not be reached, or would not speak with us at all: no fault of any one message."""


def send(message: OutboxMessage, at: datetime | None = None) -> None:
    """Send a claimed message and record what became of it: sent, delayed or failed. Never raises for its own mail."""
    try:
        mail = compose(message)
    except InvalidToken:
        _failed(message, "its code cannot be read any more: SECRET_KEY was changed after it was written", at)
    except BadHeaderError:
        _failed(message, "a header would hold a line break", at)
    except Exception as error:  # a template of any app: a mended release may still send it within the day
        _note(log.exception, "mail could not be written", message)
        _delayed(message, f"{type(error).__name__}: the message could not be written", at)
    else:
        _send(message, mail, at)


def _send(message: OutboxMessage, mail: EmailMultiAlternatives, at: datetime | None) -> None:
    try:
        _hand_over(mail)
    except ServerAway as error:
        pause = rest.begin(at or timezone.now())
        # Never given up: it says nothing about the message, and staff are told by check_health.
        message.record_delayed((at or timezone.now()) + pause, f"{rest.REASON}: {error}")
    except smtplib.SMTPRecipientsRefused as error:
        rest.answered()
        code, words = next(iter(error.recipients.values()))
        _refused(message, code, _decoded(words), at)
    except smtplib.SMTPDataError as error:
        rest.answered()
        _refused(message, error.smtp_code, _decoded(error.smtp_error), at)
    except smtplib.SMTPSenderRefused as error:
        # Our own address or size is not welcome: staff must mend that, the receiver has done nothing wrong.
        rest.answered()
        _delayed(message, f"sender refused: {error.smtp_code} {_decoded(error.smtp_error)}", at)
    except (OSError, smtplib.SMTPException, SoftTimeLimitExceeded) as error:
        # Broken off in the middle: it may have arrived, so it is repeated under the same Message-ID.
        rest.broke_off(at or timezone.now())
        _delayed(message, f"{type(error).__name__}: broken off while sending", at)
    except ValueError as error:
        _failed(message, f"{type(error).__name__}: the address cannot be written in a mail", at)
    else:
        message.record_sent(at or timezone.now())
        rest.answered()
        _note(log.info, "mail sent", message)


def _hand_over(mail: EmailMultiAlternatives) -> None:
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        raise ServerAway(type(error).__name__) from error
    try:
        connection.send_messages([mail])
    finally:
        with suppress(OSError, smtplib.SMTPException):
            connection.close()  # whatever it says to our goodbye, the message has been taken or not


def compose(message: OutboxMessage) -> EmailMultiAlternatives:
    """The mail as text and HTML in the receiver's language."""
    with translation.override(message.language):
        context = message.context | outbox.unseal(message.sealed) | {"public_url": settings.PUBLIC_URL}
        subject = " ".join(_plain(f"{message.template}.subject.txt", context).split())
        text = _plain(f"{message.template}.txt", context).strip() + "\n"
        html = mrml.to_html(_CONTROL.sub("", render_to_string(f"{message.template}.mjml", context))).content
    stop = context.get("stop_url")
    one_click = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if stop else {}
    mail = EmailMultiAlternatives(
        subject=subject,
        body=text,
        to=[message.to],
        headers={
            "Message-ID": message.message_id,
            "Date": format_datetime(message.created_at),
            "Content-Language": message.language,
            "Auto-Submitted": "auto-generated",
        }
        | one_click,
    )
    mail.attach_alternative(html, "text/html")
    return mail


def _plain(template: str, context: dict) -> str:
    """Text without HTML's escapes: nobody wants to read O&#x27;Brien."""
    found: Any = get_template(template)
    return _CONTROL.sub("", found.template.render(Context(context, autoescape=False)))


def _refused(message: OutboxMessage, code: int, words: str, at: datetime | None) -> None:
    if 500 <= code < 600:
        _failed(message, f"{code} {words}", at)
    else:
        _delayed(message, f"{code} {words}", at)


def _failed(message: OutboxMessage, reason: str, at: datetime | None) -> None:
    message.record_failed(at or timezone.now(), reason)
    _note(log.warning, "mail failed", message)


def _delayed(message: OutboxMessage, reason: str, at: datetime | None) -> None:
    now = at or timezone.now()
    if now - message.created_at >= PATIENCE:
        _failed(message, f"given up after a day: {reason}", now)
        return
    delay = min(FIRST_DELAY * 2 ** min(message.attempts - 1, 10), LONGEST_DELAY)
    message.record_delayed(now + delay, reason)
    _note(log.info, "mail delayed", message)


def _note(write: Callable[..., None], event: str, message: OutboxMessage) -> None:
    """Of a hidden mail the log says nothing: that there was one would tell that something was handed in."""
    if not message.hidden_until:
        write(event, message=message.key, template=message.template, attempt=message.attempts)


def _decoded(words: bytes | str) -> str:
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return " ".join(said.split())
