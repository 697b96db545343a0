from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from suppliers.models import Supplier


class Scheme(models.Model):
    """Who gives word that a firm is of a kind, and of which kind; data that staff keep."""

    class Dimension(models.TextChoices):
        OWNED = "owned", _("owned")
        MANAGED = "managed", _("managed")
        CONTROLLED = "controlled", _("controlled")
        OPERATED = "operated", _("operated")

    name = models.CharField(_("name"), max_length=120, unique=True)
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    issuer = models.CharField(_("issuer"), max_length=120)
    website = models.URLField(_("website"), blank=True)
    countries = ArrayField(models.CharField(max_length=2), verbose_name=_("countries"), default=list, blank=True)
    dimensions = ArrayField(
        models.CharField(max_length=12, choices=Dimension.choices),
        verbose_name=_("what it looks at"),
        default=list,
        blank=True,
    )
    threshold = models.PositiveSmallIntegerField(_("threshold in percent"), null=True, blank=True)
    renewal_months = models.PositiveSmallIntegerField(_("renewed every so many months"), null=True, blank=True)
    #: A public status that says nothing of a person: social enterprise, sheltered workshop, priority district.
    is_public_status = models.BooleanField(_("public status of the firm"), default=False)
    time_zone = models.CharField(_("time zone of the issuer"), max_length=60, default="Europe/London")

    class Meta:
        verbose_name = _("scheme")
        verbose_name_plural = _("schemes")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(issuer=""), name="scheme_has_name_and_issuer"),
            models.CheckConstraint(
                condition=Q(threshold=None) | Q(threshold__range=(1, 100)), name="scheme_threshold_is_a_share"
            ),
        ]

    def __str__(self):
        return self.name


class Tier(models.TextChoices):
    """How well a statement is shown, weakest first."""

    SELF_DECLARED = "self_declared", _("Said by the firm")
    DOCUMENTED = "documented", _("Proof seen by our staff")
    CERTIFIED = "certified", _("Certified")


class CertificationQuerySet(models.QuerySet):
    def valid(self, on=None):
        """Counting on that day, through its last one."""
        day = on or timezone.localdate()
        until = Q(valid_until=None) | Q(valid_until__gte=day)
        return self.filter(until, valid_from__lte=day).filter(Q(revoked_on=None) | Q(revoked_on__gt=day))

    def published(self):
        """Shown on the profile by the firm's own choice."""
        return self.exclude(published_at=None)


class Certification(models.Model):
    """An issuer's statement about a firm, for a period; never derived from what an owner said of themself."""

    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="certifications")
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="certifications")
    tier = models.CharField(_("tier"), max_length=15, choices=Tier.choices)
    number = models.CharField(_("number of the certificate"), max_length=60, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until and including"), null=True, blank=True)
    revoked_on = models.DateField(_("revoked"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    objects = CertificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("certification")
        verbose_name_plural = _("certifications")
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "number"], condition=~Q(number=""), name="certification_number_unique_in_scheme"
            ),
            models.CheckConstraint(condition=Q(tier__in=Tier.values), name="certification_has_a_known_tier"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="certification_period_is_forward",
            ),
            models.CheckConstraint(
                condition=~Q(tier="certified") | (~Q(number="") & Q(valid_until__isnull=False)),
                name="certification_by_an_issuer_has_number_and_end",
            ),
        ]

    def __str__(self):
        return f"{self.scheme} {self.number}".strip()
