from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from marketplace.calls.actions import jurisdiction_of
from marketplace.calls.law import actions
from marketplace.calls.law.models import Jurisdiction, Reservation, Threshold
from marketplace.core import registry
from marketplace.core.errors import RuleBroken
from marketplace.core.models import AuditEntry
from tests.factories.law import ReservationFactory, ThresholdFactory

pytestmark = pytest.mark.django_db
KINDS = ("jurisdictions", "thresholds", "reservations")


def typed(page):
    """What the form of the page would send back."""
    form = page.context["form"]
    found = {}
    for field in form:
        value = field.value()
        if isinstance(value, list):
            value = ",".join(map(str, value))
        if value not in (None, False):
            found[field.html_name] = value
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_staff_see_lists_pages_and_exports_and_nobody_else_does(as_user, stella, amina, kind):
    ReservationFactory(), ThresholdFactory()
    row = {"jurisdictions": Jurisdiction, "thresholds": Threshold, "reservations": Reservation}[kind].objects.first()
    addresses = [
        reverse(f"{kind}:index"),
        reverse(f"{kind}:inspect", args=[row.pk]),
        reverse(f"{kind}:edit", args=[row.pk]),
        reverse(f"{kind}:index") + "?export=csv",
    ]
    browser = as_user(stella)

    assert [browser.get(address).status_code for address in addresses] == [200] * 4
    assert [as_user(amina).get(address).status_code for address in addresses] == [404] * 4


def test_an_edit_is_recorded_and_the_version_rises(as_user, stella):
    row = ReservationFactory()
    browser, address = as_user(stella), reverse("reservations:edit", args=[row.pk])
    data = typed(browser.get(address)) | {"conditions_fr": "Au moins 30 %."}
    assert browser.post(address, data).status_code == 302

    row.refresh_from_db()
    assert row.conditions == {
        "en": "At least 30 % of the workforce is disabled or disadvantaged.",
        "fr": "Au moins 30 %.",
    }
    assert row.version == 2
    assert AuditEntry.objects.get(verb="reservation.changed").data == {"parts": ["conditions"]}


def test_the_second_of_two_editors_sees_what_the_first_wrote(as_user, stella):
    row = ReservationFactory()
    browser, address = as_user(stella), reverse("reservations:edit", args=[row.pk])
    data = typed(browser.get(address))
    actions.change(row, version=1, by=stella, source="What a colleague read")
    page = browser.post(address, data | {"source": "What I read"})

    row.refresh_from_db()
    assert row.source == "What a colleague read"
    assert "What a colleague read" in page.content.decode()
    assert "What I read" in page.content.decode()
    assert browser.post(address, typed(page)).status_code == 302
    row.refresh_from_db()
    assert row.source == "What I read"


def test_words_in_a_language_without_a_field_stay(as_user, stella):
    row = ReservationFactory(names={"en": "Workshops", "de": "Werkstätten"})
    browser, address = as_user(stella), reverse("reservations:edit", args=[row.pk])
    browser.post(address, typed(browser.get(address)) | {"names_fr": "Ateliers"})

    row.refresh_from_db()
    assert row.names == {"en": "Workshops", "de": "Werkstätten", "fr": "Ateliers"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"reviewed_on": "2999-01-01"},
        {"review_by": "2020-01-01"},
        {"in_force_from": "2026-02-01", "in_force_until": "2026-01-31"},
        {"names_en": ""},
    ],
)
def test_what_makes_no_sense_is_said_beside_the_field(as_user, stella, wrong):
    row = ReservationFactory()
    browser, address = as_user(stella), reverse("reservations:edit", args=[row.pk])
    page = browser.post(address, typed(browser.get(address)) | wrong)

    assert page.status_code == 200
    assert set(page.context["form"].errors) <= set(wrong)
    assert page.context["form"].errors
    row.refresh_from_db()
    assert row.version == 1


def test_reading_it_again_moves_both_days(as_user, stella):
    row = ReservationFactory(reviewed_on=date(2025, 1, 1), review_by=date(2026, 1, 1))
    address = reverse("reservations:press", args=[row.pk, "read-again"])
    next_day = timezone.localdate() + timedelta(days=100)
    as_user(stella).post(address, {"review_by": next_day, "version": 1})

    row.refresh_from_db()
    assert (row.reviewed_on, row.review_by) == (timezone.localdate(), next_day)


def test_the_next_reading_lies_in_the_future_and_an_old_version_is_refused(stella):
    row = ReservationFactory()
    with pytest.raises(RuleBroken, match="lies in the future"):
        actions.confirm_reading(row, review_by=timezone.localdate(), version=1, by=stella)
    with pytest.raises(RuleBroken, match="colleague has changed this"):
        actions.confirm_reading(row, review_by=timezone.localdate() + timedelta(days=1), version=7, by=stella)


def test_a_new_figure_ends_the_old_one_on_the_day_before(stella):
    old = ThresholdFactory(in_force_from=date(2026, 1, 1))
    new = actions.replace_threshold(
        old, amount=1_000, in_force_from=date(2028, 1, 1), source="New", source_url="", version=1, by=stella
    )
    old.refresh_from_db()

    assert old.in_force_until == date(2027, 12, 31)
    assert (new.jurisdiction, new.amount, new.in_force_from) == (old.jurisdiction, 1_000, date(2028, 1, 1))
    with pytest.raises(RuleBroken, match="begins after the old one"):
        actions.replace_threshold(
            new, amount=1, in_force_from=date(2028, 1, 1), source="New", source_url="", version=1, by=stella
        )


@pytest.mark.parametrize("kind", KINDS)
def test_the_dashboard_counts_what_is_overdue_and_leads_to_it(as_user, stella, kind):
    model = {"jurisdictions": Jurisdiction, "thresholds": Threshold, "reservations": Reservation}[kind]
    model.objects.update(review_by=timezone.localdate() + timedelta(days=9))
    tile = next(tile for tile in registry.dashboard if tile.url() == reverse(f"{kind}:index") + "?review=overdue")
    assert tile.count(stella) == 0
    late = model.objects.first()
    model.objects.filter(pk=late.pk).update(review_by=timezone.localdate() - timedelta(days=1))

    assert tile.count(stella) == 1
    page = as_user(stella).get(tile.url())
    assert [row.pk for row in page.context["object_list"]] == [late.pk]


# --- Putting a law on record ------------------------------------------------------------------------------------------


def new(kind, **more):
    """What staff would type."""
    today = timezone.localdate()
    own = {
        "jurisdictions": {
            "code": "at",
            "countries": "AT",
            "late_change_days": 6,
            "extension_days": 10,
            "standstill_days": 10,
            "names_en": "Austria",
        },
        "reservations": {
            "code": "at-workshops",
            "names_en": "Sheltered workshops",
            "conditions_en": "At least 30 % of the workforce is disabled.",
        },
        "thresholds": {"authority": "any", "contract": "any", "amount": 14_300_000, "currency": "EUR"},
    }
    read = {"source": "BVergG 2018", "reviewed_on": today, "review_by": today + timedelta(days=300), "version": 1}
    return own[kind] | read | more


def adding(kind):
    return new(kind) if kind == "jurisdictions" else new(kind, jurisdiction=Jurisdiction.objects.get(code="eu").pk)


@pytest.mark.parametrize("kind", KINDS)
def test_staff_put_a_record_on_record_with_its_source(as_user, stella, amina, kind):
    model = {"jurisdictions": Jurisdiction, "thresholds": Threshold, "reservations": Reservation}[kind]
    before, browser, address = set(model.objects.values_list("pk", flat=True)), as_user(stella), reverse(f"{kind}:add")
    assert browser.get(address).status_code == 200
    assert address in browser.get(reverse(f"{kind}:index")).content.decode()
    answer = browser.post(address, adding(kind))

    (row,) = model.objects.exclude(pk__in=before)
    assert answer["Location"] == reverse(f"{kind}:inspect", args=[row.pk])
    assert (row.source, row.reviewed_on, row.version) == ("BVergG 2018", timezone.localdate(), 1)
    assert AuditEntry.objects.get(verb=f"{model._meta.model_name}.added").by == stella
    assert as_user(amina).get(address).status_code == 404
    assert as_user(amina).post(address, adding(kind)).status_code == 404


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("missing", ["source", "reviewed_on", "review_by"])
def test_without_its_source_or_its_days_of_reading_nothing_is_put_on_record(as_user, stella, kind, missing):
    model = {"jurisdictions": Jurisdiction, "thresholds": Threshold, "reservations": Reservation}[kind]
    before = model.objects.count()
    page = as_user(stella).post(reverse(f"{kind}:add"), adding(kind) | {missing: ""})

    assert set(page.context["form"].errors) == {missing}
    assert model.objects.count() == before


@pytest.mark.parametrize(
    ("field", "typed_in", "sentence"),
    [
        ("code", "eu", "already exists"),
        ("countries", "AT, FR", "names one of these countries already"),
        ("countries", "XX", "No country has this code: XX"),
        ("extension_days", "3", "no fewer days than those that make it late"),
        ("names_en", "", "This field is required"),
    ],
)
def test_what_makes_no_sense_of_a_new_jurisdiction_is_said_beside_the_field(as_user, stella, field, typed_in, sentence):
    page = as_user(stella).post(reverse("jurisdictions:add"), new("jurisdictions") | {field: typed_in})

    assert set(page.context["form"].errors) == {field}
    assert sentence in str(page.context["form"].errors[field])
    assert not Jurisdiction.objects.filter(source="BVergG 2018").exists()


def test_a_call_of_a_country_takes_the_law_that_was_put_on_record_for_it(as_user, stella):
    assert jurisdiction_of("AT").code == "eu"
    as_user(stella).post(reverse("jurisdictions:add"), new("jurisdictions", countries="at, LI"))

    assert jurisdiction_of("AT").countries == ["AT", "LI"]


def test_a_law_keeps_its_own_countries_when_it_is_edited_and_takes_none_of_another(as_user, stella):
    law = Jurisdiction.objects.get(code="fr")
    browser, address = as_user(stella), reverse("jurisdictions:edit", args=[law.pk])
    data = typed(browser.get(address))
    assert browser.post(address, data | {"countries": "FR,MC"}).status_code == 302
    page = browser.post(address, typed(browser.get(address)) | {"countries": "FR,GB"})

    assert "names one of these countries already" in str(page.context["form"].errors["countries"])
    law.refresh_from_db()
    assert law.countries == ["FR", "MC"]


@pytest.mark.parametrize("kind", KINDS)
def test_two_presses_put_it_on_record_once(as_user, stella, kind):
    model = {"jurisdictions": Jurisdiction, "thresholds": Threshold, "reservations": Reservation}[kind]
    before, typed_in = model.objects.count(), adding(kind)
    for _press in range(2):
        as_user(stella).post(reverse(f"{kind}:add"), typed_in)

    assert model.objects.count() == before + 1
    assert AuditEntry.objects.filter(verb=f"{model._meta.model_name}.added").count() == 1


def test_the_same_again_and_a_code_that_a_colleague_took_a_moment_ago_are_refused(stella):
    day = timezone.localdate()
    law = {"names": {"en": "Austria"}, "source": "BVergG", "reviewed_on": day, "review_by": day + timedelta(days=9)}
    actions.add(Jurisdiction, by=stella, code="at", **law)
    with pytest.raises(RuleBroken, match="on record already"):
        actions.add(Jurisdiction, by=stella, code="at", **law)
    with pytest.raises(RuleBroken, match="record with this code"):
        actions.add(Jurisdiction, by=stella, code="at", **law | {"source": "Another"})

    assert Jurisdiction.objects.filter(code="at").count() == 1
