"""`make bench`: every figure is a ratio inside one run, on our own PostgreSQL and Valkey. Writes docs/benchmarks.md."""

import contextlib
import os
import platform
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.setdefault("TESSERA_VAR", str(ROOT / "var" / "bench")))


def main() -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "marketplace.settings"
    os.environ["TESSERA_PLAIN_STATIC"] = "1"
    os.environ["TESSERA_DEMO"] = "1"
    from marketplace.embedded import postgres, valkey

    with contextlib.ExitStack() as servers:
        for server in (postgres.Postgres(VAR), valkey.Valkey(VAR)):
            server.start()
            servers.callback(server.stop)
        rows = _measure()
    _print(rows)
    _write(rows)
    return 0 if all(row.is_met for row in rows) else 1


def _measure():
    import django
    from django.test.utils import setup_test_environment

    django.setup()
    setup_test_environment()
    from benchmarks import pages

    pages.migrate()
    from benchmarks import calls, ground, imports, notices, search

    return [*ground.measure(), *imports.measure(), *search.measure(), *calls.measure(), *notices.measure()]


def _print(rows) -> None:
    for row in rows:
        sys.stdout.write(f"{row.verdict:<5} {row.what:<66} {row.figure:>16}  target {row.target}\n")


def _write(rows) -> None:
    lines = [
        "# Benchmarks",
        "",
        f"Written by `make bench` on {os.cpu_count()} cores, Python {platform.python_version()}. Ratios inside one run "
        "carry over to other machines; seconds do not.",
        "",
        "| What | Figure | Target | |",
        "|---|---|---|---|",
        *(f"| {row.what} | {row.figure} | {row.target} | {row.verdict} |" for row in rows),
        "",
    ]
    (ROOT / "docs" / "benchmarks.md").write_text("\n".join(lines))


if __name__ == "__main__":
    sys.exit(main())
