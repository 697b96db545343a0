from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.calls.responses import actions
from marketplace.calls.responses.models import Response
from marketplace.core.errors import RuleBroken
from marketplace.core.files import kinds, vault
from marketplace.core.files.inspection import MOST_BYTES
from marketplace.core.files.intake import MOST_AT_ONCE
from marketplace.core.templatetags.ui import money
from marketplace.core.vocab import currency
from suppliers.files.forms import DOCUMENTS_OFFERED, FilesField
from suppliers.registration.fields import AmountField, PlainTextField


class ResponseForm(forms.Form):
    """A draft as it is written. What can be kept of it is kept, whatever else is wrong with it."""

    message = PlainTextField(
        label=gettext_lazy("Your response"),
        max_length=20_000,
        required=False,
        help_text=gettext_lazy("What you offer, how and when, and what the buyer asks for. You may add files below."),
    )
    price = AmountField(label=gettext_lazy("Price without VAT"), required=False)
    files = FilesField(
        label=gettext_lazy("Add files"),
        offered=DOCUMENTS_OFFERED,
        required=False,
        help_text=format_lazy(
            gettext_lazy(
                "PDF, Word, Excel, OpenDocument or a photograph, up to {size} MB each, {together} MB at once "
                "and {most} files in all."
            ),
            size=MOST_BYTES // 1_000_000,
            together=MOST_AT_ONCE // 1_000_000,
            most=actions.MOST_FILES,
        ),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31)
    material = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**15)

    def __init__(self, data=None, files=None, *, lot, supplier, response):
        self.lot, self.supplier, self.response = lot, supplier, response
        self.conflict, self.differences = "", []
        super().__init__(data, files, initial=self._shown())
        label = _("Price without VAT, in %(currency)s") % {"currency": lot.call.currency}
        self.fields["price"].label = label

    def _shown(self):
        response, call = self.response, self.lot.call
        price = response.price if response else None
        return {
            "message": response.message if response else "",
            "price": "" if price is None else f"{currency.from_minor(price, call.currency):f}",
            "seen": response.version if response else 0,
            "material": call.material_number,
        }

    def clean_price(self):
        amount = self.cleaned_data["price"]
        if amount is None:
            return None
        try:
            return currency.to_minor(amount, self.lot.call.currency)
        except currency.InexactAmount as error:
            raise ValidationError(_("This currency has fewer decimals. Write a whole amount.")) from error

    def expected(self):
        """What this person means to hand over."""
        return self.cleaned_data["message"], self.cleaned_data["price"]

    def save(self, *, refused, by):
        """Keep all that can be kept, and say of each thing that cannot why not; whether all could."""
        is_whole = self.is_valid()
        try:
            self.response = actions.save_draft(
                self.lot,
                self.supplier,
                message=self._kept("message", ""),
                price=self._kept("price", None),
                seen=self.cleaned_data.get("seen") or 0,
                by=by,
            )
        except RuleBroken as broken:
            self._note_conflict(str(broken))
            return False
        self._keep_files(refused)
        self._show_anew()
        return is_whole and not self.errors

    def _kept(self, name, nothing):
        """What was typed, or what stood there where that cannot be understood."""
        if name in self.cleaned_data:
            return self.cleaned_data[name]
        return getattr(self.response, name) if self.response else nothing

    def _keep_files(self, refused):
        for file in self.cleaned_data.get("files") or []:
            try:
                with vault.received(file) as received:
                    actions.add_file(self.response, received)
            except RuleBroken as broken:
                refused = [*refused, (file.name, str(broken))]
        for name, reason in refused:
            self.add_error("files", f"{kinds.plain_name(name)}: {reason}")

    def _note_conflict(self, sentence):
        """What a colleague wrote beside what was typed; the same form sent again takes its place."""
        self.add_error(None, sentence)
        now = Response.objects.filter(lot=self.lot, supplier=self.supplier).first()
        if now is None:
            return
        sides = [("message", now.message, self._kept("message", ""))]
        sides.append(("price", self._amount(now.price), self._amount(self._kept("price", None))))
        self.conflict = sentence
        self.differences = [(self.fields[name].label, was, typed) for name, was, typed in sides if was != typed]
        self.response = now
        self._show_anew()

    def _amount(self, price):
        return "" if price is None else money(price, self.lot.call.currency)

    def _show_anew(self):
        """A page that comes back is up to date with the draft and with the call."""
        self.data = self.data.copy()
        self.data["seen"], self.data["material"] = self.response.version, self.lot.call.material_number
