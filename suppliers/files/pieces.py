"""Files that come in pieces over a bad line: begin, ask how far it got, add a piece, hand over the whole.

What has come is bound to the person and the session that began it; nobody else can see that it exists.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.errors import RuleBroken
from marketplace.core.files import vault
from marketplace.core.files.inspection import MOST_BYTES
from marketplace.core.files.kinds import plain_name
from suppliers.files.models import Upload
from suppliers.models import Supplier

#: What is not whole by then is forgotten.
LIFETIME = timedelta(days=1)
MOST_OPEN = 40
PIECE = 512_000


class OutOfStep(Exception):
    """A piece that does not follow what came before; `received` says where to go on."""

    def __init__(self, received: int) -> None:
        self.received = received


def session_of(session_key: str | None) -> str:
    return hashlib.sha256((session_key or "").encode()).hexdigest()


@transaction.atomic
def begin_upload(supplier, *, purpose, name, size, sha256, session, by) -> Upload:
    """A new one, or the same one again with what has come of it."""
    if size > MOST_BYTES:
        raise RuleBroken(_("This file is over %(most)s MB. Send a smaller one.") % {"most": MOST_BYTES // 1_000_000})
    Supplier.objects.select_for_update().order_by().get(pk=supplier.pk)
    mine = Upload.objects.open().of(by, session).filter(supplier=supplier)
    known = mine.filter(purpose=purpose, size=size, sha256=sha256, name=plain_name(name))
    if sha256 and (upload := known.first()):
        return upload
    if mine.count() >= MOST_OPEN:
        raise RuleBroken(_("Too many files are on their way at once. Wait until some have arrived."))
    return Upload.objects.create(
        supplier=supplier, user=by, session=session, purpose=purpose, name=plain_name(name), size=size, sha256=sha256
    )


@transaction.atomic
def add_piece(upload: Upload, piece: bytes, *, offset: int) -> Upload:
    """Put a piece behind what has come; one that was sent twice is told where to go on."""
    upload = Upload.objects.select_for_update().get(pk=upload.pk)
    if offset != upload.received or upload.finished_at:
        raise OutOfStep(upload.received)
    if not piece or offset + len(piece) > upload.size:
        raise RuleBroken(_("More came than this file holds. Choose it again."))
    path = vault.place_for_pieces(upload.pk)
    with path.open("r+b" if path.exists() else "wb") as file:
        # What a crash wrote without noting it is written over.
        file.seek(offset)
        file.write(piece)
        file.truncate()
    upload.received = offset + len(piece)
    upload.save(update_fields=["received"])
    return upload


def take_whole(upload: Upload) -> vault.Received:
    """The whole file, as it was sent; RuleBroken while parts are missing or when it is not the file that was meant."""
    if not upload.is_whole or not vault.place_for_pieces(upload.pk).exists():
        raise RuleBroken(_("This file has not arrived whole. Choose it again."))
    received = vault.gathered(vault.place_for_pieces(upload.pk), upload.name)
    if received.size != upload.size or upload.sha256 not in {"", received.sha256}:
        drop(upload)
        raise RuleBroken(_("This file was damaged on its way. Choose it again."))
    return received


def finish(upload: Upload, *, at: datetime) -> None:
    """It has been kept: its pieces go, the row stays for a browser that did not hear the answer."""
    Upload.objects.filter(pk=upload.pk).update(finished_at=at)
    vault.place_for_pieces(upload.pk).unlink(missing_ok=True)


def drop(upload: Upload) -> None:
    path = vault.place_for_pieces(upload.pk)
    upload.delete()
    path.unlink(missing_ok=True)


def forget_abandoned(at: datetime) -> int:
    """Forget what was begun a day ago, and files that whatever took them left behind."""
    old: Any = Upload.objects.filter(begun_at__lt=at - LIFETIME)
    count = 0
    for upload in old.iterator():
        drop(upload)
        count += 1
    for path in vault.left_over(at - LIFETIME):
        path.unlink(missing_ok=True)
    return count
