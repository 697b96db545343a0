"""What follows from the reasons for which a firm set calls aside: in its own list alone, said aloud, switchable."""

import re

import pytest

from marketplace.calls.models import Call
from marketplace.core.models import AuditEntry
from marketplace.matching.matches import for_you, tuning
from marketplace.matching.matches.models import Match, SetAside
from tests.factories.billing import GrantFactory
from tests.factories.board import shown
from tests.factories.buyers import BuyerFactory
from tests.factories.directory import found_supplier
from tests.factories.matches import MatchFactory, SetAsideFactory

pytestmark = pytest.mark.django_db
LIST, ASIDE = "/workspace/calls-for-you/", "/workspace/calls-for-you/set-aside/"


@pytest.fixture
def atlas(omar):
    return found_supplier("90911200", organisation=omar.organisation, regions=["UK"])


def words(response):
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(text.split())


def asked(code="90911200", regions=("UKE42",), value=None, title="Call", currency="EUR"):
    lots = {"lots__cpv": [code], "lots__regions": list(regions), "lots__value_from": value}
    return shown(title=title, currency=currency, **lots)


def offered(supplier, **fields):
    return MatchFactory(supplier=supplier, call=asked(**fields))


def said(supplier, reason, **fields):
    return SetAsideFactory(supplier=supplier, call=asked(**fields), reason=reason)


def titles(supplier):
    return {Call.objects.get(pk=entry.call).title for entry in for_you.listing(supplier).entries}


def test_one_call_of_other_work_says_nothing_of_others_two_of_a_class_do(as_user, omar, atlas):
    offered(atlas, code="90911300", title="Windows")
    offered(atlas, code="90922000", title="Pests")
    said(atlas, "other_work", code="90911200")
    assert titles(atlas) == {"Windows", "Pests"}

    said(atlas, "other_work", code="90911300")

    assert titles(atlas) == {"Pests"}
    page = words(as_user(omar).get(LIST))
    assert "is not the work you do. 1 call is left out." in page
    assert "(90911000)" in page


def test_two_calls_of_one_code_leave_out_that_code_alone(atlas):
    offered(atlas, code="90911200", title="Buildings")
    offered(atlas, code="90911300", title="Windows")
    for _ in range(2):
        said(atlas, "other_work", code="90911200")

    assert titles(atlas) == {"Windows"}


def test_too_far_leaves_out_what_lies_wholly_in_that_region_of_level_one(as_user, omar, atlas):
    offered(atlas, regions=["UKE31"], title="Sheffield")
    offered(atlas, regions=["UKE31", "UKI31"], title="Sheffield and London")
    offered(atlas, regions=[], title="Anywhere")
    said(atlas, "too_far", regions=["UKE42"])

    assert titles(atlas) == {"Sheffield and London", "Anywhere"}
    assert "You said that Yorkshire and The Humber is too far away. 1 call is left out." in words(
        as_user(omar).get(LIST)
    )


def test_a_whole_country_that_is_too_far_says_nothing_of_its_regions(atlas):
    offered(atlas, regions=["UKE31"], title="Sheffield")
    said(atlas, "too_far", regions=["UK"])

    assert titles(atlas) == {"Sheffield"}
    assert tuning.rules_of(atlas) == []


@pytest.mark.parametrize(("reason", "left"), [("too_large", {"Small", "Silent"}), ("too_small", {"Large", "Silent"})])
def test_a_size_leaves_out_what_is_as_large_or_as_small_in_any_currency(reason, left, atlas):
    offered(atlas, value=1_000_00, title="Small")
    offered(atlas, value=90_000_00, currency="GBP", title="Large")
    offered(atlas, value=None, title="Silent")
    said(atlas, reason, value=50_000_00)

    assert titles(atlas) == left


def test_having_no_time_says_nothing_of_others(atlas):
    offered(atlas, title="Other")
    said(atlas, "not_now")

    assert titles(atlas) == {"Other"}
    assert tuning.rules_of(atlas) == []


def test_a_rule_is_switched_off_and_on_again_and_the_calls_set_aside_stay_aside(as_user, omar, atlas):
    offered(atlas, value=90_000_00, title="Large")
    aside = said(atlas, "too_large", value=50_000_00)
    MatchFactory(supplier=atlas, call=aside.call)
    browser, switch = as_user(omar), f"{ASIDE}rules/large/"
    assert f'action="{switch}"' in browser.get(LIST).content.decode()

    for _ in range(2):
        off = browser.post(switch, {"wanted": "no"}, follow=True)
        assert off.redirect_chain == [(LIST, 302)]
        assert titles(atlas) == {"Large"}
    assert "You switched off that others like it are left out." in words(browser.get(ASIDE))
    browser.post(switch, {"wanted": "yes", "next": "aside"})

    assert titles(atlas) == set()
    assert AuditEntry.objects.filter(verb="call.tuning_switched").count() == 2
    assert SetAside.objects.count() == 1


def test_taking_a_call_back_ends_what_followed(as_user, omar, atlas):
    offered(atlas, value=90_000_00, title="Large")
    aside = said(atlas, "too_large", value=50_000_00)
    assert titles(atlas) == set()

    as_user(omar).post(f"/workspace/calls-for-you/{aside.call.slug}/take-back/")

    assert titles(atlas) == {"Large"}


def test_all_left_out_is_said_with_the_way_back(as_user, omar, atlas):
    offered(atlas, value=90_000_00)
    said(atlas, "too_large", value=50_000_00)

    page = words(as_user(omar).get(LIST))

    assert "All calls that suit you are left out" in page
    assert "Show them again" in page


def test_a_rule_that_leaves_nothing_out_is_not_spoken_of_in_the_list(as_user, omar, atlas):
    offered(atlas, value=None)
    said(atlas, "too_large", value=50_000_00)
    browser = as_user(omar)

    assert "too large for you" not in words(browser.get(LIST))
    assert "You said that 50,000 EUR is too large for you." in words(browser.get(ASIDE)).replace("\xa0", " ")


def test_it_changes_no_match_no_other_firms_list_and_nothing_that_a_buyer_sees(as_user, omar, amina, atlas):
    buyer = BuyerFactory(organisation=amina.organisation)
    GrantFactory(organisation=amina.organisation)
    call = shown(buyer=buyer, lots__value_from=90_000_00)
    other = found_supplier("90911200", organisation__name="Beacon", regions=["UKE4"])
    for supplier in (atlas, other):
        MatchFactory(call=call, supplier=supplier)
    before = list(Match.objects.order_by("pk").values())
    address = f"/workspace/calls/{call.slug}/suppliers/"
    page = as_user(amina).get(address)
    assert "Atlas Propreté" in words(page)

    for reason in ("too_large", "too_far", "other_work"):
        said(atlas, reason, value=50_000_00)
    said(atlas, "other_work")
    as_user(omar).post(f"/workspace/calls-for-you/{call.slug}/set-aside/", {"reason": "too_large"})

    assert titles(atlas) == set()
    assert list(Match.objects.order_by("pk").values()) == before
    assert titles(other) == {call.title}
    assert words(as_user(amina).get(address)) == words(page)
