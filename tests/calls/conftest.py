import pytest

from marketplace.calls import concerned


@pytest.fixture
def told(monkeypatch):
    """A room above that knows omar openly and zed in secret."""
    people = {"open": [], "secret": []}
    monkeypatch.setattr(concerned.concerns, "_entries", {})
    for name in people:
        concern = concerned.Concern(name, lambda call, lot, name=name: people[name], is_sealed=name == "secret")
        concerned.concerns.register(name, concern)
    return people
