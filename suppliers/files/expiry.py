"""Reminds the administrators of a firm before a document ends."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from suppliers.files import emails
from suppliers.files.models import Document
from suppliers.signals import tell_changed

#: Days of notice, longest first; whoever comes late gets the latest reminder alone.
NOTICES = (30, 7)
AT_ONCE = 500


def remind(at: datetime) -> int:
    """Each reminder goes once, whatever runs at the same time; returns how many documents it was about."""
    today, count = timezone.localdate(at), 0
    for days in sorted(NOTICES):
        soon = Document.objects.filter(
            Q(reminded_days=None) | Q(reminded_days__gt=days),
            valid_until__range=(today, today + timedelta(days=days)),
        )
        for document in soon.select_related("supplier__organisation").order_by("valid_until", "pk")[:AT_ONCE]:
            with transaction.atomic():
                if soon.filter(pk=document.pk).update(reminded_days=days):
                    emails.document_ends(document, days=days)
                    count += 1
    return count


def tell_turned(at: datetime) -> int:
    """When a document begins or ceases to count, tell those who list it by what its firm holds; once each."""
    today, count = timezone.localdate(at), 0
    turned = Document.objects.turned(today)
    for document in turned.select_related("supplier").order_by("pk")[:AT_ONCE]:
        with transaction.atomic():
            if turned.filter(pk=document.pk).update(turned_on=today):
                tell_changed(document.supplier)
                count += 1
    return count
