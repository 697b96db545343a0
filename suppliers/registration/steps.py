"""The way from nothing to a profile that can be sent, as data. Every step is a page of its own that can be left."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from suppliers.registration import forms, words


@dataclass(frozen=True)
class Step:
    """`said(supplier)` is what a begun profile holds of it, in one line; "" while it holds nothing."""

    slug: str
    title: Any
    lead: Any
    said: Callable[[Any], str]
    form: type[forms.StepForm] | None = None
    is_needed: bool = False
    #: How its fields stand on the page, where that is not one below the other.
    template: str = "registration/fields.html"
    #: For what has a page of its own elsewhere.
    url_name: str = ""

    @property
    def url(self):
        return reverse(self.url_name) if self.url_name else reverse("profile-step", kwargs={"step": self.slug})


def _what_we_do(supplier):
    others = [words.language_name(text.language) for text in supplier.texts.all()]
    if not supplier.summary:
        return ""
    return ", ".join([words.language_name(supplier.summary_language), *others])


def _services(supplier):
    return ", ".join(words.service_name(service.cpv) for service in supplier.capabilities.all())


def _own_words(supplier):
    return ", ".join(service.words for service in supplier.capabilities.all() if service.words)


def _where(supplier):
    everywhere = [_("All of Europe")] if supplier.serves_europe else []
    return ", ".join([*everywhere, *([words.region_names(supplier.regions)] if supplier.regions else [])])


def _about(supplier):
    return words.language_names(supplier.languages)


def _references(supplier):
    number = len(supplier.references.all())
    return ngettext("%(number)s reference", "%(number)s references", number) % {"number": number} if number else ""


def _documents(supplier):
    number = len(supplier.documents.all())
    return ngettext("%(number)s document", "%(number)s documents", number) % {"number": number} if number else ""


def _pictures(supplier):
    number = len(supplier.pictures.all())
    return ngettext("%(number)s picture", "%(number)s pictures", number) % {"number": number} if number else ""


def _show(supplier):
    seen_by = supplier.get_audience_display()
    return f"{seen_by}, {_('with the street')}" if supplier.shows_street else str(seen_by)


REFERENCES = Step(
    "references",
    gettext_lazy("Past work"),
    gettext_lazy("Work that you have done for somebody. Members of the network see it, visitors do not."),
    _references,
    url_name="reference-list",
)
#: One after the other, from the first page to the last.
FLOW = (
    Step(
        "what-we-do",
        gettext_lazy("What you do"),
        gettext_lazy("The first thing a buyer reads. Write as you would speak."),
        _what_we_do,
        forms.WhatWeDoForm,
        is_needed=True,
        template="registration/what_we_do.html",
    ),
    Step(
        "services",
        gettext_lazy("Your services"),
        gettext_lazy("Buyers find you by these, also buyers who search in another language."),
        _services,
        forms.ServicesForm,
        is_needed=True,
    ),
    Step(
        "where",
        gettext_lazy("Where you work"),
        gettext_lazy("Where you can deliver, not only where you are."),
        _where,
        forms.WhereForm,
        is_needed=True,
    ),
    Step(
        "about",
        gettext_lazy("About your firm"),
        gettext_lazy("Only the languages are needed. The rest helps buyers to see what you can carry."),
        _about,
        forms.AboutForm,
        is_needed=True,
    ),
    Step(
        "own-words",
        gettext_lazy("Services in your own words"),
        gettext_lazy("Say what is special about a service, and which one is your main one."),
        _own_words,
        forms.OwnWordsForm,
        template="registration/own_words.html",
    ),
    REFERENCES,
    Step(
        "show",
        gettext_lazy("Who sees you"),
        gettext_lazy("You decide, and you can change your mind."),
        _show,
        forms.ShowForm,
    ),
)
#: What makes a profile stronger and has pages of its own, once there is a profile.
EXTRAS = (
    Step(
        "documents",
        gettext_lazy("Documents"),
        gettext_lazy("Insurance, ISO certificates, registration: private until you share them."),
        _documents,
        url_name="document-list",
    ),
    Step(
        "pictures",
        gettext_lazy("Logo and pictures"),
        gettext_lazy("A photo of your work says more than a page of words. Your phone's camera will do."),
        _pictures,
        url_name="picture-list",
    ),
)


def all_for(supplier):
    return (*FLOW, *EXTRAS) if supplier else FLOW


def find(slug):
    """The step with a form under this slug, or None."""
    return next((step for step in FLOW if step.slug == slug and step.form), None)


def before(step):
    place = FLOW.index(step)
    return FLOW[place - 1] if place else None


def after(step):
    """The next one; None after the last."""
    place = FLOW.index(step) + 1
    return FLOW[place] if place < len(FLOW) else None


def trail(current, supplier):
    """All steps as the component `steps` shows them, with this one as the current one."""
    return [
        {
            "label": step.title,
            "url": step.url,
            "state": "current" if step is current else "done" if supplier.pk and step.said(supplier) else "later",
        }
        for step in FLOW
    ]
