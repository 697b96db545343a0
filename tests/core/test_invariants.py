from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from marketplace.core import invariants, outbox, registry
from marketplace.core.models import OutboxMessage

WAITING = "no mail waits for over 15 minutes without a recorded reason"


def broken(at=None):
    return [breach.sentence for breach in invariants.breaches(at or timezone.now())]


def test_all_hold_in_a_fresh_database(db, capsys):
    call_command("check_invariants")

    assert capsys.readouterr().out == f"check_invariants: checked={len(registry.invariants)} broken=0\n"


def test_a_mail_that_nobody_tried_breaks_one(db, letter, capsys):
    message = outbox.post(letter, to="amina@leeds.example")
    later = timezone.now() + timedelta(minutes=16)
    assert broken() == []

    assert broken(later) == [WAITING]
    OutboxMessage.objects.filter(pk=message.pk).update(next_attempt_at=timezone.now() - timedelta(minutes=16))
    with pytest.raises(CommandError, match="1 invariants do not hold"):
        call_command("check_invariants")
    said = capsys.readouterr()
    assert said.err == f"broken: {WAITING}: 1 rows, first [{message.pk}]\n"


def test_a_mail_with_a_reason_may_wait(db, letter):
    message = outbox.post(letter, to="amina@leeds.example")
    OutboxMessage.objects.filter(pk=message.pk).update(last_error="451 4.7.1 greylisted")

    assert broken(timezone.now() + timedelta(hours=5)) == []


def test_every_sentence_is_sql_that_runs_at_any_moment(db):
    for at in (timezone.now() - timedelta(days=4000), timezone.now() + timedelta(days=4000)):
        invariants.breaches(at)
