"""The ground floor: code lists, mail through the outbox, pages of the public site."""

import contextlib
import io
import smtplib
import statistics
from email.message import EmailMessage

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from benchmarks.table import Result, at_least, at_most, medians, seconds

MAILS = 300
WORDS = ["nettoyage de bureaux", "office cleaning", "Gebäudereinigung", "catering", "ofis", "traduction", "pintura"]


def measure() -> list[Result]:
    return [*code_lists(), *word_search(), *mail(), *pages()]


def code_lists() -> list[Result]:
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE vocab_cpvcode, vocab_cpvlabel, vocab_cpvword, vocab_nutsregion, vocab_loadedvocabulary"
        )
    first = seconds(lambda: call_command("load_vocabularies", stdout=io.StringIO()))
    again = seconds(lambda: call_command("load_vocabularies", stdout=io.StringIO()))
    return [
        at_most("CPV in 24 languages and NUTS loaded into an empty database", first, 5, "s"),
        at_most("the same when nothing has changed", again, 0.2, "s"),
    ]


def word_search() -> list[Result]:
    from marketplace.core.vocab.options import Services

    def suggestions() -> None:
        for words in WORDS:
            Services.found(words)

    with CaptureQueriesContext(connection) as captured:
        suggestions()
    statements = [query["sql"] for query in captured.captured_queries]

    def bare() -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                cursor.fetchall()

    whole, sql = medians(suggestions, bare, rounds=15)
    return [
        at_most("CPV codes for everyday words: suggestions of the picker against their bare SQL", whole / sql, 1.5),
        at_most("one such search", whole / len(WORDS) * 1000, 30, "ms"),
    ]


def mail() -> list[Result]:
    from marketplace.core import delivery, outbox
    from marketplace.core.models import OutboxMessage
    from marketplace.core.tasks import LEASE
    from tests.peers.mail import MailPeer

    peer = MailPeer().start()
    with contextlib.ExitStack() as closing:
        closing.callback(peer.stop)
        smtp = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": peer.port, "EMAIL_USE_TLS": False, "EMAIL_USE_SSL": False}
        backend = "django.core.mail.backends.smtp.EmailBackend"

        def bare() -> None:
            for number in range(MAILS):
                message = EmailMessage()
                message["Subject"], message["From"], message["To"] = (
                    f"Plain {number}",
                    "a@tessera.example",
                    "b@x.example",
                )
                message.set_content("words")
                with smtplib.SMTP("127.0.0.1", peer.port) as server:
                    server.send_message(message)

        def through_the_outbox() -> None:
            posted = [
                outbox.post("accounts/email/representative_removed", to=f"p{n}@x.example", organisation="Atlas")
                for n in range(MAILS)
            ]
            for message in posted:
                delivery.send(OutboxMessage.objects.claim(message.pk, lease=LEASE))

        with override_settings(EMAIL_BACKEND=backend, **smtp):
            plain, ours = seconds(bare), seconds(through_the_outbox)
    return [
        at_most("a mail posted, claimed, written in two forms and sent, against bare SMTP", ours / plain, 8),
        at_least("mails a second through one worker thread", MAILS / ours, 40, "a second"),
    ]


def pages() -> list[Result]:
    call_command("seed_demo", stdout=io.StringIO())
    browser = Client()
    results = []
    for what, path in (("home page", "/"), ("list of suppliers", "/suppliers/")):
        browser.get(path)
        times = [seconds(lambda path=path: browser.get(path)) * 1000 for _ in range(20)]
        results.append(at_most(f"{what}: server time, median", statistics.median(times), 150, "ms"))
    return results
