"""The audit: what was done, to what, by whom. Never put a person's words, codes or special-category data into it."""

from typing import Any

from django.db import models

from marketplace.core.models import AuditEntry


def label_of(row: models.Model) -> str:
    """The name by which audit and outbox refer to a row: `accounts.organisation:12`."""
    return f"{row._meta.label_lower}:{row.pk}"


def record(verb: str, subject: models.Model, *, by: Any = None, **data: Any) -> AuditEntry:
    """Write one entry in the running transaction; `by=None` means the clock or an import."""
    return AuditEntry.objects.create(verb=verb, subject=label_of(subject), by=by, data=data)
