"""The lots of a call as facts: the form of one, and what becomes of the list."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.calls.facts import fingerprint
from marketplace.calls.law.models import Reservation
from marketplace.calls.writing.forms import FactsForm
from marketplace.core.vocab import currency
from marketplace.core.vocab.fields import RegionsField, ServicesField
from suppliers.registration.fields import AmountField, PlainTextField

NAMES = ("title", "description", "cpv", "regions", "value_from", "value_to", "reservation_id", "reservation_grounds")
BLANK = {
    "title": "",
    "description": "",
    "cpv": [],
    "regions": [],
    "value_from": None,
    "value_to": None,
    "reservation_id": None,
    "reservation_grounds": "",
}


def find(facts, number):
    """The lot of that number, or None."""
    return next((lot for lot in facts["lots"] if lot["number"] == number), None)


def without(facts, number):
    """The facts without that lot."""
    return facts | {"lots": [lot for lot in facts["lots"] if lot["number"] != number]}


class LotForm(FactsForm):
    """One lot; with `number=None` a new one, which is added once however often it is sent."""

    names = NAMES
    template = "writing/lot_fields.html"

    title = forms.CharField(label=gettext_lazy("Title of the lot"), max_length=200)
    description = PlainTextField(
        label=gettext_lazy("Description of the lot"),
        max_length=5_000,
        required=False,
        help_text=gettext_lazy("What is special about this part: places, amounts, times."),
    )
    cpv = ServicesField(
        label=gettext_lazy("What is bought?"),
        words_label=gettext_lazy("What do you need? (everyday words, any language)"),
        required=False,
        help_text=gettext_lazy("Firms find the lot by these. The first one that you tick is the main one."),
    )
    regions = RegionsField(
        label=gettext_lazy("Where?"),
        required=False,
        help_text=gettext_lazy("Where the work is done or the goods are delivered."),
    )
    low = AmountField(label=gettext_lazy("Value from"), required=False)
    high = AmountField(label=gettext_lazy("Value up to"), required=False)
    reservation = forms.ModelChoiceField(
        None,
        label=gettext_lazy("Reserved by law for"),
        required=False,
        empty_label=gettext_lazy("Nobody: open to every firm"),
        help_text=gettext_lazy("Only what your law allows stands here. It speaks of what a firm is by law."),
    )
    reservation_grounds = PlainTextField(
        label=gettext_lazy("Grounds of the reservation"),
        max_length=1_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Why this lot may be reserved. It is published with the lot."),
    )

    def __init__(self, data=None, *, facts, number=None, **kwargs):
        self.number, self.lot = number, find(facts, number)
        super().__init__(data, facts=facts, **kwargs)
        if number is None:
            self.fields["seen"].initial = self._sign_of_all()
        offered = self._offered()
        self.fields["reservation"].queryset = offered
        if not offered:
            del self.fields["reservation"], self.fields["reservation_grounds"]

    def _offered(self):
        """What the law of the call allows today; to a company nothing."""
        if not self.call.is_of_authority:
            return Reservation.objects.none()
        return Reservation.objects.in_force().filter(jurisdiction=self.call.jurisdiction_id)

    def _sign_of_all(self):
        return fingerprint([lot["number"] for lot in self.facts["lots"]])

    def part(self):
        return {name: self.lot[name] for name in NAMES} if self.lot else BLANK

    def shown(self, part):
        code = self.facts["currency"]
        amounts = {"low": part["value_from"], "high": part["value_to"]}
        typed = {
            name: "" if minor is None else f"{currency.from_minor(minor, code).normalize():f}"
            for name, minor in amounts.items()
        }
        return part | typed | {"reservation": part["reservation_id"]}

    def clean(self):
        data = super().clean()
        for name, field in (("value_from", "low"), ("value_to", "high")):
            data[name] = self._minor(field)
        if data["value_from"] is not None and data["value_to"] is not None and data["value_to"] < data["value_from"]:
            self.add_error("high", _("The upper value is below the lower one."))
        self._clean_reservation(data)
        return data

    def _minor(self, field):
        amount = self.cleaned_data.get(field)
        if amount is None:
            return None
        try:
            return currency.to_minor(amount, self.facts["currency"])
        except currency.InexactAmount:
            self.add_error(field, _("This currency has no such decimals."))
            return None

    def _clean_reservation(self, data):
        """Where the law offers none, the lot has none."""
        reservation, grounds = data.get("reservation"), data.setdefault("reservation_grounds", "")
        data["reservation_id"] = reservation.pk if reservation else None
        if reservation and not grounds:
            self.add_error("reservation_grounds", _("Say on which grounds the lot is reserved."))
        if grounds and not reservation and "reservation" not in self.errors:
            self.add_error("reservation", _("Say for whom the lot is reserved, or empty the grounds."))

    def values(self):
        typed = super().values()
        return self.part() | typed

    def facts_after(self):
        lots = self.facts["lots"]
        if self.lot:
            changed = [lot | self.values() if lot is self.lot else lot for lot in lots]
        elif self._is_repeated():
            changed = lots
        else:
            changed = [*lots, {"number": self._free_number()} | self.values()]
        return self.facts | {"lots": changed}

    def _is_repeated(self):
        """A new lot that came a moment ago already, by a double press."""
        if self.number is not None or self.cleaned_data.get("seen") == self._sign_of_all():
            return False
        return any(lot | self.values() == lot for lot in self.facts["lots"])

    def _free_number(self):
        """One that no lot of the call ever had."""
        used = [lot["number"] for lot in self.facts["lots"]]
        return max([0, *used, *self.call.lots.values_list("number", flat=True)]) + 1

    def note_conflict(self):
        """A new lot conflicts with nothing; one that a colleague took out comes back when it is sent again."""
        if self.number is None:
            return False
        is_conflict = super().note_conflict()
        if is_conflict and self.lot is None:
            self.conflict = _("Somebody else has removed this lot while you were editing.")
        return is_conflict


def said(facts):
    """The titles of all lots, in one line."""
    return ", ".join(lot["title"] for lot in facts["lots"])
