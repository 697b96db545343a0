from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Representative
from marketplace.calls.models import Call, Lot
from marketplace.calls.responses.models import Response
from suppliers.models import Supplier


class AwardQuerySet(models.QuerySet):
    def visible_to(self, user):
        """As the call they belong to."""
        return self.filter(lot__call__in=Call.objects.visible_to(user))


class Award(models.Model):
    """The decision on a lot for a firm. Where responses went elsewhere, the firm may not be one of ours."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="awards")
    supplier = models.ForeignKey(Supplier, models.SET_NULL, null=True, blank=True, related_name="awards")
    #: As it is published, also when the firm has left.
    name = models.CharField(_("to whom"), max_length=200)
    response = models.OneToOneField(Response, models.PROTECT, null=True, blank=True, related_name="award")
    #: In minor units of the call's currency, without VAT; None is not disclosed.
    value = models.PositiveBigIntegerField(_("value"), null=True, blank=True)
    words = models.TextField(_("why"), max_length=2_000)
    decided_on = models.DateField(_("decided on"))
    #: The contract is not signed before the day after; None where no standstill applies.
    standstill_until = models.DateField(_("standstill until and including"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AwardQuerySet.as_manager()

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        ordering = ["lot", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="award_names_a_firm"),
            models.CheckConstraint(condition=~Q(words=""), name="award_says_why"),
            models.CheckConstraint(
                condition=Q(standstill_until=None) | Q(standstill_until__gte=models.F("decided_on")),
                name="award_standstill_follows_the_decision",
            ),
            models.UniqueConstraint(
                fields=["lot", "supplier"], condition=Q(supplier__isnull=False), name="award_once_per_lot_and_supplier"
            ),
        ]

    def __str__(self):
        return f"{self.lot}: {self.name}"


class FeedbackQuerySet(models.QuerySet):
    def visible_to(self, user):
        """To the firm that it is for and to the buyer; to nobody else."""
        if not user.is_authenticated:
            return self.none()
        mine = Representative.objects.filter(organisation=OuterRef("response__supplier__organisation"), user=user)
        buys = Representative.objects.filter(
            organisation=OuterRef("response__lot__call__buyer__organisation"), user=user
        )
        return self.filter(Exists(mine) | Exists(buys))


class Feedback(models.Model):
    """What a firm that was not chosen is told; the decision on a lot is not announced before each has it."""

    response = models.OneToOneField(Response, models.PROTECT, related_name="feedback")
    words = models.TextField(_("what they should know"), max_length=5_000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False)
    given_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="feedback_says_something")]

    def __str__(self):
        return f"{self.response}"
