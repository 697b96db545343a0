"""Copies the published lists from the data files into their tables, all or nothing."""

import csv
import hashlib
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from django.db import connection, transaction
from django.db.models import UniqueConstraint
from django.utils import timezone

from marketplace.core.vocab import cpv, files, nuts, search, words
from marketplace.core.vocab.models import CpvCode, CpvLabel, CpvWord, LoadedVocabulary, NutsRegion

#: Any number, always the same: two machines that start together must not load together.
LOCK = 7_213_008

#: Rows that others may refer to are brought up to date in place, never removed and made again.
BRING_UP_TO_DATE = """
INSERT INTO {table} ({columns}) SELECT {columns} FROM incoming ORDER BY {key}
ON CONFLICT ({key}) DO UPDATE SET {changes}
WHERE ({current}) IS DISTINCT FROM ({incoming})
"""


def edition() -> str:
    """Changes with the data files and with the code that turns them into rows."""
    seal = hashlib.sha256(files.digest().encode())
    for module in (__file__, words.__file__, nuts.__file__, cpv.__file__):
        seal.update(Path(module).read_bytes())
    return seal.hexdigest()


@transaction.atomic
def load(*, force: bool = False) -> dict[str, int]:
    """Load what is not loaded yet; returns how many rows of each list stand in the tables, and whether it `loaded`."""
    wanted = edition()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        stands = LoadedVocabulary.objects.filter(digest=wanted).exists()
        if force or not stands:
            _bring_up_to_date(cursor, CpvCode, _code_rows())
            _bring_up_to_date(cursor, NutsRegion, _region_rows())
            _replace(cursor, CpvLabel, CpvWord)
            LoadedVocabulary.objects.update_or_create(pk=True, defaults={"digest": wanted, "loaded_at": timezone.now()})
    return {
        "loaded": int(force or not stands),
        "cpv": CpvCode.objects.count(),
        "nuts": NutsRegion.objects.count(),
    }


def _code_rows() -> Iterator[tuple]:
    for code in cpv.codes():
        yield code, cpv.parent(code), cpv.level(code), cpv.kind(code)


def _region_rows() -> Iterator[tuple]:
    for region in nuts.regions().values():
        above = "{" + ",".join(nuts.ancestors(region.code)) + "}"
        yield region.code, region.parent, above, region.level, region.country, region.name


def _bring_up_to_date(cursor, model, rows: Iterable[tuple]) -> None:
    columns = [field.column for field in model._meta.concrete_fields]
    table, key, *rest = model._meta.db_table, *columns
    cursor.execute(f"CREATE TEMP TABLE incoming (LIKE {table}) ON COMMIT DROP")
    _copy(cursor, "incoming", columns, rows)
    cursor.execute(
        BRING_UP_TO_DATE.format(
            table=table,
            key=key,
            columns=", ".join(columns),
            changes=", ".join(f"{column} = excluded.{column}" for column in rest),
            current=", ".join(f"{table}.{column}" for column in rest),
            incoming=", ".join(f"excluded.{column}" for column in rest),
        )
    )
    cursor.execute("DROP TABLE incoming")


def _replace(cursor, *models) -> None:
    """Empty and fill the two tables that nobody refers to."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    cursor.execute(f"TRUNCATE {', '.join(model._meta.db_table for model in models)}")
    with _indexes_laid_afterwards(CpvLabel):
        _copy(cursor, CpvLabel._meta.db_table, ["id", "code_id", "language", "label", "words"], _label_rows(found))
    rows = ((word, f"{{{str(labels)[1:-1]}}}", len(labels)) for word, labels in found.items())
    with _indexes_laid_afterwards(CpvWord):
        _copy(cursor, CpvWord._meta.db_table, ["word", "labels", "frequency"], rows)
    for model in models:
        cursor.execute(f"ANALYZE {model._meta.db_table}")


@contextmanager
def _indexes_laid_afterwards(model) -> Iterator[None]:
    """Sorting once is three times faster than finding each row its place; all within the transaction of `load`."""
    meta = model._meta
    unique = [constraint for constraint in meta.constraints if isinstance(constraint, UniqueConstraint)]
    with connection.schema_editor(atomic=False) as schema:
        for constraint in unique:
            schema.remove_constraint(model, constraint)
        for index in meta.indexes:
            schema.remove_index(model, index)
        yield
        for constraint in unique:
            schema.add_constraint(model, constraint)
        for index in meta.indexes:
            schema.add_index(model, index)


def _label_rows(found: defaultdict[str, list[int]]) -> Iterator[tuple]:
    """The rows of all labels; `found` gathers on the way which word stands in which of them."""
    codes = cpv.codes()
    for place, language in enumerate(cpv.LANGUAGES):
        labels = files.lines(f"cpv_{language}")
        folded = words.fold("\n".join(labels)).split("\n")
        for number, label in enumerate(labels):
            if label:
                identity = place * search.LABELS_OF_A_LANGUAGE + number
                own = words.WORD.findall(folded[number])
                for word in set(own):
                    found[word].append(identity)
                yield identity, codes[number], language, label, len(own)


class _Lines(io.TextIOBase):
    """Rows as the text that COPY reads, made while the server takes in what came before."""

    def __init__(self, rows: Iterable[tuple]):
        self.rows = iter(rows)

    def read(self, _size: int | None = -1) -> str:
        text = io.StringIO()
        csv.writer(text).writerows(islice(self.rows, 2_000))
        return text.getvalue()


def _copy(cursor, table: str, columns: list[str], rows: Iterable[tuple]) -> None:
    """Write rows in one go; None is NULL, and no list has an empty text."""
    with connection.wrap_database_errors:
        cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN WITH (FORMAT csv)", _Lines(rows))
