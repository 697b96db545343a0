"""A search never fails, whatever is typed, and answers within a second."""

import json
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suppliers.directory.lexicon import make_lexicon
from suppliers.directory.question import Question
from suppliers.directory.search import search, suggest
from tests.factories.directory import found_supplier

pytestmark = pytest.mark.django_db
#: Letters that mean something to a parser of queries, beside any others.
SIGNS = st.sampled_from([*"\"'-!&|()<>:*\\%_ \x00\ud800\u202eéßİıﬁ", "or", " OR ", " -", '"a', "<->", "cleaning"])
TYPED = st.lists(st.one_of(SIGNS, st.text(max_size=8)), max_size=30).map("".join)


@pytest.fixture(scope="module")
def some_directory(django_db_setup, django_db_blocker):
    """Rows that stay for all examples of this file, and go with its end."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        for number in range(30):
            found_supplier(
                "90911200",
                slug=f"any-{number}",
                organisation__name=f"Atlas Propreté {number}",
                summary="We clean offices, or not",
            )
        make_lexicon()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def directory(db, some_directory):
    return some_directory


def ask(typed):
    started = time.perf_counter()
    answer = search(Question(words=typed, after=typed[:50]))
    suggest(typed, "en")
    assert "timeout" not in answer.notes
    return time.perf_counter() - started


def test_any_string_is_answered(directory, prove, proof):
    examples = 10_000 if prove else 150
    seconds = []

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(TYPED)
    def any_string(typed):
        seconds.append(ask(typed))

    any_string()

    p99 = sorted(seconds)[int(len(seconds) * 0.99)]
    assert p99 < 1
    proof.record("directory: any string", strings=len(seconds), p99_milliseconds=round(p99 * 1000))


def test_every_naughty_string_is_answered(directory, shared_data):
    listed = shared_data / "judges" / "blns.json"
    if not listed.is_file():
        pytest.skip("the list of naughty strings is not beside this checkout")

    for typed in json.loads(listed.read_text()):
        ask(typed)
