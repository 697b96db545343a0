"""A person's saved searches as their page shows them: what each asks, what is new, and what keeps its mails back."""

from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.translation import get_language

from marketplace.accounts.models import Organisation, User
from marketplace.core import refused
from marketplace.matching import kinds
from marketplace.matching.kinds import Asker, Kind
from marketplace.matching.models import SavedSearch


class Line(NamedTuple):
    """Taken apart by its template, in this order."""

    search: SavedSearch
    kind: Kind
    filters: list[str]
    url: str
    #: None where it took too long to find out.
    number_of_new: int | None


class Pause(NamedTuple):
    """Why nothing can be sent: "unverified" or "refused", and of the latter since when and until when."""

    reason: str
    since: datetime | None = None
    until: datetime | None = None


def lines(user: User, organisation: Organisation, at: datetime) -> list[Line]:
    """The standing one first, then by name; the same queries for one as for fifty."""
    rows = SavedSearch.objects.kept_by(user, organisation).select_related("owner", "organisation")
    searches = [search for search in rows.order_by("name", "pk") if kinds.find(search.kind)]
    searches.sort(key=lambda search: not kinds.of(search).is_standing)
    asker = Asker(user, organisation, get_language() or settings.LANGUAGE_CODE)
    for search in searches:
        search.owner, search.organisation = user, organisation  # what they hold is looked up once
    new = numbers_of_new(searches, at)
    found = []
    for search in searches:
        kind, asked = kinds.of(search), kinds.asked(search, asker)
        found.append(Line(search, kind, kind.filters(asked), kind.url(asked), new.get(search.pk)))
    return found


def numbers_of_new(searches: list[SavedSearch], at: datetime) -> dict[int, int]:
    """How much each search would tell now."""
    news = kinds.news_of(searches, at)
    new = {search.pk: 0 for search in searches if news[search.pk].until}
    for telling, people in kinds.hits_of(searches, news).items():
        for hits in telling.unseen(people).values():
            for found, _worth in hits.values():
                for search in found:
                    new[search.pk] += 1
    return new


def pause_of(user: User, at: datetime) -> Pause | None:
    """What keeps mails from this person at the moment."""
    if not user.emailaddress_set.filter(verified=True, email=user.email).exists():  # type: ignore[attr-defined]
        return Pause("unverified")
    if since := refused.addresses([user.email], at).get(user.email):
        return Pause("refused", since, since + refused.PAUSE)
    return None


def unfit(organisation: Organisation) -> list[Kind]:
    """Kinds that say nothing to whoever acts for this organisation: those that stand for a firm, where it sells not."""
    if getattr(organisation, "supplier", None) is not None:
        return []
    return [kind for kind in kinds.registered if kind.is_standing]


def startable(organisation: Organisation, found: list[Line]) -> list[Kind]:
    """Standing searches that make sense for the organisation and that the person has not got."""
    not_for_it = {kind.name for kind in unfit(organisation)} | {line.kind.name for line in found}
    return [kind for kind in kinds.registered if kind.is_standing and kind.name not in not_for_it]


def other_kinds() -> list[Any]:
    """Those whose lists can be searched."""
    return [kind for kind in kinds.registered if not kind.is_standing]
