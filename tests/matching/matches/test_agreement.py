"""The score in SQL and the score in Python are one: on random pairs of lots and firms, each part for itself."""

from datetime import timedelta
from random import Random

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from buyers.models import Buyer
from marketplace.accounts.models import Organisation
from marketplace.calls.models import Call, Lot
from marketplace.core import copying
from marketplace.core.vocab import cpv
from marketplace.matching.matches import exact, facts
from marketplace.matching.scoring import Score, score
from suppliers.directory import rows
from suppliers.models import Capability, Supplier
from tests.factories import scoring as drawn

pytestmark = pytest.mark.django_db

LANDS = ("GB", "FR", "GR", "US", "DE")
LANGUAGES = ("en", "fr", "de", "el", "tr")
#: Of one region each: some are no region of the list.
WHERE = (
    "UKE4", "UKE42", "UKE", "UK", "UKN10", "UKN0", "UKN", "EL30", "EL3", "EL", "GR", "FR10", "FR62", "US", "BR", "",
)  # fmt: skip
SAID = "window cleaning of schools, nettoyage de vitres, Fensterreinigung, καθαρισμός, 24 hours, büro temizliği"
#: Beginnings of codes that meet one another at every depth.
BEGINNINGS = ("909112", "90911", "9091", "909", "90", "30", "31", "452122", "4521", "45", "351", "79", "00", "03")


def any_code(random):
    """Of CPV 2008 or of no list, of every depth."""
    beginning = random.choice(BEGINNINGS)
    if random.random() < 0.3:
        return (beginning + "".join(random.choices("0012", k=6)))[:8]
    return random.choice([code for code in cpv.codes() if code.startswith(beginning)] or ["90911200"])


def any_regions(random, *, most=3):
    return sorted({code for code in random.choices(WHERE, k=random.randint(0, most)) if code})


def any_words(random):
    words = SAID.split()
    return " ".join(random.sample(words, random.randint(1, len(words))))


def plant_firms(random, number):
    now = timezone.now()
    bodies = copying.copy_models(
        (Organisation(name=any_words(random), country=random.choice(LANDS)) for _each in range(number)), are_keyed=True
    )
    suppliers = copying.copy_models(
        (
            Supplier(
                organisation=body,
                slug=f"agreed-{body.pk}",
                summary=any_words(random) if random.random() < 0.8 else "",
                summary_language=random.choice(LANGUAGES),
                regions=any_regions(random),
                serves_europe=random.random() < 0.1,
                based_in=random.choice(WHERE),
                submitted_at=now,
                listed_at=now,
            )
            for body in bodies
        ),
        are_keyed=True,
    )
    copying.copy_models(
        Capability(
            supplier=supplier,
            cpv=code,
            words=any_words(random)[:200] if random.random() < 0.3 else "",
            regions=any_regions(random) if random.random() < 0.3 else [],
        )
        for supplier in suppliers
        for code in sorted({any_code(random) for _each in range(random.randint(0, 5))})
    )
    rows.refresh(supplier.pk for supplier in suppliers)
    return [supplier.pk for supplier in suppliers]


def plant_calls(random, number):
    """One lot in each; returns the calls."""
    now = timezone.now()
    bodies = copying.copy_models((Organisation(name=land, country=land) for land in LANDS), are_keyed=True)
    buyers = copying.copy_models(
        (Buyer(organisation=body, kind="company", slug=f"agreed-{body.pk}", cleared_at=now) for body in bodies),
        are_keyed=True,
    )
    due = now + timedelta(days=20)
    calls = copying.copy_models(
        (
            Call(
                buyer=random.choice(buyers),
                buyer_kind="company",
                slug=f"agreed-{buyers[0].pk}-{place}",
                title=any_words(random)[:200],
                description="Said in the documents.",
                language=random.choice(LANGUAGES),
                zone="UTC",
                response_due_on=due.date(),
                response_due_time=due.time(),
                response_deadline=due,
                publish_at=now,
                announced_at=now,
            )
            for place in range(number)
        ),
        are_keyed=True,
    )
    copying.copy_models(
        Lot(
            call=call,
            number=1,
            title=random.choice((any_words(random)[:200], "Lot 1", "2026")),
            cpv=list(dict.fromkeys(any_code(random) for _each in range(random.randint(1, 4)))),
            regions=any_regions(random),
        )
        for call in calls
    )
    return calls


def compared(calls, firms):
    """[(lot, firm, what Python says, what SQL says)] for every lot with every firm."""
    facts.keep_needs([call.pk for call in calls])
    offers = facts.offers_of(firms)
    needs = [pair for call in calls for pair in facts.needs_of(call)]
    found = exact.score_pairs((lot.pk, firm) for lot, _need in needs for firm in firms)
    return [
        (lot.pk, firm, score(need, offers[firm]), found.get((lot.pk, firm), (0, 0, 0)))
        for lot, need in needs
        for firm in firms
    ]


def test_sql_and_python_agree_on_random_pairs(prove, proof):
    seed = Random().randrange(2**32) if prove else 6
    random = Random(seed)
    number = 100 if prove else 23

    pairs = compared(plant_calls(random, number), plant_firms(random, number))

    differing = [pair for pair in pairs if (pair[2].cpv, pair[2].region, pair[2].words) != pair[3]]
    assert differing == [], f"seed {seed}"
    assert all(python.total == sum(sql) for _lot, _firm, python, sql in pairs)
    # Not agreement about nothing: every part is there, and each of its kinds of value.
    matched = [python for _lot, _firm, python, _sql in pairs if python != Score()]
    assert len(pairs) == number**2
    assert len(matched) > len(pairs) / 5
    assert {python.region for python in matched} == {15, 20, 25}
    assert {0, 15} < {python.words for python in matched}
    assert len({python.cpv for python in matched}) > 15
    if prove:
        proof.record("score in SQL and in Python on random pairs", seed=seed, pairs=len(pairs), differing=0)


def test_a_figure_that_differs_is_seen(monkeypatch):
    """The control: were one figure another in SQL alone, the pairs would tell."""
    random = Random(6)
    calls, firms = plant_calls(random, 15), plant_firms(random, 15)
    monkeypatch.setattr(exact, "PAIRS", exact.PAIRS.replace("THEN 34", "THEN 35").replace("THEN 20", "THEN 19"))

    pairs = compared(calls, firms)

    assert any((python.cpv, python.region, python.words) != sql for _lot, _firm, python, sql in pairs)


def test_they_agree_on_whatever_hypothesis_thinks_of(prove):
    """One lot and one firm, changed again and again: codes of no list, regions of no list, nothing said."""
    random = Random(1)
    [call], [firm] = plant_calls(random, 1), plant_firms(random, 1)
    lot = call.lots.get()
    Capability.objects.filter(supplier=firm).delete()

    @settings(
        max_examples=2_000 if prove else 20, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(drawn.needs, drawn.regions, st.booleans(), st.lists(drawn.services, max_size=4, unique_by=_code_of))
    def agree(need, regions, everywhere, services):
        Lot.objects.filter(pk=lot.pk).update(cpv=list(need.codes), regions=sorted(need.regions))
        Supplier.objects.filter(pk=firm).update(regions=sorted(regions), serves_europe=everywhere)
        Capability.objects.filter(supplier=firm).delete()
        Capability.objects.bulk_create(
            Capability(supplier_id=firm, cpv=service.code, regions=sorted(service.regions)) for service in services
        )

        [(_lot, _firm, python, sql)] = compared([call], [firm])

        assert (python.cpv, python.region, python.words) == sql
        assert python.total == sum(sql)

    agree()


def _code_of(service):
    return service.code
