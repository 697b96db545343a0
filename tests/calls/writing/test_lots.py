import pytest

from marketplace.calls import actions
from marketplace.calls.facts import facts_of
from marketplace.calls.models import Call
from marketplace.calls.writing import lots
from marketplace.calls.writing.lots import LotForm
from tests.calls.writing.conftest import sent
from tests.factories.calls import CallFactory, LotFactory
from tests.factories.law import JurisdictionFactory, ReservationFactory

pytestmark = pytest.mark.django_db
TYPED = {"title": "Parks", "cpv": ["77310000", "77340000"], "regions": ["UKE42"], "low": "10 000", "high": "25,000.50"}


def new(call, facts=None, **fields):
    return LotForm(sent(**(TYPED | fields)), facts=facts or facts_of(call), call=call)


def test_a_lot_is_added_behind_the_others_and_the_first_code_is_the_main_one():
    call = CallFactory(lots=2)
    form = new(call)

    assert form.is_valid(), form.errors
    actions.change_draft(call, form.facts_after(), by=None)

    lot = Call.objects.get().lots.last()
    assert (lot.number, lot.title, lot.cpv, lot.regions) == (3, "Parks", ["77310000", "77340000"], ["UKE42"])
    assert (lot.value_from, lot.value_to) == (1_000_000, 2_500_050)


def test_a_number_that_a_cancelled_lot_had_is_not_given_again():
    call = CallFactory()
    LotFactory(call=call, number=7, cancelled=True)

    form = new(call)

    assert form.is_valid()
    assert [lot["number"] for lot in form.facts_after()["lots"]] == [1, 8]


def test_a_new_lot_sent_twice_is_added_once():
    call = CallFactory()
    seen = LotForm(facts=facts_of(call), call=call)["seen"].value()
    first = new(call, seen=seen)
    assert first.is_valid()
    after = first.facts_after()

    again = new(call, facts=after, seen=seen)

    assert again.is_valid()
    assert again.facts_after() == after


def test_two_people_who_add_different_lots_both_do():
    call = CallFactory()
    seen = LotForm(facts=facts_of(call), call=call)["seen"].value()
    first = new(call, seen=seen)
    assert first.is_valid()

    second = new(call, facts=first.facts_after(), seen=seen, title="Trees")

    assert second.is_valid()
    assert not second.note_conflict()
    assert [lot["title"] for lot in second.facts_after()["lots"]] == ["Lot 1", "Parks", "Trees"]


def test_a_lot_that_a_colleague_took_out_is_said_and_comes_back_when_sent_again(fill):
    call = CallFactory(lots=2)
    form = fill(LotForm, call, number=2, title="Mine")
    gone = LotForm(form.data, facts=lots.without(facts_of(call), 2), call=call, number=2)

    assert gone.is_valid()
    assert gone.note_conflict()
    assert "removed this lot" in gone.conflict
    again = LotForm(gone.data, facts=lots.without(facts_of(call), 2), call=call, number=2)
    assert again.is_valid()
    assert not again.note_conflict()
    assert [lot["title"] for lot in again.facts_after()["lots"]] == ["Lot 1", "Mine"]


def test_both_values_empty_are_undisclosed(fill):
    call = CallFactory()
    call.lots.update(value_from=1, value_to=2)

    form = fill(LotForm, call, number=1, low="", high="")

    assert form.is_valid()
    lot = form.facts_after()["lots"][0]
    assert (lot["value_from"], lot["value_to"]) == (None, None)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"title": ""}, "title"),
        ({"low": "30 000"}, "high"),
        ({"low": "ten"}, "low"),
        ({"cpv": ["99999999"]}, "cpv"),
        ({"regions": ["XX123"]}, "regions"),
        ({"description": "x" * 5001}, "description"),
    ],
)
def test_what_is_no_lot_is_refused_where_it_stands(fields, wrong):
    form = new(CallFactory(), **fields)

    assert not form.is_valid()
    assert wrong in form.errors


# --- Reservations -----------------------------------------------------------------------------------------------


@pytest.fixture
def law():
    return JurisdictionFactory()


def reserved(law, reservation, **fields):
    call = CallFactory(authority=True, jurisdiction=law)
    typed = TYPED | {"reservation": reservation.pk if reservation else ""} | fields
    return LotForm(sent(**typed), facts=facts_of(call), call=call)


def test_a_reservation_of_the_law_is_taken_with_its_grounds(law):
    reservation = ReservationFactory(jurisdiction=law)

    form = reserved(law, reservation, reservation_grounds="Article 20, for the gardens.")

    assert form.is_valid(), form.errors
    lot = form.facts_after()["lots"][-1]
    assert (lot["reservation_id"], lot["reservation_grounds"]) == (reservation.pk, "Article 20, for the gardens.")


def test_a_reservation_without_grounds_and_grounds_without_a_reservation_are_refused(law):
    reservation = ReservationFactory(jurisdiction=law)

    assert "reservation_grounds" in reserved(law, reservation).errors
    assert "reservation" in reserved(law, None, reservation_grounds="Why.").errors


def test_reservations_of_another_law_or_no_longer_in_force_are_not_offered(law):
    ReservationFactory(jurisdiction=law)
    for reservation in (ReservationFactory(), ReservationFactory(jurisdiction=law, over=True)):
        form = reserved(law, reservation, reservation_grounds="Why.")

        assert not form.is_valid()
        assert "reservation" in form.errors


def test_where_the_law_has_none_left_the_lot_has_none(law, fill):
    call = CallFactory(authority=True, jurisdiction=law)
    ended = ReservationFactory(jurisdiction=law, over=True)
    call.lots.update(reservation=ended, reservation_grounds="Once.")

    form = fill(LotForm, call, number=1)

    assert form.is_valid(), form.errors
    lot = form.facts_after()["lots"][0]
    assert (lot["reservation_id"], lot["reservation_grounds"]) == (None, "")
