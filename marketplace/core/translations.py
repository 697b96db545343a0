"""The catalogue of translatable strings: collected from the sources, checked and compiled without system tools."""

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages import pofile
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from django.conf import settings
from django.utils.translation import templatize

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PYTHON_FOLDERS = ("marketplace", "suppliers", "buyers", "events", "cms")
TEMPLATE_SUFFIXES = {".html", ".txt", ".mjml"}


def catalogue_path(language: str) -> Path:
    return settings.BASE_DIR / "locale" / language / "LC_MESSAGES" / "django.po"


def languages() -> list[str]:
    """Those that need a catalogue: all but the source language."""
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def collect() -> Catalog:
    """Every translatable string of the project's Python and templates, with the files it stands in."""
    template = Catalog(project="Tessera", fuzzy=False)
    for path, found in _strings():
        for _line, function, messages, comments in found:
            spec = KEYWORDS[function]
            texts = list(messages) if isinstance(messages, tuple) else [messages]
            context = None
            if function.startswith(("pgettext", "npgettext")):
                context, *texts = texts
            if not texts or not texts[0] or any(text is None for text in texts[: 2 if spec else 1]):
                continue
            identity = tuple(texts[:2]) if function.startswith(("ngettext", "npgettext")) else texts[0]
            template.add(identity, locations=[(str(path), 0)], context=context, auto_comments=comments)
    return template


def _strings() -> Iterator[tuple[Path, list]]:
    root = settings.BASE_DIR
    for folder in PYTHON_FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            yield path.relative_to(root), _extract(path.read_bytes())
    for path in sorted((root / "templates").rglob("*")):
        if path.suffix in TEMPLATE_SUFFIXES:
            source = templatize(path.read_text(encoding="utf-8"), origin=str(path.relative_to(root)))
            # What stands around the strings is blanked out, not Python: its indentation means nothing.
            flat = "\n".join(line.strip() for line in source.splitlines())
            yield path.relative_to(root), _extract(flat.encode())


def _extract(source: bytes) -> list:
    return list(extract_python(io.BytesIO(source), KEYWORDS, ["Translators:"], {"encoding": "utf-8"}))


def read(language: str) -> Catalog:
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language, project="Tessera", fuzzy=False)
    with path.open("rb") as file:
        return pofile.read_po(file, locale=language)


def update(language: str) -> Catalog:
    """Bring the catalogue in step with the sources; new strings come in untranslated, old ones go."""
    catalogue = read(language)
    catalogue.update(collect(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    path = catalogue_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        pofile.write_po(file, catalogue, width=120, sort_output=True, omit_header=False, include_lineno=False)
    return catalogue


def untranslated(language: str) -> list[Message]:
    """Strings of the sources that have no finished translation, or one whose placeholders differ."""
    catalogue = read(language)
    missing = []
    for message in collect():
        if not message.id:
            continue
        known = catalogue.get(message.id, message.context)
        if known is None or known.fuzzy or not _is_whole(known) or list(known.check(catalogue)):
            missing.append(message)
    return missing


def _is_whole(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, (list, tuple)) else bool(message.string)


def compile_catalogue(language: str) -> Path:
    path = catalogue_path(language)
    compiled = path.with_suffix(".mo")
    with compiled.open("wb") as file:
        write_mo(file, read(language))
    return compiled
