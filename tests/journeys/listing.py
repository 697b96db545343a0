"""The steps from "list your firm" to a profile that is sent, as the owner of a cleaning firm takes them in French."""

from tests.journeys.checks import looked_at
from tests.journeys.coming_in import sign_up

OWNER, FIRM, OFFICE_CLEANING = "awa@baobab.example", "Baobab Propreté", "90919200"


def go_on(page, address):
    """Save this step; the next one stands at that address."""
    page.click("button[name=then][value=next]")
    page.wait_for_url(f"**/fr/workspace/profile/{address}")
    looked_at(page)


def come_in(phone, inbox):
    """From the first page over account and organisation to the empty profile."""
    phone.goto("/fr/list-your-firm/")
    looked_at(phone)
    phone.click("main a.button[href*=signup]")
    sign_up(phone, inbox, OWNER, "Awa Sarr")
    phone.wait_for_url("**/fr/account/organisations/new/**")
    phone.fill("input[name=name]", FIRM)
    phone.fill("input[name=number]", "732 829 320")
    phone.fill("input[name=town]", "Saint-Denis")
    phone.locator("main form button[type=submit]").last.click()
    phone.wait_for_url("**/fr/workspace/profile/")
    looked_at(phone)


def say_what_they_do(phone):
    """From the empty profile over all steps to who may see it, and back to the profile."""
    phone.click("main a.button[href$='/what-we-do/']")
    looked_at(phone)
    phone.fill("textarea[name=summary]", "Nous nettoyons des bureaux et des écoles, tôt le matin, sans bruit.")
    assert phone.input_value("select[name=summary_language]") == "fr"
    go_on(phone, "services/")
    phone.fill("input[name=codes_words]", "nettoyage de bureaux")
    phone.check(f"input[name=codes][value='{OFFICE_CLEANING}']")
    go_on(phone, "where/")
    phone.check("input[name=whole_country]")
    go_on(phone, "about/")
    phone.check("input[name=languages][value=fr]")
    phone.check("input[name=languages][value=ar]")
    phone.select_option("select[name=size_band]", "small")
    phone.fill("input[name=amount]", "25 000")
    go_on(phone, "own-words/")
    phone.fill(f"input[name=words_{OFFICE_CLEANING}]", "Bureaux et écoles, dès 5 h")
    go_on(phone, "references/")
    phone.click("main a.button[href$='/show/']")
    looked_at(phone)
    go_on(phone, "")


def send(phone):
    """Agree to be listed; the profile then promises a day."""
    phone.click("main a.button[href$='/send/']")
    looked_at(phone)
    phone.check("main form input[type=checkbox]")
    phone.locator("main form button[type=submit]").last.click()
    phone.wait_for_url("**/fr/workspace/profile/")
    looked_at(phone)
