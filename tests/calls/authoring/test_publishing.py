from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError
from django.template.loader import render_to_string
from django.utils import timezone

from marketplace.calls import actions as calls
from marketplace.calls.authoring import actions
from marketplace.calls.due import announce_calls
from marketplace.calls.models import Call
from marketplace.core.errors import RuleBroken
from marketplace.core.models import AuditEntry, OutboxMessage
from tests.calls.authoring.conftest import words
from tests.factories.accounts import RepresentativeFactory
from tests.factories.buyers import BuyerFactory
from tests.factories.calls import CallFactory, minute, wall
from tests.factories.law import JurisdictionFactory

pytestmark = pytest.mark.django_db
NOW = {"when": "now", "is_notice_settled": "on"}


def page(call, *parts):
    return "/".join([f"/workspace/calls/{call.slug}", *map(str, parts), ""])


# --- The last look ----------------------------------------------------------------------------------------------


def test_the_last_page_lists_what_is_missing_with_its_pages(desk, leeds):
    call = CallFactory(buyer=leeds, description="", portal_url="", lots__cpv=[])

    response = desk.get(page(call, "check"))

    assert 'name="when"' not in response.content.decode()
    for path in (page(call, "what"), page(call, "lots", 1), page(call, "who")):
        assert f'href="{path}"' in response.content.decode()
    assert desk.post(page(call, "check"), NOW).status_code == 422
    assert Call.objects.get().publish_at is None


def test_who_is_not_cleared_writes_and_reads_what_happens_next(as_user, amina):
    buyer = BuyerFactory(organisation=amina.organisation, waiting=True)
    call, browser = CallFactory(buyer=buyer), as_user(amina)

    assert "Publishing has to wait" in words(browser.get(page(call, "check")))
    assert browser.post(page(call, "check"), NOW).status_code == 422
    with pytest.raises(RuleBroken, match="confirm who you are"):
        actions.publish(call, by=amina)
    assert Call.objects.get().publish_at is None


def test_the_preview_is_the_page_a_supplier_sees(desk, city_call):
    response = desk.get(page(city_call, "preview"))

    said = words(response)
    assert "This is how a supplier sees it" in said
    assert city_call.description in said
    assert "calls/call_body.html" in [template.name for template in response.templates]
    assert response.context["status"] == "open"


def test_the_law_s_order_is_said_and_asked_for(desk, city_call):
    response = desk.get(page(city_call, "check"))
    assert "The official notice comes first" in words(response)

    refused = desk.post(page(city_call, "check"), {"when": "now"})
    assert refused.status_code == 422
    assert "Tick the box once it is so" in words(refused)
    with pytest.raises(RuleBroken, match="official notice"):
        actions.publish(city_call, by=None)

    assert desk.post(page(city_call, "check"), NOW).status_code == 302
    assert AuditEntry.objects.filter(verb="call.notice_settled").count() == 1


def test_a_day_on_which_the_notice_appeared_is_enough_and_a_later_one_is_not(city_call):
    today = timezone.localdate()
    city_call.official_notice_on = today
    assert not actions.needs_word_on_notice(city_call)
    city_call.official_notice_on = today + timedelta(days=3)
    assert actions.needs_word_on_notice(city_call)
    assert not actions.needs_word_on_notice(city_call, minute(days=4))


def test_where_no_law_wants_that_order_nothing_is_asked(firm_desk, firm_call, leeds):
    assert "is_notice_settled" not in firm_desk.get(page(firm_call, "check")).content.decode()
    free = CallFactory(buyer=leeds, jurisdiction=JurisdictionFactory(free=True))
    assert not actions.needs_word_on_notice(free)


def test_an_authority_above_its_threshold_is_not_published_here_and_only_the_desk_knows(leeds):
    call = CallFactory(buyer=leeds, here=True, lots__value_to=10**12)

    with pytest.raises(RuleBroken, match="only below"):
        actions.publish(call, is_notice_settled=True, by=None)

    assert calls.publish_call(call, by=None).is_published, "the guard is the desk's: without it this goes through"


# --- Publishing -------------------------------------------------------------------------------------------------


def test_publishing_now_puts_it_on_show_and_tells_those_who_write_for_the_buyer(desk, city_call, amina):
    RepresentativeFactory(organisation=amina.organisation)

    response = desk.post(page(city_call, "check"), NOW, follow=True)

    call = Call.objects.get()
    assert "It is on show." in words(response)
    assert call.publish_at == call.announced_at
    assert call.published_by == amina
    assert list(OutboxMessage.objects.values_list("template", "to")) == [("calls/email/call_announced", amina.email)]


def test_publishing_twice_is_publishing_once(desk, city_call):
    for _press in range(2):
        desk.post(page(city_call, "check"), NOW)

    assert OutboxMessage.objects.count() == 1
    assert AuditEntry.objects.filter(verb="call.announced").count() == 1
    with pytest.raises(RuleBroken, match="published or scheduled already"):
        actions.publish(city_call, is_notice_settled=True, by=None)


def test_numbers_of_lots_are_put_in_order(firm_desk, firm_call):
    firm_call.lots.filter(number=1).delete()

    firm_desk.post(page(firm_call, "check"), NOW)

    assert list(firm_call.lots.values_list("number", flat=True)) == [1]


def later(call, at, **more):
    there = wall(at, call.zone)
    return {"when": "later", "publish_on": there.date().isoformat(), "publish_time": f"{there:%H:%M}"} | more


def test_a_moment_is_chosen_in_the_zone_of_the_call(firm_desk, atlas):
    call = CallFactory(buyer=atlas, zone="Europe/Athens")
    at = minute(days=2)

    response = firm_desk.post(page(call, "check"), later(call, at), follow=True)

    call.refresh_from_db()
    assert (call.publish_at, call.announced_at) == (at, None)
    assert "It is scheduled." in words(response) or "est programmée" in words(response)
    assert not OutboxMessage.objects.exists()
    firm_desk.post(page(call, "take-back"))
    call.refresh_from_db()
    assert call.publish_at is None


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"when": "later"}, "publish_on"),
        ({"when": "later", "publish_on": "2020-01-01", "publish_time": "12:00"}, "publish_on"),
        ({"when": "later", "publish_on": "2045-01-01", "publish_time": "12:00"}, "publish_on"),
        ({"when": "later", "publish_on": "2027-01-01"}, "publish_time"),
        ({"when": "sometime"}, "when"),
        ({}, "when"),
    ],
)
def test_a_moment_that_cannot_be_is_refused(firm_desk, firm_call, fields, wrong):
    response = firm_desk.post(page(firm_call, "check"), fields)

    assert response.status_code == 422
    assert wrong in response.context["form"].errors
    assert Call.objects.get().publish_at is None


def test_a_moment_in_a_night_of_the_clocks_is_asked_about(firm_desk, atlas):
    call = CallFactory(
        buyer=atlas, zone="Europe/Paris", response_deadline=datetime.fromisoformat("2028-06-01T10:00:00+00:00")
    )
    fields = {"when": "later", "publish_on": "2027-10-31", "publish_time": "02:30"}

    asked = firm_desk.post(page(call, "check"), fields)

    assert asked.status_code == 422
    choices = asked.context["form"].fields["publish_reading"].choices
    firm_desk.post(page(call, "check"), fields | {"publish_reading": choices[1][0]})
    call.refresh_from_db()
    assert call.publish_at.isoformat() == choices[1][0] == "2027-10-31T01:30:00+00:00"


def test_the_clock_announces_what_was_scheduled_once(amina, city_call):
    at = minute(days=1)
    actions.publish(city_call, at=at, is_notice_settled=True, by=amina)

    assert announce_calls(at - timedelta(seconds=1)) == 0
    assert not OutboxMessage.objects.exists()
    assert announce_calls(at) == 1
    assert announce_calls(at + timedelta(minutes=1)) == 0

    assert OutboxMessage.objects.get().template == "calls/email/call_announced"
    assert AuditEntry.objects.filter(verb="call.announced").count() == 1
    assert Call.objects.get().announced_at == at


def test_what_is_on_show_or_about_to_be_is_not_written_over(desk, leeds, save):
    for traits in ({"published": True}, {"scheduled": True}):
        call = CallFactory(buyer=leeds, **traits)
        assert "It changes by an amendment" in words(desk.get(page(call, "what")))
        fields = {"title": "Other", "language": "en", "procedure": "open", "contract": "works", "currency": "EUR"}
        response = save(desk, page(call, "what"), **fields)

        assert response.status_code == 422
        assert "Change it by an amendment" in words(response)
        assert Call.objects.get(pk=call.pk).title == call.title
        assert desk.get(page(call, "check")).url == page(call)


def test_the_database_itself_refuses_a_call_that_is_not_whole(atlas):
    with pytest.raises(IntegrityError, match="call_that_is_published_is_whole"):
        CallFactory(buyer=atlas, description="", published=True)


# --- Endings ----------------------------------------------------------------------------------------------------


def test_a_draft_is_deleted_after_a_question(desk, city_call):
    assert "Delete “Cleaning of schools”?" in words(desk.get(page(city_call, "delete")))

    response = desk.post(page(city_call, "delete"))

    assert response.url == "/workspace/calls/"
    assert not Call.objects.exists()
    assert desk.post(page(city_call, "delete")).status_code == 404


def test_a_published_call_is_not_deleted(desk, leeds):
    call = CallFactory(buyer=leeds, published=True)

    assert desk.post(page(call, "delete")).status_code == 404
    with pytest.raises(RuleBroken, match="has been published"):
        calls.delete_draft(call, by=None)


@pytest.mark.parametrize(("ending", "stamp"), [("withdraw", "withdrawn_at"), ("cancel", "cancelled_at")])
def test_a_call_on_show_ends_with_words(desk, leeds, ending, stamp):
    call = CallFactory(buyer=leeds, published=True)

    assert desk.post(page(call, ending), {"words": " "}).status_code == 422
    response = desk.post(page(call, ending), {"words": "The school was closed."}, follow=True)

    call.refresh_from_db()
    assert getattr(call, stamp) is not None
    assert call.ended_because == "The school was closed."
    assert "The school was closed." in words(response)
    again = desk.post(page(call, ending), {"words": "Again."}, follow=True)
    assert "it has ended already" in words(again)
    assert Call.objects.get().ended_because == "The school was closed."


def test_a_lot_ends_alone_and_the_last_one_with_the_call(desk, leeds):
    call = CallFactory(buyer=leeds, published=True, lots=2)

    desk.post(page(call, "lots", 1, "cancel"), {"words": "Nobody needs it."})
    call.refresh_from_db()
    assert (call.cancelled_at, call.lots.standing().count()) == (None, 1)
    assert "Cancelled on" in words(desk.get(page(call)))
    desk.post(page(call, "lots", 2, "cancel"), {"words": "Nor this."})

    call.refresh_from_db()
    assert call.cancelled_at is not None


def test_what_was_never_on_show_is_not_withdrawn(desk, city_call):
    assert desk.get(page(city_call, "withdraw")).status_code == 404
    assert desk.post(page(city_call, "cancel"), {"words": "No."}).status_code == 404


@pytest.mark.parametrize("name", ["call_announced", "call_withdrawn", "call_cancelled", "lot_cancelled"])
def test_the_mails_say_what_where_and_why_and_escape_nothing_in_plain_text(name):
    said = {
        "call": "Büro & Co",
        "buyer": "Stadt <X>",
        "lot": "Lot & one",
        "deadline": "Thu 3 Dec 2026, 17:00 CET (Paris)",
        "words": "It named the wrong year.",
        "link": "https://x.example/calls/a/",
    }

    subject = render_to_string(f"calls/email/{name}.subject.txt", said)
    text = render_to_string(f"calls/email/{name}.txt", said)
    mjml = render_to_string(f"calls/email/{name}.mjml", said)

    assert len(subject.strip().splitlines()) == 1
    assert "Büro & Co" in text
    assert "Stadt <X>" in text
    assert said["link"] in text
    assert said["link"] in mjml
    assert "Stadt &lt;X&gt;" in mjml
    assert (said["words"] in text) is (name != "call_announced")
