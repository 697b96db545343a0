"""Files of releases of any size and in any state: what can be read is read, and the rest has a reason and a place."""

import io
import json

import pytest

from marketplace.calls.feeds import ocds, ocds_stream
from marketplace.calls.feeds.notice import Broken
from tests.calls.feeds.ocds_written import read, read_bytes, release


def numbered(number, **changes):
    return release(id=f"r{number}", **changes)


def package(*releases):
    return {"uri": "https://notices.melbury.example", "version": "1.1", "releases": list(releases)}


def lines(*releases):
    return "".join(json.dumps(each) + "\n" for each in releases)


def ids(found):
    return [each.identifier for each in found if not isinstance(each, Broken)]


def broken(found):
    return [each for each in found if isinstance(each, Broken)]


THREE = [numbered(number) for number in (1, 2, 3)]


@pytest.mark.parametrize(
    "written",
    [
        json.dumps(package(*THREE)),
        json.dumps(package(*THREE), indent=2),
        json.dumps({"releases": THREE, "links": {"next": "https://notices.melbury.example/2"}}),
        json.dumps({"records": [{"ocid": "o", "compiledRelease": each} for each in THREE]}),
        json.dumps(THREE),
        json.dumps([package(*THREE)]),
        json.dumps({"results": [package(numbered(1), numbered(2)), package(numbered(3))]}),
        lines(*THREE),
        lines(*THREE).replace("\n", "\r\n"),
        lines(*THREE).replace("\n", "\n\n").strip(),
        lines(package(numbered(1), numbered(2)), numbered(3)),
        lines({"ocid": "o", "releases": [], "compiledRelease": THREE[0]}, *THREE[1:]),
        "".join("\x1e" + json.dumps(each) for each in THREE),
        '{"releases": [\n' + ",\n".join(map(json.dumps, THREE)) + "\n]}",
    ],
)
def test_the_form_of_a_file_is_told_by_looking(written):
    found = read_bytes(written.encode())

    assert ids(found) == ["r1", "r2", "r3"]
    assert broken(found) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_a_file_may_be_in_any_encoding_of_unicode(encoding):
    written = json.dumps(package(release({"title": "Nettoyage d’écoles 🧹"})), ensure_ascii=False).encode(encoding)

    (notice,) = read_bytes(written)

    assert notice.title == "Nettoyage d’écoles 🧹"


def test_a_release_in_another_encoding_costs_that_release_alone():
    wrong = json.dumps(numbered(2, language="fr", tender=release()["tender"] | {"title": "École"}), ensure_ascii=False)
    written = b"[%b,%b,%b]" % (json.dumps(numbered(1)).encode(), wrong.encode("cp1252"), json.dumps(THREE[2]).encode())

    found = read_bytes(written)

    assert ids(found) == ["r1", "r3"]
    assert broken(found) == [Broken("release 2", "Its text is not UTF-8.")]


DEEP = '{"deep":' + "[" * 20_000 + "]" * 20_000 + "}"
FAULTS = {
    "NaN": ('{"ocid": "o", "tender": {"value": NaN}}', "NaN is no number."),
    "Infinity": ('{"ocid": "o", "tender": {"value": -Infinity}}', "-Infinity is no number."),
    "digits": ('{"ocid": "o", "tender": {"value": %s}}' % ("9" * 5000), "A number of it has 5000 digits."),
    "exponent": ('{"ocid": "o", "value": 1e9999999999999999999999}', "1e9999999999999999999999 is no number."),
    "twice": ('{"ocid": "o", "title": "a", "title": "b"}', "It says 'title' twice, and not the same."),
    "deep": ('{"ocid": "o", "tender": ' + DEEP + "}", "It is nested too deeply."),
    "comma": ('{"ocid": "o" "id": "x"}', "It is not JSON: "),
    "literal": ('{"ocid": "o", "id": nope}', "It is not JSON: "),
    "escape": (r'{"ocid": "o", "id": "\x41"}', "It is not JSON: "),
    "no release": ('{"name": "o"}', "It is no release, record or package of OCDS"),
    "text": ('"o"', "It is no release, record or package of OCDS"),
    "number": ("17", "It is no release, record or package of OCDS"),
    "null": ("null", "It is no release, record or package of OCDS"),
}


#: A line that does not begin as a release does is another test's.
FORMS = [
    (fault, form)
    for fault, (written, _reason) in FAULTS.items()
    for form in ("package", "indented", "list", "lines")
    if form != "lines" or written.startswith("{")
]


@pytest.mark.parametrize(("fault", "form"), FORMS)
def test_a_bad_release_costs_itself_alone(fault, form):
    written, reason = FAULTS[fault]
    one, three = (json.dumps(numbered(number), indent=2 if form == "indented" else None) for number in (1, 3))
    join = "{}\n{}\n{}\n" if form == "lines" else '{{"releases":[\n{},\n{},\n{}]}}' if form != "list" else "[{},{},{}]"

    found = read_bytes(join.format(one, written, three).encode())

    assert ids(found) == ["r1", "r3"]
    (bad,) = broken(found)
    assert bad.place == ("line 2" if form == "lines" else "release 2")
    assert reason in bad.reason


@pytest.mark.parametrize("fault", ["NaN", "Infinity", "twice"])
def test_what_is_refused_would_pass_an_ordinary_reader(fault):
    written, _reason = FAULTS[fault]

    assert json.loads(written)["ocid"] == "o"


def test_what_is_said_twice_and_the_same_is_said_once():
    written = json.dumps(numbered(1)).replace('"language": "en"', '"language": "en", "language": "en"')

    assert ids(read_bytes(written.encode())) == ["r1"]


@pytest.mark.parametrize("cut", [0.3, 0.5, 0.7, 0.9, 0.99])
@pytest.mark.parametrize("form", ["package", "indented", "lines"])
def test_of_a_file_that_was_cut_off_the_whole_releases_are_read(form, cut):
    indent = 2 if form == "indented" else None
    written = lines(*THREE) if form == "lines" else json.dumps(package(*THREE), indent=indent)
    part = written[: int(len(written) * cut)]

    found = read_bytes(part.encode())

    assert ids(found) == ["r1", "r2", "r3"][: int(cut * 3)]
    (bad,) = broken(found)
    assert "cut off" in bad.reason


def test_a_line_that_was_cut_off_costs_itself_alone_wherever_it_was_cut(prove):
    one, two, three = map(json.dumps, THREE)

    for length in range(1, len(two), 1 if prove else 11):
        found = read_bytes(f"{one}\n{two[:length]}\n{three}\n".encode())

        # After a bracket, a comma or a colon the next line may well go on.
        is_open = two[:length].rstrip()[-1] in "[,:"
        assert ids(found) in ([["r1", "r3"], ["r1"]] if is_open else [["r1", "r3"]]), two[:length]
        assert [bad.place for bad in broken(found)] == ["line 2"], two[:length]


def test_a_line_that_is_no_json_costs_itself_alone():
    found = read_bytes(f"{json.dumps(THREE[0])}\n<html>\n{json.dumps(THREE[2])}".encode())

    assert ids(found) == ["r1", "r3"]
    assert broken(found) == [Broken("line 2", "It is not JSON.")]


def test_a_file_written_twice_is_read_twice():
    written = json.dumps(package(*THREE)).encode()

    assert ids(read_bytes(written + written)) == ["r1", "r2", "r3"] * 2
    assert ids(read_bytes(b"\xef\xbb\xbf" + written + b"\n\xef\xbb\xbf" + written)) == ["r1", "r2", "r3"] * 2


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (b"", "There is nothing in it."),
        (b"\xef\xbb\xbf \n", "There is nothing in it."),
        (b"<xml/>", "It is not JSON."),
        (b"\x00\x01\x02\x03", "It is not JSON."),
        (b"\xff\xfe\x00", "It is not JSON."),
        (b"null", "It is not JSON."),
        (b"{", "It is cut off in line 1."),
        (b"[" * 100_000, "It is cut off in line 1."),
        (b'{"a":' * 100_000, "It is cut off in line 1."),
        (b"[" * 100_000 + b"]" * 100_000, "It is nested too deeply."),
        (b"{}", "It is no release, record or package of OCDS"),
        (b'{"releases": {"ocid": 1}}', "It is no release, record or package of OCDS"),
        (b'{"releases": [[[[[[{"ocid": 1}]]]]]]}', "It is no release, record or package of OCDS"),
        (b'{"ocid": 1 "id"}', "It is not JSON: "),
        (b'{"ocid', "It is cut off in line 1."),
        (b"{5: 6}", "It is not JSON: '5' was not expected in line 1."),
    ],
)
def test_a_file_that_is_nothing_has_one_reason(written, reason):
    (found,) = read_bytes(written)

    assert isinstance(found, Broken)
    assert found.place.startswith(("line 1", "release 1"))
    assert reason in found.reason


def test_a_package_without_releases_holds_nothing_and_is_no_fault():
    assert read(package()) == []


def test_lists_in_lists_are_read_no_deeper_than_packages_go():
    nested = {"releases": [{"releases": [{"releases": [{"releases": [numbered(1)]}]}]}]}

    assert ids(read(nested)) == []
    assert ids(read({"results": [package(numbered(1))]})) == ["r1"]


@pytest.mark.parametrize("form", ["package", "list", "lines"])
def test_a_release_that_is_too_long_is_never_kept(monkeypatch, form):
    long = numbered(2, padding=["x" * 100] * 1000)
    written = lines(numbered(1), long, numbered(3)) if form == "lines" else json.dumps([numbered(1), long, numbered(3)])
    written = written if form != "package" else f'{{"releases": {written}}}'
    assert ids(read_bytes(written.encode())) == ["r1", "r2", "r3"]

    monkeypatch.setattr(ocds_stream, "MOST_CHARACTERS", 50_000)
    found = read_bytes(written.encode())

    assert ids(found) == ["r1", "r3"]
    assert [bad.place for bad in broken(found)] == ["line 2" if form == "lines" else "release 2"]


def test_a_text_that_is_too_long_is_never_kept(monkeypatch):
    written = lines(numbered(1), numbered(2, padding="x" * 2_000_000), numbered(3)).encode()
    assert ids(read_bytes(written)) == ["r1", "r2", "r3"]

    monkeypatch.setattr(ocds_stream, "MOST_CHARACTERS", 50_000)
    found = read_bytes(written)

    assert ids(found) == ["r1", "r3"]
    assert [bad.place for bad in broken(found)] == ["line 2"]


class Trickle(io.RawIOBase):
    """A stream that gives what it has in small parts, as pipes and networks do."""

    def __init__(self, written, size):
        self._parts = io.BytesIO(written)
        self._size = size

    def read(self, size=-1):
        return self._parts.read(self._size)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_stream_may_give_its_bytes_in_any_parts(size, encoding):
    written = "\n".join(json.dumps(each, ensure_ascii=False) for each in (*THREE, "é", numbered(4)))

    found = list(ocds.read(Trickle(written.encode(encoding), size)))

    assert ids(found) == ["r1", "r2", "r3", "r4"]
    assert [bad.place for bad in broken(found)] == ["line 4"]


class Endless(io.RawIOBase):
    """A package that never ends; it fails when more of it was asked for than is ever kept."""

    written = 0

    def read(self, size=-1):
        part = b'{"releases": [' if not self.written else b",".join([json.dumps(release()).encode()] * 50) + b","
        self.written += len(part)
        assert self.written < 2 * ocds_stream.MOST_CHARACTERS
        return part


def test_releases_come_one_by_one_before_the_file_has_ended():
    endless = ocds.read(Endless())

    assert [next(endless).identifier for _ in range(100)] == ["0001-call-1"] * 100
