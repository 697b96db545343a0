from datetime import timedelta

import pytest
from django.core.signing import Signer
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.middleware import ACTING_FOR
from marketplace.accounts.models import Identifier, JoinRequest, Organisation, Representative
from marketplace.core.models import OutboxMessage
from suppliers.models import Supplier
from suppliers.proposals import actions
from suppliers.proposals.models import EndedProposal, Partner, PartnerConsent, Proposal
from suppliers.proposals.signing import partner_token
from tests.factories.accounts import OrganisationFactory, RepresentativeFactory, UserFactory
from tests.factories.proposals import PartnerConsentFactory, PartnerFactory, ProposalFactory
from tests.factories.suppliers import CapabilityFactory, SupplierFactory

pytestmark = pytest.mark.django_db
OWNER = "owner@firm.example"
BOARD = "/workspace/firms/"
DRAFT = {
    "country_code": "FR",
    "name": "Baobab Propreté",
    "scheme": "FR-SIREN",
    "number": "732 829 320",
    "town": "Saint-Denis",
    "summary": "Nous nettoyons des bureaux.",
    "summary_language": "fr",
    "services": ["90911200"],
    "regions": ["FR106"],
    "languages": ["fr", "ar"],
    "email": OWNER,
    "language": "fr",
    "source": "Our members’ list",
}


@pytest.fixture
def proposal(partner):
    supplier = SupplierFactory(ready=True)
    for code in ("90911200", "90919200"):
        CapabilityFactory(supplier=supplier, cpv=code)
    return actions.propose(supplier, email=OWNER, source="The members’ list", language="en", partner=partner)


@pytest.fixture
def page(proposal, answer_page):
    return answer_page(proposal)


# --- The owner --------------------------------------------------------------------------------------------------


def test_the_page_shows_the_draft_where_it_comes_from_and_the_rights(client, proposal, page, words):
    said = words(client.get(page))

    assert "We clean offices and shops before they open." in said
    assert "Building-cleaning services Office cleaning services" in said
    assert "West Yorkshire" in said
    assert "[" not in said
    assert "The members’ list" in said
    assert "Atlas Propreté has drafted a profile" in said
    assert "data protection authority" in said
    assert OWNER not in said


def test_opening_the_page_changes_nothing(client, proposal, page):
    before = Proposal.objects.values().get()

    for method in (client.get, client.head, client.options):
        method(page)

    assert Proposal.objects.values().get() == before
    assert Supplier.objects.count() == 1


def test_the_page_is_kept_by_nobody(client, page):
    response = client.get(page)

    assert "no-store" in response["Cache-Control"]
    assert b'content="noindex"' in response.content


@pytest.mark.parametrize("salt", ["tessera.partner-link", "tessera.invitation", "forged"])
def test_a_token_that_was_signed_for_something_else_opens_nothing(client, proposal, salt):
    forged = Signer(salt=salt).sign(proposal.key)

    assert client.get(reverse("proposal-answer", kwargs={"token": forged})).status_code == 404
    assert client.post(reverse("proposal-answer", kwargs={"token": forged}), {"decision": "decline"}).status_code == 404
    assert Proposal.objects.count() == 1


def test_a_token_without_its_signature_opens_nothing(client, proposal):
    assert client.get(reverse("proposal-answer", kwargs={"token": proposal.key})).status_code == 404


def test_the_link_to_an_address_that_was_corrected_opens_nothing(client, proposal, page, words):
    Proposal.objects.update(key="0" * 32, email="right@firm.example")

    response = client.get(page)

    assert response.status_code == 410
    assert proposal.name not in words(response)


def test_a_visitor_is_led_to_sign_up_with_that_address_and_back(client, page):
    content = client.get(page).content.decode()

    assert (
        f"/account/signup/?email=owner%40firm.example&amp;next={page.replace('/', '%2F').replace(':', '%3A')}"
        in content
    )
    assert client.post(page, {"decision": "accept"}).url.startswith("/account/login/?next=")
    assert Proposal.objects.open().count() == 1


def test_the_owner_accepts_and_goes_on_to_the_profile(as_user, owner, proposal, page, partner):
    browser = as_user(owner)

    response = browser.post(page, {"decision": "accept", "shares_standing": "on"})

    assert response.url == reverse("profile")
    firm = proposal.supplier.organisation
    assert browser.session[ACTING_FOR] == firm.pk
    assert Representative.objects.get(organisation=firm).user == owner
    assert PartnerConsent.objects.live().get(organisation=firm).partner == partner
    assert browser.get(response.url).status_code == 200


def test_the_yes_to_the_partner_is_the_owners_own(as_user, owner, page):
    browser = as_user(owner)
    assert b"checked" not in browser.get(page).content

    browser.post(page, {"decision": "accept"})

    assert not PartnerConsent.objects.exists()


def test_accepting_twice_leads_to_the_same_place(as_user, owner, page):
    browser = as_user(owner)

    assert [browser.post(page, {"decision": "accept"}).url for _ in range(2)] == [reverse("profile")] * 2
    assert Representative.objects.filter(user=owner).count() == 1


def test_somebody_else_who_holds_the_link_cannot_accept(as_user, zed, page, words):
    browser = as_user(zed)
    assert "sent to another address" in words(browser.get(page))

    response = browser.post(page, {"decision": "accept"}, follow=True)

    assert "Sign in with that address" in words(response)
    assert not Representative.objects.filter(user=zed).exists()


def test_where_others_act_already_the_owner_is_told_so(as_user, owner, proposal, page, words):
    RepresentativeFactory(organisation=proposal.supplier.organisation, administrator=True)

    response = as_user(owner).post(page, {"decision": "accept"}, follow=True)

    assert "Others act for this firm already" in words(response)
    assert JoinRequest.objects.get().user == owner


def test_declining_needs_no_account_and_deletes_at_once(client, page, words):
    response = client.post(page, {"decision": "decline"}, follow=True)

    assert response.status_code == 410
    assert "The draft is deleted with all that was in it." in words(response)
    assert Supplier.objects.count() == 0
    assert client.post(page, {"decision": "decline"}).status_code == 410


def test_a_report_needs_words_and_keeps_them(client, page, words):
    refused = client.post(page, {"decision": "report", "words": " "})
    assert refused.status_code == 422
    assert "Say in a few words what is wrong." in words(refused)

    client.post(page, {"decision": "report", "words": "I do not know them."})

    assert EndedProposal.objects.reported().get().words == "I do not know them."


@pytest.mark.parametrize("decision", ["", "maybe", "\x00"])
def test_an_answer_that_is_none_changes_nothing(client, page, decision):
    assert client.post(page, {"decision": decision}).status_code == 422
    assert Proposal.objects.open().count() == 1


def test_after_its_time_the_page_says_so(as_user, owner, page, words):
    Proposal.objects.update(expires_at=timezone.now() - timedelta(hours=1), created_at="2026-01-01T00:00Z")
    browser = as_user(owner)

    assert "The time for an answer is over" in words(browser.get(page))
    assert "time for an answer is over" in words(browser.post(page, {"decision": "accept"}, follow=True))
    assert Proposal.objects.open().count() == 1


def test_an_accepted_one_says_whose_it_is(as_user, client, owner, page, words, proposal):
    actions.accept_proposal(proposal, shares_standing=False, by=owner)

    assert "This profile has been accepted" in words(client.get(page))
    assert "Open the profile" in words(as_user(owner).get(page))
    assert "was accepted" in words(client.post(page, {"decision": "decline"}, follow=True))
    assert Supplier.objects.count() == 1


# --- The workspace of the firm ----------------------------------------------------------------------------------


def test_the_workspace_says_who_sees_the_standing_and_ends_it_with_one_button(as_user, owner, page, words, partner):
    browser = as_user(owner)
    browser.post(page, {"decision": "accept", "shares_standing": "on"})
    assert "Atlas Propreté drafted your profile" in words(browser.get("/workspace/"))
    consent = PartnerConsent.objects.get()

    said = words(browser.post(reverse("partner-consent-end", args=[consent.pk]), follow=True))

    assert "Atlas Propreté no longer sees your standing." in said
    assert "drafted your profile" not in said
    assert not PartnerConsent.objects.live().exists()


def test_only_who_may_edit_ends_it_and_only_for_their_own_firm(as_user, owner, amina):
    consent = PartnerConsentFactory()
    RepresentativeFactory(user=owner, organisation=consent.organisation)

    address = reverse("partner-consent-end", args=[consent.pk])

    assert as_user(owner).post(address).status_code == 403
    assert as_user(amina).post(address).status_code == 404
    assert PartnerConsent.objects.live().exists()


def test_a_claimed_firm_finds_its_draft_in_the_workspace(as_user, zed, proposal, words, page):
    RepresentativeFactory(user=zed, organisation=proposal.supplier.organisation, administrator=True)
    browser = as_user(zed)

    response = browser.get("/workspace/")

    assert "A profile was drafted for you" in words(response)
    assert page in response.content.decode()
    assert browser.post(page, {"decision": "accept"}).url == reverse("profile")


# --- The link of a partner --------------------------------------------------------------------------------------


@pytest.fixture
def link(partner):
    return reverse("partner-join", kwargs={"token": partner_token(partner)})


def test_the_link_leads_a_visitor_in_and_back(client, link, words):
    response = client.get(link)

    assert "Atlas Propreté invites your firm" in words(response)
    assert f"/account/signup/?next={link.replace('/', '%2F').replace(':', '%3A')}" in response.content.decode()


def test_whoever_acts_for_nobody_registers_first(as_user, zed, link):
    assert as_user(zed).post(link).url.startswith("/account/organisations/new/?next=")


def test_a_firm_says_yes_to_the_partner_or_not(as_user, amina, link, partner):
    browser = as_user(amina)

    assert browser.post(link, {"decision": "keep"}).url == reverse("profile")
    assert not PartnerConsent.objects.exists()

    for _ in range(2):
        browser.post(link, {"decision": "share"})
    consent = PartnerConsent.objects.get()
    assert (consent.partner, consent.organisation, consent.way) == (partner, amina.organisation, "link")


def test_opening_the_link_shares_nothing(as_user, amina, link):
    as_user(amina).get(link)

    assert not PartnerConsent.objects.exists()


def test_the_partners_own_people_find_their_board_there(as_user, omar, link, words):
    browser = as_user(omar)

    assert "link of your own association" in words(browser.get(link))
    assert "cannot bring itself in" in words(browser.post(link, {"decision": "share"}, follow=True))


def test_forged_links_and_those_of_a_paused_partner_open_nothing(client, partner, link):
    assert client.get(reverse("partner-join", kwargs={"token": partner.slug})).status_code == 404
    Partner.objects.update(is_active=False)
    assert client.get(link).status_code == 404


# --- The partner ------------------------------------------------------------------------------------------------


def test_the_board_names_the_firms_and_how_far_they_are(as_user, omar, proposal, words):
    said = words(as_user(omar).get(BOARD))

    assert proposal.name in said
    assert "Owner asked" in said
    assert OWNER not in said


def test_the_board_can_be_narrowed_to_a_step_and_knows_no_others(as_user, omar, proposal, words):
    browser = as_user(omar)

    assert proposal.name in words(browser.get(BOARD, {"step": "asked"}))
    assert proposal.name not in words(browser.get(BOARD, {"step": "listed"}))
    assert proposal.name in words(browser.get(BOARD, {"step": "'--"}))


def test_a_viewer_sees_the_board_and_no_button(as_user, viewer, proposal, words):
    said = words(as_user(viewer).get(BOARD))

    assert proposal.name in said
    assert "Withdraw" not in said
    assert "invitation link" not in said


def test_an_empty_board_says_what_to_do(as_user, omar, partner, words):
    assert "No firm yet" in words(as_user(omar).get(BOARD))


def test_the_workspace_of_a_partner_leads_to_its_board(as_user, omar, amina, partner):
    assert BOARD in as_user(omar).get("/workspace/").content.decode()
    assert BOARD not in as_user(amina).get("/workspace/").content.decode()


def test_every_page_of_a_partners_workspace_links_to_its_board_and_no_others_does(as_user, omar, amina, partner):
    link = f'<a href="{BOARD}"'
    assert link in as_user(omar).get("/workspace/people/").content.decode()
    assert link not in as_user(amina).get("/workspace/people/").content.decode()

    Partner.objects.update(is_active=False)
    assert link not in as_user(omar).get("/workspace/people/").content.decode()


def test_a_partner_drafts_a_firm(as_user, omar, partner, mails):
    response = as_user(omar).post(f"{BOARD}new/", DRAFT)

    assert response.url == BOARD
    proposal = Proposal.objects.get()
    assert (proposal.partner, proposal.made_by, proposal.email) == (partner, omar, OWNER)
    supplier = proposal.supplier
    assert supplier.languages == ["fr", "ar"]
    assert supplier.regions == ["FR106"]
    assert [(row.cpv, row.is_main) for row in supplier.capabilities.all()] == [("90911200", True)]
    assert str(supplier.organisation.country) == "FR"
    assert len(mails(OWNER)) == 1


def test_a_draft_without_address_and_number_is_taken_too(as_user, omar, partner):
    as_user(omar).post(f"{BOARD}new/", DRAFT | {"email": "", "number": ""})

    assert Proposal.objects.get().asked_at is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "Visit www.evil.example"),
        ("town", ""),
        ("number", "123"),
        ("summary", ""),
        ("email", "nobody"),
        ("source", ""),
        ("source", "see http://evil.example"),
        ("services", ["00000001"]),
        ("regions", ["XX999"]),
        ("languages", ["xx"]),
        ("summary", "\x00"),
    ],
)
def test_a_wrong_draft_is_refused_and_loses_nothing(as_user, omar, partner, field, value):
    response = as_user(omar).post(f"{BOARD}new/", DRAFT | {field: value})

    assert response.status_code == 422
    assert "Our members’ list" in response.content.decode() or field == "source"
    assert not Proposal.objects.exists()


def test_looking_something_up_saves_nothing_and_keeps_what_was_typed(as_user, omar, partner):
    response = as_user(omar).post(f"{BOARD}new/", DRAFT | {"services_words": "office cleaning", "look": "services"})

    assert response.status_code == 200
    assert "Baobab Propreté" in response.content.decode()
    assert not Proposal.objects.exists()


def test_another_country_shows_its_registers_and_keeps_what_was_typed(as_user, omar, partner):
    content = as_user(omar).post(f"{BOARD}new/", DRAFT | {"country_code": "GB", "show": "1"}).content.decode()

    assert "Companies House" in content
    assert "Baobab Propreté" in content
    assert not Proposal.objects.exists()


def test_a_firm_that_is_here_already_is_said_to_be_and_nothing_of_it_is_shown(as_user, omar, partner, words):
    holder = OrganisationFactory(name="Secret SARL", country="FR", town="Nantes")
    Identifier.objects.create(organisation=holder, scheme="FR-SIREN", value="732829320")
    member = RepresentativeFactory(organisation=holder, administrator=True).user

    response = as_user(omar).post(f"{BOARD}new/", DRAFT)

    said = words(response)
    assert response.status_code == 422
    assert "A firm with this number is here already" in said
    assert "/join-through/" in response.content.decode()
    for secret in ("Secret SARL", "Nantes", member.email, member.full_name):
        assert secret not in response.content.decode()


def test_the_partners_own_draft_is_offered_again(as_user, omar, partner, words):
    browser = as_user(omar)
    browser.post(f"{BOARD}new/", DRAFT)

    assert "You have drafted this firm already" in words(browser.post(f"{BOARD}new/", DRAFT))


def test_the_draft_form_tells_nothing_about_addresses(as_user, omar, partner, words):
    """An address with an account, one without, and one that refused somebody else: the same answer."""
    UserFactory(email="known@firm.example")
    actions.decline_proposal(
        actions.propose(SupplierFactory(), email="refused@firm.example", source="Elsewhere", language="en")
    )
    answers = set()
    for number, email in enumerate(["known@firm.example", "new@firm.example", "refused@firm.example"]):
        browser = as_user(omar)
        name = f"Firm {'ABC'[number]}"
        response = browser.post(f"{BOARD}new/", DRAFT | {"name": name, "number": "", "email": email}, follow=True)
        answers.add((response.status_code, "owner is asked" in words(response)))

    assert answers == {(200, True)}


def test_the_partner_mends_its_draft(as_user, omar, partner):
    browser = as_user(omar)
    browser.post(f"{BOARD}new/", DRAFT)
    proposal = Proposal.objects.get()
    address = reverse("firm-change", args=[proposal.pk])
    assert "Baobab Propreté" in browser.get(address).content.decode()
    version = proposal.supplier.organisation.version

    stale = DRAFT | {"name": "Baobab SARL", "version": version}
    assert browser.post(address, stale).url == BOARD
    second = browser.post(address, stale | {"name": "Baobab SAS"})

    assert second.status_code == 422
    assert "Baobab SAS" in second.content.decode()
    assert Organisation.objects.get(supplier__proposal=proposal).name == "Baobab SARL"
    assert [row.is_main for row in proposal.supplier.capabilities.all()] == [True]


def test_once_the_owner_has_accepted_the_draft_is_closed_to_the_partner(as_user, omar, owner, proposal):
    actions.accept_proposal(proposal, shares_standing=True, by=owner)
    browser = as_user(omar)

    for name in ("firm-change", "firm-ask", "firm-withdraw"):
        assert browser.post(reverse(name, args=[proposal.pk])).status_code == 403
    assert browser.get(reverse("firm-change", args=[proposal.pk])).status_code == 403
    assert browser.get(proposal.supplier.get_absolute_url()).status_code == 404
    assert Supplier.objects.count() == 1


def test_the_partner_never_sees_what_the_firm_writes_after_it_accepted(as_user, omar, owner, proposal, words):
    actions.accept_proposal(proposal, shares_standing=False, by=owner)
    Organisation.objects.filter(supplier__proposal=proposal).update(name="Renamed since", town="Moved")

    said = words(as_user(omar).get(BOARD))

    assert proposal.name in said
    assert "Renamed since" not in said
    assert "the firm keeps its standing to itself" in said


def test_the_owner_is_asked_again_and_the_draft_withdrawn_by_a_button(as_user, omar, proposal, words):
    browser = as_user(omar)
    assert "not three days old" in words(browser.post(reverse("firm-ask", args=[proposal.pk]), follow=True))
    Proposal.objects.update(last_asked_at=timezone.now() - timedelta(days=4))
    assert "The owner is asked again." in words(browser.post(reverse("firm-ask", args=[proposal.pk]), follow=True))

    said = words(browser.post(reverse("firm-withdraw", args=[proposal.pk]), follow=True))

    assert "The draft is withdrawn and deleted." in said
    assert Proposal.objects.count() == 0
    assert OutboxMessage.objects.filter(to=OWNER).count() == 0


def test_another_partner_and_the_paused_one_find_no_draft(as_user, amina, omar, proposal):
    PartnerFactory(organisation=amina.organisation)
    address = reverse("firm-change", args=[proposal.pk])
    assert as_user(amina).get(address).status_code == 404

    Partner.objects.update(is_active=False)
    assert as_user(omar).get(address).status_code == 404
    assert as_user(omar).get(BOARD).status_code == 404


def test_whoever_acts_for_a_partner_among_others_sees_the_board_of_the_one_chosen(as_user, amina, partner):
    RepresentativeFactory(user=amina, organisation=partner.organisation)
    browser = as_user(amina)
    session = browser.session
    session[ACTING_FOR] = amina.organisation.pk
    session.save()

    assert browser.get(BOARD).status_code == 404


def test_visitors_are_led_to_sign_in():
    for name in ("firm-list", "firm-draft"):
        assert Client().get(reverse(name)).url == f"/account/login/?next={reverse(name)}"


# --- Staff ------------------------------------------------------------------------------------------------------


def test_staff_welcome_a_partner_by_the_name_of_its_organisation(as_user, stella, words):
    organisation = OrganisationFactory(name="Réseau des entrepreneurs")
    browser = as_user(stella)
    assert browser.get("/staff/partners/new/").status_code == 200

    browser.post("/staff/partners/new/", {"wanted": "reseau des entrepreneurs"})

    partner = Partner.objects.get()
    assert (partner.organisation, partner.welcomed_by) == (organisation, stella)
    page = words(browser.get(f"/staff/partners/inspect/{partner.pk}/"))
    assert "Réseau des entrepreneurs" in page
    assert "partner.welcomed" in page


def test_namesakes_are_told_apart_by_their_number(as_user, stella, words):
    first, second = OrganisationFactory(name="Réseau", town="Lyon"), OrganisationFactory(name="Réseau", town="Lille")
    browser = as_user(stella)

    said = words(browser.post("/staff/partners/new/", {"wanted": "Réseau"}))
    assert f"{first.pk} (Lyon)" in said
    assert f"{second.pk} (Lille)" in said
    assert "No organisation is registered" in words(browser.post("/staff/partners/new/", {"wanted": "Nobody"}))

    browser.post("/staff/partners/new/", {"wanted": str(second.pk)})
    assert Partner.objects.get().organisation == second


def test_staff_pause_a_partner_and_look_into_a_report(as_user, stella, partner):
    actions.decline_proposal(ProposalFactory(partner=partner, asked=True), words="Wrong firm")
    browser, ended = as_user(stella), EndedProposal.objects.get()

    browser.post(f"/staff/partners/{partner.pk}/pause/")
    browser.post(f"/staff/draft-reports/{ended.pk}/handle/")

    partner.refresh_from_db()
    assert not partner.is_active
    assert not EndedProposal.objects.reported().exists()
    assert "Wrong firm" in browser.get(f"/staff/draft-reports/inspect/{ended.pk}/").content.decode()


def test_a_refusal_without_a_report_is_no_row_for_staff(as_user, stella):
    actions.decline_proposal(ProposalFactory(asked=True))
    assert b"an import" not in as_user(stella).get("/staff/draft-reports/").content

    actions.decline_proposal(ProposalFactory(asked=True), words="Wrong firm")
    assert b"an import" in as_user(stella).get("/staff/draft-reports/").content
