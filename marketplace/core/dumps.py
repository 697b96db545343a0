"""PostgreSQL's own tools: a dump of the whole database in one snapshot, and back in one transaction."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import psycopg2
from django.db import connection
from psycopg2.extensions import make_dsn

from marketplace.core.manifest import BackupRefused
from marketplace.embedded.binaries import find_postgres
from marketplace.embedded.places import CannotStart

Cursor = Any
T = TypeVar("T")

TABLES = """
SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1
"""
#: Everything in the schema that no extension and no table brought, as statements that remove it.
REMOVALS = """
WITH ours AS (SELECT 'public'::regnamespace::oid AS schema),
brought AS (SELECT objid FROM pg_depend WHERE deptype = 'e'
            UNION SELECT objid FROM pg_depend WHERE deptype IN ('a', 'i') AND refclassid = 'pg_class'::regclass
            AND objid IN (SELECT oid FROM pg_class WHERE relkind = 'S'))
SELECT format('DROP %s IF EXISTS %s CASCADE;', CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
       WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END, pg_class.oid::regclass)
FROM pg_class, ours WHERE relnamespace = schema AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
AND oid NOT IN (TABLE brought)
UNION ALL SELECT format('DROP ROUTINE IF EXISTS %s CASCADE;', pg_proc.oid::regprocedure)
FROM pg_proc, ours WHERE pronamespace = schema AND oid NOT IN (TABLE brought)
UNION ALL SELECT format('DROP TYPE IF EXISTS %s CASCADE;', pg_type.oid::regtype)
FROM pg_type, ours WHERE typnamespace = schema AND typtype IN ('e', 'd') AND oid NOT IN (TABLE brought)
UNION ALL SELECT format('DROP TEXT SEARCH CONFIGURATION IF EXISTS public.%I CASCADE;', cfgname)
FROM pg_ts_config, ours WHERE cfgnamespace = schema AND oid NOT IN (TABLE brought)
UNION ALL SELECT format('DROP COLLATION IF EXISTS public.%I CASCADE;', collname)
FROM pg_collation, ours WHERE collnamespace = schema AND oid NOT IN (TABLE brought)
"""
#: Brought by the place that a dump is loaded into, not by the dump.
_OF_THE_PLACE = re.compile(r"^\d+; \d+ \d+ (EXTENSION|COMMENT - EXTENSION|SCHEMA - public|COMMENT - SCHEMA public) ")


@contextmanager
def snapshot() -> Iterator[tuple[Cursor, str]]:
    """A cursor that sees one moment of the database, and the name by which `dump` sees the same moment."""
    with closing(psycopg2.connect(**_parameters())) as session, session.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = 0")
        cursor.execute("SET statement_timeout = 0")
        session.commit()
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor, cursor.fetchone()[0]


def count_rows(cursor: Cursor) -> dict[str, int]:
    """The number of rows of each table."""
    cursor.execute(TABLES)
    counts = {}
    for (table,) in cursor.fetchall():
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608  (quoted by PostgreSQL)
        counts[table] = cursor.fetchone()[0]
    return counts


def extensions(cursor: Cursor) -> list[str]:
    cursor.execute("SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1")
    return [name for (name,) in cursor.fetchall()]


def server_version() -> int:
    """The major version of the server."""
    with connection.cursor():  # opens the connection
        return connection.connection.server_version // 10_000


def dump(snapshot_name: str, target: Path) -> None:
    """Write everything that the snapshot sees to `target`, in PostgreSQL's custom format."""
    tool = find_tool("pg_dump", server_version())
    _run([tool, f"--snapshot={snapshot_name}", "--format=custom", f"--file={target}", f"--dbname={_address()}"])


def load(source: Path, wanted_extensions: list[str], made_by: int) -> None:
    """Replace everything in the database by the dump, in one transaction: all of it, or nothing has changed."""
    psql = find_tool("psql", server_version())
    restorer = find_tool("pg_restore", max(server_version(), made_by))
    contents = _run([restorer, "--list", source])
    chosen = "\n".join(line for line in contents.splitlines() if not _OF_THE_PLACE.match(line))
    with connection.cursor() as cursor:
        cursor.execute(REMOVALS)
        first = [f'CREATE EXTENSION IF NOT EXISTS "{name}";' for name in wanted_extensions]
        first += [statement for (statement,) in cursor.fetchall()]
    connection.close()
    listing = source.parent.parent / f"{source.parent.name}.contents-{os.getpid()}"
    listing.write_text(chosen)
    try:
        _pour([restorer, "--no-owner", "--no-acl", f"--use-list={listing}", "--file=-", source], psql, first)
    finally:
        listing.unlink()


def _pour(restorer: list[Any], psql: Path, first: list[str]) -> None:
    """Feed the restorer's statements to psql inside one transaction, committed only when both have gone to the end."""
    command: list[str | Path] = [
        psql,
        "--no-psqlrc",
        "--quiet",
        "--set=ON_ERROR_STOP=1",
        "--file=-",
        f"--dbname={_address()}",
    ]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=_environment()
    ) as taker:
        assert taker.stdin
        giver = None
        try:
            taker.stdin.write("\n".join(["BEGIN;", "SET client_min_messages = warning;", *first, ""]).encode())
            taker.stdin.flush()
            giver = subprocess.run(restorer, stdout=taker.stdin, stderr=subprocess.PIPE, check=False)
            if giver.returncode == 0:
                taker.stdin.write(b"COMMIT;\n")
            taker.stdin.close()
        except BrokenPipeError:
            pass  # psql has ended and says why
        finally:
            said = taker.stderr.read().decode("utf-8", "replace") if taker.stderr else ""
    if taker.returncode or giver is None or giver.returncode:
        words = said or (giver.stderr.decode("utf-8", "replace") if giver else "")
        raise BackupRefused(f"The database could not be restored, and was left as it was: {_first_line(words)}")


def find_tool(name: str, oldest: int) -> Path:
    """The program of PostgreSQL whose major version fits best: the same as `oldest`, else the next newer one."""
    found = {version: path for path in _candidates(name) if (version := _version(path)) and version >= oldest}
    if not found:
        raise BackupRefused(
            f"No {name} of PostgreSQL {oldest} or newer was found: install PostgreSQL's client programs"
            f" (postgresql-client-{oldest}), or name their folder in TESSERA_PG_BIN."
        )
    return found[min(found)]


def _candidates(name: str) -> Iterator[Path]:
    """Later ones win over earlier ones of the same version: what the operator named comes last."""
    yield from sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    if on_path := shutil.which(name):
        yield Path(on_path)
    with suppress(CannotStart):
        yield find_postgres().beside(name)


def _version(path: Path) -> int | None:
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    number = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(number[1]) if number else None


def _run(command: list[Any]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, env=_environment(), check=False)
    if done.returncode:
        raise BackupRefused(f"{Path(command[0]).name} failed: {_first_line(done.stderr)}")
    return done.stdout


def _first_line(words: str) -> str:
    return next((line for line in words.splitlines() if "error" in line.lower()), words.strip() or "it said nothing")


def _parameters() -> dict[str, Any]:
    """How to reach the database, for a session of its own."""
    wanted = connection.settings_dict
    parameters = {
        "dbname": wanted["NAME"],
        "user": wanted["USER"],
        "password": wanted["PASSWORD"],
        "host": wanted["HOST"],
        "port": wanted["PORT"],
        **{key: value for key, value in wanted["OPTIONS"].items() if isinstance(value, str)},
    }
    return {key: value for key, value in parameters.items() if value}


def _address() -> str:
    return make_dsn(**{key: value for key, value in _parameters().items() if key != "password"})


def _environment() -> dict[str, str]:
    """The password goes by the environment: arguments can be read by every user of the machine."""
    password = _parameters().get("password")
    return {**os.environ, "PGAPPNAME": "tessera-backup"} | ({"PGPASSWORD": password} if password else {})
