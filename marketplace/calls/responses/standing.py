"""Where a firm stands with a lot, for its own pages."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from marketplace.calls.responses.models import Response, Submission

WORDS = {
    "none": (_("Not begun"), "plain"),
    "draft": (_("Draft, not submitted"), "warning"),
    "unsent": (_("Never submitted"), "plain"),
    "submitted": (_("Submitted"), "good"),
    "waiting": (_("To be confirmed"), "warning"),
    "withdrawn": (_("Taken back"), "plain"),
    "lapsed": (_("Not confirmed in time"), "bad"),
    "opened": (_("Opened by the buyer"), "good"),
    "ended": (_("Call ended, stays sealed"), "plain"),
}


@dataclass(frozen=True)
class Standing:
    """`submission` is the one that was handed over and not taken back, if any."""

    state: str
    submission: Submission | None = None

    @property
    def words(self) -> Any:
        return WORDS[self.state][0]

    @property
    def kind(self) -> str:
        return WORDS[self.state][1]


def standing(response, call, lot):
    """Reads the submissions that the response was loaded with; `response` may be None."""
    if response is None:
        return Standing("none")
    submissions = list(response.submissions.all())
    submission = next((each for each in submissions if each.is_standing), None)
    is_over = not call.is_open() or not lot.is_standing
    if submission is None:
        state = "withdrawn" if submissions else "unsent" if is_over else "draft"
    elif (call.withdrawn_at or call.cancelled_at or not lot.is_standing) and not call.opened_at:
        state = "ended"
    elif submission.confirmed_for < call.material_number:
        state = "lapsed" if is_over else "waiting"
    else:
        state = "opened" if call.opened_at else "submitted"
    return Standing(state, submission)


def responses_of(supplier):
    """All of a firm, the nearest deadline last, with what a page of them needs in two queries."""
    rows = Response.objects.filter(supplier=supplier).select_related("lot__call__buyer__organisation")
    submissions = Prefetch("submissions", Submission.objects.order_by("number"))
    return rows.prefetch_related(submissions).order_by("-lot__call__response_deadline", "lot__call", "lot__number")
