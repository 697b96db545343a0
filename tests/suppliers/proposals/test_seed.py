from random import Random

import pytest
from django.utils import timezone
from tqdm import tqdm

from marketplace.accounts.models import Identifier, Organisation, User
from marketplace.core import demo
from marketplace.core.invariants import breaches
from suppliers.models import Supplier
from suppliers.proposals import board, drafts, seed
from suppliers.proposals.models import EndedProposal, Partner, Proposal
from tests.factories.accounts import RepresentativeFactory
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db


def plant():
    return seed.plant_partner(Random("1"), {"suppliers": 5}, tqdm(disable=True))


@pytest.fixture
def firms():
    made = [SupplierFactory(listed=True) for _ in range(4)] + [SupplierFactory(waiting=True) for _ in range(2)]
    for number, supplier in enumerate(made):
        Identifier.objects.create(organisation=supplier.organisation, scheme=demo.SCHEME, value=str(number))
        RepresentativeFactory(organisation=supplier.organisation, administrator=True)
    return made


def world():
    return (
        list(board.in_order(board.firms_of(Partner.objects.get())).values_list("shown_name", "step")),
        list(Organisation.objects.order_by("name").values_list("name", "town")),
        list(User.objects.order_by("email").values_list("email", flat=True)),
        EndedProposal.objects.count(),
    )


def test_the_association_has_firms_at_every_step(firms, monkeypatch):
    monkeypatch.setattr(seed, "LEAST_OWNERS", 1)
    now, before = timezone.now(), breaches(timezone.now())

    assert plant() == 1

    counts = board.counts(Partner.objects.get())
    assert {code: number for code, _label, number in counts["steps"]} == {
        "drafted": 1,
        "asked": 1,
        "accepted": 1,
        "sent": 1,
        "listed": 3,
    }
    assert {code: number for code, _label, number in counts["endings"]} == {
        "declined": 2,
        "expired": 0,
        "withdrawn": 1,
    }
    assert EndedProposal.objects.reported().count() == 1
    assert User.objects.get(email=seed.OFFICER.email).check_password(demo.PASSWORD)
    assert breaches(now) == before


def test_planted_again_nothing_is_added(firms, monkeypatch):
    monkeypatch.setattr(seed, "LEAST_OWNERS", 1)
    plant()
    first = world()

    plant()

    assert world() == first


def test_a_small_world_has_the_association_and_no_drafts(firms):
    plant()

    assert not Proposal.objects.exists()
    assert Supplier.objects.count() == len(firms)


def test_an_association_that_staff_have_paused_stays_paused(firms, stella):
    plant()
    drafts.pause_partner(Partner.objects.get(), by=stella)

    plant()

    assert not Partner.objects.get().is_active
