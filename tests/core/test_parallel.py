"""Work in steps, done by several connections at once."""

import threading

import pytest
from django.db import connection

from marketplace.core import parallel


def backend(_item=None):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def backends_alive(pids):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)", [list(pids)])
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_answers_come_in_the_order_of_the_items_from_several_connections_at_once(monkeypatch):
    monkeypatch.setattr(parallel, "AT_A_TIME", 3)
    together = threading.Barrier(3)

    def work(item):
        together.wait(10)
        return item, backend()

    found = list(parallel.each(work, range(9)))

    assert [item for item, _pid in found] == list(range(9))
    assert backend() not in {pid for _item, pid in found}


@pytest.mark.django_db(transaction=True)
def test_no_connection_is_left_open(monkeypatch):
    monkeypatch.setattr(parallel, "AT_A_TIME", 2)
    here = backend()

    used = set(parallel.each(backend, range(6)))

    for _ in range(100):
        if not backends_alive(used):
            break
        threading.Event().wait(0.05)
    assert backends_alive(used) == 0
    assert backends_alive({here}) == 1


@pytest.mark.django_db
def test_within_a_transaction_all_is_done_by_its_own_connection():
    assert set(parallel.each(backend, range(4))) == {backend()}


@pytest.mark.django_db(transaction=True)
def test_items_are_taken_only_as_they_are_needed_and_none_after_a_failure(monkeypatch):
    monkeypatch.setattr(parallel, "AT_A_TIME", 2)
    taken = []

    def items():
        for item in range(100):
            taken.append(item)
            yield item

    def work(item):
        if item == 3:
            raise ValueError(item)
        return item

    done = []
    with pytest.raises(ValueError, match="3"):
        done.extend(parallel.each(work, items()))

    assert len(taken) <= 3 + 1 + 2 * 2
