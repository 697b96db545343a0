"""Money, days, moments, icons: what a visitor reads."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import lucide
import pytest
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.template import Context, Template
from django.utils import timezone, translation

from marketplace.core.templatetags import ui

CLOSES = datetime(2026, 12, 3, 16, tzinfo=UTC)


def shown(source, **context):
    return Template("{% load ui %}" + source).render(Context(context))


def words(html):
    return re.sub(r"<[^>]+>", "", html)


@pytest.mark.parametrize(
    ("minor", "currency", "expected"),
    [
        (9_000_000, "EUR", "90,000\u00a0EUR"),
        (9_000_050, "EUR", "90,000.50\u00a0EUR"),
        (-1_050, "GBP", "-10.50\u00a0GBP"),
        (0, "EUR", "0\u00a0EUR"),
        (5000, "JPY", "5,000\u00a0JPY"),
        (1_234, "KWD", "1.234\u00a0KWD"),
        (None, "EUR", ""),
    ],
)
def test_money_shows_cents_only_when_there_are_any(minor, currency, expected):
    assert ui.money(minor, currency) == expected


def test_exact_money_always_shows_the_decimals_of_its_currency():
    assert ui.exact_money(120_000, "EUR") == "1,200.00\u00a0EUR"
    assert ui.exact_money(5000, "JPY") == "5,000\u00a0JPY"
    assert ui.exact_money(10**17 + 1, "EUR") == "1,000,000,000,000,000.01\u00a0EUR"


def test_french_money_and_numbers_have_french_separators():
    with translation.override("fr"):
        assert ui.exact_money(9_000_050, "EUR") == "90\u00a0000,50\u00a0EUR"
        assert ui.number(1204) == "1\u00a0204"


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (9_000_000, 24_000_000, "90,000 to 240,000\u00a0EUR"),
        (9_000_000, 9_000_000, "90,000\u00a0EUR"),
        (9_000_000, None, "from 90,000\u00a0EUR"),
        (None, 24_000_000, "up to 240,000\u00a0EUR"),
        (None, None, "value not disclosed"),
    ],
)
def test_a_range_says_which_ends_are_known(low, high, expected):
    assert ui.money_range(low, high, "EUR") == expected


def test_a_moment_names_weekday_zone_and_city():
    html = ui.when(CLOSES, "Europe/Brussels")

    assert words(html) == "Thu 3 Dec 2026, 17:00 CET (Brussels)"
    assert 'datetime="2026-12-03T16:00:00Z"' in html


def test_the_zone_keeps_wall_time_across_the_change_of_clocks():
    before, after = datetime(2026, 10, 24, 15, tzinfo=UTC), datetime(2026, 10, 25, 16, tzinfo=UTC)

    assert words(ui.when(before, "Europe/Brussels")) == "Sat 24 Oct 2026, 17:00 CEST (Brussels)"
    assert words(ui.when(after, "Europe/Brussels")) == "Sun 25 Oct 2026, 17:00 CET (Brussels)"


@pytest.mark.parametrize(
    ("zone", "ending"),
    [("Europe/Istanbul", "19:00 UTC+3 (Istanbul)"), ("Asia/Kolkata", "21:30 IST (Kolkata)"), ("", "16:00 UTC"),
     ("Asia/Kathmandu", "21:45 UTC+5:45 (Kathmandu)"), ("America/Sao_Paulo", "13:00 UTC-3 (Sao Paulo)")],
)  # fmt: skip
def test_a_zone_without_letters_is_shown_as_its_distance_from_utc(zone, ending):
    assert words(ui.when(CLOSES, zone)).endswith(ending)


def test_the_viewers_own_time_is_added_when_it_differs():
    with timezone.override("Europe/London"):
        assert words(ui.moment(CLOSES, "Europe/Brussels")) == (
            "Thu 3 Dec 2026, 17:00 CET (Brussels) 16:00 your time (London)"
        )


def test_the_viewers_own_time_is_left_out_when_it_is_the_same():
    with timezone.override("Europe/Paris"):
        assert words(ui.moment(CLOSES, "Europe/Brussels")) == "Thu 3 Dec 2026, 17:00 CET (Brussels)"


def test_the_viewers_own_time_names_its_day_when_that_differs():
    with timezone.override("Pacific/Auckland"):
        assert words(ui.own_time(CLOSES, "Europe/Brussels")) == " Fri 4 Dec 2026, 05:00 your time (Auckland)"


def test_without_a_known_zone_the_browser_is_given_what_it_needs():
    html = ui.moment(CLOSES, "Europe/Brussels")

    assert 'hidden data-moment="2026-12-03T16:00:00Z" data-offset="60" data-words="{time} your time"' in html


def test_days_are_readable_and_machine_readable():
    assert ui.day(date(2026, 12, 3)) == '<time datetime="2026-12-03">Thu 3 Dec 2026</time>'
    assert words(ui.short_day(date(2026, 12, 3))) == "3 Dec 2026"
    assert ui.day(None) == ui.short_day(None) == ui.moment(None) == ui.when(None) == ui.own_time(None) == ""


def test_the_day_of_a_moment_is_that_of_the_zone_in_force():
    late = datetime(2026, 12, 3, 23, 30, tzinfo=UTC)

    with timezone.override("Europe/Paris"):
        assert words(ui.day(late)) == "Fri 4 Dec 2026"


def test_an_icon_is_silent_unless_it_has_a_label():
    assert 'aria-hidden="true"' in ui.icon("search")
    assert 'role="img" aria-label="&lt;Find&gt;"' in ui.icon("search", "<Find>")
    assert "style=" not in ui.icon("search")


def test_every_icon_that_a_template_asks_for_exists():
    named = re.compile(r'{% icon "([\w-]+)"|\bicon="([\w-]+)"')
    templates = Path(settings.BASE_DIR, "templates").rglob("*.html")
    asked = {a or b for path in templates for a, b in named.findall(path.read_text(encoding="utf-8"))}

    assert len(asked) > 20
    for name in asked:
        lucide._render_icon(name, None)
    with pytest.raises(lucide.IconDoesNotExist):
        lucide._render_icon("no-such-icon", None)


def test_a_long_list_of_pages_is_shortened():
    paginator = Paginator(range(2000), 25)

    assert ui.page_numbers(paginator.page(7)) == [1, "…", 6, 7, 8, "…", 80]
    assert ui.page_numbers(Paginator(range(60), 25).page(1)) == [1, 2, 3]


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605 Version/17 Safari/605", "Safari on macOS"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537 Chrome/126 Mobile Safari/537", "Chrome on Android"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/126 Safari/537 Edg/126", "Edge on Windows"),
        ("curl/8.5", "curl/8.5"),
        ("", ""),
    ],
)
def test_a_browser_is_named_in_words(agent, expected):
    assert ui.browser(agent) == expected


def test_the_link_to_a_group_of_choices_leads_to_its_first_choice():
    class Form(forms.Form):
        name = forms.CharField()
        size = forms.ChoiceField(choices=[("s", "Small"), ("m", "Middle")], widget=forms.RadioSelect)

    form = Form({})
    html = str(form)

    for field in form:
        assert html.count(f'id="{ui.anchor(field)}"') == 1


def test_tags_work_inside_templates():
    html = shown('{% mosaic name %}{{ 1204|number }}{% moment at "Europe/Paris" %}', name="<b>", at=CLOSES)

    assert "<b>" not in html
    assert "1,204" in html
    assert "(Paris)" in html
