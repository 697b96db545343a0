from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.calls.models import Call
from marketplace.calls.papers.models import Paper


class Amendment(models.Model):
    """What was changed in a published call, at once and by one act; never changed itself."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="amendments")
    number = models.PositiveSmallIntegerField()
    amended_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    #: Responses given before it have to be confirmed.
    is_material = models.BooleanField()
    #: [{"part": …, "lot": number or null, "before": …, "after": …}], values as `facts.facts_of` has them.
    changes = models.JSONField()
    #: The buyer's words on why.
    words = models.TextField(max_length=2_000, blank=True)

    class Meta:
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="amendment_number_once_per_call"),
            models.CheckConstraint(condition=Q(number__gte=1), name="amendment_number_begins_at_one"),
            models.CheckConstraint(condition=~Q(changes=[]), name="amendment_changes_something"),
        ]

    def __str__(self):
        return f"{self.call} ({self.number})"


class PendingAmendment(models.Model):
    """A change of a published call that is being written: the buyer's own until it is published as a whole."""

    call = models.OneToOneField(Call, models.CASCADE, related_name="pending_amendment")
    #: The call as it shall stand, as `facts.facts_of` has it.
    facts = models.JSONField()
    #: The clauses as they shall stand: [{"clause": key, "link_to_subject": words}].
    clauses = models.JSONField(default=list)
    #: Keys of the documents that shall go.
    dropped_documents = models.JSONField(default=list)
    #: Fingerprint of the call when the writing began, or was last brought up to date with it.
    seen = models.CharField(max_length=64)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    begun_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("pending amendment")
        verbose_name_plural = _("pending amendments")
        constraints = [
            models.CheckConstraint(condition=~Q(seen=""), name="pending_amendment_knows_what_it_began_from"),
        ]

    def __str__(self):
        return str(self.call)


class PendingDocument(Paper):
    """A file that becomes a document of the call with the amendment under way, and goes with it if it is discarded."""

    pending = models.ForeignKey(PendingAmendment, models.CASCADE, related_name="new_documents")
    #: Of a lot in the facts, which may be as new as the document; None is for the whole call.
    lot_number = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("new document of a pending amendment")
        verbose_name_plural = _("new documents of pending amendments")
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["pending", "sha256"], name="pending_document_once_per_amendment"),
            models.CheckConstraint(condition=~Q(title=""), name="pending_document_has_a_title"),
            models.CheckConstraint(condition=Q(size__gt=0), name="pending_document_is_not_empty"),
        ]

    @property
    def lot(self):
        """As the facts have it, or None."""
        return next((lot for lot in self.pending.facts["lots"] if lot["number"] == self.lot_number), None)
