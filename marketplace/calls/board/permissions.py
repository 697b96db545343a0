from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q

from marketplace.accounts.models import Representative
from marketplace.billing.models import Entitlement, Grant


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose calls for members only somebody may find: `Call.objects.visible_to`, told to a search by numbers."""

    is_member: bool = False
    #: The buyers that the person acts for.
    buyers: list[int] = field(default_factory=list)


def reader_of(user):
    """One query for whoever is signed in, none for a visitor."""
    return readers_of([user])[user.pk] if user.is_authenticated else Reader()


def readers_of(users):
    """The same for many people by their numbers, in one query."""
    found = {user.pk: Reader(is_member=user.is_staff) for user in users}
    others = [user.pk for user in users if not user.is_staff]
    if others:
        grants = Grant.objects.valid().giving(Entitlement.DIRECTORY).filter(organisation=OuterRef("organisation"))
        is_listed = Q(
            organisation__supplier__listed_at__isnull=False,
            organisation__supplier__hidden_at=None,
            organisation__supplier__suspended_at=None,
        )
        acts = Representative.objects.filter(user__in=others).annotate(is_member=Exists(grants) | is_listed)
        for user, is_member, buyer in acts.values_list("user", "is_member", "organisation__buyer"):
            known = found[user]
            found[user] = Reader(known.is_member or is_member, [*known.buyers, buyer] if buyer else known.buyers)
    return found
