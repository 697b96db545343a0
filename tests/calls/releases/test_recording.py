"""Each step of a call that everybody sees is written down as open data, once, in the transaction of the step."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from marketplace.calls import actions
from marketplace.calls.amendments.actions import amend_call
from marketplace.calls.awards.actions import Choice, award_lot, end_lot_without_award
from marketplace.calls.law.models import Reservation
from marketplace.calls.models import Call
from marketplace.calls.questions.actions import answer_questions
from marketplace.calls.releases import due
from marketplace.calls.releases.models import Release
from marketplace.calls.releases.recording import record
from marketplace.core.models import AuditEntry
from tests.calls.amendments.writing import as_stands, with_deadline
from tests.calls.guards import change
from tests.factories.accounts import OrganisationFactory, RepresentativeFactory
from tests.factories.awards import AwardFactory
from tests.factories.buyers import BuyerFactory
from tests.factories.calls import CallFactory
from tests.factories.clauses import ChosenClauseFactory
from tests.factories.papers import CallDocumentFactory
from tests.factories.questions import QuestionFactory
from tests.factories.releases import released
from tests.factories.responses import ResponseFactory, SubmissionFactory, opened
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db


def said(call):
    """What each release of the call says, in order."""
    return [json.loads(release.content) for release in call.releases.order_by("number")]


def tags(call):
    return [release.tag for release in call.releases.order_by("number")]


def publish(**fields):
    call = CallFactory(**fields)
    actions.publish_call(call, by=None)
    call.refresh_from_db()
    return call


# --- Which steps are written down -------------------------------------------------------------------------------------


def test_publishing_a_call_writes_what_it_says():
    call = publish(title="Cleaning of schools", reference="S-14", lots=2, contact="buying@leeds.example")
    (release,) = said(call)

    assert release["tag"] == ["tender"]
    assert release["ocid"] == call.releases.get().ocid
    assert release["id"] == f"{release['ocid']}-1"
    assert release["tender"]["title"] == "Cleaning of schools"
    assert release["tender"]["id"] == "S-14"
    assert release["tender"]["status"] == "active"
    assert [lot["title"] for lot in release["tender"]["lots"]] == ["Lot 1", "Lot 2"]
    assert [item["relatedLot"] for item in release["tender"]["items"]] == ["1", "2"]
    assert release["tender"]["submissionMethodDetails"].endswith(f"/calls/{call.slug}/")
    assert release["parties"][0]["name"] == call.buyer.organisation.name
    assert release["parties"][0]["contactPoint"] == {"email": "buying@leeds.example"}


def test_a_draft_and_a_scheduled_call_say_nothing_until_they_come_on_show():
    call = CallFactory()
    record([call.pk])
    tomorrow = timezone.now() + timedelta(days=1)
    actions.publish_call(call, at=tomorrow, by=None)
    assert not Release.objects.exists()

    actions.announce(call, at=tomorrow)

    assert tags(call) == ["tender"]


def test_a_call_for_members_alone_is_never_written_down():
    call = publish(members_only=True)
    actions.cancel_call(call, words="The money is gone.", by=None)
    due.record_due(timezone.now())

    assert not Release.objects.exists()


def test_what_changes_nothing_writes_nothing():
    call = publish()
    for _ in range(3):
        assert record([call.pk]) == 0
        actions.save(actions.locked(call), "opened_by")

    assert tags(call) == ["tender"]


def test_an_amendment_is_one_release_that_says_what_it_amends():
    call = publish(title="Cleaning of school")
    document = CallDocumentFactory(call=call, title="Old plan")
    record([call.pk])
    amend_call(
        call, as_stands(call) | {"title": "Cleaning of schools"}, words="There are four.", by=None,
        dropped_documents=[document.pk],
    )  # fmt: skip
    first, second, third = said(call)

    assert [release["tag"] for release in (first, second, third)] == [["tender"], ["tenderUpdate"], ["tenderAmendment"]]
    assert third["tender"]["title"] == "Cleaning of schools"
    assert "Old plan" in json.dumps(second)
    assert "Old plan" not in json.dumps(third)
    assert third["tender"]["amendments"] == [
        {
            "id": "1",
            "date": third["tender"]["amendments"][0]["date"],
            "rationale": "There are four.",
            "amendsReleaseID": second["id"],
            "releaseID": third["id"],
        }
    ]


def test_a_later_amendment_keeps_what_the_earlier_one_said():
    call = publish()
    for title in ("First change", "Second change"):
        amend_call(Call.objects.get(pk=call.pk), as_stands(call) | {"title": title}, by=None)
    first, second, third = said(call)

    assert [(each["amendsReleaseID"], each["releaseID"]) for each in third["tender"]["amendments"]] == [
        (first["id"], second["id"]),
        (second["id"], third["id"]),
    ]


def test_a_later_deadline_is_written_with_the_offset_of_its_own_day():
    """Paris is two hours ahead of UTC in summer and one in winter."""
    with time_machine.travel(datetime(2026, 9, 1, 9, tzinfo=UTC), tick=False):
        call = publish(zone="Europe/Paris", response_deadline=datetime(2026, 10, 20, 10, 0, tzinfo=UTC))
        later = datetime(2026, 10, 30, 11, 0, tzinfo=UTC)
        amend_call(call, with_deadline(as_stands(call), later), by=None)

    assert [release["tender"]["tenderPeriod"]["endDate"] for release in said(call)] == [
        "2026-10-20T12:00:00+02:00",
        "2026-10-30T12:00:00+01:00",
    ]


def test_a_cancelled_lot_and_then_the_whole_call():
    call = publish(lots=2)
    actions.cancel_lot(call.lots.get(number=2), words="Nobody needs it.", by=None)
    actions.cancel_call(call, words="The money is gone.", by=None)
    _first, second, third = said(call)

    assert tags(call) == ["tender", "tenderUpdate", "tenderCancellation"]
    assert [lot["status"] for lot in second["tender"]["lots"]] == ["active", "cancelled"]
    assert second["tender"]["amendments"][0]["relatedLots"] == ["2"]
    assert third["tender"]["status"] == "cancelled"
    assert [each["rationale"] for each in third["tender"]["amendments"]] == ["Nobody needs it.", "The money is gone."]


def test_of_a_call_that_was_taken_back_only_that_stays_on_show():
    call = publish(description="Our caretaker lives at 3 Elm Row.")
    actions.withdraw_call(call, words="It named a person.", by=None)
    last = said(call)[-1]

    assert last["tender"]["status"] == "withdrawn"
    assert last["tender"]["amendments"][0]["rationale"] == "It named a person."
    assert "Elm Row" not in json.dumps(last)
    assert [release.number for release in Release.objects.on_show()] == [2]


def test_a_step_that_is_undone_leaves_no_release():
    call = publish()
    with transaction.atomic():
        actions.cancel_call(call, words="A slip.", by=None)
        assert tags(call) == ["tender", "tenderCancellation"]
        transaction.set_rollback(True)

    assert tags(call) == ["tender"]


# --- Questions and clauses --------------------------------------------------------------------------------------------


def test_answers_are_one_release_that_says_nothing_of_who_asked():
    call = publish(lots=2)
    asked = [QuestionFactory(call=call, language="tr"), QuestionFactory(call=call, lot=call.lots.get(number=2))]
    waiting = QuestionFactory(call=call, text="Is there a lift?")
    record([call.pk])
    assert tags(call) == ["tender"]

    answer_questions(call, {question.pk: "On Wednesdays." for question in asked}, by=None)
    answer_questions(call, {asked[0].pk: "On Wednesdays."}, by=None)
    last = said(call)[-1]

    assert tags(call) == ["tender", "tenderUpdate"]
    assert last["tender"]["hasEnquiries"] is True
    assert last["tender"]["enquiries"] == [
        {
            "id": f"question-{question.pk}",
            "description": question.text,
            "answer": "On Wednesdays.",
            "dateAnswered": last["tender"]["enquiries"][0]["dateAnswered"],
            **({"relatedLot": "2"} if question.lot else {}),
        }
        for question in asked
    ]
    content = call.releases.get(number=2).content
    for secret in (waiting.text, *(question.asked_for.name for question in asked)):
        assert secret not in content


def test_a_step_that_is_undone_answers_nothing():
    question = QuestionFactory(call=publish())
    with transaction.atomic():
        answer_questions(question.call, {question.pk: "Yes."}, by=None)
        assert tags(question.call) == ["tender", "tenderUpdate"]
        transaction.set_rollback(True)

    assert tags(question.call) == ["tender"]


@pytest.mark.parametrize(
    ("stage", "kind"),
    [
        ("technical_specification", "technicalSpecifications"),
        ("award_criterion", "evaluationCriteria"),
        ("performance_condition", "contractDraft"),
    ],
)
def test_a_clause_is_written_down_in_the_words_of_the_call(stage, kind):
    call = CallFactory()
    chosen = ChosenClauseFactory(call=call, clause__stage=stage)
    actions.publish_call(call, by=None)

    assert said(call)[0]["tender"]["documents"][-1] == {
        "id": f"clause-{chosen.clause.code}",
        "documentType": kind,
        "title": "Prompt payment",
        "description": "Each invoice is paid within 30 days.\n\nCleaning firms here pay their people by the week.",
        "language": "en",
    }


# --- Awards -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def decided(omar):
    """A call of two lots; the first was awarded to Omar's firm, whose owner and evidence nobody may learn here."""
    firm = SupplierFactory(organisation=omar.organisation)
    call = CallFactory(closed=True, lots=2, evidence_tiers=["certified", "documented"])
    record([call.pk])
    response = ResponseFactory(lot=call.lots.get(number=1), supplier=firm)
    SubmissionFactory(response=response)
    opened(call)
    award_lot(response.lot, [Choice(response=response, value=1_150_050)], words="The best.", by=None)
    return call


def test_an_award_is_written_down_with_its_lot_and_value(decided, omar):
    last = said(decided)[-1]
    award = decided.lots.get(number=1).awards.get()

    assert tags(decided) == ["tender", "award"]
    assert last["awards"] == [
        {
            "id": f"award-{award.pk}",
            "description": "The best.",
            "status": "active",
            "date": last["awards"][0]["date"],
            "value": {"amount": 11_500.5, "currency": "EUR"},
            "suppliers": [{"id": f"award-{award.pk}", "name": "Atlas Propreté"}],
            "relatedLots": ["1"],
        }
    ]
    assert [lot["status"] for lot in last["tender"]["lots"]] == ["complete", "active"]
    assert last["tender"]["status"] == "active"


def test_the_last_decision_ends_the_call_also_for_nobody(decided):
    end_lot_without_award(decided.lots.get(number=2), words="Nobody responded.", by=None)
    last = said(decided)[-1]

    assert tags(decided) == ["tender", "award", "award"]
    assert last["tender"]["status"] == "complete"
    assert [award["status"] for award in last["awards"]] == ["active", "unsuccessful"]


def test_nothing_of_people_and_nothing_of_evidence_is_written_down(decided, omar):
    """Of the firm there is the name of the award; of the buyer what it wrote for everybody."""
    everything = "".join(decided.releases.values_list("content", flat=True))

    for secret in (omar.email, omar.full_name, "certified", "documented", "evidence", "Villeurbanne"):
        assert secret not in everything


def test_what_must_not_be_there_would_be_found(decided, omar):
    """The words of the test above are those that the rows really hold."""
    assert decided.evidence_tiers == ["certified", "documented"]
    assert omar.organisation.town == "Villeurbanne"
    assert decided.lots.get(number=1).awards.get().supplier.organisation == omar.organisation


def test_an_award_under_standstill_is_pending_until_the_clock_says_otherwise():
    ended_on = timezone.localdate() + timedelta(days=10)
    call = released(closed=True, authority=True)
    lot = call.lots.get()
    AwardFactory(lot=lot, standstill_until=ended_on)
    change(lot, awarded_at=timezone.now())
    record([call.pk])
    at_its_last_day = datetime.combine(ended_on, datetime.min.time(), UTC)

    assert due.record_due(at_its_last_day) == 0
    assert due.record_due(at_its_last_day + timedelta(days=1, hours=1)) == 1
    assert due.record_due(at_its_last_day + timedelta(days=1, hours=2)) == 0
    assert tags(call) == ["tender", "award", "awardUpdate"]
    assert [release["awards"][0]["status"] for release in said(call)[1:]] == ["pending", "active"]


# --- What a release says ----------------------------------------------------------------------------------------------


def test_the_page_language_of_whoever_acts_changes_nothing():
    call = publish(language="en")
    with translation.override("fr"):
        assert record([call.pk]) == 0

    assert "/fr/" not in call.releases.get().content


def test_a_call_in_french_leads_to_its_french_page():
    assert "/fr/calls/" in publish(language="fr").releases.get().content


def test_the_portal_of_an_authority_is_where_responses_go():
    call = publish(authority=True, portal_url="https://portal.example/procedures/17")
    tender = said(call)[0]["tender"]

    assert tender["submissionMethodDetails"] == "https://portal.example/procedures/17"
    assert tender["documents"][0]["url"] == "https://portal.example/procedures/17"


def test_a_company_is_known_by_its_town_and_a_public_body_by_its_street():
    place = {"street": "5 Dock Street", "postcode": "LS1 1AA", "town": "Leeds"}
    found = {}
    for kind in ({}, {"authority": True}):
        buyer = BuyerFactory(organisation=OrganisationFactory(**place), cleared=True, **kind)
        found[buyer.kind] = said(publish(buyer=buyer))[0]["parties"][0]["address"]

    assert "streetAddress" not in found["company"]
    assert found["company"]["locality"] == "Leeds"
    assert found["contracting_authority"]["streetAddress"] == "5 Dock Street"


def test_no_person_of_the_buyer_is_named():
    buyer = BuyerFactory(cleared=True)
    person = RepresentativeFactory(organisation=buyer.organisation, user__full_name="Amina Diallo").user
    call = CallFactory(buyer=buyer, created_by=person)
    actions.publish_call(call, by=person)
    content = call.releases.get().content

    assert person.email not in content
    assert "Amina" not in content
    assert "contactPoint" not in content


def test_a_reserved_lot_says_for_whom():
    call = CallFactory(authority=True, lots=1)
    reservation = Reservation.objects.filter(jurisdiction=call.jurisdiction).first()
    change(call.lots.get(), reservation=reservation, reservation_grounds="Decision of 3 March.")
    actions.publish_call(call, by=None)

    assert said(call)[0]["tender"]["eligibilityCriteria"] == f"Lot 1: {reservation.names['en']}. Decision of 3 March."


def test_the_value_of_all_lots_is_said_where_each_says_its_own():
    known = publish(lots=2, lots__value_from=100_000, lots__value_to=250_050)
    unknown = publish(lots=1)

    assert said(known)[0]["tender"]["value"] == {"amount": 5_001, "currency": "EUR"}
    assert said(known)[0]["tender"]["minValue"] == {"amount": 2_000, "currency": "EUR"}
    assert "value" not in said(unknown)[0]["tender"]


def test_a_market_consultation_is_a_planned_procedure():
    call = publish(procedure="market_question")

    assert tags(call) == ["planning"]
    assert said(call)[0]["tender"]["status"] == "planned"


def test_an_ocid_outlives_the_prefix_of_the_installation(settings):
    settings.OCID_PREFIX = "ocds-abc123"
    call = publish()
    settings.OCID_PREFIX = "ocds-zyx987"
    actions.cancel_call(call, words="The money is gone.", by=None)

    assert {release.ocid for release in call.releases.all()} == {f"ocds-abc123-{call.pk}"}


def test_without_a_registered_prefix_it_is_made_from_the_address(settings):
    settings.OCID_PREFIX, settings.PUBLIC_URL = "", "https://tessera.example:8443"

    assert publish().releases.get().ocid.startswith("tessera-example-8443-")


# --- The clock --------------------------------------------------------------------------------------------------------


def test_the_clock_writes_down_what_was_published_past_the_actions():
    calls = [CallFactory(published=True), CallFactory(published=True, closed=True), CallFactory(cancelled=True)]
    CallFactory(scheduled=True)
    CallFactory(withdrawn=True)
    CallFactory(published=True, members_only=True)
    at = timezone.now()

    assert (due.record_due(at), due.record_due(at)) == (2, 0)
    assert {release.call for release in Release.objects.all()} == set(calls[:2])


def test_the_clock_does_so_many_at_a_time(monkeypatch):
    monkeypatch.setattr(due, "AT_ONCE", 1)
    monkeypatch.setattr(due, "A_MINUTE", 2)
    for _ in range(3):
        CallFactory(published=True)

    assert [due.record_due(timezone.now()) for _ in range(3)] == [2, 1, 0]


def test_many_calls_cost_as_many_queries_as_one():
    one = [CallFactory(published=True, lots=2).pk]
    five = [CallFactory(published=True, lots=2).pk for _ in range(5)]
    for call in Call.objects.filter(pk__in=one + five):
        CallDocumentFactory(call=call)
        ChosenClauseFactory(call=call)
        QuestionFactory(call=call, lot=call.lots.first(), answered=True)
    with CaptureQueriesContext(connection) as for_one:
        assert record(one) == 1
    with CaptureQueriesContext(connection) as for_five:
        assert record(five) == 5

    assert len(for_five) == len(for_one)


def test_writing_down_is_no_act_of_anybody():
    call = CallFactory(published=True)
    record([call.pk])

    assert not AuditEntry.objects.exists()
