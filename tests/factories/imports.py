"""Files such as people send them, made where they are needed."""

from openpyxl import Workbook


def write_csv(folder, text, *, name="firms.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def write_workbook(folder, rows, *, name="firms.xlsx", merged=()):
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for span in merged:
        sheet.merge_cells(span)
    path = folder / name
    book.save(path)
    return path
