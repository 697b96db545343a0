from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.calls.law.models import Jurisdiction, in_language, in_words
from marketplace.calls.models import Call


class Stage(models.TextChoices):
    """Where in a procedure a clause may stand."""

    TECHNICAL_SPECIFICATION = "technical_specification", _("Technical specification")
    AWARD_CRITERION = "award_criterion", _("Award criterion")
    PERFORMANCE_CONDITION = "performance_condition", _("Performance condition")


class ClauseQuerySet(models.QuerySet):
    def offered(self):
        """Those that may be chosen into a call."""
        return self.filter(retired_at=None)

    def for_call(self, call):
        """Under the law of the call; a company may choose any."""
        return self.offered() if call.jurisdiction_id is None else self.offered().filter(jurisdiction=call.jurisdiction)

    def reviewed(self):
        return self.exclude(reviewed_on=None)


class Clause(models.Model):
    """A text that makes equality part of a contract, ready to be chosen into a call; of the library."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, related_name="clauses", verbose_name=_("jurisdiction")
    )
    stage = models.CharField(_("stage"), max_length=30, choices=Stage.choices)
    #: {language: words}
    titles = models.JSONField(_("titles"))
    texts = models.JSONField(_("texts"))
    #: The article that allows it.
    legal_basis = models.CharField(_("legal basis"), max_length=600)
    legal_basis_url = models.URLField(_("address of the legal basis"), max_length=400, blank=True)
    #: {language: the question that has to be answered yes before it may be used}
    subject_checks = models.JSONField(_("link to the subject of the contract"))
    #: {language: what is counted after award}
    indicators = models.JSONField(_("indicator"))
    #: Of the lawyer who has read it; both or neither, and neither is shown as "not yet reviewed".
    reviewed_by = models.CharField(_("reviewed by"), max_length=200, blank=True)
    reviewed_on = models.DateField(_("reviewed on"), null=True, blank=True)
    retired_at = models.DateTimeField(_("no longer offered"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ClauseQuerySet.as_manager()

    class Meta:
        verbose_name = _("clause")
        verbose_name_plural = _("clauses")
        ordering = ["jurisdiction", "stage", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="clause_has_a_known_stage"),
            models.CheckConstraint(condition=~Q(titles={}) & ~Q(texts={}), name="clause_has_a_title_and_a_text"),
            models.CheckConstraint(condition=~Q(legal_basis=""), name="clause_has_a_legal_basis"),
            models.CheckConstraint(
                condition=~Q(subject_checks={}) & ~Q(indicators={}), name="clause_has_a_check_and_an_indicator"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by="", reviewed_on=None) | (~Q(reviewed_by="") & Q(reviewed_on__isnull=False)),
                name="clause_review_has_a_name_and_a_date",
                violation_error_message=_("A review has a name and a date."),
            ),
        ]

    def __str__(self):
        return in_words(self.titles)

    def get_absolute_url(self):
        return reverse("clause-detail", kwargs={"code": self.code})

    def title_in(self, language):
        return in_language(self.titles, language)

    def text_in(self, language):
        return in_language(self.texts, language)

    @property
    def is_reviewed(self):
        return self.reviewed_on is not None

    @property
    def text(self):
        return in_words(self.texts)

    @property
    def subject_check(self):
        return in_words(self.subject_checks)

    @property
    def indicator(self):
        return in_words(self.indicators)


class ChosenClause(models.Model):
    """A clause in a call: its words as they were when it was chosen, and the buyer's on the link to the subject."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="clauses")
    clause = models.ForeignKey(Clause, models.PROTECT, related_name="+")
    #: In the language of the call.
    title = models.CharField(max_length=300)
    text = models.TextField()
    #: How the clause is linked to the subject of this contract, in the buyer's words.
    link_to_subject = models.TextField(_("link to the subject of this contract"), max_length=1_000)
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    chosen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("clause of a call")
        verbose_name_plural = _("clauses of calls")
        ordering = ["clause__stage", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["call", "clause"], name="clause_once_per_call"),
            models.CheckConstraint(condition=~Q(link_to_subject=""), name="chosen_clause_is_linked_to_the_subject"),
        ]

    def __str__(self):
        return self.title


class Reading(models.Model):
    """What a clause's indicator showed after award, for a period; a later reading corrects it, none is rewritten."""

    chosen = models.ForeignKey(ChosenClause, models.CASCADE, related_name="readings")
    period_from = models.DateField(_("from"))
    period_until = models.DateField(_("until and including"))
    value = models.DecimalField(_("value"), max_digits=14, decimal_places=2, null=True, blank=True)
    words = models.TextField(_("in words"), max_length=2_000, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("reading of an indicator")
        verbose_name_plural = _("readings of indicators")
        ordering = ["period_from", "recorded_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(period_until__gte=models.F("period_from")),
                name="reading_period_is_forward",
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False) | ~Q(words=""),
                name="reading_says_something",
                violation_error_message=_("Give a number or say it in words."),
            ),
        ]

    def __str__(self):
        return f"{self.chosen}: {self.value if self.value is not None else self.words[:40]}"
