"""What procurement law says, as data: each rule with its source and the day on which somebody last read it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


def in_language(texts, language):
    """The text in that language, else in English, else whichever there is; "" where there is none."""
    for each in (language.split("-")[0], "en"):
        if texts.get(each):
            return texts[each]
    return next(iter(texts.values()), "")


def in_words(texts):
    """The same in the language of the page."""
    return in_language(texts, get_language() or "en")


class ReviewedQuerySet(models.QuerySet):
    def in_force(self, on=None):
        """On that day, through the last one that is given."""
        day = on or timezone.localdate()
        begun = Q(in_force_from=None) | Q(in_force_from__lte=day)
        return self.filter(begun, Q(in_force_until=None) | Q(in_force_until__gte=day))

    def to_be_reviewed(self, on=None):
        """Nobody has read the source again by the day on which somebody should have."""
        return self.filter(review_by__lt=on or timezone.localdate())


class Reviewed(models.Model):
    """A statement about the law; without its source and the day of reading it says nothing."""

    #: Also says which part of the rule is the law's and which is our own caution.
    source = models.CharField(_("source"), max_length=1_000)
    source_url = models.URLField(_("address of the source"), max_length=400, blank=True)
    reviewed_on = models.DateField(_("last read"))
    review_by = models.DateField(_("to be read again by"))
    in_force_from = models.DateField(_("in force from"), null=True, blank=True)
    in_force_until = models.DateField(_("in force until and including"), null=True, blank=True)
    #: Raised by every change, so that two people who edit one record notice each other.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ReviewedQuerySet.as_manager()

    class Meta:
        abstract = True


class Jurisdiction(Reviewed):
    """A body of procurement law that a contracting authority is under."""

    code = models.SlugField(_("code"), max_length=10, unique=True)
    #: {language: name}
    names = models.JSONField(_("names"), default=dict)
    #: ISO codes of the countries whose authorities are under it unless they say otherwise.
    countries = ArrayField(models.CharField(max_length=2), verbose_name=_("countries"), default=list, blank=True)
    #: A notice must stand on the official portal before it may stand anywhere else.
    is_official_first = models.BooleanField(_("official notice first"), default=True)
    #: {language: what the law says of that order}
    official_first_words = models.JSONField(_("words on that order"), default=dict, blank=True)
    #: A material change with fewer days than these left ...
    late_change_days = models.PositiveSmallIntegerField(_("late change: fewer days left than"), default=6)
    #: ... gives at least so many days from the change on.
    extension_days = models.PositiveSmallIntegerField(_("late change: days given from then"), default=10)
    standstill_days = models.PositiveSmallIntegerField(_("standstill in days"), default=10)
    is_standstill_in_working_days = models.BooleanField(_("standstill counts working days"), default=False)

    class Meta:
        verbose_name = _("jurisdiction")
        verbose_name_plural = _("jurisdictions")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=~Q(names={}), name="jurisdiction_has_a_name"),
            models.CheckConstraint(condition=~Q(source=""), name="jurisdiction_names_its_source"),
            models.CheckConstraint(
                condition=Q(extension_days__gte=models.F("late_change_days")),
                name="jurisdiction_extends_to_no_less_than_what_is_late",
            ),
        ]

    def __str__(self):
        return in_words(self.names)


class ThresholdQuerySet(ReviewedQuerySet):
    def applying_to(self, jurisdiction, *, is_central, contract):
        """Those that speak of such an authority and such a contract, or of any."""
        kind = Threshold.Authority.CENTRAL if is_central else Threshold.Authority.OTHER
        return self.filter(
            jurisdiction=jurisdiction,
            authority__in=[Threshold.Authority.ANY, kind],
            contract__in=[Threshold.Contract.ANY, contract],
        )


class Threshold(Reviewed):
    """Below which estimated value an authority may take responses elsewhere than on the official portal."""

    class Authority(models.TextChoices):
        ANY = "any", _("Any authority")
        CENTRAL = "central", _("Central government")
        OTHER = "other", _("Other than central government")

    class Contract(models.TextChoices):
        ANY = "any", _("Any contract")
        WORKS = "works", _("Works")
        SUPPLIES = "supplies", _("Supplies")
        SERVICES = "services", _("Services")

    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, related_name="thresholds")
    authority = models.CharField(_("authority"), max_length=10, choices=Authority.choices, default=Authority.ANY)
    contract = models.CharField(_("contract"), max_length=10, choices=Contract.choices, default=Contract.ANY)
    #: In minor units of the currency; a value equal to it is not below it.
    amount = models.PositiveBigIntegerField(_("below"))
    currency = models.CharField(_("currency"), max_length=3)
    includes_vat = models.BooleanField(_("with VAT"), default=False)

    objects = ThresholdQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("threshold")
        verbose_name_plural = _("thresholds")
        ordering = ["jurisdiction", "authority", "contract"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="threshold_is_an_amount"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="threshold_has_a_currency"),
            models.CheckConstraint(condition=~Q(source=""), name="threshold_names_its_source"),
        ]

    def __str__(self):
        return f"{self.amount / 100:,.0f} {self.currency}"


class Reservation(Reviewed):
    """What a law lets an authority reserve a call or lot for; it speaks of the firm, never of a person's answers."""

    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, related_name="reservations")
    code = models.SlugField(_("code"), max_length=40, unique=True)
    names = models.JSONField(_("names"), default=dict)
    #: {language: what has to be the case}
    conditions = models.JSONField(_("conditions"), default=dict)

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        ordering = ["jurisdiction", "code"]
        constraints = [
            models.CheckConstraint(condition=~Q(names={}) & ~Q(conditions={}), name="reservation_says_what_it_asks"),
            models.CheckConstraint(condition=~Q(source=""), name="reservation_names_its_source"),
        ]

    def __str__(self):
        return in_words(self.names)
