"""A text of any length, read through a window: only what is being looked at is kept."""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

PART = 2**18

# fmt: off
MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# fmt: on
#: Where the zeros of a first brace stand, for texts without a mark.
UNMARKED = (
    (re.compile(rb"[^\0]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\0[^\0]"), "utf-32-be"),
    (re.compile(rb"[^\0]\0"), "utf-16-le"),
    (re.compile(rb"\0[^\0]"), "utf-16-be"),
)
NO_SPACE = re.compile(r"[^\s\ufeff]")
#: Nothing but the next line of JSON lines begins so, unless a bracket, a comma or a colon stands before it.
NEXT_LINE = '\n{"'


class Window:
    """The part of the text that is being read; what was passed is let go."""

    def __init__(self, stream: BinaryIO):
        self._parts = _texts(stream)
        self.text = ""
        self.at = 0
        self.line = 1

    def more(self) -> bool:
        """Read on; positions stay what they were. False at the end."""
        part = next(self._parts, "")
        self.text += part
        return bool(part)

    def pass_to(self, position: int) -> None:
        self.line += self.text.count("\n", self.at, position)
        self.at = position
        if self.at > PART:
            # The sign before may be the end of a line.
            self.text = self.text[self.at - 1 :]
            self.at = 1

    def peek(self) -> str:
        """The next sign that is no space, empty at the end."""
        while True:
            if found := NO_SPACE.search(self.text, self.at):
                self.pass_to(found.start())
                return found[0]
            self.pass_to(len(self.text))
            if not self.more():
                return ""

    def skip_to_next_line(self) -> None:
        while (found := self.text.find(NEXT_LINE, max(0, self.at - 1))) < 0:
            self.pass_to(max(self.at, len(self.text) - len(NEXT_LINE)))
            if not self.more():
                self.pass_to(len(self.text))
                return
        self.pass_to(found + 1)


def _texts(stream: BinaryIO) -> Iterator[str]:
    start = stream.read(4)
    # Pipes give less than they are asked for.
    while len(start) < 4 and (part := stream.read(4 - len(start))):
        start += part
    encoding, mark = _encoding(start)
    errors = "surrogateescape" if encoding == "utf-8" else "replace"
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    part = start[mark:] + stream.read(PART)
    while part:
        if text := decoder.decode(part):
            yield text
        part = stream.read(PART)
    if text := decoder.decode(b"", final=True):
        yield text


def _encoding(start: bytes) -> tuple[str, int]:
    """The encoding, and how many bytes say so."""
    for mark, encoding in MARKS:
        if start.startswith(mark):
            return encoding, len(mark)
    for zeros, encoding in UNMARKED:
        if zeros.match(start):
            return encoding, 0
    return "utf-8", 0
