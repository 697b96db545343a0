from datetime import timedelta
from itertools import pairwise

import pytest
from django.core.cache import cache
from django.template import engines
from django.utils import timezone

from marketplace.core import delivery, outbox, rest
from marketplace.core.models import OutboxMessage
from marketplace.core.tasks import LEASE, deliver_message

TRICKS = [
    f"{start}{separator}{header}"
    for start in ("", "Welcome", "é", "=?utf-8?q?x?=")
    for separator in ("\n", "\r", "\r\n", "\n ", "\r\n\t", "\u2028", "\x0b", "\x85", "\x00\n", "\r\n\r\n")
    for header in (
        "Bcc: zed@elsewhere.example",
        "To: zed@elsewhere.example",
        "Subject: other",
        "X: y",
        "\n.\nMAIL FROM:<z@b>",
    )
]
HEADERS = sorted(
    [
        "Content-Type",
        "MIME-Version",
        "Subject",
        "From",
        "To",
        "Message-ID",
        "Date",
        "Content-Language",
        "Auto-Submitted",
    ]
)


def deliver(message, at=None):
    """One attempt, as the worker makes it."""
    claimed = OutboxMessage.objects.claim(message.pk, lease=LEASE, at=at)
    delivery.send(claimed, at=at)
    message.refresh_from_db()
    return message


@pytest.fixture
def message(db, letter):
    return outbox.post(letter, to="amina@leeds.example", language="en", subject="Hi", name="Amina", words="Good news")


def test_a_mail_arrives_as_text_and_html(message, mail_peer):
    deliver(message)

    taken = mail_peer.taken[0].message
    assert mail_peer.recipients == {"amina@leeds.example": 1}
    assert (taken["To"], taken["Subject"]) == ("amina@leeds.example", "Hi")
    assert taken["Message-ID"] == message.message_id
    assert taken["Content-Language"] == "en"
    assert "Good news" in taken.get_body(["plain"]).get_content()
    assert "Good news" in taken.get_body(["html"]).get_content()
    assert message.sent_at is not None


def test_text_is_read_without_the_escapes_of_html(db, letter, mail_peer):
    deliver(outbox.post(letter, to="amina@leeds.example", subject="O'Brien & Co", name="<Zoë>", words="A < B"))

    taken = mail_peer.taken[0].message
    assert taken["Subject"] == "O'Brien & Co"
    assert "Hello <Zoë>" in taken.get_body(["plain"]).get_content()
    assert "A &lt; B" in taken.get_body(["html"]).get_content()


def test_a_code_is_gone_once_its_mail_is_sent(db, letter, mail_peer):
    message = deliver(outbox.post(letter, to="amina@leeds.example", sealed={"code": "K7-PLUM-42"}))

    assert "K7-PLUM-42" in mail_peer.taken[0].message.get_body(["plain"]).get_content()
    assert message.sealed is None


def test_a_second_delivery_of_the_task_sends_nothing(message, mail_peer):
    deliver_message(message.pk)
    deliver_message(message.pk)

    assert len(mail_peer.taken) == 1


def test_a_refused_address_is_failed_once_and_for_all(db, letter, mail_peer):
    message = outbox.post(letter, to="amina@leeds.example", sealed={"code": "K7-PLUM-42"})
    mail_peer.answers["amina@leeds.example"] = "550 5.1.1 no such user"
    deliver_message(message.pk)
    deliver_message(message.pk)

    message.refresh_from_db()
    assert message.failed_at is not None
    assert message.attempts == 1
    assert message.last_error == "550 5.1.1 no such user"
    assert message.sealed is None
    assert list(OutboxMessage.objects.failed()) == [message]


def test_a_temporary_refusal_is_tried_again_for_a_day_and_then_given_up(message, mail_peer):
    mail_peer.answers["amina@leeds.example"] = "451 4.7.1 greylisted"
    at, moments = message.next_attempt_at, []
    while deliver(message, at).failed_at is None:
        assert message.last_error == "451 4.7.1 greylisted"
        moments.append(at)
        at = message.next_attempt_at

    delays = [later - earlier for earlier, later in pairwise(moments)]
    assert delays[0] == timedelta(seconds=30)
    assert max(delays) == timedelta(hours=1)
    assert timedelta(hours=23) < moments[-1] - message.created_at < timedelta(hours=24)
    assert message.last_error == "given up after a day: 451 4.7.1 greylisted"
    assert not mail_peer.taken


def test_a_temporary_refusal_that_ends_is_a_mail_that_arrives(message, mail_peer):
    mail_peer.data_answer = "452 4.3.1 disk full"
    deliver(message)
    assert OutboxMessage.objects.claim(message.pk, lease=LEASE) is None

    mail_peer.data_answer = ""
    deliver(message, message.next_attempt_at)

    assert message.sent_at is not None
    assert message.attempts == 2
    assert message.last_error == ""


def test_a_line_dropped_after_the_last_word_repeats_the_same_message_id(message, mail_peer):
    mail_peer.drops = 1
    deliver(message)
    assert message.sent_at is None
    assert "broken off" in message.last_error

    deliver(message, message.next_attempt_at)

    assert mail_peer.message_ids == {message.message_id: 2}


def test_a_server_that_is_down_lets_all_mail_rest(message, letter, mail_peer):
    """The second message is not even tried, and its attempts are not counted."""
    second = outbox.post(letter, to="omar@atlas.example")
    mail_peer.stop()
    deliver_message(message.pk)
    deliver_message(second.pk)

    message.refresh_from_db()
    second.refresh_from_db()
    assert (message.attempts, second.attempts) == (1, 0)
    assert message.last_error.startswith(rest.REASON)
    assert second.last_error == rest.REASON
    assert timedelta(0) < message.next_attempt_at - timezone.now() <= rest.FIRST
    assert abs(second.next_attempt_at - message.next_attempt_at) < timedelta(seconds=1)


def test_rests_grow_to_five_minutes_and_end_with_the_first_answer(message, letter, mail_peer):
    at = timezone.now()
    mail_peer.stop()
    pauses = []
    for _ in range(8):
        deliver(message, at)
        pauses.append((message.next_attempt_at - at).total_seconds())
        at = message.next_attempt_at
    assert pauses == [15, 30, 60, 120, 240, 300, 300, 300]

    mail_peer.start()
    other = outbox.post(letter, to="omar@atlas.example")
    deliver(other)

    message.refresh_from_db()
    assert other.sent_at is not None
    assert message.next_attempt_at <= timezone.now()
    assert rest.until(timezone.now()) is None


def test_a_server_that_is_away_for_days_loses_no_mail(message, mail_peer):
    mail_peer.stop()
    deliver(message, message.created_at + timedelta(days=3))

    assert message.failed_at is None


def test_after_a_rest_one_mail_at_a_time_tries_the_server(db):
    now = timezone.now()
    rest.begin(now)
    later = now + rest.FIRST + timedelta(seconds=1)

    assert rest.until(now) == now + rest.FIRST
    assert rest.until(later) is None
    assert rest.until(later) == later + rest.FIRST


def test_without_the_cache_every_mail_is_tried(message, mail_peer, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "unix:///nonexistent.sock"}
    }
    deliver_message(message.pk)

    assert len(mail_peer.taken) == 1


def test_a_wrong_password_for_the_server_fails_no_mail(message, mail_peer, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "tessera", "wrong"
    deliver(message)

    assert message.failed_at is None
    assert message.last_error.startswith(rest.REASON)


def test_a_hanging_receiver_lets_the_others_through(message, letter, mail_peer):
    mail_peer.answers["amina@leeds.example"] = "hang"
    other = outbox.post(letter, to="omar@atlas.example")
    deliver_message(message.pk)
    deliver_message(other.pk)

    assert mail_peer.recipients == {"omar@atlas.example": 1}


def test_conversations_broken_off_in_a_row_begin_a_rest(db, letter, mail_peer):
    mail_peer.drops = 10
    messages = [outbox.post(letter, to=f"p{number}@leeds.example") for number in range(5)]
    for message in messages:
        deliver_message(message.pk)

    assert len(mail_peer.taken) == rest.BREAKS
    cache.clear()
    deliver_message(messages[-1].pk)
    assert len(mail_peer.taken) == rest.BREAKS


def test_a_changed_secret_key_fails_sealed_mail_with_a_clear_reason(db, letter, mail_peer, settings):
    message = outbox.post(letter, to="amina@leeds.example", sealed={"code": "K7-PLUM-42"})
    settings.SECRET_KEY = "another-key-of-fifty-characters-0123456789-abcdefgh"
    deliver(message)

    assert message.failed_at is not None
    assert "SECRET_KEY was changed" in message.last_error
    assert message.sealed is None
    assert not mail_peer.taken


def test_a_template_that_breaks_is_tried_again_after_the_next_release(db, letter, mail_peer, tmp_path):
    path = tmp_path / "templates" / f"{letter}.mjml"
    whole = path.read_text()
    path.write_text("<mjml><mj-body>")
    message = deliver(outbox.post(letter, to="amina@leeds.example"))
    assert message.failed_at is None
    assert "could not be written" in message.last_error

    path.write_text(whole)
    for loader in engines["django"].engine.template_loaders:
        loader.reset()
    deliver(message, message.next_attempt_at)
    assert message.sent_at is not None


def test_no_word_in_a_subject_becomes_a_header_or_a_receiver(db, letter, mail_peer, prove, proof):
    tricks = TRICKS if prove else TRICKS[::5]
    for number, trick in enumerate(tricks):
        words = trick.replace("\0", "")
        deliver(outbox.post(letter, to=f"p{number}@leeds.example", subject=words, name=words, words=words))

    assert mail_peer.recipients == {f"p{number}@leeds.example": 1 for number in range(len(tricks))}
    for number, taken in enumerate(mail_peer.taken):
        assert sorted(taken.message.keys()) == HEADERS
        assert taken.message["To"] == f"p{number}@leeds.example"
    if prove:
        proof.record("Mail header injection", payloads=len(tricks), extra_headers=0, extra_recipients=0)


def test_a_server_that_would_take_a_header_from_a_subject_is_noticed(mail_peer):
    """The positive control: a mail built by pasting does gain a header."""
    import smtplib

    with smtplib.SMTP("127.0.0.1", mail_peer.port) as server:
        server.sendmail("a@b.example", ["amina@leeds.example"], "Subject: Hi\nBcc: zed@elsewhere.example\n\nwords")

    assert "Bcc" in mail_peer.taken[0].message


@pytest.mark.parametrize("outcome", ["sent", "refused", "delayed", "broken"])
@pytest.mark.parametrize("is_hidden", [True, False])
def test_no_log_says_that_there_was_a_hidden_mail(db, letter, mail_peer, tmp_path, caplog, outcome, is_hidden):
    caplog.set_level("INFO")
    answers = {"refused": "550 5.1.1 no such user", "delayed": "451 4.7.1 greylisted"}
    if outcome in answers:
        mail_peer.answers["omar@atlas.example"] = answers[outcome]
    if outcome == "broken":
        (tmp_path / "templates" / f"{letter}.mjml").write_text("<mjml><mj-body>")
    message = outbox.post(letter, to="omar@atlas.example", hidden_until=outbox.FOREVER if is_hidden else None)
    deliver(message)

    assert (message.sent_at is not None) == (outcome == "sent")
    said = "\n".join(record.getMessage() for record in caplog.records if record.name != "mail.log")  # the peer's own
    assert (message.key in said) == (not is_hidden)
    assert (letter in said) == (not is_hidden)
    assert "omar@atlas.example" not in said
