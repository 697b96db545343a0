"""What somebody asks of the directory, and its words made safe."""

import re
from dataclasses import dataclass

LONGEST = 200
#: A question is read in the language of the page and in those most profiles are written in.
READ_IN = ("en", "fr", "de", "es", "it", "nl", "pt")
#: A word or quoted phrase after a minus sign must not stand in the profile.
UNWANTED = re.compile(r'(?:(?<=\s)|^)-("[^"]*"?|[^\s"]+)')
NOTHING_TO_READ = re.compile(r"[^\w\"]|_")


@dataclass(frozen=True, slots=True)
class Question:
    words: str = ""
    #: ISO codes of where the organisation is.
    countries: tuple[str, ...] = ()
    #: NUTS codes that the supplier serves, all or in part.
    regions: tuple[str, ...] = ()
    #: CPV codes; each stands for all below it.
    cpv: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    turnovers: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    #: Has handled a contract of at least so many euro; one of `rows.CAPACITIES`.
    capacity: int = 0
    documents: tuple[str, ...] = ()
    #: Without effect unless `sees_evidence`.
    tiers: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    sees_evidence: bool = False
    is_member: bool = False
    sort: str = "relevance"
    #: Whether words also find what the CPV labels of other languages say.
    bridges: bool = True
    #: Of the page, for labels.
    language: str = "en"
    #: A position from an Answer.
    after: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a question, ready for `directory_query`; `wanted` is empty when there is nothing to search for."""

    wanted: str
    unwanted: str
    is_shortened: bool

    @property
    def is_plain(self) -> bool:
        """Nothing is quoted or refused."""
        return not self.unwanted and '"' not in self.wanted


def read_in(language: str) -> list[str]:
    """The languages that a question on a page in this one may be in, the likeliest first."""
    return list(dict.fromkeys([language.split("-")[0], *READ_IN]))


def read_words(typed: str) -> Words:
    """Any string is safe. Only to refuse words finds nothing in particular: then they are searched for instead."""
    text = typed[:LONGEST].encode("utf-8", "ignore").decode()
    unwanted = " ".join(UNWANTED.findall(text))
    wanted = _readable(UNWANTED.sub(" ", text))
    if not wanted.replace('"', "").strip():
        wanted, unwanted = _readable(text), ""
    if not wanted.replace('"', "").strip():
        wanted = ""
    return Words(wanted, _readable(unwanted), len(typed) > LONGEST)


def _readable(text: str) -> str:
    return " ".join(NOTHING_TO_READ.sub(" ", text).split())
