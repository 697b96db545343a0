"""The messages that the mail sink has taken in: one file each under `var/mail`, the name telling the time."""

import email
import email.policy
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from marketplace.embedded.places import private_folder

SUFFIX = ".eml"
NAME = re.compile(r"\d{8}T\d{6}\.\d{6}Z-[0-9a-f]{8}")
#: Whom the SMTP envelope named; unlike To this tells of blind copies too.
ENVELOPE_TO = "X-Envelope-To"
#: The sink forgets the oldest beyond this.
MOST_KEPT = 5_000


@dataclass(frozen=True)
class Message:
    """One message as a page shows it."""

    name: str
    arrived_at: datetime
    recipients: list[str]
    content: EmailMessage

    @property
    def sender(self) -> str:
        return str(self.content.get("From", ""))

    @property
    def subject(self) -> str:
        return str(self.content.get("Subject", ""))

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.content.items() if name != ENVELOPE_TO]

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    @property
    def attachments(self) -> list[tuple[str, int]]:
        """The name and the size in bytes of each file that came along."""
        parts = self.content.iter_attachments() if self.content.is_multipart() else ()
        return [
            (part.get_filename() or part.get_content_type(), len(part.get_payload(decode=True) or b""))
            for part in parts
        ]

    def _body(self, kind: str) -> str:
        part = self.content.get_body((kind,))
        if part is None:
            return ""
        try:
            return str(part.get_content())
        except (LookupError, UnicodeError):  # a charset that does not exist, or that lies
            return bytes(part.get_payload(decode=True) or b"").decode(errors="replace")


class Mailbox:
    """The folder of one `var`."""

    def __init__(self, var: Path):
        self.folder = var / "mail"

    def keep(self, content: bytes, recipients: Sequence[str]) -> str:
        """Store a message so that it is there after a crash; returns its name."""
        private_folder(self.folder)
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(4)}"
        draft = self.folder / f".{name}"
        line = f"{ENVELOPE_TO}: {', '.join(recipients)}\r\n"
        try:
            with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                file.write(line.encode("ascii", "replace") + content)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(self.folder / f"{name}{SUFFIX}")
        finally:
            draft.unlink(missing_ok=True)
        return name

    def names(self) -> list[str]:
        """All messages, the newest first."""
        try:
            found = [entry.removesuffix(SUFFIX) for entry in os.listdir(self.folder) if entry.endswith(SUFFIX)]
        except FileNotFoundError:
            return []
        return sorted((name for name in found if NAME.fullmatch(name)), reverse=True)

    def names_to(self, recipient: str) -> list[str]:
        """The messages to addresses that hold `recipient`, the newest first."""
        wanted = recipient.strip().lower()
        return [name for name in self.names() if wanted in self._first_line(name).lower()]

    def read(self, name: str) -> Message | None:
        """The message of that name, or None when there is none."""
        if not NAME.fullmatch(name):
            return None
        try:
            raw = (self.folder / f"{name}{SUFFIX}").read_bytes()
        except FileNotFoundError:
            return None
        content = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(content, EmailMessage)
        return Message(
            name=name,
            arrived_at=datetime.strptime(name.split("-")[0], "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC),
            recipients=[part.strip() for part in str(content.get(ENVELOPE_TO, "")).split(",") if part.strip()],
            content=content,
        )

    def messages(self) -> Iterator[Message]:
        """Every message, the newest first."""
        return (message for name in self.names() if (message := self.read(name)))

    def forget_oldest(self) -> None:
        for name in self.names()[MOST_KEPT:]:
            (self.folder / f"{name}{SUFFIX}").unlink(missing_ok=True)

    def _first_line(self, name: str) -> str:
        try:
            with open(self.folder / f"{name}{SUFFIX}", "rb") as file:
                return file.readline(20_000).decode("ascii", "replace").partition(":")[2]
        except FileNotFoundError:
            return ""
