"""Which private files the rows of this room need: those taken away from a published call are kept too."""

from collections.abc import Iterator

from marketplace.calls.papers.models import CallDocument
from marketplace.core import registry


def names(prefix: str) -> Iterator[str]:
    rows = CallDocument.objects.filter(stored_as__startswith=prefix).only("stored_as")
    return (name for row in rows.iterator() for name in row.file_names)


registry.private_files.register("call-documents", registry.PrivateFiles("call-documents", names))
