import copy
from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.calls import actions as calls
from marketplace.calls import facts
from marketplace.calls.amendments import actions, changes
from marketplace.calls.amendments.models import Amendment, PendingAmendment
from marketplace.core.errors import RuleBroken
from marketplace.core.models import AuditEntry, OutboxMessage
from tests.calls.amendments.writing import as_stands, with_deadline
from tests.calls.together import in_ten_threads
from tests.factories.buyers import BuyerFactory
from tests.factories.calls import CallFactory, minute
from tests.factories.clauses import ChosenClauseFactory, ClauseFactory
from tests.factories.law import JurisdictionFactory
from tests.factories.papers import CallDocumentFactory

pytestmark = pytest.mark.django_db


def mails():
    return list(OutboxMessage.objects.filter(template="calls/email/call_amended").order_by("pk"))


def test_a_pending_amendment_changes_nothing_until_it_is_published(amina, told, omar):
    told["open"] += [omar]
    call = CallFactory(published=True)
    before = as_stands(call)
    pending = actions.begin_amendment(call, by=amina)
    actions.change_pending(pending, before | {"title": "Windows"}, by=amina)

    assert as_stands(call) == before
    assert mails() == []
    pending.refresh_from_db()
    amendment = actions.publish_amendment(pending, words="Windows.", by=amina)
    assert as_stands(call) == before | {"title": "Windows"}
    assert amendment.changes[0]["after"] == "Windows"
    assert not PendingAmendment.objects.exists()
    assert len(mails()) == 1


def test_two_people_write_the_same_pending_amendment_and_none_overwrites_unread(amina, zed):
    call = CallFactory(published=True)
    pending = actions.begin_amendment(call, by=amina)
    assert actions.begin_amendment(call, by=zed) == pending
    seen = facts.fingerprint(pending.facts)
    actions.change_pending(pending, pending.facts | {"title": "First"}, by=amina, seen=seen)

    with pytest.raises(RuleBroken, match="Somebody else changed this call"):
        actions.change_pending(pending, pending.facts | {"title": "Second"}, by=zed, seen=seen)
    pending.refresh_from_db()
    assert pending.facts["title"] == "First"


def test_nobody_publishes_what_a_colleague_wrote_after_they_looked(amina, zed):
    pending = actions.begin_amendment(CallFactory(published=True), by=amina)
    looked_at = changes.fingerprint(pending)
    actions.change_pending(pending, pending.facts | {"title": "Unread"}, by=zed)

    with pytest.raises(RuleBroken, match="written into this change since"):
        actions.publish_amendment(pending, looked_at=looked_at, by=amina)
    assert not Amendment.objects.exists()


def test_published_or_discarded_once_it_is_gone_for_the_other(amina):
    call = CallFactory(published=True)
    pending = actions.begin_amendment(call, by=amina)
    actions.discard_amendment(call, by=amina)
    actions.discard_amendment(call, by=amina)

    with pytest.raises(RuleBroken, match="published or discarded this change already"):
        actions.publish_amendment(pending, by=amina)
    assert AuditEntry.objects.filter(verb="amendment.discarded").count() == 1


def test_what_no_amendment_may_do_is_refused_while_it_is_written(amina):
    pending = actions.begin_amendment(CallFactory(published=True, lots=2), by=amina)
    with pytest.raises(RuleBroken, match="cancel it"):
        actions.change_pending(pending, pending.facts | {"lots": pending.facts["lots"][:1]}, by=amina)
    with pytest.raises(RuleBroken, match="never earlier"):
        actions.change_pending(pending, with_deadline(pending.facts, minute(days=1)), by=amina)


def test_a_lot_cancelled_meanwhile_is_not_brought_back(amina):
    call = CallFactory(published=True, lots=2)
    pending = actions.begin_amendment(call, by=amina)
    actions.change_pending(pending, pending.facts | {"title": "Windows"}, by=amina)
    calls.cancel_lot(call.lots.get(number=1), words="Nobody needs it.", by=amina)
    pending.refresh_from_db()
    actions.publish_amendment(pending, by=amina)

    assert [(lot.number, lot.is_standing) for lot in call.lots.all()] == [(1, False), (2, True)]


def test_without_keeping_pace_the_change_would_be_refused_as_older_than_the_call(amina):
    call = CallFactory(published=True, lots=2)
    pending = actions.begin_amendment(call, by=amina)
    call.lots.filter(number=1).update(cancelled_at=timezone.now(), ended_because="By hand.")

    with pytest.raises(RuleBroken, match="call has changed since you began"):
        actions.publish_amendment(pending, by=amina)


def test_the_earliest_deadline_is_taken_with_one_press(amina):
    call = CallFactory(published=True, response_deadline=minute(days=1))
    pending = actions.begin_amendment(call, by=amina)
    actions.change_pending(pending, pending.facts | {"contract": "works"}, by=amina)
    actions.give_enough_time(pending, by=amina)
    pending.refresh_from_db()

    assert actions.publish_amendment(pending, by=amina).is_material
    call.refresh_from_db()
    assert call.response_deadline > timezone.now() + timedelta(days=5)


# --- Clauses and documents --------------------------------------------------------------------------------------------


def test_clauses_come_and_go_with_an_amendment(amina):
    call = CallFactory(published=True)
    old, new = ChosenClauseFactory(call=call), ClauseFactory(titles={"en": "Plain words"})
    pending = actions.begin_amendment(call, by=amina)
    actions.choose_clauses(pending, [{"clause": new.pk, "link_to_subject": "Tenants read it."}], by=amina)
    assert list(call.clauses.all()) == [old]
    pending.refresh_from_db()
    amendment = actions.publish_amendment(pending, by=amina)

    assert [(row.clause, row.link_to_subject) for row in call.clauses.all()] == [(new, "Tenants read it.")]
    assert amendment.is_material
    assert [(each["part"], each["before"], each["after"]) for each in amendment.changes] == [
        ("clause", "Prompt payment", None),
        ("clause", None, "Plain words"),
    ]


def test_a_document_that_goes_is_kept_and_no_longer_shown(amina):
    call = CallFactory(published=True)
    gone, stays = CallDocumentFactory(call=call, title="Old plan"), CallDocumentFactory(call=call)
    foreign = CallDocumentFactory()
    pending = actions.begin_amendment(call, by=amina)
    actions.drop_documents(pending, [gone.pk, foreign.pk], by=amina)
    assert set(call.documents.current()) == {gone, stays}
    pending.refresh_from_db()
    amendment = actions.publish_amendment(pending, by=amina)

    assert list(call.documents.current()) == [stays]
    assert list(foreign.call.documents.current()) == [foreign]
    gone.refresh_from_db()
    assert gone.removed_at
    assert amendment.is_material
    assert [(each["part"], each["before"], each["after"]) for each in amendment.changes] == [
        ("document", "Old plan", None)
    ]


def test_a_call_answered_here_is_not_amended_above_the_threshold_of_its_law(amina):
    buyer = BuyerFactory(authority=True, cleared=True, organisation__country="FR")
    jurisdiction = JurisdictionFactory(code="fr")
    call = CallFactory(buyer=buyer, jurisdiction=jurisdiction, published=True, here=True, currency="EUR",
                       lots__value_to=5_000_000)  # fmt: skip
    dear = as_stands(call)
    dear["lots"][0]["value_to"] = 6_000_000
    with pytest.raises(RuleBroken, match="only below"):
        actions.amend_call(call, dear, by=amina)

    dear["lots"][0]["value_to"] = 5_999_999
    actions.amend_call(call, dear, by=amina)


def test_what_a_call_lacked_when_it_was_published_stops_no_other_change(amina):
    call = CallFactory(published=True, lots__regions=[])
    actions.amend_call(call, as_stands(call) | {"contact": "Ms Rao"}, is_wording_only=True, by=amina)
    worse = as_stands(call)
    worse["lots"][0]["cpv"] = []

    with pytest.raises(RuleBroken, match="say what is bought"):
        actions.amend_call(call, worse, by=amina)


@pytest.mark.django_db(transaction=True)
def test_ten_presses_of_publish_make_one_amendment_and_one_mail_each(amina, omar, told):
    told["open"] += [omar]
    call = CallFactory(published=True)
    pending = actions.begin_amendment(call, by=amina)
    pending = actions.change_pending(pending, pending.facts | {"title": "Windows"}, by=amina)
    outcomes = in_ten_threads(lambda: actions.publish_amendment(copy.copy(pending), by=amina))

    assert sum(isinstance(outcome, Amendment) for outcome in outcomes) == 1
    assert all(isinstance(outcome, Amendment | RuleBroken) for outcome in outcomes)
    assert len(mails()) == 1
    call.refresh_from_db()
    assert (call.amendment_number, call.title) == (1, "Windows")
