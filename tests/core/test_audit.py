import pytest
from django.db import transaction

from marketplace.core import audit
from marketplace.core.models import AuditEntry


def test_an_entry_says_who_did_what_to_which_row(amina, zed):
    audit.record("person.blocked", zed, by=amina, reason="spam")

    entry = AuditEntry.objects.get(verb="person.blocked")
    assert (entry.by, entry.subject, entry.data) == (amina, f"accounts.user:{zed.pk}", {"reason": "spam"})


def test_what_is_rolled_back_is_not_audited(zed):
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012
        audit.record("person.blocked", zed)
        _ = 1 / 0

    assert not AuditEntry.objects.filter(verb="person.blocked").exists()


def test_an_entry_outlives_the_person_who_did_it(amina, zed):
    audit.record("person.blocked", amina, by=zed)
    zed.delete()

    assert AuditEntry.objects.get(verb="person.blocked").by is None
