"""Those worth being scored, against all there are: of a small world where everything is too much."""

from random import Random

import pytest

from marketplace.matching.matches import candidates, exact, facts, keeping
from marketplace.matching.matches.dealing import turn_of
from marketplace.matching.matches.models import Match, Need
from suppliers.directory import rows
from suppliers.models import Capability, Supplier
from tests.factories.calls import CallFactory
from tests.factories.directory import found_supplier
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db

FIRST = 7_000_000
CODES = ("90911200", "90911300", "90910000", "90919200", "90500000", "90000000", "45212200", "79952000")


@pytest.fixture
def town():
    """120 firms, of which most do the same in the same place.

    Their numbers are always the same, since guesses and turns come from these: so few firms are guessed badly or well.
    """
    random = Random(1)
    firms = [SupplierFactory(pk=FIRST + place, listed=True, regions=["UKE4"]) for place in range(120)]
    Supplier.objects.filter(pk__in=[firm.pk for firm in firms[::3]]).update(regions=["UK"])
    Capability.objects.bulk_create(
        Capability(supplier=firm, cpv=code)
        for firm in firms
        for code in {CODES[0] if random.random() < 0.8 else random.choice(CODES), random.choice(CODES)}
    )
    rows.refresh([firm.pk for firm in firms])
    return [firm.pk for firm in firms]


def order(call, pairs):
    """Firms by the best score of a lot, equals as they are dealt."""
    scores = {}
    for (_lot, firm), parts in exact.score_pairs(pairs).items():
        scores[firm] = max(sum(parts), scores.get(firm, 0))
    shown = [firm for firm, score in scores.items() if score >= 40]
    return sorted(shown, key=lambda firm: (-scores[firm], turn_of(call.pk, firm)))


def needs_of(call):
    facts.keep_needs([call.pk])
    return list(Need.objects.filter(call=call).order_by("number"))


@pytest.mark.parametrize(
    "lots",
    [
        {"lots__cpv": ["90911200"], "lots__regions": ["UKE42"]},
        {"lots__cpv": ["90911200", "79952000"], "lots__regions": ["UKE4"]},
        {"lots__cpv": ["79952000", "90911200", "45212200"], "lots__regions": []},
        {"lots__cpv": ["90000000"], "lots__regions": ["UKE4", "FR1"]},
        {"lots": 3, "lots__cpv": ["90911300"], "lots__regions": ["UKE4"]},
    ],
)
def test_the_best_are_among_them_also_where_there_are_far_too_many(town, lots):
    for place in range(16):
        call = CallFactory(pk=FIRST + place, published=True, **lots)
        needs = needs_of(call)

        found = candidates.firms(needs, enough=20, most=12)

        everything = [(need.lot_id, firm) for need in needs for firm in town]
        assert len(set(found[1])) < len(town)
        assert order(call, zip(*found, strict=True))[:5] == order(call, everything)[:5]


def test_nobody_is_passed_over_where_they_are_few(town):
    call = CallFactory(published=True, lots__cpv=["90911200", "79952000"], lots__regions=["UKE4"])
    needs = needs_of(call)

    found = candidates.firms(needs)

    everything = [(need.lot_id, firm) for need in needs for firm in town]
    assert order(call, zip(*found, strict=True)) == order(call, everything)


def test_a_firm_that_says_no_more_than_the_division_is_found():
    broad = found_supplier("90000000", regions=["UKE4"])
    call = CallFactory(published=True, lots__cpv=["90911200"], lots__regions=["UKE4"])

    assert broad.pk in candidates.firms(needs_of(call))[1]


def test_a_firm_without_a_code_near_by_is_found_by_its_words():
    said = "Cleaning of primary schools and of their windows"
    worded = found_supplier(("98390000", said), regions=["UKE4"])
    named = found_supplier("98390000", regions=["UKE4"], organisation__name="Primary Schools Cleaning Windows")
    call = CallFactory(
        published=True, title="Cleaning windows of primary schools", lots__cpv=["90911300"], lots__regions=["UKE4"]
    )

    found = candidates.firms(needs_of(call))[1]

    assert worded.pk in found
    assert named.pk not in found


def test_a_firm_that_works_elsewhere_is_not_among_them():
    found_supplier("90911200", regions=["FR1"])
    call = CallFactory(published=True, lots__cpv=["90911200"], lots__regions=["UKE4"])

    assert candidates.firms(needs_of(call)) == ([], [])


def test_a_call_without_a_lot_that_says_what_has_nobody():
    assert candidates.firms([]) == ([], [])


@pytest.mark.parametrize("offers", [["90911200"], ["90919000"], ["90000000"], ["90911200", "45000000"]])
def test_a_firm_finds_the_lots_that_would_find_it(offers):
    firm = found_supplier(*offers, regions=["UKE"])
    asked = [["90911200"], ["90910000"], ["90000000"], ["79952000"], ["45212200", "90911300"]]
    calls = [
        CallFactory(published=True, lots__cpv=codes, lots__regions=regions)
        for codes in asked
        for regions in (["UKE42"], ["UK"], ["FR1"], [])
    ]
    for call in calls:
        keeping.match_call(call.pk)

    found = set(candidates.lots(firm.pk))

    assert {match.lot_id for match in Match.objects.filter(supplier=firm)} <= found
    assert not {need.lot_id for need in Need.objects.filter(regions=["FR1"])} & found
