import csv
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from marketplace.core.models import AuditEntry
from marketplace.core.vocab import cpv
from marketplace.matching import actions
from marketplace.matching.exports import as_csv, as_sheet, headings, plain
from tests.factories.introductions import ShortlistEntryFactory, ShortlistFactory
from tests.introductions.test_comparison import certify
from tests.introductions.test_views import words

EXPORT = "/workspace/searches/export/"
COMMANDS = ["=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://evil.example","x")', "+1+1", "-1+1", "@SUM(1,1)", "=A1"]
HIDING = ["", " ", "\t", "\r", "\n", "\x0b"]
PAYLOADS = [hiding + command for hiding in HIDING for command in COMMANDS]


def table_of(response):
    """The rows of a CSV or a sheet, as text."""
    body = b"".join(response.streaming_content)
    if "csv" in response["Content-Type"]:
        assert body.startswith(b"\xef\xbb\xbf")
        return list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    sheet = load_workbook(io.BytesIO(body)).active
    assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}
    return [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_forty_formulas_come_back_as_text_and_none_is_live(form):
    assert len(PAYLOADS) >= 40
    lines = iter([[plain(payload), "beside"] for payload in PAYLOADS])

    table = table_of(as_csv(lines, "x.csv") if form == "csv" else as_sheet(lines, "x.xlsx"))

    assert [row[0] for row in table] == [f"'{payload.strip()}" for payload in PAYLOADS]
    assert {row[1] for row in table} == {"beside"}


@pytest.mark.parametrize("text", ["Brot & Söhne", 'He said "yes", twice; then left', "نظافة", "a\nb", "x\x00y\x07z"])
def test_other_text_stays_as_it_is(text):
    clean = text.replace("\x00", "").replace("\x07", "")

    assert table_of(as_csv(iter([[plain(text)]]), "x.csv")) == [[clean]]
    assert table_of(as_sheet(iter([[plain(text)]]), "x.xlsx")) == [[clean]]


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_search_is_taken_out_with_a_line_per_firm(as_user, omar, company, listed, form):
    firm = listed(
        "=Bread & Sons",
        organisation__town="Leeds",
        offers=["15811000"],
        regions=["UKE4"],
        languages=["tr", "en"],
        size_band="small",
        largest_contract=5_000_000,
        largest_contract_currency="EUR",
    )
    certify(firm)
    listed("Violins only")

    response = as_user(omar).get(EXPORT, {"q": "bread", "form": form})

    head, row = table_of(response)
    facts = dict(zip(head, row, strict=True))
    assert facts["Name"] == "'=Bread & Sons"
    assert (facts["Country"], facts["Town"]) == ("United Kingdom", "Leeds")
    assert facts["Page"].endswith(firm.get_absolute_url())
    assert facts["CPV codes"] == "15811000"
    assert facts["Regions served"] == "West Yorkshire"
    assert facts["Languages"] == "Turkish; English"
    assert facts["Largest contract so far"] == "50,000 EUR"
    assert facts["Evidence"].startswith("Certified by The Issuer until")
    assert response["Content-Disposition"].startswith("attachment")
    entry = AuditEntry.objects.get(verb=actions.EXPORTED)
    assert entry.by == omar
    assert entry.data == {"what": "search", "query": "q=bread", "rows": 1, "form": form}


@pytest.mark.django_db
def test_labels_are_in_the_language_of_the_page(as_user, omar, company, listed):
    listed("Pain", offers=["15811000"])

    _head, row = table_of(as_user(omar).get(f"/fr{EXPORT}"))

    assert row[1] == "Royaume-Uni"
    assert row[4] == cpv.label("15811000", "fr")


@pytest.mark.django_db
def test_an_authority_takes_nothing_of_evidence_out(as_user, amina, city, listed):
    firm = listed("Bread")
    certify(firm)
    shortlist = ShortlistEntryFactory(shortlist__buyer=city, supplier=firm).shortlist
    browser = as_user(amina)
    answers = [
        browser.get(EXPORT, {"tier": "certified"}),
        browser.get(reverse("shortlist-export", kwargs={"pk": shortlist.pk})),
    ]

    for response in answers:
        table = table_of(response)
        assert table[0] == headings(with_evidence=False)
        assert "Certified" not in str(table)
    assert "tier" not in AuditEntry.objects.filter(verb=actions.EXPORTED).first().data["query"]


@pytest.mark.django_db
def test_without_the_entitlement_nothing_is_taken_out(as_user, omar, company):
    company.organisation.grants.update(entitlements=["directory"])
    shortlist = ShortlistFactory(buyer=company)

    refused = [as_user(omar).get(EXPORT), as_user(omar).get(reverse("shortlist-export", kwargs={"pk": shortlist.pk}))]

    assert [response.status_code for response in refused] == [403, 403]
    assert "Exports belong to membership" in words(refused[0])
    assert not AuditEntry.objects.filter(verb=actions.EXPORTED).exists()


@pytest.mark.django_db
def test_an_organisation_takes_twenty_files_a_day(as_user, omar, company):
    browser = as_user(omar)
    answers = [browser.get(EXPORT).status_code for _ in range(actions.EXPORTS_A_DAY)]

    refused = browser.get(EXPORT)

    assert set(answers) == {200}
    assert refused.status_code == 429
    assert "Try again tomorrow" in words(refused)
    assert AuditEntry.objects.filter(verb=actions.EXPORTED).count() == actions.EXPORTS_A_DAY


@pytest.mark.django_db
def test_a_look_at_the_headers_counts_as_no_export(as_user, omar, company):
    assert as_user(omar).head(EXPORT).status_code == 200
    assert not AuditEntry.objects.filter(verb=actions.EXPORTED).exists()


@pytest.mark.django_db
def test_a_file_holds_a_thousand_firms_at_most(as_user, omar, company, listed, monkeypatch):
    monkeypatch.setattr(actions, "ROWS_AT_MOST", 2)
    for number in range(3):
        listed(f"Bread {number}")

    assert len(table_of(as_user(omar).get(EXPORT))) == 1 + 2


@pytest.mark.django_db
def test_a_firm_that_hid_itself_is_not_in_the_file(as_user, omar, company):
    entry = ShortlistEntryFactory(shortlist__buyer=company)
    ShortlistEntryFactory(shortlist=entry.shortlist, supplier__organisation__name="Still here")
    response = as_user(omar).get(reverse("shortlist-export", kwargs={"pk": entry.shortlist.pk}))
    type(entry.supplier).objects.filter(pk=entry.supplier.pk).update(hidden_at=entry.added_at)

    assert [row[0] for row in table_of(response)] == ["Name", "Still here"]


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["form=exe", "q=%00%ff&form=csv&form=xlsx", "cpv=x&region=&capacity=-1"])
def test_no_address_of_an_export_breaks(as_user, omar, company, query):
    assert as_user(omar).get(f"{EXPORT}?{query}").status_code == 200


@pytest.mark.django_db
def test_nothing_about_people_is_in_a_file():
    named = " ".join(headings(with_evidence=True)).lower()

    assert not any(word in named for word in ("owner", "person", "gender", "ethnic", "migra", "disab", "mail", "phone"))
