"""The lists of calls, kept as they should be from either side."""

import pytest
from django.utils import timezone

from marketplace.calls.models import Call
from marketplace.matching.matches import exact, facts, keeping
from marketplace.matching.matches.dealing import turn_of
from marketplace.matching.matches.models import Match, MatchedCall, Need, Waiting
from marketplace.matching.matches.signals import call_matched
from marketplace.matching.scoring import KEPT_OF_A_CALL, VERSION, score
from suppliers.directory import rows
from suppliers.models import Capability, Supplier
from tests.factories.calls import CallFactory, LotFactory
from tests.factories.directory import found_supplier
from tests.factories.matches import MatchFactory
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db


def open_call(**fields):
    return CallFactory(**({"published": True, "lots__cpv": ["90911200"], "lots__regions": ["UKE4"]} | fields))


def crowd(number, *, code="90911200"):
    """So many listed firms that offer the same in the same place."""
    firms = SupplierFactory.create_batch(number, listed=True, regions=["UKE4"])
    Capability.objects.bulk_create(Capability(supplier=firm, cpv=code) for firm in firms)
    rows.refresh([firm.pk for firm in firms])
    return firms


def lists():
    """Everything that is kept, but for when."""
    return set(Match.objects.values_list("call", "supplier", "lot", "cpv", "region", "words", "turn", "version"))


def test_a_match_is_the_lot_answered_best_with_the_parts_of_its_score():
    call = open_call(lots=0)
    LotFactory(call=call, number=1, cpv=["45000000"], regions=["UKE4"])
    best = LotFactory(call=call, number=2, title="Windows", cpv=["90911300"], regions=["UKE4"])
    firm = found_supplier("90911300", regions=["UKE4"], summary="Windows and doors")

    assert keeping.match_call(call.pk) == 1

    match = Match.objects.get()
    need = dict(facts.needs_of(call))[best]
    reckoned = score(need, facts.offers_of([firm.pk])[firm.pk])
    assert (match.call, match.supplier, match.lot) == (call, firm, best)
    assert (match.cpv, match.region, match.words) == (reckoned.cpv, reckoned.region, reckoned.words) == (60, 25, 15)
    assert (match.score, match.version, match.turn) == (100, VERSION, turn_of(call.pk, firm.pk))


def test_of_lots_answered_equally_well_the_first_is_kept():
    call = open_call(lots=3)
    found_supplier("90911200", regions=["UKE4"])

    keeping.match_call(call.pk)

    assert Match.objects.get().lot.number == 1


def test_matching_twice_changes_nothing():
    call = open_call()
    crowd(3)
    keeping.match_call(call.pk)
    before = list(Match.objects.order_by("pk").values())

    keeping.match_call(call.pk)

    assert list(Match.objects.order_by("pk").values()) == before


def test_who_is_no_match_any_more_leaves_the_list_and_who_became_one_comes_in():
    call = open_call()
    firm, other = found_supplier("90911200", regions=["UKE4"]), found_supplier("45000000", regions=["UKE4"])
    keeping.match_call(call.pk)
    Capability.objects.filter(supplier=firm).update(cpv="45000000")
    Capability.objects.filter(supplier=other).update(cpv="90911200")
    rows.refresh([firm.pk, other.pk])

    keeping.match_call(call.pk)

    assert Match.objects.get().supplier == other


@pytest.mark.parametrize("trait", ["closed", "withdrawn", "cancelled", "scheduled"])
def test_a_call_that_is_not_open_has_no_list(trait):
    call = CallFactory(**{trait: True})
    MatchFactory(call=call)
    MatchedCall.objects.create(call=call, at=timezone.now(), kept=1)
    facts.keep_needs([call.pk])

    assert keeping.match_call(call.pk) == 0

    assert not Match.objects.exists()
    assert not MatchedCall.objects.exists()
    assert not Need.objects.exists()


@pytest.mark.parametrize("trait", ["hidden", "suspended", "waiting"])
def test_a_firm_that_is_not_listed_has_no_matches(trait):
    firm = found_supplier("90911200", regions=["UKE4"])
    call = open_call()
    keeping.match_call(call.pk)
    shape = SupplierFactory(**{trait: True})
    fields = ("listed_at", "hidden_at", "suspended_at")
    Supplier.objects.filter(pk=firm.pk).update(**{name: getattr(shape, name) for name in fields})
    rows.refresh([firm.pk])

    assert keeping.match_supplier(firm.pk) == 0
    assert keeping.match_call(call.pk) == 0


def test_a_call_for_members_is_matched_too():
    found_supplier("90911200", regions=["UKE4"])

    assert keeping.match_call(open_call(members_only=True).pk) == 1


def test_both_sides_keep_the_same_lists():
    """Whether the calls are matched after the firms, or each firm after the calls."""
    calls = [open_call(lots__cpv=[code], lots__regions=[region]) for code in ("90911200", "90910000", "79952000")
             for region in ("UKE4", "UK")]  # fmt: skip
    for call in calls:
        keeping.match_call(call.pk)
    firms = [*crowd(3), *crowd(2, code="90900000"), found_supplier("79952000", serves_europe=True)]
    for firm in firms:
        keeping.match_supplier(firm.pk)
    from_firms = lists()

    for call in calls:
        keeping.match_call(call.pk)

    assert from_firms == lists() != set()
    assert not broken_counts()


def test_a_firm_that_changed_is_matched_with_what_it_offers_now():
    call, other = open_call(), open_call(lots__cpv=["79952000"])
    firm = found_supplier("90911200", regions=["UKE4"])
    for each in (call, other):
        keeping.match_call(each.pk)
    Capability.objects.filter(supplier=firm).update(cpv="79952000")
    rows.refresh([firm.pk])

    assert keeping.match_supplier(firm.pk) == 1

    assert Match.objects.get().call == other
    assert not broken_counts()


def test_a_full_list_ends_with_the_last_and_a_better_firm_takes_its_place():
    call = open_call(lots__cpv=["90911200"])
    crowd(KEPT_OF_A_CALL + 10, code="90911300")
    assert keeping.match_call(call.pk) == KEPT_OF_A_CALL
    last = Match.objects.best_first().last()
    ending = MatchedCall.objects.get()
    assert (ending.kept, ending.last_score, ending.last_turn) == (KEPT_OF_A_CALL, last.score, last.turn)

    better = found_supplier("90911200", regions=["UKE4"])
    keeping.match_supplier(better.pk)

    assert Match.objects.best_first().first().supplier == better
    assert Match.objects.count() == KEPT_OF_A_CALL
    assert not Match.objects.filter(pk=last.pk).exists()
    before = lists()
    keeping.match_call(call.pk)
    assert lists() == before

    worse = found_supplier("90919200", regions=["UK"])
    assert keeping.match_supplier(worse.pk) == 0

    Capability.objects.filter(supplier=better).update(cpv="79952000")
    rows.refresh([better.pk])
    keeping.match_supplier(better.pk)
    assert Match.objects.count() == KEPT_OF_A_CALL - 1
    assert Waiting.objects.get().call == call


def test_a_firm_that_leaves_a_list_that_is_not_full_makes_nobody_wait():
    call = open_call()
    (firm, _other) = crowd(2)
    keeping.match_call(call.pk)
    Capability.objects.filter(supplier=firm).update(cpv="79952000")
    rows.refresh([firm.pk])

    keeping.match_supplier(firm.pk)

    assert MatchedCall.objects.get().kept == 1
    assert not Waiting.objects.exists()


def test_whoever_listens_hears_of_each_call_that_was_matched():
    heard = []

    def hear(call, **kwargs):
        heard.append(call)

    call_matched.connect(hear)
    call, over = open_call(), CallFactory(closed=True)
    for each in (call, over):
        keeping.match_call(each.pk)
    call_matched.disconnect(hear)

    assert heard == [call.pk]


def test_what_is_over_is_forgotten():
    call, over = open_call(), open_call()
    crowd(2)
    for each in (call, over):
        keeping.match_call(each.pk)
    at = timezone.now()
    Call.objects.filter(pk=over.pk).update(withdrawn_at=at, ended_because="It named the wrong year.")

    assert keeping.forget_ended(at) == 1
    assert keeping.forget_ended(at) == 0

    assert {match.call for match in Match.objects.all()} == {call}
    assert Need.objects.get().call == call


def test_a_firm_of_many_calls_costs_no_more_queries(django_assert_num_queries):
    firm = found_supplier("90911200", regions=["UKE4"])
    for number in (1, 5):
        for call in [open_call() for _each in range(number)]:
            facts.keep_needs([call.pk])
            MatchedCall.objects.create(call=call, at=timezone.now(), kept=0)
        with django_assert_num_queries(8):
            keeping.match_supplier(firm.pk)


def test_the_exact_score_of_pairs_has_no_row_for_who_offers_nothing_there():
    call = open_call()
    facts.keep_needs([call.pk])
    near, far = found_supplier("90911200", regions=["UKE4"]), found_supplier("90911200", regions=["FR1"])
    lot = call.lots.get()

    assert exact.score_pairs([(lot.pk, near.pk), (lot.pk, far.pk)]) == {(lot.pk, near.pk): (60, 25, 15)}
    assert exact.score_pairs([]) == {}


def broken_counts():
    return [each for each in MatchedCall.objects.all() if each.kept != Match.objects.filter(call=each.call).count()]
