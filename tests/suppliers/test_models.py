import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DataError, IntegrityError
from django.utils import timezone

from suppliers.models import Capability, Supplier
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("supplier_has_an_address", {"slug": ""}),
        ("supplier_has_a_known_size_band", {"size_band": "huge"}),
        ("supplier_was_founded_in_a_plausible_year", {"founded_year": 12}),
        ("supplier_is_listed_only_when_it_asked", {"listed_at": timezone.now()}),
    ],
)
def test_the_database_refuses_what_can_never_be(name, fields):
    with pytest.raises(IntegrityError, match=name):
        SupplierFactory(**fields)


def test_an_address_belongs_to_one_supplier():
    SupplierFactory(slug="atlas")

    with pytest.raises(IntegrityError, match="slug"):
        SupplierFactory(slug="atlas")


@pytest.mark.parametrize("cpv", ["9091120", "9091120A", "90911200-2"])
def test_a_service_has_a_code_of_eight_digits(cpv):
    with pytest.raises((IntegrityError, DataError), match=r"capability_cpv_has_eight_digits|too long"):
        Capability.objects.create(supplier=SupplierFactory(), cpv=cpv)


@pytest.mark.parametrize(
    ("cpv", "words", "label"),
    [
        ("90919200", "Offices at dawn", "Offices at dawn"),
        ("90919200", "", "Office cleaning services"),
        ("90000001", "", "90000001"),
    ],
)
def test_a_service_is_called_by_its_words_its_label_or_for_a_code_of_an_older_list_by_the_code(cpv, words, label):
    assert Capability(supplier=SupplierFactory(), cpv=cpv, words=words).label("en") == label


def test_a_code_stands_once_on_a_supplier():
    supplier = SupplierFactory()
    Capability.objects.create(supplier=supplier, cpv="90911200")

    with pytest.raises(IntegrityError, match="capability_once_per_supplier"):
        Capability.objects.create(supplier=supplier, cpv="90911200")


def test_each_supplier_is_seen_by_those_it_concerns(omar, zed, stella):
    listed = SupplierFactory(listed=True)
    waiting = SupplierFactory(waiting=True, organisation=omar.organisation)
    hidden = SupplierFactory(listed=True, hidden_at=timezone.now())

    def seen_by(user):
        return set(Supplier.objects.visible_to(user))

    assert seen_by(AnonymousUser()) == {listed}
    assert seen_by(zed) == {listed}
    assert seen_by(omar) == {listed, waiting}
    assert seen_by(stella) == {listed, waiting, hidden}
    assert set(Supplier.objects.waiting_for_review()) == {waiting}
