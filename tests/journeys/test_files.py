"""A firm adds documents and pictures on a phone, over a line that breaks."""

import re

import pytest

from suppliers.files.models import Document, Picture, Upload
from suppliers.files.pieces import PIECE
from tests.factories.suppliers import supplier_of
from tests.journeys.checks import assert_accessible, assert_fits
from tests.journeys.coming_in import signed_in
from tests.journeys.upload import file
from tests.suppliers.files.samples import encoded, image, pdf, photograph

DOCUMENTS, PICTURES = "/workspace/profile/documents/", "/workspace/profile/pictures/"


@pytest.fixture
def firm(omar, media, settings, tmp_path):
    settings.VAR = tmp_path
    return supplier_of(omar.organisation, listed=True)


def test_files_arrive_whole_over_a_line_that_breaks(look, site, as_user, omar, firm):
    phone = signed_in(look.phone(), as_user(omar), site)
    large = pdf(extra=b"%" + b"x" * 3 * PIECE + b"\n")
    breaks = []

    def break_once(route):
        if "offset=0" not in route.request.url and len(breaks) < 2:
            breaks.append(route.request.url)
            return route.abort("connectionreset")
        return route.continue_()

    phone.route(re.compile("/uploads/.*offset="), break_once)
    phone.goto(DOCUMENTS)
    assert_accessible(phone)
    assert_fits(phone)
    phone.set_input_files("input[name=files]", [file("Insurance.pdf", large), file("Policy.pdf", pdf())])
    phone.select_option("select[name=kind]", "policy")
    phone.check("input[name=audience][value=members]")
    phone.locator("main form.upload button[type=submit]").click()
    phone.get_by_role("link", name="Insurance", exact=True).wait_for()

    assert len(breaks) == 2
    assert {row.title: row.audience for row in Document.objects.all()} == {"Insurance": "members", "Policy": "members"}
    assert Upload.objects.exclude(finished_at=None).count() == 2
    assert_accessible(phone)
    assert_fits(phone)


def test_a_refused_file_stays_on_the_page_with_its_reason(look, site, as_user, omar, firm):
    desk = signed_in(look.desk(), as_user(omar), site)
    desk.goto(DOCUMENTS)
    desk.set_input_files("input[name=files]", [file("Policy.pdf", pdf()), file("Evil.pdf", b"<html>")])
    desk.select_option("select[name=kind]", "policy")
    desk.locator("main form.upload button[type=submit]").click()

    desk.get_by_text("This is a page or a program, whatever its name says.").wait_for()
    assert_accessible(desk)
    desk.get_by_role("link", name="Show what was added").click()
    desk.get_by_role("link", name="Policy", exact=True).wait_for()
    assert Document.objects.get().title == "Policy"


def test_pictures_come_from_the_camera_and_are_described(look, site, as_user, omar, firm):
    phone = signed_in(look.phone(scheme="dark"), as_user(omar), site)
    phone.goto(PICTURES)
    assert_accessible(phone)
    phone.locator("form[data-purpose=logo] input[type=file]").set_input_files(
        [file("logo.png", encoded(image((200, 200)), "PNG"), "image/png")]
    )
    phone.locator("form[data-purpose=logo] button").click()
    phone.get_by_role("button", name="Replace the logo").wait_for()
    phone.locator("form[data-purpose=picture] input[type=file]").set_input_files(
        [
            file("IMG_1.HEIC", photograph("HEIF", (900, 600)), "image/heic"),
            file("b.jpg", photograph(size=(600, 900)), "image/jpeg"),
        ]
    )
    phone.locator("form[data-purpose=picture] button[type=submit]").click()
    phone.get_by_role("link", name=re.compile("Describe it.*picture 2")).wait_for()
    assert_accessible(phone)
    assert_fits(phone)
    phone.get_by_role("link", name=re.compile("Describe it.*picture 1")).click()
    phone.fill("input[name=alt]", "Our team lays a floor")
    phone.get_by_role("button", name="Save").click()
    phone.wait_for_url(f"**{PICTURES}")

    assert list(Picture.objects.gallery().values_list("alt", flat=True)) == ["Our team lays a floor", ""]


def test_without_script_the_plain_form_does_the_same(look, site, as_user, omar, firm):
    desk = signed_in(look.desk(java_script_enabled=False), as_user(omar), site)
    desk.goto(DOCUMENTS)
    desk.set_input_files("input[name=files]", [file("One.pdf", pdf()), file("Two.pdf", pdf(version=b"1.5"))])
    desk.select_option("select[name=kind]", "insurance")
    desk.locator("main form.upload button[type=submit]").click()
    assert "has a last day" in desk.inner_text("main")
    desk.set_input_files("input[name=files]", [file("One.pdf", pdf()), file("Two.pdf", pdf(version=b"1.5"))])
    desk.fill("input[name=valid_until]", "2099-12-31")
    desk.locator("main form.upload button[type=submit]").click()
    assert "2 files are added." in desk.inner_text("main")
