"""What the people of a firm do with its documents and pictures. The caller has checked who asks.

A file is looked at and stored before the transaction begins, so that no row is locked while a decoder works.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.core import audit
from marketplace.core.errors import RuleBroken
from marketplace.core.files import inspection, kinds, vault
from suppliers.files.models import Document, Picture
from suppliers.models import Supplier
from suppliers.signals import tell_changed

MOST_DOCUMENTS, MOST_PICTURES = 60, 24


def add_document(supplier, received, *, kind, audience, valid_until=None, by):
    """Keep a file as a document of the firm, called after its name until somebody says better."""
    _refuse_known_document(supplier, received.sha256)
    with inspection.document(received) as checked:
        stored_as = vault.new_name("documents")
        with vault.stored({stored_as: checked.files["document"]}), transaction.atomic():
            _lock(supplier)
            _refuse_known_document(supplier, received.sha256)
            if supplier.documents.count() >= MOST_DOCUMENTS:
                raise RuleBroken(_("You have %(most)s documents: delete one first.") % {"most": MOST_DOCUMENTS})
            document = Document.objects.create(
                supplier=supplier,
                kind=kind,
                title=kinds.title_from(received.name),
                valid_until=valid_until,
                audience=audience,
                stored_as=stored_as,
                original_name=kinds.plain_name(received.name),
                media_type=checked.kind.media_type,
                size=checked.files["document"].stat().st_size,
                sha256=received.sha256,
                uploaded_by=by,
            )
            audit.record("document.added", document, by=by, supplier=supplier.pk, kind=kind)
            tell_changed(supplier)
    return document


def _refuse_known_document(supplier, sha256):
    if known := supplier.documents.filter(sha256=sha256).first():
        raise RuleBroken(
            _("This is the same file as “%(title)s”, which is here already. Nothing was added.")
            % {"title": known.title}
        )


def _lock(supplier):
    """Uploads of one firm at the same time count one after the other."""
    Supplier.objects.select_for_update().order_by().get(pk=supplier.pk)


@transaction.atomic
def change_document(document, *, by, **details):
    """Change what is said of it; another last day begins its reminders anew."""
    document = Document.objects.select_for_update().get(pk=document.pk)
    if details["valid_until"] != document.valid_until:
        document.reminded_days = None
    for name, value in details.items():
        setattr(document, name, value)
    document.save(update_fields=[*details, "reminded_days"])
    audit.record("document.changed", document, by=by, supplier=document.supplier_id)
    tell_changed(document.supplier)
    return document


@transaction.atomic
def delete_document(document, *, by):
    """Its file goes with the commit; a second time does nothing."""
    if not Document.objects.select_for_update().filter(pk=document.pk).exists():
        return
    audit.record("document.deleted", document, by=by, supplier=document.supplier_id, kind=document.kind)
    supplier = document.supplier
    document.delete()
    tell_changed(supplier)


def add_picture(supplier, received, *, role, alt="", by):
    """Keep a picture in its sizes; a new logo takes the place of the old one."""
    _refuse_known_picture(supplier, role, received.sha256)
    with inspection.picture(received) as checked:
        stored_as = vault.new_name("pictures")
        files = {f"{stored_as}-{size}.webp": path for size, path in checked.files.items()}
        with vault.stored(files), transaction.atomic():
            _lock(supplier)
            _refuse_known_picture(supplier, role, received.sha256)
            picture = Picture.objects.create(
                supplier=supplier,
                role=role,
                alt=alt,
                position=_free_position(supplier, role),
                stored_as=stored_as,
                width=checked.width,
                height=checked.height,
                sha256=received.sha256,
                uploaded_by=by,
            )
            audit.record("picture.added", picture, by=by, supplier=supplier.pk, role=role)
            tell_changed(supplier)
    return picture


def _refuse_known_picture(supplier, role, sha256):
    if supplier.pictures.filter(role=role, sha256=sha256).exists():
        raise RuleBroken(_("This picture is here already. Nothing was added."))


def _free_position(supplier, role):
    """The end of the gallery; for a logo the old one makes room."""
    if role == Picture.Role.LOGO:
        supplier.pictures.logos().delete()
        return 0
    taken = list(supplier.pictures.gallery().values_list("position", flat=True))
    if len(taken) >= MOST_PICTURES:
        raise RuleBroken(_("You have %(most)s pictures: delete one first.") % {"most": MOST_PICTURES})
    return taken[-1] + 1 if taken else 0


@transaction.atomic
def describe_picture(picture, *, alt, by):
    """Say what it shows, for those who do not see it."""
    picture.alt = alt
    picture.save(update_fields=["alt"])
    audit.record("picture.described", picture, by=by, supplier=picture.supplier_id)
    tell_changed(picture.supplier)


@transaction.atomic
def move_picture(picture, *, earlier, by):
    """One place earlier or later in the gallery; at its end it stays where it is."""
    _lock(picture.supplier)
    order = list(picture.supplier.pictures.gallery())
    at = next((place for place, row in enumerate(order) if row.pk == picture.pk), None)
    if at is None:
        raise RuleBroken(_("This picture is not in the gallery any more."))
    to = at - 1 if earlier else at + 1
    if not 0 <= to < len(order):
        return
    order[at], order[to] = order[to], order[at]
    for place, row in enumerate(order):
        row.position = place
    Picture.objects.bulk_update(order, ["position"])
    audit.record("picture.moved", picture, by=by, supplier=picture.supplier_id)
    tell_changed(picture.supplier)


@transaction.atomic
def delete_picture(picture, *, by):
    """Its files go with the commit; a second time does nothing."""
    if not Picture.objects.select_for_update().filter(pk=picture.pk).exists():
        return
    audit.record("picture.deleted", picture, by=by, supplier=picture.supplier_id, role=picture.role)
    supplier = picture.supplier
    picture.delete()
    tell_changed(supplier)


@transaction.atomic
def note_look(document, *, by):
    """Write down that staff opened a document of a firm."""
    audit.record("document.looked_at", document, by=by, supplier=document.supplier_id, at=timezone.now().isoformat())
