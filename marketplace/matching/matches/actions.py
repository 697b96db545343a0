"""What a firm does with the calls it is shown: say that one is not for it, take that back, stop what followed."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.calls.models import Call, Lot
from marketplace.core import audit
from marketplace.core.errors import RuleBroken
from marketplace.matching.matches.models import Match, SetAside
from suppliers.models import Supplier


@transaction.atomic
def set_aside(call: Call, *, supplier: Supplier, reason: str, by: User) -> SetAside:
    """The call leaves the firm's list and no other; said again, the last reason counts."""
    if not call.is_open():
        raise RuleBroken(_("This call is not open any more."))
    lot = _lot_meant(call, supplier)
    said, _is_new = SetAside.objects.update_or_create(
        supplier=supplier,
        call=call,
        defaults={"lot": lot, "reason": reason, "by": by, "at": timezone.now(), "is_tuning": True},
    )
    audit.record("call.set_aside", supplier, by=by, call=call.pk, reason=reason)
    return said


@transaction.atomic
def take_back(call: Call, *, supplier: Supplier, by: User) -> bool:
    """The call stands in the list again, and what followed from the reason ends; the second time nothing happens."""
    gone, _rows = SetAside.objects.filter(supplier=supplier, call=call).delete()
    if gone:
        audit.record("call.set_aside_taken_back", supplier, by=by, call=call.pk)
    return bool(gone)


@transaction.atomic
def switch_tuning(supplier: Supplier, *, rows: Iterable[int], is_on: bool, by: User) -> None:
    """Whether other calls are left out because these were set aside; they themselves stay aside."""
    changed = SetAside.objects.filter(supplier=supplier, pk__in=list(rows)).exclude(is_tuning=is_on)
    if changed.update(is_tuning=is_on):
        audit.record("call.tuning_switched", supplier, by=by, is_on=is_on)


def _lot_meant(call: Call, supplier: Supplier) -> Lot | None:
    """The one that the firm answers best, else the first."""
    match = Match.objects.filter(call=call, supplier=supplier).select_related("lot").first()
    return match.lot if match else call.lots.standing().first()
