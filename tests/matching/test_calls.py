"""Searches of the list of calls and of what a firm can carry, told in the morning."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from marketplace.calls.board.rows import refresh
from marketplace.core.models import OutboxMessage
from marketplace.matching import actions, board, returned
from marketplace.matching.alerts import send_alerts
from marketplace.matching.emails import stop_token
from marketplace.matching.models import SavedSearch, Told
from tests.factories.billing import GrantFactory
from tests.factories.board import shown
from tests.factories.matches import MatchFactory, SetAsideFactory
from tests.factories.matching import NewCallFactory, SavedSearchFactory
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def firm(omar):
    return SupplierFactory(listed=True, organisation=omar.organisation)


@pytest.fixture
def keep(omar):
    """`keep(calls=True, query=…)` is a search of Omar's, saved yesterday, whose moment has come."""

    def save(person=omar, **fields):
        said = {"alert": "daily", "seen_until": timezone.now() - DAY}
        return SavedSearchFactory(owner=person, organisation=person.organisation, **(said | fields))

    return save


@pytest.fixture
def later():
    return timezone.now() + timedelta(minutes=1)


def new_call(**fields):
    return NewCallFactory(call=shown(**fields)).call


def told(mails, person):
    """[[title of each call] of each mail]."""
    return [
        [card["title"] for section in context["sections"] for card in section.get("cards", [])]
        for _name, context in mails(person.email)
    ]


def test_a_new_call_that_answers_is_told_once_whichever_searches_find_it(omar, firm, keep, later, mails):
    keep(calls=True, query="q=cleaning", name="Cleaning")
    keep(calls=True, query="country=GB", name="Britain")
    keep(carry=True)
    call = new_call(title="Cleaning of a hall")
    MatchFactory(call=call, supplier=firm)

    assert [send_alerts(later), send_alerts(later + DAY)] == [1, 0]

    ((name, context),) = mails(omar.email)
    (section,) = context["sections"]
    (card,) = section["cards"]
    assert (name, section["number"], section["headline"]) == ("alert_digest", 1, context["headline"])
    assert (card["title"], card["because"]) == ("Cleaning of a hall", ["Britain", "Calls you can carry", "Cleaning"])
    assert card["link"].endswith(f"/fr/calls/{call.slug}/")
    assert card["score"] >= 40
    assert Told.objects.get().person == omar


def test_calls_and_firms_come_in_one_mail(omar, firm, keep, later, listed, mails):
    keep(query="q=bread", name="Bakers", seen_until=timezone.now() - DAY)
    keep(calls=True, name="Every call")
    bread = listed("New bread")
    type(bread).objects.filter(pk=bread.pk).update(listed_at=timezone.now() - timedelta(hours=1))
    new_call()

    assert send_alerts(later) == 1

    ((_name, context),) = mails(omar.email)
    assert [section["number"] for section in context["sections"]] == [1, 1]
    assert context["because"] == ["Bakers", "Every call"]
    assert not context["is_of_one_kind"]
    assert stop_token(omar) in context["stop_url"]


def test_what_was_there_before_is_no_news_of_a_search_but_of_what_can_be_carried(omar, firm, keep, later, mails):
    keep(calls=True, name="Every call")
    keep(carry=True)
    old = shown(title="Old")
    NewCallFactory(call=old, shown_at=timezone.now() - 2 * DAY)
    matched = shown(title="Matched, and never told of")
    MatchFactory(call=matched, supplier=firm)

    send_alerts(later)

    assert told(mails, omar) == [["Matched, and never told of"]]


@pytest.mark.parametrize("ending", ["withdrawn_at", "cancelled_at"])
def test_a_call_that_ended_before_the_mail_is_left_out(omar, firm, keep, later, mails, ending):
    keep(calls=True)
    keep(carry=True)
    call = new_call()
    MatchFactory(call=call, supplier=firm)
    type(call).objects.filter(pk=call.pk).update(**{ending: timezone.now(), "ended_because": "The money is gone."})
    refresh([call.pk])

    assert send_alerts(later) == 0
    assert mails(omar.email) == []


def test_a_call_whose_deadline_came_before_the_mail_is_left_out(omar, firm, keep, mails):
    keep(calls=True)
    keep(carry=True)
    MatchFactory(call=new_call(), supplier=firm)

    assert send_alerts(timezone.now() + 15 * DAY) == 0


def test_calls_for_members_are_told_to_those_who_may_see_them(omar, amina, firm, keep, later, mails):
    for person in (omar, amina):
        keep(person, calls=True)
    new_call(audience="members")

    assert send_alerts(later) == 1
    assert len(mails(omar.email)) == 1
    GrantFactory(organisation=amina.organisation)
    SavedSearch.objects.filter(owner=amina).update(next_at=timezone.now())
    SavedSearch.objects.filter(owner=amina).update(seen_until=timezone.now() - DAY)
    assert send_alerts(later) == 1


def test_a_firm_that_is_not_listed_is_told_of_no_match(omar, firm, keep, later):
    keep(carry=True)
    MatchFactory(call=new_call(), supplier=firm)
    type(firm).objects.filter(pk=firm.pk).update(hidden_at=timezone.now())

    assert send_alerts(later) == 0


def test_what_the_firm_set_aside_is_not_told(omar, firm, keep, later):
    keep(carry=True)
    call = new_call()
    MatchFactory(call=call, supplier=firm)
    SetAsideFactory(call=call, supplier=firm)

    assert send_alerts(later) == 0


def test_an_amendment_is_no_news(omar, firm, keep, later, mails):
    keep(carry=True)
    call = new_call()
    match = MatchFactory(call=call, supplier=firm)
    send_alerts(later)
    match.delete()
    MatchFactory(call=call, supplier=firm)

    assert send_alerts(later + 2 * DAY) == 0
    assert len(mails(omar.email)) == 1


def test_while_nobody_can_be_written_to_nothing_is_marked_and_later_one_mail_has_what_is_open(
    omar, firm, keep, later, mails
):
    keep(calls=True)
    omar.emailaddress_set.update(verified=False)
    new_call(title="One")
    assert send_alerts(later) == 0
    new_call(title="Two")
    gone = new_call(title="Gone")
    type(gone).objects.filter(pk=gone.pk).update(withdrawn_at=timezone.now(), ended_because="Wrong year.")
    assert not Told.objects.exists()

    omar.emailaddress_set.update(verified=True)
    assert send_alerts(later + DAY) == 1
    assert sorted(told(mails, omar)[0]) == ["One", "Two"]


def bounce(person, at):
    return OutboxMessage.objects.create(
        template="accounts/email/account_exists", to=person.email, language="en", failed_at=at, last_error="550 no"
    )


def test_while_an_address_refuses_mail_nothing_is_lost(omar, firm, keep, later, mails):
    kept = keep(calls=True)
    new_call(title="One")
    refusal = bounce(omar, timezone.now())

    assert send_alerts(later) == 0
    kept.refresh_from_db()
    assert kept.next_at > later
    assert not Told.objects.exists()
    pause = board.pause_of(omar, later)
    assert (pause.reason, pause.since) == ("refused", refusal.failed_at)
    # Another mail reaches them: then the refusal counts no more.
    refusal.pk = None
    refusal.key, refusal.failed_at, refusal.last_error, refusal.sent_at = "later", None, "", later
    refusal.save()
    assert board.pause_of(omar, kept.next_at) is None
    assert send_alerts(kept.next_at) == 1


def test_what_a_mail_told_that_came_back_is_told_again_once_mail_arrives(omar, firm, keep, later, mails):
    for said in ({"calls": True, "query": ""}, {"carry": True}):
        keep(**said)
    found, fits = new_call(title="Found"), new_call(title="Fits")
    MatchFactory(call=fits, supplier=firm)
    send_alerts(later)
    assert Told.objects.count() == 2
    sent = OutboxMessage.objects.filter(template="matching/email/alert_digest")
    sent.update(failed_at=later, last_error="550 no such user", sealed=None)

    assert [returned.take_back(later), returned.take_back(later)] == [1, 0]

    assert not Told.objects.exists()
    # A week later it is tried again, and has all of it.
    assert send_alerts(later + 8 * DAY) == 1
    assert sorted(told(mails, omar)[-1]) == ["Fits", "Found"]
    assert found.pk in set(Told.objects.values_list("call", flat=True))


def test_after_a_week_a_refusal_is_forgotten(omar, firm, keep, later):
    keep(calls=True)
    new_call()
    bounce(omar, timezone.now() - 8 * DAY)

    assert send_alerts(later) == 1


@pytest.mark.parametrize("error", ["451 try later", "given up after a day: 451 try later"])
def test_a_server_that_was_merely_away_keeps_no_mail_back(omar, firm, keep, later, error):
    keep(calls=True)
    new_call()
    OutboxMessage.objects.filter(pk=bounce(omar, timezone.now()).pk).update(last_error=error)

    assert send_alerts(later) == 1


def test_a_person_who_moves_gets_their_mail_in_the_morning_of_the_new_place(omar, firm, keep):
    kept = keep(calls=True, alert="none")
    actions.change_search(kept, name="x", alert="daily", by=omar)
    before = kept.next_at
    omar.time_zone = "Pacific/Auckland"

    omar.save()

    kept.refresh_from_db()
    assert kept.next_at != before
    assert kept.next_at.astimezone(ZoneInfo("Pacific/Auckland")).hour == 7


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_mails_can_be_read_as_text_and_as_html(omar, firm, keep, later, language):
    from marketplace.core.delivery import compose

    type(omar).objects.update(language=language)
    keep(calls=True, name="Halls & more")
    keep(carry=True)
    for number in range(17):
        call = new_call(title=f"O'Hall <b> {number}", lots__value_to=5_000_000)
    MatchFactory(call=call, supplier=firm)
    send_alerts(later)

    mail = compose(OutboxMessage.objects.get(template="matching/email/alert_digest"))

    assert mail.subject.startswith("17 ")
    assert mail.body.count("O'Hall <b>") == 15
    assert "Halls & more" in mail.body
    assert "O&#x27;Hall &lt;b&gt;" in mail.alternatives[0].content
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/searches/stop/" in mail.extra_headers["List-Unsubscribe"]
