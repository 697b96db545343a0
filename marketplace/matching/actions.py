"""What people do with searches: keep them, hear of news, take the answers out as a file."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import Organisation, User
from marketplace.core import audit
from marketplace.core.errors import RuleBroken
from marketplace.core.models import AuditEntry
from marketplace.matching.models import LONGEST_QUERY, SavedSearch
from marketplace.matching.rhythms import Alert, next_moment

SEARCHES_AT_MOST = 50
EXPORTED = "directory.exported"
ROWS_AT_MOST = 1000
EXPORTS_A_DAY = 20


@transaction.atomic
def save_search(organisation: Organisation, *, kind: str, query: str, name: str, alert: str, by: User) -> SavedSearch:
    """Keep a search; saved again, it takes the new name and alert and stays one."""
    if len(query) > LONGEST_QUERY:
        raise RuleBroken(_("This search is too long to be kept. Use fewer words or take filters off."))
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    mine = SavedSearch.objects.kept_by(by, organisation)
    if known := mine.filter(kind=kind, query=query).first():
        change_search(known, name=name, alert=alert, by=by)
        return known
    if mine.count() >= SEARCHES_AT_MOST:
        raise RuleBroken(_("You keep %(limit)s searches: delete one first.") % {"limit": SEARCHES_AT_MOST})
    search = SavedSearch.objects.create(
        organisation=organisation,
        owner=by,
        kind=kind,
        query=query,
        name=name,
        alert=alert,
        next_at=next_moment(alert, by.time_zone, timezone.now()),
    )
    audit.record("saved_search.kept", search, by=by, kind=kind, alert=alert)
    return search


@transaction.atomic
def change_search(search: SavedSearch, *, name: str, alert: str, by: User) -> None:
    """Another name or rhythm; mails that are switched on tell of what comes from now on."""
    now = timezone.now()
    row = SavedSearch.objects.select_for_update(no_key=True).get(pk=search.pk)
    if row.alert == Alert.NONE and alert != Alert.NONE:
        row.seen_until = now
    if row.alert != alert:
        row.next_at = next_moment(alert, by.time_zone, now)
    row.name, row.alert = name, alert
    row.save(update_fields=["name", "alert", "next_at", "seen_until"])
    search.refresh_from_db()
    audit.record("saved_search.changed", search, by=by, alert=alert)


@transaction.atomic
def delete_search(search: SavedSearch, *, by: User) -> None:
    """A second press changes nothing."""
    if rows := SavedSearch.objects.filter(pk=search.pk):
        audit.record("saved_search.deleted", search, by=by)
        rows.delete()


@transaction.atomic
def stop_alerts(person: User, *, kind: str = "") -> int:
    """No more mails of searches of that kind, or of any, to this person, who keeps them; returns how many stopped."""
    rows = SavedSearch.objects.with_mails().filter(owner=person)
    if kind:
        rows = rows.filter(kind=kind)
    stopped = rows.update(alert=Alert.NONE, next_at=None)
    if stopped:
        audit.record("saved_search.alerts_stopped", person, by=person, searches=stopped, kind=kind or "all")
    return stopped


@transaction.atomic
def count_export(organisation: Organisation, *, what: str, query: str, rows: int, form: str, by: Any) -> None:
    """Record who took what out of the directory; refused when the organisation has had its share of the day."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    since = timezone.now() - timedelta(days=1)
    taken = AuditEntry.objects.filter(verb=EXPORTED, subject=audit.label_of(organisation), at__gt=since)
    if taken.count() >= EXPORTS_A_DAY:
        raise RuleBroken(
            _("Your organisation has taken out %(limit)s files within a day, which is the most. Try again tomorrow.")
            % {"limit": EXPORTS_A_DAY}
        )
    audit.record(EXPORTED, organisation, by=by, what=what, query=query, rows=rows, form=form)
