import re

import pytest
from django.urls import reverse

from marketplace.core import outbox
from marketplace.core.models import OutboxMessage
from suppliers.proposals.signing import proposal_token
from tests.factories.accounts import RepresentativeFactory, UserFactory
from tests.factories.proposals import PartnerFactory


@pytest.fixture
def mails():
    """`mails(address)` is what the outbox holds for an address, oldest first, as (name, context with secrets)."""

    def to(address):
        return [
            (message.template.rpartition("/")[2], message.context | outbox.unseal(message.sealed))
            for message in OutboxMessage.objects.filter(to=address).order_by("pk")
        ]

    return to


@pytest.fixture
def partner(omar):
    """The association for which omar acts as its administrator."""
    return PartnerFactory(organisation=omar.organisation, slug="atlas")


@pytest.fixture
def owner(db):
    """A person with an account, whom nobody has asked anything yet."""
    return UserFactory(email="owner@firm.example", full_name="Nia Owusu")


@pytest.fixture
def viewer(partner):
    return RepresentativeFactory(organisation=partner.organisation).user


@pytest.fixture
def answer_page():
    return lambda proposal: reverse("proposal-answer", kwargs={"token": proposal_token(proposal)})


@pytest.fixture
def words():
    """What a person reads on a page."""

    def of(response):
        text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
        return " ".join(text.split())

    return of
