"""The forms of the desk beyond the parts of a call: beginning, publishing, ending."""

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from marketplace.calls.authoring import actions
from marketplace.calls.writing.times import MomentForm
from suppliers.registration.fields import language_choices


class NewCallForm(forms.Form):
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=200,
        help_text=gettext_lazy("What is bought and where, as you would say it: “Cleaning of four schools in Leeds”."),
    )
    language = forms.ChoiceField(label=gettext_lazy("In which language do you write it?"))

    def __init__(self, data=None):
        super().__init__(data, initial={"language": (get_language() or "en")[:2]})
        self.fields["language"].choices = language_choices()

    def save(self, buyer, *, by):
        return actions.begin(buyer, **self.cleaned_data, by=by)


class PublishForm(MomentForm):
    """Now, or at a moment in the zone of the call."""

    when = forms.ChoiceField(
        label=gettext_lazy("When shall it come on show?"),
        choices=[("now", gettext_lazy("Now")), ("later", gettext_lazy("At a moment that I choose"))],
        initial="now",
        widget=forms.RadioSelect,
    )
    is_notice_settled = forms.BooleanField(
        label=gettext_lazy("The official notice is out by then, or the law asks for none below the threshold."),
        required=False,
    )

    def __init__(self, data=None, *, call):
        super().__init__(data)
        self.call = call
        self.add_moment("publish", _("Day"), _("Time of day"))
        # The box stands last.
        self.fields["is_notice_settled"] = self.fields.pop("is_notice_settled")
        if not actions.needs_word_on_notice(call):
            del self.fields["is_notice_settled"]

    def clean(self):
        data = super().clean()
        data["at"] = None
        if data.get("when") == "later":
            moment = self.moment("publish", self.call.zone)
            if moment is None:
                self._ask_for_day(data)
            elif moment.at <= timezone.now():
                self.add_error("publish_on", _("This moment is over already."))
            elif moment.at >= self.call.response_deadline:
                self.add_error("publish_on", _("The deadline for responses is over by then. Choose an earlier moment."))
            data["at"] = moment and moment.at
        if actions.needs_word_on_notice(self.call, data["at"]) and not data.get("is_notice_settled"):
            self._ask_for_word()
        return data

    def _ask_for_day(self, data):
        if not self.errors and data.get("publish_on") is None:
            self.add_error("publish_on", _("Say the day and the time of day."))

    def _ask_for_word(self):
        if "is_notice_settled" in self.fields:
            self.add_error("is_notice_settled", _("Tick the box once it is so: the law wants that order."))

    def save(self, *, by):
        is_settled = bool(self.cleaned_data.get("is_notice_settled"))
        return actions.publish(self.call, at=self.cleaned_data["at"], is_notice_settled=is_settled, by=by)


class EndingForm(forms.Form):
    """Why a publication is taken back or ended; the words stand on the page of the call."""

    words = forms.CharField(
        label=gettext_lazy("Why?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Everybody reads it on the page, and those concerned in a mail."),
    )
