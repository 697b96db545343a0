import pytest
from django.db import IntegrityError, transaction

from marketplace.calls import actions
from marketplace.calls.facts import facts_of
from marketplace.calls.models import Call
from marketplace.calls.writing.forms import WhatForm, WhoForm
from marketplace.calls.writing.lots import LotForm
from marketplace.calls.writing.times import WhenForm
from suppliers.evidence.models import Tier
from tests.calls.writing.conftest import sent
from tests.factories.calls import CallFactory, minute
from tests.factories.law import ReservationFactory, ThresholdFactory

pytestmark = pytest.mark.django_db
FORMS = [WhatForm, WhenForm, WhoForm]


@pytest.fixture(params=["company", "authority"])
def call(request):
    return CallFactory(authority=request.param == "authority", question_deadline=minute(days=7))


@pytest.mark.parametrize("form_class", FORMS)
def test_a_form_sent_as_it_was_shown_changes_nothing(fill, call, form_class):
    form = fill(form_class, call)

    assert form.is_valid(), form.errors
    assert form.facts_after() == facts_of(call)
    assert not form.note_conflict()


def test_what_is_typed_becomes_facts_that_a_call_can_be_made_of(fill, call):
    typed = {"title": "Gardens", "description": "Two parks.\r\nWeekly.", "contract": "works", "reference": "7/26"}

    form = fill(WhatForm, call, **typed)

    assert form.is_valid(), form.errors
    actions.change_draft(call, form.facts_after(), by=None)
    call = Call.objects.get()
    assert (call.title, call.description, call.contract, call.reference) == (
        "Gardens",
        "Two parks.\nWeekly.",
        "works",
        "7/26",
    )
    assert facts_of(call) == form.facts_after()


def test_another_currency_keeps_the_figures(fill, call):
    call.lots.update(value_from=100_00, value_to=250_050)
    form = fill(WhatForm, call, currency="KWD")

    assert form.is_valid(), form.errors
    lot = form.facts_after()["lots"][0]
    assert (lot["value_from"], lot["value_to"]) == (100_000, 2_500_500)


def test_a_currency_without_the_decimals_that_are_there_is_refused(fill, call):
    call.lots.update(value_to=250_050)

    form = fill(WhatForm, call, currency="JPY")

    assert not form.is_valid()
    assert "no such decimals" in str(form.errors["currency"])


# --- Two people -------------------------------------------------------------------------------------------------


def test_words_of_a_colleague_are_not_overwritten_unread(fill, call):
    form = fill(WhatForm, call, title="Mine")
    Call.objects.update(title="Theirs", contract="works")
    form.facts = facts_of(Call.objects.get())

    assert form.is_valid()
    assert form.note_conflict()

    assert "Somebody else changed this part" in form.conflict
    assert ("Title", "Theirs", "Mine") in [tuple(map(str, each)) for each in form.differences]
    assert ("Kind of contract", "Works", "Services") in [tuple(map(str, each)) for each in form.differences]
    again = WhatForm(form.data, facts=form.facts, call=call)
    assert again.is_valid()
    assert not again.note_conflict()
    assert again.facts_after()["title"] == "Mine"


def test_two_who_typed_the_same_do_not_differ(fill, call):
    form = fill(WhatForm, call, title="Same")
    Call.objects.update(title="Same")
    form.facts = facts_of(Call.objects.get())

    assert form.is_valid()
    assert not form.note_conflict()


def test_another_part_of_the_call_is_no_conflict(fill, call):
    form = fill(WhatForm, call, title="Mine")
    Call.objects.update(contact="Theirs")
    form.facts = facts_of(Call.objects.get())

    assert form.is_valid()
    assert not form.note_conflict()
    assert form.facts_after()["contact"] == "Theirs"


@pytest.mark.parametrize("form_class", [*FORMS, LotForm])
def test_every_part_can_say_how_it_differs(fill, call, form_class):
    more = {"number": 1} if form_class is LotForm else {}
    form = fill(form_class, call, **more)
    now = facts_of(CallFactory(authority=call.is_of_authority, zone="Europe/Paris", contact="Office 3", title="Other"))
    form.facts = now
    if form_class is LotForm:
        form.lot = now["lots"][0] | {"title": "Other", "value_to": 5_000_000, "regions": ["FR101"], "cpv": ["45000000"]}
        form.facts = now | {"lots": [form.lot]}

    assert form.is_valid(), form.errors
    assert form.note_conflict()
    assert all(label and now != typed for label, now, typed in form.differences)
    assert form.differences


# --- The firewall -----------------------------------------------------------------------------------------------


def test_a_company_may_ask_for_evidence_and_write_for_members(fill):
    call = CallFactory()
    form = fill(WhoForm, call, audience="members", evidence_tiers=["certified", "documented"])

    assert form.is_valid(), form.errors
    actions.change_draft(call, form.facts_after(), by=None)
    call.refresh_from_db()
    assert (call.audience, set(call.evidence_tiers)) == ("members", {"certified", "documented"})


def test_an_authority_has_no_such_field_whatever_it_sends(fill):
    call = CallFactory(authority=True)
    form = fill(WhoForm, call, audience="members", evidence_tiers=Tier.values)

    assert not {"audience", "evidence_tiers"} & set(form.fields)
    assert form.is_valid(), form.errors
    assert form.facts_after() == facts_of(call)


def test_below_the_form_the_database_holds_the_firewall():
    call = CallFactory(authority=True)

    for forged in ({"evidence_tiers": ["certified"]}, {"audience": "members"}):
        with pytest.raises(IntegrityError, match="asks_no_evidence"), transaction.atomic():
            actions.change_draft(call, facts_of(call) | forged, by=None)


def test_a_company_has_no_reservations(fill):
    reservation = ReservationFactory()
    form = fill(LotForm, CallFactory(), number=1, reservation=reservation.pk, reservation_grounds="Because.")

    assert "reservation" not in form.fields
    assert form.is_valid()
    assert form.facts_after()["lots"][0]["reservation_id"] is None


# --- Where responses go -----------------------------------------------------------------------------------------


def test_here_is_refused_to_an_authority_until_it_is_below_its_threshold(fill):
    call = CallFactory(authority=True, lots=2)
    call.jurisdiction.thresholds.all().delete()
    ThresholdFactory(jurisdiction=call.jurisdiction, amount=100_000_00, source="Article 4.")

    form = fill(WhoForm, call, route="here")
    assert not form.is_valid()
    refusal = str(form.errors["route"])
    assert "100,000\xa0EUR" in refusal
    assert "Source: Article 4. Last read on" in refusal

    call.lots.update(value_to=49_999_00)
    form = fill(WhoForm, call, route="here")
    assert form.is_valid(), form.errors
    assert (form.facts_after()["route"], form.facts_after()["portal_url"]) == ("here", "")


def test_a_portal_is_an_address_of_the_web(fill, call):
    for address in ("javascript:alert(1)", "ftp://portal.example", "portal"):
        assert not fill(WhoForm, call, route="portal", portal_url=address).is_valid(), address
    assert fill(WhoForm, call, route="portal", portal_url="https://portal.example/1").is_valid()


def test_what_is_not_sent_at_all_is_refused_and_never_breaks(call):
    for form_class in FORMS:
        form = form_class(sent(nothing="asked"), facts=facts_of(call), call=call)
        assert not form.is_valid()
