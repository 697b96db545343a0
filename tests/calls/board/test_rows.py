"""The search row of a call follows the call, in the same transaction, and nothing else has one."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from marketplace.calls import actions
from marketplace.calls.board import due, rows
from marketplace.calls.board.models import CallRow
from marketplace.calls.models import Call
from marketplace.core import registry
from suppliers.directory import tokens
from suppliers.directory.tokens import Kind
from tests.factories.board import shown
from tests.factories.calls import CallFactory, LotFactory

pytestmark = pytest.mark.django_db


def row_of(call):
    return CallRow.objects.filter(call=call).first()


def words_of(call):
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(text) FROM board_callrow WHERE call_id = %s", [call.pk])
        return set(cursor.fetchone()[0])


def test_publishing_makes_the_row_and_withdrawing_takes_it_away_at_once(amina):
    call = CallFactory()
    assert row_of(call) is None

    actions.publish_call(call, by=amina)
    assert row_of(call).ending == ""
    call.refresh_from_db()
    assert row_of(call).deadline == call.response_deadline

    actions.withdraw_call(call, words="It named the wrong year.", by=amina)
    assert row_of(call) is None


def test_a_scheduled_call_has_a_row_that_no_search_finds_yet_and_taking_it_back_deletes_it(amina, client):
    call = CallFactory()
    actions.publish_call(call, at=timezone.now() + timedelta(days=1), by=amina)

    assert row_of(call) is not None
    assert call.title not in client.get("/calls/").content.decode()

    actions.take_back(call, by=amina)
    assert row_of(call) is None


def test_cancelling_keeps_the_row_and_says_how_it_ended(amina):
    call = shown(lots=2)

    actions.cancel_call(call, words="The money is gone.", by=amina)

    assert row_of(call).ending == "cancelled"
    assert row_of(call).codes == [90911200]


def test_a_cancelled_lot_is_no_longer_what_the_call_is_found_by(amina):
    call = shown(lots=1, lots__cpv=["90911200"])
    lot = LotFactory(call=call, number=2, cpv=["15811000"], title="Bread")
    rows.refresh([call.pk])
    assert row_of(call).codes == [15811000, 90911200]

    actions.cancel_lot(lot, words="Nobody needs it.", by=amina)

    assert row_of(call).codes == [90911200]
    assert "bread" not in words_of(call)


def test_the_row_holds_the_words_of_the_call_and_of_its_labels_in_every_language_of_the_directory():
    call = shown(title="Propreté des écoles", language="fr", reference="V-2026/17")

    found = words_of(call)

    assert {"proprete", "ecoles", "ecol", "17", "cleaning", "nettoyage", "gebaudereinigung", "limpieza"} <= found


def test_the_tokens_are_those_of_the_directory():
    call = shown(authority=True, lots__regions=["UKE42"], lots__value_to=4_000_000, lots__value_from=1_000_000)

    row = row_of(call)

    assert tokens.written(Kind.COUNTRY, "GB") in row.facets
    assert tokens.written(Kind.BUYER, "contracting_authority") in row.facets
    assert tokens.written(Kind.ROUTE, "portal") in row.facets
    assert {tokens.written(Kind.REGION, code) for code in ("UK", "UKE", "UKE4", "UKE42")} <= set(row.tokens)
    assert tokens.written(Kind.WHOLE, "UKE42") in row.tokens
    assert tokens.numbered(Kind.VALUE, 2) in row.facets
    assert {90911200, 90911000, 90900000, 90000000} <= set(row.tokens)


def test_a_call_without_regions_stands_where_its_buyer_is():
    call = shown(lots__regions=[], buyer__organisation__country="GR")

    assert tokens.written(Kind.REGION, "EL") in row_of(call).tokens


def test_a_buyer_that_moves_or_is_renamed_takes_its_calls_along():
    call = shown()
    organisation = call.buyer.organisation
    organisation.name, organisation.country = "Zebulon Retail", "FR"

    organisation.save()

    assert tokens.written(Kind.COUNTRY, "FR") in row_of(call).tokens
    assert "zebulon" in words_of(call)


def test_the_longest_call_there_can_be_has_a_row():
    long = " ".join(f"wörd{number}x" for number in range(600))[:4_990]
    call = CallFactory(published=True, description=long * 2, lots=0)
    for number in range(1, 101):
        LotFactory(call=call, number=number, title=f"Lot {number}", description=f"{number}a {long}"[:5_000])

    rows.refresh([call.pk])

    assert row_of(call) is not None


def test_a_row_is_written_only_where_it_differs():
    call = shown()
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text FROM board_callrow WHERE call_id = %s", [call.pk])
        before = cursor.fetchone()
    rows.refresh([call.pk])
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text FROM board_callrow WHERE call_id = %s", [call.pk])
        assert cursor.fetchone() == before


@pytest.mark.parametrize(
    "damage",
    [
        lambda call: CallRow.objects.filter(call=call).delete(),
        lambda call: CallRow.objects.filter(call=call).update(is_for_members=True),
        lambda call: CallRow.objects.filter(call=call).update(ending="awarded"),
        lambda call: CallRow.objects.filter(call=call).update(deadline=timezone.now()),
        lambda call: Call.objects.filter(pk=call.pk).update(withdrawn_at=timezone.now(), ended_because="Wrong."),
    ],
)
def test_the_invariant_notices_what_wrote_past_the_actions_and_the_clock_mends_it(damage):
    call = shown()
    assert rows.uneven() == []

    damage(call)

    assert rows.uneven() == [call.pk]
    assert due.mend_rows(timezone.now()) == 1
    assert rows.uneven() == []
    assert any(invariant.sql == rows.UNEVEN for invariant in registry.invariants)


@pytest.mark.parametrize(("field", "value"), [("bucket", 256), ("ending", "lost")])
def test_the_database_refuses_a_row_that_says_nonsense(field, value):
    call = shown()

    with pytest.raises(IntegrityError), transaction.atomic():
        CallRow.objects.filter(call=call).update(**{field: value})
