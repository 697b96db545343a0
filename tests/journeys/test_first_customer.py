"""The main job in one piece: a firm lists itself in French, staff approve, an English search finds and keeps it."""

import csv
import re

import pytest
from openpyxl import load_workbook

from suppliers.actions import profile_of
from suppliers.files.models import Document, Picture
from suppliers.models import Supplier
from suppliers.review.promise import review_day
from tests.factories.directory import found_supplier
from tests.journeys import listing
from tests.journeys.checks import looked_at
from tests.journeys.coming_in import LINK, buyer, give_second_factor, sign_in
from tests.journeys.upload import file
from tests.suppliers.files.samples import pdf, photograph

BUYER, NOTE = "bea@company.example", "Asked for a price for five floors."
OTHERS = ("Kelivanta Cleaning Ltd", "Two Rivers Facilities")


@pytest.fixture
def others(media, settings, tmp_path):
    """All that the directory knows beside the firm of the story."""
    settings.VAR = tmp_path
    return [
        found_supplier(
            (listing.OFFICE_CLEANING, "Office cleaning by night"),
            organisation__name=name,
            organisation__town="Leeds",
            summary="Office cleaning in Yorkshire.",
            regions=["UKE4"],
            languages=["en"],
        )
        for name in OTHERS
    ]


def test_from_list_your_firm_to_a_buyers_file_and_out_of_the_directory_again(look, inbox, stella, others, tmp_path):
    phone = look.phone(language="fr")
    listing.come_in(phone, inbox)
    listing.say_what_they_do(phone)
    show_papers_and_pictures(phone)
    listing.send(phone)
    firm = Supplier.objects.get(organisation__name=listing.FIRM)
    assert firm.is_waiting_for_review
    assert profile_of(firm, ["languages", "regions", "services", "largest_contract"]) == {
        "languages": ["fr", "ar"],
        "regions": ["FR"],
        "services": [[listing.OFFICE_CLEANING, "Bureaux et écoles, dès 5 h", [], False]],
        "largest_contract": 2_500_000,
    }
    assert phone.locator("main time").count() >= 2
    promised = review_day(firm.submitted_at, firm.organisation.country)
    assert phone.locator(f"main time[datetime^='{promised:%Y-%m-%d}']").count() == 1
    told = inbox(listing.OWNER)
    assert listing.FIRM in told
    assert "receipts" in told

    approve(look.desk(), firm)
    page = LINK.search(inbox(listing.OWNER)).group(0)
    assert page.endswith(f"/fr{firm.get_absolute_url()}")

    buyer(BUYER, "Northern Rail Foods")
    desk = look.desk()
    sign_in(desk, BUYER)
    desk.wait_for_url("**/workspace/")
    find_across_languages(desk)
    keep_on_a_list(desk, firm)
    compare(desk)
    take_out(desk, tmp_path)

    phone.goto("/fr/workspace/profile/")
    looked_at(phone)
    phone.locator("form[action$='/hide-now/'] button").click()
    phone.wait_for_url("**/fr/workspace/profile/")
    looked_at(phone)
    desk.goto("/suppliers/?q=office+cleaning")
    assert listing.FIRM not in desk.inner_text("main")
    assert OTHERS[0] in desk.inner_text("main")
    assert look.phone().goto(firm.get_absolute_url()).status == 404


def show_papers_and_pictures(phone):
    phone.click("main ol a[href$='/documents/']")
    looked_at(phone)
    phone.set_input_files("input[name=files]", [file("Politique environnementale.pdf", pdf())])
    phone.select_option("select[name=kind]", "policy")
    phone.check("input[name=audience][value=members]")
    phone.locator("main form.upload button[type=submit]").click()
    phone.get_by_role("link", name="Politique environnementale", exact=True).wait_for()
    looked_at(phone)

    phone.goto("/fr/workspace/profile/pictures/")
    looked_at(phone)
    phone.locator("form[data-purpose=picture] input[type=file]").set_input_files(
        [file("IMG_1.HEIC", photograph("HEIF", (900, 600)), "image/heic")]
    )
    phone.locator("form[data-purpose=picture] button[type=submit]").click()
    phone.locator("main ol.picture-list img").wait_for()
    looked_at(phone)
    assert (Document.objects.count(), Picture.objects.count()) == (1, 1)
    phone.goto("/fr/workspace/profile/")


def approve(desk, firm):
    sign_in(desk, "stella@tessera.example")
    give_second_factor(desk)
    desk.goto("/staff/supplier-review/")
    desk.get_by_role("link", name=listing.FIRM).first.click()
    assert "Nous nettoyons des bureaux" in desk.inner_text("main")
    desk.get_by_role("button", name="Approve").click()
    desk.wait_for_load_state()
    firm.refresh_from_db()
    assert firm.is_listed


def find_across_languages(desk):
    """The firm has said nothing in English: its service is what answers, and the page says so."""
    desk.goto("/suppliers/?q=workplace+cleaning")
    looked_at(desk)
    assert "Also showing Office cleaning services, because you searched workplace cleaning." in desk.inner_text("main")
    assert listing.FIRM in desk.inner_text("main")

    desk.goto("/")
    desk.locator("form[role=search] input[name=q]").first.fill("office cleaning")
    desk.locator("form[role=search] button").first.click()
    desk.wait_for_url("**/suppliers/?*")
    looked_at(desk)
    assert "Found by: services\n" in desk.locator(".card", has_text=listing.FIRM).inner_text()
    desk.get_by_role("link", name=listing.FIRM, exact=True).click()
    desk.wait_for_url("**/suppliers/baobab-proprete/")
    looked_at(desk)
    assert "Nous nettoyons des bureaux" in desk.locator("main [lang=fr]").first.inner_text()
    assert "Office cleaning services" in desk.inner_text("main")
    assert desk.get_by_role("link", name=re.compile("Politique environnementale")).count() == 1
    desk.go_back()


def keep_on_a_list(desk, firm):
    desk.locator(".shortlist-button__other").first.click()
    looked_at(desk)
    desk.fill("input[name=name]", "Cleaning of the depot")
    desk.locator("main form:has(input[name=name]) button[type=submit]").click()
    desk.wait_for_url("**/suppliers/?*")
    buttons = desk.locator(".shortlist-button button")
    for waiting in range(buttons.count(), 0, -1):
        buttons.first.click()
        buttons.nth(waiting - 1).wait_for(state="detached")
    desk.locator(".shortlist-button__lists a").first.click()
    looked_at(desk)
    assert sorted(desk.locator(".card__title a").all_inner_texts()) == sorted([*OTHERS, listing.FIRM])
    desk.locator(".card", has_text=listing.FIRM).locator(".entry-note a").first.click()
    looked_at(desk)
    desk.fill("textarea[name=note]", NOTE)
    desk.locator("main .form__actions button").click()
    assert NOTE in desk.locator(".card", has_text=listing.FIRM).inner_text()


def compare(desk):
    for box in desk.locator("input[name=supplier]").all():
        box.check()
    desk.locator("#compare button").click()
    looked_at(desk)
    assert sorted(desk.locator("table thead th a").all_inner_texts()) == sorted([*OTHERS, listing.FIRM])
    assert "Bureaux et écoles, dès 5 h" in desk.inner_text("table")
    desk.go_back()


def take_out(desk, folder):
    """Both files hold the same: each firm once, the French one in its own words and by its code."""
    tables = {}
    for form in ("csv", "xlsx"):
        with desk.expect_download() as download:
            desk.locator(f"a[href*='form={form}']").click()
        assert download.value.suggested_filename.startswith("cleaning-of-the-depot")
        path = folder / f"taken.{form}"
        download.value.save_as(path)
        tables[form] = rows_of(path)
    assert tables["csv"] == tables["xlsx"]
    headings, *rows = tables["csv"]
    told = {row[0]: dict(zip(headings, row, strict=True)) for row in rows}
    assert sorted(told) == sorted([*OTHERS, listing.FIRM])
    baobab = told[listing.FIRM]
    assert (baobab["Country"], baobab["Town"]) == ("France", "Saint-Denis")
    assert (baobab["Services"], baobab["CPV codes"]) == ("Bureaux et écoles, dès 5 h", listing.OFFICE_CLEANING)


def rows_of(path):
    if path.suffix == ".csv":
        with path.open(newline="", encoding="utf-8-sig") as file:
            return list(csv.reader(file))
    rows = [[str(value or "") for value in row] for row in load_workbook(path).active.iter_rows(values_only=True)]
    assert len({len(row) for row in rows}) == 1
    return rows
