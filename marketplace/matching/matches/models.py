from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.calls.models import Call, Lot
from marketplace.matching.scoring import CPV_MOST, KEPT_OF_A_CALL, REGION_MOST, SHOWN_FROM, WORDS_MOST
from suppliers.models import Supplier


class MatchQuerySet(models.QuerySet["Match"]):
    def standing(self, at=None):
        """Of calls that are open and firms that are listed at that moment, whatever was kept before; nobody's own."""
        found = self.filter(call__in=Call.objects.open(at), supplier__in=Supplier.objects.listed())
        return found.exclude(call__buyer__organisation=F("supplier__organisation"))

    def best_first(self):
        """Equal scores in the order that was dealt for their call."""
        return self.order_by("-score", "turn", "pk")

    def not_set_aside(self):
        """Without the calls that the firm said are not for it."""
        said = SetAside.objects.filter(call=OuterRef("call"), supplier=OuterRef("supplier"))
        return self.exclude(Exists(said))


class Match(models.Model):
    """A firm that could serve a call, with the parts of the score of the lot that it answers best.

    `keeping` alone writes it; it says how things stood when it was found, and is found again after
    every change of either side.
    """

    call = models.ForeignKey(Call, models.CASCADE, related_name="matches")
    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="matches")
    lot = models.ForeignKey(Lot, models.CASCADE, related_name="matches")
    cpv = models.PositiveSmallIntegerField()
    region = models.PositiveSmallIntegerField()
    words = models.PositiveSmallIntegerField()
    score = models.GeneratedField(
        expression=F("cpv") + F("region") + F("words"),
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
    )
    #: The order among equals: a hash of the call and the firm, so that every call deals anew and always the same.
    turn = models.IntegerField()
    #: Of the rules that gave the score.
    version = models.PositiveSmallIntegerField()
    found_at = models.DateTimeField(default=timezone.now)

    objects = MatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        constraints = [
            models.UniqueConstraint(fields=["call", "supplier"], name="match_once_per_call_and_supplier"),
            models.CheckConstraint(
                condition=Q(cpv__lte=CPV_MOST, region__lte=REGION_MOST, words__lte=WORDS_MOST),
                name="match_parts_are_within_their_range",
            ),
            models.CheckConstraint(condition=Q(score__gte=SHOWN_FROM), name="match_is_good_enough_to_be_shown"),
        ]
        indexes = [
            models.Index(fields=["call", "-score", "turn"], name="match_of_a_call_by_score"),
            models.Index(fields=["supplier", "-score"], name="match_of_a_supplier_by_score"),
        ]

    def __str__(self):
        return f"{self.call_id} {self.supplier_id}: {self.score}"


class SetAside(models.Model):
    """A firm said that a call is not for it. It changes that firm's own list and nobody else's, and no score."""

    class Reason(models.TextChoices):
        OTHER_WORK = "other_work", _("This is not the work we do")
        TOO_FAR = "too_far", _("It is too far away")
        TOO_LARGE = "too_large", _("It is too large for us")
        TOO_SMALL = "too_small", _("It is too small for us")
        NOT_NOW = "not_now", _("We have no time for it")

    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="set_aside")
    call = models.ForeignKey(Call, models.CASCADE, related_name="set_aside")
    #: The lot that the firm answered best when it said so: what the reason speaks of.
    lot = models.ForeignKey(Lot, models.CASCADE, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    #: Whether calls like it are left out too, which the firm can switch off.
    is_tuning = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("call set aside")
        verbose_name_plural = _("calls set aside")
        constraints = [
            models.UniqueConstraint(fields=["supplier", "call"], name="set_aside_once_per_supplier_and_call"),
            models.CheckConstraint(
                condition=Q(reason__in=["other_work", "too_far", "too_large", "too_small", "not_now"]),
                name="set_aside_for_a_known_reason",
            ),
        ]

    def __str__(self):
        return f"{self.supplier_id} {self.call_id}: {self.reason}"


class Need(models.Model):
    """What a lot of an open call asks for, ready to be compared; `facts.keep_needs` alone writes it.

    A firm is compared with tens of thousands of lots at once, too many to take their titles apart each time.
    """

    lot = models.OneToOneField(Lot, models.CASCADE, primary_key=True, related_name="need")
    call = models.ForeignKey(Call, models.CASCADE, related_name="needs")
    #: Of the lot: the first of equals is kept.
    number = models.PositiveSmallIntegerField()
    #: CPV codes as numbers, the main one first.
    codes = ArrayField(models.IntegerField())
    #: By what a firm's codes find it: see `facts.FOUND_BY`.
    tokens = ArrayField(models.IntegerField())
    #: NUTS codes of where the work is; who serves one of `whole` serves all of one of them, and `around` are they with
    #: all that they lie in.
    regions = ArrayField(models.CharField(max_length=5))
    whole = ArrayField(models.CharField(max_length=5))
    around = ArrayField(models.CharField(max_length=5))
    #: Ways to say what is wanted, each as the stems of its words with blanks between them.
    phrasings = ArrayField(models.TextField())

    class Meta:
        verbose_name = _("need")
        verbose_name_plural = _("needs")
        constraints = [models.CheckConstraint(condition=~Q(codes=[]), name="need_says_what")]
        indexes = [GinIndex(fields=["tokens"], name="need_by_token", fastupdate=False)]

    def __str__(self):
        return f"{self.call_id}.{self.number}"


class MatchedCall(models.Model):
    """When a call was last matched as a whole, and where its list ends."""

    call = models.OneToOneField(Call, models.CASCADE, primary_key=True, related_name="matched")
    at = models.DateTimeField()
    kept = models.PositiveSmallIntegerField()
    #: Of the last firm of a list that is full; a firm that does not come before it is not kept.
    last_score = models.PositiveSmallIntegerField(null=True)
    last_turn = models.IntegerField(null=True)

    class Meta:
        verbose_name = _("matched call")
        verbose_name_plural = _("matched calls")
        constraints = [
            models.CheckConstraint(
                condition=Q(kept__lt=KEPT_OF_A_CALL, last_score=None, last_turn=None)
                | Q(kept=KEPT_OF_A_CALL, last_score__isnull=False, last_turn__isnull=False),
                name="matched_call_has_an_end_when_it_is_full",
            )
        ]

    def __str__(self):
        return f"{self.call_id}: {self.kept}"


class WaitingQuerySet(models.QuerySet["Waiting"]):
    def due(self, at):
        """Their moment has come and nobody holds them."""
        return self.filter(Q(claimed_until=None) | Q(claimed_until__lt=at), due_at__lte=at)


class Waiting(models.Model):
    """A call or a firm that has changed and is to be matched again.

    Asked for again while it is being matched, it stays: what was read may have been older than the change.
    """

    call = models.OneToOneField(Call, models.CASCADE, null=True, related_name="waiting_match")
    supplier = models.OneToOneField(Supplier, models.CASCADE, null=True, related_name="waiting_match")
    first_asked_at = models.DateTimeField(default=timezone.now)
    asked_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    objects = WaitingQuerySet.as_manager()

    class Meta:
        verbose_name = _("waiting to be matched")
        verbose_name_plural = _("waiting to be matched")
        constraints = [
            models.CheckConstraint(
                condition=Q(call=None, supplier__isnull=False) | Q(call__isnull=False, supplier=None),
                name="waiting_is_a_call_or_a_supplier",
            ),
            models.CheckConstraint(condition=Q(asked_at__gte=F("first_asked_at")), name="waiting_is_asked_forward"),
        ]
        indexes = [models.Index(fields=["due_at"], name="waiting_match_by_time")]

    def __str__(self):
        return f"call {self.call_id}" if self.call_id else f"supplier {self.supplier_id}"


class FullMatch(models.Model):
    """All open calls matched anew: those that were matched since it began are done, so that it can be cut off."""

    began_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    #: The last sign of life of whoever works at it; the clock goes on where nobody does.
    touched_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("full match")
        verbose_name_plural = _("full matches")
        constraints = [
            models.UniqueConstraint(models.Value(1), condition=Q(finished_at=None), name="full_match_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(finished_at__gte=F("began_at")),
                name="full_match_ends_after_it_begins",
            ),
        ]

    def __str__(self):
        return f"{self.began_at:%Y-%m-%d %H:%M}"
