"""What buyers do with their shortlists. The caller has checked who asks; these check whether it may be."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from buyers.models import Buyer
from marketplace.core import audit
from marketplace.core.errors import RuleBroken
from marketplace.introductions.models import Shortlist, ShortlistEntry
from marketplace.introductions.permissions import can_keep_shortlists

#: More than a person can oversee; an export holds as many firms.
LISTS_AT_MOST = 200
FIRMS_AT_MOST = 1000


@transaction.atomic
def start_shortlist(buyer, *, name, note="", by):
    """A new list; a name that the buyer has used already, whatever its capitals, gives that list."""
    _require_membership(buyer)
    Buyer.objects.select_for_update(no_key=True).get(pk=buyer.pk)
    if known := buyer.shortlists.filter(name__iexact=name).first():
        return known
    if buyer.shortlists.count() >= LISTS_AT_MOST:
        raise RuleBroken(_("You have %(limit)s shortlists: delete one that is done first.") % {"limit": LISTS_AT_MOST})
    shortlist = Shortlist.objects.create(buyer=buyer, name=name, note=note, created_by=by)
    audit.record("shortlist.started", shortlist, by=by, organisation=buyer.organisation_id)
    return shortlist


@transaction.atomic
def change_shortlist(shortlist, *, name, note, version, by):
    """Another name or note; refused when a colleague changed them since `version` was read."""
    _require_membership(shortlist.buyer)
    rows = Shortlist.objects.filter(pk=shortlist.pk, version=version)
    try:
        with transaction.atomic():
            changed = rows.update(name=name, note=note, changed_at=timezone.now(), version=F("version") + 1)
    except IntegrityError as error:
        raise RuleBroken(_("You have another shortlist of this name.")) from error
    if not changed:
        raise RuleBroken(_("A colleague changed this list while you were writing. Look at it again."))
    shortlist.refresh_from_db()
    audit.record("shortlist.changed", shortlist, by=by)


@transaction.atomic
def delete_shortlist(shortlist, *, by):
    """It and its notes are gone for all who act for the buyer; a second press changes nothing."""
    if rows := Shortlist.objects.filter(pk=shortlist.pk):
        audit.record("shortlist.deleted", shortlist, by=by, organisation=shortlist.buyer.organisation_id)
        rows.delete()


@transaction.atomic
def add_to_shortlist(shortlist, *, supplier, by):
    """Put a listed firm on the list; one that stands there already stays as it is, with its note."""
    _require_membership(shortlist.buyer)
    if not supplier.is_listed:
        raise RuleBroken(_("This firm is not listed, so it cannot be put on a shortlist."))
    Shortlist.objects.select_for_update(no_key=True).get(pk=shortlist.pk)
    if entry := shortlist.entries.filter(supplier=supplier).first():
        return entry
    if shortlist.entries.count() >= FIRMS_AT_MOST:
        raise RuleBroken(_("This list is full: it holds %(limit)s firms.") % {"limit": FIRMS_AT_MOST})
    Shortlist.objects.filter(pk=shortlist.pk).update(changed_at=timezone.now())
    return ShortlistEntry.objects.create(shortlist=shortlist, supplier=supplier, added_by=by)


@transaction.atomic
def write_note(entry, *, note, version, by):
    """What the buyer's people think of the firm; refused when a colleague wrote since `version` was read."""
    _require_membership(entry.shortlist.buyer)
    changed = ShortlistEntry.objects.filter(pk=entry.pk, version=version).update(note=note, version=F("version") + 1)
    if not changed:
        raise RuleBroken(_("A colleague changed this note, or removed the firm, while you were writing."))
    entry.refresh_from_db()
    audit.record("shortlist.noted", entry.shortlist, by=by, supplier=entry.supplier_id)


@transaction.atomic
def remove_from_shortlist(entry, *, by):
    """Take the firm and its note off the list; a second press changes nothing."""
    deleted, _rows = ShortlistEntry.objects.filter(pk=entry.pk).delete()
    if deleted:
        audit.record("shortlist.removed", entry.shortlist, by=by, supplier=entry.supplier_id)


def _require_membership(buyer):
    if not can_keep_shortlists(buyer):
        raise RuleBroken(_("Shortlists belong to membership, and yours does not hold today."))
