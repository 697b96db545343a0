"""Refuses PDFs that do something, that cannot be looked into, or that are something else as well.

A narrow look, not a reader: names of actions are searched for in the file as it is and in every packed part of it,
however they are written. What passes is still only ever handed out as an attachment in a sandbox.
"""

import re
import zlib

from django.utils.translation import gettext_lazy as _

from marketplace.core.files.kinds import Refused

#: Names that make a PDF act, and what to say of them.
ACTS = [
    "JavaScript", "Launch", "Rendition", "RichMedia", "XFA", "SubmitForm", "ImportData", "EmbeddedFile",
    "EmbeddedFiles", "GoToE",
]  # fmt: skip
_END_OF_NAME = rb"(?=[\x00\s/<>\[\](){}%]|$)"
PIECE = 1 << 20
#: A name with every letter escaped is 3 times as long.
OVERLAP = 64
#: All packed parts of one file together; a 20 MB scan unpacks to less.
MOST_UNPACKED = 400_000_000


def _however_written(name):
    """A PDF name may give any letter as `#` and two hexadecimal digits."""
    letters = [b"(?:%s|#%02x|#%02X)" % (re.escape(bytes([each])), each, each) for each in name.encode()]
    return b"/" + b"".join(letters) + _END_OF_NAME


_ACTIVE = re.compile(b"|".join(_however_written(name) for name in ACTS))
_ENCRYPTED = re.compile(_however_written("Encrypt"))
_PACKED_OBJECTS = re.compile(_however_written("ObjStm"))
_NOT_OPENED = re.compile(
    b"|".join(
        _however_written(name)
        for name in (
            "LZWDecode",
            "LZW",
            "ASCII85Decode",
            "A85",
            "ASCIIHexDecode",
            "AHx",
            "RunLengthDecode",
            "RL",
            "Crypt",
        )
    )
    + rb"|/Predictor\s+(?:[2-9]|1\d)"
)
_STREAM = re.compile(rb"stream\r?\n")
_LAST_END = re.compile(rb"%%EOF[\s\x00]*\Z")


def check(data):
    """`data` is the whole file as bytes or a map of it; Refused with the reason, or nothing."""
    if not _LAST_END.search(data, max(0, len(data) - 1100)):
        raise Refused(_("This PDF is cut off, or something follows its end. Save or scan it again."))
    if _ENCRYPTED.search(data):
        raise Refused(_("This PDF has a password or is locked. Save it without and send it again."))
    if _ACTIVE.search(data):
        raise Refused(_active())
    budget = MOST_UNPACKED
    for match in _STREAM.finditer(data):
        dictionary = _dictionary(data, match.start())
        if _PACKED_OBJECTS.search(dictionary) and _NOT_OPENED.search(dictionary):
            raise Refused(_("Parts of this PDF are packed in a way that we cannot check. Print it to a new PDF."))
        budget = _look_inside(data, match.end(), budget)


def _active():
    return _("This PDF holds a program, a form that sends itself, or other files. Print it to a new PDF and send that.")


def _dictionary(data, before):
    """What stands between the object's beginning and its stream."""
    text = data[max(0, before - 4096) : before]
    return text[text.rfind(b" obj") + 1 :]


def _look_inside(data, start, budget):
    """Search what a stream unpacks to, in pieces; returns what is left of the budget."""
    if start + 2 > len(data) or data[start] & 0x0F != 8 or (data[start] * 256 + data[start + 1]) % 31:
        return budget
    unpack, kept = zlib.decompressobj(), b""
    for at in range(start, len(data), PIECE):
        packed = data[at : at + PIECE]
        while packed and not unpack.eof:
            try:
                piece = unpack.decompress(packed, PIECE)
            except zlib.error:
                return budget  # no packed data after all, or broken: readers stop here too
            budget -= len(piece)
            if budget < 0:
                raise Refused(_("This PDF unpacks to far more than it looks. Print it to a new PDF and send that."))
            if _ACTIVE.search(kept + piece):
                raise Refused(_active())
            kept, packed = piece[-OVERLAP:], unpack.unconsumed_tail
        if unpack.eof:
            break
    return budget
