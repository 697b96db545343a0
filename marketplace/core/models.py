import uuid
from datetime import datetime, timedelta
from typing import Any, Self
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    def waiting(self) -> Self:
        return self.filter(sent_at=None, failed_at=None)

    def due(self, at: datetime) -> Self:
        """Waiting, its next attempt has come, and nobody holds it."""
        return self.waiting().filter(Q(claimed_until=None) | Q(claimed_until__lt=at), next_attempt_at__lte=at)

    def failed(self) -> Self:
        return self.exclude(failed_at=None)

    def known(self, at: datetime | None = None) -> Self:
        """Without those of which, at that moment, nobody but the receiver may know."""
        return self.filter(Q(hidden_until=None) | Q(hidden_until__lte=at or timezone.now()))

    def about(self, label: str, pk: Any) -> Self:
        """Messages that concern one row, for a timeline."""
        return self.filter(about__contains=[f"{label}:{pk}"])

    def claim(self, pk: int, *, lease: timedelta, at: datetime | None = None) -> "OutboxMessage | None":
        """Take one due message for as long as `lease`, or None when it is sent, not due or held by another."""
        at = at or timezone.now()
        taken = self.due(at).filter(pk=pk).update(claimed_until=at + lease, attempts=F("attempts") + 1)
        return self.get(pk=pk) if taken else None


def new_message_key() -> str:
    return uuid.uuid4().hex


class OutboxMessage(models.Model):
    """One e-mail to one address, stored with the change it tells of and sent after that change is committed.

    Sending is at least once: a crash between the mail server's yes and our commit repeats it with the same Message-ID.
    """

    key = models.CharField(max_length=32, unique=True, default=new_message_key, editable=False)
    template = models.CharField(max_length=120)
    to = models.EmailField()
    language = models.CharField(max_length=10)
    context = models.JSONField(default=dict)
    #: Codes and signed links, encrypted; emptied as soon as the message has been sent or has failed for good.
    sealed = models.BinaryField(null=True)
    about = ArrayField(models.CharField(max_length=80), default=list)
    #: Until then nobody but the receiver may learn that it exists: no log and no staff screen names it.
    hidden_until = models.DateTimeField(null=True)
    #: Of a hidden one: the row, as `calls.call:12`, while whose seal holds not even a failure may be known of. Without
    #: one it never may.
    seal = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(failed_at=None), name="outbox_message_is_sent_or_failed_not_both"
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None, failed_at=None) | Q(sealed=None), name="outbox_message_forgets_its_secrets"
            ),
            models.CheckConstraint(
                condition=Q(failed_at=None) | ~Q(last_error=""), name="outbox_message_failed_with_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(seal="") | Q(hidden_until__isnull=False), name="outbox_message_under_a_seal_is_hidden"
            ),
        ]
        indexes = [
            models.Index(
                "next_attempt_at", condition=Q(sent_at=None, failed_at=None), name="outbox_message_waiting_by_time"
            ),
            models.Index("failed_at", condition=~Q(failed_at=None), name="outbox_message_failed_by_time"),
            GinIndex(fields=["about"], name="outbox_message_about"),
        ]

    def __str__(self) -> str:
        return f"{self.template} ({self.key})"

    @property
    def message_id(self) -> str:
        """The same at every attempt, so that a repeated mail is recognised as one."""
        return f"<{self.key}@{urlsplit(settings.PUBLIC_URL).hostname}>"

    def record_sent(self, at: datetime) -> None:
        """It has left, whoever else has claimed it since."""
        type(self).objects.filter(pk=self.pk, failed_at=None).update(
            sent_at=at, claimed_until=None, sealed=None, last_error=""
        )

    def record_failed(self, at: datetime, reason: str) -> None:
        """Given up for good: the address is refused or a day of attempts has passed."""
        self._still_mine().update(failed_at=at, claimed_until=None, sealed=None, last_error=_reason(reason))

    def record_delayed(self, until: datetime, reason: str) -> None:
        self._still_mine().update(next_attempt_at=until, claimed_until=None, last_error=_reason(reason))

    def _still_mine(self) -> OutboxQuerySet:
        """The row, unless it was sent or claimed anew since: then what this attempt learnt is out of date."""
        return OutboxMessage.objects.waiting().filter(pk=self.pk, attempts=self.attempts)


def _reason(words: str) -> str:
    return (words.strip() or "no reason given")[:300]


class AuditEntry(models.Model):
    """Who did what to which row, and when. Written by actions, never changed."""

    at = models.DateTimeField(default=timezone.now)
    verb = models.CharField(max_length=80)
    #: Null when the clock or an import did it.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    subject = models.CharField(max_length=80)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index("subject", "at", name="audit_entry_by_subject"),
            models.Index("at", name="audit_entry_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"


class Heartbeat(models.Model):
    """When a part of the machinery last proved that it works, for `check_health`."""

    name = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()
    #: When staff were last told that it had stopped; null while it works.
    alarmed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
