"""Refuses office files that do something, that unpack to a flood, or that are not what they say.

Every part is unpacked once, in pieces that are thrown away; what the archive's table claims is not believed.
"""

import re
import zipfile
import zlib

from django.utils.translation import gettext_lazy as _

from marketplace.core.files.kinds import DOCX, ODT, XLSX, Refused

MOST_PARTS = 3_000
MOST_UNPACKED = 200_000_000
#: Parts below this size may shrink as they like; above it nothing honest shrinks to less than a two-hundredth.
SMALL, MOST_RATIO = 1_000_000, 200
PIECE = 1 << 18
OVERLAP = 1_000

_MAIN_TYPES = {
    "word/document.xml": (b"wordprocessingml.document.main+xml", DOCX),
    "xl/workbook.xml": (b"spreadsheetml.sheet.main+xml", XLSX),
}
_ACTIVE_NAMES = re.compile(
    r"vbaproject|vbadata|activex|(?:^|/)embeddings/|macrosheets/|dialogsheets/|externallinks/|ctrlprops/|customui/"
    r"|^basic/|^scripts/|^object \d|\.(?:exe|dll|js|vbs|bat|cmd|ps1|jar|hta|lnk|scr)$",
    re.IGNORECASE,
)
_ACTIVE_WORDS = re.compile(
    rb"macroenabled|vbaproject|<!doctype|<!entity|script:event-listener|<script:|office:dde-source|text:dde-connection"
    rb"|encryption-data|\bDDEAUTO\b|<w:instrText[^>]{0,80}>\s*DDE\b",
    re.IGNORECASE,
)
#: A link that a person clicks is fine; a part that is fetched when the file opens is not.
_FETCHED = re.compile(rb"<Relationship\b(?=[^>]*TargetMode\s*=\s*[\"']External)(?![^>]*/hyperlink[\"'])", re.IGNORECASE)


def check(path):
    """The kind of office file it is; Refused with the reason for everything else."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_table(archive, path.stat().st_size)
            kind = _kind_of(archive)
            for part in archive.infolist():
                _check_part(archive, part)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise Refused(_("This office file is damaged or cut off. Save it again and send it.")) from error
    return kind


def _check_table(archive, size):
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Refused(_flood())
    if any(part.flag_bits & 0x41 for part in parts):
        raise Refused(_("This office file has a password. Save it without and send it again."))
    if any(part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for part in parts):
        raise Refused(_two_things())
    starts_late = not parts or min(part.header_offset for part in parts) != 0
    # Parts that overlap add up to more than the file holds.
    if starts_late or archive.comment or sum(part.compress_size for part in parts) > size:
        raise Refused(_two_things())
    if len({name.lower() for name in names}) != len(names) or any(map(_is_outside, names)):
        raise Refused(_two_things())
    if any(map(_ACTIVE_NAMES.search, names)):
        raise Refused(_active())


def _is_outside(name):
    return name.startswith("/") or "\\" in name or ":" in name or "\x00" in name or ".." in name.split("/")


def _kind_of(archive):
    names = set(archive.namelist())
    if "[Content_Types].xml" in names:
        types = _beginning(archive, "[Content_Types].xml", SMALL)
        for main, (word, kind) in _MAIN_TYPES.items():
            if main in names and word in types:
                return kind
    is_text = "mimetype" in names and _beginning(archive, "mimetype", 200) == ODT.media_type.encode()
    if is_text and "content.xml" in names:
        return ODT
    raise Refused(_("This is an archive or another kind of office file. Take .docx, .xlsx, .odt or, best, PDF."))


def _beginning(archive, name, length):
    with archive.open(name) as part:
        return part.read(length)


def _check_part(archive, part):
    """Unpack it piece by piece; the archive's reader stops at the size it claims and checks the sum."""
    unpacked, kept = 0, b""
    is_text = part.filename.lower().endswith((".xml", ".rels", ".vml"))
    with archive.open(part) as source:
        while piece := source.read(PIECE):
            unpacked += len(piece)
            if unpacked > SMALL and unpacked > MOST_RATIO * max(part.compress_size, 1):
                raise Refused(_flood())
            if is_text:
                _check_words(kept + piece, is_start=unpacked == len(piece))
                kept = piece[-OVERLAP:]


def _check_words(text, *, is_start):
    if is_start and text[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise Refused(_("Parts of this office file are written in a way that we cannot check. Save it as PDF."))
    if _ACTIVE_WORDS.search(text) or _FETCHED.search(text):
        raise Refused(_active())


def _flood():
    return _("This office file unpacks to far more than it looks. Save it as PDF and send that.")


def _two_things():
    return _("This office file holds more than one file may. Save it again, or send it as PDF.")


def _active():
    return _(
        "This office file holds a macro, another file, or something that is fetched when it opens. "
        "Save it as PDF and send that."
    )
