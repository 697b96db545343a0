"""One style sheet for the browser, many small files for people: no build step, no waterfall of imports.

Some thirty files by <link> would cost thirty requests on a slow line, and @import a second round trip; so the parts are
joined while static files are found, by `collectstatic` and by the test server alike.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

NAME = "css/site.css"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_INDENT = re.compile(r"\n\s+")


def parts() -> list[Path]:
    """The sheets in the order in which they must stand: tokens, base, layout, then one per component."""
    folder = Path(settings.BASE_DIR) / "static" / "css"
    return [folder / "tokens.css", folder / "base.css", folder / "layout.css", *sorted(folder.glob("components/*.css"))]


def joined() -> str:
    """All sheets as one, without comments and indentation."""
    text = "\n".join(part.read_text(encoding="utf-8") for part in parts())
    return _INDENT.sub("\n", _COMMENT.sub("", text)).strip() + "\n"


class StylesheetFinder(BaseFinder):
    """Finds css/site.css, made anew when a part has changed."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=Path(settings.VAR) / "joined")

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path != NAME:
            return []
        found = str(self._write())
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        self._write()
        yield NAME, self.storage

    def _write(self) -> Path:
        target = Path(self.storage.path(NAME))
        text = joined()
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh = target.with_suffix(".new")
            fresh.write_text(text, encoding="utf-8")
            fresh.replace(target)
        return target
