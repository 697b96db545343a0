"""Telling people of firms that were listed since they last heard of them: once a round, one mail per person."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from marketplace.matching import emails
from marketplace.matching.models import SavedSearch
from marketplace.matching.news import listed_between
from marketplace.matching.questions import asked
from marketplace.matching.words import based_words
from suppliers.directory import address
from suppliers.directory.permissions import viewer_of
from suppliers.models import Supplier

#: So many people a minute; the others are next.
PEOPLE_AT_ONCE = 100
FIRMS_IN_A_MAIL = 5
#: A listing may be committed a little after the moment it bears.
SETTLING = timedelta(minutes=5)


def send_alerts(at: datetime) -> int:
    """Run the searches whose round has come and write to their owners; returns how many mails were written.

    A person's searches are run and marked in one transaction with the mail, so that none is told twice or not at all.
    """
    owners = SavedSearch.objects.due(at).order_by("owner").values_list("owner", flat=True).distinct()
    told, failures = 0, []
    for owner in owners[:PEOPLE_AT_ONCE]:
        try:
            told += _tell(owner, at)
        except Exception as error:  # one person's search must not keep the others' mails back
            error.add_note(f"saved searches of person {owner}")
            failures.append(error)
    if failures:
        raise ExceptionGroup("some alerts failed", failures)
    return told


@transaction.atomic
def _tell(owner: int, at: datetime) -> int:
    due = SavedSearch.objects.due(at).filter(owner=owner).select_related("owner", "organisation").order_by("name", "pk")
    searches = list(due.select_for_update(of=("self",), skip_locked=True))
    news = [found for saved in searches if (found := _news(saved, at))]
    if news:
        emails.new_firms(searches[0].owner, news)
    return len(news[:1])


def _news(saved: SavedSearch, at: datetime) -> dict[str, Any] | None:
    """What is new for one search, which is marked as run; a search that took too long is tried in the next round."""
    language, until = saved.owner.language, max(saved.seen_until, at - SETTLING)
    with translation.override(language):
        question = asked(saved, viewer_of(saved.owner, saved.organisation), language).question
        found = listed_between(question, saved.seen_until, until)
        SavedSearch.objects.filter(pk=saved.pk).update(
            last_run_at=at, seen_until=saved.seen_until if found is None else until
        )
        if not found:
            return None
        return {
            "name": saved.name,
            "number": len(found),
            "link": settings.PUBLIC_URL + address.url(question),
            "firms": [_firm(supplier) for supplier in _rows(found[:FIRMS_IN_A_MAIL])],
        }


def _rows(pks: list[int]) -> list[Supplier]:
    found = Supplier.objects.listed().select_related("organisation").in_bulk(pks)
    return [found[pk] for pk in pks if pk in found]


def _firm(supplier: Supplier) -> dict[str, str]:
    return {
        "name": supplier.organisation.name,
        "place": based_words(supplier),
        "link": settings.PUBLIC_URL + reverse("supplier-detail", kwargs={"slug": supplier.slug}),
    }
