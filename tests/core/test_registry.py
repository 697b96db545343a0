import pytest
from django.db import models

from marketplace.core import registry


class Row(models.Model):
    """Any row of a list; never saved."""

    class Meta:
        app_label = "tests"
        managed = False


def test_entries_come_in_their_order_whoever_registered_first():
    point = registry.Point(lambda part: part.order)
    point.register("late", registry.Footer(load=lambda request: [], order=9))
    point.register("early", registry.Footer(load=lambda request: [], order=1))

    assert [part.order for part in point] == [1, 9]
    assert point.names() == ["early", "late"]
    assert len(point) == 2


def test_a_name_is_given_once():
    point = registry.Point(lambda part: part.order)
    point.register("one", registry.Footer(load=lambda request: []))

    with pytest.raises(ValueError, match="'one' is registered already"):
        point.register("one", registry.Footer(load=lambda request: []))


def test_a_panel_is_asked_once_for_all_rows_of_a_page(rf, monkeypatch):
    asked = []

    def load(rows, request):
        asked.append(len(rows))
        return {row.pk: {"number": row.pk} for row in rows if row.pk != 2}

    monkeypatch.setattr(registry, "panels", registry.Point(lambda panel: panel.order))
    registry.panels.register("why", registry.Panel("supplier-card", "why.html", load))
    rows = [Row(pk=number) for number in (1, 2, 3)]

    shown = registry.panels_for("supplier-card", rows, rf.get("/"))

    assert asked == [3]
    assert shown == {1: [("why.html", {"number": 1})], 2: [], 3: [("why.html", {"number": 3})]}
    assert registry.panels_for("elsewhere", rows, rf.get("/")) == {1: [], 2: [], 3: []}
    assert registry.panels_for("supplier-card", [], rf.get("/")) == {}
    assert asked == [3]
