"""Who a firm is, what it is called, how it looks, what it has proved or won and what it pays move no score."""

from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.billing.models import Entitlement
from marketplace.matching.matches import keeping
from marketplace.matching.matches.models import Match
from suppliers.directory import rows
from suppliers.evidence.models import Certification, Scheme, Tier
from suppliers.models import Capability, Supplier, SupplierText
from tests.factories.billing import GrantFactory
from tests.factories.board import shown
from tests.factories.files import DocumentFactory, PictureFactory
from tests.factories.suppliers import ReferenceFactory, SupplierFactory

pytestmark = pytest.mark.django_db

ASKED = "Winter gritting of footpaths"


@pytest.fixture
def call():
    return shown(title=ASKED, lots__cpv=["90620000"], lots__title="North", lots__regions=["UKE42"])


@pytest.fixture
def firm():
    """It offers the trade in the country: a match, but not the best there could be."""
    return SupplierFactory(
        listed=True, summary="We sweep streets.", regions=["UK"], offers=["90600000"], organisation__country="GB"
    )


def parts(call, firm):
    """After all that was kept of the profile and of the matches is made anew, from both sides."""
    rows.refresh([firm.pk])
    keeping.match_call(call.pk)
    of_call = Match.objects.filter(call=call, supplier=firm).values_list("cpv", "region", "words", "turn")
    found = list(of_call)
    keeping.match_supplier(firm.pk)
    assert list(of_call) == found
    return found


def change(firm, **fields):
    Supplier.objects.filter(pk=firm.pk).update(**fields)


def rename(firm):
    """To the very words of the call."""
    firm.organisation.name = f"{ASKED} Ltd"
    firm.organisation.save()


def show_pictures(firm):
    PictureFactory(supplier=firm, logo=True)
    PictureFactory(supplier=firm)


def prove(firm):
    scheme = Scheme.objects.create(name="Gritters' Own", slug="gritters-own", issuer="Northmoor Trust")
    today = timezone.localdate()
    for tier in Tier.values:
        Certification.objects.create(
            supplier=firm,
            scheme=scheme,
            tier=tier,
            number=tier,
            valid_from=today - timedelta(days=30),
            valid_until=today + timedelta(days=300),
            published_at=timezone.now(),
        )


def lay_out_documents(firm):
    DocumentFactory(supplier=firm, insurance=True, for_members=True)
    DocumentFactory(supplier=firm, title=ASKED, for_members=True)


UNMOVED = {
    "name": rename,
    "address": lambda firm: change(firm, slug="winter-gritting-of-footpaths"),
    "pictures": show_pictures,
    "evidence": prove,
    "documents": lay_out_documents,
    "size": lambda firm: change(firm, size_band="medium", turnover_band="50m"),
    "age": lambda firm: change(firm, founded_year=1951),
    "largest contract": lambda firm: change(firm, largest_contract=90_000_000_000, largest_contract_currency="GBP"),
    "references": lambda firm: ReferenceFactory(supplier=firm, title=ASKED, buyer_name="Northmoor"),
    "membership": lambda firm: GrantFactory(organisation=firm.organisation, entitlements=Entitlement.values),
    "languages": lambda firm: change(firm, languages=["en", "fr", "tr"]),
    "audience": lambda firm: change(firm, audience="members"),
    "confirmation": lambda firm: change(firm, confirmed_on=timezone.localdate()),
}
MOVED = {
    "summary": lambda firm: change(firm, summary=ASKED),
    "text in another language": lambda firm: SupplierText.objects.create(
        supplier=firm, language="fr", summary=f"Déneigement, {ASKED}"
    ),
    "regions": lambda firm: change(firm, regions=["UKE4"]),
    "service": lambda firm: Capability.objects.create(supplier=firm, cpv="90620000"),
}


@pytest.mark.parametrize("what", UNMOVED)
def test_it_moves_no_score_and_no_place_among_equals(call, firm, what):
    before = parts(call, firm)

    UNMOVED[what](firm)

    assert parts(call, firm) == before
    assert len(before) == 1


def test_all_of_it_together_moves_nothing(call, firm):
    before = parts(call, firm)

    for alter in UNMOVED.values():
        alter(firm)

    assert parts(call, firm) == before


@pytest.mark.parametrize("what", MOVED)
def test_what_the_firm_offers_does(call, firm, what):
    """The control: the same measure sees what may move a score."""
    before = parts(call, firm)

    MOVED[what](firm)

    assert parts(call, firm) != before
