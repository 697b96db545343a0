from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation


class BuyerQuerySet(models.QuerySet):
    def companies(self):
        return self.filter(kind=Buyer.Kind.COMPANY)

    def contracting_authorities(self):
        """Those bound by public procurement law."""
        return self.filter(kind=Buyer.Kind.CONTRACTING_AUTHORITY)

    def cleared(self):
        return self.exclude(cleared_at=None)

    def waiting_for_clearance(self):
        """Asked, or asked again after a refusal, and staff have not answered."""
        unanswered = Q(refused_at=None) | Q(refused_at__lt=F("clearance_asked_at"))
        return self.exclude(clearance_asked_at=None).filter(unanswered, cleared_at=None)

    def refused(self):
        """Staff have said no, and nobody has asked again."""
        return self.exclude(refused_at=None).exclude(refused_at__lt=F("clearance_asked_at"))


class Buyer(models.Model):
    """The purchasing side of an organisation."""

    class Kind(models.TextChoices):
        COMPANY = "company", _("Company")
        CONTRACTING_AUTHORITY = "contracting_authority", _("Contracting authority")

    organisation = models.OneToOneField(
        Organisation, models.CASCADE, related_name="buyer", verbose_name=_("organisation")
    )
    kind = models.CharField(_("kind"), max_length=30, choices=Kind.choices)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    #: Of an authority: of central government, for which other thresholds hold.
    is_central = models.BooleanField(_("part of central government"), default=False)
    #: Known to be who it says; without it nothing of it is published.
    cleared_at = models.DateTimeField(_("cleared"), null=True, blank=True, editable=False)
    #: None where its address and its number in a register were enough.
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    clearance_asked_at = models.DateTimeField(_("asked to be cleared"), null=True, blank=True, editable=False)
    #: Stays until it is cleared: from then on staff decide, whatever the organisation shows.
    refused_at = models.DateTimeField(_("refused"), null=True, blank=True, editable=False)
    refused_because = models.TextField(_("why"), max_length=2_000, blank=True, editable=False)
    begun_at = models.DateTimeField(_("begun"), default=timezone.now, editable=False)

    objects = BuyerQuerySet.as_manager()

    class Meta:
        verbose_name = _("buyer")
        verbose_name_plural = _("buyers")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["company", "contracting_authority"]), name="buyer_kind_is_known"
            ),
            models.CheckConstraint(condition=~Q(slug=""), name="buyer_has_an_address"),
            models.CheckConstraint(
                condition=Q(kind="contracting_authority") | Q(is_central=False), name="buyer_central_is_an_authority"
            ),
            models.CheckConstraint(
                condition=Q(refused_at=None, refused_because="")
                | (Q(refused_at__isnull=False, cleared_at=None) & ~Q(refused_because="")),
                name="buyer_refusal_has_a_reason_and_is_no_clearance",
            ),
        ]

    def __str__(self):
        return self.organisation.name

    @property
    def is_cleared(self):
        return self.cleared_at is not None

    @property
    def is_refused(self):
        """Staff have said no, and nobody has asked again."""
        return self.refused_at is not None and not self._has_asked_since(self.refused_at)

    @property
    def is_waiting(self):
        asked = self.clearance_asked_at is not None
        return asked and not self.is_cleared and not self.is_refused

    def _has_asked_since(self, at):
        return self.clearance_asked_at is not None and self.clearance_asked_at > at
