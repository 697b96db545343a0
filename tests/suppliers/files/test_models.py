from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.billing.models import Grant
from suppliers.files.models import Document, Picture, Upload
from suppliers.models import Supplier
from tests.factories.files import DocumentFactory, PictureFactory, UploadFactory
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db


def today(days=0):
    return timezone.localdate() + timedelta(days=days)


def member(person, **fields):
    return Grant.objects.create(organisation=person.organisation, entitlements=["directory"], reason="Pilot", **fields)


BROKEN_DOCUMENTS = {
    "document_has_a_known_kind": {"kind": "diary"},
    "document_has_a_known_audience": {"audience": "everybody"},
    "document_has_a_title": {"title": ""},
    "document_period_is_forward": {"valid_from": "2026-05-02", "valid_until": "2026-05-01"},
    "document_of_insurance_or_quality_has_an_end": {"kind": "insurance"},
    "document_is_known_by_its_hash": {"sha256": "x"},
    "document_is_not_empty": {"size": 0},
}
BROKEN_PICTURES = {
    "picture_is_logo_or_in_the_gallery": {"role": "banner"},
    "picture_has_an_extent": {"width": 0},
    "picture_is_known_by_its_hash": {"sha256": "x"},
}
BROKEN_UPLOADS = {
    "upload_has_a_known_purpose": {"purpose": "film"},
    "upload_holds_no_more_than_it_said": {"received": 101},
    "upload_hash_is_one_or_none": {"sha256": "x"},
}


@pytest.mark.parametrize(
    ("make", "name", "fields"),
    [
        (make, name, fields)
        for make, broken in (
            (DocumentFactory, BROKEN_DOCUMENTS),
            (PictureFactory, BROKEN_PICTURES),
            (UploadFactory, BROKEN_UPLOADS),
        )
        for name, fields in broken.items()
    ],
)
def test_the_database_refuses_what_is_no_such_row(make, name, fields):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        make(**fields)


def test_one_firm_has_a_file_once_and_another_may_have_it_too():
    first = DocumentFactory()
    DocumentFactory(sha256=first.sha256)

    with pytest.raises(IntegrityError, match="document_once_per_supplier"), transaction.atomic():
        DocumentFactory(supplier=first.supplier, sha256=first.sha256)


def test_a_picture_is_in_the_gallery_once_and_may_be_the_logo_too():
    first = PictureFactory()
    PictureFactory(supplier=first.supplier, sha256=first.sha256, logo=True)

    with pytest.raises(IntegrityError, match="picture_once_per_supplier"), transaction.atomic():
        PictureFactory(supplier=first.supplier, sha256=first.sha256)


def test_a_firm_has_one_logo():
    supplier = PictureFactory(logo=True).supplier

    with pytest.raises(IntegrityError, match="picture_one_is_the_logo"), transaction.atomic():
        PictureFactory(supplier=supplier, logo=True)


@pytest.mark.parametrize("make", [DocumentFactory, PictureFactory])
def test_no_two_rows_share_a_file(make):
    first = make()

    with pytest.raises(IntegrityError, match="stored_as"), transaction.atomic():
        make(stored_as=first.stored_as)


def test_a_document_is_valid_from_its_first_day_through_its_last():
    document = DocumentFactory(valid_from=today(-1), valid_until=today())

    for days, is_valid in ((-2, False), (-1, True), (0, True), (1, False)):
        assert Document.objects.valid(today(days)).exists() is is_valid
        assert document.is_valid(today(days)) is is_valid


def test_a_document_that_names_no_day_is_always_valid():
    DocumentFactory()

    assert Document.objects.valid(today(9_000)).exists()


def test_a_document_is_seen_by_its_firm_by_staff_and_when_shared_by_members(omar, amina, zed, stella):
    supplier = SupplierFactory(organisation=omar.organisation, listed=True)
    private, shared = DocumentFactory(supplier=supplier), DocumentFactory(supplier=supplier, for_members=True)

    def seen(user):
        return set(Document.objects.visible_to(user))

    assert seen(omar) == seen(stella) == {private, shared}
    assert seen(amina) == seen(zed) == set()
    member(amina)
    assert seen(amina) == {shared}


@pytest.mark.parametrize(
    "fields", [{"listed_at": None}, {"hidden_at": timezone.now()}, {"suspended_at": timezone.now()}]
)
def test_a_firm_that_is_not_on_show_shares_nothing(fields, amina):
    supplier = DocumentFactory(supplier__listed=True, for_members=True).supplier
    member(amina)
    Supplier.objects.filter(pk=supplier.pk).update(**fields)

    assert not Document.objects.visible_to(amina).exists()


def test_a_member_sees_no_document_that_is_over_or_has_not_begun(amina):
    member(amina)
    DocumentFactory(supplier__listed=True, for_members=True, over=True)
    DocumentFactory(supplier__listed=True, for_members=True, valid_from=today(1))

    assert not Document.objects.visible_to(amina).exists()


def test_a_membership_that_has_ended_opens_no_document(amina):
    member(amina, valid_from=today(-9), valid_until=today(-1))
    DocumentFactory(supplier__listed=True, for_members=True)

    assert not Document.objects.visible_to(amina).exists()


def test_a_picture_is_seen_where_its_profile_is(amina, zed):
    everybody, members = PictureFactory(supplier__listed=True), PictureFactory(supplier__listed=True)
    PictureFactory()
    Supplier.objects.filter(pk=members.supplier_id).update(audience="members")

    assert set(Picture.objects.visible_to(zed)) == {everybody}
    member(amina)
    assert set(Picture.objects.visible_to(amina)) == {everybody, members}


def test_the_address_of_a_picture_changes_with_the_picture():
    picture = PictureFactory(sha256="a" * 64)

    assert picture.address("card") == f"/files/pictures/{picture.pk}/card/?v=aaaaaaaaaaaa"


def test_an_upload_is_found_by_whoever_began_it_in_that_session_alone(zed):
    upload = UploadFactory(user=zed)

    assert Upload.objects.of(zed, "0" * 64).get() == upload
    assert not Upload.objects.of(zed, "1" * 64).exists()
    assert not Upload.objects.of(UploadFactory().user, "1" * 64).exists()
