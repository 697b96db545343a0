from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation, PlainName, Representative
from marketplace.core.vocab import cpv


class SizeBand(models.TextChoices):
    MICRO = "micro", _("Micro (fewer than 10 people)")
    SMALL = "small", _("Small (10 to 49 people)")
    MEDIUM = "medium", _("Medium (50 to 249 people)")


class SupplierQuerySet(models.QuerySet):
    def listed(self):
        """On show to everybody."""
        return self.exclude(listed_at=None).filter(hidden_at=None)

    def waiting_for_review(self):
        """The firm has asked to be listed and staff have not decided yet."""
        return self.exclude(submitted_at=None).filter(listed_at=None, hidden_at=None)

    def visible_to(self, user):
        """Listed suppliers to everybody; unlisted ones to staff and to those who act for them."""
        if not user.is_authenticated:
            return self.listed()
        if user.is_staff:
            return self
        own = Representative.objects.filter(organisation=OuterRef("organisation"), user=user)
        return self.filter(Q(listed_at__isnull=False, hidden_at=None) | Exists(own))

    def in_country(self, country):
        return self.filter(organisation__country=country)

    def worded(self, words):
        """Those whose name, summary or services hold the words, nearest first; accents and capitals do not matter."""
        query = SearchQuery(_folded(Value(words)), config="simple", search_type="websearch")
        services = (
            Capability.objects.filter(supplier=OuterRef("pk"))
            .order_by()
            .values("supplier")
            .annotate(all_words=Func(F("words"), Value(" "), function="string_agg"))
            .values("all_words")
        )
        text = (
            SearchVector(_folded(F("organisation__name")), weight="A", config="simple")
            + SearchVector(_folded(models.Subquery(services)), weight="B", config="simple")
            + SearchVector(_folded(F("summary")), weight="C", config="simple")
        )
        name_holds = Func(_folded(F("organisation__name")), _folded(Value(words)), function="strpos")
        return (
            self.annotate(text=text, name_at=models.ExpressionWrapper(name_holds, models.IntegerField()))
            .filter(Q(text=query) | Q(name_at__gt=0))
            .annotate(nearness=SearchRank(F("text"), query))
            .order_by("-nearness", PlainName("organisation__name"), "pk")
        )

    def by_name(self):
        return self.order_by(PlainName("organisation__name"), "pk")

    def with_card(self):
        """All that a card shows, in two queries however many rows."""
        return self.select_related("organisation").prefetch_related("capabilities")


def _folded(expression):
    return Func(
        expression, template="immutable_unaccent(lower(coalesce(%(expressions)s, '')))", output_field=models.TextField()
    )


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
    founded_year = models.PositiveSmallIntegerField(_("founded"), null=True, blank=True)
    #: The firm asked to be listed; staff look once before the first listing.
    submitted_at = models.DateTimeField(_("asked to be listed"), null=True, blank=True, editable=False)
    listed_at = models.DateTimeField(_("listed"), null=True, blank=True, editable=False)
    hidden_at = models.DateTimeField(_("hidden"), null=True, blank=True, editable=False)
    confirmed_on = models.DateField(_("last confirmed"), null=True, blank=True)
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
        ]
        indexes = [
            models.Index("listed_at", condition=Q(hidden_at=None), name="supplier_listed_by_time"),
            models.Index(
                "submitted_at", condition=Q(listed_at=None, hidden_at=None), name="supplier_waiting_for_review"
            ),
        ]

    def __str__(self):
        return self.organisation.name

    def get_absolute_url(self):
        return reverse("supplier-detail", kwargs={"slug": self.slug})

    @property
    def is_listed(self):
        return self.listed_at is not None and self.hidden_at is None

    @property
    def is_waiting_for_review(self):
        return self.submitted_at is not None and self.listed_at is None and self.hidden_at is None

    @property
    def is_stale(self):
        """Nobody has said for over a year that this is still right."""
        return self.confirmed_on is None or (timezone.localdate() - self.confirmed_on).days > 366


class Capability(models.Model):
    """A CPV code that a supplier serves, with words of its own."""

    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="capabilities")
    cpv = models.CharField(_("CPV code"), max_length=8)
    words = models.CharField(_("in our own words"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["cpv"]
        constraints = [
            models.UniqueConstraint(fields=["supplier", "cpv"], name="capability_once_per_supplier"),
            models.CheckConstraint(condition=Q(cpv__regex=r"^[0-9]{8}$"), name="capability_cpv_has_eight_digits"),
        ]

    def __str__(self):
        return self.words or self.cpv

    def label(self, language):
        """The firm's own words, else the published label."""
        return self.words or cpv.label(self.cpv, language)
