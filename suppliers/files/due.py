"""What documents and pictures ask of the clock."""

from datetime import datetime, timedelta

import structlog
from django.core.cache import cache

from marketplace.core import registry
from marketplace.core.files import vault
from suppliers.files import expiry, pieces

log = structlog.get_logger("tessera.files")


def sweep_once_a_day(at: datetime) -> int:
    """Delete files without a row and say which rows miss their file; the clock asks each minute, once a day counts."""
    if not cache.add(f"files-swept-{at.date().isoformat()}", 1, timeout=int(timedelta(days=2).total_seconds())):
        return 0
    orphans, missing = vault.sweep(at)
    for name in missing:
        log.error("file missing", name=name)
    return len(orphans)


registry.due.register("document-reminders", registry.Due("document-reminders", expiry.remind))
registry.due.register("documents-turned", registry.Due("documents-turned", expiry.tell_turned))
registry.due.register("uploads-abandoned", registry.Due("uploads-abandoned", pieces.forget_abandoned))
registry.due.register("files-without-a-row", registry.Due("files-without-a-row", sweep_once_a_day, order=80))
