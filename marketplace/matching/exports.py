"""Suppliers as a file that is harmless to whoever opens it in a spreadsheet; nothing about people is in it."""

import csv
import re
import tempfile
from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.http import FileResponse, StreamingHttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell

from marketplace.core.staff import safe_cell
from marketplace.matching.words import amount_words, language_words
from suppliers.directory.cards import served
from suppliers.directory.claims import claims, prefetch_claims
from suppliers.models import Supplier

CHUNK = 100
BYTE_ORDER_MARK = "\ufeff"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Signs that no spreadsheet may hold, and a file cannot be written with.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def lines(pks: Sequence[int], *, with_evidence: bool, language: str) -> Iterator[list[Any]]:
    """The headings, then a line per firm that is listed at this moment, in bounded memory."""
    with translation.override(language):
        yield headings(with_evidence=with_evidence)
        for start in range(0, len(pks), CHUNK):
            chunk = pks[start : start + CHUNK]
            rows = Supplier.objects.listed().filter(pk__in=chunk).with_services()
            if with_evidence:
                rows = rows.prefetch_related(prefetch_claims())
            found = {supplier.pk: supplier for supplier in rows}
            for pk in chunk:
                if pk in found:
                    yield [plain(value) for value in line(found[pk], with_evidence=with_evidence, language=language)]


def headings(*, with_evidence: bool) -> list[str]:
    names = [
        _("Name"),
        _("Country"),
        _("Town"),
        _("Page"),
        _("Services"),
        _("CPV codes"),
        _("Regions served"),
        _("Languages"),
        _("Size"),
        _("Turnover of a year"),
        _("Largest contract so far"),
        _("Last confirmed"),
    ]
    return [*names, _("Evidence")] if with_evidence else names


def line(supplier: Any, *, with_evidence: bool, language: str) -> list[str]:
    organisation, services = supplier.organisation, list(supplier.capabilities.all())
    values = [
        organisation.name,
        str(organisation.country.name),
        organisation.town,
        settings.PUBLIC_URL + supplier.get_absolute_url(),
        "; ".join(service.label(language) for service in services),
        "; ".join(service.cpv for service in services),
        "; ".join(served(supplier, language)),
        "; ".join(language_words(supplier)),
        str(supplier.get_size_band_display()),
        str(supplier.get_turnover_band_display()),
        amount_words(supplier),
        supplier.confirmed_on.isoformat() if supplier.confirmed_on else "",
    ]
    if with_evidence:
        values.append("; ".join(claim.words for claim in claims(supplier.shown_certifications)))
    return values


def plain(value: str) -> str:
    """Text that no spreadsheet runs: without control signs and outer spaces, behind which a formula could hide."""
    return safe_cell(_CONTROL.sub("", value).strip())


class _Echo:
    """A file for csv.writer that hands each line back."""

    def write(self, text: str) -> str:
        return text


def as_csv(table: Iterator[list[Any]], filename: str) -> StreamingHttpResponse:
    writer = csv.writer(_Echo())

    def pieces() -> Iterator[str]:
        yield BYTE_ORDER_MARK  # else Excel takes it for another encoding
        for values in table:
            yield writer.writerow(values)

    response = StreamingHttpResponse(pieces(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def as_sheet(table: Iterator[list[Any]], filename: str) -> FileResponse:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Suppliers"))
    sheet.freeze_panes = "A2"
    for values in table:
        sheet.append([_text_cell(sheet, value) for value in values])
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=filename, content_type=SHEET_TYPE)


def _text_cell(sheet: Any, value: str) -> Cell | None:
    if not value:
        return None
    cell = WriteOnlyCell(sheet)
    cell.value = value[:32_767]
    cell.data_type = "s"  # whatever it begins with
    return cell
