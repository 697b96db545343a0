"""What a file is by its content. The list is closed: what is not on it is refused, whatever its name says.

Pure: bytes and names in, words out.
"""

import mimetypes
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import RuleBroken


class Refused(RuleBroken):
    """A file that is not taken; the message says why, in words for whoever sent it."""


@dataclass(frozen=True)
class Kind:
    name: Any
    media_type: str
    ending: str
    #: Pillow's word for a picture's format; empty for what is no picture.
    pillow: str = ""

    @property
    def is_picture(self):
        return bool(self.pillow)


PDF = Kind(_("a PDF"), "application/pdf", "pdf")
ZIP = Kind(_("an office file"), "application/zip", "zip")
DOCX = Kind(_("a Word document"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx")
XLSX = Kind(_("an Excel workbook"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx")
ODT = Kind(_("an OpenDocument text"), "application/vnd.oasis.opendocument.text", "odt")
PNG = Kind(_("a PNG picture"), "image/png", "png", "PNG")
JPEG = Kind(_("a JPEG picture"), "image/jpeg", "jpg", "JPEG")
GIF = Kind(_("a GIF picture"), "image/gif", "gif", "GIF")
WEBP = Kind(_("a WebP picture"), "image/webp", "webp", "WEBP")
HEIF = Kind(_("a HEIC picture"), "image/heic", "heic", "HEIF")
AVIF = Kind(_("an AVIF picture"), "image/avif", "avif", "AVIF")
#: What documents are kept as; pictures of papers become JPEG.
STORED = (PDF, DOCX, XLSX, ODT, JPEG)

#: How much of the beginning decides.
HEAD = 4096
_BEGINNINGS = [
    (b"%PDF-", PDF),
    (b"PK\x03\x04", ZIP),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
]
_BRANDS = {AVIF: {b"avif", b"avis"}, HEIF: {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}}
_ACTIVE = re.compile(rb"<(?:!doctype|html|head|body|script|svg|iframe|object|embed|\?php|\?xml)|<%|#!/", re.IGNORECASE)
_SVG = re.compile(rb"<svg|<!doctype svg", re.IGNORECASE)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ARCHIVES = (
    b"Rar!",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"PK\x05\x06",
    b"PK\x07\x08",
    b"\x28\xb5\x2f\xfd",
)
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\x00asm")


def of_content(head):
    """The kind that the first bytes say; Refused for everything that is not on the list, with the nearest reason."""
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return _without_markup(head, kind)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _without_markup(head, WEBP)
    if head[4:8] == b"ftyp":
        brands = {head[at : at + 4] for at in (8, *range(16, min(64, int.from_bytes(head[:4], "big")), 4))}
        for kind, known in _BRANDS.items():
            if brands & known:
                return _without_markup(head, kind)
    raise Refused(_reason(head))


def _without_markup(head, kind):
    # A file that a browser could also read as a page. PNG and HEIC may hold XMP, which is XML, and are encoded anew.
    if not kind.is_picture and kind is not ZIP and _ACTIVE.search(head):
        raise Refused(_("This file is two things at once: a document, and a page or a program. Save it again as PDF."))
    return kind


def _reason(head):
    if not head.strip(b"\x00"):
        return _("This file is empty.")
    if head.startswith(_OLE):
        return _(
            "This is an office file of the old kind, or one with a password. "
            "Save it as PDF, .docx or .xlsx without a password."
        )
    if head.startswith(_ARCHIVES):
        return _("This is an archive. Send the files in it one by one.")
    if head.startswith(_PROGRAMS):
        return _("This is a program. Only documents and pictures are taken.")
    text = head.removeprefix(b"\xef\xbb\xbf").replace(b"\x00", b"")
    if _SVG.search(text):
        return _("This is an SVG drawing, which can hold a program. Save it as PNG and send that.")
    if _ACTIVE.search(text):
        return _("This is a page or a program, whatever its name says. Only documents and pictures are taken.")
    return _("We do not know this kind of file. Take a PDF, a Word, Excel or OpenDocument file, or a picture.")


_PICTURE_TYPES = re.compile(r"image/(?!svg)")


def agree_with_name(name, kind):
    """Refused where the ending of the name is of another kind; picture formats stand for one another."""
    said, _encoding = mimetypes.guess_type(f"x{PurePosixPath(name).suffix.lower()}", strict=False)
    if said is None or said == kind.media_type or (kind.is_picture and _PICTURE_TYPES.match(said)):
        return
    raise Refused(
        _("Its name ends in “%(ending)s”, but it is %(kind)s. Check that it is the right file, and name it so.")
        % {"ending": PurePosixPath(name).suffix[:12], "kind": kind.name}
    )


#: What turns the direction of text or cannot be seen; a name with them reads as another.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def plain_name(name):
    """The last part of what the browser called it, without what cannot be seen, at most 120 characters."""
    last = re.split(r"[\\/]", _UNSEEN.sub("", name))[-1].strip(" .")
    stem, dot, ending = last.rpartition(".")
    if not dot or len(ending) > 8:
        return last[:120] or "file"
    return f"{stem[:110].rstrip() or 'file'}.{ending}"


def title_from(name):
    """What a document is called until somebody says better."""
    stem = plain_name(name).rpartition(".")[0] or plain_name(name)
    return " ".join(re.sub(r"[_\s]+", " ", stem).split())[:120] or "file"
