"""A profile as its page tells it: in the reader's language first, with names instead of codes."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from marketplace.core.vocab import languages, nuts
from suppliers.directory.cards import served
from suppliers.directory.facets import language_name, service_name
from suppliers.models import Capability, Supplier


@dataclass(frozen=True, slots=True)
class Text:
    """What the firm says of itself in one language; `label` names the language where the reader's is another."""

    words: str
    language: str
    label: str
    direction: str


@dataclass(frozen=True, slots=True)
class Service:
    words: str
    label: str
    code: str
    is_main: bool
    regions: list[str]

    @property
    def name(self) -> str:
        return self.words or self.label


def texts(supplier: Supplier) -> list[Text]:
    """The one in the language of the page first, then the firm's own, then the rest."""
    here = (get_language() or "en").split("-")[0]
    said = {supplier.summary_language: supplier.summary}
    for text in supplier.texts.all():
        said.setdefault(text.language, text.summary)
    found = [_text(language, words, here) for language, words in said.items() if words]
    return sorted(found, key=lambda text: bool(text.label))


def _text(language: str, words: str, here: str) -> Text:
    is_foreign = language.split("-")[0] != here
    direction = "rtl" if languages.is_right_to_left(language) else "ltr"
    return Text(words, language, language_name(language) if is_foreign else "", direction)


def services(supplier: Supplier) -> list[Service]:
    return [_service(capability) for capability in supplier.capabilities.all()]


def _service(capability: Capability) -> Service:
    language = get_language() or "en"
    return Service(
        capability.words,
        service_name(capability.cpv, language),
        capability.cpv,
        capability.is_main,
        [nuts.name(code, language) for code in capability.regions],
    )


def facts(supplier: Supplier) -> dict[str, Any]:
    """What the page says at a glance."""
    language = get_language() or "en"
    return {
        "texts": texts(supplier),
        "services": services(supplier),
        "regions": served(supplier, language),
        "languages": [language_name(code) for code in supplier.languages],
        "based_in": nuts.name(supplier.based_in, language) if len(supplier.based_in) > 2 else "",
    }
