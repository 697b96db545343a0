"""What `make prove` saw: each test hands over its figures, and the run writes them to docs/proof.md."""

import json
import platform
import time

import pytest

from tests import harness

_records = harness.VAR / "proof.jsonl"


@pytest.fixture
def proof(request):
    return Proof(request.node.nodeid)


class Proof:
    def __init__(self, test: str):
        self.test = test

    def record(self, name: str, **figures):
        """One line of docs/proof.md; figures are counts, seeds and seconds."""
        _records.parent.mkdir(parents=True, exist_ok=True)
        with _records.open("a") as file:
            file.write(json.dumps({"test": self.test, "name": name, "figures": figures}) + "\n")


def pytest_sessionstart(session):
    if harness.IS_CONTROLLER:
        _records.unlink(missing_ok=True)
        session.config.stash[_started] = time.monotonic()


_started = pytest.StashKey[float]()


def pytest_sessionfinish(session, exitstatus):
    config = session.config
    if not harness.IS_CONTROLLER or not config.getoption("--prove") or not _records.exists():
        return
    records = sorted((json.loads(line) for line in _records.read_text().splitlines()), key=lambda row: row["name"])
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    counts = {kind: len(reporter.stats.get(kind, [])) for kind in ("passed", "failed", "skipped")}
    minutes = (time.monotonic() - config.stash[_started]) / 60
    lines = [
        "# Proof",
        "",
        "Written by `make prove`: the tests with their full counts.",
        "",
        f"* {counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped in {minutes:.1f} minutes",
        f"* Python {platform.python_version()}, seed of the property tests {config.option.hypothesis_seed}",
        "",
        "| What | Figures |",
        "|---|---|",
        *(f"| {row['name']} | {_figures(row['figures'])} |" for row in records),
        "",
    ]
    (harness.ROOT / "docs").mkdir(exist_ok=True)
    (harness.ROOT / "docs" / "proof.md").write_text("\n".join(lines))


def _figures(figures: dict) -> str:
    return ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in figures.items())
