"""COPY instead of INSERT: what comes out is what went in, whatever it is written with."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from marketplace.accounts.models import Identifier, Organisation
from marketplace.core import copying
from marketplace.core.models import AuditEntry, OutboxMessage
from suppliers.models import Capability, SizeBand, Supplier

pytestmark = pytest.mark.django_db
ODD = [
    "",
    "plain",
    "tab\there",
    "line\nbreak\r\n",
    r"back\slash",
    r"\N",
    r"\.",
    '"quoted"',
    "l’été ½ 東京 🧵",
    "{a,b}",
    "NULL",
]


@pytest.mark.parametrize("text", ODD)
def test_any_text_comes_out_as_it_went_in(text):
    organisation = Organisation(name=f"A{text}", country="FR", street=text)

    (made,) = copying.copy_models([organisation], are_keyed=True)

    found = Organisation.objects.get(pk=made.pk)
    assert (found.name, found.street) == (f"A{text}", text)


@pytest.mark.parametrize("text", [text for text in ODD if text])
def test_any_text_may_stand_in_an_array_in_json_and_beside_bytes(text):
    at = datetime(2026, 2, 28, 23, 59, 59, 123456, UTC)
    message = OutboxMessage(
        template="t", to="a@b.example", language="en", context={"said": text}, about=[text, "x"], created_at=at
    )
    message.sealed = text.encode()

    copying.copy_models([message])

    found = OutboxMessage.objects.get()
    assert (found.context, found.about, bytes(found.sealed), found.created_at) == (
        {"said": text}, [text, "x"], text.encode(), at,
    )  # fmt: skip


def test_rows_are_the_same_as_bulk_create_makes_them():
    def firms(prefix):
        for number in range(3):
            yield Organisation(name=f"{prefix} {number}", country="DE", vat_number="DE1" if number else "")

    def suppliers(organisations, prefix):
        for number, organisation in enumerate(organisations):
            yield Supplier(
                organisation=organisation,
                slug=f"{prefix}-{number}",
                languages=["de", "fr"] if number else [],
                size_band=SizeBand.SMALL,
                founded_year=1999 if number else None,
                largest_contract=10**12,
                largest_contract_currency="EUR",
            )

    def written(prefix):
        skipped = {"id", "organisation_id", "slug", "created_at", "changed_at"}
        rows = Supplier.objects.filter(slug__startswith=prefix).order_by("slug").values()
        return [{name: value for name, value in row.items() if name not in skipped} for row in rows]

    Supplier.objects.bulk_create(suppliers(Organisation.objects.bulk_create(firms("inserted")), "inserted"))
    organisations = copying.copy_models(firms("copied"), are_keyed=True)
    made = copying.copy_models(suppliers(organisations, "copied"), are_keyed=True)

    assert written("copied") == written("inserted")
    assert len(written("copied")) == 3
    assert [row._state.adding for row in made] == [False] * 3
    made[0].founded_year = 2001
    made[0].save()
    assert Supplier.objects.get(slug="copied-0").founded_year == 2001


def test_a_broken_rule_is_told_as_for_any_other_statement():
    organisation = Organisation.objects.create(name="Atlas", country="FR")
    number = {"organisation": organisation, "scheme": "FR-SIREN", "value": "732829320"}

    with pytest.raises(IntegrityError), transaction.atomic():
        copying.copy_models([Identifier(**number), Identifier(**number)])

    assert not Identifier.objects.exists()


def test_nothing_to_write_is_no_mistake_and_costs_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert copying.copy_models([]) == []


def test_an_audit_entry_by_nobody_keeps_its_moment():
    at = datetime.now(UTC) - timedelta(days=3)
    copying.copy_models([AuditEntry(verb="x.y", subject="a:1", by=None, data={"n": [1, None, True]}, at=at)])

    entry = AuditEntry.objects.get()
    assert (entry.by, entry.data, entry.at) == (None, {"n": [1, None, True]}, at)


def test_numbers_that_were_reserved_are_given_to_nobody_else():
    numbers = copying.reserve(Capability._meta.db_table, 50)

    assert numbers == sorted(set(numbers))
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('suppliers_capability', 'id'))")
        assert cursor.fetchone()[0] > numbers[-1]
