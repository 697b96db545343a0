from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.core import invariants
from marketplace.core.due import run_due
from suppliers.directory import bulk, due, rows, tokens
from suppliers.directory.models import STRETCHES, Figure, SearchRow, Word
from suppliers.directory.tokens import Kind
from suppliers.evidence.models import Certification, Scheme
from suppliers.files.models import Document
from suppliers.models import Audience, Capability, Supplier, SupplierText
from suppliers.signals import tell_changed
from tests.factories.directory import found_supplier
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 15)


def row_of(supplier, today=TODAY):
    rows.refresh([supplier.pk], today)
    return SearchRow.objects.get(pk=supplier.pk)


def insure(supplier, **fields):
    number = Document.objects.count()
    fields = {"kind": "insurance", "audience": "members", "valid_until": TODAY} | fields
    sha256 = f"{number:064x}"
    return Document.objects.create(
        supplier=supplier,
        title="Cover",
        stored_as=f"x{number}",
        original_name="a.pdf",
        media_type="application/pdf",
        size=1,
        sha256=sha256,
        **fields,
    )


def certify(supplier, **fields):
    scheme, _ = Scheme.objects.get_or_create(slug="msduk", defaults={"name": "MSDUK", "issuer": "MSDUK"})
    fields = {"valid_from": TODAY - timedelta(days=9), "valid_until": TODAY, "published_at": timezone.now()} | fields
    return Certification.objects.create(supplier=supplier, scheme=scheme, tier="certified", number="7", **fields)


def holds(row, kind, value):
    return tokens.written(kind, value) in row.tokens


@pytest.mark.parametrize(
    "change", [{"listed_at": None}, {"hidden_at": timezone.now()}, {"suspended_at": timezone.now()}]
)
def test_only_what_is_listed_has_a_row(change):
    supplier = found_supplier("90911200")
    assert SearchRow.objects.filter(pk=supplier.pk).exists()

    Supplier.objects.filter(pk=supplier.pk).update(**change)
    tell_changed(supplier)

    assert not SearchRow.objects.exists()


def test_a_profile_for_members_is_marked_so():
    assert row_of(SupplierFactory(listed=True, audience=Audience.MEMBERS)).is_for_members
    assert not row_of(SupplierFactory(listed=True)).is_for_members


def test_refreshing_twice_changes_nothing():
    supplier = found_supplier("90911200", "79530000", summary="We clean", regions=["UKE4"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text, * FROM directory_searchrow")
        before = cursor.fetchall()
        rows.refresh([supplier.pk, supplier.pk])
        cursor.execute("SELECT xmin::text, * FROM directory_searchrow")
        assert cursor.fetchall() == before


def test_an_edit_costs_two_statements():
    supplier = found_supplier("90911200")

    with CaptureQueriesContext(connection) as captured:
        rows.refresh([supplier.pk])

    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) == 2


def test_a_new_name_of_the_organisation_is_found_at_once():
    supplier = found_supplier(organisation__name="Atlas")

    supplier.organisation.name = "Meridian Propreté"
    supplier.organisation.save()

    assert SearchRow.objects.get().plain_name == "meridian proprete"


def test_texts_in_other_languages_are_found_in_theirs():
    supplier = SupplierFactory(listed=True, summary="We clean offices", summary_language="en")
    SupplierText.objects.create(supplier=supplier, language="fr", summary="Nous nettoyons des bureaux")

    text = row_of(supplier).text

    assert "'bureau'" in text
    assert "'offic'" in text


def test_a_code_stands_for_all_above_it_but_not_for_its_neighbours():
    row = row_of(found_supplier("30121100"))

    assert {30121100, 30121000, 30120000, 30100000, 30000000} <= set(row.tokens)
    assert 30000000 in row_of(found_supplier("30000000")).tokens
    assert 30000000 not in row_of(found_supplier("31000000")).tokens
    assert row.codes == [30121100]


def test_regions_are_met_from_above_and_from_below():
    row = row_of(SupplierFactory(listed=True, regions=["UKE4"]))

    assert all(holds(row, Kind.REGION, code) for code in ("UKE4", "UKE", "UK"))
    assert holds(row, Kind.WHOLE, "UKE4")
    assert not holds(row, Kind.WHOLE, "UK")
    assert not holds(row, Kind.REGION, "UKE42")


def test_regions_of_one_service_count_too():
    supplier = SupplierFactory(listed=True, regions=["UKE4"])
    Capability.objects.create(supplier=supplier, cpv="90911200", regions=["FRK2"])

    assert holds(row_of(supplier), Kind.REGION, "FRK2")


def test_who_says_nothing_of_regions_is_found_where_it_is():
    at_home = row_of(SupplierFactory(listed=True, organisation__country="GR"))
    nearby = row_of(SupplierFactory(listed=True, organisation__country="GB", based_in="UKE42"))

    assert holds(at_home, Kind.REGION, "EL")
    assert all(holds(nearby, Kind.REGION, code) for code in ("UK", "UKE", "UKE4", "UKE42"))
    assert tokens.written(Kind.REGION, "UKE") in nearby.facets
    assert not holds(nearby, Kind.WHOLE, "UKE42")


def test_amounts_of_other_currencies_fall_into_bands_of_euro():
    def bands(minor, code):
        supplier = SupplierFactory(listed=True, largest_contract=minor, largest_contract_currency=code)
        found = [token for token in row_of(supplier).tokens if tokens.kind_of(token) == Kind.CAPACITY]
        return [rows.CAPACITIES[tokens.number_of(token) - 1] for token in found]

    assert bands(999_999, "EUR") == []
    assert bands(1_000_000, "EUR") == [10_000]
    assert bands(4_250_000, "GBP") == [10_000, 50_000]
    assert bands(1_650_000, "JPY") == [10_000]
    assert bands(10**12, "EUR") == list(rows.CAPACITIES)


def test_every_currency_of_ours_has_a_rate():
    from marketplace.core.vocab import currency

    assert {each.code for each in currency.ALL} == set(rows.PER_EURO)


def test_a_document_counts_through_its_last_day_and_no_longer():
    supplier = SupplierFactory(listed=True)
    insure(supplier)

    assert holds(row_of(supplier), Kind.DOCUMENT, "insurance")
    assert row_of(supplier).good_until == TODAY
    assert not holds(row_of(supplier, TODAY + timedelta(days=1)), Kind.DOCUMENT, "insurance")


def test_private_documents_count_for_nobody():
    supplier = SupplierFactory(listed=True)
    insure(supplier, audience="private")

    assert not holds(row_of(supplier), Kind.DOCUMENT, "insurance")


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        ({}, True),
        ({"published_at": None}, False),
        ({"revoked_on": TODAY}, False),
        ({"revoked_on": TODAY + timedelta(days=1)}, True),
        ({"valid_from": TODAY + timedelta(days=1), "valid_until": TODAY + timedelta(days=9)}, False),
        ({"valid_until": TODAY - timedelta(days=1)}, False),
    ],
)
def test_a_certification_counts_as_the_model_says(fields, counts):
    supplier = SupplierFactory(listed=True)
    certification = certify(supplier, **fields)

    row = row_of(supplier)

    assert Certification.objects.valid(TODAY).published().exists() == counts
    assert holds(row, Kind.TIER, "certified") == counts
    assert (tokens.numbered(Kind.SCHEME, certification.scheme_id) in row.tokens) == counts


def test_the_clock_mends_what_a_day_has_changed():
    supplier = SupplierFactory(listed=True, confirmed_on=TODAY - timedelta(days=366))
    insure(supplier)
    row_of(supplier)
    tomorrow = timezone.now().replace(year=2026, month=6, day=16)

    assert due.mend_rows(tomorrow) == 1
    assert due.mend_rows(tomorrow) == 0

    row = SearchRow.objects.get()
    assert row.is_stale
    assert not holds(row, Kind.DOCUMENT, "insurance")


def test_the_clock_mends_what_was_written_past_the_actions():
    missing = SupplierFactory(listed=True)
    superfluous = found_supplier("90911200")
    Supplier.objects.filter(pk=superfluous.pk).update(hidden_at=timezone.now())
    broken = [breach for breach in invariants.breaches(timezone.now()) if "directory" in breach.sentence]
    assert [breach.count for breach in broken] == [2]

    assert due.mend_missing(timezone.now()) == 2

    assert list(SearchRow.objects.values_list("pk", flat=True)) == [missing.pk]
    assert not [breach for breach in invariants.breaches(timezone.now()) if "directory" in breach.sentence]


def test_rebuilding_makes_every_row_and_can_go_on_from_anywhere(monkeypatch):
    monkeypatch.setattr(rows, "AT_ONCE", 2)
    suppliers = [SupplierFactory(listed=True) for _ in range(5)]
    SupplierFactory()
    told = []

    assert rows.rebuild(told.append, after=suppliers[1].pk) == 3
    assert SearchRow.objects.count() == 3
    assert rows.rebuild() == 5
    assert SearchRow.objects.count() == 5
    assert told == [2, 1]


def test_a_supplier_that_is_deleted_takes_its_row_along():
    found_supplier("90911200").delete()

    assert not SearchRow.objects.exists()


@pytest.mark.parametrize(
    "make",
    [
        lambda: SearchRow.objects.update(bucket=256),
        lambda: Figure.objects.create(is_for_members=False, token=1, count=-1, taken_at=timezone.now()),
        lambda: Word.objects.create(word="x", in_names=0, profiles=0),
        lambda: [Figure.objects.create(is_for_members=False, token=1, count=1, taken_at=timezone.now()) for _ in "ab"],
    ],
)
def test_the_database_refuses_what_cannot_be(make):
    found_supplier("90911200")

    with pytest.raises(IntegrityError):
        make()


def test_the_command_rebuilds_and_says_how_much(capsys):
    SupplierFactory(listed=True)

    call_command("rebuild_directory")

    assert capsys.readouterr().out.startswith("rebuild_directory: suppliers=1 figures=")
    assert SearchRow.objects.count() == 1
    assert Word.objects.exists()


def test_the_clock_puts_every_index_of_words_in_order():
    """What waits beside an index is read from end to end by every search."""
    for _ in range(40):
        found_supplier("90911200")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_indexes WHERE tablename = 'directory_searchrow' AND indexdef LIKE '%USING gin%'"
        )
        (number,) = cursor.fetchone()

    first, again = due.tidy_index(timezone.now()), due.tidy_index(timezone.now())

    assert number == len(bulk.INDEXES) == 1 + 1 + STRETCHES
    # Every row waits in the index of all and in that of its stretch.
    assert first >= 2
    assert again == 0


def test_the_clock_runs_all_of_it_and_twice_does_no_harm():
    found_supplier("90911200")
    now = timezone.now()

    first, again = run_due(now), run_due(now)

    assert first["directory-figures"] > 0
    assert (again["directory-rows"], again["directory-figures"], again["directory-index"]) == (0, 0, 0)
