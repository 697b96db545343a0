import copy
import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from buyers.models import Buyer
from marketplace.calls import actions, facts
from marketplace.calls.due import announce_calls
from marketplace.calls.models import Call, Lot, Status
from marketplace.calls.signals import call_announced, calls_changed
from marketplace.core.errors import RuleBroken
from marketplace.core.models import AuditEntry, OutboxMessage
from tests.calls.together import in_ten_threads
from tests.factories.buyers import BuyerFactory
from tests.factories.calls import CallFactory, LotFactory, minute

pytestmark = pytest.mark.django_db


@pytest.fixture
def leeds(amina):
    return BuyerFactory(organisation=amina.organisation, cleared=True)


def verbs():
    return list(AuditEntry.objects.filter(verb__regex="^(call|lot)[.]").order_by("pk").values_list("verb", flat=True))


def mails(name):
    return list(OutboxMessage.objects.filter(template=f"calls/email/{name}").order_by("pk"))


# --- Beginning --------------------------------------------------------------------------------------------------------


def test_a_company_begins_a_call_that_is_answered_here(leeds, amina):
    call = actions.begin_call(leeds, title="Cleaning of schools", language="en", by=amina)

    assert (call.route, call.jurisdiction, call.currency, call.slug) == ("here", None, "GBP", "cleaning-of-schools")
    assert list(call.lots.values_list("number", "title")) == [(1, "Cleaning of schools")]
    assert call.status() == Status.DRAFT
    assert verbs() == ["call.begun"]


@pytest.mark.parametrize(
    ("country", "code", "currency"), [("FR", "fr", "EUR"), ("GB", "uk", "GBP"), ("DE", "eu", "EUR")]
)
def test_an_authoritys_call_stands_under_the_law_of_its_country_and_goes_to_the_portal(country, code, currency, amina):
    buyer = BuyerFactory(authority=True, cleared=True, organisation__country=country)
    call = actions.begin_call(buyer, title="Nettoyage", language="fr", by=amina)

    assert (call.jurisdiction.code, call.route, call.currency) == (code, "portal", currency)


def test_without_any_law_on_record_an_authority_is_told_so(amina):
    from marketplace.calls.clauses.models import Clause
    from marketplace.calls.law.models import Jurisdiction

    Clause.objects.all().delete()
    Jurisdiction.objects.all().delete()
    with pytest.raises(RuleBroken, match="No procurement law is on record"):
        actions.begin_call(BuyerFactory(authority=True), title="Roofs", language="en", by=amina)


def test_namesakes_get_addresses_of_their_own(leeds, amina):
    slugs = [actions.begin_call(leeds, title="Cleaning", language="en", by=amina).slug for _each in range(3)]

    number = leeds.organisation_id
    assert slugs == ["cleaning", f"cleaning-{number}", f"cleaning-{number}-2"]


@pytest.mark.parametrize("title", ["清掃", "!!!", "x" * 200])
def test_any_title_has_an_address(leeds, amina, title):
    assert actions.begin_call(leeds, title=title, language="en", by=amina).slug


def test_no_call_takes_the_address_of_the_library(leeds, amina):
    assert actions.begin_call(leeds, title="Clauses", language="en", by=amina).slug != "clauses"


# --- Writing a draft --------------------------------------------------------------------------------------------------


def test_a_draft_becomes_what_the_facts_say(amina):
    call = CallFactory(lots=1)
    wanted = facts.facts_of(call) | {"title": "Windows"}
    wanted["lots"].append(wanted["lots"][0] | {"number": 2, "title": "High windows"})
    call = actions.change_draft(call, wanted, by=amina)

    assert facts.facts_of(call) == wanted
    assert call.version == 2
    assert AuditEntry.objects.get(verb="call.changed").data == {"parts": ["lot", "title"]}


def test_the_same_facts_again_change_nothing(amina):
    call = CallFactory()
    actions.change_draft(call, facts.facts_of(call), by=amina)

    call.refresh_from_db()
    assert call.version == 1
    assert verbs() == []


def test_who_read_older_facts_is_refused(amina):
    call = CallFactory()
    seen = facts.fingerprint(facts.facts_of(call))
    actions.change_draft(call, facts.facts_of(call) | {"title": "First"}, by=amina, seen=seen)

    with pytest.raises(RuleBroken, match="Somebody else changed this call"):
        actions.change_draft(call, facts.facts_of(call) | {"title": "Second"}, by=amina, seen=seen)
    call.refresh_from_db()
    assert call.title == "First"


@pytest.mark.parametrize("trait", ["published", "scheduled", "closed"])
def test_what_is_on_show_or_about_to_be_is_no_draft(amina, trait):
    call = CallFactory(**{trait: True})

    with pytest.raises(RuleBroken, match="Change it by an amendment"):
        actions.change_draft(call, facts.facts_of(call) | {"title": "Other"}, by=amina)


def test_a_call_has_at_most_a_hundred_lots(amina):
    call = CallFactory()
    wanted = facts.facts_of(call)
    wanted["lots"] = [wanted["lots"][0] | {"number": number} for number in range(1, actions.MOST_LOTS + 2)]

    with pytest.raises(RuleBroken, match="at most 100 lots"):
        actions.change_draft(call, wanted, by=amina)


def test_a_draft_is_deleted_and_a_published_call_is_not(amina):
    draft, shown = CallFactory(), CallFactory(published=True)
    actions.delete_draft(draft, by=amina)
    with pytest.raises(RuleBroken, match="Withdraw or cancel it instead"):
        actions.delete_draft(shown, by=amina)

    assert list(Call.objects.all()) == [shown]
    with pytest.raises(RuleBroken, match="deleted meanwhile"):
        actions.delete_draft(draft, by=amina)


# --- On show ----------------------------------------------------------------------------------------------------------


def test_publishing_puts_it_on_show_announces_it_and_numbers_the_lots(leeds, amina):
    heard = []
    call_announced.connect(lambda call, **kwargs: heard.append(call.pk), weak=False, dispatch_uid="test")
    call = CallFactory(buyer=leeds, lots=0)
    for number in (3, 8):
        LotFactory(call=call, number=number)
    call = actions.publish_call(call, by=amina)
    call_announced.disconnect(dispatch_uid="test")

    assert call.status() == Status.OPEN
    assert call.announced_at == call.publish_at
    assert [lot.number for lot in call.lots.all()] == [1, 2]
    assert heard == [call.pk]
    assert [mail.to for mail in mails("call_announced")] == ["amina@leeds.example"]
    assert verbs() == ["call.published", "call.announced"]


def test_a_scheduled_call_is_announced_by_the_clock_and_once(leeds, amina):
    call = CallFactory(buyer=leeds)
    at = timezone.now() + timedelta(hours=2)
    call = actions.publish_call(call, at=at, by=amina)
    assert call.status() == Status.SCHEDULED
    assert announce_calls(at - timedelta(seconds=1)) == 0

    assert announce_calls(at) == 1
    assert announce_calls(at + timedelta(minutes=1)) == 0
    assert not actions.announce(call, at=at)
    assert len(mails("call_announced")) == 1


def test_a_scheduled_call_may_be_taken_back_until_its_moment(leeds, amina):
    call = actions.publish_call(CallFactory(buyer=leeds), at=timezone.now() + timedelta(hours=2), by=amina)
    call = actions.take_back(call, by=amina)

    assert call.status() == Status.DRAFT
    with pytest.raises(RuleBroken, match="not waiting to be published"):
        actions.take_back(CallFactory(published=True), by=amina)


def test_nobody_publishes_before_staff_have_cleared_the_buyer(amina):
    call = CallFactory(buyer=BuyerFactory())

    with pytest.raises(RuleBroken, match="staff have to confirm"):
        actions.publish_call(call, by=amina)
    assert call.status() == Status.DRAFT


def test_what_is_not_whole_is_not_published(amina):
    with pytest.raises(RuleBroken, match="deadline for responses is over"):
        actions.publish_call(CallFactory(response_deadline=minute(minutes=-5)), by=amina)
    with pytest.raises(RuleBroken, match="deadline for responses is over"):
        actions.publish_call(CallFactory(), at=timezone.now() + timedelta(days=30), by=amina)
    with pytest.raises(RuleBroken, match="Each lot has to say what is bought"):
        actions.publish_call(CallFactory(lots=0), by=amina)
    with pytest.raises(RuleBroken, match="Each lot has to say what is bought"):
        actions.publish_call(CallFactory(lots=2, lots__cpv=[]), by=amina)


def test_publishing_twice_is_refused(amina):
    call = actions.publish_call(CallFactory(), by=amina)

    with pytest.raises(RuleBroken, match="published or scheduled already"):
        actions.publish_call(call, by=amina)


# --- Endings ----------------------------------------------------------------------------------------------------------


def test_a_withdrawn_call_says_why_and_everybody_concerned_hears_of_it_once(leeds, amina, omar, told):
    told["open"] += [omar, omar]
    told["secret"] += [omar]
    call = actions.withdraw_call(CallFactory(buyer=leeds, published=True), words="It named the wrong year.", by=amina)

    assert call.status() == Status.WITHDRAWN
    assert call.ended_because == "It named the wrong year."
    (mail,) = mails("call_withdrawn")
    assert (mail.to, mail.language, mail.hidden_until) == ("omar@atlas.example", "fr", None)
    assert mail.context["words"] == "It named the wrong year."
    assert AuditEntry.objects.get(verb="call.withdrawn").data == {}


def test_whom_it_concerns_in_secret_hears_of_it_and_no_list_of_mails_says_so(amina, zed, told):
    told["secret"] += [zed]
    actions.cancel_call(CallFactory(published=True), words="The money is gone.", by=amina)

    (mail,) = mails("call_cancelled")
    assert (mail.to, mail.about) == ("zed@elsewhere.example", [])
    assert mail not in OutboxMessage.objects.known()
    assert mail in OutboxMessage.objects.due(timezone.now())


def test_cancelling_a_call_cancels_its_lots_and_keeps_what_was_decided(amina):
    call = CallFactory(closed=True, lots=3)
    call.lots.filter(number=1).update(awarded_at=timezone.now())
    call = actions.cancel_call(call, words="The money is gone.", by=amina)

    assert call.status() == Status.CANCELLED
    assert [lot.is_standing for lot in call.lots.all()] == [True, False, False]


def test_cancelling_a_lot_leaves_the_others_and_the_last_one_ends_the_call(amina, omar, told):
    told["open"] += [omar]
    call = CallFactory(published=True, lots=2)
    first, second = call.lots.all()
    actions.cancel_lot(first, words="Nobody needs it.", by=amina)
    call.refresh_from_db()
    assert call.status() == Status.OPEN
    assert [mail.context["lot"] for mail in mails("lot_cancelled")] == ["Lot 1"]
    with pytest.raises(RuleBroken, match="decided or cancelled already"):
        actions.cancel_lot(first, words="Again.", by=amina)

    actions.cancel_lot(second, words="Nor this.", by=amina)
    call.refresh_from_db()
    assert call.status() == Status.CANCELLED
    assert len(mails("call_cancelled")) == 1


def test_cancelling_the_last_lot_that_is_undecided_ends_the_call_with_what_was_awarded(amina):
    call = CallFactory(closed=True, lots=2)
    call.lots.filter(number=1).update(awarded_at=timezone.now())
    actions.cancel_lot(Lot.objects.get(call=call, number=2), words="Nobody answered.", by=amina)

    call.refresh_from_db()
    assert call.status() == Status.AWARDED


@pytest.mark.parametrize("ending", [actions.withdraw_call, actions.cancel_call])
@pytest.mark.parametrize("traits", [{}, {"scheduled": True}, {"withdrawn": True}, {"cancelled": True}])
def test_what_is_not_on_show_or_has_ended_is_not_ended_again(amina, ending, traits):
    with pytest.raises(RuleBroken, match="not on show, or it has ended already"):
        ending(CallFactory(**traits), words="Why.", by=amina)


def test_every_change_is_told_to_the_rooms_above_in_its_transaction(amina):
    heard = []
    calls_changed.connect(lambda calls, **kwargs: heard.extend(calls), weak=False, dispatch_uid="test")
    call = CallFactory(published=True)
    actions.withdraw_call(call, words="Why.", by=amina)
    calls_changed.disconnect(dispatch_uid="test")

    assert heard == [call.pk]


# --- Two at once ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_ten_presses_of_publish_publish_once(amina):
    call = CallFactory(buyer=BuyerFactory(organisation=amina.organisation, cleared=True))
    outcomes = in_ten_threads(lambda: actions.publish_call(copy.copy(call), by=amina))

    assert sum(not isinstance(outcome, Exception) for outcome in outcomes) == 1
    assert all(isinstance(outcome, RuleBroken | Call) for outcome in outcomes)
    assert len(mails("call_announced")) == 1
    assert verbs().count("call.published") == 1


@pytest.mark.django_db(transaction=True)
def test_ten_people_write_one_draft_and_nobody_overwrites_unread(amina):
    call = CallFactory()
    before = facts.facts_of(call)
    seen = facts.fingerprint(before)
    titles = iter(f"Title {number}" for number in range(10))
    lock = threading.Lock()

    def write():
        with lock:
            title = next(titles)
        return actions.change_draft(copy.copy(call), before | {"title": title}, by=amina, seen=seen)

    outcomes = in_ten_threads(write)

    assert sum(not isinstance(outcome, Exception) for outcome in outcomes) == 1
    call.refresh_from_db()
    assert call.version == 2


def test_a_kind_of_buyer_is_copied_as_it_is(amina):
    buyer = BuyerFactory(authority=True)

    assert actions.begin_call(buyer, title="Roofs", language="en", by=amina).buyer_kind == (
        Buyer.Kind.CONTRACTING_AUTHORITY
    )
