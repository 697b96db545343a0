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
    return 1 if any(row.is_met is False for row in rows) else 0


def _measure():
    import django
    from django.test.utils import setup_test_environment

    django.setup()
    setup_test_environment()
    from benchmarks import pages

    pages.migrate()
    from benchmarks import alerts, calls, ground, imports, matches, matching, notices, search
    from benchmarks.table import with_machine

    return [
        *with_machine(ground.measure),
        *with_machine(imports.measure),
        # Pages of a search say it of each size by themselves: a size takes minutes.
        *search.measure(),
        *calls.measure(),
        *with_machine(notices.measure),
        *with_machine(matches.measure),
        *with_machine(matching.measure),
        *with_machine(alerts.measure),
    ]


def _print(rows) -> None:
    for row in rows:
        target = f"  target {row.target}" if row.target else ""
        sys.stdout.write(f"{row.verdict:<5} {row.what:<66} {row.figure:>16}{target}\n")


def _write(rows) -> None:
    from benchmarks import matching

    lines = [
        "# Benchmarks",
        "",
        f"Written by `make bench` on {os.cpu_count()} cores, Python {platform.python_version()}. Ratios inside one run "
        "carry over to other machines; seconds do not. What the machine took for a loop and a statement that never "
        "change, before and after the figures above it, tells a slow machine from slow code; nothing is asked of it.",
        "",
        "| What | Figure | Target | |",
        "|---|---|---|---|",
        *(f"| {row.what} | {row.figure} | {row.target} | {row.verdict} |" for row in rows),
        "",
        *matching.tables,
        "",
    ]
    (ROOT / "docs" / "benchmarks.md").write_text("\n".join(lines))


if __name__ == "__main__":
    sys.exit(main())
