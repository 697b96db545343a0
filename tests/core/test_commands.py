import pytest
from celery import current_app
from django.core.management import CommandError, call_command

from marketplace.core import outbox
from tests.peers.broker import broker_away


def test_sweep_outbox_says_how_many_it_enqueued(db, letter, capsys):
    outbox.post(letter, to="amina@leeds.example")
    call_command("sweep_outbox")

    assert capsys.readouterr().out == "sweep_outbox: enqueued=1 waiting=1\n"


def test_sweep_outbox_fails_without_the_queue(db, letter):
    outbox.post(letter, to="amina@leeds.example")

    with broker_away(current_app), pytest.raises(CommandError, match="the queue did not answer"):
        call_command("sweep_outbox")
