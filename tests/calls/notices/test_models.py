"""What the database forbids of notices, sources and runs."""

import pytest
from django.utils import timezone

from marketplace.calls.notices.models import BuyerKey, NoticeSource
from marketplace.calls.signals import tell_changed
from marketplace.core.invariants import breaches
from tests.calls.guards import breaks, change
from tests.factories.calls import CallFactory
from tests.factories.notices import (
    NoticeFactory,
    NoticeSourceFactory,
    RunFactory,
    RunLineFactory,
    UnclaimedBuyerFactory,
    VisitFactory,
)

pytestmark = pytest.mark.django_db


def broken():
    return [breach.sentence for breach in breaches(timezone.now())]


@pytest.fixture
def call():
    call = CallFactory(authority=True, published=True)
    tell_changed(call)
    return call


def test_a_notice_is_kept_once_per_source_and_version():
    first = NoticeFactory(identifier="17")
    NoticeFactory(identifier="17", source=first.source, version="02")
    NoticeFactory(identifier="17")
    with breaks("notice_once_per_source"):
        NoticeFactory(identifier="17", source=first.source)


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("notice_has_its_numbers", {"identifier": ""}),
        ("notice_has_its_numbers", {"procedure": ""}),
        ("notice_acts_on_a_call", {"effect": "made"}),
    ],
)
def test_a_notice_has_numbers_and_acts_on_a_call(rule, fields):
    with breaks(rule):
        NoticeFactory(**fields)


def test_a_notice_that_made_a_call_says_where_its_text_is(call):
    with breaks("notice_says_where_its_text_is"):
        NoticeFactory(call=call, effect="made", official_url="")


@pytest.mark.parametrize("fields", [{"key": ""}, {"name": ""}])
def test_a_source_has_key_and_name(fields):
    with breaks("notice_source_has_key_and_name"):
        NoticeSourceFactory(**fields)


def test_a_licence_is_named_before_its_address_is():
    with breaks("notice_source_names_its_licence"):
        NoticeSourceFactory(licence_url="https://licences.example/")


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("notice_source_is_fetched_encrypted", {"address": "http://notices.example/"}),
        ("notice_source_is_fetched_from_somewhere", {"is_on": True, "next_fetch_at": timezone.now()}),
        ("notice_source_is_fetched_from_somewhere", {"next_fetch_at": timezone.now()}),
        ("notice_source_that_is_on_has_its_time", {"is_on": True, "address": "https://notices.example/"}),
        ("notice_source_is_visited_in_measure", {"every_minutes": 9}),
        ("notice_source_is_visited_in_measure", {"every_minutes": 50_000}),
        ("notice_source_goes_on_with_its_pages", {"cursor": "https://notices.example/2", "asked_at": timezone.now()}),
        ("notice_source_goes_on_with_its_pages", {"cursor": "https://notices.example/2", "is_paged": True}),
        ("notice_source_says_why_it_failed", {"failures": 1}),
        ("notice_source_says_why_it_failed", {"last_error": ["fetch-slow", {}]}),
    ],
)
def test_what_is_fetched_has_an_address_a_time_and_a_reason(rule, fields):
    with breaks(rule):
        NoticeSourceFactory(**fields)


def test_a_source_is_visited_by_one_at_a_time():
    visit = VisitFactory()
    VisitFactory(source=visit.source, over=True)
    with breaks("visit_of_a_source_one_at_a_time"):
        VisitFactory(source=visit.source)
    with breaks("visit_that_failed_is_over"):
        VisitFactory(error=["fetch-slow", {}])


def test_a_key_of_a_source_and_a_name_of_a_buyer_are_used_once():
    source = NoticeSourceFactory()
    with breaks("notices_noticesource_key_key"):
        NoticeSourceFactory(key=source.key)
    buyer = UnclaimedBuyerFactory()
    with breaks("notices_buyerkey_key_key"):
        BuyerKey.objects.create(buyer=UnclaimedBuyerFactory(), key=buyer.notice_keys.get().key)
    with breaks("buyer_key_says_something"):
        BuyerKey.objects.create(buyer=buyer, key="")


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("notice_run_finished_or_failed_not_both", {"failed_at": timezone.now(), "finished_at": timezone.now()}),
        ("notice_run_says_why_it_stopped", {"failure": "stopped"}),
        ("notice_run_says_why_it_stopped", {"failed_at": timezone.now()}),
    ],
)
def test_a_run_ends_in_one_way(rule, fields):
    with breaks(rule):
        RunFactory(**fields)


def test_a_line_of_a_run_stands_once_and_has_a_known_outcome():
    line = RunLineFactory()
    with breaks("notice_run_line_once_per_number"):
        RunLineFactory(run=line.run, number=line.number)
    with breaks("notice_run_line_has_a_known_outcome"):
        RunLineFactory(run=line.run, outcome="lost")


def test_a_call_from_a_notice_that_is_answered_here_is_found(call):
    NoticeFactory(call=call, effect="made")
    assert broken() == []

    change(call, route="here")
    assert broken() == ["a call that came with a notice is answered at the official portal alone"]


def test_a_call_that_two_notices_made_is_found(call):
    NoticeFactory(call=call, effect="made")
    NoticeFactory(call=call, effect="made")

    assert broken() == ["a call that came with a notice was made by one notice"]


def test_every_installation_begins_with_the_known_portals_whose_licence_is_stated():
    known = dict(NoticeSource.objects.values_list("key", "licence"))

    assert set(known) == {"files", "find-a-tender", "contracts-finder", "ted"}
    assert [key for key, licence in known.items() if not licence] == ["files"]
