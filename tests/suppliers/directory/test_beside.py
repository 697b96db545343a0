"""A filter that is on shows what its other values would find: its own choice never narrows its counts."""

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from suppliers.directory import beside, plans, rows, stored
from suppliers.directory.question import Question
from suppliers.directory.search import search
from suppliers.evidence.models import Certification, Scheme
from suppliers.models import Audience
from tests.factories.directory import found_supplier
from tests.factories.files import DocumentFactory

pytestmark = pytest.mark.django_db
EURO = {"largest_contract_currency": "EUR"}


@pytest.fixture(autouse=True)
def _figures_of_this_test(monkeypatch):
    monkeypatch.setattr(stored, "_known", (0.0, {}))


def counts(facet, **question):
    return {each.value: each.count for each in search(Question(**question)).facets[facet]}


@pytest.fixture
def three():
    """Cleaners: a micro firm of GB, a small one of FR, a medium one of FR that does not say "brush"."""
    found_supplier("90911200", summary="brush", organisation__country="GB", regions=["UKE4"], size_band="micro",
        turnover_band="100k", languages=["en"], largest_contract=2_000_000, **EURO)  # fmt: skip
    found_supplier("90919200", summary="brush", organisation__country="FR", regions=["FRK"], size_band="small",
        turnover_band="500k", languages=["fr", "en"], largest_contract=30_000_000, **EURO)  # fmt: skip
    found_supplier("90911200", "45442100", summary="polish", organisation__country="FR", regions=["FRL"],
        size_band="medium", turnover_band="500k", languages=["fr"], largest_contract=30_000_000, **EURO)  # fmt: skip


@pytest.mark.parametrize(
    ("facet", "chosen", "counted"),
    [
        ("country", {"countries": ("FR",)}, {"FR": 2, "GB": 1}),
        ("country", {"countries": ("GB",)}, {"FR": 2, "GB": 1}),
        ("country", {"countries": ("DE",)}, {"FR": 2, "GB": 1, "DE": 0}),
        ("region", {"regions": ("UKE",)}, {"UKE": 1, "FRK": 1, "FRL": 1}),
        ("region", {"regions": ("UKE4",)}, {"UKE": 1, "FRK": 1, "FRL": 1, "UKE4": 1}),
        ("region", {"regions": ("UKE4", "FRK2")}, {"UKE": 1, "FRK": 1, "FRL": 1, "UKE4": 1, "FRK2": 1}),
        ("size", {"sizes": ("micro",)}, {"micro": 1, "small": 1, "medium": 1}),
        ("turnover", {"turnovers": ("100k",)}, {"100k": 1, "500k": 2}),
        ("language", {"languages": ("fr",)}, {"en": 2, "fr": 2}),
        ("capacity", {"capacity": 250_000}, {"10000": 3, "50000": 2, "250000": 2}),
        ("cpv", {"cpv": ("45000000",)}, {"45000000": 1, "45400000": 1, "90000000": 3}),
        ("cpv", {"cpv": ("90911000",)}, {"90911000": 2, "90911200": 2, "45000000": 1}),
    ],
)
def test_a_choice_leaves_the_counts_of_its_own_facet_whole(three, facet, chosen, counted):
    assert counts(facet, **chosen) == counted


def test_other_filters_and_words_narrow_them(three):
    assert counts("country", words="brush", countries=("FR",)) == {"GB": 1, "FR": 1}
    assert counts("country", countries=("FR",), sizes=("micro", "small")) == {"GB": 1, "FR": 1}
    assert counts("size", countries=("FR",), sizes=("small",)) == {"small": 1, "medium": 1}
    assert counts("size", countries=("FR",)) == {"small": 1, "medium": 1}


def test_documents_are_counted_beside_the_one_asked_for():
    for kind in ("policy", "accounts"):
        supplier = found_supplier("90911200")
        DocumentFactory(supplier=supplier, kind=kind, for_members=True)
        rows.refresh([supplier.pk])

    assert counts("document", documents=("policy",)) == {"policy": 1, "accounts": 1}


def test_evidence_is_counted_beside_the_chosen_tier_for_those_who_may_see_it():
    today = timezone.localdate()
    for slug, tier in (("one", "certified"), ("two", "documented")):
        supplier = found_supplier("90911200")
        scheme = Scheme.objects.create(name=slug, slug=slug, issuer=slug)
        Certification.objects.create(supplier=supplier, scheme=scheme, tier=tier, number="1", valid_from=today,
            valid_until=today + timedelta(days=9), published_at=timezone.now())  # fmt: skip
        rows.refresh([supplier.pk])

    assert counts("tier", tiers=("certified",), sees_evidence=True) == {"certified": 1, "documented": 1}
    assert counts("scheme", schemes=("two",), sees_evidence=True) == {"one": 1, "two": 1}
    assert "tier" not in search(Question(tiers=("certified",))).facets


def test_profiles_for_members_are_counted_for_members_alone(three):
    found_supplier("90911200", organisation__country="DE", audience=Audience.MEMBERS)

    assert counts("country", countries=("FR",)) == {"FR": 2, "GB": 1}
    assert counts("country", countries=("FR",), is_member=True) == {"FR": 2, "GB": 1, "DE": 1}


def test_of_more_than_are_looked_through_a_fair_share_is_told_as_of_all(monkeypatch):
    for number in range(60):
        found_supplier("90911200", organisation__country="FR" if number % 3 else "GB", slug=f"s{number}")
    monkeypatch.setattr(beside, "READ_WHOLE", 0)
    monkeypatch.setattr("suppliers.directory.search.GUESSED_IN", 256)
    monkeypatch.setattr(beside, "FAIR_SAMPLE", 45)

    found = counts("country", countries=("FR",))

    assert found["FR"] == 40
    assert found["GB"] == pytest.approx(20, abs=12)


def test_what_is_more_than_can_be_counted_is_no_more_than_that(monkeypatch, three):
    monkeypatch.setattr(beside, "READ_WHOLE", 0)
    monkeypatch.setattr("suppliers.directory.search.GUESSED_IN", 256)
    monkeypatch.setattr(plans, "MOST_COUNTED", 1)

    assert counts("country", countries=("FR",)) == {"FR": 1, "GB": 1}


def test_of_a_large_directory_the_kept_figures_say_it(monkeypatch, three):
    monkeypatch.setattr(stored, "LARGE", 0)
    stored.take_figures(timezone.now())
    found_supplier("90911200", organisation__country="GB")

    assert counts("country", countries=("FR",)) == {"FR": 2, "GB": 1}
    assert counts("country", words="cleaning", countries=("FR",)) == {"FR": 2, "GB": 2}


def test_common_filters_are_looked_up_in_the_row_with_the_same_counts(monkeypatch, three):
    before = counts("size", countries=("FR",), sizes=("small",))

    monkeypatch.setattr("suppliers.directory.conditions.COMMON", 0.0)

    assert counts("size", countries=("FR",), sizes=("small",)) == before == {"small": 1, "medium": 1}


@pytest.mark.parametrize("is_large", [False, True])
def test_chosen_facets_cost_one_statement_at_most_however_many(monkeypatch, three, is_large):
    if is_large:
        monkeypatch.setattr(stored, "LARGE", 0)
        stored.take_figures(timezone.now())

    for _ in range(2):
        # Below three results a typing error is looked for, which costs statements of its own.
        found_supplier("90911200", organisation__country="FR", size_band="small", largest_contract=9_000_000, **EURO)

    def statements(**question):
        search(Question(**question))
        with CaptureQueriesContext(connection) as captured:
            search(Question(**question))
        return len(captured)

    plain = statements(words="cleaning")
    for chosen in (
        {"countries": ("FR",)},
        {"countries": ("FR",), "words": "cleaning"},
        {"countries": ("FR",), "sizes": ("small",), "cpv": ("90000000",), "capacity": 10_000, "words": "cleaning"},
    ):
        assert statements(**chosen) <= plain + 1


def test_every_filter_at_once_is_answered_within_a_second(three):
    everything = {
        "words": "cleaning", "countries": ("FR", "GB"), "regions": ("FRK", "UKE"), "cpv": ("90000000", "45000000"),
        "sizes": ("micro", "small"), "turnovers": ("100k", "500k"), "languages": ("fr", "en"), "capacity": 10_000,
        "documents": ("insurance",),
    }  # fmt: skip
    started = time.monotonic()

    answer = search(Question(**everything))

    assert answer.notes == []
    assert time.monotonic() - started < 1
