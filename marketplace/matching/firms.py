"""Searches of the directory, and how people are told of firms that were listed."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import User
from marketplace.matching import kinds, questions
from marketplace.matching.kinds import Asker, Hits, News
from marketplace.matching.models import SUPPLIERS, SavedSearch
from marketplace.matching.news import Wanted, listed_between
from marketplace.matching.rhythms import Alert
from marketplace.matching.words import based_words
from suppliers.directory import address
from suppliers.directory.address import Asked
from suppliers.directory.permissions import viewer_of
from suppliers.models import Supplier

FIRMS_IN_A_MAIL = 5
#: A listing may be committed a little after the moment it bears.
SETTLING = timedelta(minutes=5)


# --- How firms are told of ------------------------------------------------------------------------------------------


def all_of_it(people: Mapping[int, Hits], at: datetime | None = None) -> dict[int, Hits]:
    """A search of the directory looks at every stretch of time once, so what it finds was never told before."""
    return dict(people)


def words(people: Mapping[int, Hits], users: Mapping[int, User], at: datetime) -> dict[int, dict[str, Any]]:
    """For each person the searches that found firms, with the newest of them."""
    rows = Supplier.objects.listed().select_related("organisation")
    found = {}
    for person, hits in people.items():
        by_search: dict[SavedSearch, list[int]] = {}
        for firm, (searches, _worth) in hits.items():
            for search in searches:
                by_search.setdefault(search, []).append(firm)
        named = {firm for firms in by_search.values() for firm in firms[:FIRMS_IN_A_MAIL]}
        with translation.override(users[person].language):
            found[person] = _section(by_search, rows.in_bulk(named))
    return found


def _section(by_search: Mapping[SavedSearch, list[int]], rows: Mapping[int, Supplier]) -> dict[str, Any]:
    number = len({firm for firms in by_search.values() for firm in firms})
    return {
        "headline": ngettext(
            "%(number)s new firm answers your saved searches", "%(number)s new firms answer your saved searches", number
        )
        % {"number": number},
        "number": number,
        "searches": [
            {
                "name": str(search),
                "number": len(firms),
                "link": settings.PUBLIC_URL + url(kinds.asked(search, _owner_of(search))),
                "firms": [_firm(rows[firm]) for firm in firms[:FIRMS_IN_A_MAIL] if firm in rows],
            }
            for search, firms in by_search.items()
        ],
    }


def _firm(supplier: Supplier) -> dict[str, str]:
    return {
        "name": supplier.organisation.name,
        "place": based_words(supplier),
        "link": settings.PUBLIC_URL + reverse("supplier-detail", kwargs={"slug": supplier.slug}),
    }


TELLING = kinds.Telling("firms", 20, "matching/email/part_firms", all_of_it, all_of_it, words)


# --- Searches of the directory --------------------------------------------------------------------------------------


def read(parameters: QueryDict, asker: Asker) -> Asked:
    return questions.read(parameters, viewer_of(asker.user, asker.organisation), asker.language)


def url(found: Asked) -> str:
    return address.url(found.question)


def news(searches: Sequence[SavedSearch], at: datetime) -> dict[int, News]:
    """The firms that were listed since each was last looked at, and that its owner may see."""
    wanted = []
    for search in searches:
        with translation.override(search.owner.language):
            question = kinds.asked(search, _owner_of(search)).question
        wanted.append(Wanted(question, search.seen_until, max(search.seen_until, at - SETTLING)))
    if (answers := listed_between(wanted)) is None:
        # One that takes too long shall not keep the others back.
        return news(searches[:1], at) | news(searches[1:], at) if len(searches) > 1 else {searches[0].pk: News()}
    return {
        search.pk: News(dict.fromkeys(firms, 0), each.until)
        for search, each, firms in zip(searches, wanted, answers, strict=True)
    }


def _owner_of(search: SavedSearch) -> Asker:
    return Asker(search.owner, search.organisation, get_language() or search.owner.language)


kinds.registered.register(
    SUPPLIERS,
    kinds.Kind(
        name=SUPPLIERS,
        label=_("Suppliers"),
        question=_("Write to me about new firms"),
        order=30,
        rhythms=[Alert.NONE, Alert.DAILY, Alert.WEEKLY],
        telling=TELLING,
        read=read,
        write=questions.written,
        filters=questions.filters_of,
        title=questions.name_of,
        url=url,
        news=news,
        list_url="supplier-list",
    ),
)
