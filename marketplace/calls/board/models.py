from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyers.models import Buyer
from marketplace.calls.models import Call


class CallRow(models.Model):
    """What the list of calls knows of one that is published or will be; `rows.refresh` alone writes it.

    Whether a call is open is never stored: every search asks the times. The table is narrow for the same reason, and
    by the same means, as that of the directory.
    """

    class Ending(models.TextChoices):
        """How it ended, as far as somebody has said so; the deadline ends it too, and says nothing here."""

        NONE = "", _("None")
        AWARDED = "awarded", _("Awarded")
        UNSUCCESSFUL = "unsuccessful", _("Without result")
        CANCELLED = "cancelled", _("Cancelled")

    call = models.OneToOneField(Call, models.CASCADE, primary_key=True, related_name="search_row")
    buyer = models.ForeignKey(Buyer, models.CASCADE, related_name="+")
    is_for_members = models.BooleanField()
    #: A fair share of all calls, 0 to 255, by a hash of the call's number.
    bucket = models.SmallIntegerField()
    publish_at = models.DateTimeField()
    deadline = models.DateTimeField()
    ending = models.CharField(max_length=12, blank=True, choices=Ending.choices)
    #: The lots' own CPV codes as numbers.
    codes = ArrayField(models.IntegerField())
    #: The tokens that facets count: few, while `tokens` has all that can be asked for.
    facets = ArrayField(models.IntegerField())
    tokens = ArrayField(models.IntegerField())
    text = SearchVectorField()
    #: Never read. PostgreSQL takes values out of rows above 2 KB only, and this makes every row one of them.
    ballast = models.TextField()

    class Meta:
        indexes = [
            # Few calls change in an hour, so their words go into the index at once.
            GinIndex(F("text"), F("tokens"), name="board_row_search", fastupdate=False),
            models.Index(fields=["deadline", "call"], name="board_row_by_deadline"),
            models.Index(fields=["publish_at", "call"], name="board_row_by_publication"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(bucket__range=(0, 255)), name="board_row_has_a_bucket"),
            models.CheckConstraint(
                condition=Q(ending__in=["", "awarded", "unsuccessful", "cancelled"]), name="board_row_ending_is_known"
            ),
        ]

    def __str__(self):
        return str(self.call_id)


class SavedCallQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(person=user)

    def closing_soonest(self, at=None):
        """Of calls that are open, the next deadline first."""
        return self.filter(call__in=Call.objects.open(at)).order_by("call__response_deadline", "call")

    def in_order(self, at=None):
        """The open ones by their deadline, then the others, the latest first."""
        open_until = Case(When(call__in=Call.objects.open(at), then=F("call__response_deadline")))
        return self.order_by(open_until.asc(nulls_last=True), "-call__response_deadline", "call")


class SavedCall(models.Model):
    """Somebody wants to hear what becomes of a call, and finds it again in the workspace. Seen by nobody else."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_calls")
    call = models.ForeignKey(Call, models.CASCADE, related_name="savings")
    saved_at = models.DateTimeField(default=timezone.now)

    objects = SavedCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved call")
        verbose_name_plural = _("saved calls")
        constraints = [models.UniqueConstraint(fields=["person", "call"], name="call_saved_once_by_a_person")]

    def __str__(self):
        return f"{self.person}: {self.call}"
