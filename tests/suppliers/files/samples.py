"""Files as people send them, and as they should not: made here, none of them kept in the project."""

import io
import struct
import zipfile
import zlib

import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()


def pdf(*, catalog=b"", extra=b"", version=b"1.7", end=b"%%EOF\n"):
    """The least PDF: one empty page. `catalog` goes into its catalog, `extra` before its table."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R " + catalog + b">>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>",
    ]
    text = b"%PDF-" + version + b"\n"
    starts = []
    for number, body in enumerate(objects, 1):
        starts.append(len(text))
        text += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    text += extra
    table = len(text)
    text += b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % start for start in starts)
    return text + b"trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n%d\n" % table + end


def packed(text, dictionary=b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode"):
    """An object of a PDF whose stream holds the text packed."""
    body = zlib.compress(text)
    return b"9 0 obj\n<<%s/Length %d>>\nstream\n%s\nendstream\nendobj\n" % (dictionary, len(body), body)


DOCX_TYPES = (
    '<?xml version="1.0"?><Types xmlns="x"><Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
XLSX_TYPES = DOCX_TYPES.replace("/word/document.xml", "/xl/workbook.xml").replace(
    "wordprocessingml.document.main", "spreadsheetml.sheet.main"
)


def archive(parts, comment=b""):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in parts.items():
            made.writestr(name, text)
        made.comment = comment
    return file.getvalue()


def docx(types=DOCX_TYPES, body="<w:document/>", comment=b"", **parts):
    """A Word document; `parts` by name, with `__` for `/` and `_x_` for a dot."""
    more = {name.replace("__", "/").replace("_x_", "."): text for name, text in parts.items()}
    return archive({"[Content_Types].xml": types, "word/document.xml": body, **more}, comment)


def xlsx(**parts):
    more = {name.replace("__", "/").replace("_x_", "."): text for name, text in parts.items()}
    return archive({"[Content_Types].xml": XLSX_TYPES, "xl/workbook.xml": "<workbook/>", **more})


def odt(**parts):
    more = {name.replace("__", "/").replace("_x_", "."): text for name, text in parts.items()}
    return archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<office/>", **more})


def image(size=(64, 48), mode="RGB", colour="teal"):
    return Image.new(mode, size, colour)


def encoded(picture, kind, **options):
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def photograph(kind="JPEG", size=(64, 48), **options):
    """A picture that says where and by whom it was taken."""
    exif = Image.Exif()
    exif[0x013B] = "Photographer Secret"
    exif.get_ifd(0x8825)[2] = (53.0, 47.0, 30.0)
    exif.get_ifd(0x8825)[1] = "N"
    return encoded(image(size), kind, exif=exif.tobytes(), **options)


def png_chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_of(width, height, rows=1, depth=8, colour=2):
    """A PNG whose header claims an extent, with packed rows of nothing."""
    body = zlib.compress(b"\x00" * rows * (width * 3 + 1), 9) if rows else b""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", body) + png_chunk(b"IEND", b"")
