"""Shortlists: for those who act for a member buyer; viewers read them."""

from tests.architecture.access import POST_ALONE, Row, foreign, own

READERS = (302, 404, 200, 200, 404)
WRITERS = (302, 404, 403, 200, 404)
WRITERS_REFUSED = (302, 404, 403, 422, 404)
WRITERS_AWAY = (302, 404, 403, 302, 404)

TABLE = {
    "workspace/shortlists/": Row(get=READERS, post=WRITERS_REFUSED),
    "workspace/shortlists/add/<slug:slug>/": Row(
        get=WRITERS, post=WRITERS_REFUSED, values=lambda world: {"slug": world.rows["shortlisted_slug"]}
    ),
    "workspace/shortlists/<int:pk>/": Row(get=READERS, values=own("shortlist"), foreign=foreign("shortlist")),
    "workspace/shortlists/<int:pk>/edit/": Row(
        get=WRITERS, post=WRITERS_REFUSED, values=own("shortlist"), foreign=foreign("shortlist")
    ),
    "workspace/shortlists/<int:pk>/delete/": Row(
        get=POST_ALONE, post=WRITERS_AWAY, values=own("shortlist_to_delete"), foreign=foreign("shortlist_to_delete")
    ),
    "workspace/shortlists/<int:pk>/compare/": Row(get=READERS, values=own("shortlist"), foreign=foreign("shortlist")),
    "workspace/shortlists/<int:pk>/export/": Row(get=READERS, values=own("shortlist"), foreign=foreign("shortlist")),
    "workspace/shortlists/entries/<int:pk>/note/": Row(
        get=WRITERS, post=WRITERS_REFUSED, values=own("shortlist_entry"), foreign=foreign("shortlist_entry")
    ),
    "workspace/shortlists/entries/<int:pk>/remove/": Row(
        get=POST_ALONE, post=WRITERS_AWAY, values=own("entry_to_remove"), foreign=foreign("entry_to_remove")
    ),
}


def add_rows(rows, organisation, administrator):
    from tests.factories.introductions import ShortlistEntryFactory, ShortlistFactory

    buyer = member_buyer(organisation)
    shortlist = ShortlistFactory(buyer=buyer)
    entry = ShortlistEntryFactory(shortlist=shortlist)
    rows |= {
        "shortlist": shortlist,
        "shortlist_to_delete": ShortlistFactory(buyer=buyer),
        "shortlist_entry": entry,
        "entry_to_remove": ShortlistEntryFactory(shortlist=shortlist),
        "shortlisted_slug": entry.supplier.slug,
    }


def member_buyer(organisation):
    """The organisation's buying side, as a member with everything; made if it is not there."""
    from buyers.models import Buyer
    from tests.factories.billing import GrantFactory
    from tests.factories.introductions import BuyerFactory

    if not organisation.grants.exists():
        GrantFactory(organisation=organisation, everything=True)
    return Buyer.objects.filter(organisation=organisation).first() or BuyerFactory(organisation=organisation)


def add_shortlist(person, number):
    from tests.factories.introductions import ShortlistEntryFactory, ShortlistFactory

    ShortlistEntryFactory(shortlist=ShortlistFactory(buyer=member_buyer(person.organisation)))


LISTS = {"/workspace/shortlists/": ("omar", add_shortlist)}
