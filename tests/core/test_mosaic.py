"""The tiles of a name."""

import re

from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.mosaic import DARK, LIGHT, mosaic


def hues(svg):
    return set(re.findall(r'fill="(#[0-9a-f]{6})"', svg))


def test_a_name_has_the_same_tiles_for_ever():
    # These bytes are on people's screens and in their memory: a change of the drawing is a change of every identity.
    assert mosaic("Atlas Propreté") == mosaic("Atlas Propreté")
    assert mosaic("Atlas Propreté") == (
        '<svg class="mosaic" viewBox="0 0 82 82" aria-hidden="true" focusable="false">'
        '<path fill="#21409a" d="M0 0h40v40h-40zM42 42h40v40h-40z"/>'
        '<path fill="#e0a526" d="M42 0h40v40h-40zM0 42h40v40h-40z"/>'
        '<path fill="#d9814f" d="M40 0L40 20L20 20L20 40L0 40L0 0zM42 82L42 62L62 62L62 42L82 42L82 82z"/>'
        '<path fill="#a8461f" d="M74 0L74 20A12 12 0 0 1 50 20L50 0zM8 82L8 62A12 12 0 0 1 32 62L32 82z"/>'
        "</svg>"
    )


def test_spelling_variants_of_one_name_share_their_tiles():
    assert mosaic("  ATLAS   propreté ") == mosaic("Atlas Propreté")
    assert mosaic("Propreté") == mosaic("Propreté")


def test_different_names_have_different_tiles():
    names = [f"Firm {number}" for number in range(500)]

    assert len({mosaic(name) for name in names}) > 480


def test_an_emblem_keeps_to_two_dark_and_two_light_hues():
    for number in range(100):
        used = hues(mosaic(f"Firm {number}"))
        assert len(used & set(DARK)) <= 2
        assert len(used & set(LIGHT)) <= 2
        assert used <= set(DARK) | set(LIGHT)


def test_a_large_mosaic_fills_its_field():
    svg = mosaic("Tessera", 8, 7)

    assert 'viewBox="0 0 334 292"' in svg
    assert len(re.findall(r"h40v40h-40z", svg)) == 56


@given(st.text(max_size=60), st.integers(1, 6), st.integers(1, 6))
def test_no_name_breaks_the_drawing_or_gets_into_it(name, columns, rows):
    svg = mosaic(name, columns, rows)

    assert re.fullmatch(r'<svg [^<>]*>(<path fill="#[0-9a-f]{6}" d="[MLAhvzZ0-9 -]*"/>)+</svg>', svg)
    assert svg == mosaic(name, columns, rows)
