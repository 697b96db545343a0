"""Charts drawn on the server: a title that states the finding, labels on the marks, a table and a CSV of the same rows.

Places are in per cent and words keep their size, so that a chart reads the same on a phone and on paper. Series differ
by dash and label as well as by colour.
"""

import csv
import io
import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi

Value = int | float

ROW = 50
BAR = 18
#: Room, in per cent, for the figure after the longest bar and for the names after the lines.
FIGURE_ROOM = 24
NAME_ROOM = 28
HEIGHT = 220
DASHES = ("", "8 4", "2 4", "10 3 2 3")
FORMULA_STARTERS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Chart:
    """A drawing and the rows it shows; `csv_url` is where the same rows are downloaded, if anywhere."""

    title: str
    drawing: SafeString
    headers: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    note: str = ""
    csv_url: str = ""

    def as_csv(self) -> str:
        """The rows as CSV, safe to open in a spreadsheet: no cell begins a formula."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerows([_harmless(cell) for cell in row] for row in (self.headers, *self.rows))
        return out.getvalue()


def bars(
    title: str, headers: tuple[str, str], rows: Sequence[tuple[str, Value]], *, note: str = "", csv_url: str = ""
) -> Chart:
    """One bar per row in the order given, each with its name above and its figure at its end."""
    most = max((value for _name, value in rows), default=0) or 1
    is_rtl = get_language_bidi()
    drawn = [_bar(place, name, value, 100 * max(value, 0) / most, is_rtl) for place, (name, value) in enumerate(rows)]
    drawing = format_html(
        '<svg height="{}" role="img" aria-label="{}" direction="{}">{}</svg>',
        ROW * len(rows), title, "rtl" if is_rtl else "ltr", SafeString("".join(drawn)),
    )  # fmt: skip
    return Chart(title, drawing, headers, tuple(rows), note, csv_url)


def _bar(place: int, name: str, value: Value, share: float, is_rtl: bool) -> SafeString:
    width = share * (100 - FIGURE_ROOM) / 100
    # In right-to-left pages "start" of a text is its right end, so only the places are mirrored.
    start, left, end, gap = (100, 100 - width, 100 - width, -8) if is_rtl else (0, 0, width, 8)
    top = place * ROW
    return format_html(
        '<text x="{}%" y="{}">{}</text>'
        '<rect class="chart__series-0" x="{}%" y="{}" width="{}%" height="{}" rx="2"/>'
        '<text class="chart__value" x="{}%" dx="{}" y="{}">{}</text>',
        start, top + 14, name, _short(left), top + 22, _short(width), BAR, _short(end), gap, top + 36, _figure(value),
    )  # fmt: skip


def lines(
    title: str,
    headers: tuple[str, ...],
    rows: Sequence[tuple[Any, ...]],
    *,
    note: str = "",
    csv_url: str = "",
) -> Chart:
    """Rows of (label, value from nought up of the first series, of the second...); a value of None leaves a gap.

    `headers` names the column of labels and then each series, whose name stands at the end of its line. Time runs from
    left to right in every language. At most four series: more cannot be told apart.
    """
    if len(headers) > len(DASHES) + 1:
        raise ValueError("A line chart shows four series at most")
    ticks = _ticks(max((value for row in rows for value in row[1:] if value is not None), default=0))
    top = ticks[-1]
    names = _names(headers[1:], [_last(rows, place) for place in range(1, len(headers))], top)
    drawn = [
        *(_gridline(tick, top) for tick in ticks),
        *(_line(place, [row[place + 1] for row in rows], top) for place in range(len(headers) - 1)),
        *(_tick(tick, top) for tick in ticks),
        *names,
        *_below(rows),
    ]
    drawing = format_html(
        '<svg height="{}" role="img" aria-label="{}" direction="ltr">{}</svg>',
        HEIGHT + 30, title, SafeString("".join(drawn)),
    )  # fmt: skip
    return Chart(title, drawing, headers, tuple(tuple(row) for row in rows), note, csv_url)


def _gridline(tick: Value, top: Value) -> SafeString:
    return format_html(
        '<line class="chart__axis" x1="0" x2="{1}%" y1="{0}" y2="{0}"/>', _short(_height(tick, top)), 100 - NAME_ROOM
    )


def _tick(tick: Value, top: Value) -> SafeString:
    return format_html(
        '<text class="chart__soft" x="0" y="{}" dy="-4">{}</text>', _short(_height(tick, top)), _figure(tick)
    )


def _line(series: int, values: list[Value | None], top: Value) -> SafeString:
    width = 100 - NAME_ROOM
    runs, run = [], []
    for place, value in enumerate([*values, None]):
        if value is not None:
            run.append((_along(place, len(values)), _height(value, top)))
        elif run:
            runs.append(run)
            run = []
    paths = "".join("M" + "L".join(f"{_short(x * 10)} {_short(y)}" for x, y in run) for run in runs)
    dots = format_html_join(
        "",
        '<circle class="chart__series-{}" cx="{}%" cy="{}" r="3.5"/>',
        ((series, _short(x * width / 100), _short(y)) for run in runs for x, y in run[-1:]),
    )
    return format_html(
        '<svg x="0" y="0" width="{}%" height="{}" viewBox="0 0 1000 {}" preserveAspectRatio="none">'
        '<path class="chart__series-{}" vector-effect="non-scaling-stroke" stroke-dasharray="{}" d="{}"/></svg>{}',
        width, HEIGHT, HEIGHT, series, DASHES[series] or "none", paths, dots,
    )  # fmt: skip


def _names(names: Sequence[str], lasts: list[Value | None], top: Value) -> list[SafeString]:
    """Each name beside the end of its line, pushed apart where two would overlap."""
    wanted = sorted((_height(last or 0, top), place) for place, last in enumerate(lasts))
    out: list[SafeString] = []
    free_from = 0.0
    for y, place in wanted:
        words = textwrap.wrap(str(names[place]), 13)[:2] or [""]
        y = max(y, free_from + 8)
        free_from = y + 18 * len(words)
        for number, word in enumerate(words):
            out.append(
                format_html(
                    '<text class="chart__series-{}" x="{}%" dx="10" y="{}" dy="5">{}</text>',
                    place,
                    100 - NAME_ROOM,
                    _short(y + 18 * number),
                    word,
                )
            )
    return out


def _below(rows: Sequence[tuple[Any, ...]]) -> list[SafeString]:
    """The first and the last label under the axis, and the middle one when there are enough."""
    if not rows:
        return []
    shown = {0: "start", len(rows) - 1: "end"}
    if len(rows) > 4:
        shown[len(rows) // 2] = "middle"
    return [
        format_html(
            '<text class="chart__soft" x="{}%" y="{}" text-anchor="{}">{}</text>',
            _short(_along(place, len(rows)) * (100 - NAME_ROOM) / 100), HEIGHT + 20, anchor, rows[place][0],
        )
        for place, anchor in shown.items()
    ]  # fmt: skip


def _ticks(most: Value) -> list[Value]:
    """Three to five round numbers from nought to at least `most`."""
    if most <= 0:
        return [0, 1]
    rough = most / 3
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * factor for factor in (1, 2, 2.5, 5, 10) if unit * factor >= rough)
    count = math.ceil(most / step)
    ticks = [round(step * place, 10) for place in range(count + 1)]
    return [int(tick) if tick == int(tick) else tick for tick in ticks]


def _height(value: Value, top: Value) -> float:
    return 20 + (HEIGHT - 30) * (1 - value / top)


def _along(place: int, count: int) -> float:
    return 100 * place / (count - 1) if count > 1 else 0


def _last(rows: Sequence[tuple[Any, ...]], column: int) -> Value | None:
    return next((row[column] for row in reversed(rows) if row[column] is not None), None)


def _figure(value: Value) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)


def _short(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _harmless(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTERS) else cell
