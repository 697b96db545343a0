"""A real mail server on loopback that can be told to misbehave, and remembers what it took."""

import asyncio
import email
import email.policy
import socket
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field

import pytest
from aiosmtpd.smtp import SMTP

HOST = "127.0.0.1"


@dataclass
class Taken:
    """One message that the server said yes to, or dropped the line after."""

    to: list[str]
    content: bytes

    @property
    def message(self):
        return email.message_from_bytes(self.content, policy=email.policy.default)

    @property
    def message_id(self):
        return self.message["Message-ID"]


@dataclass
class MailPeer:
    """`answers` holds a refusal per address; the rest says how the server as a whole behaves."""

    port: int = 0
    #: Reply to RCPT TO by address, such as "550 no such user"; "hang" never replies.
    answers: dict[str, str] = field(default_factory=dict)
    #: Reply to every DATA, such as "451 try later".
    data_answer: str = ""
    #: Accepts connections and never says a word.
    is_hanging: bool = False
    #: So many messages are taken and the line is dropped before the yes.
    drops: int = 0
    #: Seconds that each message takes.
    delay: float = 0
    taken: list[Taken] = field(default_factory=list)
    connections: int = 0

    def start(self):
        """Listen, on the same port as before."""
        if not self.port:
            with closing(socket.socket()) as probe:
                probe.bind((HOST, 0))
                self.port = probe.getsockname()[1]
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=[ready], daemon=True)
        self._thread.start()
        assert ready.wait(5)
        return self

    def stop(self):
        """Be gone: connections are refused, those under way are cut."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopped.set)
            self._thread.join(5)

    def _run(self, ready):
        asyncio.run(self._serve(ready))

    async def _serve(self, ready):
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        server = await self._loop.create_server(
            lambda: _Talk(_Handler(self), self, hostname="peer.example", enable_SMTPUTF8=True, loop=self._loop),
            HOST,
            self.port,
            reuse_address=True,
        )
        ready.set()
        await self._stopped.wait()
        server.close()

    @property
    def recipients(self):
        return Counter(address for taken in self.taken for address in taken.to)

    @property
    def message_ids(self):
        return Counter(taken.message_id for taken in self.taken)

    def wait_for(self, count, seconds=20):
        """Wait until `count` different messages were taken."""
        give_up = time.monotonic() + seconds
        while len(self.message_ids) < count and time.monotonic() < give_up:
            time.sleep(0.02)
        return len(self.message_ids)


class _Talk(SMTP):
    def __init__(self, handler, peer, **options):
        self.peer = peer
        super().__init__(handler, **options)

    async def _handle_client(self):
        self.peer.connections += 1
        if self.peer.is_hanging:
            await asyncio.sleep(3600)
        await super()._handle_client()


class _Handler:
    def __init__(self, peer):
        self.peer = peer

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):  # noqa: N802
        answer = self.peer.answers.get(address, "")
        if answer == "hang":
            await asyncio.sleep(3600)
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.peer.data_answer:
            return self.peer.data_answer
        if self.peer.delay:
            await asyncio.sleep(self.peer.delay)
        self.peer.taken.append(Taken(list(envelope.rcpt_tos), envelope.content))
        if self.peer.drops > 0:
            self.peer.drops -= 1
            server.transport.abort()
        return "250 taken"


@pytest.fixture
def mail_peer(settings):
    """The server that mail goes to in this test; `mail_peer.stop()` takes it away and `start()` brings it back."""
    peer = MailPeer().start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = HOST, peer.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 2
    yield peer
    peer.stop()
