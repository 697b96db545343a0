"""Many new rows by COPY, which costs a fifth of INSERT: most of that is Django's preparing of every value."""

import io
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)

NULL = r"\N"


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows of plain values (texts, numbers, moments, bytes, lists of them); dicts and JSON come as texts."""
    written = io.StringIO()
    for row in rows:
        written.write("\t".join([_cell(value) for value in row]))
        written.write("\n")
    written.seek(0)
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    with connection.wrap_database_errors, connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {connection.ops.quote_name(table)} ({names}) FROM STDIN", written)


def copy_models(rows: Iterable[Row], *, are_keyed: bool = False) -> list[Row]:
    """`bulk_create` for many new rows of one model without parents; no signal is sent.

    Only with `are_keyed` do they know their primary keys afterwards, which costs a query more.
    """
    made = list(rows)
    if not made:
        return made
    meta = made[0]._meta
    fields = [field for field in meta.local_concrete_fields if not field.generated]
    if are_keyed:
        for row, key in zip(made, reserve(meta.db_table, len(made)), strict=True):
            row.pk = key
            row._state.adding, row._state.db = False, connection.alias
    else:
        fields = [field for field in fields if not field.primary_key]
    readers = [_reader(field) for field in fields]
    copy_rows(meta.db_table, [str(field.column) for field in fields], ([read(row) for read in readers] for row in made))
    return made


def reserve(table: str, count: int) -> list[int]:
    """Numbers for so many new rows of a table, ascending; nobody else gets them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return sorted(row[0] for row in cursor.fetchall())


def _reader(field: models.Field) -> Callable[[models.Model], Any]:
    """What the column of this field holds for a row."""
    name = field.attname
    if isinstance(field, models.JSONField):
        return lambda row: None if (value := getattr(row, name)) is None else json.dumps(value, cls=field.encoder)
    return lambda row: _plain(field, field.pre_save(row, True))


def _plain(field: models.Field, value: Any) -> Any:
    return value if type(value) in WRITERS else field.get_prep_value(value)


def _text(value: str) -> str:
    if value.isprintable() and "\\" not in value:
        return value
    # Many times as fast as `translate`.
    return value.replace("\\", r"\\").replace("\t", r"\t").replace("\n", r"\n").replace("\r", r"\r")


def _list(values: Sequence[Any]) -> str:
    """An array of texts or numbers."""
    if not values:
        return "{}"
    quoted = ('"' + str(value).replace("\\", r"\\").replace('"', r"\"") + '"' for value in values)
    return _text("{" + ",".join(quoted) + "}")


def _bytes(value: bytes) -> str:
    return rf"\\x{bytes(value).hex()}"


WRITERS: dict[type, Callable[[Any], str]] = {
    type(None): lambda _value: NULL,
    str: _text,
    bool: lambda value: "t" if value else "f",
    int: str,
    float: repr,
    date: date.isoformat,
    datetime: datetime.isoformat,
    list: _list,
    tuple: _list,
    bytes: _bytes,
    memoryview: _bytes,
}


def _cell(value: Any) -> str:
    write = WRITERS.get(type(value))
    # What is more than a plain value, such as a choice or a lazy text, is its text.
    return write(value) if write else _text(str(value))
