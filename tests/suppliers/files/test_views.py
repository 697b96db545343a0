import re

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from marketplace.billing.models import Grant
from marketplace.core.models import AuditEntry
from suppliers.files import panels
from suppliers.files.models import Document, Picture
from suppliers.models import Supplier
from tests.factories.accounts import RepresentativeFactory
from tests.factories.files import DocumentFactory, PictureFactory
from tests.factories.suppliers import SupplierFactory
from tests.suppliers.files.conftest import sent
from tests.suppliers.files.samples import encoded, image, pdf

pytestmark = pytest.mark.django_db
DOCUMENTS, PICTURES = "/workspace/profile/documents/", "/workspace/profile/pictures/"
WORDS = {"kind": "other", "audience": "private"}


def words(response):
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(text.split())


def body(response):
    return b"".join(response.streaming_content)


# --- Documents --------------------------------------------------------------------------------------------------


def test_an_empty_page_teaches_the_first_step(as_user, omar, atlas):
    assert "liability insurance" in words(as_user(omar).get(DOCUMENTS))
    assert "No picture yet" in words(as_user(omar).get(PICTURES))


def test_an_organisation_without_a_profile_has_no_such_pages(as_user, omar):
    assert as_user(omar).get(DOCUMENTS).status_code == 404


def test_several_documents_are_added_by_the_plain_form(as_user, omar, atlas):
    browser = as_user(omar)
    files = [sent(pdf(), "One.pdf"), sent(pdf(version=b"1.6"), "Two.pdf")]

    response = browser.post(DOCUMENTS, WORDS | {"files": files}, follow=True)

    assert "2 files are added." in words(response)
    assert set(Document.objects.values_list("title", flat=True)) == {"One", "Two"}


def test_a_refused_file_is_named_with_its_reason_and_the_others_are_added(as_user, omar, atlas):
    files = [sent(pdf(), "One.pdf"), sent(b"<svg onload=alert(1)>", "Logo.svg")]

    response = as_user(omar).post(DOCUMENTS, WORDS | {"audience": "members", "files": files})

    assert response.status_code == 422
    assert "Logo.svg: This is an SVG drawing" in words(response)
    assert Document.objects.get().title == "One"
    assert re.search(r'value="members"[^>]*checked', response.content.decode())


def test_an_insurance_needs_its_last_day_and_nothing_typed_is_lost(as_user, omar, atlas):
    response = as_user(omar).post(DOCUMENTS, WORDS | {"kind": "insurance", "files": sent(pdf())})

    assert response.status_code == 422
    assert "has a last day" in words(response)
    assert re.search(r'value="insurance"[^>]*selected', response.content.decode())
    assert not Document.objects.exists()


def test_a_day_that_has_passed_is_refused(as_user, omar, atlas):
    response = as_user(omar).post(DOCUMENTS, WORDS | {"valid_until": "2020-01-01", "files": sent(pdf())})

    assert response.status_code == 422
    assert "This day has passed" in words(response)


def test_a_file_that_is_too_large_is_let_pass_by_and_the_words_are_kept(as_user, omar, atlas, kept):
    large = sent(b"%PDF-1.7\n" + b"x" * 20_000_001, "Scan.pdf")

    response = as_user(omar).post(DOCUMENTS, WORDS | {"audience": "members", "files": [large]})

    assert response.status_code == 422
    assert "Scan.pdf: This file is over 20 MB" in words(response)
    assert "This field is required" not in words(response)
    assert re.search(r'value="members"[^>]*checked', response.content.decode())
    assert kept() == []


def test_twenty_one_files_at_once_are_too_many(as_user, omar, atlas):
    files = [sent(b"x", f"{number}.pdf") for number in range(21)]

    assert "at most 20 files" in words(as_user(omar).post(DOCUMENTS, WORDS | {"files": files}))


@pytest.mark.parametrize("address", [DOCUMENTS, PICTURES])
def test_a_form_with_files_without_its_token_is_refused(as_user, omar, atlas, address):
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = as_user(omar).cookies

    assert browser.post(address, WORDS | {"files": sent(pdf())}).status_code == 403
    assert not Document.objects.exists()


def test_a_document_is_changed(as_user, omar, atlas):
    document = DocumentFactory(supplier=atlas)
    address = reverse("document-edit", kwargs={"pk": document.pk})
    said = {"title": "ISO 9001", "kind": "iso", "valid_until": "2030-01-31", "audience": "members"}

    response = as_user(omar).post(address, said, follow=True)

    document.refresh_from_db()
    assert "The document is changed." in words(response)
    assert (document.title, document.kind, document.audience) == ("ISO 9001", "iso", "members")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"kind": "iso"}, "has a last day"),
        ({"valid_from": "2030-02-01", "valid_until": "2030-01-31"}, "last day is before the first"),
        ({"title": ""}, "required"),
        ({"valid_until": "soon"}, "valid date"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(as_user, omar, atlas, said, reason):
    document = DocumentFactory(supplier=atlas)
    address = reverse("document-edit", kwargs={"pk": document.pk})

    response = as_user(omar).post(address, {"title": "New", "kind": "other", "audience": "members"} | said)

    assert response.status_code == 422
    assert reason in words(response)
    document.refresh_from_db()
    assert document.audience == "private"


def test_deleting_asks_first(as_user, omar, atlas):
    document = DocumentFactory(supplier=atlas, title="Policy")
    address, browser = reverse("document-delete", kwargs={"pk": document.pk}), as_user(omar)

    assert "Delete “Policy”?" in words(browser.get(address))
    assert Document.objects.exists()
    assert "“Policy” is deleted." in words(browser.post(address, follow=True))
    assert not Document.objects.exists()
    assert browser.post(address).status_code == 404


# --- Handing out ------------------------------------------------------------------------------------------------


def test_a_document_is_handed_out_as_an_attachment_in_a_sandbox(as_user, omar, atlas):
    document = DocumentFactory(supplier=atlas, original_name='Police "é".exe.pdf', stored=True)

    response = as_user(omar).get(document.get_absolute_url())

    assert body(response) == b"%PDF-1.7\n"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''Police%20%22%C3%A9%22.exe.pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "private, no-store"


def test_a_look_by_staff_is_written_down_and_one_by_the_firm_is_not(as_user, omar, stella, atlas):
    document = DocumentFactory(supplier=atlas, stored=True)

    as_user(omar).get(document.get_absolute_url())
    as_user(stella).get(document.get_absolute_url())

    assert AuditEntry.objects.get(verb="document.looked_at").by == stella


def test_a_member_gets_what_is_shared_and_a_stranger_nothing(as_user, amina, zed, atlas):
    shared = DocumentFactory(supplier=atlas, for_members=True, stored=True)
    Grant.objects.create(organisation=amina.organisation, entitlements=["directory"], reason="Pilot")

    assert as_user(amina).get(shared.get_absolute_url()).status_code == 200
    assert as_user(zed).get(shared.get_absolute_url()).status_code == 404
    assert "login" in Client().get(shared.get_absolute_url()).url


def test_a_document_whose_file_is_gone_is_missing_not_an_error(as_user, omar, atlas):
    assert as_user(omar).get(DocumentFactory(supplier=atlas).get_absolute_url()).status_code == 404


def test_a_public_picture_may_be_kept_by_caches_and_asks_nobody_who_they_are(client, atlas):
    picture = PictureFactory(supplier=atlas, stored=True)

    response = client.get(picture.address("card"))

    assert (response.status_code, response["Content-Type"]) == (200, "image/webp")
    assert response["Cache-Control"] == "public, max-age=86400"
    assert "Cookie" not in response.get("Vary", "")
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_picture_under_another_version_is_kept_by_nobody_else(client, atlas):
    picture = PictureFactory(supplier=atlas, stored=True)

    assert client.get(picture.address("card") + "0")["Cache-Control"] == "private, no-cache"


def test_pictures_of_a_hidden_firm_are_for_the_firm_alone(client, as_user, omar, atlas, zed):
    picture = PictureFactory(supplier=atlas, stored=True)
    Supplier.objects.update(hidden_at="2026-01-01T00:00Z")

    assert client.get(picture.address("card")).status_code == 404
    assert as_user(zed).get(picture.address("card")).status_code == 404
    assert as_user(omar).get(picture.address("card"))["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("size", ["huge", "original", "card-webp"])
def test_a_size_that_there_is_not_is_missing(client, atlas, size):
    assert client.get(PictureFactory(supplier=atlas, stored=True).address(size)).status_code == 404


def test_private_files_are_at_no_address_of_the_media(client, atlas):
    document = DocumentFactory(supplier=atlas, stored=True)

    for address in (f"/media/{document.stored_as}", f"/media/images/../{document.stored_as}"):
        assert client.get(address, follow=True).status_code in {400, 404}


# --- Pictures ---------------------------------------------------------------------------------------------------


def test_pictures_are_added_described_moved_and_deleted(as_user, omar, atlas):
    browser = as_user(omar)
    files = [sent(encoded(image(colour=colour), "PNG"), f"{colour}.png") for colour in ("red", "blue")]
    browser.post(PICTURES, {"role": "picture", "files": files})
    first, second = Picture.objects.gallery()

    assert words(browser.get(PICTURES)).count("Not described yet") == 2
    browser.post(reverse("picture-edit", kwargs={"pk": first.pk}), {"alt": "Our van"})
    browser.post(reverse("picture-move", kwargs={"pk": first.pk}), {"direction": "later"})
    page = browser.get(PICTURES)

    assert list(Picture.objects.gallery()) == [second, first]
    assert 'alt="Our van"' in page.content.decode()
    browser.post(reverse("picture-delete", kwargs={"pk": first.pk}))
    assert Picture.objects.get() == second


@pytest.mark.parametrize("role", ["logo", "picture", "banner"])
def test_a_form_without_a_file_asks_for_one(as_user, omar, atlas, role):
    response = as_user(omar).post(PICTURES, {"role": role})

    assert response.status_code == 422
    assert "This field is required" in words(response)


def test_a_description_is_asked_for(as_user, omar, atlas):
    address = reverse("picture-edit", kwargs={"pk": PictureFactory(supplier=atlas).pk})

    assert as_user(omar).post(address, {"alt": ""}).status_code == 422


def test_a_logo_is_added_and_replaced(as_user, omar, atlas):
    browser = as_user(omar)
    for colour in ("red", "blue"):
        browser.post(PICTURES, {"role": "logo", "files": sent(encoded(image(colour=colour), "PNG"), "a.png")})

    assert Picture.objects.logos().count() == 1
    assert "Replace the logo" in words(browser.get(PICTURES))


def test_two_logos_at_once_are_one_too_many(as_user, omar, atlas):
    files = [sent(encoded(image(), "PNG"), name) for name in ("a.png", "b.png")]

    response = as_user(omar).post(PICTURES, {"role": "logo", "files": files})

    assert response.status_code == 422
    assert "One logo is enough" in words(response)


def test_a_viewer_changes_nothing(as_user, zed, omar, atlas):
    RepresentativeFactory(user=zed, organisation=omar.organisation)

    assert as_user(zed).get(DOCUMENTS).status_code == 403
    assert as_user(zed).post(PICTURES, {"role": "logo"}).status_code == 403


# --- On the profile ---------------------------------------------------------------------------------------------


def test_the_profile_shows_pictures_to_everybody_and_documents_to_members(client, as_user, amina, atlas):
    PictureFactory(supplier=atlas, alt="Our van")
    DocumentFactory(supplier=atlas, title="Insurance paper", for_members=True)
    DocumentFactory(supplier=atlas, title="Secret paper")
    address = atlas.get_absolute_url()

    visitor = client.get(address).content.decode()
    Grant.objects.create(organisation=amina.organisation, entitlements=["directory"], reason="Pilot")
    member = as_user(amina).get(address).content.decode()

    assert 'alt="Our van"' in visitor
    assert "Insurance paper" not in visitor
    assert "Insurance paper" in member
    assert "Secret paper" not in member


def test_the_logos_of_a_page_cost_one_query(django_assert_num_queries):
    suppliers = SupplierFactory.create_batch(3)
    logo = PictureFactory(supplier=suppliers[0], logo=True)
    PictureFactory(supplier=suppliers[1])

    with django_assert_num_queries(1):
        assert panels.logos(suppliers) == {suppliers[0].pk: logo.address("card")}


def test_nothing_private_is_left_outside_a_backup(atlas):
    from marketplace.core.backup import media_names

    document = DocumentFactory(supplier=atlas, stored=True)

    assert document.stored_as in set(media_names(default_storage))
