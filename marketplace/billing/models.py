from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation


class Entitlement(models.TextChoices):
    """What an organisation may have beyond what everybody has."""

    DIRECTORY = "directory", _("See profiles for members, references and shared documents; keep shortlists")
    EVIDENCE = "evidence", _("Search by evidence (companies only, never contracting authorities)")
    EXPORT = "export", _("Export searches and shortlists")


class GrantQuerySet(models.QuerySet):
    def valid(self, on=None):
        day = on or timezone.localdate()
        return self.filter(valid_from__lte=day).filter(Q(valid_until=None) | Q(valid_until__gte=day))

    def ending(self, on=None):
        """Holding now and over within four weeks."""
        day = on or timezone.localdate()
        return self.valid(day).filter(valid_until__lte=day + timedelta(days=28))

    def giving(self, entitlement):
        return self.filter(entitlements__contains=[entitlement])


class Grant(models.Model):
    """Entitlements that staff give an organisation for a period, with a reason: a pilot, a partner, a goodwill."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="grants")
    entitlements = ArrayField(
        models.CharField(max_length=20, choices=Entitlement.choices), verbose_name=_("entitlements")
    )
    valid_from = models.DateField(_("from"), default=timezone.localdate)
    #: The last day on which it holds; none is open-ended.
    valid_until = models.DateField(_("until and including"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False)

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="grant_has_a_reason"),
            models.CheckConstraint(condition=~Q(entitlements=[]), name="grant_gives_something"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="grant_period_is_forward"
            ),
        ]

    def __str__(self):
        return self.reason
