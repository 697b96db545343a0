import zipfile
from datetime import date

import pytest

from suppliers.imports.tables import Unreadable, open_table
from tests.factories.imports import write_csv, write_workbook

ROWS = [["Nom", "Ville"], ["Société Générale de Nettoyage", "Évry"], ["Çelik Temizlik", "Bobigny"]]


def read(path):
    with open_table(path) as table:
        return table.headings, [cells for _number, cells in table.rows], table.form


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"])
def test_every_encoding_gives_the_same_table(tmp_path, encoding):
    text = "Nom;Ville\nSociété Générale de Nettoyage;Évry\nÇelik Temizlik;Bobigny\n"

    headings, rows, _form = read(write_csv(tmp_path, text, encoding=encoding))

    assert headings == ROWS[0]
    assert rows == ROWS[1:]


def test_turkish_windows_text_is_recognised(tmp_path):
    text = "Firma;Şehir\n" + "Işıltı Temizlik Hizmetleri;İstanbul\nÇağdaş Güvenlik ve Danışmanlık Şirketi;İzmir\n" * 20

    headings, rows, form = read(write_csv(tmp_path, text, encoding="cp1254"))

    assert (headings, rows[0], form) == (["Firma", "Şehir"], ["Işıltı Temizlik Hizmetleri", "İstanbul"], "cp1254")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_also_beside_others_in_the_text(tmp_path, separator):
    lines = [["Name", "Town", "About"], ["Atlas", "Leeds", '"We clean, tidy; and mend|paint"'], ["Baobab", "Lyon", "x"]]
    text = "\r\n".join(separator.join(line) for line in lines)

    _headings, rows, _form = read(write_csv(tmp_path, text))

    assert rows == [["Atlas", "Leeds", "We clean, tidy; and mend|paint"], ["Baobab", "Lyon", "x"]]


def test_a_title_above_the_headings_and_blank_rows_are_passed_over(tmp_path):
    text = "Members 2026,,\n,,\nName,Town,CPV\n,,\nAtlas,Leeds,90911200\n,,\n"

    headings, rows, _form = read(write_csv(tmp_path, text))

    assert headings == ["Name", "Town", "CPV"]
    assert rows == [["Atlas", "Leeds", "90911200"]]


def test_rows_that_are_too_short_or_too_long_become_as_wide_as_the_headings(tmp_path):
    _headings, rows, _form = read(write_csv(tmp_path, "Name,Town\nAtlas\nBaobab,Lyon,more,still more\n"))

    assert rows == [["Atlas", ""], ["Baobab", "Lyon"]]


def test_a_quotation_mark_that_is_never_closed_is_said_with_its_line(tmp_path):
    path = write_csv(tmp_path, 'Name,Town\nAtlas,Leeds\nBaobab,"Lyon\n' + "x,y\n" * 100_000)

    with pytest.raises(Unreadable, match="quotation mark"):
        read(path)


def test_nul_bytes_and_a_broken_last_byte_do_no_harm(tmp_path):
    path = tmp_path / "odd.csv"
    path.write_bytes("Name,Town\nAt\0las,Leeds\nÉlan,Lyo".encode() + b"\xc3")

    _headings, rows, _form = read(path)

    assert rows[0] == ["Atlas", "Leeds"]
    assert len(rows) == 2


def test_a_workbook_reads_days_numbers_and_errors_as_people_write_them(tmp_path):
    path = write_workbook(
        tmp_path,
        [
            ["Name", "Postcode", "Founded", "Note"],
            ["Atlas", 1080.0, date(2004, 3, 1), "#N/A"],
            [None, None, None, None],
        ],
    )

    headings, rows, form = read(path)

    assert headings == ["Name", "Postcode", "Founded", "Note"]
    assert rows == [["Atlas", "1080", "2004-03-01", ""]]
    assert form == "xlsx"


def test_cells_merged_downwards_count_for_every_row_they_span(tmp_path):
    rows = [["Country", "Name"], ["FR", "Atlas"], [None, "Baobab"], [None, "Cedrat"], ["GB", "Dune"], [None, "Elan"]]

    _headings, found, _form = read(write_workbook(tmp_path, rows, merged=["A2:A4", "A5:A6"]))

    assert found == [["FR", "Atlas"], ["FR", "Baobab"], ["FR", "Cedrat"], ["GB", "Dune"], ["GB", "Elan"]]


def test_a_workbook_that_unpacks_to_gigabytes_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as part,
    ):
        for _ in range(80):
            part.write(b"0" * 2**20)

    with pytest.raises(Unreadable, match="hundreds of times"):
        read(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 ...", "no table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old kind"),
        (b"PK\x03\x04 not really", "damaged"),
        (b"only one column\nand nothing else\n", "headings"),
        (b"\0" * 100, "headings"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(tmp_path, content, words):
    path = tmp_path / "odd"
    path.write_bytes(content)

    with pytest.raises(Unreadable, match=words):
        read(path)


def test_another_kind_of_archive_is_no_table(tmp_path):
    path = tmp_path / "pictures.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("holiday.jpg", b"...")

    with pytest.raises(Unreadable, match="no table"):
        read(path)
