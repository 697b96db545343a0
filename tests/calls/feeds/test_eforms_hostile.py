"""XML made to hurt, and XML that was hurt: a reason each time, no traceback, no entity, no network, little memory."""

import random
import time
import tracemalloc

import pytest
from lxml import etree

from marketplace.calls.feeds import eforms, eforms_xml
from marketplace.calls.feeds.notice import Broken, Notice, Skipped
from tests.calls.feeds.test_eforms import CALL, INPUTS

ROOT = "<ContractNotice "
#: "lol" ten thousand million times over.
LAUGHS = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 11))
PRIVATE = "known to this machine alone"


def refused(raw):
    read = eforms.read(raw)
    assert isinstance(read, Broken)
    return read.reason


@pytest.mark.parametrize(
    "declaration",
    [
        "<!DOCTYPE ContractNotice>",
        f'<!DOCTYPE ContractNotice [<!ENTITY l0 "lol">{LAUGHS}]>',
        '<!DOCTYPE ContractNotice SYSTEM "http://127.0.0.1:9/evil.dtd">',
        '<!DOCTYPE ContractNotice [<!ENTITY % far SYSTEM "http://127.0.0.1:9/evil.dtd"> %far;]>',
        "<!-- long -->" * 10_000 + "<!DOCTYPE ContractNotice>",
    ],
)
def test_a_document_type_is_refused_whatever_it_declares(declaration):
    raw = (
        CALL.replace(ROOT, declaration + ROOT, 1)
        .replace("Nettoyage", "&l10;" if "l10" in declaration else "x")
        .encode()
    )

    assert "DOCTYPE" in refused(raw)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_document_type_is_refused_in_every_encoding(encoding):
    written = CALL.replace('encoding="UTF-8"', 'encoding="UTF-16"').replace(ROOT, "<!DOCTYPE a>" + ROOT, 1)

    assert "DOCTYPE" in refused(written.encode(encoding))


def test_an_entity_never_brings_in_a_file(tmp_path):
    (tmp_path / "private.txt").write_text(PRIVATE)
    entity = f'<!DOCTYPE ContractNotice [<!ENTITY private SYSTEM "file://{tmp_path}/private.txt">]>'
    raw = CALL.replace(ROOT, entity + ROOT, 1).replace(">Nettoyage<", ">&private;<").encode()

    assert PRIVATE not in str(eforms.read(raw))
    # The second lock holds without the first, and a parser with neither opens the file.
    assert PRIVATE not in "".join(etree.fromstring(raw, eforms_xml._parser()).itertext(tag=etree.Element))
    assert PRIVATE in "".join(etree.fromstring(raw, etree.XMLParser(resolve_entities=True)).itertext(tag=etree.Element))


def test_without_its_watch_the_parser_would_have_read_the_document_type(monkeypatch):
    raw = CALL.replace(ROOT, "<!DOCTYPE ContractNotice>" + ROOT, 1).encode()
    monkeypatch.setattr(eforms_xml._Watch, "doctype", lambda *declared: None)

    assert isinstance(eforms.read(raw), Notice)


def test_a_bomb_is_refused_at_once_and_costs_no_memory():
    bomb = CALL.replace(ROOT, f'<!DOCTYPE ContractNotice [<!ENTITY l0 "lol">{LAUGHS}]>{ROOT}', 1)
    raw = bomb.replace('languageID="FRA"', 'languageID="&l10;"').encode()
    started = time.monotonic()
    tracemalloc.start()

    reason = refused(raw)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "DOCTYPE" in reason
    assert time.monotonic() - started < 1
    assert peak < 2**20


def test_elements_that_lie_too_deep_are_refused():
    assert "64 deep" in refused(b"<a>" * 100_000)
    assert "64 deep" in refused(b"<a>" * 65 + b"</a>" * 65)
    assert "another kind" in refused(b"<a>" * 64 + b"</a>" * 64)


def test_too_many_elements_are_refused():
    most = eforms_xml.MOST_ELEMENTS - 1

    assert "300000 elements" in refused(b"<a>" + b"<b/>" * (most + 1) + b"</a>")
    assert "another kind" in refused(b"<a>" + b"<b/>" * most + b"</a>")


def test_too_large_a_file_is_refused_before_it_is_parsed():
    assert "larger than 16 MB" in refused(b"<a>" + b" " * eforms_xml.MOST_BYTES + b"</a>")


def test_one_text_of_ten_megabytes_is_refused():
    assert "damaged" in refused(b"<a>" + b"x" * (11 * 2**20) + b"</a>")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_unicode_encoding_gives_the_same_notice(encoding):
    written = CALL.replace(' encoding="UTF-8"', "")

    read = eforms.read(written.encode(encoding))

    assert read == eforms.read(CALL.encode())


def test_blank_lines_before_the_declaration_do_no_harm():
    assert eforms.read(b"\r\n \n" + CALL.encode()) == eforms.read(CALL.encode())


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (b"", ""),
        (b" \n ", ""),
        (b"\0" * 100, "line 1"),
        (CALL.encode()[:3000], "line 36"),
        (CALL.encode() * 2, "line 216"),
        (CALL.replace("réparations", "r\udce9parations").encode(errors="surrogateescape"), "line 113"),
        (CALL.replace("UTF-8", "US-ASCII").encode(), "line 22"),
        (CALL.replace("UTF-8", "klingon").encode(), "line 1"),
        (CALL.replace("réparations", "\0").encode(), "line 113"),
        (CALL.replace("réparations", "&eacute;").encode(), "line 113"),
        (CALL.replace("<cbc:VersionID>", "<nobody:VersionID>").encode(), "line 87"),
    ],
)
def test_damaged_xml_is_reported_with_its_line(raw, place):
    read = eforms.read(raw)

    assert isinstance(read, Broken)
    assert read.reason
    assert read.place.split(" ")[:1] == place.split(" ")[:1]


def test_windows_text_that_says_so_is_read():
    written = CALL.replace("UTF-8", "windows-1252")

    assert eforms.read(written.encode("cp1252")).title == "Entretien des bâtiments scolaires"


# --- Mutations --------------------------------------------------------------------------------------------------

#: What people, programs and enemies write where something else was expected.
# fmt: off
PIECES = [
    b"", b"<", b">", b"&", b"&amp;", b"&#0;", b"&#x10FFFF;", b"&x;", b"]]>", b"<![CDATA[", b"<!--", b"<?x?>", b"\0",
    b"\xff", b"\xe9", b"-1", b"0", b"1E400", b"NaN", b"9" * 40, "\u0662\u0660".encode(), b"2026-02-30",
    b"9999-12-31-14:00", b"0001-01-01+14:00", b"24:00:00", b"ORG-0001", b"GLO", b"FRA", b"xxx", b"cancel",
    b"eforms-sdk-1.99", b"<cbc:Name/>", b"</cac:Party>", b"\xef\xbb\xbf", b"'\"", "\u202e".encode(), b"A" * 5000,
]
# fmt: on
SEED = 20_260_302


def wounded(raw, dice):
    """Cut, doubled, overwritten, exchanged or filled with something foreign at one place."""
    start, other = dice.randrange(len(raw) + 1), dice.randrange(len(raw) + 1)
    end = min(len(raw), start + int(dice.paretovariate(0.7)))
    wounds = [
        lambda: raw[:start] + raw[end:],
        lambda: raw[:end] + raw[start:],
        lambda: raw[:start] + dice.choice(PIECES) + raw[end:],
        lambda: raw[:start] + dice.randbytes(min(8, end - start)) + raw[end:],
        lambda: raw[:start] + raw[other : other + 200] + raw[end:],
        lambda: raw[:start],
    ]
    return dice.choice(wounds)() or b"<"


def torn(raw, dice):
    for _ in range(dice.randint(1, 4)):
        raw = wounded(raw, dice)
    return raw


def mistaken(raw, dice):
    """One value exchanged for something foreign, the XML unhurt."""
    parts = raw.split(b">")
    place = dice.choice([number for number, part in enumerate(parts) if b"</" in part and not part.startswith(b"<")])
    end = parts[place][parts[place].index(b"</") :]
    parts[place] = dice.choice(PIECES).translate(None, delete=b"<&\0\xff\xe9") + end
    return b">".join(parts)


def test_no_mutated_notice_makes_an_exception(prove, proof):
    dice = random.Random(SEED)
    originals = [path.read_bytes() for path in sorted(INPUTS.glob("eforms_*.xml"))]
    count = 10_000 if prove else 600
    seen = {Notice: 0, Skipped: 0, Broken: 0}

    for number in range(count):
        hurt = torn if number % 2 else mistaken
        read = eforms.read(hurt(dice.choice(originals), dice))
        seen[type(read)] += 1
        if isinstance(read, Notice):
            assert read.identifier
            assert read.title or read.kind == "cancellation"
            assert read.published_at.utcoffset() is not None
        else:
            assert read.reason

    proof.record(
        "Mutated eForms notices", tried=count, seed=SEED, **{kind.__name__.lower(): many for kind, many in seen.items()}
    )
    assert all(seen.values())
