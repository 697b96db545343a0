from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Representative
from marketplace.calls.models import Call, Lot
from marketplace.core.files import kinds
from marketplace.core.vocab import languages


class DocumentQuerySet(models.QuerySet):
    def current(self):
        """Those that were not taken away or replaced by an amendment."""
        return self.filter(removed_at=None)

    def visible_to(self, user):
        """As the call they belong to; documents open without an account. What was taken away stays with the buyer."""
        found = self.filter(call__in=Call.objects.visible_to(user), call__withdrawn_at=None)
        if not user.is_authenticated:
            return found.current()
        if user.is_staff:
            return self
        mine = Representative.objects.filter(organisation=OuterRef("call__buyer__organisation"), user=user)
        return self.filter(Q(pk__in=found.current()) | Exists(mine))


class Paper(models.Model):
    """A private file that was looked at and stored, and what is said of it."""

    title = models.CharField(_("title"), max_length=120)
    language = models.CharField(_("language"), max_length=10, blank=True)
    #: The name in the storage: random, without an ending, in a folder that is never served.
    stored_as = models.CharField(max_length=100, unique=True, editable=False)
    original_name = models.CharField(max_length=200, editable=False)
    media_type = models.CharField(max_length=100, editable=False)
    size = models.PositiveBigIntegerField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True

    def __str__(self):
        return self.title

    @property
    def file_names(self):
        """What the storage holds of it."""
        return [self.stored_as]

    @property
    def kind(self):
        """What is really in it, whatever it was called."""
        return next(kind for kind in kinds.STORED if kind.media_type == self.media_type)

    @property
    def file_name(self):
        """What a download is called: as it came, with the ending of what is really in it."""
        stem = self.original_name.rpartition(".")[0] or self.original_name
        return f"{stem}.{self.kind.ending}"

    @property
    def language_name(self):
        """By its own name; "" where it has none or several."""
        language = languages.find(self.language)
        return language.endonym if language else ""


class CallDocument(Paper):
    """A paper of the call. A draft's is deleted when it is removed; a published one's is kept and no longer shown."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="documents")
    #: None is for the whole call.
    lot = models.ForeignKey(Lot, models.SET_NULL, null=True, blank=True, related_name="documents")
    removed_at = models.DateTimeField(null=True, editable=False)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document of a call")
        verbose_name_plural = _("documents of calls")
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "sha256"], condition=Q(removed_at=None), name="call_document_once_per_call"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="call_document_has_a_title"),
            models.CheckConstraint(condition=Q(size__gt=0), name="call_document_is_not_empty"),
        ]

    def get_absolute_url(self):
        return reverse("call-document", kwargs={"slug": self.call.slug, "pk": self.pk})
