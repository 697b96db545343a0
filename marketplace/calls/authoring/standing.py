"""Where a draft stands on its way to being published, for the buyer's own pages."""

from dataclasses import dataclass

from django.urls import reverse

from marketplace.calls.authoring import actions, steps
from marketplace.calls.writing import lacks


@dataclass(frozen=True)
class Standing:
    """`lacks` is [(words, address of the page where it is mended)]."""

    lacks: list[tuple[str, str]]
    is_cleared: bool
    #: Its law wants the official notice first, and the call does not say that it is out.
    is_before_notice: bool

    @property
    def may_publish(self):
        return self.is_cleared and not self.lacks

    @property
    def next_url(self):
        """Where the way goes on; "" when nothing is missing."""
        return self.lacks[0][1] if self.lacks else ""


def standing_of(call, facts):
    found = lacks.of(call, facts) if call.publish_at is None else []
    return Standing(
        lacks=[(lack.words, _address(call, lack)) for lack in found],
        is_cleared=call.buyer.is_cleared,
        is_before_notice=call.publish_at is None and actions.needs_word_on_notice(call),
    )


def _address(call, lack):
    if lack.lot is not None:
        return reverse("call-lot", kwargs={"slug": call.slug, "number": lack.lot})
    return steps.of_slug(lack.step).url(call)
