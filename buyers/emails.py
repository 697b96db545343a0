"""The mails about the buying side of an organisation, to those who administer it."""

from marketplace.accounts.emails import address_of
from marketplace.accounts.models import Representative
from marketplace.core import outbox

ROOM = "buyers/email/"


def _to_administrators(name, buyer, **context):
    organisation = buyer.organisation
    rows = Representative.objects.administrators().filter(organisation=organisation, user__is_active=True)
    for row in rows.select_related("user").order_by("pk"):
        outbox.post(
            ROOM + name,
            to=row.user.email,
            about=[buyer, organisation],
            language=row.user.language,
            organisation=organisation.name,
            link=address_of("buying", row.user.language),
            **context,
        )


def buyer_cleared(buyer):
    _to_administrators("buyer_cleared", buyer)


def buyer_refused(buyer):
    _to_administrators("buyer_refused", buyer, words=buyer.refused_because)
