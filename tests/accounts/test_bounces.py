"""Staff see whom a hidden message did not reach, so that somebody helps; never what it said."""

import pytest
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts import bounces
from marketplace.core import outbox, registry
from marketplace.core.audit import label_of
from marketplace.core.models import AuditEntry, OutboxMessage
from tests.factories.accounts import RepresentativeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def bounced(zed, monkeypatch):
    """`bounced(person)`: a hidden message to them failed for good; nothing keeps that any more."""
    monkeypatch.setattr(registry.seals, "_entries", {"people": registry.Seal("accounts.user", lambda keys, at: keys)})

    def fail(person, **more):
        kept = {"hidden_until": outbox.FOREVER, "seal": label_of(zed)} | more
        message = OutboxMessage.objects.create(
            template="responses/email/received",
            to=person.email,
            language="en",
            context={"call": "Zwiebelfisch"},
            **kept,
        )
        message.record_failed(timezone.now(), "550 5.1.1 Zwiebelfisch")
        return message

    return fail


def tile():
    address = f"{reverse('organisations:index')}?mail=bounced"
    return next(tile for tile in registry.dashboard if tile.url() == address)


def test_an_organisation_is_told_with_its_person_and_how_many(bounced, omar, amina):
    bounced(omar), bounced(omar)

    assert list(bounces.organisations()) == [omar.organisation]
    assert bounces.of(omar.organisation) == [(omar, 2)]
    assert bounces.of(amina.organisation) == []


def test_a_mail_that_is_not_hidden_is_in_the_list_of_mails_and_not_here(bounced, omar):
    bounced(omar, hidden_until=None, seal="")

    assert not bounces.organisations().exists()


def test_the_dashboard_counts_organisations_and_leads_to_them(as_user, stella, bounced, omar, amina):
    assert tile().count(stella) == 0
    bounced(omar), bounced(omar)
    RepresentativeFactory(organisation=omar.organisation)
    assert tile().count(stella) == 1
    page = as_user(stella).get(tile().url())

    assert [row.pk for row in page.context["object_list"]] == [omar.organisation.pk]


def test_the_page_says_to_whom_and_never_what(as_user, stella, bounced, omar):
    message = bounced(omar)
    page = as_user(stella).get(reverse("organisations:inspect", args=[omar.organisation.pk])).content.decode()

    assert "Hidden messages that bounced" in page
    assert "Zwiebelfisch" not in page
    assert message.key not in page
    assert message.template not in page


def test_once_it_is_settled_it_is_spoken_of_no_more_until_another_bounces(as_user, stella, bounced, omar):
    bounced(omar)
    browser = as_user(stella)
    press = reverse("organisations:press", args=[omar.organisation.pk, "mail-settled"])
    for _press in range(2):
        browser.post(press)

    assert not bounces.organisations().exists()
    assert AuditEntry.objects.filter(verb="organisation.mail_settled").count() == 1
    assert (
        "mail-settled"
        not in browser.get(reverse("organisations:inspect", args=[omar.organisation.pk])).content.decode()
    )
    bounced(omar)
    assert list(bounces.organisations()) == [omar.organisation]


def test_somebody_who_has_left_or_has_another_address_needs_no_help(bounced, omar, amina):
    bounced(omar), bounced(amina)
    omar.email = "omar@elsewhere.example"
    omar.save()
    amina.is_active = False
    amina.save()

    assert not bounces.organisations().exists()


def test_who_is_not_staff_finds_none_of_it(as_user, bounced, omar, zed):
    bounced(omar)
    for person in (omar, zed):
        assert as_user(person).get(reverse("organisations:index")).status_code == 404
