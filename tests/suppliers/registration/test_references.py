import re

import pytest

from suppliers import actions
from suppliers.models import Reference
from tests.factories.suppliers import ReferenceFactory
from tests.suppliers.registration.conftest import TOLD, words

pytestmark = pytest.mark.django_db


def test_past_work_is_told_changed_and_removed(browser, omar):
    assert browser.post("/workspace/profile/references/", TOLD).url == "/workspace/profile/references/"
    browser.post("/workspace/profile/references/", TOLD)
    reference = Reference.objects.get()
    address = f"/workspace/profile/references/{reference.pk}/"
    seen = actions.fingerprint(actions.reference_of(reference))
    assert "A school" in words(browser.get("/workspace/profile/references/"))

    assert browser.post(address, TOLD | {"is_private": "on", "seen": seen}).url == "/workspace/profile/references/"
    reference.refresh_from_db()
    assert (reference.is_private, reference.year) == (True, 2024)

    browser.post(f"{address}remove/")
    assert not Reference.objects.exists()
    assert browser.get(address).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"title": ""}, {"buyer_name": " "}, {"year": "1066"}, {"year": "3000"}, {"value_band": "x"}, {"year": "x"}],
)
def test_a_slip_in_past_work_is_explained(browser, atlas, wrong):
    reference = ReferenceFactory(supplier=atlas, title="Before")
    sent = {"title": "After", "buyer_name": "Kept words", "year": "2024"} | wrong

    added = browser.post("/workspace/profile/references/", sent)
    changed = browser.post(f"/workspace/profile/references/{reference.pk}/", sent)

    assert (added.status_code, changed.status_code) == (422, 422)
    assert Reference.objects.get().title == "Before"


def test_two_people_change_one_reference(browser, atlas):
    reference = ReferenceFactory(supplier=atlas, title="A school")
    address = f"/workspace/profile/references/{reference.pk}/"

    refused = browser.post(address, TOLD | {"title": "Two schools", "seen": "of another day"})

    assert refused.status_code == 422
    assert "What did you do? A school Two schools" in words(refused)
    fresh = re.search(r'name="seen" value="([^"]*)"', refused.content.decode())[1]
    assert browser.post(address, TOLD | {"title": "Two schools", "seen": fresh}).status_code == 302
    assert Reference.objects.get().title == "Two schools"


def test_the_references_of_another_firm_look_missing(browser, atlas, amina):
    foreign = ReferenceFactory(supplier__organisation=amina.organisation)

    assert browser.get(f"/workspace/profile/references/{foreign.pk}/").status_code == 404
    assert browser.post(f"/workspace/profile/references/{foreign.pk}/remove/").status_code == 404
    assert Reference.objects.count() == 1
