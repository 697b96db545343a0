"""The lists as others published them, for comparison; they stand beside the project, never in it."""

import csv
import gzip
import json

import pytest


@pytest.fixture(scope="session")
def cpv_rows(shared_data) -> list[dict[str, str]]:
    with gzip.open(shared_data / "cpv" / "cpv_2008_24langs.csv.gz", "rt", encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


@pytest.fixture(scope="session")
def nuts_rows(shared_data) -> list[dict[str, str]]:
    with (shared_data / "nuts" / "nuts_2024_sr_uk2018.csv").open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


@pytest.fixture(scope="session")
def notices_parents(shared_data) -> dict[str, str]:
    """The parent of each region as published notices know it, regions of an older edition among them."""
    with (shared_data / "nuts" / "nuts_eforms_sdk_parent.csv").open(encoding="utf-8", newline="") as rows:
        return {row["code"]: row["parentCode"] for row in csv.DictReader(rows)}


@pytest.fixture(scope="session")
def naughty_strings(shared_data) -> list[str]:
    return json.loads((shared_data / "judges" / "blns.json").read_text(encoding="utf-8"))
