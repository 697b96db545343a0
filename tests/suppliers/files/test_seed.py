from random import Random

import pytest
from tqdm import tqdm

from marketplace.accounts.models import Identifier
from marketplace.core import demo
from suppliers.files import seed
from suppliers.files.models import Document, Picture
from tests.factories.accounts import RepresentativeFactory
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db


def firm(number, **fields):
    supplier = SupplierFactory(organisation__name=f"Firm {number}", **{"listed": True} | fields)
    Identifier.objects.create(organisation=supplier.organisation, scheme=demo.SCHEME, value=str(number))
    RepresentativeFactory(organisation=supplier.organisation, administrator=True)
    return supplier


def plant():
    return seed.plant_files(Random("1"), {"suppliers": 3}, tqdm(disable=True))


def world():
    papers = Document.objects.order_by("supplier", "pk").values_list("supplier", "kind", "title", "sha256")
    return list(papers), list(
        Picture.objects.order_by("supplier", "pk").values_list("supplier", "role", "alt", "sha256")
    )


def test_the_first_firms_have_papers_and_the_very_first_a_logo_and_pictures(media, monkeypatch):
    monkeypatch.setattr(seed, "LEAST_OWNERS", 1)
    french, second = firm(1, summary_language="fr"), firm(2)
    hidden, nobodys = firm(3, hidden=True), SupplierFactory(listed=True)

    assert plant() == Document.objects.count() + Picture.objects.count()

    assert set(french.documents.values_list("kind", flat=True)) == {"insurance", "iso", "policy"}
    assert french.documents.get(kind="iso").title == "Certificat ISO 9001"
    assert list(french.pictures.order_by("pk").values_list("role", flat=True)) == ["logo", "picture", "picture"]
    assert all(french.pictures.gallery().values_list("alt", flat=True))
    assert second.documents.exists()
    assert [row.role for row in second.pictures.all()] == ["logo"]
    assert not Document.objects.filter(supplier__in=[hidden, nobodys]).exists()
    stored = {str(path.relative_to(media)) for path in media.rglob("*") if path.is_file()}
    assert set(Document.objects.values_list("stored_as", flat=True)) < stored
    assert len(stored) == Document.objects.count() + 3 * Picture.objects.count()


def test_planted_again_nothing_is_added_and_elsewhere_the_same(media, monkeypatch):
    monkeypatch.setattr(seed, "LEAST_OWNERS", 1)
    monkeypatch.setattr(seed, "WITH_PICTURES", 0)
    firm(1)
    plant()
    first = world()

    assert plant() == 0
    assert world() == first
    Document.objects.all().delete()
    Picture.objects.all().delete()
    plant()
    assert world() == first


def test_a_small_world_has_none(media):
    firm(1)

    assert plant() == 0
