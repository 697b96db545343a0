import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from marketplace.calls.amendments import actions
from marketplace.calls.amendments.models import Amendment, PendingAmendment
from tests.calls.amendments.writing import as_stands
from tests.factories.accounts import RepresentativeFactory
from tests.factories.buyers import BuyerFactory
from tests.factories.calls import CallFactory, minute
from tests.factories.clauses import ChosenClauseFactory, ClauseFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def leeds(amina):
    return BuyerFactory(organisation=amina.organisation, cleared=True)


@pytest.fixture
def call(leeds):
    return CallFactory(buyer=leeds, published=True, lots=2)


def at(name, call, **more):
    return reverse(name, kwargs={"slug": call.slug, **more})


def typed(page):
    """What the form of a page would send back unchanged."""
    found = {}
    for field in page.context["form"]:
        value = field.value()
        if value not in (None, False, ""):
            found[field.html_name] = value
    return found


def text(page):
    return page.content.decode()


def test_from_the_desk_to_a_published_change(as_user, amina, omar, call):
    browser = as_user(amina)
    assert "Begin a change" in text(browser.get(at("call-amendment", call)))
    browser.post(at("call-amendment-begin", call))
    step = at("call-amendment-step", call, step="what")
    answer = browser.post(step, typed(browser.get(step)) | {"title": "Cleaning of all schools"})
    assert answer.status_code == 302
    page = browser.get(at("call-amendment", call))
    assert "Cleaning of <ins>all schools</ins>" in text(page)
    assert "Cleaning of all schools" not in text(as_user(omar).get(call.get_absolute_url()))

    answer = browser.post(at("call-amendment", call), typed(page) | {"words": "There are more."})
    assert answer.status_code == 302
    shown = text(as_user(omar).get(call.get_absolute_url()))
    assert "Cleaning of all schools" in shown
    assert "There are more." in shown
    assert "What has changed since publication" in shown
    assert Amendment.objects.get().by == amina


def test_a_late_change_is_refused_and_its_earliest_deadline_is_one_press_away(as_user, amina, leeds):
    call = CallFactory(buyer=leeds, published=True, response_deadline=minute(days=1))
    pending = actions.begin_amendment(call, by=amina)
    actions.change_pending(pending, pending.facts | {"contract": "works"}, by=amina)
    browser = as_user(amina)
    page = browser.post(at("call-amendment", call), typed(browser.get(at("call-amendment", call))) | {"words": "More."})
    assert page.status_code == 422
    assert "Take this deadline" in text(page)
    assert "More." in text(page)
    assert not Amendment.objects.exists()

    browser.post(at("call-amendment-extend", call))
    page = browser.get(at("call-amendment", call))
    assert browser.post(at("call-amendment", call), typed(page)).status_code == 302
    assert Amendment.objects.get().is_material


def test_who_publishes_what_a_colleague_changed_meanwhile_sees_it_first(as_user, amina, call):
    pending = actions.begin_amendment(call, by=amina)
    actions.change_pending(pending, pending.facts | {"title": "Read"}, by=amina)
    browser = as_user(amina)
    looked_at = typed(browser.get(at("call-amendment", call)))
    actions.change_pending(pending, pending.facts | {"title": "Unread"}, by=amina)
    page = browser.post(at("call-amendment", call), looked_at)

    assert page.status_code == 422
    assert "Unread" in text(page)
    assert browser.post(at("call-amendment", call), typed(page)).status_code == 302
    call.refresh_from_db()
    assert call.title == "Unread"


def test_two_people_write_one_part_and_the_second_sees_what_differs(as_user, amina, call):
    actions.begin_amendment(call, by=amina)
    browser, step = as_user(amina), at("call-amendment-step", call, step="what")
    first = typed(browser.get(step))
    browser.post(step, first | {"title": "From a colleague"})
    page = browser.post(step, first | {"title": "From me"})

    assert page.status_code == 422
    assert "From a colleague" in text(page)
    assert PendingAmendment.objects.get().facts["title"] == "From a colleague"


def test_lots_are_added_changed_and_new_ones_taken_out(as_user, amina, call):
    actions.begin_amendment(call, by=amina)
    browser, new = as_user(amina), at("call-amendment-lot-new", call)
    answer = browser.post(new, typed(browser.get(new)) | {"title": "Windows", "cpv": ["90911300"], "regions": ["UKE4"]})
    assert answer.status_code == 302
    assert [lot["title"] for lot in PendingAmendment.objects.get().facts["lots"]] == ["Lot 1", "Lot 2", "Windows"]
    browser.post(at("call-amendment-lot-remove", call, number=3))
    assert len(PendingAmendment.objects.get().facts["lots"]) == 2

    browser.post(at("call-amendment-lot-remove", call, number=1))
    assert len(PendingAmendment.objects.get().facts["lots"]) == 2
    assert "cancel it, and say why" in text(browser.get(at("call-amendment", call)))


def test_clauses_of_an_amendment_are_asked_about_as_those_of_a_draft(as_user, amina, call):
    clause = ClauseFactory()
    actions.begin_amendment(call, by=amina)
    browser, address = as_user(amina), at("call-amendment-clauses", call)
    form = typed(browser.get(address))
    assert browser.post(address, form | {f"take_{clause.pk}": "on"}).status_code == 422

    answer = browser.post(address, form | {f"take_{clause.pk}": "on", f"link_{clause.pk}": "Tenants read it."})
    assert answer.status_code == 302
    assert PendingAmendment.objects.get().clauses == [{"clause": clause.pk, "link_to_subject": "Tenants read it."}]
    assert not call.clauses.exists()


def test_discarding_leaves_the_call_as_everybody_sees_it(as_user, amina, call):
    before = as_stands(call)
    actions.begin_amendment(call, by=amina)
    browser = as_user(amina)
    browser.post(at("call-amendment-discard", call))

    assert not PendingAmendment.objects.exists()
    assert as_stands(call) == before
    for name in ("call-amendment-clauses", "call-amendment-documents"):
        assert browser.get(at(name, call)).status_code == 404


def test_strangers_meet_nothing_and_viewers_may_not_write(as_user, amina, omar, zed, stella, call):
    RepresentativeFactory(user=zed, organisation=amina.organisation, role="viewer")
    actions.begin_amendment(call, by=amina)
    for name, more in (
        ("call-amendment", {}),
        ("call-amendment-clauses", {}),
        ("call-amendment-documents", {}),
        ("call-amendment-step", {"step": "what"}),
        ("call-amendment-lot", {"number": 1}),
        ("call-amendment-lot-new", {}),
    ):
        address = at(name, call, **more)
        assert [as_user(who).get(address).status_code for who in (amina, omar, stella, zed)] == [200, 404, 404, 403]


@pytest.mark.parametrize("traits", [{}, {"scheduled": True}])
def test_a_call_that_is_not_on_show_has_nothing_to_amend(as_user, amina, leeds, traits):
    call = CallFactory(buyer=leeds, **traits)

    assert as_user(amina).get(at("call-amendment", call)).status_code == 404


def test_a_closed_call_says_that_nothing_changes_any_more(as_user, amina, leeds):
    call = CallFactory(buyer=leeds, closed=True)
    browser = as_user(amina)

    assert "its time is over" in text(browser.get(at("call-amendment", call)))
    browser.post(at("call-amendment-begin", call))
    assert not PendingAmendment.objects.exists()


def test_the_page_of_a_call_costs_the_same_with_one_amendment_and_with_five(client, amina, call):
    def cost(times):
        for _each in range(times):
            found = as_stands(call)
            actions.amend_call(call, found | {"reference": found["reference"] + "x"}, by=amina)
        client.get(call.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            assert client.get(call.get_absolute_url()).status_code == 200
        return len(queries)

    assert cost(1) == cost(4)


def test_the_desk_says_that_a_change_is_under_way(as_user, amina, call):
    ChosenClauseFactory(call=call)
    browser = as_user(amina)
    assert "The call stands as it was published." in text(browser.get(at("call-desk", call)))
    actions.begin_amendment(call, by=amina)

    assert "A change is under way since" in text(browser.get(at("call-desk", call)))
