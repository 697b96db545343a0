"""Typed readers of the environment. A wrong value stops the program with the name to set.

Every name may also be given as `NAME_FILE`, the path of a file that holds the value (a mounted secret).
"""

import difflib
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from email.utils import getaddresses
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import psycopg2
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email
from psycopg2.extensions import make_dsn

SHORTEST_SECRET = 50
#: Values that stand in examples everywhere; whoever runs with one has not chosen a secret.
KNOWN_SECRETS = ("changeme", "change-me", "secret", "django-insecure", "your-secret-key", "example")

#: Every TESSERA_ name that this program reads, so that a misspelt one is refused rather than ignored.
TESSERA_NAMES = {
    "TESSERA_VAR",
    "TESSERA_DEMO",
    "TESSERA_PG_BIN",
    "TESSERA_PG_ROOT",
    "TESSERA_VALKEY_BIN",
    "TESSERA_PLAIN_STATIC",
    "TESSERA_SHARED_DATA",
    "TESSERA_CHROMIUM",
}


def text(name: str, default: str | None = None) -> str:
    """The value of `name`, or of the file named by `NAME_FILE`; raises when neither is there and no default is."""
    value, path = os.environ.get(name), os.environ.get(f"{name}_FILE")
    if value is not None and path is not None:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
    if path is not None:
        try:
            value = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ImproperlyConfigured(f"{name}_FILE: {path} cannot be read ({error}).") from error
    if value is None or value == "":
        if default is None:
            raise ImproperlyConfigured(f"Set {name} (or {name}_FILE).")
        return default
    if not value.isprintable():
        raise ImproperlyConfigured(f"{name} holds a line break or another control character.")
    return value


def flag(name: str, default: bool = False) -> bool:
    value = text(name, "1" if default else "0").lower()
    if value not in {"1", "0", "true", "false", "yes", "no"}:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")
    return value in {"1", "true", "yes"}


def number(name: str, default: int, *, at_least: int = 0, at_most: int = 65_535) -> int:
    value = text(name, str(default))
    if not value.isascii() or not value.isdigit() or not at_least <= int(value) <= at_most:
        raise ImproperlyConfigured(f"{name} must be a whole number from {at_least} to {at_most}, not {value!r}.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def web_address(name: str, default: str | None = None) -> str:
    """An http(s) address of a whole site: no path, no trailing slash."""
    value = text(name, default)
    parts = _split(name, value)
    is_whole_site = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username)
    if parts.scheme not in {"http", "https"} or not parts.hostname or " " in value or not is_whole_site:
        raise ImproperlyConfigured(f"{name} must look like https://example.org, not {value!r}.")
    return f"{parts.scheme}://{parts.netloc}"


def mail_address(name: str, default: str | None = None) -> str:
    """One e-mail address, with or without a name: `Tessera <no-reply@example.org>`."""
    value = text(name, default)
    _check_mail_address(name, ",".join(address for _name, address in getaddresses([value])))
    return value


def mail_addresses(name: str) -> list[str]:
    """A comma-separated list of plain e-mail addresses."""
    values = words(name)
    for value in values:
        _check_mail_address(name, value)
    return values


def _check_mail_address(name: str, value: str) -> None:
    try:
        validate_email(value)
    except ValidationError as error:
        raise ImproperlyConfigured(f"{name} must hold e-mail addresses such as staff@example.org.") from error


def secret(name: str, kept: Path | None = None) -> str:
    """A secret of at least 50 characters; with `kept`, one is made there on first need (mode 0600) and used again."""
    if kept is not None and name not in os.environ and f"{name}_FILE" not in os.environ:
        return _kept_secret(kept)
    value = text(name)
    if len(value) < SHORTEST_SECRET or len(set(value)) < 5:
        raise ImproperlyConfigured(f"{name} must have at least {SHORTEST_SECRET} random characters.")
    if any(known in value.lower() for known in KNOWN_SECRETS):
        raise ImproperlyConfigured(f"{name} still holds an example value: set one of your own.")
    return value


def _kept_secret(path: Path) -> str:
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(64))
            with suppress(FileExistsError):
                os.link(draft, path)  # whole or not at all: web and worker may both be starting for the first time
        value = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{path} cannot be made or read ({error}): check TESSERA_VAR.") from error
    finally:
        with suppress(OSError):
            draft.unlink()
    if len(value) < SHORTEST_SECRET:
        raise ImproperlyConfigured(f"{path} is too short to be a secret: remove it, or set SECRET_KEY.")
    return value


def database(name: str, default: str | None = None) -> dict[str, Any]:
    """Django's settings for a `postgresql://user:password@host:port/name?option=value` address.

    A socket folder may stand percent-encoded as the host or in `?host=`.
    """
    value = text(name, default)
    parts = _split(name, value)
    options = {"connect_timeout": "5"} | dict(parse_qsl(parts.query))
    database_name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in {"postgres", "postgresql"} or not database_name or "/" in database_name:
        raise ImproperlyConfigured(f"{name} must look like postgresql://user:password@host:5432/name.")
    try:
        make_dsn(**options)
    except psycopg2.ProgrammingError as error:
        said = " ".join(str(error).split())
        raise ImproperlyConfigured(f"{name} has an option that PostgreSQL does not know ({said}).") from error
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database_name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.netloc.rpartition("@")[2].partition(":")[0])),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def redis(name: str, default: str | None = None) -> tuple[str, str]:
    """The address for the cache and the same address as Celery writes it."""
    value = text(name, default)
    parts = _split(name, value)
    if parts.scheme == "unix" and parts.path:
        database_number = dict(parse_qsl(parts.query)).get("db", "0")
        return value, f"redis+socket://{parts.path}?virtual_host={database_number}"
    if parts.scheme in {"redis", "rediss"} and parts.hostname:
        return value, value
    raise ImproperlyConfigured(f"{name} must look like redis://host:6379/0 or unix:///path/to.sock?db=0.")


def storage(prefix: str) -> dict[str, Any]:
    """Where media are kept: a private bucket when `<prefix>_BUCKET` is set, else the folder MEDIA_ROOT."""
    if not (bucket := text(f"{prefix}_BUCKET", "")):
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": web_address(f"{prefix}_ENDPOINT") if text(f"{prefix}_ENDPOINT", "") else None,
            "region_name": text(f"{prefix}_REGION", "") or None,
            "access_key": text(f"{prefix}_ACCESS_KEY"),
            "secret_key": text(f"{prefix}_SECRET_KEY"),
            "default_acl": "private",
            "querystring_auth": True,
            "file_overwrite": False,
        },
    }


@dataclass(frozen=True)
class MailServer:
    host: str
    port: int
    user: str
    password: str
    use_tls: bool
    use_ssl: bool


def mail(name: str, default: str | None = None) -> MailServer:
    """`smtp://`, `smtp+tls://` (STARTTLS) or `smtps://user:password@host:port`."""
    value = text(name, default)
    parts = _split(name, value)
    ports = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
    if parts.scheme not in ports or not parts.hostname:
        raise ImproperlyConfigured(f"{name} must look like smtps://user:password@mail.example.org:465.")
    return MailServer(
        host=parts.hostname,
        port=parts.port or ports[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_tls=parts.scheme == "smtp+tls",
        use_ssl=parts.scheme == "smtps",
    )


def refuse_unknown() -> None:
    """Raise for a TESSERA_ name that nothing reads: most likely a spelling mistake."""
    for name in os.environ:
        if name.startswith("TESSERA_") and name.removesuffix("_FILE") not in TESSERA_NAMES:
            meant = difflib.get_close_matches(name, TESSERA_NAMES, n=1)
            known = f"Did you mean {meant[0]}?" if meant else f"Known: {', '.join(sorted(TESSERA_NAMES))}."
            raise ImproperlyConfigured(f"{name} is not a setting of Tessera. {known}")


def _split(name: str, value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not an address ({error}).") from error
    return parts
