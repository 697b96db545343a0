from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation, Representative
from marketplace.calls.models import Call, Lot


class QuestionQuerySet(models.QuerySet):
    def unanswered(self):
        return self.filter(answered_at=None)

    def answered(self):
        """Answered to everybody at once; nobody sees an answer before."""
        return self.exclude(answered_at=None)

    def visible_to(self, user):
        """What is answered as the call itself; what waits to the buyer and to whoever asked, and not to staff."""
        shown = Q(call__in=Call.objects.visible_to(user), answered_at__isnull=False)
        if not user.is_authenticated:
            return self.filter(shown)
        buys = Representative.objects.filter(organisation=OuterRef("call__buyer__organisation"), user=user)
        asked = Representative.objects.filter(organisation=OuterRef("asked_for"), user=user)
        return self.filter(shown | Exists(buys) | Exists(asked))


class Question(models.Model):
    """Asked without a name and answered to everybody. Who asked is kept to tell them, and shown to nobody else."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="questions")
    #: None is about the whole call.
    lot = models.ForeignKey(
        Lot, models.SET_NULL, null=True, blank=True, related_name="questions", verbose_name=_("lot")
    )
    text = models.TextField(_("question"), max_length=2_000)
    language = models.CharField(_("language"), max_length=10)
    asked_for = models.ForeignKey(Organisation, models.SET_NULL, null=True, related_name="+", editable=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    answer = models.TextField(_("answer"), max_length=5_000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    answered_at = models.DateTimeField(null=True, editable=False)
    #: The deadline of the responses of which the buyer was reminded last; a later one begins anew.
    reminded_for = models.DateTimeField(null=True, editable=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="question_asks_something"),
            models.CheckConstraint(
                condition=Q(answered_at=None) | ~Q(answer=""), name="question_that_is_answered_has_an_answer"
            ),
        ]
        indexes = [models.Index("call", "answered_at", name="question_by_call")]

    def __str__(self):
        return self.text[:80]
