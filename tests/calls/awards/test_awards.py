"""Deciding a lot: for whom, why, and what the others are told."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from marketplace.accounts.models import Role
from marketplace.calls.actions import cancel_lot
from marketplace.calls.awards import actions
from marketplace.calls.awards.actions import Choice
from marketplace.calls.awards.models import Award, Feedback
from marketplace.calls.law.rules import standstill_until
from marketplace.calls.models import Call, Status
from marketplace.core.errors import RuleBroken
from marketplace.core.invariants import breaches
from marketplace.core.models import AuditEntry, OutboxMessage
from tests.calls.guards import breaks, change, without
from tests.factories.accounts import RepresentativeFactory
from tests.factories.awards import AwardFactory, FeedbackFactory
from tests.factories.buyers import BuyerFactory
from tests.factories.calls import CallFactory
from tests.factories.responses import InterestFactory, ResponseFactory, SubmissionFactory, opened
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer(amina):
    return BuyerFactory(organisation=amina.organisation, cleared=True)


@pytest.fixture
def call(buyer):
    """Amina's, in two lots, its deadline over."""
    return CallFactory(closed=True, buyer=buyer, lots=2, title="Cleaning of schools", zone="Europe/Paris")


@pytest.fixture
def responses(call, omar):
    """Omar's firm and another one responded to the first lot; the call is opened."""
    first = call.lots.get(number=1)
    mine = ResponseFactory(lot=first, supplier=SupplierFactory(organisation=omar.organisation))
    other = ResponseFactory(lot=first)
    RepresentativeFactory(organisation=other.supplier.organisation, editor=True, user__email="other@firm.example")
    for response in (mine, other):
        SubmissionFactory(response=response)
    opened(call)
    return mine, other


@pytest.fixture
def lot(call):
    return call.lots.get(number=1)


def award(lot, *responses, words="The best of two.", by=None, **more):
    return actions.award_lot(lot, [Choice(response=each) for each in responses], words=words, by=by, **more)


def mails(name):
    return OutboxMessage.objects.filter(template=f"awards/email/{name}")


def text(page):
    return page.content.decode()


def desk(lot):
    return f"/workspace/calls/{lot.call.slug}/lots/{lot.number}/award/"


# --- From the page --------------------------------------------------------------------------------------------------


def test_the_buyer_decides_and_everybody_hears(lot, responses, as_user, client, amina, omar):
    mine, other = responses
    fan = RepresentativeFactory(editor=True, organisation=InterestFactory(lot=lot).supplier.organisation).user
    page = as_user(amina).post(
        desk(lot),
        {"outcome": "award", "words": "Cheapest and kind.", f"chosen_{mine.pk}": "on", f"value_{mine.pk}": "11,500",
         f"feedback_{other.pk}": "Your price was too high.", "do": "decide"},
    )  # fmt: skip

    assert page.status_code == 302
    decision = Award.objects.get()
    assert (decision.response, decision.name, decision.value) == (mine, omar.organisation.name, 1_150_000)
    assert decision.decided_on == timezone.localdate()
    chosen, not_chosen, told = mails("award_chosen").get(), mails("award_not_chosen").get(), mails("award_announced")
    assert chosen.to == omar.email
    assert (not_chosen.to, not_chosen.context["words"]) == ("other@firm.example", "Your price was too high.")
    assert {mail.to for mail in told} == {fan.email}
    shown = text(client.get(lot.call.get_absolute_url()))
    assert "Cheapest and kind." in shown
    assert "11,500" in shown
    assert "Your price was too high." not in shown


def test_that_somebody_was_not_chosen_shows_in_no_list_of_mails(lot, responses):
    mine, other = responses
    award(lot, mine, feedback={other.pk: "Too high."})

    assert set(OutboxMessage.objects.known().values_list("template", flat=True)) == {"awards/email/award_chosen"}
    assert mails("award_not_chosen").get().about == []


def test_the_firm_reads_its_outcome_and_nobody_elses(lot, responses, as_user, omar, zed):
    mine, other = responses
    award(lot, other, feedback={mine.pk: "Your night team convinced us, your price did not."})
    page = text(as_user(omar).get(f"/calls/{lot.call.slug}/lots/1/response/"))

    assert "Your night team convinced us" in page
    assert "Not chosen, with reasons" in text(as_user(omar).get("/workspace/responses/"))
    assert not Feedback.objects.visible_to(zed)


def test_words_may_be_saved_before_and_nobody_is_told(lot, responses, as_user, amina, omar):
    _mine, other = responses
    browser = as_user(amina)
    page = browser.post(desk(lot), {f"feedback_{other.pk}": "To be said.", "do": "save"})

    assert page.status_code == 302
    assert not OutboxMessage.objects.exists()
    assert "To be said." in text(browser.get(desk(lot)))
    assert "To be said." not in text(as_user(omar).get(f"/calls/{lot.call.slug}/lots/1/response/"))
    assert not Award.objects.exists()


def test_words_that_wait_are_not_shown_to_the_firm_they_are_for(lot, responses, as_user, omar):
    mine, _other = responses
    actions.save_feedback(lot, {mine.pk: "Not yet said."}, by=None)

    assert "Not yet said." not in text(as_user(omar).get(f"/calls/{lot.call.slug}/lots/1/response/"))
    assert "Not yet said." not in text(as_user(omar).get("/workspace/responses/"))


def test_each_firm_that_is_not_chosen_is_owed_words(lot, responses, as_user, amina):
    mine, other = responses
    typed = {"outcome": "award", "words": "Cheapest.", f"chosen_{mine.pk}": "on", "do": "decide"}
    page = as_user(amina).post(desk(lot), typed)

    assert page.status_code == 422
    assert other.supplier.organisation.name in text(page)
    assert "Cheapest." in text(page)
    assert not Award.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_nobody_chosen_is_no_award(lot, responses, as_user, amina):
    page = as_user(amina).post(desk(lot), {"outcome": "award", "words": "Hm.", "do": "decide"})

    assert page.status_code == 422
    assert "Choose at least one firm" in text(page)


def test_a_lot_may_go_to_several_firms(lot, responses):
    award(lot, *responses)

    assert Award.objects.count() == 2
    assert mails("award_chosen").count() == 2


def test_a_lot_may_end_without_an_award(lot, responses, as_user, client, amina):
    mine, other = responses
    page = as_user(amina).post(
        desk(lot),
        {"outcome": "unsuccessful", "words": "All above our means.", "do": "decide",
         f"feedback_{mine.pk}": "Far too high.", f"feedback_{other.pk}": "Twice our means."},
    )  # fmt: skip

    assert page.status_code == 302
    lot.refresh_from_db()
    assert lot.unsuccessful_at
    assert lot.ended_because == "All above our means."
    assert mails("award_unsuccessful").count() == 2
    assert "All above our means." in text(client.get(lot.call.get_absolute_url()))


def test_a_viewer_does_not_decide(lot, responses, as_user, buyer):
    viewer = RepresentativeFactory(organisation=buyer.organisation, role=Role.VIEWER).user

    assert as_user(viewer).get(desk(lot)).status_code == 403


# --- The rules ------------------------------------------------------------------------------------------------------


def test_the_same_decision_again_changes_nothing_and_another_is_refused(lot, responses):
    mine, other = responses
    award(lot, mine, feedback={other.pk: "Too high."})
    award(lot, mine, feedback={other.pk: "Too high."})

    assert Award.objects.count() == 1
    assert mails("award_chosen").count() == 1
    with pytest.raises(RuleBroken, match="decided or cancelled already"):
        award(lot, other, feedback={mine.pk: "Too high."})
    with pytest.raises(RuleBroken, match="stays as it is"):
        actions.save_feedback(lot, {other.pk: "Other words."}, by=None)


def test_ending_a_lot_twice_is_once(call):
    opened(call)
    lot = call.lots.get(number=1)
    for _ in range(2):
        actions.end_lot_without_award(lot, words="Nobody responded.", by=None)

    assert AuditEntry.objects.filter(verb="lot.unsuccessful").count() == 1


def test_nothing_is_decided_before_the_opening(call, lot):
    with pytest.raises(RuleBroken, match="Open the responses before"):
        actions.end_lot_without_award(lot, words="Nobody.", by=None)


def test_nothing_is_decided_before_the_deadline(buyer):
    lot = CallFactory(published=True, authority=True).lots.get()

    with pytest.raises(RuleBroken, match="before the deadline"):
        actions.award_lot(lot, [Choice(name="Baobab")], words="Best.", by=None)


def test_only_a_firm_that_responded_to_the_lot_is_chosen(call, lot, responses):
    stranger = ResponseFactory(lot=call.lots.get(number=2))
    never = ResponseFactory(lot=lot)

    for choices in ([Choice(response=stranger)], [Choice(response=never)], [Choice(name="Somebody")]):
        with pytest.raises(RuleBroken, match="Only a firm that responded"):
            actions.award_lot(lot, choices, words="Best.", by=None)


def test_a_call_that_was_cancelled_is_not_decided(call, lot, responses):
    Call.objects.filter(pk=call.pk).update(cancelled_at=timezone.now(), ended_because="No money.")

    with pytest.raises(RuleBroken, match="has ended already"):
        award(lot, responses[0])


# --- What becomes of the call ---------------------------------------------------------------------------------------


def test_the_call_is_awarded_with_the_last_of_its_lots(call, responses):
    mine, other = responses
    first, second = call.lots.order_by("number")
    actions.end_lot_without_award(second, words="Nobody responded.", by=None)
    call.refresh_from_db()
    assert call.status() == Status.CLOSED

    award(first, mine, feedback={other.pk: "Too high."})
    call.refresh_from_db()
    assert call.status() == Status.AWARDED


def test_a_call_of_which_no_lot_was_awarded_had_no_result(call):
    opened(call)
    for lot in call.lots.all():
        actions.end_lot_without_award(lot, words="Nobody responded.", by=None)

    call.refresh_from_db()
    assert call.status() == Status.UNSUCCESSFUL
    assert call.ended_because == "Nobody responded."


def test_cancelling_the_last_undecided_lot_settles_the_call(call, responses, amina):
    mine, other = responses
    first, second = call.lots.order_by("number")
    award(first, mine, feedback={other.pk: "Too high."})
    cancel_lot(second, words="Nobody needs it any more.", by=amina)

    call.refresh_from_db()
    assert call.status() == Status.AWARDED


# --- The official portal and the standstill -------------------------------------------------------------------------


def test_where_responses_went_to_the_portal_a_firm_is_named(as_user, client, omar):
    authority = BuyerFactory(organisation=omar.organisation, cleared=True, authority=True)
    lot = CallFactory(closed=True, buyer=authority, zone="Europe/Paris").lots.get()
    page = as_user(omar).post(
        desk(lot), {"outcome": "award", "words": "Best of nine.", "name_0": "Nettoyage Réuni", "do": "decide"}
    )

    assert page.status_code == 302
    decision = Award.objects.get()
    assert (decision.name, decision.supplier, decision.value) == ("Nettoyage Réuni", None, None)
    assert decision.standstill_until == standstill_until(lot.call.jurisdiction, decision.decided_on)
    assert decision.standstill_until >= decision.decided_on + timedelta(days=8)
    shown = text(client.get(lot.call.get_absolute_url()))
    assert "Nettoyage Réuni" in shown
    assert "not disclosed" in shown
    assert "the contract is not signed before" in shown


def test_a_company_waits_for_nobody(lot, responses):
    award(lot, *responses)

    assert {decision.standstill_until for decision in Award.objects.all()} == {None}


def test_the_day_of_the_decision_is_that_of_the_calls_zone(buyer):
    from datetime import UTC, datetime

    call = CallFactory(closed=True, buyer=buyer, zone="Pacific/Auckland")
    response = ResponseFactory(lot=call.lots.get())
    SubmissionFactory(response=response)
    opened(call)
    at = datetime(2027, 5, 1, 13, 0, tzinfo=UTC)
    award(call.lots.get(), response, at=at)

    assert Award.objects.get().decided_on == date(2027, 5, 2)


# --- What the database holds ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": ""}, "award_names_a_firm"),
        ({"words": ""}, "award_says_why"),
        ({"standstill_until": date(2020, 1, 1)}, "award_standstill_follows_the_decision"),
    ],
)
def test_an_award_is_whole(values, sentence):
    with breaks(sentence):
        AwardFactory(**values)


def given(response, **more):
    return AwardFactory(lot=response.lot, supplier=response.supplier, response=response, **more)


def test_a_firm_is_awarded_a_lot_once():
    award = AwardFactory(supplier=SupplierFactory())

    with breaks("award_once_per_lot_and_supplier"):
        AwardFactory(lot=award.lot, supplier=award.supplier)


def test_an_award_is_for_an_opened_response_to_its_own_lot(call, responses):
    with breaks("award_is_for_an_opened_response_to_its_lot"):
        AwardFactory(lot=call.lots.get(number=2), supplier=responses[0].supplier, response=responses[0])
    with breaks("award_is_for_an_opened_response_to_its_lot"):
        AwardFactory(lot=call.lots.get(number=1))


def test_an_award_comes_after_the_deadline():
    lot = CallFactory(published=True, authority=True).lots.get()

    with breaks("award_comes_after_the_deadline"):
        AwardFactory(lot=lot)


def test_an_award_is_of_a_lot_that_stands(responses):
    change(responses[0].lot, cancelled_at=timezone.now(), ended_because="No money.")

    with breaks("award_is_of_a_lot_that_stands"):
        given(responses[0])


def test_an_award_is_never_changed():
    award = AwardFactory()

    with breaks("award_is_never_changed"):
        change(award, value=1)


def test_feedback_says_something_about_an_opened_response(call, responses):
    with breaks("feedback_says_something"):
        FeedbackFactory(response=responses[0], words="")
    with breaks("feedback_is_for_an_opened_response"):
        FeedbackFactory(response=ResponseFactory())


def test_feedback_that_was_sent_stays(lot, responses):
    mine, other = responses
    award(lot, mine, feedback={other.pk: "Too high."})

    with breaks("feedback_stays_as_it_was_sent"):
        change(Feedback.objects.get(), words="Too low.")


OURS = {
    "a lot is awarded exactly when there is an award for it",
    "whoever responded to a lot that is decided and was not chosen has feedback",
}


def broken():
    return [breach.sentence for breach in breaches(timezone.now()) if breach.sentence in OURS]


def test_the_invariants_find_what_was_decided_past_the_rules(lot, responses):
    assert broken() == []
    change(lot, awarded_at=timezone.now())

    assert set(broken()) == OURS


def test_they_find_an_award_whose_lot_does_not_know_of_it():
    without("awards_award", "award_holds")
    AwardFactory()

    assert broken() == ["a lot is awarded exactly when there is an award for it"]
