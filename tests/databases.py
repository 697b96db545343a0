"""One migrated template, cloned in a fraction of a second for each worker and after each test that commits."""

import contextlib
import fcntl
import io
import os

import psycopg2
from django.conf import settings
from django.db import connections
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

from tests import harness


def _server():
    """A connection outside the databases that are made and dropped."""
    wanted = settings.DATABASES["default"]
    connection = psycopg2.connect(
        dbname="postgres",
        user=wanted["USER"],
        password=wanted["PASSWORD"],
        host=wanted["HOST"],
        port=wanted["PORT"] or None,
    )
    connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
    return contextlib.closing(connection)


def template_name() -> str:
    """The same for a whole run, also in its worker processes, though a file may change meanwhile."""
    if "TEST_TEMPLATE" not in os.environ:
        os.environ["TEST_TEMPLATE"] = f"tessera_template_{harness.source_key()}"
    return os.environ["TEST_TEMPLATE"]


def ensure_template() -> str:
    """Make the template unless the sources have not changed since it was made; old ones are dropped."""
    name = template_name()
    harness.VAR.mkdir(parents=True, exist_ok=True)
    with (harness.VAR / "template.lock").open("w") as lock, _server() as server:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with server.cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'tessera\\_template\\_%'")
            known = [row[0] for row in cursor.fetchall()]
            if name in known:
                return name
            for old in known:
                cursor.execute(f'DROP DATABASE "{old}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}_building"')
            _fill(f"{name}_building")
            cursor.execute(f'ALTER DATABASE "{name}_building" RENAME TO "{name}"')
    return name


def _fill(database: str) -> None:
    from django.core.management import call_command

    with leading_to(database) as default:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("load_vocabularies", verbosity=0, stdout=io.StringIO())
        with default.cursor() as cursor:
            cursor.execute("ANALYZE")


def clone(database: str, source: str = "") -> None:
    """Replace `database` by a fresh copy of the template, or of `source`; whoever was connected is cut off."""
    with _server() as server, server.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{database}" TEMPLATE "{source or template_name()}" STRATEGY FILE_COPY')


@contextlib.contextmanager
def leading_to(database: str):
    """The default connection leads there meanwhile."""
    default = connections["default"]
    before = default.settings_dict["NAME"]
    default.close()
    default.settings_dict["NAME"] = database
    try:
        yield default
    finally:
        default.close()
        default.settings_dict["NAME"] = before


def drop(database: str) -> None:
    with _server() as server, server.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    django.setup()
    ensure_template()
