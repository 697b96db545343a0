"""The demo's agreements to be listed, and the yearly questions that are under way."""

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from marketplace.core import demo, registry
from suppliers.models import Supplier
from suppliers.review import receipts
from suppliers.review.due import REMINDED_AFTER, YEAR
from suppliers.review.models import ListingReceipt

AT_ONCE = 20_000
#: The question went out when the year was over, and where that is long ago its reminder too.
_QUESTIONS = """
    WITH asked AS (
        UPDATE suppliers_supplier s SET confirmation_asked_on = s.confirmed_on + %(year)s
        WHERE s.id = ANY(%(suppliers)s) AND s.listed_at IS NOT NULL AND s.confirmation_asked_on IS NULL
        AND s.hidden_at IS NULL AND s.suspended_at IS NULL AND s.confirmed_on + %(year)s <= %(today)s
        RETURNING s.id, s.confirmation_asked_on
    )
    INSERT INTO review_confirmation (supplier_id, asked_on, reminded_on)
    SELECT id, confirmation_asked_on,
        CASE WHEN confirmation_asked_on + %(month)s <= %(today)s THEN confirmation_asked_on + %(month)s END
    FROM asked ON CONFLICT DO NOTHING
"""


def plant_receipts(random, amounts, progress):
    """Every demo supplier that asked to be listed has its receipt; returns how many there are."""
    planted = Supplier.objects.exclude(submitted_at=None).filter(organisation__identifiers__scheme=demo.SCHEME)
    given = ListingReceipt.objects.live().filter(supplier=OuterRef("pk"))
    missing = list(planted.filter(~Exists(given)).order_by("pk").values_list("pk", flat=True))
    progress.reset(total=len(missing))
    for first in range(0, len(missing), AT_ONCE):
        batch = missing[first : first + AT_ONCE]
        plant_receipts_of(batch)
        progress.update(len(batch))
    return planted.count()


@transaction.atomic
def plant_receipts_of(suppliers):
    """The receipts of these, and the yearly questions that they should have been asked by now."""
    receipts.plant(suppliers)
    _plant_questions(suppliers)


def _plant_questions(suppliers):
    facts = {
        "suppliers": suppliers,
        "year": YEAR.days,
        "month": REMINDED_AFTER.days,
        "today": timezone.now().date(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_QUESTIONS, facts)


registry.seeds.register("receipts", registry.Seed("receipts", plant_receipts, order=21, is_in_steps=True))
