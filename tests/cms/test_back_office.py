import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page, Site

from cms.models import SiteDetails
from marketplace.accounts.models import Identifier, JoinRequest, Representative
from marketplace.calls.clauses.models import Clause
from marketplace.core import actions, audit, outbox
from marketplace.core.errors import RuleBroken
from marketplace.core.models import AuditEntry, Heartbeat, OutboxMessage
from marketplace.core.staff import safe_cell
from tests.factories.accounts import JoinRequestFactory, OrganisationFactory, UserFactory
from tests.factories.review import ReadySupplierFactory
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db
DECIDED = "accounts/email/join_decided"
INVITED = "accounts/email/invitation_sent"


@pytest.fixture
def all_is_well():
    """The worker beats, the site says who runs it, and a lawyer has read every clause."""
    Clause.objects.update(reviewed_by="Ada Nwosu", reviewed_on=timezone.localdate())
    Heartbeat.objects.create(name="worker", beat_at=timezone.now())
    SiteDetails.objects.create(site=Site.objects.get(), email="write@diversity.test")


def mail(template=DECIDED, *, sealed=None, failed=False, **fields):
    context = {"organisation": "Atlas", "is_accepted": True, "link": "https://x.example/", "kind": "claim"}
    message = outbox.post(template, to="omar@atlas.example", sealed=sealed, **(context if sealed is None else {}))
    if failed:
        message.record_failed(timezone.now(), "550 no such user")
    OutboxMessage.objects.filter(pk=message.pk).update(**fields)
    message.refresh_from_db()
    return message


# --- the desk -----------------------------------------------------------------------------------------------------


def test_a_calm_day_says_so(desk, all_is_well):
    page = desk.get("/staff/").content.decode()

    assert "Nothing needs you now" in page
    assert "Tessera</title>" in page
    assert "css/staff" in page


def test_what_needs_somebody_is_counted_alarms_first(desk, all_is_well):
    SupplierFactory.create_batch(3, waiting=True)
    JoinRequestFactory(claim=True)
    mail(failed=True)
    Heartbeat.objects.update(beat_at=timezone.now() - timedelta(hours=1))

    page = desk.get("/staff/").content.decode()

    labels = [part.split("</span>")[0] for part in page.split("<strong>")[1:]]
    assert [label[0] for label in labels] == ["1", "1", "1", "3"]
    assert "Alarm:" in labels[0]
    assert "Alarm:" in labels[1]
    assert "Requests to act" in labels[2]
    assert "Suppliers waiting" in labels[3]


def test_an_example_address_in_the_statements_is_to_be_replaced(desk, all_is_well, settings):
    SiteDetails.objects.update(email="hello@tessera.example")

    assert "say who runs this site" in desk.get("/staff/").content.decode()
    settings.DEMO = True
    assert "say who runs this site" not in desk.get("/staff/").content.decode()


def test_staff_without_the_group_may_not_open_the_back_office(as_user, nora):
    nora.groups.clear()

    assert as_user(nora).get("/staff/").status_code == 302


@pytest.mark.parametrize("address", ["login/", "password_reset/", "users/new/", "users/edit/1/"])
def test_wagtails_own_ways_to_sign_in_and_set_passwords_are_closed(desk, client, address):
    assert client.get(f"/staff/{address}").url.startswith("/account/login/")
    assert desk.get(f"/staff/{address}").status_code in {302, 404}
    assert b'type="password"' not in desk.get(f"/staff/{address}").content


def test_people_are_not_changed_in_bulk_past_the_audit(as_user, stella, zed):
    for action in ("delete", "set_active_state", "assign_role"):
        assert as_user(stella).get(f"/staff/bulk/accounts/user/{action}/?id={zed.pk}").status_code == 404


def test_an_editor_changes_the_home_page(desk):
    home = Page.objects.get(slug="home")

    assert desk.get(f"/staff/pages/{home.pk}/edit/").status_code == 200


LISTS = ["organisations", "users", "requests", "supplier-review", "mails", "audit"]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_five_costs_as_much_as_a_list_of_one(desk, name):
    def grow(number):
        for supplier in SupplierFactory.create_batch(number, waiting=True):
            JoinRequestFactory(organisation=supplier.organisation)
            audit.record("supplier.changed", supplier, by=UserFactory())
            mail()

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(f"/staff/{name}/").status_code == 200
        return len(captured)

    grow(1)
    queries()
    few = queries()
    grow(4)

    assert queries() == few


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_list_is_exported(desk, name, kind):
    SupplierFactory(waiting=True)

    response = desk.get(f"/staff/{name}/", {"export": kind})

    assert response.status_code == 200
    assert len(b"".join(response.streaming_content)) > 20


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_exported_cell_is_a_live_formula(desk, start):
    name = f"{start}HYPERLINK(1)"
    OrganisationFactory(name=name)

    text = b"".join(desk.get("/staff/organisations/", {"export": "csv"}).streaming_content).decode()
    book = b"".join(desk.get("/staff/organisations/", {"export": "xlsx"}).streaming_content)

    assert safe_cell(name) == f"'{name}"
    assert f"'{name}" in [row["Name"] for row in csv.DictReader(io.StringIO(text, newline=""))]
    cells = [row[0] for row in openpyxl.load_workbook(io.BytesIO(book)).active.iter_rows()]
    assert all(cell.data_type == "s" for cell in cells)
    assert f"'{name}".replace("\r", "\n") in [cell.value.replace("_x000D_", "\n").replace("\r", "\n") for cell in cells]


# --- organisations ------------------------------------------------------------------------------------------------


def names_in(response):
    return [str(row) for row in response.context["object_list"]]


def test_organisations_are_found_without_accents_by_number_and_by_filter(desk, omar, amina):
    SupplierFactory(organisation=omar.organisation)
    Identifier.objects.create(organisation=amina.organisation, scheme="GB-COH", value="01234567")

    def found(**query):
        return names_in(desk.get("/staff/organisations/", query))

    assert found(q="PROPRETE") == ["Atlas Propreté"]
    assert found(q="01234567") == ["Leeds Council"]
    assert found(country="GB") == ["Leeds Council"]
    assert found(side="supplier") == ["Atlas Propreté"]
    assert found() == ["Atlas Propreté", "Leeds Council"]


def test_the_page_of_an_organisation_shows_all_that_hangs_on_it(desk, omar, zed):
    Identifier.objects.create(organisation=omar.organisation, scheme="FR-SIRET", value="80123456700011")
    JoinRequestFactory(organisation=omar.organisation, user=zed)
    audit.record("organisation.registered", omar.organisation, by=omar)

    page = desk.get(f"/staff/organisations/inspect/{omar.organisation.pk}/").content.decode()

    for words in (
        "80123456700011",
        omar.email,
        "Administrator",
        "Zed Novak",
        "organisation.registered",
        "Villeurbanne",
    ):
        assert words in page


def form_of(organisation, **changes):
    fields = {"name": organisation.name, "country": str(organisation.country), "town": organisation.town}
    return fields | {"version": organisation.version} | changes


def test_a_change_goes_through_the_action_and_is_recorded(desk, nora, omar):
    organisation = omar.organisation

    response = desk.post(f"/staff/organisations/edit/{organisation.pk}/", form_of(organisation, town="Lyon"))

    assert response.status_code == 302
    organisation.refresh_from_db()
    assert (organisation.town, organisation.version) == ("Lyon", 2)
    entry = AuditEntry.objects.get(verb="organisation.changed")
    assert (entry.by, entry.data["fields"]) == (nora, ["town"])


def test_the_second_editor_sees_a_conflict_loses_nothing_and_may_save_again(desk, omar):
    organisation = omar.organisation
    address = f"/staff/organisations/edit/{organisation.pk}/"
    both_read = form_of(organisation)
    desk.post(address, both_read | {"town": "Lyon"})

    second = desk.post(address, both_read | {"town": "Vénissieux"})

    page = second.content.decode()
    organisation.refresh_from_db()
    assert organisation.town == "Lyon"
    assert "Somebody else changed this organisation" in page
    assert "Saved meanwhile: “Lyon”" in page
    assert 'value="Vénissieux"' in page
    assert second.context["form"]["version"].value() == 2
    desk.post(address, both_read | {"town": "Vénissieux", "version": 2})
    organisation.refresh_from_db()
    assert organisation.town == "Vénissieux"


# --- people -------------------------------------------------------------------------------------------------------


def test_a_person_who_is_shut_out_is_out_at_the_next_request(desk, as_user, nora, omar):
    browser = as_user(omar)
    assert browser.get("/workspace/").status_code == 200

    desk.post(f"/staff/users/{omar.pk}/deactivate/")

    omar.refresh_from_db()
    assert not omar.is_active
    assert browser.get("/workspace/").status_code == 302
    assert AuditEntry.objects.get(verb="person.deactivated").by == nora
    desk.post(f"/staff/users/{omar.pk}/reactivate/")
    omar.refresh_from_db()
    assert omar.is_active


def test_staff_cannot_shut_out_themselves_or_a_superuser(desk, nora, stella):
    for person in (nora, stella):
        desk.post(f"/staff/users/{person.pk}/deactivate/")
        person.refresh_from_db()
        assert person.is_active
    assert not AuditEntry.objects.exists()


def test_the_page_of_a_person_holds_no_secret(desk, stella, omar):
    page = desk.get(f"/staff/users/inspect/{stella.pk}/").content.decode()
    own = desk.get(f"/staff/users/inspect/{omar.pk}/").content.decode()

    assert stella.password not in page
    assert "argon2" not in page
    assert "Atlas Propreté" in own


# --- requests -----------------------------------------------------------------------------------------------------


def test_a_claim_is_accepted_at_the_desk(desk, nora, zed):
    organisation = OrganisationFactory()
    claim = JoinRequestFactory(claim=True, organisation=organisation, user=zed)

    page = desk.post(f"/staff/requests/{claim.pk}/accept/", follow=True).content.decode()

    assert "Accepted. The person hears of it by mail." in page
    assert Representative.objects.get(user=zed, organisation=organisation).is_administrator
    claim.refresh_from_db()
    assert (claim.is_accepted, claim.decided_by) == (True, nora)
    assert OutboxMessage.objects.get(to=zed.email).template == DECIDED


def test_a_second_answer_is_refused_in_words(desk, zed):
    claim = JoinRequestFactory(claim=True, user=zed)
    desk.post(f"/staff/requests/{claim.pk}/refuse/")

    page = desk.post(f"/staff/requests/{claim.pk}/accept/", follow=True).content.decode()

    assert "answered already" in page
    assert JoinRequest.objects.get().is_accepted is False
    assert not Representative.objects.filter(user=zed).exists()


def test_buttons_answer_to_post_and_to_staff_alone(desk, client, as_user, zed):
    claim = JoinRequestFactory(claim=True)

    assert desk.get(f"/staff/requests/{claim.pk}/accept/").status_code == 405
    assert client.post(f"/staff/requests/{claim.pk}/accept/").status_code == 302
    assert as_user(zed).post(f"/staff/requests/{claim.pk}/accept/").status_code == 404
    claim.refresh_from_db()
    assert claim.decided_at is None


def test_waiting_for_staff_are_claims_and_bodies_without_administrators(desk, omar):
    claim = JoinRequestFactory(claim=True, organisation=omar.organisation)
    orphan = JoinRequestFactory()
    JoinRequestFactory(organisation=omar.organisation)

    rows = desk.get("/staff/requests/", {"state": "staff"}).context["object_list"]

    assert set(rows) == {claim, orphan}


# --- suppliers ----------------------------------------------------------------------------------------------------


def test_a_supplier_is_put_on_show_and_taken_off_at_the_desk(desk, client):
    supplier = ReadySupplierFactory(waiting=True)

    desk.post(f"/staff/supplier-review/{supplier.pk}/approve/", {"version": supplier.version})
    assert client.get(supplier.get_absolute_url()).status_code == 200
    desk.post(f"/staff/supplier-review/{supplier.pk}/suspend/", {"words": "The picture is not yours."})
    assert client.get(supplier.get_absolute_url()).status_code == 404


# --- mails --------------------------------------------------------------------------------------------------------


def test_a_failed_mail_is_sent_on_its_way_again(desk, nora):
    message = mail(failed=True)

    page = desk.post(f"/staff/mails/{message.pk}/try-again/", follow=True).content.decode()

    assert "on its way again" in page
    message.refresh_from_db()
    assert message.failed_at is None
    assert message.next_attempt_at <= timezone.now()
    assert AuditEntry.objects.get(verb="mail.tried_again").by == nora


def test_a_mail_whose_link_was_erased_is_not_sent_without_it(desk):
    secret = {"link": "https://x.example/secret-token"}
    message = mail(
        INVITED, sealed=secret, failed=True, context={"organisation": "A", "inviter": "B", "expires_on": "2026-12-01"}
    )

    page = desk.post(f"/staff/mails/{message.pk}/try-again/", follow=True).content.decode()

    assert "was erased when it failed" in page
    message.refresh_from_db()
    assert message.failed_at is not None


def test_a_mail_that_waits_with_its_link_may_go_at_once(nora):
    message = mail(INVITED, sealed={"link": "https://x.example/"}, next_attempt_at=timezone.now() + timedelta(hours=1))

    actions.try_message_again(message, by=nora)

    message.refresh_from_db()
    assert message.next_attempt_at <= timezone.now()
    assert message.sealed


def test_a_mail_that_went_or_is_going_is_left_alone(nora):
    for fields in ({"sent_at": timezone.now()}, {"claimed_until": timezone.now() + timedelta(minutes=5)}):
        with pytest.raises(RuleBroken):
            actions.try_message_again(mail(**fields), by=nora)


def test_the_desk_never_shows_what_a_mail_says(desk):
    message = mail(INVITED, sealed={"link": "https://x.example/secret-token"})

    pages = desk.get("/staff/mails/").content + desk.get(f"/staff/mails/inspect/{message.pk}/").content

    assert b"secret-token" not in pages
    assert b"omar@atlas.example" in pages


def test_the_machinery_page_says_what_has_stalled(desk):
    page = desk.get("/staff/machinery/").content.decode()

    assert "No background task has finished" in page
