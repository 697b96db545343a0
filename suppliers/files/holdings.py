"""Which private files the rows of this room need."""

from collections.abc import Iterator

from marketplace.core import registry
from suppliers.files.models import Document, Picture


def _names_of(model):
    def names(prefix: str) -> Iterator[str]:
        rows = model.objects.filter(stored_as__startswith=prefix).only("stored_as")
        return (name for row in rows.iterator() for name in row.file_names)

    return names


registry.private_files.register("documents", registry.PrivateFiles("documents", _names_of(Document)))
registry.private_files.register("pictures", registry.PrivateFiles("pictures", _names_of(Picture)))
