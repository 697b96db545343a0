"""Which private files the rows of this room need. What an amendment has published stays where it was kept aside."""

from marketplace.calls.amendments.models import PendingDocument
from marketplace.calls.papers import holdings
from marketplace.core import registry

FOLDER = "amendment-documents"


def _names(prefix):
    # Aside before shown: what is published between the two questions is found by the second.
    rows = PendingDocument.objects.filter(stored_as__startswith=prefix).only("stored_as")
    yield from (name for row in rows.iterator() for name in row.file_names)
    yield from holdings.names(prefix)


registry.private_files.register(FOLDER, registry.PrivateFiles(FOLDER, _names))
