from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from suppliers.review import actions, receipts
from suppliers.review.models import PageReport


class SubmitForm(forms.Form):
    """The firm's yes, to the very version and language that it was shown, and its answer to a verdict before."""

    answer = forms.CharField(
        label=_("Your answer to our staff"),
        help_text=_("They see it beside your profile. If you think that we were wrong, say why."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    text_version = forms.CharField(widget=forms.HiddenInput, max_length=20)
    text_language = forms.CharField(widget=forms.HiddenInput, max_length=10)
    agrees = forms.BooleanField(error_messages={"required": _("Tick the box, or nothing can be sent.")})

    def __init__(self, *args, is_answer, **kwargs):
        language = receipts.language_of(get_language())
        self.text = receipts.text_of(receipts.CURRENT, language)
        initial = {"text_version": receipts.CURRENT, "text_language": language}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["agrees"].label = self.text.agreement
        if not is_answer:
            del self.fields["answer"]

    def save(self, supplier, *, by):
        return actions.submit_supplier(
            supplier,
            receipt_text_version=self.cleaned_data["text_version"],
            language=self.cleaned_data["text_language"],
            answer=self.cleaned_data.get("answer", ""),
            by=by,
        )


class SuspensionAnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Write to our staff"),
        help_text=_("Say what you have changed, or why you think that we are wrong. We answer by mail."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def save(self, supplier, *, by):
        actions.answer_suspension(supplier, **self.cleaned_data, by=by)


class PageReportForm(forms.ModelForm):
    #: People do not see it and leave it empty; machines that fill every field give themselves away.
    website = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    field_order = ["reason", "words", "email", "website"]

    class Meta:
        model = PageReport
        fields = ["reason", "words", "email"]
        widgets = {
            "reason": forms.RadioSelect,
            "words": forms.Textarea(attrs={"rows": 6}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }
        help_texts = {
            "words": _("What is wrong, and how do you know? The firm does not see who wrote this, nor the words."),
            "email": _("Only for our answer. We delete it half a year later."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = PageReport.Reason.choices

    @property
    def is_by_a_machine(self):
        return bool(self.data.get("website"))

    def save(self, supplier):
        facts = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return actions.report_page(supplier, **facts, language=get_language())


def _prose(label, help_text):
    return forms.CharField(label=label, help_text=help_text, max_length=2000, widget=forms.Textarea(attrs={"rows": 6}))


class QuestionForm(forms.Form):
    words = _prose(_("Your question"), _("It goes by mail to those who administer the firm, in just these words."))


class ReasonForm(forms.Form):
    words = _prose(
        _("The reason"),
        _("It goes by mail to those who administer the firm, in just these words: say what they can do about it."),
    )


class LiftForm(forms.Form):
    words = _prose(_("A word to the firm"), _("It goes by mail to those who administer the firm."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["words"].required = False


class ReportAnswerForm(forms.Form):
    answer = _prose(
        _("Your answer"), _("With the reason. It goes by mail to the person who reported, if there is an address.")
    )
    note = forms.CharField(
        label=_("What was done"), help_text=_("For colleagues; neither side reads it."), max_length=300
    )


class ReportSuspendForm(forms.Form):
    words = _prose(
        _("The reason, for the firm"),
        _("It goes by mail to those who administer the firm. Do not say that or by whom the page was reported."),
    )
    answer = _prose(_("Your answer, for the person who reported"), _("It goes by mail, if there is an address."))
