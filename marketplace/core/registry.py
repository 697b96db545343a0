"""Extension points that upper apps fill in `AppConfig.ready()`, so that lower floors need not know them.

Each point is a list of entries in a stable order; what an entry may rely on is said at its class.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from django.http import HttpRequest

from marketplace.core.addresses import address_of

Entry = TypeVar("Entry")


class Point(Generic[Entry]):
    """A named list of entries; a name registered twice is a mistake and raises."""

    def __init__(self, key: Callable[[Entry], Any]) -> None:
        self._entries: dict[str, Entry] = {}
        self._key = key

    def register(self, name: str, entry: Entry) -> None:
        if name in self._entries:
            raise ValueError(f"{name!r} is registered already")
        self._entries[name] = entry

    def __iter__(self) -> Iterator[Entry]:
        return iter(sorted(self._entries.values(), key=self._key))

    def __len__(self) -> int:
        return len(self._entries)

    def names(self) -> list[str]:
        return sorted(self._entries)


@dataclass(frozen=True)
class Link:
    """A place in the public bar or the workspace; shown only when its app is there."""

    label: Any
    url_name: str
    order: int
    icon: str = ""

    @property
    def url(self) -> str:
        return address_of(self.url_name)

    def is_current(self, request: HttpRequest) -> bool:
        return request.path.startswith(self.url)

    def is_for(self, request: HttpRequest) -> bool:
        """Whether this person has a use for it; where not, the page itself still answers."""
        return True


@dataclass(frozen=True)
class Footer:
    """Links at the foot of every page: `load(request)` returns (label, address) pairs and costs one query at most."""

    load: Callable[[HttpRequest], Sequence[tuple[str, str]]]
    order: int = 50


@dataclass(frozen=True)
class Due:
    """Work that the clock asks for: `run(at)` does everything due at that moment and returns how many things it did.

    It must be safe to run twice and to be cut off anywhere.
    """

    name: str
    run: Callable[[datetime], int]
    order: int = 50


@dataclass(frozen=True)
class Invariant:
    """A sentence that always holds, as SQL that returns one row per breach; `parameters(at)` fills its placeholders."""

    sentence: str
    sql: str
    parameters: Callable[[datetime], dict[str, Any]] = field(default=lambda at: {"at": at})


@dataclass(frozen=True)
class Seed:
    """One part of the demo: `plant(random, amounts, progress)` adds its rows; repeated with one seed, none.

    It is planted whole or not at all. A part with rows by the hundred thousand `is_in_steps`: each step commits by
    itself, and a run that was cut off is gone on with by the next.
    """

    name: str
    plant: Callable[..., int]
    order: int = 50
    is_in_steps: bool = False


@dataclass(frozen=True)
class DashboardTile:
    """One number on the staff dashboard's "what needs me now": `count(user)` is one query."""

    label: Any
    count: Callable[[Any], int]
    url: Callable[[], str]
    order: int = 50
    is_alarm: bool = False


@dataclass(frozen=True)
class Panel:
    """What an upper app adds to a lower app's page or list.

    `load(rows, request)` is asked once for all rows of the page and returns a dict from primary key to the context of
    `template`; rows without an entry show nothing.
    """

    place: str
    template: str
    load: Callable[[Sequence[Any], HttpRequest], dict[Any, dict[str, Any]]]
    order: int = 50


@dataclass(frozen=True)
class Restored:
    """What must be done again after a restore, such as erasing those who were erased since the backup was made.

    `run(ledger)` gets the folder of the erasure ledger, which outlives the database; it returns how much it did.
    It must be safe to run twice.
    """

    name: str
    run: Callable[[Path], int]
    order: int = 50


@dataclass(frozen=True)
class PrivateFiles:
    """A folder of the private files: `names(prefix)` gives those below the prefix that a row of the database needs."""

    name: str
    names: Callable[[str], Iterator[str]]


@dataclass(frozen=True)
class Seal:
    """Rows that keep a secret, by their label such as `calls.call`: `broken(keys, at)` gives those of the keys whose
    secret is none any more."""

    label: str
    broken: Callable[[Sequence[int], datetime], Iterable[int]]


@dataclass(frozen=True)
class Sitemap:
    """Part of the sitemap: `pages()` gives the path of each of its files and when something in it last changed."""

    name: str
    pages: Callable[[], Sequence[tuple[str, datetime]]]


navigation: Point[Link] = Point(lambda link: link.order)
workspace: Point[Link] = Point(lambda link: link.order)
footer: Point[Footer] = Point(lambda part: part.order)
due: Point[Due] = Point(lambda work: (work.order, work.name))
invariants: Point[Invariant] = Point(lambda invariant: invariant.sentence)
seeds: Point[Seed] = Point(lambda seed: (seed.order, seed.name))
dashboard: Point[DashboardTile] = Point(lambda tile: tile.order)
restored: Point[Restored] = Point(lambda hook: (hook.order, hook.name))
private_files: Point[PrivateFiles] = Point(lambda folder: folder.name)
seals: Point[Seal] = Point(lambda seal: seal.label)
sitemaps: Point[Sitemap] = Point(lambda part: part.name)
panels: Point[Panel] = Point(lambda panel: (panel.place, panel.order))


def panels_for(place: str, rows: Sequence[Any], request: HttpRequest) -> dict[Any, list[tuple[str, dict[str, Any]]]]:
    """For each row's primary key the (template, context) pairs to show there, each panel asked once."""
    shown: dict[Any, list[tuple[str, dict[str, Any]]]] = {row.pk: [] for row in rows}
    for panel in panels:
        if panel.place == place and rows:
            for pk, context in panel.load(rows, request).items():
                shown[pk].append((panel.template, context))
    return shown
