"""E-mail that is never lost: stored in the transaction of the change it tells of, sent after the commit.

A template `name` stands for `<name>.subject.txt`, `<name>.txt` and `<name>.mjml`.
"""

import base64
import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.validators import validate_email
from django.db import models
from django.template.loader import get_template
from django.utils import translation

from marketplace.core import queue
from marketplace.core.audit import label_of
from marketplace.core.models import OutboxMessage

DELIVER = "core.deliver_message"
#: For `hidden_until`: nobody but the receiver ever learns of the mail.
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)


def post(
    template: str,
    *,
    to: str,
    about: Iterable[models.Model] = (),
    language: str | None = None,
    sealed: dict[str, str] | None = None,
    hidden_until: datetime | None = None,
    seal_of: models.Model | None = None,
    **context: Any,
) -> OutboxMessage:
    """Store one e-mail and enqueue it for after the commit.

    `context` must be JSON; `sealed` holds codes and signed links, which are kept encrypted until sent and then erased;
    before `hidden_until` neither staff nor a log learn that the mail exists; if it fails, staff learn whom to help
    once the seal of that row is broken, and without a row never.
    Raises now rather than in the worker: ValidationError for what is no e-mail address, TemplateDoesNotExist.
    """
    validate_email(to)
    for ending in ("subject.txt", "txt", "mjml"):
        get_template(f"{template}.{ending}")
    message = OutboxMessage.objects.create(
        template=template,
        to=to,
        language=language or translation.get_language() or settings.LANGUAGE_CODE,
        context=context,
        sealed=seal(sealed) if sealed else None,
        about=[label_of(row) for row in about],
        hidden_until=hidden_until,
        seal=label_of(seal_of) if seal_of else "",
    )
    queue.after_commit(DELIVER, message.pk)
    return message


def seal(secrets: dict[str, str]) -> bytes:
    return _cipher().encrypt(json.dumps(secrets).encode())


def unseal(sealed: bytes | memoryview | None) -> dict[str, str]:
    return json.loads(_cipher().decrypt(bytes(sealed))) if sealed else {}


def _cipher() -> Fernet:
    key = hashlib.blake2b(settings.SECRET_KEY.encode(), person=b"tessera.outbox", digest_size=32).digest()
    return Fernet(base64.urlsafe_b64encode(key))
