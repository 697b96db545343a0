import re

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from marketplace.accounts import actions
from marketplace.accounts.emails import INVITATION_SIGNER
from marketplace.accounts.middleware import ACTING_FOR
from marketplace.accounts.models import Identifier, Invitation, JoinRequest, Organisation, Representative, User
from tests.factories.accounts import (
    InvitationFactory,
    JoinRequestFactory,
    OrganisationFactory,
    RepresentativeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NEW = {"country_code": "FR", "name": "Été Propre", "scheme": "FR-SIREN", "number": "", "town": "Lyon"}


def words(response):
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(text.split())


def answer_address(invitation):
    return reverse("invitation-answer", kwargs={"token": INVITATION_SIGNER.sign(str(invitation.pk))})


def queries(browser, path):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert browser.get(path).status_code == 200
    return len(captured)


# --- Who gets in ------------------------------------------------------------------------------------------------

PAGES = ["account", "person-edit", "organisation-register", "workspace"]
ACTING_PAGES = ["organisation-edit", "representative-list", "join-request-list"]
POST_ONLY = ["organisation-switch", "join-request", "invitation-send"]


@pytest.mark.parametrize("name", PAGES + ACTING_PAGES)
def test_a_visitor_is_led_to_sign_in_and_back(client, name):
    assert client.get(reverse(name)).url == f"/account/login/?next={reverse(name)}"


@pytest.mark.parametrize("name", PAGES)
def test_everybody_with_an_account_has_their_own_pages(as_user, zed, name):
    assert as_user(zed).get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", ACTING_PAGES)
def test_to_whoever_acts_for_nobody_the_pages_of_an_organisation_do_not_exist(as_user, zed, name):
    assert as_user(zed).get(reverse(name)).status_code == 404


@pytest.mark.parametrize("name", POST_ONLY)
def test_what_writes_is_not_reached_by_a_link(as_user, omar, name):
    assert as_user(omar).get(reverse(name)).status_code == 405


def test_a_viewer_sees_the_people_but_changes_nothing(as_user, amina, zed, mails):
    row = RepresentativeFactory(user=zed, organisation=amina.organisation)
    boss = Representative.objects.get(user=amina)
    invitation = InvitationFactory(organisation=amina.organisation)
    wish = JoinRequestFactory(organisation=amina.organisation)
    browser = as_user(zed)

    page = words(browser.get(reverse("representative-list")))

    assert "Amina Diallo" in page
    assert amina.email not in page
    assert invitation.email not in page
    refused = [
        browser.get(reverse("organisation-edit")),
        browser.get(reverse("join-request-list")),
        browser.post(reverse("invitation-send"), {"email": "new@x.example", "role": "viewer"}),
        browser.post(reverse("representative-role", kwargs={"pk": row.pk}), {"role": "administrator"}),
        browser.post(reverse("representative-remove", kwargs={"pk": boss.pk})),
        browser.post(reverse("invitation-withdraw", kwargs={"pk": invitation.pk})),
        browser.post(reverse("join-request-decide", kwargs={"pk": wish.pk}), {"decision": "accept"}),
    ]
    assert [response.status_code for response in refused] == [403] * 7
    assert Representative.objects.get(user=zed).role == "viewer"
    assert mails("new@x.example") == []


def test_the_rows_of_another_organisation_look_missing(as_user, omar, amina):
    browser = as_user(omar)
    boss = Representative.objects.get(user=amina)
    invitation = InvitationFactory(organisation=amina.organisation)
    wish = JoinRequestFactory(organisation=amina.organisation)
    claim = JoinRequestFactory(organisation=omar.organisation, claim=True)

    missing = [
        browser.post(reverse("representative-role", kwargs={"pk": boss.pk}), {"role": "viewer"}),
        browser.post(reverse("representative-remove", kwargs={"pk": boss.pk})),
        browser.post(reverse("invitation-withdraw", kwargs={"pk": invitation.pk})),
        browser.post(reverse("join-request-decide", kwargs={"pk": wish.pk}), {"decision": "accept"}),
        browser.post(reverse("join-request-decide", kwargs={"pk": claim.pk}), {"decision": "accept"}),
        browser.post(reverse("organisation-switch"), {"organisation": amina.organisation.pk}),
        browser.post(reverse("organisation-switch"), {"organisation": "x" * 400}),
    ]

    assert [response.status_code for response in missing] == [404] * 7
    assert Invitation.objects.get().state() == "open"


def test_writing_needs_the_token_against_forgery(amina, as_user):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(amina, backend="allauth.account.auth_backends.AuthenticationBackend")

    response = strict.post(reverse("invitation-send"), {"email": "new@x.example", "role": "viewer"})

    assert response.status_code == 403
    assert not Invitation.objects.exists()
    as_user(amina).post(reverse("invitation-send"), {"email": "new@x.example", "role": "viewer"})
    assert Invitation.objects.exists()


@pytest.mark.parametrize("path", ["/account/", "/account/person/", "/account/organisations/new/", "/workspace/"])
def test_every_page_stands_under_both_languages(as_user, amina, path):
    assert as_user(amina).get(path).status_code == 200
    assert 'lang="fr"' in as_user(amina).get(f"/fr{path}").content.decode()


# --- Own matters ------------------------------------------------------------------------------------------------


def test_a_person_changes_name_language_and_zone_and_nothing_else(as_user, zed):
    response = as_user(zed).post(
        reverse("person-edit"),
        {
            "full_name": "Zed N.",
            "language": "fr",
            "time_zone": "Europe/Paris",
            "is_staff": "on",
            "email": "a@b.example",
        },
    )

    assert response.url == "/fr/account/"
    zed.refresh_from_db()
    assert (zed.full_name, zed.language, zed.time_zone) == ("Zed N.", "fr", "Europe/Paris")
    assert (zed.is_staff, zed.email) == (False, "zed@elsewhere.example")


@pytest.mark.parametrize("wrong", [{"full_name": "Win at www.x.example"}, {"time_zone": "Mars"}, {"language": "xx"}])
def test_a_wrong_detail_comes_back_with_what_was_typed(as_user, zed, wrong):
    response = as_user(zed).post(
        reverse("person-edit"), {"full_name": "Zed N.", "language": "en", "time_zone": "UTC"} | wrong
    )

    assert response.status_code == 422
    assert User.objects.get(pk=zed.pk).full_name == "Zed Novak"


def test_the_account_shows_what_waits_for_me(as_user, zed, amina, omar):
    InvitationFactory(organisation=omar.organisation, email=zed.email)
    JoinRequestFactory(organisation=amina.organisation, user=zed)

    page = words(as_user(zed).get(reverse("account")))

    assert "Atlas Propreté invites you" in page
    assert "Leeds Council" in page


# --- Invitations ------------------------------------------------------------------------------------------------


def test_an_invitation_explains_itself_to_a_visitor_and_leads_to_an_account_and_back(client, amina):
    invitation = InvitationFactory(organisation=amina.organisation, email="new@x.example", invited_by=amina)
    path = answer_address(invitation)

    page = client.get(path)

    assert "Amina Diallo invites you to act for Leeds Council" in words(page)
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', page.content.decode())]
    signup = next(link for link in links if "signup" in link and "next" in link)
    assert 'value="new@x.example"' in client.get(signup).content.decode()
    assert client.post(path, {"decision": "accept"}).url.startswith("/account/login/?next=/account/invitations/")


def test_from_invitation_over_sign_up_to_the_workspace(client, amina, mails):
    actions.invite_representative(amina.organisation, email="new@x.example", role="editor", by=amina)
    path = mails("new@x.example")[0][1]["link"].removeprefix(settings.PUBLIC_URL)

    client.post(
        f"/account/signup/?next={path}",
        {"full_name": "Noor", "email": "new@x.example", "password1": "mosaic-tile-and-trade"},
    )
    code = mails("new@x.example")[-1][1]["code"]
    assert client.post("/account/confirm-email/", {"code": code}).url == path
    response = client.post(path, {"decision": "accept"}, follow=True)

    assert response.redirect_chain == [("/workspace/", 302)]
    assert "Leeds Council" in words(response)
    assert Representative.objects.get(user__email="new@x.example").role == "editor"


def test_the_answer_page_offers_nothing_to_another_person(as_user, amina, zed):
    invitation = InvitationFactory(organisation=amina.organisation)
    browser = as_user(zed)

    assert "sent to another address" in words(browser.get(answer_address(invitation)))
    browser.post(answer_address(invitation), {"decision": "accept"})

    assert not Representative.objects.filter(user=zed).exists()


def test_accepting_twice_leads_to_a_page_that_says_so(as_user, amina, zed):
    invitation = InvitationFactory(organisation=amina.organisation, email=zed.email)
    browser = as_user(zed)

    assert browser.post(answer_address(invitation), {"decision": "accept"}).url == "/workspace/"
    again = browser.post(answer_address(invitation), {"decision": "accept"}, follow=True)

    assert "This invitation has been accepted" in words(again)
    assert Representative.objects.filter(user=zed).count() == 1


def test_an_invitation_can_be_declined(as_user, amina, zed):
    invitation = InvitationFactory(organisation=amina.organisation, email=zed.email)

    assert as_user(zed).post(answer_address(invitation), {"decision": "decline"}).url == "/account/"
    assert Invitation.objects.get().state() == "withdrawn"


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"lapsed": True}, "has lapsed"),
        ({"withdrawn_at": "2026-01-01T00:00Z"}, "no longer there"),
        ({"accepted_at": "2026-01-01T00:00Z"}, "has been accepted"),
    ],
)
def test_what_is_over_gets_a_clear_page(client, how, says):
    response = client.get(answer_address(InvitationFactory(**how)))

    assert response.status_code == 200
    assert says in words(response)


def test_a_tampered_link_is_missing(client):
    path = answer_address(InvitationFactory())
    other = InvitationFactory()

    assert client.get(path.rstrip("/") + "x/").status_code == 404
    assert client.get(re.sub(r"/\d+:", f"/{other.pk}:", path)).status_code == 404
    assert client.get("/account/invitations/1/").status_code == 404
    assert client.get(path).status_code == 200


def test_an_unknown_answer_is_refused(as_user, zed):
    invitation = InvitationFactory(email=zed.email)

    assert as_user(zed).post(answer_address(invitation), {"decision": "maybe"}).status_code == 422
    assert Invitation.objects.get().state() == "open"


# --- Registering an organisation --------------------------------------------------------------------------------


def register(browser, **fields):
    return browser.post(reverse("organisation-register"), NEW | fields)


def test_an_organisation_is_registered_and_acted_for_at_once(as_user, amina):
    browser = as_user(amina)

    response = register(browser, number="732.829.320", vat_number="40303265045", website="www.ete.example")

    assert response.url == "/workspace/"
    organisation = Organisation.objects.get(name="Été Propre")
    assert (organisation.vat_number, organisation.website) == ("FR40303265045", "https://www.ete.example")
    assert Identifier.objects.get().value == "732829320"
    assert browser.session[ACTING_FOR] == organisation.pk


def test_who_was_on_the_way_somewhere_is_taken_there_after_registering(as_user, amina):
    address = reverse("organisation-register")
    browser = as_user(amina)

    assert browser.post(f"{address}?next=/account/", NEW).url == "/account/"
    assert browser.post(f"{address}?next=https://evil.example/", NEW).url == "/workspace/"
    assert browser.post(f"{address}?next=//evil.example/", NEW).url == "/workspace/"


def test_the_registers_follow_the_country_and_nothing_typed_is_lost(as_user, zed):
    response = as_user(zed).post(reverse("organisation-register"), NEW | {"country_code": "NL", "show": "1"})
    page = response.content.decode()

    assert response.status_code == 200
    assert "Kamer van Koophandel" in page
    assert "SIREN" not in page
    assert 'value="Été Propre"' in page
    assert not Organisation.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": "732829321"},
        {"vat_number": "FR1"},
        {"name": ""},
        {"name": "Buy at https://x.example"},
        {"country_code": "ZZ"},
        {"country_code": ""},
        {"scheme": "GB-COH", "number": "01234567"},
        {"website": "not a site"},
        {"number": "\x00"},
    ],
)
def test_a_slip_is_shown_and_nothing_typed_is_lost(as_user, zed, wrong):
    response = register(as_user(zed), **wrong)

    assert response.status_code == 422
    assert 'value="Lyon"' in response.content.decode()
    assert not Organisation.objects.exists()


def test_without_a_number_it_is_registered_too(as_user, zed):
    assert register(as_user(zed)).url == "/workspace/"
    assert not Identifier.objects.exists()


def test_a_number_that_is_here_offers_to_join_and_names_no_person(as_user, zed, omar):
    Identifier.objects.create(organisation=omar.organisation, scheme="FR-SIREN", value="732829320")
    browser = as_user(zed)

    response = register(browser, number="732829320")
    page = words(response)

    assert response.status_code == 422
    assert "Atlas Propreté , Villeurbanne" in page or "Atlas Propreté, Villeurbanne" in page
    assert "Omar" not in page
    assert omar.email not in page
    assert Organisation.objects.count() == 1
    offer = re.search(r'name="offer" value="([^"]+)"', response.content.decode())[1]
    assert browser.post(reverse("join-request"), {"offer": offer, "kind": "join"}).url == "/account/"
    assert JoinRequest.objects.get().user == zed


def test_who_registers_their_own_organisation_again_is_taken_to_it(as_user, omar):
    Identifier.objects.create(organisation=omar.organisation, scheme="FR-SIREN", value="732829320")

    assert register(as_user(omar), number="732829320").url == "/workspace/"
    assert Organisation.objects.count() == 1


def test_a_like_name_asks_whether_it_is_this_one_and_lets_go_on(as_user, zed, omar):
    browser = as_user(zed)

    asked = register(browser, name="ATLAS PROPRETE")

    assert asked.status_code == 422
    assert "Is it one of these?" in words(asked)
    assert Organisation.objects.count() == 1
    assert register(browser, name="ATLAS PROPRETE", seen=[omar.organisation.pk]).url == "/workspace/"
    assert Organisation.objects.count() == 2


def test_the_same_vat_number_is_a_hint_and_no_refusal(as_user, zed, omar):
    Organisation.objects.update(vat_number="FR40303265045")
    browser = as_user(zed)

    assert "Is it one of these?" in words(register(browser, vat_number="FR40303265045"))
    assert register(browser, vat_number="FR40303265045", seen=[omar.organisation.pk]).url == "/workspace/"


def test_a_branch_of_ones_own_raises_no_question(as_user, omar):
    assert register(as_user(omar), name="Atlas Propreté", town="Paris").url == "/workspace/"
    assert Organisation.objects.filter(name="Atlas Propreté").count() == 2


def test_an_offer_is_for_one_person_and_one_organisation(as_user, zed, amina, omar):
    asked = register(as_user(zed), name="Atlas Propreté")
    offer = re.search(r'name="offer" value="([^"]+)"', asked.content.decode())[1]

    assert as_user(amina).post(reverse("join-request"), {"offer": offer, "kind": "join"}).status_code == 404
    forged = re.sub(r"^\d+", str(amina.organisation.pk), offer)
    for wrong in ({"offer": forged}, {"offer": ""}, {}, {"offer": offer, "kind": "steal"}):
        assert as_user(zed).post(reverse("join-request"), {"kind": "join"} | wrong).status_code == 404
    assert not JoinRequest.objects.exists()


# --- The workspace ----------------------------------------------------------------------------------------------


def test_who_acts_for_nobody_learns_the_next_step(as_user, zed):
    page = words(as_user(zed).get(reverse("workspace")))

    assert "You act for nobody yet" in page
    assert "Register an organisation" in page


def test_the_workspace_says_what_needs_me_now(as_user, amina):
    assert "Nothing waits for you." in words(as_user(amina).get(reverse("workspace")))
    JoinRequestFactory(organisation=amina.organisation)

    assert "One person asks to act for your organisation." in words(as_user(amina).get(reverse("workspace")))


def test_switching_changes_whom_one_acts_for(as_user, amina, omar):
    RepresentativeFactory(user=amina, organisation=omar.organisation)
    browser = as_user(amina)

    response = browser.post(
        reverse("organisation-switch"), {"organisation": omar.organisation.pk, "next": reverse("representative-list")}
    )

    assert response.url == "/workspace/people/"
    assert "Omar Haddad" in words(browser.get(response.url))


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_switching_never_leads_away(as_user, amina, wanted):
    response = as_user(amina).post(
        reverse("organisation-switch"), {"organisation": amina.organisation.pk, "next": wanted}
    )

    assert response.url == "/workspace/"


def test_an_editor_changes_the_details(as_user, amina, zed):
    RepresentativeFactory(user=zed, organisation=amina.organisation, editor=True)

    response = as_user(zed).post(reverse("organisation-edit"), {"name": "Leeds City", "town": "Leeds", "version": 1})

    assert response.url == "/workspace/organisation/"
    assert Organisation.objects.get().name == "Leeds City"


def test_the_second_of_two_editors_sees_what_differs_and_keeps_their_words(as_user, amina):
    browser = as_user(amina)
    actions.change_organisation(amina.organisation, version=1, by=amina, town="York")

    response = browser.post(reverse("organisation-edit"), {"name": "Leeds Council", "town": "Hull", "version": 1})

    assert response.status_code == 422
    assert "Town York Hull" in words(response)
    assert 'name="version" value="2"' in response.content.decode()
    assert Organisation.objects.get().town == "York"
    browser.post(reverse("organisation-edit"), {"name": "Leeds Council", "town": "Hull", "version": 2})
    assert Organisation.objects.get().town == "Hull"


def test_an_administrator_invites_and_the_page_counts_seats(as_user, amina, mails):
    Organisation.objects.update(seat_limit=3)
    browser = as_user(amina)

    response = browser.post(reverse("invitation-send"), {"email": "New@x.example", "role": "editor"}, follow=True)

    assert "The invitation to new@x.example is on its way." in words(response)
    assert "uses 2 of 3 seats" in words(response)
    assert len(mails("new@x.example")) == 1


@pytest.mark.parametrize("wrong", [{"email": "no address"}, {"role": "owner"}, {"email": "amina@leeds.example"}])
def test_an_invitation_that_cannot_be_sent_says_why(as_user, amina, wrong):
    response = as_user(amina).post(reverse("invitation-send"), {"email": "new@x.example", "role": "editor"} | wrong)

    assert response.status_code == 422
    assert "There is a problem" in words(response)
    assert not Invitation.objects.exists()


def test_with_all_seats_taken_nobody_is_invited(as_user, amina, mails):
    Organisation.objects.update(seat_limit=1)

    response = as_user(amina).post(reverse("invitation-send"), {"email": "new@x.example", "role": "editor"})

    assert "All 1 seats are taken." in words(response)
    assert mails("new@x.example") == []


def test_a_known_and_an_unknown_address_are_invited_alike(as_user, amina, zed):
    browser = as_user(amina)

    def invite(email):
        response = browser.post(reverse("invitation-send"), {"email": email, "role": "viewer"}, follow=True)
        page = words(response).replace(email, "ADDRESS")
        Invitation.objects.all().delete()
        return response.status_code, page

    assert invite(zed.email) == invite("unknown@x.example")


def test_an_invitation_is_withdrawn_once(as_user, amina):
    invitation = InvitationFactory(organisation=amina.organisation)
    browser = as_user(amina)
    path = reverse("invitation-withdraw", kwargs={"pk": invitation.pk})

    assert "is withdrawn" in words(browser.post(path, follow=True))
    assert "no longer open" in words(browser.post(path, follow=True))


def test_roles_are_changed_and_people_removed(as_user, amina, zed, mails):
    row = RepresentativeFactory(user=zed, organisation=amina.organisation)
    browser = as_user(amina)

    browser.post(reverse("representative-role", kwargs={"pk": row.pk}), {"role": "editor"})
    assert Representative.objects.get(pk=row.pk).role == "editor"
    browser.post(reverse("representative-role", kwargs={"pk": row.pk}), {"role": "king"})
    assert Representative.objects.get(pk=row.pk).role == "editor"

    response = browser.post(reverse("representative-remove", kwargs={"pk": row.pk}))
    assert response.url == "/workspace/people/"
    assert not Representative.objects.filter(pk=row.pk).exists()
    assert [name for name, _ in mails(zed.email)] == ["representative_removed"]


def test_anybody_may_leave_but_the_last_administrator(as_user, amina, zed):
    row = RepresentativeFactory(user=zed, organisation=amina.organisation)
    boss = Representative.objects.get(user=amina)

    assert as_user(zed).post(reverse("representative-remove", kwargs={"pk": row.pk})).url == "/account/"
    refused = as_user(amina).post(reverse("representative-remove", kwargs={"pk": boss.pk}), follow=True)

    assert list(Representative.objects.all()) == [boss]
    assert "needs an administrator" in words(refused)


def test_an_administrator_answers_a_wish_to_join(as_user, amina, zed, mails):
    wish = JoinRequestFactory(organisation=amina.organisation, user=zed, message="I keep the diary")
    browser = as_user(amina)

    assert "I keep the diary" in words(browser.get(reverse("join-request-list")))
    path = reverse("join-request-decide", kwargs={"pk": wish.pk})
    assert "Your answer is sent." in words(browser.post(path, {"decision": "accept"}, follow=True))
    assert "answered already" in words(browser.post(path, {"decision": "decline"}, follow=True))

    assert Representative.objects.get(user=zed).role == "viewer"
    assert len(mails(zed.email)) == 1


@pytest.mark.parametrize("name", ["representative-list", "join-request-list", "account", "workspace"])
def test_a_list_asks_as_much_for_one_row_as_for_five(as_user, amina, name):
    browser = as_user(amina)

    def add():
        RepresentativeFactory(organisation=amina.organisation)
        RepresentativeFactory(user=amina, organisation=OrganisationFactory(name="Zz"))
        InvitationFactory(organisation=amina.organisation)
        InvitationFactory(email=amina.email)
        JoinRequestFactory(organisation=amina.organisation)
        JoinRequestFactory(user=amina)

    add()
    browser.get(reverse(name))
    one = queries(browser, reverse(name))
    for _ in range(4):
        add()

    assert queries(browser, reverse(name)) == one


def test_staff_act_on_any_organisation_and_come_back_to_where_they_were(client, stella, amina):
    row = RepresentativeFactory(organisation=amina.organisation, user=UserFactory())
    sign_in_with_code(client, stella)

    response = client.post(reverse("representative-role", kwargs={"pk": row.pk}), {"role": "editor", "next": "/staff/"})

    assert response.url == "/staff/"
    assert Representative.objects.get(pk=row.pk).role == "editor"
    claim = JoinRequestFactory(organisation=amina.organisation, claim=True)
    assert str(claim.user) in words(client.get(reverse("join-request-list")))


def sign_in_with_code(client, user):
    from tests.accounts.codes import totp_code
    from tests.people import PASSWORD

    client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    client.post("/account/2fa/authenticate/", {"code": totp_code()})
