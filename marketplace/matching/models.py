from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation, Representative

#: Alerts leave in rounds, so that a person gets one mail however many searches have news: daily at this hour (UTC),
#: weekly at the same hour of Monday.
HOUR = 5
LONGEST_QUERY = 2000


class Alert(models.TextChoices):
    NONE = "none", _("No mail")
    DAILY = "daily", _("Every morning, if there are new firms")
    WEEKLY = "weekly", _("Every Monday, if there are new firms")


def rounds(at: datetime) -> dict[Alert, datetime]:
    """The latest round of each kind that began at or before the moment."""
    day = (at - timedelta(hours=HOUR)).replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return {Alert.DAILY: day, Alert.WEEKLY: day - timedelta(days=day.weekday())}


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    def kept_by(self, user: Any, organisation: Organisation | None) -> Self:
        """A person's own, as saved when acting for that organisation."""
        return self.filter(owner=user, organisation=organisation)

    def due(self, at: datetime) -> Self:
        """Whose round has come, of people who can be written to; the others' wait and are not forgotten."""
        began = rounds(at)
        is_daily = Q(alert=Alert.DAILY, last_run_at__lt=began[Alert.DAILY])
        return self.reachable().filter(is_daily | Q(alert=Alert.WEEKLY, last_run_at__lt=began[Alert.WEEKLY]))

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
    """A search of the directory that a person comes back to, and may hear of when new firms answer it."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="saved_searches")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_searches")
    name = models.CharField(_("name"), max_length=120)
    #: The parameters of the directory's address, in the one order that the directory gives them.
    query = models.CharField(max_length=LONGEST_QUERY, editable=False, blank=True)
    alert = models.CharField(_("mail"), max_length=10, choices=Alert.choices, default=Alert.NONE)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_run_at = models.DateTimeField(default=timezone.now, editable=False)
    #: Firms listed up to this moment are no news.
    seen_until = models.DateTimeField(default=timezone.now, editable=False)

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "organisation", "query"], name="saved_search_once_per_person_and_organisation"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="saved_search_has_a_name"),
            models.CheckConstraint(condition=Q(alert__in=Alert.values), name="saved_search_alert_is_known"),
        ]
        indexes = [
            models.Index("last_run_at", condition=~Q(alert="none"), name="saved_search_with_alert_by_run"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The directory with this search."""
        address = reverse("supplier-list")
        return f"{address}?{self.query}" if self.query else address
