import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.core.models import OutboxMessage

SHAPES = {
    "outbox_message_is_sent_or_failed_not_both": {"sent_at": True, "failed_at": True, "last_error": "550 no"},
    "outbox_message_forgets_its_secrets": {"sent_at": True, "sealed": b"code"},
    "outbox_message_failed_with_a_reason": {"failed_at": True, "last_error": ""},
}


def message(**fields):
    now = timezone.now()
    fields = {name: now if value is True else value for name, value in fields.items()}
    return OutboxMessage.objects.create(template="x", to="amina@leeds.example", language="en", **fields)


def test_the_shapes_that_may_be_are_taken(db):
    message()
    message(sealed=b"code")
    message(sent_at=True)
    message(failed_at=True, last_error="550 no")

    assert OutboxMessage.objects.count() == 4


@pytest.mark.parametrize("name", SHAPES)
def test_the_shapes_that_may_not_be_are_refused(db, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        message(**SHAPES[name])


def test_every_message_has_a_key_of_its_own(db):
    first = message()

    with pytest.raises(IntegrityError, match="key"), transaction.atomic():
        message(key=first.key)


@pytest.mark.parametrize(
    ("public_url", "domain"),
    [
        ("https://tessera.example", "tessera.example"),
        ("http://127.0.0.1:8000", "127.0.0.1"),
        ("http://[::1]:8000", "::1"),
    ],
)
def test_the_message_id_names_this_site(db, settings, public_url, domain):
    settings.PUBLIC_URL = public_url

    assert message(key="k1").message_id == f"<k1@{domain}>"


def test_a_long_answer_of_a_server_is_cut(db):
    row = message()
    row.record_delayed(timezone.now(), "451 " + "x" * 1000)

    row.refresh_from_db()
    assert len(row.last_error) == 300
