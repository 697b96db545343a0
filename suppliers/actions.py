"""What people do with a supplier's listing. The caller has checked who asks; these check whether it may be."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.core import audit
from marketplace.core.errors import RuleBroken
from suppliers.models import Supplier


@transaction.atomic
def list_supplier(supplier, *, by):
    """Put it on show: the first time after the review by staff, later when the firm wants to be seen again."""
    changed = Supplier.objects.exclude(submitted_at=None).exclude(listed_at__isnull=False, hidden_at=None)
    if not changed.filter(pk=supplier.pk).update(listed_at=timezone.now(), hidden_at=None):
        raise RuleBroken(_("This supplier is listed already, or has not asked to be."))
    supplier.refresh_from_db()
    audit.record("supplier.listed", supplier, by=by)


@transaction.atomic
def hide_supplier(supplier, *, by):
    """Take it off every public page at once; what it holds is kept."""
    shown = Supplier.objects.filter(pk=supplier.pk, hidden_at=None).exclude(submitted_at=None)
    if not shown.update(hidden_at=timezone.now()):
        raise RuleBroken(_("This supplier is not on show."))
    supplier.refresh_from_db()
    audit.record("supplier.hidden", supplier, by=by)
