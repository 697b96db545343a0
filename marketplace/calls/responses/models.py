"""Interest in a lot, and responses: sealed from everybody but the firm until the buyer has opened the call.

Sealed is: in no view, staff screen, export, log, count, mail to others, search or feed, nor that there is one. Whoever
reads the database or a backup is trusted beyond that.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Representative
from marketplace.calls.models import Lot
from suppliers.models import Supplier


class InterestQuerySet(models.QuerySet):
    def of(self, user):
        acts = Representative.objects.filter(organisation=OuterRef("supplier__organisation"), user=user)
        return self.filter(Exists(acts))


class Interest(models.Model):
    """A firm wants to hear what becomes of a lot. Known to the firm alone until the call is opened, then counted."""

    lot = models.ForeignKey(Lot, models.CASCADE, related_name="interests")
    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="interests")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    shown_at = models.DateTimeField(default=timezone.now)

    objects = InterestQuerySet.as_manager()

    class Meta:
        verbose_name = _("interest")
        verbose_name_plural = _("interests")
        constraints = [models.UniqueConstraint(fields=["lot", "supplier"], name="interest_once_per_supplier")]

    def __str__(self):
        return f"{self.supplier}: {self.lot}"


class ResponseQuerySet(models.QuerySet):
    def of(self, user):
        """Of the firms that the person acts for."""
        acts = Representative.objects.filter(organisation=OuterRef("supplier__organisation"), user=user)
        return self.filter(Exists(acts))

    def handed_over(self):
        """Submitted, neither withdrawn nor lapsed; asks nothing about the seal."""
        return self.filter(Exists(Submission.objects.standing().filter(response=OuterRef("pk"))))

    def opened(self):
        """What the buyer may read: handed over, and the call was opened while the lot stood."""
        stood = Q(lot__cancelled_at=None) | Q(lot__cancelled_at__gte=F("lot__call__opened_at"))
        return self.handed_over().filter(stood, lot__call__opened_at__isnull=False)

    def visible_to(self, user):
        """To the firm always; to the buyer once opened; to nobody else, staff not excepted."""
        if not user.is_authenticated:
            return self.none()
        buys = Representative.objects.filter(organisation=OuterRef("lot__call__buyer__organisation"), user=user)
        return self.of(user) | self.opened().filter(Exists(buys))


class Response(models.Model):
    """A firm's answer to a lot as it is being written; what was handed over is a Submission."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="responses")
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="responses")
    message = models.TextField(_("your response"), max_length=20_000, blank=True)
    #: In minor units of the call's currency, without VAT.
    price = models.PositiveBigIntegerField(_("price"), null=True, blank=True)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False)
    begun_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    #: The deadline of which the firm was reminded last; a later one begins anew.
    reminded_for = models.DateTimeField(null=True, editable=False)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        constraints = [models.UniqueConstraint(fields=["lot", "supplier"], name="response_once_per_lot_and_supplier")]

    def __str__(self):
        return f"{self.supplier}: {self.lot}"


class ResponseFileQuerySet(models.QuerySet):
    def visible_to(self, user):
        """To the firm all of its own; to the buyer, once opened, what was handed over and counts."""
        if not user.is_authenticated:
            return self.none()
        own = Response.objects.of(user).filter(pk=OuterRef("response"))
        buys = Representative.objects.filter(organisation=OuterRef("lot__call__buyer__organisation"), user=user)
        opened = Response.objects.opened().filter(Exists(buys), pk=OuterRef("response"))
        counts = Submission.objects.standing().filter(files=OuterRef("pk"))
        return self.filter(Exists(own) | (Exists(opened) & Exists(counts)))


class ResponseFile(models.Model):
    """A file of a response. Taken out of the draft it stays for as long as a submission holds it."""

    response = models.ForeignKey(Response, models.CASCADE, related_name="files")
    title = models.CharField(_("title"), max_length=120)
    #: The name in the storage: random, without an ending, in a folder that is never served.
    stored_as = models.CharField(max_length=100, unique=True, editable=False)
    original_name = models.CharField(max_length=200, editable=False)
    media_type = models.CharField(max_length=100, editable=False)
    size = models.PositiveBigIntegerField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    is_in_draft = models.BooleanField(default=True, editable=False)

    objects = ResponseFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a response")
        verbose_name_plural = _("files of responses")
        ordering = ["added_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "sha256"], condition=Q(is_in_draft=True), name="response_file_once_per_draft"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="response_file_has_a_title"),
            models.CheckConstraint(condition=Q(size__gt=0), name="response_file_is_not_empty"),
        ]

    def __str__(self):
        return self.title

    @property
    def file_names(self):
        """What the storage holds of it."""
        return [self.stored_as]


class SubmissionQuerySet(models.QuerySet):
    def standing(self):
        """The one of a response that counts: not replaced, not withdrawn, confirmed for the last material change."""
        return self.filter(
            replaced_at=None, withdrawn_at=None, confirmed_for__gte=F("response__lot__call__material_number")
        )

    def waiting_for_confirmation(self):
        return self.filter(
            replaced_at=None, withdrawn_at=None, confirmed_for__lt=F("response__lot__call__material_number")
        )


class Submission(models.Model):
    """What was handed over at one moment: never changed, only replaced, withdrawn or confirmed.

    `received_at` is the application's UTC time, taken when the whole request had been read and before any query; a
    trigger refuses it at or after the deadline of the call.
    """

    response = models.ForeignKey(Response, models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField()
    received_at = models.DateTimeField()
    message = models.TextField()
    price = models.PositiveBigIntegerField(null=True)
    files = models.ManyToManyField(ResponseFile, related_name="submissions")
    #: How many those are; a trigger lets no file come or go later.
    file_count = models.PositiveSmallIntegerField(default=0)
    #: SHA-256 over what was handed over, as `sealing.digest_of` writes it; stands on the receipt.
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    #: Number of the last material amendment that it was given or confirmed under.
    confirmed_for = models.PositiveSmallIntegerField(default=0)
    #: Of the last confirmation; as `received_at`, and before the deadline too.
    confirmed_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    #: When the firm was told, after the deadline, that it did not count because nobody had confirmed it.
    lapse_told_at = models.DateTimeField(null=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["response", "number"], name="submission_number_once_per_response"),
            models.UniqueConstraint(
                fields=["response"],
                condition=Q(replaced_at=None, withdrawn_at=None),
                name="submission_one_stands_per_response",
            ),
            models.CheckConstraint(
                condition=Q(replaced_at=None) | Q(withdrawn_at=None), name="submission_replaced_or_withdrawn_not_both"
            ),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="submission_has_a_hash"),
        ]

    def __str__(self):
        return f"{self.response} ({self.number})"

    @property
    def is_standing(self):
        """Neither replaced nor withdrawn; whether it is confirmed is a matter of its call."""
        return self.replaced_at is None and self.withdrawn_at is None
