"""The mail sink as a process of its own, spoken to over SMTP."""

import os
import signal
import smtplib
import subprocess
import sys
import time
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path

import pytest

from marketplace.embedded import mail
from marketplace.embedded.mailbox import MOST_KEPT, Mailbox

LINK = "http://127.0.0.1:8000/account/confirm/abc-123_x/"


@pytest.fixture(scope="module")
def sink(tmp_path_factory):
    var = tmp_path_factory.mktemp("sink")
    command = [sys.executable, "-m", "marketplace.embedded.mail"]
    process = subprocess.Popen(command, env=os.environ | {"TESSERA_VAR": str(var)}, cwd=Path.cwd())
    give_up = time.monotonic() + 30
    while not mail.is_running(var):
        assert process.poll() is None
        assert time.monotonic() < give_up
        time.sleep(0.05)
    yield var
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert not mail.is_running(var)


def message(subject="Confirm your address", to="omar@example.org", text=f"Open {LINK} to confirm.", html=None):
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Tessera <no-reply@tessera.example>", to, subject
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
    return made


def post(var, made, to=None):
    with closing(smtplib.SMTP("127.0.0.1", mail.port(var))) as smtp:
        smtp.send_message(made, to_addrs=to)


def test_a_message_that_was_acknowledged_can_be_read(sink):
    post(sink, message("Bienvenue à Tessera", html=f'<p>Ouvrez <a href="{LINK}">le lien</a></p>'))

    newest = Mailbox(sink).read(Mailbox(sink).names()[0])
    assert newest.subject == "Bienvenue à Tessera"
    assert newest.recipients == ["omar@example.org"]
    assert newest.sender == "Tessera <no-reply@tessera.example>"
    assert LINK in newest.text
    assert LINK in newest.html
    assert (Mailbox(sink).folder / f"{newest.name}.eml").stat().st_mode & 0o777 == 0o600


def test_the_newest_comes_first_and_none_is_lost(sink):
    for number in range(20):
        post(sink, message(f"Number {number}", to="many@example.org"))

    found = Mailbox(sink).names_to("many@example.org")
    subjects = [Mailbox(sink).read(name).subject for name in found]
    assert subjects == [f"Number {number}" for number in reversed(range(20))]


def test_a_blind_copy_is_found_by_its_address(sink):
    post(sink, message("Hidden", to="seen@example.org"), to=["blind@example.org"])

    (name,) = Mailbox(sink).names_to("BLIND@example.org")
    assert Mailbox(sink).read(name).recipients == ["blind@example.org"]
    assert Mailbox(sink).names_to("nobody@example.org") == []


def test_names_that_point_elsewhere_find_nothing(sink):
    (sink / "secret.eml").write_text("Subject: secret\n\n")

    for name in ("../secret", "..%2Fsecret", "", ".", "20261122T000000.000000Z-00000000\n"):
        assert Mailbox(sink).read(name) is None


def test_a_message_in_a_charset_that_does_not_exist_is_shown_all_the_same(tmp_path):
    box = Mailbox(tmp_path)
    name = box.keep(b"Subject: odd\r\nContent-Type: text/plain; charset=klingon\r\n\r\nna\xefve\r\n", ["a@example.org"])

    assert box.read(name).text.startswith("na")


def test_the_oldest_are_forgotten_beyond_a_limit(tmp_path):
    box = Mailbox(tmp_path)
    box.folder.mkdir()
    for number in range(MOST_KEPT + 3):
        (box.folder / f"20261122T{number:06d}.000000Z-00000000.eml").write_bytes(b"Subject: x\r\n\r\n")

    box.forget_oldest()

    assert len(box.names()) == MOST_KEPT
    assert box.names()[-1].startswith("20261122T000003")


def test_the_port_is_noted_and_another_is_chosen_when_it_is_taken(sink, tmp_path):
    assert not mail.is_port_free(mail.port(sink))

    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "mail_port").write_text("not a number")

    chosen = mail.port(tmp_path)
    assert mail.is_port_free(chosen)
    assert mail.port(tmp_path) == chosen
