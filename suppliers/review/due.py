"""What the review asks of the clock, and what it promises always holds."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from marketplace.core import registry
from suppliers.models import Supplier
from suppliers.review import emails
from suppliers.review.models import Confirmation, PageReport

YEAR = timedelta(days=365)
REMINDED_AFTER = timedelta(days=30)
#: From then on the page itself says that nobody answered.
SAID_PLAINLY_AFTER = timedelta(days=90)
#: A reporter's address is of no use any more.
FORGOTTEN_AFTER = timedelta(days=180)
#: Each minute: a large network is asked over some hours rather than in one gulp.
AT_ONCE = 500


def ask_if_still_right(at: datetime) -> int:
    """The yearly question to each listed firm whose year is over, once."""
    day = at.date() - YEAR
    due = Supplier.objects.listed().filter(confirmation_asked_on=None)
    due = due.filter(Q(confirmed_on__lte=day) | Q(confirmed_on=None, listed_at__lte=at - YEAR))
    return sum(_ask(pk, at) for pk in due.order_by("confirmed_on", "pk").values_list("pk", flat=True)[:AT_ONCE])


@transaction.atomic
def _ask(pk: int, at: datetime) -> int:
    unasked = Supplier.objects.filter(pk=pk, confirmation_asked_on=None)
    if not unasked.update(confirmation_asked_on=at.date()):
        return 0
    supplier = Supplier.objects.select_related("organisation").get(pk=pk)
    confirmation = Confirmation.objects.create(supplier=supplier, asked_on=at.date())
    emails.still_right(confirmation, is_reminder=False)
    return 1


def remind_to_confirm(at: datetime) -> int:
    """One reminder for a question that nobody has answered for a month."""
    waiting = Confirmation.objects.open().filter(reminded_on=None, asked_on__lte=at.date() - REMINDED_AFTER)
    waiting = waiting.filter(supplier__hidden_at=None, supplier__suspended_at=None)
    return sum(_remind(pk, at) for pk in waiting.order_by("asked_on", "pk").values_list("pk", flat=True)[:AT_ONCE])


@transaction.atomic
def _remind(pk: int, at: datetime) -> int:
    if not Confirmation.objects.open().filter(pk=pk, reminded_on=None).update(reminded_on=at.date()):
        return 0
    emails.still_right(Confirmation.objects.select_related("supplier__organisation").get(pk=pk), is_reminder=True)
    return 1


def forget_reporters(at: datetime) -> int:
    """The addresses of those who reported a page go half a year after our answer."""
    old = PageReport.objects.exclude(email="").filter(answered_at__lte=at - FORGOTTEN_AFTER)
    return old.update(email="")


registry.due.register("still-right", registry.Due("still_right", ask_if_still_right, order=40))
registry.due.register("still-right-reminders", registry.Due("still_right_reminders", remind_to_confirm, order=41))
registry.due.register("page-reporters", registry.Due("page_reporters_forgotten", forget_reporters, order=80))
registry.invariants.register(
    "listing-receipts",
    registry.Invariant(
        "a listed supplier has a receipt for being listed that is not withdrawn",
        """
        SELECT s.id FROM suppliers_supplier s WHERE s.listed_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM review_listingreceipt r WHERE r.supplier_id = s.id AND r.withdrawn_at IS NULL
        )
        """,
    ),
)
registry.invariants.register(
    "suspensions",
    registry.Invariant(
        "a supplier that was taken off was told why",
        """
        SELECT s.id FROM suppliers_supplier s WHERE s.suspended_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM review_verdict v WHERE v.supplier_id = s.id AND v.kind = 'suspended'
        )
        """,
    ),
)
