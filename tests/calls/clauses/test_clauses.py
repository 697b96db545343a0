from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from marketplace.calls.clauses import actions
from marketplace.calls.clauses.loading import load_clauses
from marketplace.calls.clauses.models import Clause, Reading, Stage
from marketplace.core.errors import RuleBroken
from marketplace.core.models import AuditEntry
from tests.calls.guards import breaks, change
from tests.factories.calls import CallFactory
from tests.factories.clauses import ChosenClauseFactory, ClauseFactory, ReadingFactory
from tests.factories.law import JurisdictionFactory

pytestmark = pytest.mark.django_db


def choice(*clauses, words="Tenants read what we write."):
    return [{"clause": clause.pk, "link_to_subject": words} for clause in clauses]


# --- The library ------------------------------------------------------------------------------------------------------


def test_twelve_clauses_over_three_stages_and_three_laws_in_two_languages():
    rows = list(Clause.objects.select_related("jurisdiction"))

    assert len(rows) == 12
    assert {row.stage for row in rows} == set(Stage.values)
    assert sorted({row.jurisdiction.code for row in rows}) == ["eu", "fr", "uk"]
    for row in rows:
        for texts in (row.titles, row.texts, row.subject_checks, row.indicators):
            assert set(texts) == {"en", "fr"}
        assert row.legal_basis
        assert not row.is_reviewed


@pytest.mark.parametrize(
    "word", ["ethnic", "minority-owned", "migrant", "diverse-owned", "women-owned", "ethni", "issu de"]
)
def test_no_clause_prefers_anybody_for_who_they_are(word):
    for row in Clause.objects.all():
        assert word not in " ".join([*row.titles.values(), *row.texts.values(), *row.indicators.values()]).lower()


def test_loading_again_adds_nothing_and_leaves_what_staff_wrote():
    change(Clause.objects.get(code="uk-prompt-payment"), legal_basis="Ours")

    assert load_clauses() == 0
    assert Clause.objects.get(code="uk-prompt-payment").legal_basis == "Ours"


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("clause_has_a_known_stage", {"stage": "afterwards"}),
        ("clause_has_a_title_and_a_text", {"titles": {}}),
        ("clause_has_a_title_and_a_text", {"texts": {}}),
        ("clause_has_a_legal_basis", {"legal_basis": ""}),
        ("clause_has_a_check_and_an_indicator", {"subject_checks": {}}),
        ("clause_has_a_check_and_an_indicator", {"indicators": {}}),
        ("clause_review_has_a_name_and_a_date", {"reviewed_by": "Maître Roux"}),
        ("clause_review_has_a_name_and_a_date", {"reviewed_on": "2026-01-01"}),
    ],
)
def test_a_clause_that_makes_no_sense_is_refused(rule, fields):
    clause = ClauseFactory()

    with breaks(rule):
        change(clause, **fields)


def test_a_clause_stands_in_a_call_once_and_is_linked_to_its_subject():
    chosen = ChosenClauseFactory()
    with breaks("clause_once_per_call"):
        ChosenClauseFactory(call=chosen.call, clause=chosen.clause)
    with breaks("chosen_clause_is_linked_to_the_subject"):
        change(chosen, link_to_subject="")


def test_a_reading_has_a_period_and_says_something():
    with breaks("reading_period_is_forward"):
        ReadingFactory(period_from="2026-02-01", period_until="2026-01-31")
    with breaks("reading_says_something"):
        ReadingFactory(value=None, words="")
    with pytest.raises(ValidationError, match="last day is before the first"):
        Reading(period_from="2026-02-01", period_until="2026-01-31", value=1).validate_constraints()


# --- Choosing ---------------------------------------------------------------------------------------------------------


def test_a_chosen_clause_keeps_the_words_that_it_had_in_the_language_of_the_call(amina):
    call, clause = CallFactory(language="fr"), ClauseFactory()
    actions.choose_clauses(call, choice(clause), by=amina)
    change(clause, texts={"fr": "Autre texte."}, titles={"fr": "Autre titre"})

    chosen = call.clauses.get()
    assert (chosen.title, chosen.text) == ("Paiement rapide", "Chaque facture est payée en 30 jours.")
    assert chosen.link_to_subject == "Tenants read what we write."
    assert AuditEntry.objects.get(verb="call.clauses_chosen").data == {"clauses": [clause.pk]}


def test_choosing_the_same_again_changes_nothing_and_other_words_are_kept(amina):
    call, clause = CallFactory(), ClauseFactory()
    actions.choose_clauses(call, choice(clause), by=amina)
    first = call.clauses.get()
    actions.choose_clauses(call, choice(clause), by=amina)
    assert AuditEntry.objects.filter(verb="call.clauses_chosen").count() == 1

    actions.choose_clauses(call, choice(clause, words="Other words."), by=amina)
    assert (call.clauses.get().pk, call.clauses.get().link_to_subject) == (first.pk, "Other words.")
    actions.choose_clauses(call, [], by=amina)
    assert not call.clauses.exists()


def test_without_the_buyers_words_no_clause_is_chosen(amina):
    call = CallFactory()

    with pytest.raises(RuleBroken, match="in your own words"):
        actions.choose_clauses(call, choice(ClauseFactory(), words="  "), by=amina)
    assert not call.clauses.exists()


def test_only_clauses_of_the_calls_law_are_chosen_and_a_company_chooses_any(amina):
    foreign = ClauseFactory(jurisdiction=JurisdictionFactory())
    authoritys = CallFactory(authority=True)
    with pytest.raises(RuleBroken, match="not offered for this call"):
        actions.choose_clauses(authoritys, choice(foreign), by=amina)

    actions.choose_clauses(CallFactory(), choice(foreign), by=amina)


def test_a_retired_clause_is_not_chosen_and_stays_where_it_is(amina, stella):
    call, clause = CallFactory(), ClauseFactory()
    actions.choose_clauses(call, choice(clause), by=amina)
    actions.retire_clause(clause, by=stella)
    actions.choose_clauses(call, choice(clause, words="Still so."), by=amina)
    assert call.clauses.get().link_to_subject == "Still so."

    with pytest.raises(RuleBroken, match="not offered"):
        actions.choose_clauses(CallFactory(), choice(clause), by=amina)
    with pytest.raises(RuleBroken, match="retired already"):
        actions.retire_clause(clause, by=stella)
    actions.offer_clause_again(clause, by=stella)
    with pytest.raises(RuleBroken, match="offered already"):
        actions.offer_clause_again(clause, by=stella)


def test_a_clause_chosen_twice_is_refused(amina):
    clause = ClauseFactory()

    with pytest.raises(RuleBroken, match="not offered"):
        actions.choose_clauses(CallFactory(), choice(clause, clause), by=amina)


@pytest.mark.parametrize("trait", ["published", "scheduled"])
def test_the_clauses_of_a_call_on_show_change_by_an_amendment_alone(amina, trait):
    call = CallFactory(**{trait: True})

    with pytest.raises(RuleBroken, match="by an amendment"):
        actions.choose_clauses(call, choice(ClauseFactory()), by=amina)


# --- After the award --------------------------------------------------------------------------------------------------


@pytest.fixture
def awarded():
    call = CallFactory(closed=True)
    call.lots.update(awarded_at=timezone.now())
    return ChosenClauseFactory(call=call)


PERIOD = {"period_from": timezone.localdate().replace(day=1), "period_until": timezone.localdate()}


def test_a_reading_is_recorded_once_and_corrected_by_a_second(awarded, amina):
    first = actions.record_reading(awarded, **PERIOD, value=17, by=amina)
    assert actions.record_reading(awarded, **PERIOD, value=17, by=amina) == first
    actions.record_reading(awarded, **PERIOD, value=18, words="We had counted one firm twice.", by=amina)

    assert [reading.value for reading in awarded.readings.all()] == [17, 18]
    assert AuditEntry.objects.filter(verb="clause.reading_recorded").count() == 2


def test_nothing_is_watched_before_an_award_or_in_the_future(amina, awarded):
    with pytest.raises(RuleBroken, match="before a lot of this call is awarded"):
        actions.record_reading(ChosenClauseFactory(), **PERIOD, value=1, by=amina)
    later = PERIOD | {"period_from": timezone.localdate() + timedelta(days=1)}
    with pytest.raises(RuleBroken, match="has not begun"):
        actions.record_reading(awarded, **later, value=1, by=amina)


# --- The lawyer -------------------------------------------------------------------------------------------------------


def test_a_review_has_a_name_and_a_day_that_has_come(stella):
    clause = ClauseFactory()
    today = timezone.localdate()
    with pytest.raises(RuleBroken, match="lies in the past"):
        actions.record_review(
            clause, reviewed_by="Maître Roux", reviewed_on=today + timedelta(days=1), version=1, by=stella
        )
    actions.record_review(clause, reviewed_by="Maître Roux", reviewed_on=today, version=1, by=stella)

    clause.refresh_from_db()
    assert (clause.is_reviewed, clause.reviewed_by, clause.version) == (True, "Maître Roux", 2)


@pytest.mark.parametrize(
    ("fields", "stays"), [({"texts": {"en": "New words."}}, False), ({"indicators": {"en": "x"}}, True)]
)
def test_new_words_are_not_reviewed_words(stella, fields, stays):
    clause = ClauseFactory(reviewed=True)
    actions.change_clause(clause, version=1, by=stella, **fields)

    clause.refresh_from_db()
    assert clause.is_reviewed == stays
