"""An association drafts a firm; its owner gets a mail, takes the profile over, and ends what the association sees."""

import re

from marketplace.accounts.models import Representative
from suppliers.proposals.models import PartnerConsent, Proposal
from tests.factories.proposals import PartnerFactory
from tests.journeys.checks import assert_accessible, assert_fits
from tests.journeys.coming_in import CODE, sign_in
from tests.people import PASSWORD, acts_for, person

LINK = re.compile(r"https?://\S+/proposals/\S+")


def test_a_partner_drafts_a_firm_and_its_owner_takes_it_over_by_phone_in_french(look, inbox):
    lea = person("lea@reseau.example", "Léa Roy")
    partner = PartnerFactory(organisation=acts_for(lea, "Réseau des entrepreneurs", country="FR"))

    desk = look.desk()
    sign_in(desk, lea.email)
    desk.goto("/workspace/firms/")
    assert_accessible(desk)
    desk.get_by_role("link", name="Draft a firm").click()
    assert_accessible(desk)
    desk.fill("input[name=name]", "Baobab Propreté")
    desk.fill("input[name=number]", "732 829 320")
    desk.fill("input[name=town]", "Saint-Denis")
    desk.fill("textarea[name=summary]", "Nous nettoyons des bureaux avant leur ouverture.")
    desk.select_option("select[name=summary_language]", "fr")
    desk.fill("input[name=email]", "awa@baobab.example")
    desk.select_option("select[name=language]", "fr")
    desk.fill("input[name=source]", "Our members’ list of 2026")
    desk.get_by_role("button", name="Save the draft and ask the owner").click()
    desk.wait_for_url("**/workspace/firms/")
    assert "Owner asked" in desk.inner_text("main")
    assert_accessible(desk)

    phone = look.phone(language="fr")
    phone.goto(LINK.search(inbox("awa@baobab.example")).group(0))
    assert_accessible(phone)
    assert_fits(phone)
    phone.locator("main a.button").first.click()
    assert phone.input_value("input[name=email]") == "awa@baobab.example"
    phone.fill("input[name=full_name]", "Awa Sarr")
    phone.fill("input[name=password1]", PASSWORD)
    phone.locator("main form button[type=submit]").first.click()
    phone.fill("input[name=code]", CODE.search(inbox("awa@baobab.example")).group(1))
    phone.locator("main form button[type=submit]").first.click()
    phone.check("input[name=shares_standing]")
    assert_accessible(phone)
    phone.locator("button[value=accept]").click()
    phone.wait_for_url("**/fr/workspace/profile/")

    assert Proposal.objects.get().accepted_by.email == "awa@baobab.example"
    assert Representative.objects.get(user__email="awa@baobab.example").is_administrator
    desk.goto("/workspace/firms/")
    assert "Accepted" in desk.inner_text("main ul.stack--tight")
    assert desk.get_by_role("link", name="Change").count() == 0

    phone.goto("/fr/workspace/")
    assert_accessible(phone)
    assert_fits(phone)
    phone.locator("form[action*='/partners/'] button").click()
    phone.wait_for_url("**/fr/workspace/")
    assert not PartnerConsent.objects.live().filter(partner=partner).exists()
