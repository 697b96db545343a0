from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.core import registry
from marketplace.core.models import OutboxMessage
from suppliers.files import due, expiry
from suppliers.files.models import Document
from suppliers.signals import suppliers_changed
from tests.factories.accounts import RepresentativeFactory
from tests.factories.files import DocumentFactory

pytestmark = pytest.mark.django_db


def at(days=0):
    return timezone.now() + timedelta(days=days)


def mails():
    return list(OutboxMessage.objects.filter(template="files/email/document_ends").order_by("pk"))


def test_the_administrators_are_reminded_30_days_and_7_days_before_once_each(atlas, omar):
    RepresentativeFactory(organisation=omar.organisation, editor=True)
    DocumentFactory(supplier=atlas, title="Insurance", valid_until=at(40).date())
    counts = []

    for days in (0, 9, 10, 10, 11, 32, 33, 33, 39, 40, 41):
        expiry.remind(at(days))
        counts.append(len(mails()))

    assert counts == [0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2]
    assert {mail.to for mail in mails()} == {omar.email}
    assert [mail.context["is_soon"] for mail in mails()] == [False, True]
    assert mails()[0].language == "fr"
    assert mails()[0].context["link"].endswith("/fr/workspace/profile/documents/")


def test_a_document_that_comes_late_brings_the_last_reminder_alone(atlas):
    DocumentFactory(supplier=atlas, valid_until=at(3).date())

    assert expiry.remind(at()) == 1
    assert expiry.remind(at()) == 0

    assert [mail.context["is_soon"] for mail in mails()] == [True]


def test_a_document_without_an_end_or_past_it_reminds_nobody(atlas):
    DocumentFactory(supplier=atlas)
    DocumentFactory(supplier=atlas, over=True)

    assert expiry.remind(at()) == 0


@pytest.mark.parametrize(
    ("fields", "turns"),
    [
        ({"valid_until": -1}, [1, 0, 0]),
        ({"valid_until": 0}, [0, 1, 0]),
        ({"valid_from": 1}, [0, 1, 0]),
        ({"valid_from": 1, "valid_until": 1}, [0, 1, 1]),
        ({}, [0, 0, 0]),
    ],
)
def test_a_document_that_begins_or_ends_is_told_once(atlas, fields, turns):
    DocumentFactory(supplier=atlas, **{name: at(days).date() for name, days in fields.items()})
    told = []

    def hear(sender, suppliers, **kwargs):
        told.extend(suppliers)

    suppliers_changed.connect(hear)
    try:
        for days, expected in enumerate(turns):
            assert expiry.tell_turned(at(days)) == expected
            assert expiry.tell_turned(at(days)) == 0
    finally:
        suppliers_changed.disconnect(hear)
    assert told == [atlas.pk] * sum(turns)


def test_stray_files_are_looked_for_once_a_day(kept):
    document = DocumentFactory(stored=True)
    Document.objects.all()._raw_delete("default")

    assert due.sweep_once_a_day(at(2)) == 1
    assert due.sweep_once_a_day(at(2)) == 0
    assert document.stored_as not in kept()


def test_the_clock_knows_of_all_this():
    names = set(registry.due.names())
    assert {"document-reminders", "documents-turned", "uploads-abandoned", "files-without-a-row"} <= names
