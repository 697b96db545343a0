"""Files of notices as portals and people hand them over: JSON, JSON lines, XML, and either packed by gzip or ZIP.

What a file is, its content says and not its name. Memory stays bounded whatever the file claims to be: what is packed
is unpacked as it is read, up to limits, and an archive within an archive stays closed.
"""

import gzip
import io
import shutil
import struct
import tempfile
import zipfile
import zlib
from abc import abstractmethod
from collections.abc import Callable, Iterator
from typing import BinaryIO

from marketplace.calls.feeds import eforms, eforms_xml, ocds
from marketplace.calls.feeds.notice import Broken, Read

MOST_PACKED = 2 * 2**30
MOST_UNPACKED = 4 * 2**30
#: Notices shrink to a tenth, sometimes to a thirtieth. Small files may be as even as they like.
MOST_RATIO = 300
RATIO_COUNTS_FROM = 50 * 2**20
MOST_MEMBERS = 50_000
#: The list of members is read at once, before they can be counted.
MOST_DIRECTORY = 8 * 2**20

BEGINNING = 4096
LONGEST_NAME = 200
GZIP, ZIP, EMPTY_ZIP = b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06"
#: What may stand before the first sign of a text: byte order marks, blank space, the other half of UTF-16 and UTF-32.
BEFORE_TEXT = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"
OTHERS = {
    b"%PDF": "a PDF",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"BZh": "an archive of bzip2",
    b"\xfd7zXZ": "an archive of xz",
    b"\x28\xb5\x2f\xfd": "an archive of zstd",
}
TAR_AT, TAR = 257, b"ustar"

GZIP_FAULTS = (OSError, EOFError, zlib.error, struct.error)
ZIP_FAULTS = (*GZIP_FAULTS, zipfile.BadZipFile, ValueError, RuntimeError, OverflowError)
ENCRYPTED = 0x1
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Unreadable(Exception):
    """This file or member cannot be read; the message says why."""


class TooLarge(Unreadable):
    """The whole archive is given up, and not one member of it."""


def read_file(name: str, stream: BinaryIO) -> Iterator[tuple[str, Read]]:
    """Each notice with its place, such as "may.zip/17.xml" or "releases.json, notice 3"; never raises for the content.

    The stream is read once from where it stands; it need not be seekable.
    """
    place = _shown(name)
    beginning, whole = _looked_at(stream)
    try:
        if beginning.startswith(GZIP):
            yield from _gzip(place, whole)
        elif beginning.startswith((ZIP, EMPTY_ZIP)):
            yield from _zip(place, whole)
        else:
            yield from _notices(place, beginning, whole)
    except Unreadable as error:
        yield place, Broken("", str(error))


def _notices(place: str, beginning: bytes, whole: BinaryIO) -> Iterator[tuple[str, Read]]:
    start = beginning.lstrip(BEFORE_TEXT)[:1]
    if start == b"<":
        read = eforms.read(whole.read(eforms_xml.MOST_BYTES + 1))
        yield (f"{place}, {read.place}" if isinstance(read, Broken) and read.place else place), read
    elif start in (b"{", b"["):
        for number, read in enumerate(ocds.read(whole), start=1):
            inside = read.place if isinstance(read, Broken) and read.place else f"notice {number}"
            yield f"{place}, {inside}", read
    else:
        raise Unreadable(_what_else(beginning))


def _what_else(beginning: bytes) -> str:
    if not beginning.strip(BEFORE_TEXT):
        return "The file is empty."
    if beginning.startswith((GZIP, ZIP, EMPTY_ZIP)):
        return "It is an archive within an archive, which stays closed. Unpack the outer one first."
    if beginning[TAR_AT:].startswith(TAR):
        return "It is a tar archive, which is not read here. Unpack it, or pack the notices as ZIP."
    for start, called in OTHERS.items():
        if beginning.startswith(start):
            return f"It is {called}, which is not read here."
    return "It is neither JSON nor XML."


def _shown(name: str) -> str:
    """A name that may be printed, whatever an archive calls its members."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in name)[:LONGEST_NAME]


# --- Archives ---------------------------------------------------------------------------------------------------


def _gzip(place: str, whole: BinaryIO) -> Iterator[tuple[str, Read]]:
    packed = _Counted(whole)
    budget = _Budget(lambda: packed.count)
    unpacked = gzip.GzipFile(mode="rb", fileobj=packed)
    beginning, content = _looked_at(io.BufferedReader(_Unpacked(unpacked, budget, GZIP_FAULTS)))
    yield from _notices(place, beginning, content)


def _zip(place: str, whole: BinaryIO) -> Iterator[tuple[str, Read]]:
    with tempfile.TemporaryFile() as file:
        # The list of members stands at the end, and a stream cannot be read from there.
        shutil.copyfileobj(_Capped(whole), file)
        with _archive(file) as archive:
            size = file.seek(0, io.SEEK_END)
            budget = _Budget(lambda: size)
            for member in archive.infolist():
                if not _is_passed_over(member):
                    yield from _member(f"{place}/{_shown(member.filename)}", archive, member, budget)


def _archive(file: BinaryIO) -> zipfile.ZipFile:
    try:
        # What ZipFile itself asks before it reads all of the list into memory.
        end = zipfile._EndRecData(file)  # type: ignore[attr-defined]
        if end and end[zipfile._ECD_SIZE] > MOST_DIRECTORY:  # type: ignore[attr-defined]
            raise TooLarge(f"The archive has more than {MOST_MEMBERS} members.")
        archive = zipfile.ZipFile(file)
    except ZIP_FAULTS as error:
        raise Unreadable(f"The archive is damaged: {error}.") from error
    if len(archive.infolist()) > MOST_MEMBERS:
        raise TooLarge(f"The archive has more than {MOST_MEMBERS} members.")
    return archive


def _is_passed_over(member: zipfile.ZipInfo) -> bool:
    """Folders, and what systems leave in archives unasked."""
    *folders, own = member.filename.split("/")
    return not own or own.startswith(".") or own == "Thumbs.db" or "__MACOSX" in folders


def _member(
    place: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: "_Budget"
) -> Iterator[tuple[str, Read]]:
    """One that cannot be read does not stop the others."""
    try:
        with _opened(archive, member, budget) as unpacked:
            beginning, content = _looked_at(unpacked)
            yield from _notices(place, beginning, content)
    except TooLarge:
        raise
    except Unreadable as error:
        yield place, Broken("", str(error))


def _opened(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: "_Budget") -> BinaryIO:
    if member.flag_bits & ENCRYPTED:
        raise Unreadable("It is locked by a password.")
    if member.compress_type not in PACKINGS:
        raise Unreadable("It is packed in a way that is not read here; ZIP commonly uses “deflate”.")
    try:
        return io.BufferedReader(_Unpacked(archive.open(member), budget, ZIP_FAULTS))
    except ZIP_FAULTS as error:
        raise Unreadable(f"The archive is damaged: {error}.") from error


class _Budget:
    """How much may still come out of what was packed."""

    def __init__(self, packed: Callable[[], int]) -> None:
        self._packed = packed
        self._unpacked = 0

    def spend(self, count: int) -> None:
        self._unpacked += count
        if self._unpacked > MOST_UNPACKED:
            raise TooLarge(f"It unpacks to more than {MOST_UNPACKED >> 30} GB.")
        if self._unpacked > RATIO_COUNTS_FROM and self._unpacked > MOST_RATIO * max(1, self._packed()):
            raise TooLarge(f"It unpacks to more than {MOST_RATIO} times its size, which no notices do.")


# --- Streams ----------------------------------------------------------------------------------------------------


class _Readable(io.RawIOBase):
    """Bytes from somewhere, for io.BufferedReader to give out in whatever portions somebody asks for."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        part = self.part(len(buffer))
        buffer[: len(part)] = part
        return len(part)

    @abstractmethod
    def part(self, size: int) -> bytes:
        """Up to so many bytes; none at the end."""


class _Unpacked(_Readable):
    """What an archive gives back, counted; its faults become reasons."""

    def __init__(self, source, budget: _Budget, faults: tuple[type[Exception], ...]) -> None:
        self._source, self._budget, self._faults = source, budget, faults

    def part(self, size: int) -> bytes:
        try:
            part = self._source.read(size)
        except self._faults as error:
            raise Unreadable(f"The archive is damaged: {error}.") from error
        self._budget.spend(len(part))
        return part


class _Again(_Readable):
    """A stream from its beginning, which was read already."""

    def __init__(self, beginning: bytes, rest: BinaryIO) -> None:
        self._beginning, self._rest = beginning, rest

    def part(self, size: int) -> bytes:
        part, self._beginning = self._beginning[:size], self._beginning[size:]
        return part or self._rest.read(size)


class _Counted(_Readable):
    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.count = 0

    def part(self, size: int) -> bytes:
        part = self._source.read(size)
        self.count += len(part)
        return part


class _Capped(_Counted):
    def part(self, size: int) -> bytes:
        part = super().part(size)
        if self.count > MOST_PACKED:
            raise TooLarge(f"The archive is larger than {MOST_PACKED >> 30} GB.")
        return part


def _looked_at(stream: BinaryIO) -> tuple[bytes, BinaryIO]:
    """How a stream begins, and the stream with that beginning."""
    beginning = b""
    while len(beginning) < BEGINNING and (part := stream.read(BEGINNING - len(beginning))):
        beginning += part
    return beginning, io.BufferedReader(_Again(beginning, stream))
