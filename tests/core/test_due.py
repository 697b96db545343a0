from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from marketplace.core import due, registry

AT = datetime(2026, 11, 29, 6, 0, tzinfo=UTC)


@pytest.fixture
def work(monkeypatch):
    """Puts work for the clock into the registry and takes it out again."""

    def add(name, run, order=50):
        monkeypatch.setitem(registry.due._entries, name, registry.Due(name, run, order))

    return add


def test_every_part_is_run_in_order_at_the_moment_given(db, work):
    seen = []
    work("second", lambda at: seen.append(("second", at)) or 2, order=2)
    work("first", lambda at: seen.append(("first", at)) or 1, order=1)

    done = due.run_due(AT)

    assert seen == [("first", AT), ("second", AT)]
    assert (done["first"], done["second"]) == (1, 2)


def test_a_part_that_fails_does_not_stop_the_others_and_is_told_at_the_end(db, work):
    def fail(at):
        raise ValueError("broken")

    seen = []
    work("first", fail, order=1)
    work("second", lambda at: seen.append(at) or 1, order=2)

    with pytest.raises(ExceptionGroup) as failures:
        due.run_due(AT)

    assert seen == [AT]
    assert [str(error) for error in failures.value.exceptions] == ["broken"]


def test_the_command_takes_a_moment_and_says_what_was_done(db, work, capsys):
    seen = []
    work("first", lambda at: seen.append(at) or 3)

    call_command("run_due", "--at", "2026-11-29T06:00:00")
    call_command("run_due", "--at", "2026-11-29T07:00:00+01:00")

    assert seen == [AT, AT]
    assert "first=3" in capsys.readouterr().out


def test_the_command_refuses_what_is_no_time(db):
    with pytest.raises(CommandError, match="--at"):
        call_command("run_due", "--at", "tomorrow")


def test_the_command_fails_when_a_part_fails(db, work):
    def fail(at):
        raise ValueError("broken")

    work("first", fail)

    with pytest.raises(CommandError, match="first: ValueError"):
        call_command("run_due")


def test_an_entry_of_a_name_that_is_taken_is_a_mistake():
    with pytest.raises(ValueError, match="registered already"):
        registry.due.register("outbox", registry.Due("outbox", due.sweep_outbox))
