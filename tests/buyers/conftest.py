import html
import re

import pytest

from marketplace.accounts.models import Identifier


def words(response):
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(text).split())


def make_known(organisation, *, website="https://leeds.example", number="07421234"):
    """Give it a website and a number in a register."""
    organisation.website = website
    organisation.save()
    if number:
        Identifier.objects.create(organisation=organisation, scheme="GB-COH", value=number)
    return organisation


@pytest.fixture
def leeds(amina):
    """Leeds Council, whose administrator writes from its own website's domain."""
    return make_known(amina.organisation)
