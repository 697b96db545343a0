"""Taking back an import, a batch at a time; what an owner accepted, or somebody changed since, stays."""

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from marketplace.core import audit
from suppliers.imports.models import Import, ImportRow, Outcome
from suppliers.imports.writing import replace_services, save_changed
from suppliers.models import Supplier
from suppliers.proposals import ending
from suppliers.proposals import models as proposals

AT_ONCE = 200


def undo(of_import: Import, *, until: Callable[[], bool] = lambda: False) -> bool:
    """True once everything that can be taken back is; safe to cut off and to repeat."""
    last = 0
    while batch := _batch(of_import, last):
        last = batch[-1].number
        _take_back(of_import, batch)
        if until():
            return False
    with transaction.atomic():
        if Import.objects.being_undone().filter(pk=of_import.pk).update(undone_at=timezone.now()):
            audit.record("import.undone", of_import, by=of_import.started_by)
    return True


def _batch(of_import: Import, after: int) -> list[ImportRow]:
    wanted = [Outcome.CREATED, Outcome.UPDATED]
    rows = of_import.rows.filter(outcome__in=wanted, number__gt=after, supplier__isnull=False)
    return list(rows.order_by("number")[:AT_ONCE])


@transaction.atomic
def _take_back(of_import: Import, rows: list[ImportRow]) -> None:
    made = [row.supplier_id for row in rows if row.outcome == Outcome.CREATED]
    open_ones = proposals.Proposal.objects.open().filter(supplier__in=made).select_related("supplier__organisation")
    ending.end(list(open_ones), outcome=proposals.Outcome.WITHDRAWN, by=of_import.started_by)
    changed = {row.supplier_id: row for row in rows if row.outcome == Outcome.UPDATED and row.before}
    suppliers = Supplier.objects.filter(pk__in=changed, submitted_at=None, proposal__accepted_at=None)
    for supplier in suppliers.select_related("organisation").select_for_update(of=("self",)):
        row = changed[supplier.pk]
        if supplier.version == row.version_made:
            _restore(supplier, row.before)
    Import.objects.filter(pk=of_import.pk).update(touched_at=timezone.now())


def _restore(supplier: Supplier, before: dict) -> None:
    for name, value in before["organisation"].items():
        setattr(supplier.organisation, name, value)
    for name, value in before["supplier"].items():
        setattr(supplier, name, value)
    if before["services"] is not None:
        replace_services(supplier, before["services"])
    save_changed(supplier, before)
