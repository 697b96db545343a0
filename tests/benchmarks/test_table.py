"""Rows of the table of benchmarks."""

import pytest

from benchmarks.table import Machine, at_least, at_most, beside, machine, with_machine


def test_a_figure_is_met_or_not():
    assert [at_most("page", figure, 60, "ms").verdict for figure in (60, 60.01)] == ["pass", "FAIL"]
    assert [at_least("mails", figure, 40).verdict for figure in (40, 39.9)] == ["pass", "FAIL"]


def test_the_machine_is_said_and_nothing_is_asked_of_it():
    rows = beside(Machine(python=21.04, sql=9), Machine(python=44, sql=18.06))

    assert [(row.figure, row.target, row.verdict) for row in rows] == [
        ("21.0 to 44.0 ms", "", ""),
        ("9.0 to 18.1 ms", "", ""),
    ]


@pytest.mark.django_db
def test_it_stands_behind_the_figures_that_it_belongs_to():
    own = at_most("page", 1, 60, "ms")

    first, *machines = with_machine(lambda: [own])

    assert first == own
    assert [row.what.partition(":")[0] for row in machines] == ["the machine meanwhile"] * 2
    now = machine()
    assert now.python > 0
    assert now.sql > 0
