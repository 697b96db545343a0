"""Whom a hidden message did not reach, so that staff can help: the organisation and its person, never the message."""

from collections import Counter
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from marketplace.accounts.models import Organisation, Representative, User
from marketplace.core import audit, unreached


def organisations() -> QuerySet[Organisation]:
    """Those that somebody acts for whom a hidden message did not reach."""
    missed = Representative.objects.filter(
        organisation=OuterRef("pk"), user__is_active=True, user__email__in=unreached.messages().values("to")
    )
    return Organisation.objects.filter(Exists(missed))


def of(organisation: Organisation) -> list[tuple[User, int]]:
    """Each such person of an organisation, with how many messages."""
    people = User.objects.filter(representations__organisation=organisation, is_active=True).order_by("full_name", "pk")
    missed = Counter(unreached.messages().filter(to__in=people.values("email")).values_list("to", flat=True))
    return [(person, missed[person.email]) for person in people if person.email in missed]


@transaction.atomic
def settle(organisation: Organisation, *, by: Any) -> None:
    """Staff have helped: what bounced until now is spoken of no more; a second time nothing happens."""
    addresses = [person.email for person, _number in of(organisation)]
    if addresses:
        unreached.messages().filter(to__in=addresses).update(seal="")
        audit.record("organisation.mail_settled", organisation, by=by)
