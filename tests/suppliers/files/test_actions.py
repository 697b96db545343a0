from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from marketplace.core.errors import RuleBroken
from marketplace.core.files import vault
from marketplace.core.files.kinds import Refused
from marketplace.core.models import AuditEntry
from suppliers.files import actions
from suppliers.files.models import Document, Picture
from suppliers.signals import suppliers_changed
from tests.factories.files import DocumentFactory, PictureFactory
from tests.suppliers.files.samples import docx, encoded, image, pdf, photograph

pytestmark = pytest.mark.django_db


@pytest.fixture
def add(atlas, omar, receive):
    def _add(content, name="Police d'assurance_2026.pdf", **words):
        with receive(content, name) as received:
            return actions.add_document(atlas, received, **{"kind": "other", "audience": "private", "by": omar} | words)

    return _add


@pytest.fixture
def add_picture(atlas, omar, receive):
    def _add(content, role="picture", name="a.png"):
        with receive(content, name) as received:
            return actions.add_picture(atlas, received, role=role, by=omar)

    return _add


@pytest.fixture
def told():
    """The suppliers of which somebody was told that they changed."""
    heard = []

    def hear(sender, suppliers, **kwargs):
        heard.extend(suppliers)

    suppliers_changed.connect(hear)
    yield heard
    suppliers_changed.disconnect(hear)


def test_a_document_is_kept_under_a_random_name_and_called_after_its_own(add, atlas, omar, kept, told):
    last_day = timezone.localdate() + timedelta(days=300)

    document = add(pdf(), kind="insurance", audience="members", valid_until=last_day)

    assert (document.title, document.original_name) == ("Police d'assurance 2026", "Police d'assurance_2026.pdf")
    assert (document.media_type, document.size) == ("application/pdf", len(pdf()))
    assert (document.valid_until, document.uploaded_by, document.supplier) == (last_day, omar, atlas)
    assert kept() == [document.stored_as]
    assert "assurance" not in document.stored_as
    with default_storage.open(document.stored_as) as file:
        assert file.read() == pdf()
    assert AuditEntry.objects.get(verb="document.added").by == omar
    assert told == [atlas.pk]


def test_an_office_file_is_kept_as_what_it_is(add):
    assert add(docx(), name="policy.docx").media_type.endswith("wordprocessingml.document")


def test_the_same_file_again_is_answered_with_its_title_and_takes_no_room(add, kept):
    add(pdf())

    with pytest.raises(RuleBroken, match="the same file as “Police d'assurance 2026”"):
        add(pdf(), name="other name.pdf")

    assert len(kept()) == Document.objects.count() == 1


def test_another_firm_may_have_the_same_file(add, omar, receive):
    add(pdf())
    other = DocumentFactory().supplier

    with receive(pdf(), "a.pdf") as received:
        actions.add_document(other, received, kind="other", audience="private", by=omar)

    assert other.documents.count() == 2


def test_there_is_a_limit_to_how_many_documents_one_firm_keeps(add, atlas, kept):
    DocumentFactory.create_batch(actions.MOST_DOCUMENTS, supplier=atlas)

    with pytest.raises(RuleBroken, match="delete one first"):
        add(pdf())

    assert kept() == []


def test_a_row_that_cannot_be_written_leaves_no_file(add, kept):
    with pytest.raises(Exception, match="document_has_a_known_kind"):
        add(pdf(), kind="diary")

    assert kept() == []


def test_a_file_of_over_20_megabytes_is_refused(add, kept):
    with pytest.raises(Refused, match="over 20 MB"):
        add(pdf(extra=b"%" + b"x" * 20_000_000 + b"\n"))

    assert kept() == []


def test_another_last_day_begins_the_reminders_anew(omar):
    document = DocumentFactory(valid_until="2026-12-01", reminded_days=7)
    words = {"title": "New", "kind": "other", "valid_from": None, "audience": "members"}

    document.refresh_from_db()

    same = actions.change_document(document, **words, valid_until=document.valid_until, by=omar)
    other = actions.change_document(document, **words, valid_until=timezone.localdate(), by=omar)

    assert (same.title, same.audience, same.reminded_days) == ("New", "members", 7)
    assert other.reminded_days is None


def test_deleting_a_document_deletes_its_file_after_the_commit(omar, kept, told, django_capture_on_commit_callbacks):
    document = DocumentFactory(stored=True)
    with django_capture_on_commit_callbacks(execute=True):
        actions.delete_document(document, by=omar)
        assert len(kept()) == 1

    assert kept() == []
    assert told == [document.supplier_id]
    assert AuditEntry.objects.filter(verb="document.deleted").count() == 1


def test_deleting_twice_does_nothing_more(omar):
    document = DocumentFactory()
    again = Document.objects.get(pk=document.pk)

    actions.delete_document(document, by=omar)
    actions.delete_document(again, by=omar)

    assert AuditEntry.objects.filter(verb="document.deleted").count() == 1


def test_the_files_of_a_firm_go_with_it(kept, django_capture_on_commit_callbacks):
    supplier = DocumentFactory(stored=True).supplier
    PictureFactory(supplier=supplier, stored=True)
    assert len(kept()) == 4

    with django_capture_on_commit_callbacks(execute=True):
        supplier.delete()

    assert kept() == []


def test_a_picture_is_kept_upright_in_three_sizes(add_picture, kept):
    exif = Image.Exif()
    exif[0x0112] = 6  # taken with the telephone turned to the right
    picture = add_picture(encoded(image((2400, 1200)), "JPEG", exif=exif.tobytes()), name="a.jpg")

    assert (picture.width, picture.height) == (1000, 2000)
    assert kept() == [f"{picture.stored_as}-{size}.webp" for size in ("card", "large", "page")]
    sides = {}
    for name in kept():
        with default_storage.open(name) as file, Image.open(file) as stored:
            sides[name.rpartition("-")[2]] = max(stored.size)
    assert sides == {"card.webp": 160, "page.webp": 960, "large.webp": 2000}


@pytest.mark.parametrize(
    ("kind", "name"),
    [("HEIF", "IMG_1.HEIC"), ("AVIF", "a.avif"), ("WEBP", "a.webp"), ("GIF", "a.gif"), ("PNG", "a"), ("JPEG", "a.jpe")],
)
def test_every_format_that_people_have_is_taken(kind, name, add_picture):
    content = photograph(kind) if kind != "GIF" else encoded(image(), "GIF")

    assert add_picture(content, name=name).width == 64


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_colour_is_taken(mode, add_picture):
    assert add_picture(encoded(Image.new(mode, (64, 48)), "PNG")).height == 48


def test_colours_of_print_are_taken(add_picture):
    assert add_picture(encoded(Image.new("CMYK", (64, 48), (0, 255, 255, 0)), "JPEG"), name="a.jpg").height == 48


def test_what_is_seen_through_stays_so(add_picture, kept):
    add_picture(encoded(Image.new("RGBA", (64, 48), (0, 0, 0, 0)), "PNG"), role="logo")

    with default_storage.open(kept()[0]) as file, Image.open(file) as stored:
        assert stored.convert("RGBA").getpixel((5, 5))[3] == 0


def test_a_new_logo_takes_the_place_of_the_old_one(add_picture, atlas, kept, django_capture_on_commit_callbacks):
    add_picture(encoded(image(colour="red"), "PNG"), role="logo")
    with django_capture_on_commit_callbacks(execute=True):
        new = add_picture(encoded(image(colour="blue"), "PNG"), role="logo")

    assert list(atlas.pictures.logos()) == [new]
    assert len(kept()) == 3


def test_the_same_picture_again_is_refused_and_takes_no_room(add_picture, kept):
    add_picture(encoded(image(), "PNG"))

    with pytest.raises(RuleBroken, match="here already"):
        add_picture(encoded(image(), "PNG"))

    assert len(kept()) == 3


def test_there_is_a_limit_to_the_gallery(add_picture, atlas):
    for position in range(actions.MOST_PICTURES):
        PictureFactory(supplier=atlas, position=position)

    with pytest.raises(RuleBroken, match="delete one first"):
        add_picture(encoded(image(), "PNG"))


def test_pictures_stand_in_the_order_they_came_and_can_be_moved(atlas, omar):
    first, second, third = (PictureFactory(supplier=atlas, position=position) for position in range(3))

    actions.move_picture(third, earlier=True, by=omar)
    actions.move_picture(first, earlier=True, by=omar)

    assert list(atlas.pictures.gallery()) == [first, third, second]


def test_a_picture_that_is_gone_cannot_be_moved(atlas, omar):
    picture = PictureFactory(supplier=atlas)
    Picture.objects.all().delete()

    with pytest.raises(RuleBroken, match="not in the gallery"):
        actions.move_picture(picture, earlier=True, by=omar)


def test_a_picture_is_described_and_deleted(omar, told):
    picture = PictureFactory()
    again = Picture.objects.get()

    actions.describe_picture(picture, alt="Our van", by=omar)
    assert Picture.objects.get().alt == "Our van"
    actions.delete_picture(picture, by=omar)
    actions.delete_picture(again, by=omar)

    assert not Picture.objects.exists()
    assert told == [picture.supplier_id] * 2


def test_files_without_a_row_are_swept_once_they_are_a_day_old(kept, omar):
    row, picture = DocumentFactory(stored=True), PictureFactory(stored=True)
    stray, missing = DocumentFactory.build(), DocumentFactory()
    default_storage.save(stray.stored_as, default_storage.open(row.stored_as))
    now = timezone.now()

    assert vault.sweep(now) == ([], [missing.stored_as])
    assert vault.sweep(now + timedelta(days=2)) == ([stray.stored_as], [missing.stored_as])

    assert set(kept()) == {row.stored_as, *picture.file_names}
