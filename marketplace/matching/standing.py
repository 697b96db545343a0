"""Whoever administers a firm that is listed hears every Monday of the calls that it can carry, until they stop it."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone, translation

from marketplace.accounts.models import Representative
from marketplace.core import audit
from marketplace.matching import carry
from marketplace.matching.models import CARRY, SavedSearch
from marketplace.matching.rhythms import Alert, next_moment
from suppliers.models import Supplier

#: A firm was listed just now where the change that lists it was made so lately.
JUST_NOW = timedelta(minutes=10)


@transaction.atomic
def start(suppliers: Iterable[int]) -> int:
    """For the administrators of those that were listed just now and who never had one; returns how many were begun."""
    now = timezone.now()
    listed = Supplier.objects.listed().filter(pk__in=suppliers, listed_at__gt=now - JUST_NOW)
    known = SavedSearch.objects.filter(kind=CARRY, owner=OuterRef("user"), organisation=OuterRef("organisation"))
    rows = Representative.objects.administrators().filter(organisation__supplier__in=listed, user__is_active=True)
    begun = [_search(row, now) for row in rows.exclude(Exists(known)).select_related("user", "organisation")]
    SavedSearch.objects.bulk_create(begun, ignore_conflicts=True)
    for search in begun:
        audit.record("saved_search.started", search.owner, organisation=search.organisation_id)
    return len(begun)


def _search(row: Representative, now) -> SavedSearch:
    with translation.override(row.user.language):
        name = carry.title(None)
    return SavedSearch(
        organisation=row.organisation,
        owner=row.user,
        kind=CARRY,
        name=name,
        alert=Alert.WEEKLY,
        next_at=next_moment(Alert.WEEKLY, row.user.time_zone, now),
        seen_until=now,
    )
