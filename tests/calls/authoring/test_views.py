import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.calls.models import Call
from tests.calls.authoring.conftest import words
from tests.factories.accounts import RepresentativeFactory
from tests.factories.buyers import BuyerFactory
from tests.factories.calls import CallFactory, LotFactory

pytestmark = pytest.mark.django_db
LIST, NEW = "/workspace/calls/", "/workspace/calls/new/"
WHAT = {
    "title": "Cleaning of schools",
    "description": "Four schools, every evening.",
    "language": "en",
    "procedure": "quotation",
    "contract": "services",
    "currency": "GBP",
}


def address(call, *parts):
    return "/".join([f"/workspace/calls/{call.slug}", *map(str, parts), ""])


# --- The list ---------------------------------------------------------------------------------------------------


def test_the_list_shows_the_buyer_s_own_calls_by_where_they_stand(desk, leeds):
    made = {
        "drafts": CallFactory(buyer=leeds, title="A draft"),
        "scheduled": CallFactory(buyer=leeds, scheduled=True, title="One that waits"),
        "open": CallFactory(buyer=leeds, published=True, title="One on show"),
        "closed": CallFactory(buyer=leeds, closed=True, title="One whose time is over"),
        "ended": CallFactory(buyer=leeds, withdrawn=True, title="One taken back"),
    }
    CallFactory(title="Of somebody else")

    assert {call.title for call in desk.get(LIST).context["page_obj"]} == {call.title for call in made.values()}
    for standing, call in made.items():
        page = desk.get(LIST, {"standing": standing})
        assert [row.title for row in page.context["page_obj"]] == [call.title]
        assert [tab["count"] for tab in page.context["tabs"]] == [5, 1, 1, 1, 1, 1]
    assert desk.get(LIST, {"standing": "x", "page": "y"}).status_code == 200


def test_an_empty_list_teaches_the_first_step(desk):
    assert "You write it in steps" in words(desk.get(LIST))


def test_who_buys_nothing_has_no_desk(as_user, amina, zed):
    assert as_user(amina).get(LIST).status_code == 404
    assert as_user(zed).get(LIST).status_code == 404


def test_viewers_look_and_do_not_write(as_user, amina, city_call):
    viewer = as_user(RepresentativeFactory(organisation=amina.organisation).user)

    assert viewer.get(LIST).status_code == 200
    page = viewer.get(address(city_call))
    assert page.status_code == 200
    assert "Delete this draft" not in words(page)
    for path in (NEW, address(city_call, "what"), address(city_call, "lots"), address(city_call, "check")):
        assert viewer.get(path).status_code == 403
        assert viewer.post(path).status_code in {403, 405}


def test_the_call_of_another_buyer_is_missing(desk, firm_call):
    for path in ("", "what/", "lots/", "lots/1/", "check/", "preview/", "documents/", "delete/"):
        assert desk.get(f"{address(firm_call)}{path}").status_code == 404, path


def test_who_acts_for_two_buyers_works_for_the_one_chosen(as_user, amina, leeds, city_call):
    other = RepresentativeFactory(user=amina, administrator=True).organisation
    BuyerFactory(organisation=other)
    browser = as_user(amina)
    browser.post("/account/organisations/switch/", {"organisation": other.pk})

    assert browser.get(address(city_call)).status_code == 404
    assert browser.get(LIST).status_code == 200


# --- From nothing to a draft ------------------------------------------------------------------------------------


def test_a_draft_begins_with_its_name_and_leads_to_the_first_step(desk, leeds, amina):
    response = desk.post(NEW, {"title": "Cleaning of schools", "language": "en"})

    call = Call.objects.get()
    assert response.url == address(call, "what")
    assert (call.buyer, call.created_by, call.route, call.currency) == (leeds, amina, "portal", "GBP")
    assert call.jurisdiction.code == "uk"
    assert [lot.title for lot in call.lots.all()] == ["Cleaning of schools"]


def test_a_double_press_begins_one_draft(desk):
    for _press in range(2):
        desk.post(NEW, {"title": "Cleaning", "language": "en"})

    assert Call.objects.count() == 1


def test_a_draft_without_a_name_is_refused(desk):
    assert desk.post(NEW, {"title": " ", "language": "en"}).status_code == 422
    assert not Call.objects.exists()


def test_the_steps_lead_from_one_to_the_next(desk, city_call, save):
    lots = address(city_call, "lots")

    assert save(desk, address(city_call, "what"), **WHAT).url == lots
    assert save(desk, address(city_call, "what"), **WHAT, then="leave").url == address(city_call)
    response = save(
        desk,
        address(city_call, "when"),
        zone="Europe/London",
        response_on="2027-07-01",
        response_time="12:00",
    )
    assert response.url == address(city_call, "who")
    response = save(desk, address(city_call, "who"), route="portal", portal_url="https://portal.example/9")

    assert response.url == address(city_call, "documents")
    city_call.refresh_from_db()
    assert (city_call.title, city_call.portal_url) == ("Cleaning of schools", "https://portal.example/9")
    assert city_call.response_deadline.isoformat() == "2027-07-01T11:00:00+00:00"


def test_a_refused_step_loses_nothing(desk, city_call, save):
    response = save(desk, address(city_call, "what"), **WHAT | {"title": "", "description": "Precious words."})

    assert response.status_code == 422
    assert "Precious words." in response.content.decode()


def test_a_step_that_is_none_is_missing(desk, city_call):
    assert desk.get(address(city_call, "nothing")).status_code == 404


@pytest.mark.parametrize("night", [("2027-03-28", "01:30", "put forward"), ("2027-10-31", "01:30", "put back")])
def test_both_clock_changes_are_asked_about_on_the_page(desk, city_call, save, night):
    day, clock, told = night
    fields = {"zone": "Europe/London", "response_on": day, "response_time": clock}

    asked = save(desk, address(city_call, "when"), **fields)

    assert asked.status_code == 422
    assert told in words(asked)
    readings = asked.context["form"].fields["response_reading"].choices
    assert len(readings) == 2
    assert save(desk, address(city_call, "when"), **fields, response_reading=readings[1][0]).status_code == 302
    city_call.refresh_from_db()
    assert city_call.response_deadline.isoformat() == readings[1][0]


# --- Lots -------------------------------------------------------------------------------------------------------


def test_a_lot_is_added_changed_and_taken_out(desk, city_call, save):
    fields = {"title": "Windows", "cpv": ["90911300"], "regions": ["UKE42"], "high": "5000"}

    assert save(desk, address(city_call, "lots", "new"), **fields).url == address(city_call, "lots")
    assert save(desk, address(city_call, "lots", 3), **fields | {"title": "All windows"}).status_code == 302
    desk.post(address(city_call, "lots", 1, "remove"))
    desk.post(address(city_call, "lots", 1, "remove"))

    assert list(city_call.lots.values_list("number", "title")) == [(2, "Lot 2"), (3, "All windows")]
    assert desk.get(address(city_call, "lots", 1)).status_code == 404
    assert "Windows" not in words(desk.get(address(city_call, "lots"))).replace("All windows", "")


def test_looking_up_a_service_without_script_saves_nothing_and_is_no_mistake(desk, city_call, save):
    response = save(desk, address(city_call, "lots", 1), title="Typed", cpv_words="cleaning", look="cpv")

    assert response.status_code == 200
    assert 'value="Typed"' in response.content.decode()
    assert city_call.lots.get(number=1).title == "Lot 1"


def test_two_people_in_one_lot_meet_and_the_second_sees_the_difference(as_user, amina, city_call):
    import re

    page = address(city_call, "lots", 1)
    one, two = as_user(amina), as_user(RepresentativeFactory(organisation=amina.organisation, editor=True).user)
    seen = [re.search(r'name="seen" value="([^"]*)"', each.get(page).content.decode())[1] for each in (one, two)]
    fields = {"cpv": ["90911200"], "regions": ["UKE4"]}

    assert one.post(page, fields | {"title": "First", "seen": seen[0]}).status_code == 302
    late = two.post(page, fields | {"title": "Second", "seen": seen[1]})

    assert late.status_code == 422
    assert "Not saved: somebody was faster" in words(late)
    assert "First" in words(late)
    assert city_call.lots.get(number=1).title == "First"
    again = re.search(r'name="seen" value="([^"]*)"', late.content.decode())[1]
    assert two.post(page, fields | {"title": "Second", "seen": again}).status_code == 302
    assert city_call.lots.get(number=1).title == "Second"


def test_pages_cost_the_same_for_one_lot_and_for_twenty(desk, leeds):
    few, many = CallFactory(buyer=leeds, lots=1), CallFactory(buyer=leeds, lots=20)
    LotFactory(call=few, cancelled=True)
    LotFactory(call=many, cancelled=True)

    for parts in ((), ("lots",), ("what",), ("preview",), ("check",)):
        counts = []
        for call in (few, many):
            desk.get(address(call, *parts))
            with CaptureQueriesContext(connection) as captured:
                assert desk.get(address(call, *parts)).status_code == 200
            counts.append(len(captured))
        assert counts[0] == counts[1], parts


# --- The firewall on the pages ----------------------------------------------------------------------------------

EVIDENCE = ("evidence_tiers", "evidence", "certif", "self_declared", "documented", "tier")


def test_an_authority_never_meets_evidence_on_its_desk(desk, city_call):
    paths = ["what", "lots", "lots/1", "lots/new", "when", "who", "documents", "check", "preview"]

    for path in paths:
        source = desk.get(f"{address(city_call)}{path}/").content.decode().lower()
        main = source[source.index("<main") : source.index("</main>")]
        assert not [word for word in EVIDENCE if word in main], path


def test_a_company_does_meet_it(firm_desk, firm_call):
    assert 'name="evidence_tiers"' in firm_desk.get(address(firm_call, "who")).content.decode()


def test_a_forged_form_of_an_authority_asks_for_no_evidence(desk, city_call, save):
    response = save(
        desk,
        address(city_call, "who"),
        route="portal",
        portal_url="https://portal.example/9",
        audience="members",
        evidence_tiers=["certified"],
    )

    assert response.status_code == 302
    city_call.refresh_from_db()
    assert (city_call.audience, city_call.evidence_tiers) == ("everybody", [])
