"""When: deadlines as people write them, a day and a time of day in a zone.

A time that the clocks skip or pass twice is asked about with both readings, and never shifted.
"""

from datetime import UTC, datetime, timedelta

from django import forms
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from marketplace.calls.writing.forms import FactsForm
from marketplace.core import moments
from marketplace.core.templatetags.ui import moment_words
from suppliers.files.forms import DayInput

#: Nobody plans further ahead, and beyond the year 9999 there are no moments.
FURTHEST = timedelta(days=20 * 365)


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, **kwargs):
        super().__init__(format="%H:%M", **kwargs)


class MomentForm(forms.Form):
    """A form with moments in it: `name`_on, `name`_time and, only where the clocks leave a choice, `name`_reading."""

    def add_moment(self, name, day_label, time_label, *, required=False):
        self.fields[f"{name}_on"] = forms.DateField(label=day_label, required=required, widget=DayInput())
        self.fields[f"{name}_time"] = forms.TimeField(label=time_label, required=required, widget=TimeInput())

    def moment(self, name, zone):
        """The cleaned moment; None where none was typed, or where it is wrong or has to be asked about."""
        day, clock = self.cleaned_data.get(f"{name}_on"), self.cleaned_data.get(f"{name}_time")
        if f"{name}_on" in self.errors or f"{name}_time" in self.errors or not zone or (day is None and clock is None):
            return None
        if day is None or clock is None:
            self.add_error(f"{name}_{'on' if day is None else 'time'}", _("Say the day and the time of day."))
            return None
        if not abs(day - timezone.localdate()) < FURTHEST:
            self.add_error(f"{name}_on", _("This day is too far away."))
            return None
        wall = datetime.combine(day, clock.replace(microsecond=0, fold=0))
        try:
            return moments.resolve(wall, zone)
        except (moments.NoSuchTime, moments.TwoSuchTimes) as unclear:
            return self._asked(name, wall, zone, readings(unclear, zone))

    def _asked(self, name, wall, zone, choices):
        """What the person has chosen of both readings; asks for it until then."""
        field = f"{name}_reading"
        self.offer_readings(name, choices)
        chosen = self.data.get(self.add_prefix(field))
        if chosen not in dict(choices):
            self.add_error(field, _question(choices, wall, zone))
            return None
        self.cleaned_data[field] = chosen
        at = datetime.fromisoformat(chosen)
        there = at.astimezone(moments.find_zone(zone)).replace(tzinfo=None, fold=0)
        return moments.Moment(there, zone, at)

    def offer_readings(self, name, choices, initial=None):
        self.fields[f"{name}_reading"] = forms.ChoiceField(
            label=_("Which of the two you mean"), choices=choices, initial=initial, widget=forms.RadioSelect
        )


def readings(unclear, zone):
    """[(instant, words)] of both readings of a time that does not exist or exists twice."""
    if isinstance(unclear, moments.TwoSuchTimes):
        instants = [unclear.first, unclear.second]
    else:
        instants = [moments.resolve(wall, zone).at for wall in (unclear.earlier, unclear.later)]
    return [
        (
            at.isoformat(),
            _("%(moment)s, which is %(utc)s UTC") % {"moment": moment_words(at, zone), "utc": f"{at:%H:%M}"},
        )
        for at in instants
    ]


def _question(choices, wall, zone):
    said = {
        "time": formats.time_format(wall.time(), "H:i"),
        "day": formats.date_format(wall.date(), pgettext("day with weekday", "D j M Y")),
    }
    local = {datetime.fromisoformat(at).astimezone(moments.find_zone(zone)).time() for at, _words in choices}
    if len(local) == 1:
        return _("On %(day)s the clocks are put back, so %(time)s comes twice. Choose which one you mean.") % said
    return _("On %(day)s the clocks are put forward, so %(time)s does not exist. Choose the time you mean.") % said


class WhenForm(FactsForm, MomentForm):
    names = (
        "zone",
        "question_due_on",
        "question_due_time",
        "question_deadline",
        "response_due_on",
        "response_due_time",
        "response_deadline",
        "starts_on",
        "ends_on",
    )
    template = "writing/when_fields.html"

    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone of the deadlines"),
        help_text=gettext_lazy("That of the place where you are. Each reader sees the own time beside it."),
    )
    starts_on = forms.DateField(label=gettext_lazy("Contract from"), required=False, widget=DayInput())
    ends_on = forms.DateField(label=gettext_lazy("Contract until"), required=False, widget=DayInput())

    def __init__(self, data=None, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["zone"].choices = [(name, name.replace("_", " ")) for name in moments.zones()]
        self.add_moment("question", _("Questions until"), _("Time of day"))
        self.add_moment("response", _("Responses until"), _("Time of day"))
        for name in ("question", "response"):
            self._offer_what_was_chosen(name)

    def _offer_what_was_chosen(self, name):
        """A stored time that comes twice is shown with the reading that was chosen for it."""
        at, zone = self.facts[f"{name}_deadline"], self.facts["zone"]
        if at and not self.is_bound:
            there = datetime.fromisoformat(at).astimezone(moments.find_zone(zone)).replace(tzinfo=None, fold=0)
            try:
                moments.resolve(there, zone)
            except moments.TwoSuchTimes as unclear:
                self.offer_readings(name, readings(unclear, zone), initial=at)

    def shown(self, part):
        own_zone = self.person.time_zone if self.person else ""
        shown = part | {"zone": part["zone"] or own_zone}
        for name in ("question", "response"):
            shown |= {f"{name}_on": part[f"{name}_due_on"], f"{name}_time": (part[f"{name}_due_time"] or "")[:5]}
        return shown

    def clean(self):
        data = super().clean()
        for name in ("question", "response"):
            moment = self.moment(name, data.get("zone"))
            data |= {
                f"{name}_due_on": moment and moment.wall.date(),
                f"{name}_due_time": moment and moment.wall.time(),
                f"{name}_deadline": moment and moment.at.astimezone(UTC),
            }
            self._refuse_what_is_over(name, data[f"{name}_deadline"])
        self._check_order(data)
        return data

    def _refuse_what_is_over(self, name, at):
        """What has passed is refused when it is typed; it may stand where it stood."""
        stood = self.facts[f"{name}_deadline"]
        if at is not None and at <= timezone.now() and at.isoformat() != stood:
            self.add_error(f"{name}_on", _("This moment is over already."))

    def _check_order(self, data):
        asked, due = data["question_deadline"], data["response_deadline"]
        if asked and due and asked > due:
            self.add_error("question_on", _("Questions end before responses do."))
        if asked and not due and not self.errors:
            self.add_error("response_on", _("Questions have an end only where responses have one."))
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", _("The contract ends before it begins."))
