import html
import re

import pytest
from django.urls import reverse

from suppliers.models import Supplier

TOLD = {"title": "A school", "buyer_name": "City of Lyon", "year": "2024", "value_band": "10k"}


def words(response):
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(text).split())


def step_address(step):
    return reverse("profile-step", kwargs={"step": step})


@pytest.fixture
def browser(as_user, omar):
    return as_user(omar)


@pytest.fixture
def atlas(omar):
    """Omar's profile, with nothing in it yet."""
    return Supplier.objects.create(organisation=omar.organisation, slug="atlas", based_in="FR")


@pytest.fixture
def save(browser):
    """`save(step, **fields)` opens the step and sends these fields as that page would."""

    def send(step, **fields):
        page = browser.get(step_address(step))
        seen = re.search(r'name="seen" value="([^"]*)"', page.content.decode())
        return browser.post(step_address(step), {"then": "next", "seen": seen[1]} | fields)

    return send
