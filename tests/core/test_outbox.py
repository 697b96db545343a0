import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.template import TemplateDoesNotExist
from django.urls import reverse
from django.utils import timezone, translation

from marketplace.core import due, outbox, registry, unreached
from marketplace.core.models import OutboxMessage
from marketplace.core.tasks import LEASE

HEADER_TRICKS = [
    f"amina@leeds.example{separator}{header}"
    for separator in (
        "\n",
        "\r",
        "\r\n",
        "\n\n",
        "%0A\n",
        "\r\n ",
        "\u2028",
        "\x0b",
        "\x0c",
        "\x1c",
        "\x85",
        "\0",
        "\t\n",
    )
    for header in (
        "Bcc: zed@elsewhere.example",
        "Subject: other",
        "To: zed@elsewhere.example",
        "\r\nbody",
        ", z@b.example",
    )
]


def test_a_message_is_stored_with_what_it_needs(db, letter, zed):
    with translation.override("fr"):
        message = outbox.post(letter, to="amina@leeds.example", about=[zed], subject="Bonjour", words="é")

    message.refresh_from_db()
    assert (message.template, message.to, message.language) == (letter, "amina@leeds.example", "fr")
    assert message.context == {"subject": "Bonjour", "words": "é"}
    assert message.about == [f"accounts.user:{zed.pk}"]
    assert list(OutboxMessage.objects.about("accounts.user", zed.pk)) == [message]
    assert message in OutboxMessage.objects.due(timezone.now())


def test_a_change_that_is_rolled_back_sends_nothing(db, letter):
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012
        outbox.post(letter, to="amina@leeds.example")
        _ = 1 / 0

    assert not OutboxMessage.objects.exists()


def test_a_missing_template_is_noticed_when_posting(db):
    with pytest.raises(TemplateDoesNotExist):
        outbox.post("tests/email/nowhere", to="amina@leeds.example")


@pytest.mark.parametrize("address", HEADER_TRICKS)
def test_an_address_that_is_more_than_an_address_is_refused(db, letter, address):
    with pytest.raises(ValidationError):
        outbox.post(letter, to=address)

    assert not OutboxMessage.objects.exists()


def test_a_plain_address_is_taken(db, letter):
    outbox.post(letter, to="amina@leeds.example")

    assert OutboxMessage.objects.count() == 1


def test_a_sealed_code_cannot_be_read_in_the_table(db, letter):
    outbox.post(letter, to="amina@leeds.example", sealed={"code": "K7-PLUM-42"})

    with connection.cursor() as cursor:
        cursor.execute("SELECT core_outboxmessage::text, sealed FROM core_outboxmessage")
        row, sealed = cursor.fetchone()
    assert "PLUM" not in row
    assert b"PLUM" not in bytes(sealed)
    assert outbox.unseal(sealed) == {"code": "K7-PLUM-42"}


def test_a_code_that_is_not_sealed_would_be_seen(db, letter):
    outbox.post(letter, to="amina@leeds.example", code="K7-PLUM-42")

    with connection.cursor() as cursor:
        cursor.execute("SELECT core_outboxmessage::text FROM core_outboxmessage")
        assert "PLUM" in cursor.fetchone()[0]


def test_a_claimed_message_is_nobody_elses(db, letter):
    message = outbox.post(letter, to="amina@leeds.example")

    first = OutboxMessage.objects.claim(message.pk, lease=LEASE)
    second = OutboxMessage.objects.claim(message.pk, lease=LEASE)

    assert first == message
    assert first.attempts == 1
    assert second is None


def test_a_claim_lapses_with_its_lease(db, letter):
    message = outbox.post(letter, to="amina@leeds.example")
    now = timezone.now()
    OutboxMessage.objects.claim(message.pk, lease=LEASE, at=now)

    assert OutboxMessage.objects.claim(message.pk, lease=LEASE, at=now + LEASE) is None
    again = OutboxMessage.objects.claim(message.pk, lease=LEASE, at=now + LEASE + timedelta(seconds=1))
    assert again.attempts == 2


def test_a_late_attempt_overwrites_nothing_that_a_newer_one_learnt(db, letter):
    message = outbox.post(letter, to="amina@leeds.example")
    now = timezone.now()
    slow = OutboxMessage.objects.claim(message.pk, lease=LEASE, at=now)
    later = now + LEASE + timedelta(seconds=1)
    quick = OutboxMessage.objects.claim(message.pk, lease=LEASE, at=later)

    slow.record_failed(later, "550 no such user")
    slow.record_delayed(later + timedelta(hours=1), "broken off")
    quick.record_sent(later)
    slow.record_failed(later, "550 no such user")

    message.refresh_from_db()
    assert message.sent_at == later
    assert message.failed_at is None
    assert message.last_error == ""


@pytest.mark.django_db(transaction=True)
def test_twenty_workers_and_one_message_make_one_sending(letter):
    assert _claims_by_twenty(letter, lambda pk: OutboxMessage.objects.claim(pk, lease=LEASE)) == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_conditional_claim_it_would_be_sent_more_often(letter):
    """The positive control: reading first and writing then lets many through."""

    def claim_by_reading(pk):
        found = OutboxMessage.objects.due(timezone.now()).filter(pk=pk).first()
        gate.wait()
        if found:
            found.claimed_until = timezone.now() + LEASE
            found.save()
        return found

    gate = threading.Barrier(20)
    assert _claims_by_twenty(letter, claim_by_reading) > 1


def _claims_by_twenty(letter, claim):
    message = outbox.post(letter, to="amina@leeds.example")
    start, won = threading.Barrier(20), []

    def run():
        try:
            start.wait()
            if claim(message.pk):
                won.append(1)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(won)


def test_the_sweep_enqueues_only_what_is_due_and_free(db, letter):
    now = timezone.now()
    due_now, later, held, sent, failed = (outbox.post(letter, to=f"p{n}@leeds.example") for n in range(5))
    OutboxMessage.objects.filter(pk=later.pk).update(next_attempt_at=now + timedelta(hours=1))
    OutboxMessage.objects.claim(held.pk, lease=LEASE)
    sent.record_sent(now)
    failed.record_failed(now, "550 no")

    assert list(OutboxMessage.objects.due(timezone.now())) == [due_now]
    assert due.sweep_outbox() == 1
    assert due.sweep_outbox(now + timedelta(hours=2)) == 3


# --- Mails that nobody but the receiver may know of -------------------------------------------------------------------


def test_a_hidden_mail_is_known_from_its_moment_on_and_sent_at_once(db, letter):
    moment = timezone.now() + timedelta(days=1)
    hidden = outbox.post(letter, to="omar@atlas.example", hidden_until=moment)
    plain = outbox.post(letter, to="amina@leeds.example")

    assert list(OutboxMessage.objects.known(moment - timedelta(microseconds=1))) == [plain]
    assert set(OutboxMessage.objects.known(moment)) == {plain, hidden}
    assert set(OutboxMessage.objects.due(timezone.now())) == {plain, hidden}


def test_what_is_hidden_forever_is_never_known(db, letter):
    outbox.post(letter, to="omar@atlas.example", hidden_until=outbox.FOREVER)

    assert not OutboxMessage.objects.known(timezone.now() + timedelta(days=365 * 200)).exists()


@pytest.fixture
def two_mails(db, letter):
    """A hidden one and a plain one that both failed for good, so that every list of staff would want them."""
    posted = [
        outbox.post(letter, to="omar@atlas.example", hidden_until=outbox.FOREVER),
        outbox.post(letter, to="amina@leeds.example"),
    ]
    OutboxMessage.objects.update(failed_at=timezone.now(), last_error="550 no such user")
    return posted


def test_no_staff_list_search_or_export_names_a_hidden_mail(as_user, stella, two_mails):
    browser = as_user(stella)
    index = reverse("mails:index")
    for query in ("", "?state=failed", "?q=omar", "?export=csv", "?export=xlsx&state=failed"):
        page = browser.get(index + query)
        content = page.getvalue() if page.streaming else page.content
        assert page.status_code == 200
        assert b"omar@atlas.example" not in content
    assert "amina@leeds.example" in browser.get(index).content.decode()


def test_a_hidden_mail_has_no_page_and_no_button(as_user, stella, two_mails):
    hidden, plain = two_mails
    browser = as_user(stella)
    for name, more, method in (("inspect", [], "get"), ("press", ["try-again"], "post")):
        address = reverse(f"mails:{name}", args=[hidden.pk, *more])
        assert getattr(browser, method)(address).status_code == 404
        assert getattr(browser, method)(reverse(f"mails:{name}", args=[plain.pk, *more])).status_code in (200, 302)
    hidden.refresh_from_db()
    assert hidden.failed_at


def test_the_dashboard_counts_no_hidden_mail(as_user, stella, two_mails):
    failed, waiting = (
        next(tile for tile in registry.dashboard if tile.url() == f"{reverse('mails:index')}?state={state}")
        for state in ("failed", "waiting")
    )
    assert (failed.count(stella), waiting.count(stella)) == (1, 0)
    OutboxMessage.objects.update(failed_at=None)
    assert (failed.count(stella), waiting.count(stella)) == (0, 1)
    OutboxMessage.objects.known().delete()

    assert (failed.count(stella), waiting.count(stella)) == (0, 0)


def test_without_the_word_known_staff_would_see_it(two_mails):
    assert OutboxMessage.objects.failed().count() == 2
    assert OutboxMessage.objects.known().failed().count() == 1


# --- Hidden mails that failed -----------------------------------------------------------------------------------------


@pytest.fixture
def seals(monkeypatch):
    """The keys of the people whose seal is broken."""
    broken = set()
    entry = registry.Seal("accounts.user", lambda keys, at: broken & set(keys))
    monkeypatch.setattr(registry.seals, "_entries", {"people": entry})
    return broken


def failed(letter, **more):
    message = outbox.post(letter, to="omar@atlas.example", **more)
    message.record_failed(timezone.now(), "550 no such user")
    return message


def test_that_a_hidden_mail_failed_may_be_known_once_its_seal_is_broken(db, letter, seals, zed, stella):
    message = failed(letter, hidden_until=outbox.FOREVER, seal_of=zed)
    failed(letter, hidden_until=outbox.FOREVER, seal_of=stella)
    failed(letter, hidden_until=outbox.FOREVER)
    failed(letter)
    outbox.post(letter, to="omar@atlas.example", hidden_until=outbox.FOREVER, seal_of=zed)
    assert list(unreached.messages()) == []
    seals.add(zed.pk)

    assert list(unreached.messages()) == [message]
    assert message not in OutboxMessage.objects.known()


def test_from_its_moment_on_it_is_a_mail_like_others(db, letter, seals, zed):
    seals.add(zed.pk)
    moment = timezone.now() + timedelta(days=1)
    message = failed(letter, hidden_until=moment, seal_of=zed)

    assert list(unreached.messages(moment - timedelta(microseconds=1))) == [message]
    assert list(unreached.messages(moment)) == []


def test_a_seal_of_a_kind_that_nobody_speaks_for_keeps_for_ever(db, letter, seals, zed):
    message = failed(letter, hidden_until=outbox.FOREVER, seal_of=zed)
    OutboxMessage.objects.filter(pk=message.pk).update(seal=f"unheard.of:{zed.pk}")
    seals.add(zed.pk)

    assert list(unreached.messages()) == []


def test_what_is_under_a_seal_is_hidden(db, letter, zed):
    with pytest.raises(IntegrityError, match="outbox_message_under_a_seal_is_hidden"):
        outbox.post(letter, to="omar@atlas.example", seal_of=zed)
