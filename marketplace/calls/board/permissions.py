from dataclasses import dataclass, field

from django.db.models import Exists

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
    if not user.is_authenticated:
        return Reader()
    if user.is_staff:
        return Reader(is_member=True)
    grants = Grant.objects.valid().giving(Entitlement.DIRECTORY).filter(organisation__representatives__user=user)
    sells = Representative.objects.filter(
        user=user,
        organisation__supplier__listed_at__isnull=False,
        organisation__supplier__hidden_at=None,
        organisation__supplier__suspended_at=None,
    )
    acts = Representative.objects.filter(user=user).annotate(is_member=Exists(grants) | Exists(sells))
    rows = list(acts.values_list("is_member", "organisation__buyer"))
    return Reader(any(is_member for is_member, _buyer in rows), [buyer for _is_member, buyer in rows if buyer])
