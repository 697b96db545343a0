"""The house's picture: a mosaic grown from a name. The same name gives the same tiles, for ever and everywhere.

Each name draws two dark and two light hues; every tile sets a dark figure on a light ground or the other way round, so
that figures stay clear. Small mosaics turn one figure about the middle like an emblem; large ones mix figures freely
and keep neighbours different.
"""

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString

DARK = ("#21409a", "#a8461f", "#4d6321")
LIGHT = ("#e0a526", "#f3e3c3", "#7c93d6", "#d9814f")
TILE = 40
GROUT = 2

Figure = tuple[tuple[str, tuple[int, ...]], ...]

#: Outlines inside one tile, as (command, numbers); for an arc the numbers are radius, large-arc, sweep, x and y.
FIGURES: tuple[Figure, ...] = (
    (("M", (0, 0)), ("L", (40, 0)), ("L", (40, 40)), ("Z", ())),
    (("M", (0, 0)), ("A", (40, 0, 1, 40, 40)), ("L", (0, 40)), ("Z", ())),
    (("M", (0, 0)), ("A", (40, 0, 1, 40, 40)), ("A", (40, 0, 1, 0, 0)), ("Z", ())),
    (("M", (0, 0)), ("A", (20, 0, 0, 40, 0)), ("Z", ())),
    (
        ("M", (0, 0)), ("L", (40, 0)), ("L", (20, 20)), ("Z", ()),
        ("M", (0, 40)), ("L", (40, 40)), ("L", (20, 20)), ("Z", ()),
    ),
    (("M", (8, 40)), ("L", (8, 20)), ("A", (12, 0, 1, 32, 20)), ("L", (32, 40)), ("Z", ())),
    (("M", (0, 0)), ("L", (20, 0)), ("L", (20, 20)), ("L", (40, 20)), ("L", (40, 40)), ("L", (0, 40)), ("Z", ())),
    (("M", (20, 0)), ("L", (40, 20)), ("L", (20, 40)), ("L", (0, 20)), ("Z", ())),
    (("M", (7, 20)), ("A", (13, 0, 1, 33, 20)), ("A", (13, 0, 1, 7, 20)), ("Z", ())),
    (
        ("M", (0, 40)), ("A", (40, 0, 1, 40, 0)), ("L", (40, 14)), ("A", (26, 0, 0, 14, 40)), ("Z", ()),
        ("M", (28, 40)), ("A", (12, 0, 1, 40, 28)), ("L", (40, 40)), ("Z", ()),
    ),
)  # fmt: skip
#: These look the same however they are turned, so an emblem made of them would be dull.
EVEN = {7, 8}


def mosaic(name: str, columns: int = 2, rows: int = 2) -> SafeString:
    """An inline SVG, hidden from screen readers: it says nothing that the name beside it does not say."""
    return _drawn(_plain(name), columns, rows)


@lru_cache(maxsize=2048)
def _drawn(name: str, columns: int, rows: int) -> SafeString:
    draw = _numbers(f"{name}|{columns}x{rows}")
    hues = _hues(draw)
    tiles = _emblem(draw, hues) if (columns, rows) == (2, 2) else _field(draw, hues, columns, rows)
    grounds: dict[str, list[str]] = defaultdict(list)
    figures: dict[str, list[str]] = defaultdict(list)
    for place, (figure, turns, ground, ink) in enumerate(tiles):
        x, y = place % columns * (TILE + GROUT), place // columns * (TILE + GROUT)
        grounds[ground].append(f"M{x} {y}h{TILE}v{TILE}h-{TILE}z")
        figures[ink].append(_outline(FIGURES[figure], turns, x, y))
    paths = [f'<path fill="{hue}" d="{"".join(d)}"/>' for layer in (grounds, figures) for hue, d in layer.items()]
    return format_html(
        '<svg class="mosaic" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">{}</svg>',
        columns * (TILE + GROUT) - GROUT,
        rows * (TILE + GROUT) - GROUT,
        SafeString("".join(paths)),
    )


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _numbers(seed: str) -> Iterator[int]:
    """An endless stream of bytes that depends on the seed alone."""
    block = hashlib.sha256(seed.encode("utf-8", "surrogatepass")).digest()
    while True:
        yield from block
        block = hashlib.sha256(block).digest()


def _hues(draw: Iterator[int]) -> tuple[list[str], list[str]]:
    left_out = next(draw) % len(DARK)
    first = next(draw) % len(LIGHT)
    second = (first + 1 + next(draw) % (len(LIGHT) - 1)) % len(LIGHT)
    return [hue for place, hue in enumerate(DARK) if place != left_out], [LIGHT[first], LIGHT[second]]


def _tile(draw: Iterator[int], hues: tuple[list[str], list[str]]) -> tuple[int, int, str, str]:
    figure, turns = next(draw) % len(FIGURES), next(draw) % 4
    pair = [hues[0][next(draw) % 2], hues[1][next(draw) % 2]]
    ground, ink = pair if next(draw) % 2 else reversed(pair)
    return figure, turns, ground, ink


def _emblem(draw: Iterator[int], hues: tuple[list[str], list[str]]) -> list[tuple[int, int, str, str]]:
    """Two figures on opposite corners, each turned about the middle."""
    dark, light = hues
    first, second = next(draw) % len(FIGURES), next(draw) % len(FIGURES)
    if first in EVEN and second in EVEN:
        first = next(draw) % min(EVEN)
    start, is_mirrored, is_inverse = next(draw) % 4, next(draw) % 2, next(draw) % 2
    a, b = (dark[0], light[0]), (light[1], dark[1])
    if is_inverse:
        a, b = (light[0], dark[0]), (dark[1], light[1])
    quarter = 3 if is_mirrored else 1
    return [
        (first, start, *a),
        (second, (start + quarter) % 4, *b),
        (second, (start + 3 * quarter) % 4, *b),
        (first, (start + 2) % 4, *a),
    ]


def _field(
    draw: Iterator[int], hues: tuple[list[str], list[str]], columns: int, rows: int
) -> list[tuple[int, int, str, str]]:
    """Free tiles over all hues, none with the figure or the ground of the tile before it or above it."""
    everything = (list(DARK), list(LIGHT))
    tiles: list[tuple[int, int, str, str]] = []
    for place in range(columns * rows):
        near = [tiles[place - 1]] if place % columns else []
        near += [tiles[place - columns]] if place >= columns else []
        for _attempt in range(12):
            pick = hues if next(draw) % 2 else everything
            figure, turns, ground, ink = _tile(draw, (_two(draw, pick[0]), _two(draw, pick[1])))
            if all(figure != other[0] and ground != other[2] for other in near):
                break
        tiles.append((figure, turns, ground, ink))
    return tiles


def _two(draw: Iterator[int], hues: list[str]) -> list[str]:
    return [hues[next(draw) % len(hues)], hues[next(draw) % len(hues)]]


def _outline(figure: Figure, turns: int, x: int, y: int) -> str:
    out = []
    for command, numbers in figure:
        if command == "Z":
            out.append("z")
            continue
        px, py = numbers[-2:]
        for _turn in range(turns):
            px, py = TILE - py, px
        arc = f"{numbers[0]} {numbers[0]} 0 {numbers[1]} {numbers[2]} " if command == "A" else ""
        out.append(f"{command}{arc}{px + x} {py + y}")
    return "".join(out)
