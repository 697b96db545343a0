"""Filters and tags of every page: money, numbers, days and moments, icons, mosaics."""

from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import lucide
from django import template
from django.conf import settings
from django.core.paginator import Page
from django.forms import BoundField
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, gettext_lazy, pgettext

from marketplace.core import mosaic as tiles
from marketplace.core.vocab import currency as currencies

register = template.Library()

#: Cities whose zone is named after them and whose name differs by language; the rest keep the zone's own word.
CITIES = {
    "Europe/Athens": gettext_lazy("Athens"),
    "Europe/Brussels": gettext_lazy("Brussels"),
    "Europe/Bucharest": gettext_lazy("Bucharest"),
    "Europe/Copenhagen": gettext_lazy("Copenhagen"),
    "Europe/Dublin": gettext_lazy("Dublin"),
    "Europe/Istanbul": gettext_lazy("Istanbul"),
    "Europe/Lisbon": gettext_lazy("Lisbon"),
    "Europe/London": gettext_lazy("London"),
    "Europe/Paris": gettext_lazy("Paris"),
    "Europe/Prague": gettext_lazy("Prague"),
    "Europe/Rome": gettext_lazy("Rome"),
    "Europe/Vienna": gettext_lazy("Vienna"),
    "Europe/Warsaw": gettext_lazy("Warsaw"),
}


@register.simple_tag
@cache
def asset(path: str) -> str:
    """As `static`, remembered: it does not change while the process lives."""
    return static(path)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A lucide icon that takes the size and colour of its text; hidden from screen readers unless it has a label."""
    if not label:
        return _quiet(name)
    return format_html('<svg class="icon" role="img" aria-label="{}" {}', label, _drawing(name))


@cache
def _quiet(name: str) -> SafeString:
    return format_html('<svg class="icon" aria-hidden="true" focusable="false" {}', _drawing(name))


@cache
def _drawing(name: str) -> SafeString:
    """The icon's SVG after `<svg `, as its package draws it."""
    return SafeString(lucide._render_icon(name, None).partition(" ")[2])


@register.simple_tag(takes_context=True)
def quick(context: dict[str, Any], template: str, **given: Any) -> SafeString:
    """A template under templates/quick/ with what is given to it, and nothing else of the page."""
    request = context.get("request")
    return SafeString(get_template(template, using="quick").render(given, request))


@register.simple_tag
def mosaic(name: str, columns: int = 2, rows: int = 2) -> SafeString:
    """The tiles that belong to a name."""
    return tiles.mosaic(str(name), columns, rows)


@register.filter
def number(value: Any) -> str:
    """A whole number or decimal with the language's own separators."""
    if type(value) is int and 0 <= value < 1000:
        return str(value)
    return formats.number_format(value, use_l10n=True, force_grouping=True) if value is not None else ""


@register.filter
def money(minor: int | None, currency: str) -> str:
    """`9000000|money:"EUR"` is "90,000 EUR": cents appear when there are any."""
    return _money(minor, currency, is_exact=False) if minor is not None else ""


@register.filter
def exact_money(minor: int | None, currency: str) -> str:
    """The same with all decimals of the currency, for invoices and totals: "90,000.00 EUR"."""
    return _money(minor, currency, is_exact=True) if minor is not None else ""


def _money(minor: int, currency: str, *, is_exact: bool) -> str:
    places = currencies.exponent(currency)
    amount = currencies.from_minor(minor, currency)
    if not is_exact and amount == amount.to_integral_value():
        places = 0
    # No-break space: an amount never parts from its currency.
    return f"{formats.number_format(amount, places, use_l10n=True, force_grouping=True)}\u00a0{currency}"


@register.simple_tag
def money_range(low: int | None, high: int | None, currency: str) -> str:
    """A range of minor units in words; both ends missing means that the value is not disclosed."""
    if low is None and high is None:
        return gettext("value not disclosed")
    if low is None:
        return gettext("up to %(amount)s") % {"amount": money(high, currency)}
    if high is None:
        return gettext("from %(amount)s") % {"amount": money(low, currency)}
    if low == high:
        return money(low, currency)
    least = money(low, currency).removesuffix(f"\u00a0{currency}")
    return gettext("%(low)s to %(high)s") % {"low": least, "high": money(high, currency)}


@register.filter
def day(value: date | datetime | None) -> SafeString | str:
    """ "Thu 3 Dec 2026"; a moment is taken in the zone in force."""
    return _day(value, pgettext("day with weekday", "D j M Y"))


@register.filter
def short_day(value: date | datetime | None) -> SafeString | str:
    """ "3 Dec 2026"."""
    return _day(value, pgettext("day", "j M Y"))


def _day(value: date | datetime | None, pattern: str) -> SafeString | str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return _written(value, pattern, get_language() or "")


@lru_cache(2000)
def _written(value: date, pattern: str, language: str) -> SafeString:
    """`language` is the one in force."""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), formats.date_format(value, pattern))


@register.simple_tag
def moment(value: datetime | None, zone: str = "") -> SafeString | str:
    """ "Thu 3 Dec 2026, 17:00 CET (Brussels)" in the zone where it counts, then the viewer's own time if it differs.

    The server knows the viewer's zone when one was activated for the request; own-time.js fills it in otherwise.
    """
    if value is None:
        return ""
    return format_html("{}{}", when(value, zone), _own_time(value, zone))


@register.simple_tag
def own_time(value: datetime | None, zone: str = "") -> SafeString | str:
    """The viewer's own time alone, for a line of its own; empty when it is the same."""
    return _own_time(value, zone) if value is not None else ""


@register.simple_tag
def when(value: datetime | None, zone: str = "") -> SafeString | str:
    """The moment in the zone where it counts, without the viewer's own time."""
    if value is None:
        return ""
    at = value.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%SZ")
    return format_html('<time datetime="{}">{}</time>', at, moment_words(value, zone))


def moment_words(value: datetime, zone: str = "") -> str:
    """The same as `when`, for a mail."""
    there = value.astimezone(ZoneInfo(zone or settings.TIME_ZONE))
    words = formats.date_format(there, pgettext("moment", "D j M Y, H:i"))
    return f"{words} {_abbreviation(there)}" + (f" ({city(zone)})" if "/" in zone else "")


def _own_time(value: datetime, zone: str) -> SafeString:
    there = value.astimezone(ZoneInfo(zone or settings.TIME_ZONE))
    if timezone.get_current_timezone_name() == settings.TIME_ZONE:
        return format_html(
            ' <span class="own-time" hidden data-moment="{}" data-offset="{}" data-words="{}"></span>',
            value.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%SZ"),
            int((there.utcoffset() or timedelta()).total_seconds() // 60),
            gettext("{time} your time"),
        )
    here = timezone.localtime(value)
    if here.utcoffset() == there.utcoffset():
        return SafeString()
    pattern = "H:i" if here.date() == there.date() else pgettext("moment", "D j M Y, H:i")
    words = gettext("{time} your time").format(time=formats.date_format(here, pattern))
    return format_html(' <span class="own-time">{} ({})</span>', words, city(timezone.get_current_timezone_name()))


def _abbreviation(value: datetime) -> str:
    """ "CET", or "UTC+3" and "UTC+5:30" where a zone has no letters."""
    name = value.tzname() or ""
    if name.isalpha():
        return name
    sign, hours, minutes = name[:1], int(name[1:3]), name[3:5]
    return f"UTC{sign}{hours}" + (f":{minutes}" if minutes.strip("0") else "")


@register.filter
def city(zone: str) -> str:
    """The city of an IANA zone in the language of the page."""
    return str(CITIES.get(zone) or zone.rpartition("/")[2].replace("_", " "))


BROWSERS = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
SYSTEMS = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "Linux")
OWN_NAMES = {"Edg": "Edge", "OPR": "Opera", "Macintosh": "macOS"}


@register.filter
def browser(user_agent: str) -> str:
    """ "Firefox on Windows" for what a browser says of itself; what is not known is shown as it came."""
    name = next((word for word in BROWSERS if word in user_agent), "")
    system = next((word for word in SYSTEMS if word in user_agent), "")
    if not (name and system):
        return user_agent[:80]
    return gettext("%(browser)s on %(system)s") % {
        "browser": OWN_NAMES.get(name, name),
        "system": OWN_NAMES.get(system, system),
    }


@register.filter
def anchor(field: BoundField) -> str:
    """The id that a link to this field must name: a group of choices has none of its own, so its first choice."""
    return field.id_for_label or f"{field.auto_id}_0"


@register.filter
def page_numbers(page: Page) -> list[int | str]:
    """The numbers to show around this page, with "…" for those left out."""
    shown = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return [item if isinstance(item, int) else "…" for item in shown]
