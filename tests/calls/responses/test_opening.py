"""The seal, its breaking, and what the buyer reads then."""

import csv
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.accounts.models import Role
from marketplace.calls import concerned
from marketplace.calls.models import Call
from marketplace.calls.responses import actions, due
from marketplace.calls.responses.models import Response, Submission
from marketplace.core.errors import RuleBroken
from marketplace.core.models import AuditEntry, OutboxMessage
from tests.calls.responses.handing import after, amend, draft, handed_over
from tests.factories.accounts import RepresentativeFactory
from tests.factories.calls import CallFactory
from tests.factories.responses import (
    InterestFactory,
    ResponseFactory,
    ResponseFileFactory,
    SubmissionFactory,
    opened,
)
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(buyer):
    """Amina's; the deadline was ten minutes ago."""
    return CallFactory(closed=True, here=True, buyer=buyer, title="Cleaning of schools")


def mails(name):
    return OutboxMessage.objects.filter(template=f"responses/email/{name}")


def text(page):
    return page.content.decode()


def desk(call):
    return f"/workspace/calls/{call.slug}/responses/"


# --- Breaking the seal --------------------------------------------------------------------------------------------


def test_the_buyer_opens_once_and_each_firm_is_told(closed, as_user, amina, omar, atlas):
    SubmissionFactory(response=ResponseFactory(lot=closed.lots.get(), supplier=atlas))
    browser = as_user(amina)
    for _ in range(2):
        assert browser.post(desk(closed)).status_code == 302

    closed.refresh_from_db()
    assert closed.opened_by == amina
    entry = AuditEntry.objects.get(verb="call.opened")
    assert (entry.by, entry.data) == (amina, {"responses": 1})
    assert mails("response_opened").get().to == omar.email


def test_it_is_not_opened_while_the_last_second_is_still_looked_at(call, amina):
    for moment in (call.response_deadline, after(call) - timedelta(milliseconds=1)):
        with pytest.raises(RuleBroken, match="sealed until"):
            actions.open_responses(call, by=amina, at=moment)

    assert actions.open_responses(call, by=amina, at=after(call)).opened_at == after(call)


@pytest.mark.parametrize("ending", ["withdrawn", "cancelled"])
def test_what_was_handed_in_to_a_call_that_ended_stays_sealed_for_ever(closed, as_user, amina, ending):
    response = ResponseFactory(lot=closed.lots.get())
    SubmissionFactory(response=response)
    Call.objects.filter(pk=closed.pk).update(**{f"{ending}_at": timezone.now()}, ended_because="No money.")

    with pytest.raises(RuleBroken, match="stays sealed"):
        actions.open_responses(closed, by=amina)
    assert not Response.objects.visible_to(amina)


def test_a_viewer_does_not_open(closed, as_user, buyer):
    viewer = RepresentativeFactory(organisation=buyer.organisation, role=Role.VIEWER).user

    assert as_user(viewer).post(desk(closed)).status_code == 403
    assert as_user(viewer).get(desk(closed)).status_code == 200


def test_a_call_of_the_portal_has_nothing_to_open(buyer, as_user, amina):
    call = CallFactory(closed=True, buyer=buyer)

    assert as_user(amina).get(desk(call)).status_code == 404
    with pytest.raises(RuleBroken, match="official portal"):
        actions.open_responses(call, by=amina)


def test_before_the_opening_the_page_is_the_same_with_and_without_responses(closed, as_user, amina):
    browser = as_user(amina)
    before = _stable(browser.get(desk(closed)))
    response = ResponseFactory(lot=closed.lots.get())
    SubmissionFactory(response=response)
    InterestFactory(lot=closed.lots.get())

    assert _stable(browser.get(desk(closed))) == before
    assert browser.get(f"{desk(closed)}{response.pk}/").status_code == 404
    assert browser.get(f"{desk(closed)}list.csv").status_code == 404


def _stable(page):
    import re

    return re.sub(r'(nonce|value)="[^"]{20,}"', "", text(page))


# --- Reading ------------------------------------------------------------------------------------------------------


def test_after_it_the_buyer_reads_message_price_files_and_hash(closed, as_user, amina, atlas):
    response = ResponseFactory(lot=closed.lots.get(), supplier=atlas, message="Every evening.", price=1_234_500)
    submission = SubmissionFactory(response=response, file_count=1)
    file = ResponseFileFactory(response=response, stored=True)
    submission.files.add(file)
    InterestFactory(lot=closed.lots.get())
    opened(closed)
    browser = as_user(amina)

    listed = text(browser.get(desk(closed)))
    assert atlas.organisation.name in listed
    assert "12,345.00" in listed
    assert "1 firm had shown interest" in listed
    page = text(browser.get(f"{desk(closed)}{response.pk}/"))
    assert "Every evening." in page
    assert submission.sha256 in page
    answer = browser.get(f"/workspace/responses/files/{file.pk}/")
    assert answer["Content-Disposition"] == 'attachment; filename="offer.pdf"'
    assert b"".join(answer.streaming_content) == b"%PDF-1.7\n"


def test_what_counts_is_read_and_nothing_that_was_drafted_replaced_or_taken_back(closed, as_user, amina, atlas):
    lot = closed.lots.get()
    response = ResponseFactory(lot=lot, supplier=atlas, message="Only a draft since.")
    early = closed.response_deadline - timedelta(hours=2)
    old = SubmissionFactory(response=response, message="The first.", received_at=early, replaced_at=early, file_count=1)
    old_file = ResponseFileFactory(response=response)
    old.files.add(old_file)
    SubmissionFactory(response=response, message="The second.")
    gone = ResponseFactory(lot=lot)
    SubmissionFactory(response=gone, received_at=early, withdrawn_at=early)
    never = ResponseFactory(lot=lot)
    opened(closed)
    browser = as_user(amina)

    page = text(browser.get(f"{desk(closed)}{response.pk}/"))
    assert "The second." in page
    assert "The first." not in page
    assert "Only a draft since." not in page
    listed = text(browser.get(desk(closed)))
    for firm in (gone.supplier, never.supplier):
        assert firm.organisation.name not in listed
    for other in (gone, never):
        assert browser.get(f"{desk(closed)}{other.pk}/").status_code == 404
    assert browser.get(f"/workspace/responses/files/{old_file.pk}/").status_code == 404


def test_another_buyer_and_staff_read_nothing_after_it_either(closed, as_user, zed, stella):
    response = ResponseFactory(lot=closed.lots.get())
    SubmissionFactory(response=response)
    opened(closed)
    other = CallFactory(published=True)
    RepresentativeFactory(user=zed, organisation=other.buyer.organisation, administrator=True)

    for person in (zed, stella):
        assert as_user(person).get(desk(closed)).status_code == 404
        assert as_user(person).get(f"{desk(closed)}{response.pk}/").status_code == 404
        assert not Response.objects.visible_to(person)


def test_a_lot_that_was_cancelled_before_it_stays_sealed(buyer, amina):
    call = CallFactory(closed=True, here=True, buyer=buyer, lots=2)
    first, second = call.lots.order_by("number")
    for lot in (first, second):
        SubmissionFactory(response=ResponseFactory(lot=lot))
    call.lots.filter(pk=second.pk).update(cancelled_at=timezone.now(), ended_because="No money.")
    actions.open_responses(call, by=amina)

    assert [response.lot for response in Response.objects.visible_to(amina)] == [first]


def test_the_list_as_csv_runs_no_formula(closed, as_user, amina):
    firm = SupplierFactory(organisation__name="=HYPERLINK(1)")
    SubmissionFactory(response=ResponseFactory(lot=closed.lots.get(), supplier=firm, price=None))
    opened(closed)
    answer = as_user(amina).get(f"{desk(closed)}list.csv")

    rows = list(csv.reader(text(answer).removeprefix("\ufeff").splitlines()))
    assert rows[1][2] == "'=HYPERLINK(1)"
    assert rows[1][4] == ""
    assert answer["Content-Disposition"].startswith("attachment")


def test_five_responses_cost_as_many_queries_as_one(buyer, as_user, amina):
    browser = as_user(amina)
    counts = []
    for number in (1, 5):
        call = CallFactory(closed=True, here=True, buyer=buyer)
        for _ in range(number):
            SubmissionFactory(response=ResponseFactory(lot=call.lots.get()))
        opened(call)
        browser.get(desk(call))
        with CaptureQueriesContext(connection) as captured:
            browser.get(desk(call))
        counts.append(len(captured))

    assert counts[0] == counts[1]


# --- The clock and those concerned --------------------------------------------------------------------------------


def test_a_draft_that_was_never_sent_is_reminded_of_once_a_day_before(call, lot, atlas, omar):
    draft(lot, atlas)
    early = call.response_deadline - timedelta(days=1, minutes=1)

    assert due.remind_firms(early) == 0
    assert due.remind_firms(early + timedelta(minutes=1)) == 1
    assert due.remind_firms(early + timedelta(minutes=2)) == 0
    mail = mails("response_unfinished").get()
    assert (mail.to, mail.context["is_confirmation"], mail.about) == (omar.email, False, [])
    assert mail.hidden_until.year == 9999


def test_what_waits_for_confirmation_is_reminded_of_and_what_stands_or_was_taken_back_is_not(call, atlas):
    first, second = call.lots.order_by("number")
    handed_over(first, atlas)
    actions.withdraw_submission(handed_over(second, atlas).response, received_at=timezone.now())
    assert due.remind_firms(call.response_deadline - timedelta(hours=1)) == 0

    amend(call)
    assert due.remind_firms(call.response_deadline - timedelta(hours=1)) == 1


def test_what_nobody_confirmed_lapses_and_the_firm_hears_it_once(call, lot, atlas, omar, amina):
    handed_over(lot, atlas)
    amend(call)

    assert due.tell_all_lapsed(call.response_deadline) == 0
    assert due.tell_all_lapsed(after(call)) == 1
    assert due.tell_all_lapsed(after(call)) == 0
    actions.open_responses(call, by=amina, at=after(call))
    assert mails("response_lapsed").get().to == omar.email
    assert not mails("response_opened").exists()
    assert not Response.objects.visible_to(amina)


def test_the_opening_tells_lapsed_firms_if_the_clock_has_not(call, lot, atlas, amina):
    handed_over(lot, atlas)
    amend(call)
    actions.open_responses(call, by=amina, at=after(call))

    assert mails("response_lapsed").count() == 1
    assert Submission.objects.get().lapse_told_at


def test_interested_firms_and_responders_are_concerned_in_secret(call, atlas, omar):
    first, second = call.lots.order_by("number")
    fan = RepresentativeFactory(editor=True, organisation=InterestFactory(lot=second).supplier.organisation).user
    RepresentativeFactory(organisation=atlas.organisation, role=Role.VIEWER)
    draft(first, atlas)

    assert {(user.pk, secret) for user, secret in concerned.people(call)} == {(omar.pk, True), (fan.pk, True)}
    assert concerned.people(call, first) == [(omar, True)]
    assert concerned.people(call, second) == [(fan, True)]


def test_the_mail_that_a_call_is_withdrawn_is_hidden_for_good_from_all_but_the_firm(call, lot, atlas, amina):
    from marketplace.calls.actions import withdraw_call

    handed_over(lot, atlas)
    withdraw_call(call, words="It named the wrong year.", by=amina)

    mail = OutboxMessage.objects.get(template="calls/email/call_withdrawn")
    assert mail.about == []
    assert not OutboxMessage.objects.known(call.response_deadline + timedelta(days=365)).filter(pk=mail.pk).exists()
