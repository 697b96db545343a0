"""What can be searched for, saved and told of. A further kind joins by registering one; no other module names them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import QueryDict

from marketplace.accounts.models import Organisation, User
from marketplace.core.registry import Point
from marketplace.matching.models import SavedSearch


@dataclass(frozen=True)
class Asker:
    """Who asks, for whom and in which language: what may be asked follows from how things stand today."""

    user: User
    organisation: Organisation
    language: str


@dataclass
class News:
    """What is new for one search: keys of what its kind finds, the best first, each with what speaks for it.

    `until` is up to when that was looked at; None says that it took too long, and is tried again.
    """

    found: dict[int, int] = field(default_factory=dict)
    until: datetime | None = None


#: What is told to one person: for each thing the searches that found it, and what speaks for it.
Hits = dict[int, tuple[list[SavedSearch], int]]


@dataclass(frozen=True)
class Telling:
    """How things are told of. Kinds that find the same things share one, so that none is told twice.

    `mark(hits by person, at)` returns them without what was told before, and marks the rest as told, in the running
    transaction; `unseen` is the same without marking. `words(hits by person, people, at)` gives for each person the
    context of the templates `template`.txt and `template`.mjml, as JSON, with a `headline`; what is over is left out.
    """

    name: str
    order: int
    template: str
    mark: Callable[[Mapping[int, Hits], datetime], dict[int, Hits]]
    unseen: Callable[[Mapping[int, Hits]], dict[int, Hits]]
    words: Callable[[Mapping[int, Hits], Mapping[int, User], datetime], dict[int, dict[str, Any]]]


@dataclass(frozen=True)
class Kind:
    """One sort of search, by its name in SavedSearch.kind.

    `read(parameters, asker)` understands an address, passing over what this person may not ask; what it returns goes
    into `write` (the one way to write it), `filters` (what is asked, in words), `title` (a name to begin with) and
    `url` (where it leads). `news(searches, at)` is asked once for any number of searches and marks nothing.
    """

    name: str
    label: Any
    #: What a form says above the rhythms.
    question: Any
    order: int
    rhythms: Sequence[str]
    telling: Telling
    read: Callable[[QueryDict, Asker], Any]
    write: Callable[[Any], str]
    filters: Callable[[Any], list[str]]
    title: Callable[[Any], str]
    url: Callable[[Any], str]
    news: Callable[[Sequence[SavedSearch], datetime], dict[int, News]]
    #: There is one for a person and a firm, which is stopped and never deleted.
    is_standing: bool = False
    #: The address of the list that is searched.
    list_url: str = ""


registered: Point[Kind] = Point(lambda kind: kind.order)


def find(name: str) -> Kind | None:
    return next((kind for kind in registered if kind.name == name), None)


def of(search: SavedSearch) -> Kind:
    """Raises LookupError for the kind of an app that is not there any more."""
    if kind := find(search.kind):
        return kind
    raise LookupError(search.kind)


def asked(search: SavedSearch, asker: Asker) -> Any:
    """What a saved search asks today."""
    return of(search).read(QueryDict(search.query), asker)


def news_of(searches: Sequence[SavedSearch], at: datetime) -> dict[int, News]:
    """For each search by its number, whatever its kind; each kind is asked once."""
    by_kind: dict[str, list[SavedSearch]] = {}
    for search in searches:
        by_kind.setdefault(search.kind, []).append(search)
    found: dict[int, News] = {}
    for rows in by_kind.values():
        found |= of(rows[0]).news(rows, at)
    return found


def hits_of(searches: Sequence[SavedSearch], news: Mapping[int, News]) -> dict[Telling, dict[int, Hits]]:
    """What was found, by how it is told and by person; a thing that several searches found is there once."""
    tellings: dict[Telling, dict[int, Hits]] = {}
    for search in searches:
        people = tellings.setdefault(of(search).telling, {})
        for key, worth in news[search.pk].found.items():
            hits = people.setdefault(search.owner_id, {})
            known, best = hits.get(key, ([], 0))
            hits[key] = ([*known, search], max(best, worth))
    return {telling: tellings[telling] for telling in sorted(tellings, key=lambda each: each.order)}
