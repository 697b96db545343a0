"""The demo's agreements to be listed, and the yearly questions that are under way."""

from django.db import connection
from django.utils import timezone

from marketplace.core import demo, registry
from suppliers.models import Supplier
from suppliers.review import receipts
from suppliers.review.due import REMINDED_AFTER, YEAR

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
    keys = planted.order_by("pk").values_list("pk", flat=True)
    progress.reset(total=planted.count())
    batch = keys[:AT_ONCE]
    done = 0
    while batch := list(batch):
        receipts.plant(batch)
        _plant_questions(batch)
        progress.update(len(batch))
        done += len(batch)
        batch = keys.filter(pk__gt=batch[-1])[:AT_ONCE]
    return done


def _plant_questions(suppliers):
    facts = {
        "suppliers": suppliers,
        "year": YEAR.days,
        "month": REMINDED_AFTER.days,
        "today": timezone.now().date(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_QUESTIONS, facts)


registry.seeds.register("receipts", registry.Seed("receipts", plant_receipts, order=21))
