"""Whatever is done to a file, each of its releases is read or has a reason; nothing is raised."""

import json
import random

import pytest

from marketplace.calls.feeds.notice import Broken, Kind, Notice, Skipped
from tests.calls.feeds.ocds_written import read_bytes, release

SEED = 20260302
TOKENS = [
    b"null",
    b"NaN",
    b"1e999",
    b"-1",
    b"[]",
    b"{}",
    b'""',
    b"true",
    b'"\\ud800"',
    b'"9999-12-31T24:00:00Z"',
    b"0" * 50,
]
SIGNS = b'{}[]",:\\\n\0\xff\xc3\xe9 0-e.'


def written():
    """The same releases as a package, in a record, as lines, and in two bytes to a sign."""
    three = [release(id="1"), release(id="2", tag=["award"]), release(id="3")]
    return [
        json.dumps({"releases": three}).encode(),
        json.dumps({"records": [{"ocid": "o", "releases": three}]}, indent=1).encode(),
        "\n".join(map(json.dumps, three)).encode(),
        json.dumps(three, ensure_ascii=False).encode("utf-16"),
    ]


def cut(data, chance):
    return data[: chance.randrange(len(data))]


def doubled(data, chance):
    begin = chance.randrange(len(data))
    end = begin + chance.randrange(1, 2000)
    return data[:end] + data[begin:end] * chance.randrange(1, 4) + data[end:]


def removed(data, chance):
    begin = chance.randrange(len(data))
    return data[:begin] + data[begin + chance.randrange(1, 200) :]


def flipped(data, chance):
    changed = bytearray(data)
    for _ in range(chance.randrange(1, 8)):
        changed[chance.randrange(len(changed))] = (
            chance.choice(SIGNS) if chance.random() < 0.7 else chance.randrange(256)
        )
    return bytes(changed)


def swapped(data, chance):
    """A value for another of any kind."""
    colons = [place for place, sign in enumerate(data) if sign == ord(":")]
    place = chance.choice(colons or [0]) + 1
    end = min((at for at in (data.find(b",", place), data.find(b"}", place)) if at > 0), default=len(data))
    return data[:place] + chance.choice(TOKENS) + data[end:]


def nested(data, chance):
    place = data.find(b":", chance.randrange(len(data))) + 1
    depth = chance.randrange(1, 3000)
    return data[:place] + b"[" * depth + data[place:] + b"]" * chance.randrange(depth + 1)


def recoded(data, chance):
    return data.decode("latin-1").encode(chance.choice(["utf-16-le", "utf-32", "cp037", "utf-8"]))


MUTATIONS = [cut, doubled, removed, flipped, swapped, nested, recoded]


@pytest.fixture
def examples(prove):
    return 10_000 if prove else 500


def test_no_mutation_of_a_file_raises_or_makes_half_a_notice(examples, proof):
    chance = random.Random(SEED)
    originals = written()
    counts = {"Notice": 0, "Skipped": 0, "Broken": 0}

    for _ in range(examples):
        data = chance.choice(originals)
        for _ in range(chance.randrange(1, 4)):
            data = chance.choice(MUTATIONS)(data, chance) or b" "
        found = read_bytes(data)
        assert found, data
        for each in found:
            counts[type(each).__name__] += 1
            is_sound(each)

    proof.record("Mutated files of OCDS", examples=examples, seed=SEED, **counts)
    assert min(counts.values()) > 0


def is_sound(found):
    if isinstance(found, Broken):
        assert found.place
        assert found.reason
        return
    if isinstance(found, Skipped):
        assert found.identifier
        assert found.form
        return
    assert isinstance(found, Notice)
    assert found.procedure
    assert found.identifier
    assert found.published_at.utcoffset() is not None
    if found.kind != Kind.CANCELLATION:
        assert found.title
        assert found.lots
        assert all(lot.title and lot.identifier for lot in found.lots)
    # Whatever is to be stored can be: no signs that a database refuses.
    repr(found).encode()
    assert "\\x00" not in repr(found)
    assert "\\ud8" not in repr(found)
