"""The demo's crowd: firms for whom nobody acts, written with COPY."""

import io

import pytest
from django.core.management import call_command
from django.utils import timezone

from marketplace.accounts.models import Organisation, Representative
from marketplace.core.invariants import breaches
from marketplace.core.vocab import cpv, nuts
from suppliers import seed
from suppliers.directory.question import Question
from suppliers.directory.search import search
from suppliers.models import Capability, Supplier

pytestmark = pytest.mark.django_db
WITH_OWNERS, ALL = 5, 400


@pytest.fixture
def planted(settings, monkeypatch):
    settings.DEMO = True
    monkeypatch.setattr(seed, "WITH_OWNERS", WITH_OWNERS)

    def run(suppliers=ALL):
        call_command("seed_demo", suppliers=suppliers, stdout=io.StringIO())

    run()
    return run


def crowd():
    return Supplier.objects.filter(organisation__representatives__isnull=True)


def test_the_crowd_is_whole_and_breaks_no_rule(planted):
    assert Supplier.objects.count() == ALL
    assert crowd().count() == ALL - WITH_OWNERS
    assert [breach.sentence for breach in breaches(timezone.now())] == []
    for supplier in crowd()[:50]:
        supplier.full_clean()


def test_the_same_world_again_adds_nothing_and_a_larger_one_the_rest(planted):
    before = set(crowd().values_list("slug", flat=True))

    planted()
    assert set(crowd().values_list("slug", flat=True)) == before
    planted(ALL + 30)

    assert before < set(crowd().values_list("slug", flat=True))
    assert Supplier.objects.count() == ALL + 30


def test_services_follow_a_zipf_law_over_known_codes(planted):
    codes = list(Capability.objects.filter(supplier__in=crowd()).values_list("cpv", flat=True))

    assert all(cpv.exists(code) for code in codes)
    assert 3 <= len(codes) / crowd().count() <= 8
    most = max(set(codes), key=codes.count)
    assert codes.count(most) > 5 * len(codes) / len(set(codes))


def test_places_follow_the_people_and_texts_the_country(planted):
    home = dict(crowd().values_list("slug", "organisation__country"))
    countries = list(home.values())

    assert countries.count("FR") > countries.count("ES")
    for supplier in crowd().select_related("organisation")[:100]:
        region = nuts.find(supplier.based_in)
        assert (region.level, region.country) == (3, supplier.organisation.country.code)
        assert (
            supplier.summary_language
            in {"GB": "en", "FR": "fr", "BE": "fr nl", "DE": "de", "ES": "es", "PT": "pt"}[
                supplier.organisation.country.code
            ]
        )


def test_the_crowd_is_found_in_the_directory(planted):
    assert search(Question()).total == Supplier.objects.public().count()
    assert not Representative.objects.filter(
        organisation__in=Organisation.objects.filter(supplier__in=crowd())
    ).exists()
