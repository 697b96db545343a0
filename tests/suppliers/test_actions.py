import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from marketplace.core.errors import RuleBroken
from marketplace.core.models import AuditEntry
from suppliers import actions
from suppliers.actions import begin_profile, change_profile, fingerprint, hide_supplier, list_supplier, show_supplier
from suppliers.models import Capability, Reference, Supplier
from suppliers.signals import suppliers_changed
from tests.factories.accounts import OrganisationFactory
from tests.factories.suppliers import CapabilityFactory, ReferenceFactory, SupplierFactory

pytestmark = pytest.mark.django_db
TOLD = {
    "title": "Cleaned a school",
    "buyer_name": "City of Lyon",
    "year": 2024,
    "value_band": "",
    "is_private": False,
}


@pytest.fixture
def told():
    """The primary keys that the rooms above were told of, one list per change."""
    heard = []

    def hear(sender, suppliers, **kwargs):
        heard.append(suppliers)

    suppliers_changed.connect(hear)
    yield heard
    suppliers_changed.disconnect(hear)


def verbs():
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


# --- Beginning --------------------------------------------------------------------------------------------------


def test_a_profile_is_begun_once(omar, told):
    first = begin_profile(omar.organisation, by=omar)
    again = begin_profile(omar.organisation, by=omar)

    assert first == again
    assert (first.slug, first.submitted_at, first.listed_at) == ("atlas-proprete", None, None)
    assert verbs() == ["supplier.begun"]
    assert told == [[first.pk]]


def test_namesakes_get_addresses_of_their_own(omar):
    SupplierFactory(slug="atlas-proprete")

    assert begin_profile(omar.organisation, by=omar).slug == f"atlas-proprete-{omar.organisation.pk}"


def test_an_address_that_looks_taken_for_us_is_passed_over(omar):
    SupplierFactory(slug="atlas-proprete")
    SupplierFactory(slug=f"atlas-proprete-{omar.organisation.pk}")

    assert begin_profile(omar.organisation, by=omar).slug == f"atlas-proprete-{omar.organisation.pk}-2"


@pytest.mark.parametrize("name", ["تنظيف المكاتب", "清掃", "---", "!!!", "Ω" * 200])
def test_a_name_without_latin_letters_has_an_address_too(omar, name):
    organisation = OrganisationFactory(name=name)

    assert begin_profile(organisation, by=omar).slug.endswith(f"-{organisation.pk}")


def test_a_long_name_has_an_address_that_fits(omar):
    supplier = begin_profile(OrganisationFactory(name="Œuvre propre " * 15), by=omar)

    assert supplier.slug.startswith("oeuvre-propre-oeuvre")
    assert len(supplier.slug) <= 80


@pytest.mark.parametrize(
    ("country", "town", "region"),
    [("GB", "Leeds", "UKE42"), ("FR", "Paris", "FR101"), ("FR", "Nowhere", "FR"), ("GR", "", "EL"), ("BR", "Rio", "")],
)
def test_where_a_firm_is_gets_guessed_from_its_town(country, town, region):
    assert actions.guess_region(country, town) == region


@pytest.mark.django_db(transaction=True)
def test_ten_namesakes_at_once_all_get_an_address(omar):
    organisations = [OrganisationFactory(name="Baobab Bakery") for _ in range(10)]
    gate = threading.Barrier(len(organisations))

    def begin(organisation):
        gate.wait()
        try:
            return begin_profile(organisation, by=omar).slug
        finally:
            connection.close()

    with ThreadPoolExecutor(len(organisations)) as pool:
        slugs = list(pool.map(begin, organisations))

    assert len(set(slugs)) == 10
    assert slugs.count("baobab-bakery") == 1


@pytest.mark.django_db(transaction=True)
def test_one_firm_begun_ten_times_at_once_has_one_profile(omar):
    gate = threading.Barrier(10)

    def begin(_number):
        gate.wait()
        try:
            return begin_profile(omar.organisation, by=omar).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert len(set(pool.map(begin, range(10)))) == 1
    assert verbs() == ["supplier.begun"]


# --- Changing ---------------------------------------------------------------------------------------------------


def test_a_change_is_written_counted_and_told(omar, told):
    year_ago = timezone.now() - timedelta(days=365)
    supplier = SupplierFactory(listed=True, listed_at=year_ago, organisation=omar.organisation)

    changed = change_profile(supplier, part="about", by=omar, languages=["fr", "ar"])

    assert (changed.languages, changed.version, changed.is_listed) == (["fr", "ar"], 2, True)
    assert changed.changed_at > supplier.changed_at
    assert told == [[supplier.pk]]
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.by, entry.data) == ("supplier.changed", omar, {"part": "about"})


def test_writing_what_stands_there_changes_nothing(omar, told):
    supplier = SupplierFactory(summary="Bread.")

    change_profile(supplier, part="what-we-do", by=omar, seen="long ago", summary="Bread.")

    supplier.refresh_from_db()
    assert (supplier.version, told, verbs()) == (1, [], [])


def test_the_second_of_two_people_is_told_and_overwrites_nothing(omar):
    supplier = SupplierFactory(summary="Bread.")
    seen = fingerprint({"summary": "Bread."})
    change_profile(supplier, part="what-we-do", by=omar, seen=seen, summary="Bread and cake.")

    with pytest.raises(RuleBroken, match="Somebody else changed"):
        change_profile(supplier, part="what-we-do", by=omar, seen=seen, summary="Bread and tea.")

    supplier.refresh_from_db()
    assert supplier.summary == "Bread and cake."


def test_two_people_in_different_parts_do_not_meet(omar):
    supplier = SupplierFactory(summary="Bread.")
    seen = fingerprint({"summary": "Bread."})
    change_profile(supplier, part="about", by=omar, languages=["en"])

    changed = change_profile(supplier, part="what-we-do", by=omar, seen=seen, summary="Cake.")

    assert (changed.summary, changed.languages, changed.version) == ("Cake.", ["en"], 3)


def test_services_are_replaced_and_those_that_stay_keep_their_row(omar):
    supplier = SupplierFactory()
    kept = CapabilityFactory(supplier=supplier, cpv="90911200", words="Offices", is_main=True)
    CapabilityFactory(supplier=supplier, cpv="90911300")

    services = [["15811000", "Bread", ["FR1"], True], ["90911200", "Offices", [], False]]
    change_profile(supplier, part="services", by=omar, services=services)

    assert actions.profile_of(supplier, ["services"]) == {"services": services}
    assert Capability.objects.get(cpv="90911200").pk == kept.pk


def test_texts_in_other_languages_are_replaced(omar):
    supplier = SupplierFactory()
    change_profile(supplier, part="what-we-do", by=omar, texts={"fr": "Du pain.", "tr": "Ekmek."})

    change_profile(supplier, part="what-we-do", by=omar, texts={"fr": "Du bon pain."})

    assert actions.profile_of(supplier, ["texts"]) == {"texts": {"fr": "Du bon pain."}}


# --- References -------------------------------------------------------------------------------------------------


def test_a_reference_told_twice_stands_once(omar, told):
    supplier = SupplierFactory()

    first = actions.add_reference(supplier, by=omar, **TOLD)

    assert actions.add_reference(supplier, by=omar, **TOLD) == first
    assert Reference.objects.count() == 1
    assert told == [[supplier.pk]]
    assert verbs() == ["supplier.changed"]


def test_there_is_an_end_to_references(omar, monkeypatch):
    monkeypatch.setattr(actions, "MOST_REFERENCES", 1)
    supplier = ReferenceFactory().supplier

    with pytest.raises(RuleBroken, match="1 references are enough"):
        actions.add_reference(supplier, by=omar, **TOLD)


def test_a_reference_is_changed_by_who_saw_it_as_it_is(omar):
    reference = ReferenceFactory()
    seen = fingerprint(actions.reference_of(reference))

    actions.change_reference(reference, by=omar, seen=seen, **TOLD)
    actions.change_reference(reference, by=omar, seen=seen, **TOLD)
    with pytest.raises(RuleBroken, match="Somebody else changed"):
        actions.change_reference(reference, by=omar, seen=seen, **TOLD | {"year": 2020})

    assert Reference.objects.get().year == 2024
    assert verbs() == ["supplier.changed"]


def test_a_reference_that_was_removed_is_not_changed(omar):
    reference = ReferenceFactory()
    actions.remove_reference(reference, by=omar)
    actions.remove_reference(Reference(pk=reference.pk, supplier_id=reference.supplier_id), by=omar)

    stale = Reference(pk=999, supplier_id=reference.supplier_id)
    with pytest.raises(RuleBroken, match="has removed"):
        actions.change_reference(stale, by=omar, seen="", **TOLD)
    assert verbs() == ["supplier.changed"]


# --- On show ----------------------------------------------------------------------------------------------------


def test_staff_put_a_waiting_supplier_on_show(stella, told):
    supplier = SupplierFactory(waiting=True)

    list_supplier(supplier, by=stella)

    assert supplier.is_listed
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.subject, entry.by) == ("supplier.listed", f"suppliers.supplier:{supplier.pk}", stella)
    assert told == [[supplier.pk]]


def test_a_supplier_that_did_not_ask_is_not_listed(stella):
    supplier = SupplierFactory()

    with pytest.raises(RuleBroken):
        list_supplier(supplier, by=stella)

    supplier.refresh_from_db()
    assert supplier.listed_at is None
    assert not AuditEntry.objects.exists()


def test_hiding_works_once_and_can_be_undone(omar, told):
    supplier = SupplierFactory(listed=True)
    listed_at = supplier.listed_at

    hide_supplier(supplier, by=omar)
    assert not supplier.is_listed
    with pytest.raises(RuleBroken):
        hide_supplier(supplier, by=omar)
    show_supplier(supplier, by=omar)
    with pytest.raises(RuleBroken):
        show_supplier(supplier, by=omar)

    assert supplier.is_listed
    assert supplier.listed_at == listed_at
    assert verbs() == ["supplier.hidden", "supplier.shown"]
    assert told == [[supplier.pk], [supplier.pk]]


def test_what_waits_for_its_review_and_was_hidden_waits_again(omar):
    supplier = SupplierFactory(waiting=True)

    hide_supplier(supplier, by=omar)
    show_supplier(supplier, by=omar)

    assert supplier.is_waiting_for_review


@pytest.mark.parametrize("action", [hide_supplier, show_supplier])
@pytest.mark.parametrize("standing", [{}, {"suspended": True}, {"suspended": True, "hidden": True}])
def test_a_draft_and_what_staff_took_off_are_neither_hidden_nor_shown(omar, action, standing):
    supplier = SupplierFactory(**standing)

    with pytest.raises(RuleBroken):
        action(supplier, by=omar)

    assert verbs() == []


def test_listing_twice_is_refused(stella):
    supplier = SupplierFactory(listed=True)

    with pytest.raises(RuleBroken):
        list_supplier(supplier, by=stella)


def test_nothing_is_written_when_the_change_fails(omar):
    supplier = SupplierFactory()

    with pytest.raises(RuleBroken):
        change_profile(supplier, part="services", by=omar, seen="x", services=[["15811000", "", [], False]])

    assert Supplier.objects.get().version == 1
    assert not Capability.objects.exists()
