"""JSON of any size as the releases and records in it: a bad one is named, and the rest goes on.

An incremental parser stops at the first mistake of a file and holds whatever one text or release needs. Here the braces
of each release are found first and what they hold is read by itself, so that a mistake costs one release, and nothing
longer than MOST_CHARACTERS is ever kept.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, BinaryIO

from marketplace.calls.feeds.notice import Broken
from marketplace.calls.feeds.ocds_window import NEXT_LINE, Window

MOST_CHARACTERS = 4_000_000
LONGEST_NUMBER = 60
#: What packages, and the answers of publishers' interfaces, call their lists; each with the word for one of it.
LISTS = {"releases": "release", "records": "record", "results": "result"}
#: A list may hold packages, which hold releases.
MOST_LEVELS = 3

#: A whole text, a brace, or the quotation mark of a text that does not end here.
TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\]]|"', re.DOTALL)
BEHIND_PLAIN = re.compile(r'[\s,:"{}\[\]]')
#: Between two releases, or closing what was given up.
LEFT_OVER = ",]}"
#: What the decoder makes of bytes that are not UTF-8.
NOT_TEXT = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Found:
    """A release or a record as it was written, and where."""

    place: str
    value: dict[str, Any]


class Wrong(ValueError):
    """A value that is JSON to a lenient reader and means nothing."""


class Bad(Exception):
    """A value that cannot be read; it ends at `end`, and what follows it may be read."""

    def __init__(self, reason: str, end: int):
        super().__init__(reason)
        self.end = end


class TooLong(Exception):
    """A value is longer than is ever kept."""


class Lost(Exception):
    """Nobody can tell where the next value begins; nothing before `at` is of use."""

    def __init__(self, reason: str, at: int, place: str = ""):
        super().__init__(reason)
        self.at = at
        self.place = place


TOO_LONG = f"It is longer than {MOST_CHARACTERS:,} characters."


def find(stream: BinaryIO) -> Iterator[Found | Broken]:
    """Every release and record of a release, a package, a list, or lines of them."""
    window = Window(stream)
    is_first = True
    while window.peek():
        line, place = f"line {window.line}", "" if is_first else f"line {window.line}"
        is_first = False
        try:
            yield from _document(window, place, line)
        except Lost as lost:
            yield Broken(lost.place or line, str(lost))
            window.pass_to(lost.at)
            window.skip_to_next_line()
        while (sign := window.peek()) and sign in LEFT_OVER:
            window.pass_to(window.at + 1)
    if is_first:
        yield Broken("line 1", "There is nothing in it.")


# --- What a text is made of -----------------------------------------------------------------------------------------


def _document(window: Window, place: str, line: str) -> Iterator[Found | Broken]:
    """One value that stands by itself: read whole if it is short and right, else part by part."""
    if window.peek() not in "{[":
        raise Lost("It is not JSON.", window.at)
    try:
        value = _value(window)
    except (Bad, TooLong, Lost) as problem:
        if window.peek() == "[":
            yield from _elements(window, place, "release", 1)
        else:
            yield from _members(window, place, line, _reason(problem))
    else:
        yield from _unpacked(value, place, line, 1)


def _members(window: Window, place: str, line: str, whole: str) -> Iterator[Found | Broken]:
    """The lists of a package, one element after the other; `whole` says why it is no release that can be read."""
    window.pass_to(window.at + 1)
    is_release, has_list, reason = False, False, ""
    while _next(window) != "}":
        name = _name(window)
        is_release = is_release or name == "ocid"
        if name in LISTS and not is_release and _next(window) == "[":
            has_list = True
            yield from _elements(window, place, LISTS[name], 1)
            continue
        try:
            _next(window)
            _value(window)
        except (Bad, TooLong) as problem:
            reason = reason or _reason(problem)
            _leave(window, problem)
    window.pass_to(window.at + 1)
    if not has_list:
        yield Broken(line, reason or whole)


def _name(window: Window) -> str:
    if window.peek() != '"':
        raise _unexpected(window)
    try:
        name = _value(window)
    except (Bad, TooLong) as problem:
        raise Lost(_reason(problem), window.at) from None
    if window.peek() != ":":
        raise _unexpected(window)
    window.pass_to(window.at + 1)
    return str(name)


def _elements(window: Window, place: str, word: str, level: int) -> Iterator[Found | Broken]:
    window.pass_to(window.at + 1)
    number = 0
    while True:
        own = _numbered(place, word, number + 1)
        try:
            if _next(window) == "]":
                window.pass_to(window.at + 1)
                return
            number += 1
            value = _value(window)
        except Lost as lost:
            raise Lost(str(lost), lost.at, own) from None
        except (Bad, TooLong) as problem:
            _leave(window, problem)
            yield Broken(own, _reason(problem))
        else:
            yield from _unpacked(value, own, own, level + 1)


def _unpacked(value: Any, place: str, own: str, level: int) -> Iterator[Found | Broken]:
    """What a value holds; `own` names the value itself, `place` what its elements are counted in."""
    if isinstance(value, dict) and "ocid" in value:
        yield Found(own, value)
        return
    lists = [("release", value)] if isinstance(value, list) else []
    if isinstance(value, dict):
        lists = [(word, value[name]) for name, word in LISTS.items() if isinstance(value.get(name), list)]
    if not lists or level > MOST_LEVELS:
        yield Broken(own, "It is no release, record or package of OCDS: it has neither an ocid nor releases.")
        return
    for word, elements in lists:
        for number, element in enumerate(elements, start=1):
            counted = _numbered(place, word, number)
            yield from _unpacked(element, counted, counted, level + 1)


def _numbered(place: str, word: str, number: int) -> str:
    return f"{place}, {word} {number}" if place else f"{word} {number}"


def _next(window: Window) -> str:
    """The next sign after commas; a text may not end here."""
    while (sign := window.peek()) == ",":
        window.pass_to(window.at + 1)
    if not sign:
        raise Lost(f"It is cut off in line {window.line}.", window.at)
    return sign


def _unexpected(window: Window) -> Lost:
    sign = window.text[window.at : window.at + 1]
    return Lost(f"It is not JSON: {sign!r} was not expected in line {window.line}.", window.at)


# --- One value ------------------------------------------------------------------------------------------------------


def _value(window: Window) -> Any:
    """The value that begins here, which is then passed; where it cannot be read, nothing is."""
    while True:
        try:
            value, end = DECODER.raw_decode(window.text, window.at)
        except (ValueError, RecursionError):
            end = _end(window, keeps=True)
            value = _read_by_itself(window, end)
            break
        # A number may go on in what was not read yet.
        if end < len(window.text) or not window.more():
            break
    if end - window.at > MOST_CHARACTERS:
        raise TooLong
    if NOT_TEXT.search(window.text, window.at, end):
        raise Bad("Its text is not UTF-8.", end)
    if isinstance(value, str) and window.text.endswith(NEXT_LINE, window.at, end):
        _cut_off(window, end - len(NEXT_LINE))
    window.pass_to(end)
    return value


def _read_by_itself(window: Window, end: int) -> Any:
    try:
        return DECODER.decode(window.text[window.at : end])
    except json.JSONDecodeError as error:
        line = window.line + error.lineno - 1
        raise Bad(f"It is not JSON: {error.msg} (line {line}, column {error.colno}).", end) from None
    except Wrong as error:
        raise Bad(str(error), end) from None
    except RecursionError:
        raise Bad("It is nested too deeply.", end) from None


def _leave(window: Window, problem: Exception) -> None:
    window.pass_to(problem.end if isinstance(problem, Bad) else _end(window, keeps=False))


def _reason(problem: Exception) -> str:
    return TOO_LONG if isinstance(problem, TooLong) else str(problem)


def _end(window: Window, *, keeps: bool) -> int:
    """Where the value that begins here ends, by its braces; without `keeps` a long one is let go on the way."""
    if window.text[window.at] not in '"{[':
        return _end_of_plain(window)
    depth, position = 0, window.at
    while True:
        text = window.text
        for token in TOKEN.finditer(text, position):
            if token[0] == '"':
                break
            position = token.end()
            depth += _step(window, token)
            if depth <= 0:
                return position
        # A step may have read on.
        if window.text is text and not window.more():
            _cut_off(window, len(text))
        if position - window.at > MOST_CHARACTERS:
            if keeps:
                raise TooLong
            window.pass_to(position)
            position = window.at
        if len(window.text) - position > MOST_CHARACTERS:
            raise Lost(f"A text of it is longer than {MOST_CHARACTERS:,} characters.", len(window.text))


def _end_of_plain(window: Window) -> int:
    """Of a number or a literal; one as long as this has no end that matters."""
    while not (found := BEHIND_PLAIN.search(window.text, window.at)) and window.more():
        if len(window.text) - window.at > MOST_CHARACTERS:
            raise _unexpected(window)
    end = found.start() if found else len(window.text)
    if end == window.at:
        raise _unexpected(window)
    return end


def _step(window: Window, token: re.Match[str]) -> int:
    """How much deeper a token leads; a line that begins within the value says that the line before was cut off."""
    is_text = token[0][0] == '"'
    if is_text and token[0].endswith(NEXT_LINE):
        _cut_off(window, token.end() - len(NEXT_LINE))
    start = token.start()
    if start + 1 == len(window.text):
        window.more()
    if token[0] == "{" and window.text.startswith(NEXT_LINE, start - 1) and start > window.at:
        before = window.text[max(window.at, start - 200) : start].rstrip()
        if before and before[-1] not in "[,:":
            _cut_off(window, start - 1)
    if is_text:
        return 0
    return 1 if token[0] in "{[" else -1


def _cut_off(window: Window, position: int) -> None:
    line = window.line + window.text.count("\n", window.at, position)
    raise Lost(f"It is cut off in line {line}.", position)


# --- What the reader of one value refuses -----------------------------------------------------------------------------


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        for name, value in pairs:
            if found[name] != value:
                raise Wrong(f"It says {name!r} twice, and not the same.")
    return found


def _whole_number(written: str) -> int:
    if len(written) > LONGEST_NUMBER:
        raise Wrong(f"A number of it has {len(written)} digits.")
    return int(written)


def _fraction(written: str) -> Decimal:
    try:
        return Decimal(written)
    except ArithmeticError:
        raise Wrong(f"{written[:LONGEST_NUMBER]} is no number.") from None


def _no_number(written: str) -> None:
    raise Wrong(f"{written} is no number.")


DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_whole_number,
    parse_float=_fraction,
    parse_constant=_no_number,
    # Publishers leave line ends and tabs in their texts.
    strict=False,
)
