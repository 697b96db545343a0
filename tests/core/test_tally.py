import threading
import time

import pytest
from django.test import override_settings

from marketplace.core import tally


@pytest.fixture(autouse=True)
def empty():
    tally.drain("seen")
    yield
    tally.drain("seen")


def test_counts_add_up_and_are_handed_out_once():
    tally.count("seen", [1, 2])
    tally.count("seen", [2], by=3)

    assert tally.drain("seen") == {1: 1, 2: 4}
    assert tally.drain("seen") == {}


def test_what_is_gathered_goes_on_by_itself():
    """Another process, such as the clock's, finds it without this one being asked again."""
    tally.count("seen", [1, 2])
    until = time.monotonic() + 10 * tally.GATHERED_FOR
    while not (stored := tally._store().hgetall("tessera:tally:seen")) and time.monotonic() < until:
        time.sleep(0.05)

    assert stored == {b"1": b"1", b"2": b"1"}
    assert tally.drain("seen") == {1: 1, 2: 1}


def test_kinds_are_counted_apart():
    tally.count("seen", [1])

    assert tally.drain("opened") == {}
    assert tally.drain("seen") == {1: 1}


def test_nothing_is_lost_or_doubled_between_counting_and_draining_at_once():
    taken = []

    def count():
        for _ in range(200):
            tally.count("seen", [7])

    def drain():
        for _ in range(50):
            taken.append(tally.drain("seen").get(7, 0))

    threads = [threading.Thread(target=work) for work in (count, count, drain, drain)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken.append(tally.drain("seen").get(7, 0))

    assert sum(taken) == 400


def test_a_store_that_is_away_is_passed_over():
    """The page that counts knows nothing of it."""
    tally._store.cache_clear()
    with override_settings(CACHE_URL="unix:///nonexistent.sock"):
        tally.count("seen", [1])
        tally.pass_on()
    tally._store.cache_clear()

    assert tally.drain("seen") == {}
