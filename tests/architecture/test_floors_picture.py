"""The picture in docs/architecture.md is the one that the import contracts check."""

import tomllib

from tests.harness import ROOT


def test_every_floor_of_the_contract_stands_in_the_picture_in_the_same_order():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    floors = next(contract["layers"] for contract in contracts if contract["name"].startswith("Floors"))
    picture = (ROOT / "docs" / "architecture.md").read_text()

    places = [picture.find(floor) for floor in floors]

    assert -1 not in places
    assert places == sorted(places)
