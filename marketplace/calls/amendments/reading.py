"""An amendment in words, in the language of whoever reads: what it was, what it is, for the call and for each lot."""

import re
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from marketplace.calls import facts
from marketplace.calls.law.models import Reservation
from marketplace.calls.models import Call, Lot
from marketplace.core.templatetags.ui import city, moment_words, money
from marketplace.core.vocab import cpv, languages, nuts

#: Spaces are kept as words of their own.
_SPACES = re.compile(r"(\s+)")
#: A deadline in words already says its day, its time and its zone.
_SAID_BY_DEADLINE = {
    "question_due_on": "question_deadline",
    "question_due_time": "question_deadline",
    "response_due_on": "response_deadline",
    "response_due_time": "response_deadline",
}
_LABELS = {
    "question_deadline": gettext_lazy("Questions until"),
    "response_deadline": gettext_lazy("Responses until"),
    "reservation_id": gettext_lazy("Reserved for"),
    "lot": gettext_lazy("Lot"),
    "clause": gettext_lazy("Clause"),
    "document": gettext_lazy("Document"),
}


@dataclass(frozen=True)
class Change:
    """`lot` is its number, or None for the whole call; "" on a side means that nothing stood or stands there."""

    label: str
    lot: int | None
    before: str
    after: str

    @property
    def was(self):
        """[(whether it went, words)]."""
        return _marked(self.before, self.after)

    @property
    def now(self):
        """[(whether it came, words)]."""
        return _marked(self.after, self.before)

    @property
    def is_long(self):
        """Too long to stand beside each other."""
        return max(len(self.before), len(self.after)) > 160


def of_amendments(amendments):
    """{key of the amendment: [Change]}; one query where a reservation is among them."""
    names = _reservations([change for amendment in amendments for change in amendment.changes])
    return {amendment.pk: _read(amendment.changes, amendment.call, names) for amendment in amendments}


def in_words(changes, call):
    """The Changes in the order of the call and then of its lots; one query where a reservation is among them."""
    return _read(changes, call, _reservations(changes))


def _read(changes, call, names):
    there = {(change["part"], change["lot"]) for change in changes}
    shown = [change for change in changes if (_SAID_BY_DEADLINE.get(change["part"]), change["lot"]) not in there]
    return [_change(change, call, names) for change in shown]


def groups(changes):
    """[(heading, [Change])]: the call first, then each lot."""
    found = {}
    for change in changes:
        found.setdefault(change.lot, []).append(change)
    headings = {lot: _("The whole call") if lot is None else _("Lot %(number)s") % {"number": lot} for lot in found}
    return [(headings[lot], found[lot]) for lot in sorted(found, key=lambda lot: lot or 0)]


def _marked(text, other):
    """The words of a text, those between what it has in common with the other at either end apart.

    A longest common sequence would say more, at a cost that grows with the square of the text.
    """
    words, others = _SPACES.split(text), _SPACES.split(other)
    most = min(len(words), len(others))
    first = next((place for place in range(most) if words[place] != others[place]), most)
    last = next((place for place in range(most - first) if words[-1 - place] != others[-1 - place]), most - first)
    end = len(words) - last
    parts = [(False, words[:first]), (True, words[first:end]), (False, words[end:])]
    return [(is_changed, "".join(part)) for is_changed, part in parts if any(part)]


def as_text(change):
    """The change as a mail says it."""
    place = "" if change.lot is None else _("Lot %(number)s") % {"number": change.lot} + ", "
    label = place + change.label
    if not change.before:
        return _("%(what)s, new: %(after)s") % {"what": label, "after": change.after}
    if not change.after:
        return _("%(what)s, gone: %(before)s") % {"what": label, "before": change.before}
    if change.is_long:
        return _("%(what)s was rewritten; the page of the call shows both texts.") % {"what": label}
    return _("%(what)s: %(after)s (before: %(before)s)") % {
        "what": label,
        "after": change.after,
        "before": change.before,
    }


def _reservations(changes):
    sides = [change[side] for change in changes if change["part"] == "reservation_id" for side in ("before", "after")]
    return (
        {row.pk: str(row) for row in Reservation.objects.filter(pk__in=[key for key in sides if key])} if sides else {}
    )


def _change(change, call, names):
    part = change["part"]
    before, after = (_words(change, side, call, names) for side in ("before", "after"))
    return Change(_label(part, change["lot"]), change["lot"], before, after)


def _label(part, lot):
    if part in _LABELS:
        return str(_LABELS[part])
    model = Call if lot is None else Lot
    return capfirst(str(model._meta.get_field(part).verbose_name))


def _words(change, side, call, names):
    value, part = change[side], change["part"]
    if value is None or value == "" or value == []:
        return ""
    if part.endswith("_deadline"):
        zone = change.get("zones", [call.zone, call.zone])[side == "after"]
        return moment_words(facts.value_of(Call, part, value), zone)
    if part == "reservation_id":
        return names.get(value, "")
    if part in ("value_from", "value_to"):
        return money(value, call.currency)
    if part in _WRITERS:
        return _WRITERS[part](value)
    return str(_choices(part, change["lot"]).get(value, value))


def _choices(part, lot):
    known = {field.name: field for field in (Call if lot is None else Lot)._meta.fields}
    return dict(known[part].choices or ()) if part in known else {}


def _day(plain):
    return date_format(facts.value_of(Call, "starts_on", plain), "DATE_FORMAT")


def _time(plain):
    return date_format(facts.value_of(Call, "response_due_time", plain), "TIME_FORMAT")


def _spoken(code):
    known = languages.find(code)
    return str(known.name) if known else code


def _service(code):
    label = cpv.label(code, get_language() or "en") if cpv.exists(code) else ""
    return f"{label} ({code})" if label else code


def _tiers(values):
    tiers = dict(Call._meta.get_field("evidence_tiers").base_field.choices)
    return ", ".join(str(tiers.get(value, value)) for value in values)


_WRITERS = {
    "language": _spoken,
    "response_languages": lambda codes: ", ".join(_spoken(code) for code in codes),
    "evidence_tiers": _tiers,
    "cpv": lambda codes: ", ".join(_service(code) for code in codes),
    "regions": lambda codes: ", ".join(nuts.name(code, get_language() or "en") for code in codes),
    "zone": city,
    "official_notice_on": _day,
    "starts_on": _day,
    "ends_on": _day,
    "question_due_on": _day,
    "response_due_on": _day,
    "question_due_time": _time,
    "response_due_time": _time,
}
