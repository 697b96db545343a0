"""Calls that a firm can carry: its matches, told of as they are found. There is one such search for a person and firm.

A match that is found again, after an amendment or a change of the profile, is no news to whoever was told of the call.
"""

from collections.abc import Sequence
from datetime import datetime

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marketplace.matching import kinds
from marketplace.matching.calls import TELLING
from marketplace.matching.kinds import Asker, News
from marketplace.matching.matches.models import Match
from marketplace.matching.models import CARRY, SavedSearch
from marketplace.matching.rhythms import Alert


def read(parameters: QueryDict, asker: Asker) -> None:
    """Nothing is asked: what the firm offers, and where, says it all."""


def filters(asked: None) -> list[str]:
    return [gettext("what your firm offers, and where")]


def title(asked: None) -> str:
    return gettext("Calls you can carry")


def url(asked: None) -> str:
    return reverse("calls-for-you")


def news(searches: Sequence[SavedSearch], at: datetime) -> dict[int, News]:
    """Every match that stands; what was told of before is taken out where it is told."""
    matches: dict[int, dict[int, int]] = {}
    organisations = {search.organisation_id for search in searches}
    rows = Match.objects.standing(at).not_set_aside().filter(supplier__organisation__in=organisations).best_first()
    for organisation, call, score in rows.values_list("supplier__organisation", "call", "score"):
        matches.setdefault(organisation, {})[call] = score
    return {
        search.pk: News(dict(matches.get(search.organisation_id, {})), max(search.seen_until, at))
        for search in searches
    }


def matching(searches: Sequence[SavedSearch], call: int, at: datetime) -> dict[int, int]:
    """Of these searches, by their numbers, those whose firm could serve the call, each with the score."""
    organisations = {search.organisation_id for search in searches}
    rows = Match.objects.standing(at).not_set_aside().filter(call=call, supplier__organisation__in=organisations)
    scores = dict(rows.values_list("supplier__organisation", "score"))
    return {search.pk: scores[search.organisation_id] for search in searches if search.organisation_id in scores}


kinds.registered.register(
    CARRY,
    kinds.Kind(
        name=CARRY,
        label=_("Calls you can carry"),
        question=_("Write to me about new calls that we could carry"),
        order=10,
        rhythms=Alert.values,
        telling=TELLING,
        read=read,
        write=lambda asked: "",
        filters=filters,
        title=title,
        url=url,
        news=news,
        is_standing=True,
        list_url="calls-for-you",
    ),
)
