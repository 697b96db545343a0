"""Drafts, handing over, replacing, taking back and confirming."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from marketplace.accounts.models import Role
from marketplace.calls.models import Call
from marketplace.calls.responses import actions, sealing
from marketplace.calls.responses.models import Interest, Response, ResponseFile, Submission
from marketplace.core.errors import RuleBroken
from marketplace.core.files import vault
from marketplace.core.models import AuditEntry, OutboxMessage
from tests.calls.responses.handing import address, after, amend, draft, handed_over, submit
from tests.factories.accounts import RepresentativeFactory
from tests.factories.calls import CallFactory
from tests.factories.responses import ResponseFactory
from tests.factories.suppliers import SupplierFactory
from tests.suppliers.files.conftest import sent
from tests.suppliers.files.samples import pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(as_user, omar, atlas):
    return as_user(omar)


def press(browser, lot, do, **typed):
    return browser.post(address(lot), {"message": "We clean.", "price": "", "do": do} | typed)


def text(page):
    return page.content.decode()


def mails(name):
    return OutboxMessage.objects.filter(template=f"responses/email/{name}")


# --- The draft ----------------------------------------------------------------------------------------------------


def test_a_draft_is_kept_and_shown_again(browser, lot, atlas):
    page = press(browser, lot, "save", message="Every evening.", price="12,500.50")

    response = Response.objects.get()
    assert page.status_code == 302
    assert (response.supplier, response.message, response.price) == (atlas, "Every evening.", 1_250_050)
    shown = text(browser.get(address(lot)))
    assert "Every evening." in shown
    assert 'value="12500.50"' in shown
    assert not Submission.objects.exists()


def test_the_page_says_beforehand_what_counts(browser, lot):
    assert "What counts is the moment at which all of it has arrived here" in text(browser.get(address(lot)))


def test_what_cannot_be_understood_is_said_and_the_rest_is_kept(browser, lot):
    page = press(browser, lot, "submit", message="Every evening.", price="a lot", files=sent(pdf(), "offer.pdf"))

    assert page.status_code == 422
    assert "Write the amount in figures" in text(page)
    assert "a lot" in text(page)
    assert Response.objects.get().message == "Every evening."
    assert ResponseFile.objects.get().original_name == "offer.pdf"
    assert not Submission.objects.exists()


def test_a_file_that_is_refused_stops_the_handing_over_and_loses_nothing(browser, lot):
    files = [sent(pdf(), "offer.pdf"), sent(b"MZ\x90\x00", "virus.pdf")]
    page = browser.post(address(lot), {"message": "We clean.", "do": "submit", "files": files})

    assert page.status_code == 422
    assert "virus.pdf: This is a program" in text(page)
    assert Response.objects.get().message == "We clean."
    assert [file.original_name for file in ResponseFile.objects.all()] == ["offer.pdf"]
    assert not Submission.objects.exists()


def test_a_file_that_is_too_large_is_named(browser, lot):
    page = press(browser, lot, "save", files=sent(b"%PDF-1.7\n" + b"x" * 20_000_001, "Plans.pdf"))

    assert page.status_code == 422
    assert "Plans.pdf: This file is over 20 MB" in text(page)
    assert Response.objects.get().message == "We clean."


def test_the_same_file_twice_is_one_and_the_twenty_first_is_refused(lot, atlas, monkeypatch):
    response = draft(lot, atlas)
    monkeypatch.setattr(actions, "MOST_FILES", 1)
    for _ in range(2):
        with vault.received(sent(pdf(), "offer.pdf")) as received:
            actions.add_file(response, received)
    assert response.files.count() == 1

    with vault.received(sent(pdf(extra=b"%other"), "more.pdf")) as received, pytest.raises(RuleBroken, match="at most"):
        actions.add_file(response, received)


def test_a_file_is_taken_out_of_the_draft_and_gone(browser, lot, django_capture_on_commit_callbacks):
    press(browser, lot, "save", files=sent(pdf(), "offer.pdf"))
    file = ResponseFile.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        press(browser, lot, f"remove-{file.pk}")

    assert not ResponseFile.objects.exists()
    assert not default_storage.exists(file.stored_as)


def test_a_file_that_was_handed_over_stays_with_what_was_handed_over(browser, lot):
    press(browser, lot, "submit", files=sent(pdf(), "offer.pdf"))
    file = ResponseFile.objects.get()
    press(browser, lot, f"remove-{file.pk}")

    file.refresh_from_db()
    assert not file.is_in_draft
    assert list(Submission.objects.get().files.all()) == [file]


def test_two_people_at_one_draft_see_each_others_words(browser, lot, atlas):
    draft(lot, atlas, "By a colleague.")
    page = press(browser, lot, "save", message="Mine.", seen="0")

    assert page.status_code == 422
    shown = text(page)
    assert "Somebody else at your firm changed this response" in shown
    assert "By a colleague." in shown
    assert "Mine." in shown
    assert Response.objects.get().message == "By a colleague."
    version = Response.objects.get().version
    assert f'name="seen" value="{version}"' in shown
    assert press(browser, lot, "save", message="Mine.", seen=str(version)).status_code == 302
    assert Response.objects.get().message == "Mine."


def test_without_the_version_the_second_overwrites_unseen(lot, atlas):
    """What the check is for: the lower layer, asked without one, does it."""
    draft(lot, atlas, "By a colleague.")
    draft(lot, atlas, "Mine.", seen=None)

    assert Response.objects.get().message == "Mine."


# --- Handing over -------------------------------------------------------------------------------------------------


def test_handing_over_gives_a_receipt_with_time_hash_and_files(browser, lot, atlas):
    page = press(browser, lot, "submit", price="9000", files=sent(pdf(), "offer.pdf"))

    submission = Submission.objects.get()
    assert page["Location"].endswith("?receipt=1")
    receipt = text(browser.get(page["Location"]))
    assert f"{submission.received_at:%H:%M:%S} UTC" in receipt
    assert submission.sha256 in receipt
    assert submission.files.get().sha256 in receipt
    assert "offer.pdf" in receipt
    assert (submission.message, submission.price, submission.file_count) == ("We clean.", 900_000, 1)


def test_the_receipt_comes_by_mail_which_nobody_else_ever_learns_of(browser, lot, omar):
    press(browser, lot, "submit", files=sent(pdf(), "offer.pdf"))

    mail, submission = mails("response_received").get(), Submission.objects.get()
    assert (mail.to, mail.about) == (omar.email, [])
    assert mail.hidden_until.year == 9999
    assert mail.context["sha256"] == submission.sha256
    assert mail.context["files"][0]["name"] == "offer.pdf"
    assert f"{submission.received_at:%H:%M:%S} UTC" in mail.context["moment"]
    assert not OutboxMessage.objects.known().exists()
    assert not AuditEntry.objects.exists()


def test_the_hash_is_that_of_the_bytes_which_the_firm_may_download(browser, lot):
    press(browser, lot, "submit", message="Chaque soir, même à Noël.", price="9000", files=sent(pdf(), "offer.pdf"))
    sealed = browser.get(f"{address(lot)}?sealed=1")

    assert hashlib.sha256(sealed.content).hexdigest() == Submission.objects.get().sha256
    content = json.loads(sealed.content)
    assert (content["message"], content["price"]) == ("Chaque soir, même à Noël.", 900_000)
    assert content["files"][0]["sha256"] == hashlib.sha256(pdf()).hexdigest()


def test_the_hash_depends_on_every_part(lot, atlas):
    response = ResponseFactory(lot=lot, supplier=atlas)
    base = {"message": "We clean.", "price": 1, "files": []}
    file = ResponseFile(original_name="a.pdf", sha256="0" * 64, size=1)
    variants = [base, base | {"message": "We clean"}, base | {"price": None}, base | {"files": [file]}]

    assert len({sealing.digest_of(response.pk, **each) for each in variants}) == 4


def test_handed_over_again_unchanged_it_is_the_first_receipt(lot, atlas):
    response = draft(lot, atlas)

    assert submit(response) == submit(response)
    assert mails("response_received").count() == 1
    assert Submission.objects.count() == 1


def test_something_else_takes_its_place(browser, lot):
    press(browser, lot, "submit")
    press(browser, lot, "submit", message="Cheaper.", seen=str(Response.objects.get().version))

    first, second = Submission.objects.order_by("number")
    assert first.replaced_at == second.received_at
    assert (second.message, second.is_standing) == ("Cheaper.", True)
    assert mails("response_received").count() == 2
    assert "Replaced by a newer response" in text(browser.get(f"{address(lot)}?receipt=1"))


def test_an_older_request_that_comes_through_late_does_not_replace_a_newer(lot, atlas):
    response = draft(lot, atlas)
    submit(response)
    response = draft(lot, atlas, "Older.")

    with pytest.raises(RuleBroken, match="newer response"):
        submit(response, timezone.now() - timedelta(minutes=5))


def test_nothing_is_no_response(browser, lot):
    page = press(browser, lot, "submit", message="")

    assert page.status_code == 422
    assert "Write your response or add a file" in text(page)


def test_a_file_alone_is_a_response(browser, lot):
    assert press(browser, lot, "submit", message="", files=sent(pdf(), "offer.pdf")).status_code == 302
    assert Submission.objects.get().file_count == 1


def test_another_draft_than_the_one_that_is_meant_is_not_handed_over(lot, atlas):
    response = draft(lot, atlas, "Mine.")
    draft(lot, atlas, "By a colleague.")

    with pytest.raises(RuleBroken, match="Somebody else at your firm"):
        submit(response)


def test_a_late_one_is_told_both_times_and_its_draft_survives(as_user, omar, atlas, buyer):
    lot = CallFactory(closed=True, here=True, buyer=buyer).lots.get()
    page = press(as_user(omar), lot, "submit", message="Just missed.")

    assert page.status_code == 422
    assert "Too late: the deadline was" in text(page)
    assert "Just missed." in text(page)
    assert Response.objects.get().message == "Just missed."
    assert not Submission.objects.exists()


# --- Taking back and confirming -----------------------------------------------------------------------------------


def test_what_was_taken_back_is_gone_for_the_buyer_and_may_come_again(browser, lot):
    press(browser, lot, "submit")
    page = browser.post(address(lot), {"do": "withdraw"})

    assert Submission.objects.get().withdrawn_at
    assert not Response.objects.handed_over().exists()
    assert "You took this response back" in text(browser.get(page["Location"]))
    assert mails("response_withdrawn").count() == 1
    assert press(browser, lot, "submit").status_code == 302
    assert Response.objects.handed_over().count() == 1


def test_taking_back_twice_says_that_nothing_stands(browser, lot):
    press(browser, lot, "submit")
    browser.post(address(lot), {"do": "withdraw"})
    page = browser.post(address(lot), {"do": "withdraw"})

    assert page.status_code == 422
    assert "Nothing of yours is handed over" in text(page)


def test_after_a_material_amendment_it_waits_and_is_confirmed_with_one_press(browser, lot, call):
    press(browser, lot, "submit")
    amend(call)
    assert not Response.objects.handed_over().exists()
    assert "Submitted, and to be confirmed by you" in text(browser.get(address(lot)))

    browser.post(address(lot), {"do": "confirm", "material": "1"})

    submission = Submission.objects.get()
    assert submission.confirmed_for == 1
    assert submission.confirmed_at > submission.received_at
    assert Response.objects.handed_over().count() == 1
    assert mails("response_confirmed").count() == 1


def test_confirming_twice_is_once(lot, atlas, call):
    response = draft(lot, atlas)
    submit(response)
    amend(call)
    first = actions.confirm_submission(response, received_at=timezone.now())
    second = actions.confirm_submission(response, received_at=timezone.now())

    assert first.confirmed_at == second.confirmed_at


def test_handing_over_the_same_words_after_an_amendment_confirms_them(lot, atlas, call):
    response = draft(lot, atlas)
    submit(response)
    amend(call)

    assert submit(response).confirmed_for == 1
    assert Submission.objects.count() == 1


@pytest.mark.parametrize("do", ["submit", "confirm"])
def test_whoever_has_not_seen_the_amendment_is_sent_to_it_first(browser, lot, call, do):
    press(browser, lot, "submit")
    amend(call)
    typed = {"message": "New words.", "seen": str(Response.objects.get().version), "material": "0", "do": do}
    page = browser.post(address(lot), typed)

    assert page.status_code == 422
    assert "The buyer has changed the call since you opened this page" in text(page)
    assert Submission.objects.get().confirmed_for == 0
    if do == "submit":
        assert 'name="material" value="1"' in text(page)


# --- What takes no response ---------------------------------------------------------------------------------------


def test_a_call_of_the_official_portal_takes_none(browser, buyer):
    lot = CallFactory(published=True, buyer=buyer).lots.get()

    assert press(browser, lot, "submit").status_code == 422
    assert not Response.objects.exists()


@pytest.mark.parametrize("ending", ["withdrawn", "cancelled"])
def test_a_call_that_ended_takes_none(browser, lot, call, ending):
    press(browser, lot, "save")
    Call.objects.filter(pk=call.pk).update(**{f"{ending}_at": timezone.now()}, ended_because="No money.")
    page = press(browser, lot, "submit")

    assert page.status_code == 422
    assert "The buyer has ended this call" in text(page)
    assert browser.get(address(lot)).status_code == 200


def test_a_cancelled_lot_takes_none(browser, lot, call):
    press(browser, lot, "save")
    call.lots.filter(pk=lot.pk).update(cancelled_at=timezone.now(), ended_because="No money.")

    assert "The buyer has cancelled this lot" in text(press(browser, lot, "submit"))


# --- Who may ------------------------------------------------------------------------------------------------------


def test_the_buyers_own_firm_cannot_respond(as_user, amina, buyer, lot):
    SupplierFactory(organisation=amina.organisation)
    browser = as_user(amina)

    assert "This is your own call" in text(browser.get(address(lot)))
    assert press(browser, lot, "save").status_code == 403
    assert not Response.objects.exists()


def test_a_viewer_of_the_firm_does_not_write(as_user, atlas, lot):
    viewer = RepresentativeFactory(organisation=atlas.organisation, role=Role.VIEWER).user

    assert press(as_user(viewer), lot, "save").status_code == 403


def test_a_call_that_is_not_on_show_is_missing(browser):
    for call in (CallFactory(), CallFactory(scheduled=True)):
        assert browser.get(address(call.lots.get())).status_code == 404


def test_a_hidden_firm_finds_its_own_response_again(as_user, omar, buyer):
    """A call for members and listed suppliers, to which the firm responded before it hid itself."""
    firm = SupplierFactory(organisation=omar.organisation, listed=True)
    from tests.factories.buyers import BuyerFactory

    lot = CallFactory(published=True, members_only=True, buyer=BuyerFactory(cleared=True)).lots.get()
    browser = as_user(omar)
    press(browser, lot, "submit")
    type(firm).objects.filter(pk=firm.pk).update(hidden_at=timezone.now())

    assert browser.get(lot.call.get_absolute_url()).status_code == 404
    assert browser.get(address(lot)).status_code == 200


def test_another_firm_sees_nothing_of_it(as_user, zed, lot, atlas):
    handed_over(lot, atlas, "Our secret price.")
    RepresentativeFactory(user=zed, organisation=SupplierFactory().organisation, administrator=True)
    browser = as_user(zed)

    assert "Our secret price." not in text(browser.get(address(lot)))
    assert browser.get(f"{address(lot)}?receipt=1").status_code == 404
    assert browser.get(f"{address(lot)}?sealed=1").status_code == 404


@pytest.mark.parametrize("number", ["0", "2", "-1", "x", "9" * 30, "²"])
def test_a_receipt_that_is_none_is_missing(browser, lot, number):
    press(browser, lot, "submit")

    assert browser.get(address(lot), {"receipt": number}).status_code == 404


# --- Interest -----------------------------------------------------------------------------------------------------


def test_interest_is_one_press_and_another_takes_it_back(browser, lot, atlas):
    for _ in range(2):
        assert browser.post(address(lot), {"do": "interest"}).status_code == 302
    assert Interest.objects.get().supplier == atlas
    assert "Take my interest back" in text(browser.get(lot.call.get_absolute_url()))

    browser.post(address(lot), {"do": "no-interest"})
    assert not Interest.objects.exists()


def test_interest_ends_with_the_deadline(lot, atlas, call):
    with pytest.raises(RuleBroken, match="Too late"):
        actions.show_interest(lot, atlas, by=None, at=call.response_deadline)


# --- The list of a firm -------------------------------------------------------------------------------------------


def test_the_list_says_where_each_stands(browser, atlas, buyer, call):
    first, second = call.lots.order_by("number")
    handed_over(first, atlas)
    draft(second, atlas)
    page = text(browser.get("/workspace/responses/"))

    assert page.index("Submitted") < page.index("Draft, not submitted")


def test_the_list_is_empty_for_a_firm_that_has_none(browser):
    assert "No response yet" in text(browser.get("/workspace/responses/"))


def test_what_ended_is_said_on_the_list(browser, atlas, lot, call):
    handed_over(lot, atlas)
    amend(call)
    assert "To be confirmed" in text(browser.get("/workspace/responses/"))

    Call.objects.filter(pk=call.pk).update(withdrawn_at=timezone.now(), ended_because="No money.")
    assert "Call ended, stays sealed" in text(browser.get("/workspace/responses/"))


def test_a_firm_opens_its_own_file_and_nobody_else_does(browser, as_user, client, lot, amina, stella, zed):
    press(browser, lot, "submit", files=sent(pdf(), "offer.pdf"))
    url = f"/workspace/responses/files/{ResponseFile.objects.get().pk}/"

    answer = browser.get(url)
    assert answer["Content-Disposition"] == 'attachment; filename="offer.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert client.get(url).status_code == 302
    for person in (amina, stella, zed):
        assert as_user(person).get(url).status_code == 404


def test_the_moment_of_opening_is_five_minutes_after_the_deadline(call):
    assert after(call) - call.response_deadline == timedelta(minutes=5)
