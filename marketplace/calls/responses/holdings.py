"""Which private files the rows of this room need."""

from marketplace.calls.responses.models import ResponseFile
from marketplace.core import registry


def _names(prefix):
    rows = ResponseFile.objects.filter(stored_as__startswith=prefix).only("stored_as")
    return (name for row in rows.iterator() for name in row.file_names)


registry.private_files.register("responses", registry.PrivateFiles("responses", _names))
