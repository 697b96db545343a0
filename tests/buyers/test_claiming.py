"""Whose notice it is: found by number, else by name and country; and how a body that came with one is claimed."""

from dataclasses import replace

import pytest

from buyers.models import Buyer
from marketplace.accounts.actions import decide_join_request, request_to_join
from marketplace.accounts.models import Identifier, Organisation
from marketplace.calls.amendments.actions import begin_amendment
from marketplace.calls.board.models import CallRow
from marketplace.calls.feeds import notice as said
from marketplace.calls.models import Call
from marketplace.calls.notices import actions, running
from marketplace.calls.notices.models import NoticeSource, unclaimed_buyers
from marketplace.core.errors import RuleBroken
from tests.factories.accounts import OrganisationFactory, RepresentativeFactory
from tests.factories.buyers import BuyerFactory
from tests.factories.notices import newer, said_body, said_notice

pytestmark = pytest.mark.django_db
COMPANIES_HOUSE = said.Identifier("GB-COH", "04871236")
PLATFORM = said.Identifier("GB-PPON", "PLMX-1234-ABCD")


def take(*bodies):
    """A notice of each body in turn; the buyers of their calls, and the run."""
    of_run = actions.begin_run(source=NoticeSource.objects.get(key="files"), file_name="notices.json")
    start = Call.objects.count()
    read = [
        said_notice(identifier=f"{start + number}", procedure=f"ocds-abc123-{start + number}", buyers=(body,))
        for number, body in enumerate(bodies)
    ]
    running.run(of_run, [("release", each) for each in read])
    found = [Call.objects.filter(notices__procedure=each.procedure).first() for each in read]
    return [call and call.buyer for call in found], of_run


def test_a_body_that_nobody_knows_is_made_unclaimed_with_what_the_notice_says_of_it():
    (buyer,), _run = take(said_body(identifiers=(COMPANIES_HOUSE,), website="www.northmoor.example", legal_type="cga"))

    organisation = buyer.organisation
    assert (organisation.name, organisation.country, organisation.town) == ("Northmoor Council", "GB", "Northmoor")
    assert (buyer.kind, buyer.is_central, buyer.cleared_at) == ("contracting_authority", True, None)
    assert organisation.website == "https://www.northmoor.example"
    assert list(organisation.identifiers.values_list("scheme", "value")) == [("GB-COH", "04871236")]
    assert list(unclaimed_buyers()) == [buyer]


def test_a_body_is_found_by_its_number_whatever_its_name():
    first, _run = take(said_body(identifiers=(PLATFORM,)))
    second, _run = take(said_body(name="NORTHMOOR City Council", identifiers=(PLATFORM,)))
    third, _run = take(said_body(name="Northmoor City Council"))

    assert first == second == third


def test_without_a_number_it_is_found_by_name_and_country():
    first, second, other = take(
        said_body(), said_body(name="northmoor  COUNCIL"), said_body(country="IE", region="IE061")
    )[0]

    assert first == second
    assert other != first


def test_two_bodies_of_one_name_with_different_numbers_are_two():
    first, second = take(
        said_body(identifiers=(PLATFORM,)), said_body(identifiers=(said.Identifier("GB-PPON", "PZZZ-9999-ZZZZ"),))
    )[0]

    assert first != second
    assert first.organisation.name == second.organisation.name


def test_a_number_without_a_register_is_one_of_the_country():
    (buyer,), _run = take(
        said_body(
            name="Nordmoor kommune", country="NO", region="NO081", identifiers=(said.Identifier("", "988077917"),)
        )
    )

    assert buyer.organisation.identifiers.get().scheme == "NO-BRC"


def test_a_number_without_a_register_counts_only_beside_a_name_that_has_something_in_common():
    number = (said.Identifier("", "988077917"),)
    norwegian = {"country": "NO", "region": "NO081", "identifiers": number}
    first, renamed, other = take(
        said_body(name="Nordmoor kommune", **norwegian),
        said_body(name="Nordmoor eiendom", **norwegian),
        said_body(name="Sørby sykehus", **norwegian),
    )[0]

    assert first == renamed
    assert other != first
    assert take(said_body(name="Sørby sykehus", **norwegian))[0] == [other]


@pytest.mark.parametrize("number", ["000000000", "123456789", "N/A", "-", "1"])
def test_a_number_that_only_fills_the_field_brings_nobody_together(number):
    dummy = (said.Identifier("", number),)
    first, other = take(
        said_body(name="Northmoor Council", identifiers=dummy), said_body(name="Southmoor Council", identifiers=dummy)
    )[0]

    assert first != other


# --- Bodies that are here ---------------------------------------------------------------------------------------------


@pytest.fixture
def council(amina):
    """Amina's, cleared, with its number."""
    Identifier.objects.create(organisation=amina.organisation, scheme="GB-COH", value="04871236")
    return BuyerFactory(organisation=amina.organisation, authority=True, cleared=True)


def test_a_cleared_authority_has_the_calls_of_its_number(council):
    assert take(said_body(identifiers=(COMPANIES_HOUSE,)))[0] == [council]


def test_who_is_not_cleared_has_them_not_and_neither_has_who_only_has_the_name(council):
    Buyer.objects.filter(pk=council.pk).update(cleared_at=None)
    by_number = take(said_body(identifiers=(COMPANIES_HOUSE,)))[0]
    Buyer.objects.filter(pk=council.pk).update(cleared_at="2026-01-01T00:00:00Z")
    by_name = take(said_body(name="Leeds Council"))[0]

    assert council not in [*by_number, *by_name]


def test_a_company_never_has_them(amina):
    Identifier.objects.create(organisation=amina.organisation, scheme="GB-COH", value="04871236")
    BuyerFactory(organisation=amina.organisation, cleared=True)
    (nobody,), of_run = take(said_body(identifiers=(COMPANIES_HOUSE,)))

    assert (nobody, of_run.reported, Call.objects.count()) == (None, 1, 0)
    assert of_run.lines.get().reasons == [["buyer-is-a-company", {}]]


# --- Claiming ---------------------------------------------------------------------------------------------------------


def test_a_person_whose_claim_staff_accept_acts_for_the_body_and_its_calls(zed, stella, as_user):
    (buyer,), _run = take(said_body())
    claim = request_to_join(buyer.organisation, kind="claim", message="I buy for it.", by=zed)
    decide_join_request(claim, accept=True, by=stella)

    call = Call.objects.get()
    assert not unclaimed_buyers().exists()
    page = as_user(zed).get(call.get_absolute_url()).content.decode()
    assert "Nobody acts for" not in page
    assert begin_amendment(call, by=zed).call == call


def test_the_next_notice_of_a_claimed_body_finds_it_only_once_it_is_cleared(zed):
    (buyer,), _run = take(said_body(identifiers=(PLATFORM,)))
    RepresentativeFactory(organisation=buyer.organisation, user=zed)
    assert take(said_body(identifiers=(PLATFORM,)))[0] != [buyer]

    Buyer.objects.filter(pk=buyer.pk).update(cleared_at="2026-01-01T00:00:00Z")
    assert take(said_body(identifiers=(PLATFORM,)))[0] == [buyer]


def test_staff_hand_a_body_over_to_the_buyer_that_it_is(council, stella):
    body = said_body(name="Leeds City Council", identifiers=(PLATFORM, said.Identifier("GB-CHC", "1148723")))
    (unclaimed,), _run = take(body)
    call = Call.objects.get()

    actions.hand_over(unclaimed, buyer=council, by=stella)

    call.refresh_from_db()
    assert call.buyer == council
    assert CallRow.objects.get(call=call).buyer == council
    assert not Buyer.objects.filter(pk=unclaimed.pk).exists()
    assert not Organisation.objects.filter(name="Leeds City Council").exists()
    assert council.organisation.identifiers.count() == 2
    assert take(replace(body, name="Leeds"))[0] == [council]


def test_a_newer_notice_still_changes_a_call_that_was_handed_over(council, stella):
    (unclaimed,), _run = take(said_body())
    actions.hand_over(unclaimed, buyer=council, by=stella)
    notice = Call.objects.get().notices.get()
    of_run = actions.begin_run(source=notice.source, file_name="next.json")
    later = newer(said_notice(procedure=notice.procedure), identifier="next", title="Cleaning of five schools")
    running.run(of_run, [("release", later)])

    assert (of_run.updated, Call.objects.get().title) == (1, "Cleaning of five schools")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"cleared": True}, "Only a contracting authority"),
        ({"authority": True}, "Clear this buyer first"),
        ({"authority": True, "cleared": True, "organisation__country": "FR"}, "not of the same country"),
    ],
)
def test_a_body_is_handed_over_to_a_cleared_authority_of_its_country_alone(stella, fields, words):
    (unclaimed,), _run = take(said_body())

    with pytest.raises(RuleBroken, match=words):
        actions.hand_over(unclaimed, buyer=BuyerFactory(**fields), by=stella)


def test_a_body_for_which_somebody_acts_is_not_handed_over(council, stella, zed):
    (unclaimed,), _run = take(said_body())
    with pytest.raises(RuleBroken, match="another buyer"):
        actions.hand_over(unclaimed, buyer=unclaimed, by=stella)
    RepresentativeFactory(organisation=unclaimed.organisation, user=zed)

    with pytest.raises(RuleBroken, match="Somebody acts"):
        actions.hand_over(unclaimed, buyer=council, by=stella)


def test_a_body_that_something_else_refers_to_stays_whole(council, stella):
    from suppliers.models import Supplier

    (unclaimed,), _run = take(said_body())
    Supplier.objects.create(organisation=unclaimed.organisation, slug="northmoor")

    with pytest.raises(RuleBroken, match="cannot be handed over"):
        actions.hand_over(unclaimed, buyer=council, by=stella)
    assert Call.objects.get().buyer == unclaimed
    assert Supplier.objects.filter(organisation=unclaimed.organisation).exists()


def test_buyers_of_our_own_are_never_in_the_list_of_unclaimed_ones():
    BuyerFactory(organisation=OrganisationFactory(), authority=True)

    assert not unclaimed_buyers().exists()
