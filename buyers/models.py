from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation


class BuyerQuerySet(models.QuerySet):
    def companies(self):
        return self.filter(kind=Buyer.Kind.COMPANY)

    def contracting_authorities(self):
        """Those bound by public procurement law."""
        return self.filter(kind=Buyer.Kind.CONTRACTING_AUTHORITY)


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

    objects = BuyerQuerySet.as_manager()

    class Meta:
        verbose_name = _("buyer")
        verbose_name_plural = _("buyers")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["company", "contracting_authority"]), name="buyer_kind_is_known"
            ),
            models.CheckConstraint(condition=~Q(slug=""), name="buyer_has_an_address"),
        ]

    def __str__(self):
        return self.organisation.name
