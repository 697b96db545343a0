"""The way from nothing to a call that can be published, as data. Every step is a page of its own that can be left."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy, ngettext

from marketplace.calls.models import Route
from marketplace.calls.writing import forms, lots, times
from marketplace.core.templatetags.ui import moment_words


@dataclass(frozen=True)
class Step:
    """`said(call, facts)` is what the call holds of it, in one line; "" while it holds nothing."""

    slug: str
    title: Any
    lead: Any
    said: Callable[[Any, dict], str]
    form: type[forms.FactsForm] | None = None
    #: For what has a page of its own elsewhere.
    url_name: str = ""

    def url(self, call):
        """ "" where its room has no such page."""
        try:
            if self.url_name:
                return reverse(self.url_name, kwargs={"slug": call.slug})
            return reverse("call-step", kwargs={"slug": call.slug, "step": self.slug})
        except NoReverseMatch:
            return ""


def _what(call, facts):
    return facts["description"] and facts["title"]


def _lots(call, facts):
    return lots.said(facts) if all(lot["cpv"] for lot in facts["lots"]) else ""


def _when(call, facts):
    deadline = facts["response_deadline"]
    return moment_words(datetime.fromisoformat(deadline), facts["zone"]) if deadline else ""


def _who(call, facts):
    is_open = facts["route"] == Route.PORTAL and not facts["portal_url"]
    return "" if is_open else str(Route(facts["route"]).label)


def _documents(call, facts):
    number = call.documents.current().count()
    return ngettext("%(number)s document", "%(number)s documents", number) % {"number": number} if number else ""


def _clauses(call, facts):
    number = call.clauses.count()
    return ngettext("%(number)s clause", "%(number)s clauses", number) % {"number": number} if number else ""


#: One after the other; the last page, on which it is looked at and published, comes after them.
FLOW = (
    Step(
        "what",
        gettext_lazy("What you need"),
        gettext_lazy("The first thing a firm reads. Say it plainly: it decides whether anybody reads on."),
        _what,
        forms.WhatForm,
    ),
    Step(
        "lots",
        gettext_lazy("Lots"),
        gettext_lazy("Each lot is awarded by itself. Small lots let small firms respond."),
        _lots,
        url_name="call-lots",
    ),
    Step(
        "when",
        gettext_lazy("Deadlines"),
        gettext_lazy("Until when questions and responses are taken, and when the contract runs."),
        _when,
        times.WhenForm,
    ),
    Step(
        "who",
        gettext_lazy("Who and where"),
        gettext_lazy("Who may see the call, and where responses go."),
        _who,
        forms.WhoForm,
    ),
    Step(
        "documents",
        gettext_lazy("Documents"),
        gettext_lazy("Descriptions, conditions and forms, for everybody who may see the call."),
        _documents,
        url_name="call-document-list",
    ),
    Step(
        "clauses",
        gettext_lazy("Equality clauses"),
        gettext_lazy("Ready texts that make equality part of the contract, with their legal basis."),
        _clauses,
        url_name="call-clauses",
    ),
)


def find(slug):
    """The step with a form under this slug, or None."""
    return next((step for step in FLOW if step.slug == slug and step.form), None)


def of_slug(slug):
    return next(step for step in FLOW if step.slug == slug)


def after(step, call):
    """The address of the next page."""
    rest = FLOW[FLOW.index(step) + 1 :]
    found = next((url for each in rest if (url := each.url(call))), "")
    return found or reverse("call-check", kwargs={"slug": call.slug})


def trail(current, call, facts):
    """All steps as the component `steps` shows them, with this one as the current one; None is the last page."""
    found = [
        {
            "label": step.title,
            "url": step.url(call),
            "state": "current" if step is current else "done" if step.said(call, facts) else "later",
        }
        for step in FLOW
        if step.url(call)
    ]
    last = reverse("call-check", kwargs={"slug": call.slug})
    return [
        *found,
        {"label": gettext_lazy("Check and publish"), "url": last, "state": "later" if current else "current"},
    ]
