from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation, PlainName, Representative
from marketplace.billing.models import Entitlement, Grant
from marketplace.core.vocab import cpv, nuts


class SizeBand(models.TextChoices):
    MICRO = "micro", _("Micro (fewer than 10 people)")
    SMALL = "small", _("Small (10 to 49 people)")
    MEDIUM = "medium", _("Medium (50 to 249 people)")


class TurnoverBand(models.TextChoices):
    """Of a year, in euro or what is worth as much."""

    UNDER_100K = "100k", _("under 100,000 €")
    UNDER_500K = "500k", _("100,000 to 500,000 €")
    UNDER_2M = "2m", _("500,000 to 2 million €")
    UNDER_10M = "10m", _("2 to 10 million €")
    UNDER_50M = "50m", _("10 to 50 million €")


class Audience(models.TextChoices):
    """Who may find and open a listed profile; a firm that wants neither hides itself."""

    EVERYBODY = "everybody", _("Everybody")
    MEMBERS = "members", _("Members of the network only")


class SupplierQuerySet(models.QuerySet):
    def listed(self):
        """On show, be it to everybody or to members only."""
        return self.exclude(listed_at=None).filter(hidden_at=None, suspended_at=None)

    def public(self):
        """On show to everybody: what pages for strangers, feeds and the sitemap may hold."""
        return self.listed().filter(audience=Audience.EVERYBODY)

    def waiting_for_review(self):
        """The firm has asked to be listed and staff have not decided yet."""
        return self.exclude(submitted_at=None).filter(listed_at=None, hidden_at=None, suspended_at=None)

    def visible_to(self, user):
        """What everybody sees, to members also what is for members; the rest to staff and to those who act for it."""
        if not user.is_authenticated:
            return self.public()
        if user.is_staff:
            return self
        own = Representative.objects.filter(organisation=OuterRef("organisation"), user=user)
        memberships = Grant.objects.valid().giving(Entitlement.DIRECTORY)
        is_member = Exists(memberships.filter(organisation__representatives__user=user))
        is_listed = Q(listed_at__isnull=False, hidden_at=None, suspended_at=None)
        return self.filter(Q(is_listed, audience=Audience.EVERYBODY) | Q(is_listed, is_member) | Exists(own))

    def in_country(self, country):
        return self.filter(organisation__country=country)

    def able_to_serve(self, cpv_codes, regions):
        """Those who offer something close to one of the codes somewhere in the regions; nothing else is asked.

        Close is the same group, the first three digits; a whole division is close to all that lies in it. A service
        counts where it is offered, else where its firm works; no regions are everywhere.
        """
        near = Q(cpv__in={cpv.division(code) for code in cpv_codes})
        for group in {cpv.group(code) for code in cpv_codes}:
            near |= Q(cpv__startswith=group)
        services = Capability.objects.filter(near, supplier=OuterRef("pk"))
        if regions:
            ground = sorted({code for region in regions for code in nuts.touching(region)})
            of_the_firm = Q(supplier__serves_europe=True) | Q(supplier__regions__overlap=ground)
            services = services.filter(Q(regions__overlap=ground) | Q(of_the_firm, regions=[]))
        return self.filter(Exists(services))

    def by_name(self):
        return self.order_by(PlainName("organisation__name"), "pk")

    def with_services(self):
        """With their organisations and all they offer, in two queries however many rows."""
        return self.select_related("organisation").prefetch_related("capabilities")


class Supplier(models.Model):
    """The selling side of an organisation. Nothing of its owners stands here: see `marketplace.equality`."""

    organisation = models.OneToOneField(
        Organisation, models.CASCADE, related_name="supplier", verbose_name=_("organisation")
    )
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    summary = models.TextField(_("what we do"), max_length=1500, blank=True)
    summary_language = models.CharField(_("language of the text"), max_length=10, default="en")
    languages = ArrayField(models.CharField(max_length=10), verbose_name=_("languages we work in"), default=list)
    size_band = models.CharField(_("size"), max_length=10, choices=SizeBand.choices, blank=True)
    turnover_band = models.CharField(_("turnover of a year"), max_length=10, choices=TurnoverBand.choices, blank=True)
    founded_year = models.PositiveSmallIntegerField(_("founded"), null=True, blank=True)
    #: In minor units of its currency; both or neither.
    largest_contract = models.PositiveBigIntegerField(_("largest contract so far"), null=True, blank=True)
    largest_contract_currency = models.CharField(_("currency"), max_length=3, blank=True)
    #: NUTS codes of any level, a country's own code for the whole of it.
    regions = ArrayField(models.CharField(max_length=5), verbose_name=_("regions we serve"), default=list, blank=True)
    serves_europe = models.BooleanField(_("we serve all of Europe"), default=False)
    #: The NUTS code of where the firm is, as near as it is known.
    based_in = models.CharField(_("region where we are"), max_length=5, blank=True)
    shows_street = models.BooleanField(_("show our street"), default=False)
    audience = models.CharField(
        _("who may see the profile"), max_length=10, choices=Audience.choices, default=Audience.EVERYBODY
    )
    #: The firm asked to be listed; staff look once before the first listing.
    submitted_at = models.DateTimeField(_("asked to be listed"), null=True, blank=True, editable=False)
    listed_at = models.DateTimeField(_("listed"), null=True, blank=True, editable=False)
    #: By the firm's own choice, which it takes back itself.
    hidden_at = models.DateTimeField(_("hidden"), null=True, blank=True, editable=False)
    #: By staff, with a reason in `suppliers.review`; only staff lift it.
    suspended_at = models.DateTimeField(_("taken off by staff"), null=True, blank=True, editable=False)
    confirmed_on = models.DateField(_("last confirmed"), null=True, blank=True)
    #: When the yearly "still right?" went out; empty once it is answered.
    confirmation_asked_on = models.DateField(_("asked if still right"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("begun"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)
    #: Raised by every change, so that two people who edit one record notice each other.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = SupplierQuerySet.as_manager()

    class Meta:
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")
        constraints = [
            models.CheckConstraint(condition=~Q(slug=""), name="supplier_has_an_address"),
            models.CheckConstraint(
                condition=Q(size_band__in=["", *SizeBand.values]), name="supplier_has_a_known_size_band"
            ),
            models.CheckConstraint(
                condition=Q(founded_year=None) | Q(founded_year__range=(1500, 2100)),
                name="supplier_was_founded_in_a_plausible_year",
            ),
            models.CheckConstraint(
                condition=Q(listed_at=None) | Q(submitted_at__isnull=False),
                name="supplier_is_listed_only_when_it_asked",
            ),
            models.CheckConstraint(
                condition=Q(turnover_band__in=["", *TurnoverBand.values]), name="supplier_has_a_known_turnover_band"
            ),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="supplier_has_a_known_audience"),
            models.CheckConstraint(
                condition=Q(largest_contract=None, largest_contract_currency="")
                | Q(largest_contract__isnull=False, largest_contract_currency__regex=r"^[A-Z]{3}$"),
                name="supplier_largest_contract_has_a_currency",
            ),
        ]
        indexes = [
            models.Index("listed_at", condition=Q(hidden_at=None, suspended_at=None), name="supplier_listed_by_time"),
            models.Index(
                "submitted_at",
                condition=Q(listed_at=None, hidden_at=None, suspended_at=None),
                name="supplier_waiting_for_review",
            ),
            models.Index(
                "confirmed_on", condition=Q(hidden_at=None, suspended_at=None), name="supplier_by_confirmation"
            ),
        ]

    def __str__(self):
        return self.organisation.name

    def get_absolute_url(self):
        return reverse("supplier-detail", kwargs={"slug": self.slug})

    @property
    def is_listed(self):
        return self.listed_at is not None and self.hidden_at is None and self.suspended_at is None

    @property
    def is_public(self):
        return self.is_listed and self.audience == Audience.EVERYBODY

    @property
    def is_waiting_for_review(self):
        is_waiting = self.submitted_at is not None and self.listed_at is None
        return is_waiting and self.hidden_at is None and self.suspended_at is None

    @property
    def is_stale(self):
        """Nobody has said for over a year that this is still right."""
        return self.confirmed_on is None or (timezone.localdate() - self.confirmed_on).days > 366


class SupplierText(models.Model):
    """What the firm does, said again in another language than the summary's."""

    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=10)
    summary = models.TextField(_("what we do"), max_length=1500)

    class Meta:
        verbose_name = _("text in another language")
        verbose_name_plural = _("texts in other languages")
        ordering = ["language"]
        constraints = [
            models.UniqueConstraint(fields=["supplier", "language"], name="supplier_text_once_per_language"),
            models.CheckConstraint(condition=~Q(language="") & ~Q(summary=""), name="supplier_text_is_not_empty"),
        ]

    def __str__(self):
        return self.summary[:60]


class Capability(models.Model):
    """A CPV code that a supplier serves, with words and, where they differ from the firm's, regions of its own."""

    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="capabilities")
    cpv = models.CharField(_("CPV code"), max_length=8)
    words = models.CharField(_("in our own words"), max_length=200, blank=True)
    #: NUTS codes; empty means where the firm serves.
    regions = ArrayField(models.CharField(max_length=5), verbose_name=_("regions"), default=list, blank=True)
    is_main = models.BooleanField(_("our main service"), default=False)

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["-is_main", "cpv"]
        constraints = [
            models.UniqueConstraint(fields=["supplier", "cpv"], name="capability_once_per_supplier"),
            models.UniqueConstraint(
                fields=["supplier"], condition=Q(is_main=True), name="capability_one_is_the_main_one"
            ),
            models.CheckConstraint(condition=Q(cpv__regex=r"^[0-9]{8}$"), name="capability_cpv_has_eight_digits"),
        ]

    def __str__(self):
        return self.words or self.cpv

    def label(self, language):
        """The firm's own words, else the published label, else the code, which may be of an older list."""
        return self.words or (cpv.label(self.cpv, language) if cpv.exists(self.cpv) else self.cpv)


class ReferenceQuerySet(models.QuerySet):
    def shown(self):
        """Those the firm lets members see."""
        return self.filter(is_private=False)


class Reference(models.Model):
    """Work the firm has done for somebody, told by the firm."""

    class ValueBand(models.TextChoices):
        UNDER_10K = "10k", _("under 10,000 €")
        UNDER_50K = "50k", _("10,000 to 50,000 €")
        UNDER_250K = "250k", _("50,000 to 250,000 €")
        UNDER_1M = "1m", _("250,000 to 1 million €")
        OVER_1M = "more", _("over 1 million €")

    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="references")
    title = models.CharField(_("what we did"), max_length=200)
    buyer_name = models.CharField(_("for whom"), max_length=200)
    year = models.PositiveSmallIntegerField(_("year"))
    value_band = models.CharField(_("value"), max_length=10, choices=ValueBand.choices, blank=True)
    is_private = models.BooleanField(_("only for us and the staff"), default=False)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("reference")
        verbose_name_plural = _("references")
        ordering = ["-year", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(title="") & ~Q(buyer_name=""), name="reference_says_what_and_for_whom"),
            models.CheckConstraint(condition=Q(year__range=(1950, 2100)), name="reference_is_from_a_plausible_year"),
            models.CheckConstraint(
                condition=Q(value_band__in=["", "10k", "50k", "250k", "1m", "more"]),
                name="reference_has_a_known_value_band",
            ),
        ]

    def __str__(self):
        return self.title
