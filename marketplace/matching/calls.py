"""Searches of the list of calls, and how people are told of calls, whatever found them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils import translation
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import User
from marketplace.calls.board import address, fits
from marketplace.calls.board.cards import value_of
from marketplace.calls.board.facets import FACETS
from marketplace.calls.board.permissions import readers_of
from marketplace.calls.board.question import STATES, Question
from marketplace.calls.models import Call
from marketplace.calls.templatetags.calls import foreign
from marketplace.core.templatetags.ui import moment_words
from marketplace.core.vocab import countries
from marketplace.matching import kinds
from marketplace.matching.kinds import Asker, Hits, News
from marketplace.matching.models import CALLS, NewCall, SavedSearch, Told
from marketplace.matching.rhythms import Alert

CALLS_IN_A_MAIL = 15
#: A change may be committed a little after the moment it bears; what is found a second time is not told a second time.
SETTLING = timedelta(minutes=5)
#: So many searches times calls are held against each other in one statement.
MOST_PAIRS = 200_000


# --- How calls are told of ------------------------------------------------------------------------------------------


def mark(people: Mapping[int, Hits], at: datetime) -> dict[int, Hits]:
    return _only(people, Told.objects.mark(_pairs(people), at=at))


def unseen(people: Mapping[int, Hits]) -> dict[int, Hits]:
    pairs = _pairs(people)
    told = Told.objects.pairs((person for person, _call in pairs), (call for _person, call in pairs))
    return _only(people, set(pairs) - told)


def _pairs(people: Mapping[int, Hits]) -> list[tuple[int, int]]:
    return [(person, call) for person, hits in people.items() for call in hits]


def _only(people: Mapping[int, Hits], pairs: set[tuple[int, int]]) -> dict[int, Hits]:
    kept = {
        person: {call: hit for call, hit in hits.items() if (person, call) in pairs} for person, hits in people.items()
    }
    return {person: hits for person, hits in kept.items() if hits}


def words(people: Mapping[int, Hits], users: Mapping[int, User], at: datetime) -> dict[int, dict[str, Any]]:
    """For each person the calls that are open at that moment: those that fit best, then those that close first."""
    rows = Call.objects.open(at).with_lots().in_bulk({call for hits in people.values() for call in hits})
    cards = Cards()
    found = {}
    for person, hits in people.items():
        calls = [rows[call] for call in hits if call in rows]
        calls.sort(key=lambda call: (-hits[call.pk][1], call.response_deadline, call.pk))
        if calls:
            with translation.override(users[person].language):
                found[person] = _section(calls, hits, cards)
    return found


def _section(calls: list[Call], hits: Hits, cards: "Cards") -> dict[str, Any]:
    shown = [
        cards.card(call) | {"because": [str(search) for search in hits[call.pk][0]], "score": hits[call.pk][1]}
        for call in calls[:CALLS_IN_A_MAIL]
    ]
    number = len(calls)
    headline = ngettext("%(number)s new call for you", "%(number)s new calls for you", number) % {"number": number}
    return {"headline": headline, "number": number, "more": number - len(shown), "cards": shown}


class Cards:
    """What a mail says of a call, in the language in force; written once for all who read that language."""

    def __init__(self) -> None:
        self._written: dict[tuple[int, str], dict[str, Any]] = {}

    def card(self, call: Call) -> dict[str, Any]:
        language = translation.get_language()
        if (call.pk, language) not in self._written:
            self._written[call.pk, language] = self._write(call, language)
        return self._written[call.pk, language]

    def _write(self, call: Any, language: str) -> dict[str, Any]:
        organisation = call.buyer.organisation
        country = countries.name(organisation.country.code, language)
        lots = list(call.lots.all())
        is_disclosed = any(lot.value_from is not None or lot.value_to is not None for lot in lots)
        return {
            "title": call.title,
            "link": settings.PUBLIC_URL + call.get_absolute_url(),
            "buyer": organisation.name,
            "place": f"{organisation.town}, {country}" if organisation.town else country,
            "deadline": moment_words(call.response_deadline, call.zone),
            "value": value_of(lots, call.currency) if is_disclosed else "",
            "spoken": foreign(call.language),
        }


TELLING = kinds.Telling("calls", 10, "matching/email/part_calls", mark, unseen, words)


# --- Searches of the list of calls ----------------------------------------------------------------------------------


def read(parameters: QueryDict, asker: Asker) -> Question:
    question = address.read(parameters, asker.language).question
    return address.replace(question, after="")


def filters(question: Question) -> list[str]:
    """What is asked, as people read it."""
    said = [f"“{question.words}”"] if question.words else []
    said += [
        f"{facet.legend}: {facet.label(value, question.language)}"
        for facet in FACETS
        for value in address.chosen(question, facet)
    ]
    if question.state != address.DEFAULT.state:
        said.append(str(STATES[question.state]))
    return said or [gettext("every call")]


def title(question: Question) -> str:
    labels = [facet.label(value, question.language) for facet in FACETS for value in address.chosen(question, facet)]
    return (", ".join([question.words, *labels] if question.words else labels) or gettext("Every new call"))[:120]


def news(searches: Sequence[SavedSearch], at: datetime) -> dict[int, News]:
    """The calls that came on show since each was last looked at, are open, and that its owner may see."""
    readers = readers_of({search.owner_id: search.owner for search in searches}.values())
    first = min(search.seen_until for search in searches)
    shown = dict(NewCall.objects.open_since(first, at).values_list("call", "shown_at"))
    found = {search.pk: News(until=max(search.seen_until, at - SETTLING)) for search in searches}
    for portion, calls in _portions(searches, shown):
        wanted = [fits.Wanted(_question(each.query, each.owner.language), readers[each.owner_id]) for each in portion]
        for place, call in fits.fitting(wanted, calls, at):
            if shown[call] > portion[place].seen_until:
                found[portion[place].pk].found[call] = 0
    return found


def answering(searches: Sequence[SavedSearch], call: int, at: datetime) -> list[SavedSearch]:
    """Those of the searches that one call answers, whenever it came."""
    readers = readers_of({search.owner_id: search.owner for search in searches}.values())
    wanted = [fits.Wanted(_question(each.query, each.owner.language), readers[each.owner_id]) for each in searches]
    return [searches[place] for place, _call in fits.fitting(wanted, [call], at)]


def _portions(
    searches: Iterable[SavedSearch], shown: Mapping[int, datetime]
) -> Iterator[tuple[list[SavedSearch], list[int]]]:
    """Searches with the calls since the earliest of them, so that one that waited for long burdens no other."""
    newest = sorted(shown, key=lambda call: shown[call], reverse=True)
    portion: list[SavedSearch] = []
    number = reach = 0
    for search in sorted(searches, key=lambda each: each.seen_until, reverse=True):
        while number < len(newest) and shown[newest[number]] > search.seen_until:
            number += 1
        if portion and (len(portion) + 1) * number > MOST_PAIRS:
            yield portion, newest[:reach]
            portion = []
        portion.append(search)
        reach = number
    yield portion, newest[:reach]


@lru_cache(10_000)
def _question(query: str, language: str) -> Question:
    return address.replace(address.read(QueryDict(query), language).question, after="")


kinds.registered.register(
    CALLS,
    kinds.Kind(
        name=CALLS,
        label=_("Calls"),
        question=_("Write to me about new calls"),
        order=20,
        rhythms=Alert.values,
        telling=TELLING,
        read=read,
        write=address.write,
        filters=filters,
        title=title,
        url=address.url,
        news=news,
        list_url="call-list",
    ),
)
