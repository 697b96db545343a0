"""What staff do with the machinery of the ground floor."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.core import audit, queue
from marketplace.core.errors import RuleBroken
from marketplace.core.models import OutboxMessage
from marketplace.core.outbox import DELIVER


@transaction.atomic
def try_message_again(message: OutboxMessage, *, by: Any) -> None:
    """Send a delayed or failed mail now; refused when it has gone, is going, or its code or link was erased."""
    now = timezone.now()
    message = OutboxMessage.objects.select_for_update().get(pk=message.pk)
    if message.sent_at or (message.claimed_until and message.claimed_until > now):
        raise RuleBroken(_("This mail has been sent or is being sent now."))
    if message.failed_at and names_missing_from(message):
        raise RuleBroken(
            _("The code or link in this mail was erased when it failed. The person can ask for a new one.")
        )
    waiting_or_failed = OutboxMessage.objects.filter(Q(sent_at=None), pk=message.pk)
    waiting_or_failed.update(failed_at=None, next_attempt_at=now, claimed_until=None)
    audit.record("mail.tried_again", message, by=by)
    queue.after_commit(DELIVER, message.pk)


class _Noting(Context):
    """A context that notes every name a template asks for in vain."""

    def __init__(self, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.missing: set[str] = set()

    def __getitem__(self, key: Any) -> Any:
        try:
            return super().__getitem__(key)
        except KeyError:
            self.missing.add(key)
            raise

    def get(self, key: Any, otherwise: Any = None) -> Any:
        try:
            return self[key]
        except KeyError:
            return otherwise


def names_missing_from(message: OutboxMessage) -> set[str]:
    """What the text of a mail names and its stored context no longer holds: its sealed codes and links."""
    context = _Noting(message.context | {"public_url": ""})
    if not message.sealed:
        get_template(f"{message.template}.txt").template.render(context)  # type: ignore[attr-defined]
    return context.missing
