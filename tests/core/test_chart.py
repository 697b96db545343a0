"""Charts drawn on the server."""

import re
import xml.etree.ElementTree as ET

import pytest
from django.template import Context, Template
from django.utils import translation
from django_cotton.compiler_regex import CottonCompiler

from marketplace.core import chart

SERVICES = [("Cleaning", 1204), ("Catering <&> more", 602), ("IT services", 0)]


def bars(**options):
    return chart.bars("Half of all clean", ("Service", "Suppliers"), SERVICES, **options)


def lines(rows, headers=("Month", "Met", "Won")):
    return chart.lines("More meetings", headers, rows)


def test_the_longest_bar_leaves_room_for_its_figure_and_the_others_keep_their_share():
    widths = [float(width) for width in re.findall(r'width="([\d.]+)%"', bars().drawing)]

    assert widths == [76, 38, 0]


def test_every_bar_carries_its_name_and_its_figure():
    drawing = bars().drawing

    assert re.findall(r">([^<]+)</text>", drawing) == [
        "Cleaning", "1,204", "Catering &lt;&amp;&gt; more", "602", "IT services", "0",
    ]  # fmt: skip


def test_bars_grow_from_the_right_in_a_right_to_left_page():
    with translation.override("ar"):
        drawing = bars().drawing

    assert re.findall(r'<rect class="chart__series-0" x="([\d.]+)%"', drawing) == ["24", "62", "100"]


def test_a_drawing_is_well_formed_and_carries_no_style():
    for drawing in (bars().drawing, lines([("Jan", 1, 2), ("Feb", None, 3)]).drawing):
        ET.fromstring(drawing)
        assert "style=" not in drawing


def test_a_missing_value_leaves_a_gap_and_is_not_drawn_as_nought():
    whole = lines([("Jan", 1, 5), ("Feb", 2, 5), ("Mar", 3, 5), ("Apr", 4, 5)]).drawing
    gap = lines([("Jan", 1, 5), ("Feb", None, 5), ("Mar", 3, 5), ("Apr", 4, 5)]).drawing

    assert [d.count("M") for d in re.findall(r' d="([^"]+)"', whole)] == [1, 1]
    assert [d.count("M") for d in re.findall(r' d="([^"]+)"', gap)] == [2, 1]


def test_series_differ_by_dash_as_well_as_by_colour():
    drawing = lines([("Jan", 1, 2), ("Feb", 2, 3)]).drawing

    assert re.findall(r'stroke-dasharray="([^"]+)"', drawing) == ["none", "8 4"]


def test_names_at_the_end_of_lines_do_not_cover_each_other():
    drawing = lines([("Jan", 10, 10), ("Feb", 10, 10)]).drawing

    first, second = (float(y) for y in re.findall(r'<text class="chart__series-\d"[^>]* y="([\d.]+)"', drawing))
    assert second - first >= 18


def test_a_fifth_series_is_refused():
    with pytest.raises(ValueError, match="four series"):
        lines([("Jan", 1, 2, 3, 4, 5)], ("Month", "a", "b", "c", "d", "e"))


@pytest.mark.parametrize(
    ("most", "last"), [(0, 1), (1, 1), (3, 3), (34, 40), (1204, 1500), (0.4, 0.4), (999_999, 1_000_000)]
)
def test_the_axis_ends_at_a_round_number_that_holds_the_largest_value(most, last):
    ticks = chart._ticks(most)

    assert ticks[0] == 0
    assert ticks[-1] == pytest.approx(last)
    assert 2 <= len(ticks) <= 5


def test_empty_charts_are_drawn_as_empty():
    assert chart.bars("Nothing yet", ("a", "b"), []).rows == ()
    ET.fromstring(lines([]).drawing)


def test_a_cell_that_begins_a_formula_is_made_harmless_in_the_csv():
    text = chart.bars("t", ("Service", "n"), [("=1+1", 3), ("@SUM(A1)", 4), ("plain", 5)]).as_csv()

    assert text == "Service,n\r\n'=1+1,3\r\n'@SUM(A1),4\r\nplain,5\r\n"


def test_the_page_shows_the_finding_the_table_and_the_way_to_the_csv():
    source = CottonCompiler().process('<c-chart :chart="chart" />')
    html = Template(source).render(Context({"chart": bars(csv_url="/figures.csv", note="Listed today.")}))

    assert "Half of all clean" in html
    assert "Listed today." in html
    assert html.count("<tr>") == 4
    assert '<a href="/figures.csv" download>' in html
