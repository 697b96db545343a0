"""What documents and pictures add to a profile, and the logos of a page of cards."""

from marketplace.core import registry
from suppliers.files.models import Document, Picture


def logos(suppliers):
    """For each supplier of the page that has one, the address of its logo; one query at most."""
    if not suppliers:
        return {}
    rows = Picture.objects.logos().filter(supplier__in=[supplier.pk for supplier in suppliers])
    return {picture.supplier_id: picture.address("card") for picture in rows}


def gallery(suppliers, request):
    """The pictures of each, in their order."""
    return _grouped("pictures", Picture.objects.gallery().filter(supplier__in=suppliers))


def documents(suppliers, request):
    """What each shares with members, to those who may see it: members, staff, and the firm itself."""
    shared = Document.objects.valid().shown_to_members().in_order()
    return _grouped("documents", shared.visible_to(request.user).filter(supplier__in=suppliers))


def _grouped(name, rows):
    found = {}
    for row in rows:
        found.setdefault(row.supplier_id, {name: []})[name].append(row)
    return found


registry.panels.register(
    "profile-pictures", registry.Panel("profile", "files/profile_pictures.html", gallery, order=30)
)
registry.panels.register(
    "profile-documents", registry.Panel("profile", "files/profile_documents.html", documents, order=40)
)
