"""Where a profile stands on its way to being listed, for the firm's own pages."""

from dataclasses import dataclass, field
from datetime import date

from suppliers.models import Supplier
from suppliers.registration import steps
from suppliers.review.models import Verdict
from suppliers.review.promise import review_day
from suppliers.review.readiness import Lack, what_is_missing, what_stands_in_the_way

UNSENT = {"draft", "asked", "refused"}


@dataclass(frozen=True)
class Standing:
    """`name` is one of none, draft, asked, refused, waiting, listed, hidden and suspended."""

    name: str
    #: What staff told the firm, where that is why the profile stands here.
    words: str = ""
    #: By when the firm hears from us; for a waiting profile.
    review_day: date | None = None
    #: What must be there before it can be sent, each with the page where it is mended.
    lacks: list[Lack] = field(default_factory=list)
    obstacles: list[str] = field(default_factory=list)
    #: Where the way goes on; "" when nothing is missing.
    next_url: str = ""

    @property
    def is_unsent(self) -> bool:
        return self.name in UNSENT


def own_profile(organisation):
    """The organisation's supplier with all that the steps ask of it, or None."""
    rows = Supplier.objects.filter(organisation=organisation).select_related("organisation")
    return rows.prefetch_related("texts", "capabilities", "references", "documents", "pictures").first()


def standing_of(supplier):
    """For the firm's supplier, or for None while it has none."""
    if supplier is None:
        return Standing("none", next_url=steps.FLOW[0].url)
    if supplier.suspended_at:
        return Standing("suspended", words=_told(supplier, Verdict.Kind.SUSPENDED))
    if supplier.submitted_at is None:
        return _unsent(supplier)
    if supplier.hidden_at:
        return Standing("hidden")
    if supplier.listed_at:
        return Standing("listed")
    return Standing("waiting", review_day=review_day(supplier.submitted_at, supplier.organisation.country))


def _unsent(supplier):
    verdict = _last_verdict(supplier)
    is_sent_back = verdict is not None and verdict.kind in {Verdict.Kind.ASKED, Verdict.Kind.REFUSED}
    lacks = what_is_missing(supplier)
    return Standing(
        str(verdict.kind) if is_sent_back else "draft",
        words=verdict.words if is_sent_back else "",
        lacks=lacks,
        obstacles=what_stands_in_the_way(supplier),
        next_url=lacks[0].url if lacks else "",
    )


def _told(supplier, kind):
    verdict = _last_verdict(supplier)
    return verdict.words if verdict and verdict.kind == kind else ""


def _last_verdict(supplier):
    return Verdict.objects.filter(supplier=supplier).newest_first().first()
