"""A buyer searches, keeps firms on a list, compares them, takes them out as a file, and keeps the search."""

from suppliers.directory import rows
from tests.factories.introductions import ShortlistEntryFactory, ShortlistFactory
from tests.factories.suppliers import SupplierFactory
from tests.introductions.test_comparison import certify
from tests.journeys.checks import assert_accessible, looked_at
from tests.journeys.coming_in import buyer, sign_in

FIRMS = ("Kelivanta Ltd", "Bakery of the Two Rivers and Their Many Friends", "Été Propre")


def list_firms():
    made = [
        SupplierFactory(
            listed=True,
            organisation__name=name,
            organisation__town="Leeds",
            summary="We bake bread for canteens and clean up afterwards.",
            offers=["15811000", "90911200"][: 1 + number % 2],
            regions=["UKE4"],
            languages=["en", "tr"],
            size_band="small",
            largest_contract=5_000_000,
            largest_contract_currency="GBP",
        )
        for number, name in enumerate(FIRMS)
    ]
    certify(made[0])
    rows.refresh([supplier.pk for supplier in made])
    return made


def test_a_buyer_keeps_compares_and_takes_out(look):
    list_firms()
    company = buyer("bea@company.example", "Northern Rail Foods")
    desk = look.desk()
    sign_in(desk, "bea@company.example")
    desk.wait_for_url("**/workspace/")

    desk.goto("/suppliers/?q=bread")
    assert_accessible(desk)
    desk.locator(".shortlist-button__other").first.click()
    looked_at(desk)
    desk.fill("input[name=name]", "Bread for the canteens")
    desk.locator("main form:has(input[name=name]) button[type=submit]").click()
    desk.wait_for_url("**/suppliers/?q=bread")
    buttons = desk.locator(".shortlist-button button")
    for waiting in range(buttons.count(), 0, -1):
        buttons.first.click()
        buttons.nth(waiting - 1).wait_for(state="detached")
    assert desk.url.endswith("/suppliers/?q=bread")
    assert company.shortlists.get().entries.count() == len(FIRMS)

    desk.locator(".shortlist-button__lists a").first.click()
    looked_at(desk)
    desk.locator(".entry-note a").first.click()
    looked_at(desk)
    desk.fill("textarea[name=note]", "Ask for a menu.")
    desk.locator("main .form__actions button").click()
    assert "Ask for a menu." in desk.inner_text("main")
    for box in desk.locator("input[name=supplier]").all():
        box.check()
    desk.locator("#compare button").click()
    looked_at(desk)
    assert desk.locator("table thead th a").count() == len(FIRMS)
    assert "Evidence" in desk.inner_text("table")
    desk.go_back()
    with desk.expect_download() as download:
        desk.locator("a[href*='form=xlsx']").click()
    assert download.value.suggested_filename.startswith("bread-for-the-canteens")

    desk.goto("/suppliers/?q=bread")
    desk.locator("a[href*='/workspace/searches/new/']").click()
    looked_at(desk)
    desk.locator("input[value=weekly]").check()
    desk.locator("main .form__actions button").click()
    desk.wait_for_url("**/workspace/searches/")
    looked_at(desk)


def test_a_city_officer_reads_a_list_in_french_on_a_phone_without_evidence(look):
    firms = list_firms()
    city = buyer("ville@valmorel.example", "Ville de Valmorel", authority=True)
    shortlist = ShortlistFactory(buyer=city, name="Fête de l’été", note="Pour juin.")
    for supplier in firms:
        ShortlistEntryFactory(shortlist=shortlist, supplier=supplier, note="À rappeler.")
    phone = look.phone(language="fr", scheme="dark")
    sign_in(phone, "ville@valmorel.example")
    phone.wait_for_url("**/workspace/")

    query = "&".join(f"supplier={supplier.pk}" for supplier in firms)
    for path in (f"/fr{shortlist.get_absolute_url()}", f"/fr{shortlist.get_absolute_url()}compare/?{query}"):
        phone.goto(path)
        looked_at(phone)
        assert firms[0].organisation.name in phone.inner_text("main")
        assert "The Issuer" not in phone.inner_text("main")
