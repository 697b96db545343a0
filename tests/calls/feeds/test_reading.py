"""A file of notices is known by its content; packed ones are unpacked within limits; each notice has a place."""

import gzip
import io
import json
import random
import struct
import subprocess
import sys
import zipfile
from functools import partial

import pytest

from marketplace.calls.feeds import eforms, reading
from marketplace.calls.feeds.notice import Broken, Notice, Skipped
from marketplace.calls.feeds.reading import read_file
from tests import harness
from tests.calls.feeds.test_eforms import INPUTS

CALL = (INPUTS / "eforms_call.xml").read_bytes()
OLD_TED = (INPUTS / "eforms_old_ted.xml").read_bytes()


def release(number):
    return {
        "ocid": f"ocds-000000-{number}",
        "id": f"release-{number}",
        "date": "2026-03-02T09:30:00Z",
        "tag": ["tender"],
        "initiationType": "tender",
        "language": "en",
        "buyer": {"id": "GB-LAC-E00", "name": "Nowhere Borough Council"},
        "parties": [{"id": "GB-LAC-E00", "name": "Nowhere Borough Council", "roles": ["buyer"]}],
        "tender": {
            "id": str(number),
            "title": f"Window cleaning {number}",
            "description": "All windows of the town hall.",
            "status": "active",
            "tenderPeriod": {"endDate": "2026-05-01T12:00:00+01:00"},
        },
    }


PACKAGE = json.dumps({"version": "1.1", "releases": [release(1), release(2)]}).encode()
LINES = b"\n".join(json.dumps(release(number)).encode() for number in (1, 2, 3))


#: Without the time of day in it: the same tests have the same names in every process.
packed = partial(gzip.compress, mtime=0)


def zipped(members, packing=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def read(raw, name="may"):
    return list(read_file(name, io.BytesIO(raw)))


def told(raw, name="may"):
    """Places with what was read there: a title, the form passed over, or a reason."""
    said = {Notice: "title", Skipped: "form", Broken: "reason"}
    return [(place, getattr(found, said[type(found)])) for place, found in read(raw, name)]


TITLE = "Entretien des bâtiments scolaires"


def test_one_notice_of_eforms_has_the_name_of_its_file():
    assert told(CALL, "17.xml") == [("17.xml", TITLE)]
    assert told(OLD_TED, "18.xml") == [("18.xml", "TED F02 R2.0.9")]


@pytest.mark.parametrize("raw", [CALL, PACKAGE, LINES, packed(CALL), zipped([("a.xml", CALL)])])
def test_a_file_is_known_by_its_content_and_not_by_its_name(raw):
    names = ["a.xml", "a.json", "a.zip", "a", "a.pdf"]

    assert {len(read(raw, name)) for name in names} == {len(read(raw))}
    assert all(isinstance(found, Notice) for name in names for _place, found in read(raw, name))


def test_notices_of_a_package_and_of_lines_are_counted():
    assert told(PACKAGE, "a.json") == [
        ("a.json, notice 1", "Window cleaning 1"),
        ("a.json, notice 2", "Window cleaning 2"),
    ]
    assert [place for place, _found in read(LINES, "-")] == ["-, notice 1", "-, notice 2", "-, notice 3"]


def test_what_is_broken_in_a_file_is_placed_within_it():
    lines = LINES.replace(b'"ocid": "ocds-000000-2"', b'"ocid": ocds-000000-2')

    places = [place for place, found in read(lines, "a.jsonl") if isinstance(found, Broken)]
    assert places == ["a.jsonl, line 2"]
    assert told(CALL[:3000], "a.xml")[0][0].startswith("a.xml, line ")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_other_encodings_are_recognised(encoding):
    written = CALL.decode().replace(' encoding="UTF-8"', "")

    assert told(written.encode(encoding)) == [("may", TITLE)]
    assert len(read(PACKAGE.decode().encode(encoding))) == 2


def test_a_stream_that_cannot_go_back_is_read():
    code = (
        "import sys; from marketplace.calls.feeds.reading import read_file\n"
        "for place, found in read_file('-', sys.stdin.buffer): print(place, type(found).__name__)"
    )
    for raw, said in [
        (CALL, "- Notice\n"),
        (zipped([("a.xml", CALL)]), "-/a.xml Notice\n"),
        (packed(PACKAGE), "-, notice 1 Notice\n-, notice 2 Notice\n"),
    ]:
        done = subprocess.run([sys.executable, "-c", code], cwd=harness.ROOT, input=raw, capture_output=True)
        assert done.stdout.decode() == said, done.stderr


# --- Archives ---------------------------------------------------------------------------------------------------


def test_members_of_an_archive_are_read_one_by_one_and_a_bad_one_stops_nobody():
    members = [("2026/05/17.xml", CALL), ("18.xml", CALL[:500]), ("list.pdf", b"%PDF-1.7"), ("19.json", PACKAGE)]

    found = told(zipped([*members, ("20.xml", OLD_TED)]), "may.zip")

    assert [place for place, _said in found] == [
        "may.zip/2026/05/17.xml",
        found[1][0],
        "may.zip/list.pdf",
        "may.zip/19.json, notice 1",
        "may.zip/19.json, notice 2",
        "may.zip/20.xml",
    ]
    assert found[1][0].startswith("may.zip/18.xml, line ")
    assert found[2][1] == "It is a PDF, which is not read here."
    assert found[-1][1] == "TED F02 R2.0.9"


def test_what_systems_leave_in_archives_is_passed_over_without_a_word():
    members = [
        ("a/", b""),
        ("__MACOSX/a/._17.xml", b"\0"),
        (".DS_Store", b"\0"),
        ("a/Thumbs.db", b"\0"),
        ("a/17.xml", CALL),
    ]

    assert [place for place, _found in read(zipped(members))] == ["may/a/17.xml"]


@pytest.mark.parametrize("inner", [zipped([("a.xml", CALL)]), packed(CALL)])
@pytest.mark.parametrize("outer", [lambda raw: zipped([("inner", raw)]), packed])
def test_an_archive_within_an_archive_stays_closed(inner, outer):
    [(_place, found)] = read(outer(inner))

    assert found == Broken("", "It is an archive within an archive, which stays closed. Unpack the outer one first.")


def test_a_name_that_is_made_to_confuse_is_shown_plainly():
    [(place, found)] = read(zipped([("../../etc/\x1b[31m\u202e" + "x" * 5000, CALL)]))

    assert isinstance(found, Notice)
    assert place == ("may/../../etc/\ufffd[31m\ufffd" + "x" * 5000)[: len("may/") + 200]


def test_a_locked_member_says_so():
    raw = bytearray(zipped([("a.xml", CALL)]))
    # The flag stands in the member's own heading and in the list at the end.
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1

    assert told(bytes(raw)) == [("may/a.xml", "It is locked by a password.")]


def test_a_member_packed_in_an_uncommon_way_is_not_unpacked():
    assert "“deflate”" in told(zipped([("a.xml", CALL)], zipfile.ZIP_LZMA))[0][1]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf \n", "The file is empty."),
        (b"Notices of May", "It is neither JSON nor XML."),
        (b"%PDF-1.7", "It is a PDF, which is not read here."),
        (b"Rar!\x1a", "It is a RAR archive, which is not read here."),
        (b"\xd0\xcf\x11\xe0", "It is an old Office document, which is not read here."),
        (
            b"a" * 257 + b"ustar\0",
            "It is a tar archive, which is not read here. Unpack it, or pack the notices as ZIP.",
        ),
        (b"<!DOCTYPE html><html></html>", "This is a web page, no notice."),
        (packed(b""), "The file is empty."),
    ],
)
def test_what_holds_no_notices_is_reported_with_its_reason(raw, reason):
    assert [said for _place, said in told(raw)] == [reason]


@pytest.mark.parametrize(
    "raw",
    [
        packed(LINES)[:-20],
        packed(CALL)[:200],
        packed(CALL)[:12],
        packed(CALL)[:-8] + b"\0" * 8,
        b"\x1f\x8bnot really",
        b"PK\x03\x04not really",
        zipped([("a.xml", CALL)])[:-30],
    ],
)
def test_a_damaged_archive_is_reported(raw):
    assert any(said.startswith("The archive is damaged: ") for _place, said in told(raw))


def test_a_member_whose_content_does_not_fit_its_sum_is_reported():
    raw = zipped([("a.xml", CALL), ("b.xml", OLD_TED)], zipfile.ZIP_STORED).replace(b"Nettoyage<", b"nettoyage<", 1)

    assert [said.startswith("The archive is damaged: ") for _place, said in told(raw)] == [True, False]


# --- Limits -----------------------------------------------------------------------------------------------------


def bomb(megabytes):
    return b"[" + b" " * (megabytes * 2**20) + b"]"


@pytest.mark.parametrize("pack", [packed, lambda raw: zipped([("a.json", raw), ("b.xml", CALL)])])
def test_what_unpacks_to_hundreds_of_times_its_size_is_given_up(pack):
    found = told(pack(bomb(60)))

    assert found[-1][1] == "It unpacks to more than 300 times its size, which no notices do."
    assert not any("b.xml" in place for place, _said in found)


def test_below_the_size_at_which_the_ratio_counts_nothing_is_given_up():
    assert not any("times its size" in said for _place, said in told(packed(bomb(40))))


@pytest.mark.parametrize("pack", [packed, lambda raw: zipped([("a.json", raw)])])
def test_more_than_the_most_is_never_unpacked(pack, monkeypatch):
    noise = json.dumps(random.Random(1).randbytes(2 * 2**20).hex()).encode()
    assert not any("GB" in said for _place, said in told(pack(b"[" + noise + b"]")))

    monkeypatch.setattr(reading, "MOST_UNPACKED", 2**20)
    assert told(pack(b"[" + noise + b"]"))[-1][1].startswith("It unpacks to more than")


def test_an_archive_of_too_many_members_is_not_opened(monkeypatch):
    raw = zipped([(f"{number}.xml", b"") for number in range(20)])
    assert len(read(raw)) == 20

    monkeypatch.setattr(reading, "MOST_MEMBERS", 19)
    assert told(raw) == [("may", "The archive has more than 19 members.")]


def test_the_list_of_members_is_not_read_when_it_is_too_long(monkeypatch):
    raw = zipped([(f"{number}.xml", b"") for number in range(20)])
    monkeypatch.setattr(reading, "MOST_DIRECTORY", 500)
    monkeypatch.setattr(zipfile.ZipFile, "_RealGetContents", None)

    assert told(raw) == [("may", f"The archive has more than {reading.MOST_MEMBERS} members.")]


def test_an_archive_that_is_too_large_is_not_copied(monkeypatch):
    monkeypatch.setattr(reading, "MOST_PACKED", 100)

    assert told(zipped([("a.xml", CALL)]))[0][1].startswith("The archive is larger than")


def test_xml_of_any_size_is_read_no_further_than_its_limit():
    class Endless(io.RawIOBase):
        given = 0

        def readable(self):
            return True

        def readinto(self, buffer):
            part = b"<a>" if not self.given else b" " * len(buffer)
            buffer[: len(part)] = part
            self.given += len(part)
            return len(part)

    endless = Endless()

    [(_place, found)] = read_file("endless", io.BufferedReader(endless))

    assert "larger than 16 MB" in found.reason
    assert endless.given < 17 * 2**20


def test_a_size_that_the_archive_lies_about_is_reported():
    raw = bytearray(zipped([("a.xml", CALL)]))
    place = raw.index(b"PK\x01\x02") + 24
    raw[place : place + 4] = struct.pack("<I", len(CALL) // 2)

    assert [said.startswith("The archive is damaged: ") for _place, said in told(bytes(raw))] == [True]


# --- Memory and mutations ----------------------------------------------------------------------------------------

MEASURED = """
import sys
from marketplace.calls.feeds.reading import read_file
with open(sys.argv[1], "rb") as file:
    count = sum(1 for _place, found in read_file("a", file))
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(count, int(peak.split()[1]) // 1024)
"""


def measured(path):
    command = [sys.executable, "-c", MEASURED, str(path)]
    done = subprocess.run(command, cwd=harness.ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [int(figure) for figure in done.stdout.split()]


def test_an_archive_of_any_number_of_notices_is_read_in_the_same_memory(tmp_path, prove, proof):
    few, many = tmp_path / "few.zip", tmp_path / "many.zip"
    few.write_bytes(zipped([("0.xml", CALL)]))
    count = 10_000 if prove else 400
    many.write_bytes(zipped((f"{number}.xml", CALL) for number in range(count)))

    _one, before = measured(few)
    found, megabytes = measured(many)

    proof.record("A ZIP of eForms notices read one by one", notices=found, megabytes=megabytes, of_one=before)
    assert found == count
    assert megabytes - before < 20 + count // 200


def test_no_mutated_file_makes_an_exception(prove, proof):
    seed, count = 7, 10_000 if prove else 400
    dice = random.Random(seed)
    archive = zipped([("a.xml", CALL), ("b.json", PACKAGE), ("ü.xml", OLD_TED)])
    originals = [
        archive,
        packed(CALL),
        packed(LINES),
        PACKAGE,
        zipped([("a.xml", OLD_TED)], zipfile.ZIP_STORED),
    ]
    broken = 0

    for _ in range(count):
        raw = bytearray(dice.choice(originals))
        for _wound in range(dice.randint(1, 6)):
            place = dice.randrange(len(raw)) if dice.random() < 0.5 else -dice.randint(1, min(len(raw), 300))
            raw[place] = dice.randrange(256)
        if dice.random() < 0.2:
            del raw[dice.randrange(len(raw)) :]
        found = read(bytes(raw))
        assert found
        assert all(isinstance(said, Notice | Skipped) or said.reason for _place, said in found)
        broken += any(isinstance(said, Broken) for _place, said in found)

    proof.record("Mutated archives of notices", tried=count, seed=seed, broken=broken)
    assert broken > count // 4


def test_the_reader_of_an_xml_notice_is_that_of_eforms():
    assert read(CALL) == [("may", eforms.read(CALL))]
