"""The owner of a small firm lists it on a phone, in French, from the first page to the promised day."""

from suppliers.actions import profile_of
from suppliers.models import Supplier
from tests.journeys.checks import assert_accessible, assert_fits
from tests.journeys.test_accounts import CODE
from tests.people import PASSWORD


def looked_at(page):
    assert_accessible(page)
    assert_fits(page)


def go_on(page, address):
    """Save this step; the next one stands at that address."""
    page.click("button[name=then][value=next]")
    page.wait_for_url(f"**/fr/workspace/profile/{address}")
    looked_at(page)


def sign_up(phone, inbox):
    phone.fill("input[name=full_name]", "Awa Sarr")
    phone.fill("input[name=email]", "awa@baobab.example")
    phone.fill("input[name=password1]", PASSWORD)
    phone.locator("main form button[type=submit]").first.click()
    phone.fill("input[name=code]", CODE.search(inbox("awa@baobab.example")).group(1))
    phone.locator("main form button[type=submit]").first.click()
    phone.wait_for_url("**/fr/account/organisations/new/**")
    phone.fill("input[name=name]", "Baobab Propreté")
    phone.fill("input[name=number]", "732 829 320")
    phone.fill("input[name=town]", "Saint-Denis")
    phone.locator("main form button[type=submit]").last.click()
    phone.wait_for_url("**/fr/workspace/profile/")


def test_a_firm_is_listed_by_phone_in_french(look, inbox):
    phone = look.phone(language="fr")
    phone.goto("/fr/list-your-firm/")
    looked_at(phone)
    phone.click("main a.button[href*=signup]")
    sign_up(phone, inbox)
    looked_at(phone)
    phone.click("main a.button[href$='/what-we-do/']")
    looked_at(phone)

    phone.fill("textarea[name=summary]", "Nous nettoyons des bureaux et des écoles, tôt le matin, sans bruit.")
    assert phone.input_value("select[name=summary_language]") == "fr"
    go_on(phone, "services/")
    phone.fill("input[name=codes_words]", "nettoyage de bureaux")
    phone.check("input[name=codes][value='90919200']")
    go_on(phone, "where/")
    phone.check("input[name=whole_country]")
    go_on(phone, "about/")
    phone.check("input[name=languages][value=fr]")
    phone.check("input[name=languages][value=ar]")
    phone.fill("input[name=amount]", "25 000")
    go_on(phone, "own-words/")
    phone.fill("input[name=words_90919200]", "Bureaux et écoles, dès 5 h")
    go_on(phone, "references/")
    phone.click("main a.button[href$='/show/']")
    looked_at(phone)
    go_on(phone, "")

    phone.click("main a.button[href$='/send/']")
    looked_at(phone)
    phone.check("main form input[type=checkbox]")
    phone.locator("main form button[type=submit]").last.click()
    phone.wait_for_url("**/fr/workspace/profile/")
    looked_at(phone)

    supplier = Supplier.objects.get(organisation__name="Baobab Propreté")
    assert supplier.is_waiting_for_review
    assert profile_of(supplier, ["languages", "regions", "services", "largest_contract"]) == {
        "languages": ["fr", "ar"],
        "regions": ["FR"],
        "services": [["90919200", "Bureaux et écoles, dès 5 h", [], False]],
        "largest_contract": 2_500_000,
    }
    assert phone.locator("main time").count() >= 2
    assert "Baobab Propreté" in inbox("awa@baobab.example")
