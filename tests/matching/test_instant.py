"""Telling of a new call at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.calls.signals import call_announced
from marketplace.core.models import OutboxMessage
from marketplace.matching import instant
from marketplace.matching.alerts import send_alerts
from marketplace.matching.matches.signals import call_matched
from marketplace.matching.models import NewCall, SavedSearch, Told
from tests.factories.board import shown
from tests.factories.matches import MatchFactory
from tests.factories.matching import NewCallFactory, SavedSearchFactory, ToldFactory
from tests.factories.suppliers import SupplierFactory

DAY = timedelta(days=1)


@pytest.fixture
def firm(omar):
    return SupplierFactory(listed=True, organisation=omar.organisation)


def keep(person, **fields):
    said = {"alert": "instant", "calls": True, "next_at": timezone.now() + DAY} | fields
    return SavedSearchFactory(owner=person, organisation=person.organisation, **said)


def matched(call):
    """The call comes on show and is matched."""
    call_announced.send(sender=None, call=call)
    call_matched.send(sender=None, call=call.pk)
    return call


@pytest.mark.django_db
def test_one_mail_names_every_search_that_the_call_answers(omar, amina, firm, mails):
    keep(omar, query="q=cleaning", name="Cleaning")
    keep(omar, query="country=GB", name="Britain")
    keep(omar, calls=False, carry=True)
    keep(amina, query="q=violins")
    call = matched(shown(title="Cleaning of a hall"))
    MatchFactory(call=call, supplier=firm)

    assert instant.tell(call.pk)

    ((name, context),) = mails(omar.email)
    assert (name, context["card"]["title"]) == ("alert_call", "Cleaning of a hall")
    assert context["because"] == ["Britain", "Calls you can carry", "Cleaning"]
    assert context["score"] == MatchFactory._meta.model.objects.get().score
    assert mails(amina.email) == []
    assert NewCall.objects.get().finished_at
    assert SavedSearch.objects.filter(owner=omar, told_at=None).count() == 0


@pytest.mark.django_db
def test_what_was_told_at_once_is_not_told_again_neither_at_once_nor_in_the_morning(omar, mails):
    keep(omar, seen_until=timezone.now() - DAY)
    call = matched(shown())
    instant.tell(call.pk)

    NewCall.objects.update(finished_at=None, told_up_to=0)  # as if the run had been forgotten
    instant.tell(call.pk)
    SavedSearch.objects.update(next_at=timezone.now())
    assert send_alerts(timezone.now()) == 0
    assert len(mails(omar.email)) == 1
    # With the mark gone it would be told again: it is the mark that keeps it.
    Told.objects.all().delete()
    SavedSearch.objects.update(next_at=timezone.now(), seen_until=timezone.now() - DAY)
    assert send_alerts(timezone.now()) == 1


@pytest.mark.django_db
def test_a_call_that_is_matched_again_after_an_amendment_begins_no_second_run(omar, mails):
    keep(omar)
    call = matched(shown())
    instant.tell(call.pk)
    Told.objects.all().delete()

    matched(call)

    assert NewCall.objects.get().finished_at
    assert instant.tell(call.pk)
    assert len(mails(omar.email)) == 1


@pytest.mark.django_db
def test_a_call_from_before_we_counted_is_no_news(omar):
    keep(omar)
    call = shown()

    call_matched.send(sender=None, call=call.pk)

    assert not NewCall.objects.exists()
    assert instant.tell(call.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("ending", ["withdrawn_at", "cancelled_at"])
def test_a_call_that_ended_meanwhile_is_told_to_nobody(omar, firm, mails, ending):
    keep(omar)
    keep(omar, calls=False, carry=True)
    call = matched(shown())
    MatchFactory(call=call, supplier=firm)
    type(call).objects.filter(pk=call.pk).update(**{ending: timezone.now(), "ended_because": "The money is gone."})

    assert instant.tell(call.pk)
    assert mails(omar.email) == []
    assert not Told.objects.exists()


@pytest.mark.django_db
def test_a_call_for_members_is_told_to_those_who_may_see_it(omar, amina, firm, mails):
    keep(omar)
    keep(amina)
    call = matched(shown(audience="members"))

    instant.tell(call.pk)

    assert (len(mails(omar.email)), len(mails(amina.email))) == (1, 0)


@pytest.mark.django_db
def test_who_cannot_be_written_to_hears_in_the_morning_after_they_can(omar, mails):
    keep(omar, seen_until=timezone.now() - DAY)
    omar.emailaddress_set.update(verified=False)
    call = matched(shown())
    instant.tell(call.pk)
    assert not Told.objects.exists()

    omar.emailaddress_set.update(verified=True)
    SavedSearch.objects.update(next_at=timezone.now())
    assert send_alerts(timezone.now()) == 1
    assert mails(omar.email)[0][0] == "alert_digest"


@pytest.mark.django_db
def test_beyond_so_many_a_day_the_rest_comes_in_the_morning(omar, mails, monkeypatch):
    monkeypatch.setattr(instant, "MOST_A_DAY", 1)
    keep(omar)
    ToldFactory(person=omar, is_at_once=True)
    call = matched(shown())

    instant.tell(call.pk)

    assert mails(omar.email) == []
    assert not Told.objects.filter(call=call).exists()


@pytest.mark.django_db
def test_without_anybody_to_tell_the_run_ends_before_it_begins():
    call = matched(shown())

    assert NewCall.objects.get(call=call).finished_at


@pytest.mark.django_db
def test_the_clock_goes_on_with_what_nobody_works_at(omar):
    keep(omar)
    old = timezone.now() - timedelta(hours=1)
    NewCallFactory(matched_at=old, touched_at=old)
    NewCallFactory(shown_at=old, touched_at=old)  # never matched: searches are asked all the same
    NewCallFactory(matched_at=old)  # somebody is at it
    NewCallFactory(matched_at=old, touched_at=old, finished_at=old)

    assert instant.go_on(timezone.now()) == 2


@pytest.mark.django_db
def test_people_are_asked_in_batches(omar, amina, mails, monkeypatch):
    monkeypatch.setattr(instant, "PEOPLE_AT_ONCE", 1)
    for person in (omar, amina):
        keep(person)
    call = matched(shown())

    assert not instant.tell(call.pk, is_over=lambda: True)
    assert Told.objects.count() == 1
    assert instant.tell(call.pk)
    assert (len(mails(omar.email)), len(mails(amina.email))) == (1, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_mail_can_be_read_as_text_and_as_html(omar, firm, language):
    from marketplace.core.delivery import compose

    type(omar).objects.update(language=language)
    keep(omar, calls=False, carry=True)
    call = matched(shown(title="O'Hall <b>"))
    MatchFactory(call=call, supplier=firm)
    instant.tell(call.pk)

    mail = compose(OutboxMessage.objects.get())

    assert "O'Hall <b>" in mail.subject
    assert "O'Hall <b>" in mail.body
    assert "O&#x27;Hall &lt;b&gt;" in mail.alternatives[0].content
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
