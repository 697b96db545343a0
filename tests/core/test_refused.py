from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.core import outbox, refused
from marketplace.core.models import OutboxMessage

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def ended(to, at, *, error="", **fields):
    times = {"failed_at": at} if error else {"sent_at": at}
    return OutboxMessage.objects.create(template="x", to=to, language="en", last_error=error, **times, **fields)


def test_an_address_is_refused_until_a_later_mail_arrives_or_a_week_has_passed():
    now = timezone.now()
    ended("a@x.example", now - DAY, error="550 no such user")
    ended("b@x.example", now - DAY, error="550 no such user")
    ended("b@x.example", now)
    ended("c@x.example", now - 2 * DAY)
    ended("c@x.example", now - DAY, error="554 go away")
    everybody = [f"{name}@x.example" for name in "abcd"]

    assert refused.addresses(everybody, now) == {"a@x.example": now - DAY, "c@x.example": now - DAY}
    assert refused.addresses(["b@x.example"], now) == {}
    assert refused.addresses(everybody, now + 7 * DAY) == {}
    assert refused.addresses([], now) == {}


def test_a_server_that_was_away_and_a_mail_that_nobody_may_know_of_count_for_nothing():
    now = timezone.now()
    ended("a@x.example", now, error="given up after a day: 451 later")
    ended("b@x.example", now, error="550 no such user", hidden_until=outbox.FOREVER)

    assert refused.addresses(["a@x.example", "b@x.example"], now) == {}
