"""Whatever is typed into the desk's forms is taken or refused, and never breaks a page."""

import pytest

from tests.architecture.test_hostile_input import NASTY
from tests.factories.calls import CallFactory

pytestmark = pytest.mark.django_db
FIELDS = {
    "what": ["title", "description", "language", "procedure", "contract", "reference", "currency", "seen"],
    "when": ["zone", "question_on", "question_time", "response_on", "response_time", "response_reading", "starts_on"],
    "who": ["route", "portal_url", "official_notice_on", "response_languages", "contact", "audience"],
    "lots/1": ["title", "description", "cpv", "cpv_words", "regions", "low", "high", "reservation", "look"],
    "lots/new": ["title", "cpv", "regions", "high", "seen"],
    "check": ["when", "publish_on", "publish_time", "publish_reading", "is_notice_settled"],
    "documents": ["language", "lot", "files"],
    "cancel": ["words"],
}


@pytest.mark.parametrize("page", FIELDS)
def test_no_field_breaks_its_page(desk, leeds, page):
    call = CallFactory(buyer=leeds, lots=2, published=page == "cancel")
    good = {"zone": "Europe/London", "response_on": "2027-10-31", "response_time": "01:30", "when": "later"}

    for nasty in NASTY:
        for field in FIELDS[page]:
            typed = good | {field: nasty}
            assert desk.post(f"/workspace/calls/{call.slug}/{page}/", typed).status_code < 500, (field, nasty)


@pytest.mark.parametrize("address", ["calls/", "calls/new/", "buying/"])
def test_no_parameter_breaks_a_page_without_a_call(desk, address):
    for nasty in NASTY:
        query = {"standing": nasty, "page": nasty, "title": nasty, "language": nasty, "kind": nasty}
        assert desk.get(f"/workspace/{address}", query).status_code < 500
        assert desk.post(f"/workspace/{address}", query).status_code < 500
