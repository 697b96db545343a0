import re

from django import forms
from django.db.models import Q
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from marketplace.calls.questions import actions
from suppliers.registration.fields import PlainTextField

LONGEST_ANSWER = 5_000
ANSWER = re.compile(r"answer_[0-9]{1,18}")


class QuestionForm(forms.Form):
    lot = forms.ModelChoiceField(label=gettext_lazy("What is it about?"), queryset=None, required=False)
    text = PlainTextField(
        label=gettext_lazy("Your question"),
        max_length=2_000,
        help_text=gettext_lazy(
            "It is published as you write it, with the answer and without your name. Do not say who you are in it."
        ),
    )

    def __init__(self, data=None, *, call):
        super().__init__(data)
        self.call = call
        self.fields["lot"].queryset = call.lots.standing()
        self.fields["lot"].empty_label = _("The whole call")
        self.fields["lot"].label_from_instance = lambda lot: (
            _("Lot %(number)s: %(title)s")
            % {
                "number": lot.number,
                "title": lot.title,
            }
        )

    def save(self, organisation, *, by, at):
        return actions.ask_question(
            self.call, organisation, **self.cleaned_data, language=(get_language() or "en")[:2], by=by, at=at
        )


class AnswersForm(forms.Form):
    """A box for each question that waits; those left empty wait on."""

    def __init__(self, data=None, *, call):
        super().__init__(data)
        self.call = call
        # Those that a colleague answered meanwhile as well: what was typed for them must not be lost unseen.
        sent = [name.removeprefix("answer_") for name in self.data if name.startswith("answer_")]
        wanted = Q(answered_at=None) | Q(
            pk__in=[int(pk) for pk in sent if pk.isascii() and pk.isdigit() and len(pk) < 19]
        )
        self.questions = list(call.questions.filter(wanted).select_related("lot"))
        for question in self.questions:
            field = PlainTextField(label=_("Your answer"), max_length=LONGEST_ANSWER, required=False)
            field.widget.attrs["rows"] = 4
            self.fields[f"answer_{question.pk}"] = field

    def rows(self):
        """(question, its field) for the page."""
        return [(question, self[f"answer_{question.pk}"]) for question in self.questions]

    def clean(self):
        cleaned = super().clean()
        if not any(cleaned.values()) and not self.errors:
            self.add_error(None, _("Write an answer to at least one question."))
        return cleaned

    def save(self, *, by):
        typed = {question.pk: self.cleaned_data[f"answer_{question.pk}"] for question in self.questions}
        return actions.answer_questions(self.call, {pk: words for pk, words in typed.items() if words}, by=by)
