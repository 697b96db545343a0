from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from marketplace.calls.models import Call
from marketplace.calls.notices.models import Notice


class ReleaseQuerySet(models.QuerySet):
    def on_show(self):
        """What everybody may read. Of a call that was taken back only what says so, as on its page; nothing of one that
        came from a source that does not let others use its data."""
        kept = Notice.objects.filter(call=OuterRef("call"), source__licence="")
        is_last_word = Q(released_at__gte=F("call__withdrawn_at"))
        return self.filter(Q(call__withdrawn_at=None) | is_last_word).exclude(Exists(kept))

    def since(self, at):
        return self.filter(released_at__gte=at)

    def after(self, place):
        """Those that follow a (released_at, pk) in the order in which they are read."""
        at, pk = place
        return self.filter(Q(released_at__gt=at) | Q(released_at=at, pk__gt=pk))

    def in_order(self):
        return self.order_by("released_at", "pk")


class Release(models.Model):
    """What a call said to everybody from a moment on, as open data; written once and never changed."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="releases")
    #: From 1 within its call.
    number = models.PositiveSmallIntegerField()
    #: The same for all releases of a call, for ever: also when the prefix of the installation changes.
    ocid = models.CharField(max_length=120)
    identifier = models.CharField(max_length=140, unique=True)
    tag = models.CharField(max_length=30)
    released_at = models.DateTimeField()
    #: Of the last amendment that it takes in; 0 is none.
    amendment_number = models.PositiveSmallIntegerField(default=0)
    #: The release as it is handed out, to the byte.
    content = models.TextField()

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["released_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="release_number_once_per_call"),
            models.CheckConstraint(condition=Q(number__gte=1), name="release_number_begins_at_one"),
            models.CheckConstraint(
                condition=~Q(ocid="") & ~Q(identifier="") & ~Q(tag="") & ~Q(content=""), name="release_says_something"
            ),
        ]
        indexes = [
            models.Index(fields=["released_at", "id"], name="release_in_order"),
            models.Index(fields=["ocid", "number"], name="release_of_a_process"),
        ]

    def __str__(self):
        return self.identifier
