from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import connection, models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation, Representative
from marketplace.calls.models import Call
from marketplace.matching.rhythms import Alert

LONGEST_QUERY = 2000
SUPPLIERS, CALLS, CARRY = "suppliers", "calls", "carry"


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    def kept_by(self, user: Any, organisation: Organisation | None) -> Self:
        """A person's own, as saved when acting for that organisation."""
        return self.filter(owner=user, organisation=organisation)

    def with_mails(self) -> Self:
        return self.exclude(alert=Alert.NONE)

    def at_once(self) -> Self:
        return self.filter(alert=Alert.INSTANT)

    def due(self, at: datetime) -> Self:
        """Whose moment has come, of people who can be written to; the others' wait and are not forgotten."""
        return self.reachable().filter(next_at__lte=at)

    def reachable(self) -> Self:
        """Of people who still act for the organisation and whose address is verified."""
        standing = Representative.objects.filter(user=OuterRef("owner"), organisation=OuterRef("organisation"))
        return self.filter(
            Exists(standing),
            owner__is_active=True,
            owner__emailaddress__verified=True,
            owner__emailaddress__email=F("owner__email"),
        )


class SavedSearch(models.Model):
    """A search that a person comes back to, and may hear of when something new answers it. `kinds` says of what."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="saved_searches")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_searches")
    kind = models.CharField(max_length=12, default=SUPPLIERS, editable=False)
    name = models.CharField(_("name"), max_length=120)
    #: The parameters of the list's address, in the one order that the list gives them.
    query = models.CharField(max_length=LONGEST_QUERY, editable=False, blank=True)
    alert = models.CharField(_("mail"), max_length=10, choices=Alert.choices, default=Alert.NONE)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    #: When it is looked at next; null while no mail is wanted.
    next_at = models.DateTimeField(null=True, editable=False)
    #: When a mail last named it.
    told_at = models.DateTimeField(null=True, editable=False)
    #: What came on show up to this moment is no news.
    seen_until = models.DateTimeField(default=timezone.now, editable=False)

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "organisation", "kind", "query"], name="saved_search_once_per_person_and_organisation"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="saved_search_has_a_name"),
            models.CheckConstraint(condition=~Q(kind=""), name="saved_search_has_a_kind"),
            models.CheckConstraint(condition=Q(alert__in=Alert.values), name="saved_search_alert_is_known"),
            models.CheckConstraint(
                condition=Q(alert="none", next_at=None) | (~Q(alert="none") & Q(next_at__isnull=False)),
                name="saved_search_with_mails_has_a_next_moment",
            ),
            models.CheckConstraint(
                condition=~Q(alert="instant") | ~Q(kind="suppliers"), name="saved_search_of_firms_is_not_told_at_once"
            ),
            models.CheckConstraint(
                condition=~Q(kind="carry") | Q(query=""), name="saved_search_of_what_a_firm_can_carry_asks_nothing"
            ),
        ]
        indexes = [
            models.Index("next_at", condition=Q(next_at__isnull=False), name="saved_search_by_next_moment"),
            models.Index("owner", condition=Q(alert="instant"), name="saved_search_told_at_once"),
        ]

    def __str__(self) -> str:
        return self.name


class NewCallQuerySet(models.QuerySet["NewCall"]):
    def open_since(self, since: datetime, at: datetime) -> Self:
        """Of calls that are open at that moment and came on show after `since`, up to it."""
        return self.filter(shown_at__gt=since, shown_at__lte=at, call__in=Call.objects.open(at))

    def unfinished(self) -> Self:
        return self.filter(finished_at=None)


class NewCall(models.Model):
    """A call came on show here: from this moment on it is news, once, whatever is amended later.

    It also says how far those have been told who want to hear at once, in the order of their numbers.
    """

    call = models.OneToOneField(Call, models.CASCADE, primary_key=True, related_name="+")
    shown_at = models.DateTimeField(default=timezone.now, db_index=True)
    #: Since when it is known which firms could serve it.
    matched_at = models.DateTimeField(null=True)
    #: Everybody up to this person has been told.
    told_up_to = models.BigIntegerField(default=0)
    touched_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    objects = NewCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("new call")
        verbose_name_plural = _("new calls")
        indexes = [models.Index("touched_at", condition=Q(finished_at=None), name="new_call_still_to_be_told")]

    def __str__(self) -> str:
        return str(self.call_id)


MARK = """
INSERT INTO matching_told (person_id, call_id, at, is_at_once)
SELECT pair.person, pair.call, %(at)s, %(is_at_once)s
FROM unnest(%(people)s::bigint[], %(calls)s::bigint[]) AS pair(person, call)
WHERE NOT EXISTS (
    SELECT FROM matching_told AS told WHERE told.person_id = pair.person AND told.call_id = pair.call
)
-- One order for all who write at the same time, so that none waits for another in a circle.
ORDER BY pair.person, pair.call
ON CONFLICT DO NOTHING RETURNING person_id, call_id
"""


class ToldQuerySet(models.QuerySet["Told"]):
    def pairs(self, people: Iterable[int], calls: Iterable[int]) -> set[tuple[int, int]]:
        """(person, call) for each that has been told, among these."""
        rows = self.filter(person__in=set(people), call__in=set(calls))
        return set(rows.values_list("person", "call"))

    def mark(self, pairs: Iterable[tuple[int, int]], *, at: datetime, is_at_once: bool = False) -> set[tuple[int, int]]:
        """Mark (person, call) as told; returns those that were not told before, which alone may be told now."""
        marked = list(pairs)
        if not marked:
            return set()
        parameters: dict[str, Any] = {"at": at, "is_at_once": is_at_once}
        parameters |= {"people": [person for person, _call in marked], "calls": [call for _person, call in marked]}
        with connection.cursor() as cursor:
            cursor.execute(MARK, parameters)
            return set(cursor.fetchall())


class Told(models.Model):
    """A person has been told of a call by mail, and is not told of it again, whichever search finds it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    call = models.ForeignKey(Call, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    is_at_once = models.BooleanField(default=False)

    objects = ToldQuerySet.as_manager()

    class Meta:
        verbose_name = _("call told of")
        verbose_name_plural = _("calls told of")
        constraints = [models.UniqueConstraint(fields=["person", "call"], name="call_told_once_to_a_person")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.call_id}"
