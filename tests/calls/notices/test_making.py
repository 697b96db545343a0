"""What a notice becomes: a call under its buyer, with its lots, codes, values and deadlines, that names its source."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone as clock

from marketplace.calls.board.models import CallRow
from marketplace.calls.feeds import notice as said
from marketplace.calls.models import Call, Status
from marketplace.calls.notices.models import Notice, RunLine
from marketplace.core.invariants import breaches
from tests.factories.notices import OFFICIAL, moment, of_year, said_body, said_lot, said_notice

pytestmark = pytest.mark.django_db


def reasons(of_run):
    return [(line.outcome, [code for code, _said in line.reasons]) for line in of_run.lines.order_by("number")]


def test_a_notice_becomes_a_call_that_is_on_show_and_names_its_official_text(take, client):
    of_run = take(said_notice())

    call = Call.objects.get()
    assert (of_run.created, of_run.reported, call.status(), call.route) == (1, 0, Status.OPEN, "portal")
    assert (call.title, call.description) == ("Cleaning of schools", "Four primary schools are cleaned every evening.")
    assert (call.reference, call.procedure, call.contract, call.language) == ("NC/17", "open", "services", "en")
    assert (call.jurisdiction.code, call.buyer_kind, call.audience) == ("uk", "contracting_authority", "everybody")
    assert call.buyer.organisation.name == "Northmoor Council"
    lot = call.lots.get()
    assert (lot.number, lot.title, lot.cpv, lot.regions) == (1, "Lot 1", ["90911200"], ["UKE42"])
    page = client.get(call.get_absolute_url()).content.decode()
    assert "This call cannot be answered here" in page
    assert OFFICIAL in page
    assert "Nobody acts for Northmoor Council here yet." in page
    assert CallRow.objects.filter(call=call).exists()
    assert breaches(clock.now()) == []


def test_a_call_that_came_with_a_notice_is_announced_once_and_one_that_is_over_to_nobody(take):
    over = said_notice(
        identifier="old", procedure="ocds-abc123-1", published_at=of_year(2023), response_deadline=_at(2023, 6, 1)
    )
    take(said_notice(), over)

    fresh, old = Call.objects.order_by("-response_deadline")
    assert fresh.announced_at > fresh.publish_at
    assert (old.status(), old.announced_at, old.publish_at) == (Status.CLOSED, of_year(2023), of_year(2023))


def _at(year, month, day, hour=12, minute=0, tz=UTC):
    return said.Moment(datetime(year, month, day, hour, minute, tzinfo=tz))


# --- Deadlines --------------------------------------------------------------------------------------------------------


def test_a_deadline_keeps_its_instant_and_is_written_in_the_zone_of_the_buyer(take):
    plus_two = timezone(timedelta(hours=2))
    french = said_body(name="Ville de Nordmoor", country="FR", region="FRK26")
    take(
        said_notice(
            buyers=(french,),
            published_at=of_year(2024),
            response_deadline=said.Moment(datetime(2024, 7, 1, 16, 30, tzinfo=plus_two)),
        )
    )

    call = Call.objects.get()
    assert call.response_deadline == datetime(2024, 7, 1, 14, 30, tzinfo=UTC)
    assert (call.zone, call.response_due_on, call.response_due_time) == ("Europe/Paris", date(2024, 7, 1), time(16, 30))


@pytest.mark.parametrize(
    ("given", "wall"),
    [
        # A day alone is meant through its end where the buyer is.
        (said.Moment(datetime(2024, 7, 1, 23, 59, 59, tzinfo=UTC), is_day=True), "2024-07-01T23:59:00"),
        # Without an offset it is the buyer's own time.
        (said.Moment(datetime(2024, 7, 1, 12, tzinfo=UTC), has_offset=False), "2024-07-01T12:00:00"),
        # The clocks jump over it: the earlier reading.
        (said.Moment(datetime(2024, 3, 31, 1, 30, tzinfo=UTC), has_offset=False), "2024-03-31T00:30:00"),
        # They pass it twice: the first.
        (said.Moment(datetime(2024, 10, 27, 1, 30, tzinfo=UTC), has_offset=False), "2024-10-27T01:30:00"),
    ],
)
def test_a_deadline_without_time_or_offset_is_the_buyers_own(take, given, wall):
    take(said_notice(published_at=of_year(2024, 1), response_deadline=given))

    call = Call.objects.get()
    assert f"{call.response_due_on}T{call.response_due_time}" == wall
    assert call.response_deadline <= datetime.fromisoformat(f"{wall}+00:00")


def test_of_lots_with_different_deadlines_the_earliest_is_the_calls_and_each_stands_on_the_page(take, client):
    early, late = moment(days=10), moment(days=20)
    of_run = take(
        said_notice(
            response_deadline=None,
            lots=(said_lot("1", response_deadline=late), said_lot("2", response_deadline=early)),
        )
    )

    call = Call.objects.get()
    assert call.response_deadline == early.at
    assert reasons(of_run) == [("created", ["lots-differ"])]
    assert "The lots have different deadlines." in client.get(call.get_absolute_url()).content.decode()


def test_questions_that_would_end_after_responses_have_no_end(take):
    of_run = take(said_notice(question_deadline=moment(days=30)))

    assert Call.objects.get().question_deadline is None
    assert reasons(of_run) == [("created", ["odd-questions"])]


# --- Lots -------------------------------------------------------------------------------------------------------------


def test_each_lot_has_its_codes_places_and_value_in_minor_units(take):
    take(
        said_notice(
            cpv=("90910000",),
            regions=("UKE4",),
            lots=(
                said_lot("LOT-1", amount=said.Amount(Decimal("10000.505"), Decimal("20000"), "GBP")),
                said_lot("LOT-2", cpv=(), regions=(), amount=said.Amount(None, Decimal("5"), "EUR")),
                said_lot("LOT-3", regions=("UKXX9",), countries=("FR",)),
            ),
        )
    )

    found = list(Call.objects.get().lots.values_list("number", "cpv", "regions", "value_from", "value_to"))
    assert found == [
        (1, ["90911200"], ["UKE42"], 1000051, 2000000),
        (2, ["90910000"], ["UKE4"], None, None),
        (3, ["90911200"], ["UK", "FR"], None, None),
    ]


def test_a_lot_that_the_notice_has_cancelled_stands_as_cancelled(take):
    take(said_notice(lots=(said_lot("1"), said_lot("2", is_cancelled=True))))

    first, second = Call.objects.get().lots.all()
    assert (first.is_standing, second.is_standing) == (True, False)


def test_a_lot_reserved_by_the_law_of_the_union_carries_the_reservation(take):
    german = said_body(name="Stadt Nordmoor", country="DE", region="DE300")
    take(said_notice(buyers=(german,), lots=(said_lot(regions=("DE300",), reserved_for=("res-ws",)),)))

    assert Call.objects.get().lots.get().reservation.code == "eu-sheltered-workshops"


def test_codes_that_are_not_in_our_lists_are_left_out_with_a_remark(take):
    of_run = take(said_notice(lots=(said_lot(cpv=("90911200", "12345678"), regions=("UKE42", "??")),)))

    lot = Call.objects.get().lots.get()
    assert (lot.cpv, lot.regions) == (["90911200"], ["UKE42"])
    assert reasons(of_run) == [("created", ["unknown-cpv", "unknown-region"])]


def test_what_is_too_long_is_cut_and_nothing_of_a_title_is_lost(take):
    of_run = take(said_notice(title="Cleaning " * 40, description="x" * 20_000, lots=(said_lot(title="y" * 500),)))

    call = Call.objects.get()
    assert (len(call.title), len(call.description), len(call.lots.get().title)) == (200, 10_000, 200)
    assert call.description.startswith("Cleaning " * 39)
    assert reasons(of_run) == [("created", ["cut", "cut", "cut"])]


def test_signs_that_no_database_holds_are_taken_out(take):
    take(said_notice(title="Clean\x00ing\ud800 of\nschools", identifier="a\x00b"))

    assert Call.objects.get().title == "Cleaning of schools"
    assert Notice.objects.get().identifier == "ab"


def test_where_responses_are_handed_in_stands_beside_the_official_text(take, client):
    take(said_notice(submission_url="https://hand-in.example/17"))

    call = Call.objects.get()
    assert call.portal_url == OFFICIAL
    assert "https://hand-in.example/17" in client.get(call.get_absolute_url()).content.decode()


@pytest.mark.parametrize(("country", "region", "currency"), [("NO", "NO081", "NOK"), ("FR", "FRK26", "EUR")])
def test_a_call_without_any_value_stands_in_the_currency_of_its_country(take, country, region, currency):
    take(said_notice(buyers=(said_body(country=country, region=region),), amount=said.Amount()))

    assert Call.objects.get().currency == currency


# --- No call ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "outcome", "code"),
    [
        ({"title": " "}, "reported", "no-title"),
        ({"buyers": ()}, "reported", "no-buyer"),
        ({"response_deadline": None}, "reported", "no-deadline"),
        ({"response_deadline": said.Moment(of_year(2020))}, "reported", "over-before-publication"),
        ({"response_deadline": said.Moment(of_year(9990))}, "reported", "too-far"),
        ({"lots": (said_lot(cpv=()),)}, "reported", "no-cpv"),
        ({"lots": (said_lot(is_cancelled=True),)}, "skipped", "no-lots"),
        ({"official_url": "", "papers": ()}, "reported", "no-address"),
        ({"official_url": "javascript:alert(1)"}, "reported", "no-address"),
        ({"buyers": (said_body(country="", region=""),), "lots": (said_lot(regions=()),)}, "reported", "no-country"),
        ({"buyers": (said_body(country="PY", region=""),)}, "skipped", "no-law"),
        ({"kind": said.Kind.PLANNING, "response_deadline": None}, "skipped", "planning"),
        ({"kind": said.Kind.RESULT}, "skipped", "result"),
        ({"kind": said.Kind.CANCELLATION}, "skipped", "nothing-to-cancel"),
    ],
)
def test_a_notice_that_can_be_no_call_is_recorded_with_its_reason_and_leaves_nobody_behind(take, fields, outcome, code):
    from buyers.models import Buyer

    of_run = take(said_notice(**fields))

    assert reasons(of_run) == [(outcome, [code])]
    assert (Call.objects.count(), Buyer.objects.count()) == (0, 0)
    notice = Notice.objects.get()
    assert (notice.effect, notice.call, notice.reasons[0][0]) == ("none", None, code)


def test_an_announcement_with_a_deadline_is_a_market_consultation(take):
    take(said_notice(kind=said.Kind.PLANNING))

    assert Call.objects.get().procedure == "market_question"


def test_a_bad_notice_never_stops_the_rest(take):
    broken, other = said.Broken("line 2", "There is no end."), said.Skipped("F02", "TED F02 R2.0.8", "An old form.")
    hostile = said_notice(identifier="z", procedure="ocds-abc123-z", reference=object())  # as no parser would

    of_run = take(said_notice(), broken, other, hostile, said_notice(identifier="y", procedure="ocds-abc123-y"))

    assert (of_run.created, of_run.skipped, of_run.reported) == (2, 1, 2)
    assert [line.reasons[0][0] for line in RunLine.objects.order_by("number")[:3] if line.reasons] == ["broken", "form"]
    assert Call.objects.count() == 2


def test_what_the_database_refuses_is_reported_by_the_name_of_the_rule(take):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE calls_call ADD CONSTRAINT call_is_not_of_that_office CHECK (reference <> 'BAD')")

    of_run = take(said_notice(reference="BAD"), said_notice(identifier="y", procedure="ocds-abc123-y"))

    assert (of_run.created, of_run.reported) == (1, 1)
    assert of_run.lines.get(outcome="reported").reasons == [["refused", {"rule": "call is not of that office"}]]


def test_a_notice_from_the_future_is_on_show_from_now(take):
    take(said_notice(published_at=clock.now() + timedelta(days=3)))

    assert Call.objects.get().publish_at <= clock.now()


def test_texts_of_the_source_are_never_markup(take, client):
    take(said_notice(title="<script>alert(1)</script>", buyers=(said_body(name="<b>Council</b>"),)))

    page = client.get(Call.objects.get().get_absolute_url()).content.decode()
    assert "<script>alert(1)" not in page
    assert "<b>Council" not in page


def test_two_notices_of_one_title_have_addresses_of_their_own(take):
    first = said_notice()
    take(first, replace(first, identifier="2", procedure="ocds-abc123-2"))

    assert len({call.slug for call in Call.objects.all()}) == 2
