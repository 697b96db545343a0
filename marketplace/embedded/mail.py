"""The mail sink: a real SMTP server on this machine that sends nothing on and keeps what it gets under `var/mail`.

Run with `python -m marketplace.embedded.mail`; TESSERA_VAR says where.
"""

import asyncio
import os
import signal
import socket
import sys
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from marketplace.embedded.mailbox import Mailbox
from marketplace.embedded.places import private_folder, refusal

HOST = "127.0.0.1"
LARGEST_MESSAGE = 30_000_000


def address(var: Path) -> str:
    """The EMAIL_URL of the sink of `var`, running or not."""
    return f"smtp://{HOST}:{port(var)}"


def port(var: Path) -> int:
    """The port of the sink, a free one chosen and noted on first need."""
    try:
        return int(_note(var).read_text())
    except (FileNotFoundError, ValueError):
        return choose_port(var)


def choose_port(var: Path) -> int:
    """Choose and note a port that is free now."""
    private_folder(var / "run")
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        number = int(probe.getsockname()[1])
    draft = _note(var).with_suffix(f".{os.getpid()}")
    try:
        draft.write_text(str(number))
        draft.replace(_note(var))
    except OSError as error:
        raise refusal(_note(var), error) from error
    return number


def is_port_free(number: int) -> bool:
    """Whether a server could listen on that port of this machine."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, number))
        except OSError:
            return False
        return True


def is_running(var: Path) -> bool:
    """Whether the sink of `var` greets."""
    with suppress(OSError), closing(socket.create_connection((HOST, port(var)), timeout=2)) as probe:
        return probe.recv(3) == b"220"
    return False


class Sink:
    """What aiosmtpd asks about each message."""

    def __init__(self, mailbox: Mailbox):
        self.mailbox = mailbox

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (the name is given)
        try:
            name = self.mailbox.keep(envelope.original_content, envelope.rcpt_tos)
        except OSError as error:
            return f"452 4.3.1 not stored: {error.strerror}"
        return f"250 2.0.0 kept as {name}"


async def serve(var: Path) -> None:
    """Take in mail until SIGTERM or SIGINT."""
    from aiosmtpd.smtp import SMTP  # needed in this process only; a production install does without

    mailbox = Mailbox(var)
    mailbox.forget_oldest()
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    server = await loop.create_server(
        lambda: SMTP(Sink(mailbox), hostname="localhost", data_size_limit=LARGEST_MESSAGE, enable_SMTPUTF8=True),
        HOST,
        port(var),
    )
    await stopped.wait()
    server.close()  # whoever is in the middle of a message keeps it and tries again


def _note(var: Path) -> Path:
    return var / "run" / "mail_port"


if __name__ == "__main__":
    sys.exit(asyncio.run(serve(Path(os.environ["TESSERA_VAR"]).resolve())))
