import re

import pytest
from django.db import IntegrityError, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.accounts.models import Representative
from marketplace.calls import actions as calls
from marketplace.calls import concerned
from marketplace.calls.board import actions
from marketplace.calls.board.models import SavedCall
from marketplace.core.errors import RuleBroken
from marketplace.core.models import OutboxMessage
from tests.factories.board import SavedCallFactory, shown
from tests.factories.calls import CallFactory, minute
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db


def titles(response):
    return re.findall(r'class="card__title"><a [^>]*>([^<]*)</a>', response.content.decode())


def test_a_call_is_saved_and_let_go_by_a_plain_button(as_user, zed):
    call, browser = shown(), as_user(zed)
    page = browser.get(call.get_absolute_url()).content.decode()
    assert f'action="/calls/{call.slug}/saved/"' in page

    saved = browser.post(f"/calls/{call.slug}/saved/", follow=True)
    assert saved.redirect_chain == [(call.get_absolute_url(), 302)]
    assert "You saved this call" in saved.content.decode()
    assert SavedCall.objects.filter(person=zed, call=call).exists()

    browser.post(f"/calls/{call.slug}/saved/", {"wanted": "no"})
    assert not SavedCall.objects.exists()


def test_htmx_gets_the_button_alone(as_user, zed):
    call, browser = shown(), as_user(zed)

    part = browser.post(f"/calls/{call.slug}/saved/", headers={"HX-Request": "true"})

    assert b"<html" not in part.content
    assert b"You saved this call" in part.content


def test_pressed_twice_it_is_saved_once(as_user, zed):
    call, browser = shown(), as_user(zed)
    for _ in range(2):
        assert browser.post(f"/calls/{call.slug}/saved/").status_code == 302

    assert SavedCall.objects.count() == 1


def test_the_database_holds_that_a_person_saves_a_call_once(zed):
    saved = SavedCallFactory(person=zed)

    with pytest.raises(IntegrityError), transaction.atomic():
        SavedCall.objects.create(person=zed, call=saved.call)


def test_a_visitor_is_led_to_sign_in(client):
    call = shown()

    assert "Sign in to save this call" in client.get(call.get_absolute_url()).content.decode()
    assert client.post(f"/calls/{call.slug}/saved/").status_code == 302
    assert SavedCall.objects.count() == 0


def test_what_one_may_not_see_cannot_be_saved(as_user, zed):
    for call in (CallFactory(), shown(members_only=True), shown(published=False, scheduled=True)):
        assert as_user(zed).post(f"/calls/{call.slug}/saved/").status_code == 404
    assert SavedCall.objects.count() == 0


def test_a_withdrawn_call_is_not_saved_any_more(as_user, zed):
    call = shown(withdrawn=True)
    with pytest.raises(RuleBroken, match="not on show"):
        actions.save_call(call, by=zed)

    response = as_user(zed).post(f"/calls/{call.slug}/saved/", headers={"HX-Request": "true"})

    assert response.status_code == 422
    assert b"not on show" in response.content


def test_nobody_keeps_more_than_there_is_room_for(zed, monkeypatch):
    monkeypatch.setattr(actions, "MOST_SAVED", 1)
    kept, further = shown(), shown()
    actions.save_call(kept, by=zed)

    with pytest.raises(RuleBroken, match="1 calls already"):
        actions.save_call(further, by=zed)
    actions.save_call(kept, by=zed)
    assert SavedCall.objects.count() == 1


def test_the_page_of_saved_calls_has_ones_own_the_open_ones_first(as_user, zed, amina):
    later, sooner = shown(response_deadline=minute(days=9)), shown(response_deadline=minute(days=2))
    over, of_others = shown(closed=True), shown()
    for call in (over, later, sooner):
        SavedCallFactory(person=zed, call=call)
    SavedCallFactory(person=amina, call=of_others)

    assert titles(as_user(zed).get("/workspace/saved-calls/")) == [sooner.title, later.title, over.title]


def test_a_call_for_members_leaves_the_list_of_whoever_is_none_any_more(as_user, zed):
    SavedCallFactory(person=zed, call=shown(members_only=True))

    assert titles(as_user(zed).get("/workspace/saved-calls/")) == []


def test_whoever_saved_a_call_hears_once_what_becomes_of_it(zed, amina):
    call = shown()
    SavedCallFactory(person=zed, call=call)
    assert [(person.pk, is_secret) for person, is_secret in concerned.people(call)] == [(zed.pk, False)]

    calls.withdraw_call(call, words="It named the wrong year.", by=amina)

    (mail,) = OutboxMessage.objects.filter(to=zed.email)
    assert mail.template.endswith("call_withdrawn")


def test_somebody_who_left_hears_nothing(zed):
    call = shown()
    SavedCallFactory(person=zed, call=call)
    zed.is_active = False
    zed.save()

    assert concerned.people(call) == []


def test_the_workspace_of_a_firm_shows_which_saved_calls_close_next(as_user, zed):
    supplier = SupplierFactory(listed=True)
    Representative.objects.create(user=zed, organisation=supplier.organisation, role="administrator")
    later, sooner = shown(response_deadline=minute(days=9)), shown(response_deadline=minute(days=2))
    for call in (later, sooner, shown(closed=True)):
        SavedCallFactory(person=zed, call=call)

    page = as_user(zed).get("/workspace/").content.decode()

    assert page.index(sooner.title) < page.index(later.title)
    assert page.count("closes in") == 2


def test_the_workspace_of_a_buyer_has_no_such_panel(as_user, amina):
    SavedCallFactory(person=amina)

    assert "that close soon" not in as_user(amina).get("/workspace/").content.decode()


def test_one_saved_call_costs_the_workspace_as_many_queries_as_five(as_user, zed):
    from django.db import connection

    supplier = SupplierFactory(listed=True)
    Representative.objects.create(user=zed, organisation=supplier.organisation, role="administrator")
    browser = as_user(zed)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            browser.get("/workspace/")
        return len(captured)

    SavedCallFactory(person=zed)
    queries()
    one = queries()
    for _ in range(4):
        SavedCallFactory(person=zed, saved_at=timezone.now())

    assert queries() == one
