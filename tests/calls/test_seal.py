"""Sealed content appears nowhere before the opening: every address, as every role, with a response and without."""

import io
import json
import logging
from datetime import timedelta

import pytest
import redis
import time_machine
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from marketplace.calls import actions as calls
from marketplace.calls import seal
from marketplace.calls.models import Call
from marketplace.calls.responses import actions
from marketplace.calls.responses.models import Interest, Response, ResponseQuerySet, Submission
from marketplace.core import logs, registry, unreached
from marketplace.core.models import AuditEntry, OutboxMessage, OutboxQuerySet
from tests.calls import sealed
from tests.calls.sealed import DRAFTED, FILE_NAME, IN_THE_FILE, PRICE, WORDS
from tests.factories.calls import CallFactory
from tests.peers.mail import mail_peer
from tests.suppliers.files.conftest import sent
from tests.suppliers.files.samples import pdf

__all__ = ["mail_peer"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folders(media, settings, tmp_path):
    settings.VAR = tmp_path


@pytest.fixture
def world(omar, amina, zed, stella):
    return sealed.make_world(omar=omar, amina=amina, zed=zed, stella=stella)


@pytest.mark.parametrize("role", sealed.ROLES)
def test_no_address_shows_anything_of_a_response_or_that_there_is_one(role, world, as_user, prove, proof):
    """Walked twice at one and the same moment: once with what was handed over, once as if it had never been."""
    browser = sealed.browser_of(world, role, as_user)
    with time_machine.travel(timezone.now(), tick=False):
        with transaction.atomic():
            sealed.hand_over(world)
            marks = sealed.marks_of(world)
            places = sealed.addresses(world, is_staff=role == "staff", in_full=prove)
            with_it = sealed.walk(browser, places)
            transaction.set_rollback(True)
        assert not Response.objects.exists()
        without_it = sealed.walk(browser, places if prove else sealed.asked_again(with_it, role))

    assert sealed.leaks(with_it, marks) == []
    assert [place for place in without_it if with_it[place] != without_it[place]] == []
    broken = [place for place, (status, _text) in with_it.items() if status >= 500]
    assert [place for place in broken if not place.startswith("/staff/")] == []
    answered = sum(status == 200 for status, _text in with_it.values())
    assert answered > 20
    proof.record(f"sealed: {role}", addresses=len(places), answered=answered, leaks=0, differing=0)


def test_after_the_opening_the_buyer_finds_all_of_it(world, as_user, amina):
    """The same walk, so that its silence before meant something."""
    sealed.hand_over(world)
    call = world.calls[0]
    response, submission, _file = world.rows[call.slug]
    with time_machine.travel(actions.opening_at(call), tick=False):
        actions.open_responses(call, by=amina)
        said = sealed.walk(as_user(amina), sealed.addresses(world, is_staff=False))

    found = {mark for _place, mark in sealed.leaks(said, sealed.marks_of(world))}
    assert {WORDS, FILE_NAME, IN_THE_FILE, "876,543.21", "876543.21", submission.sha256, str(response.pk)} <= found
    assert DRAFTED not in found
    assert "876,543.21" in said[f"/workspace/calls/{call.slug}/responses/"][1]


def test_with_the_seal_off_the_walk_finds_it_before_the_opening(world, as_user, amina, monkeypatch):
    sealed.hand_over(world)
    monkeypatch.setattr(ResponseQuerySet, "opened", ResponseQuerySet.handed_over)
    said = sealed.walk(as_user(amina), sealed.addresses(world, is_staff=False))

    assert {WORDS, FILE_NAME, IN_THE_FILE} <= {mark for _place, mark in sealed.leaks(said, sealed.marks_of(world))}


# --- A receipt that bounces -------------------------------------------------------------------------------------------


STAFF_PLACES = ("/staff/", "/staff/machinery/", "/staff/organisations/", "/staff/organisations/?mail=bounced")


def told_to_staff(world, browser):
    """What the pages say on which somebody could be helped, with that of the firm."""
    place = reverse("organisations:inspect", args=[world.firm.organisation_id])
    return {place: text for place, (_status, text) in sealed.walk(browser, [*STAFF_PLACES, place]).items()}


def test_before_the_opening_staff_learn_of_no_bounce_and_of_no_mail_that_is_stuck(world, as_user, stella):
    browser = as_user(stella)
    with time_machine.travel(timezone.now(), tick=False):
        before = told_to_staff(world, browser)
        sealed.hand_over(world)
        assert OutboxMessage.objects.failed().exists()
        assert OutboxMessage.objects.waiting().exists()

        assert told_to_staff(world, browser) == before


def test_with_the_look_at_the_seal_off_they_would_before_the_opening(world, as_user, stella, monkeypatch):
    browser = as_user(stella)
    with time_machine.travel(timezone.now(), tick=False):
        before = told_to_staff(world, browser)
        sealed.hand_over(world)
        monkeypatch.setitem(registry.seals._entries, "calls", registry.Seal("calls.call", lambda keys, at: list(keys)))
        now = told_to_staff(world, browser)
        with_bounce = {place for place in now if now[place] != before[place]}
        monkeypatch.setattr(OutboxQuerySet, "known", lambda rows, at=None: rows)
        with_stuck = told_to_staff(world, browser)

    assert with_bounce >= {"/staff/", "/staff/organisations/?mail=bounced"}
    assert "/staff/machinery/" not in with_bounce
    assert with_stuck["/staff/machinery/"] != before["/staff/machinery/"]


def test_after_the_opening_staff_learn_whom_to_help_and_nothing_else(world, as_user, stella, amina, omar):
    sealed.hand_over(world)
    call = world.calls[0]
    marks = sealed.marks_of(world) | {call.title, call.slug, "response", "receipt"}
    with time_machine.travel(actions.opening_at(call), tick=False):
        browser = as_user(stella)
        before = told_to_staff(world, browser)
        actions.open_responses(call, by=amina)
        now = told_to_staff(world, browser)

    place = reverse("organisations:inspect", args=[world.firm.organisation_id])
    assert world.firm.organisation.name in now["/staff/organisations/?mail=bounced"]
    assert world.firm.organisation.name not in before["/staff/organisations/?mail=bounced"]
    assert omar.email in now[place]
    assert "Organisations that a hidden message did not reach" in now["/staff/"]
    for page in (place, "/staff/organisations/?mail=bounced"):
        assert [mark for mark in marks if now[page].count(mark) > before[page].count(mark)] == []


def test_what_was_handed_in_to_a_call_that_was_withdrawn_is_never_spoken_of(world, amina):
    sealed.hand_over(world)
    call = world.calls[0]
    calls.withdraw_call(call, words="It named the wrong year.", by=amina)
    with time_machine.travel(actions.opening_at(call) + timedelta(days=365)):
        assert not unreached.messages().exists()


@pytest.mark.parametrize("route", ["here", "portal"])
def test_the_seal_of_a_call_is_broken_by_its_opening_or_where_nothing_is_opened_by_its_deadline(route):
    call = CallFactory(published=True, authority=True, route=route)
    deadline, late = call.response_deadline, call.response_deadline + timedelta(days=30)

    assert list(seal.broken([call.pk], deadline - timedelta(microseconds=1))) == []
    assert list(seal.broken([call.pk], late)) == ([call.pk] if route == "portal" else [])
    if route == "here":
        Call.objects.filter(pk=call.pk).update(opened_at=deadline)
        assert list(seal.broken([call.pk], late)) == [call.pk]


# --- What is written down while a firm hands over ---------------------------------------------------------------------


@pytest.fixture
def log_lines():
    """All that the product logs meanwhile, as it stands in the log."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    formatter = logs.LOGGING["formatters"]["json"]
    handler.setFormatter(
        formatter["()"](foreign_pre_chain=formatter["foreign_pre_chain"], processors=formatter["processors"])
    )
    root = logging.getLogger()
    root.addHandler(handler)
    yield lambda: stream.getvalue().splitlines()
    root.removeHandler(handler)


def in_valkey():
    """Every key and value of this test's store, as bytes."""
    store = redis.Redis.from_url(settings.CACHE_URL)
    readers = {
        b"string": store.get,
        b"list": lambda key: b"\n".join(store.lrange(key, 0, -1)),
        b"set": lambda key: b"\n".join(store.smembers(key)),
        b"zset": lambda key: b"\n".join(store.zrange(key, 0, -1)),
        b"hash": lambda key: b"\n".join(b"%s=%s" % pair for pair in store.hgetall(key).items()),
    }
    return b"\n".join(key + b"=" + (readers[store.type(key)](key) or b"") for key in store.keys("*"))


def press(browser, lot, **typed):
    return browser.post(f"/calls/{lot.call.slug}/lots/{lot.number}/response/", typed)


@pytest.fixture
def handed_over(world, as_user, omar, log_lines, django_capture_on_commit_callbacks):
    """Over HTTP and with what follows the commit: interest, a draft, what was handed over, replaced and confirmed."""
    browser, lot = as_user(omar), world.calls[0].lots.get(number=1)
    before = log_lines()
    with django_capture_on_commit_callbacks(execute=True):
        press(browser, lot, do="interest")
        press(browser, lot, do="save", message=DRAFTED)
        version = Response.objects.get().version
        content = pdf(extra=f"%{IN_THE_FILE}\n".encode())
        typed = {"message": WORDS, "price": f"{PRICE / 100}", "files": sent(content, FILE_NAME), "seen": version}
        assert press(browser, lot, do="submit", **typed).status_code == 302
        press(browser, lot, do="withdraw")
        version = Response.objects.get().version
        press(browser, lot, do="submit", message=WORDS, price=f"{PRICE / 100}", seen=version)
    assert Submission.objects.count() == 2
    submission = Submission.objects.last()
    world.rows[lot.call.slug] = (submission.response, submission, submission.files.get())
    return log_lines()[len(before) :]


def test_the_log_knows_no_word_of_it_and_no_difference_between_a_draft_and_a_submission(handed_over, world, omar):
    for line in handed_over:
        assert not [mark for mark in sealed.marks_of(world) if mark in line], line
        assert omar.email not in line
        assert omar.organisation.name not in line
        assert world.calls[0].slug not in line
    requests = [json.loads(line) for line in handed_over if json.loads(line)["event"] == "request"]
    kinds = {(line["method"], line["route"], line["status"]) for line in requests}
    assert len(requests) == 5
    assert len(kinds) == 1


def test_the_audit_knows_nothing_of_it(handed_over):
    assert not AuditEntry.objects.exists()
    assert Interest.objects.exists()


def test_the_mails_go_to_the_firm_alone_and_nobody_else_learns_of_them(handed_over, omar):
    assert {mail.to for mail in OutboxMessage.objects.all()} == {omar.email}
    assert OutboxMessage.objects.count() == 3
    assert not OutboxMessage.objects.known(timezone.now() + timedelta(days=3650)).exists()


def test_valkey_holds_nothing_of_it(handed_over, world):
    kept = in_valkey()

    assert b"core.deliver_message" in kept
    assert not [mark for mark in sealed.marks_of(world) if mark.encode() in kept]


def test_sending_the_receipt_writes_no_line_either(handed_over, world, log_lines, mail_peer):
    from marketplace.core.tasks import deliver_message

    before = len(log_lines())
    for pk in OutboxMessage.objects.values_list("pk", flat=True):
        deliver_message(pk)

    assert len(mail_peer.taken) == 3
    assert log_lines()[before:] == []
