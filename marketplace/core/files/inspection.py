"""Whether a received file may be kept, and in which form."""

import contextlib
import json
import mmap
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from django.conf import settings
from django.utils.translation import gettext as _

from marketplace.core.files import kinds, offices, pdfs, reencoding
from marketplace.core.files.kinds import Kind, Refused
from marketplace.core.files.vault import Received

log = structlog.get_logger("tessera.files")

#: Of one file, whatever it is.
MOST_BYTES = 20_000_000
#: A decoder that takes longer is stopped; its own limit of processor time comes sooner.
PATIENCE = 60


@dataclass(frozen=True)
class Checked:
    """What may be stored: for a document the one file under "document", for a picture one per size."""

    kind: Kind
    files: dict[str, Path] = field(default_factory=dict)
    width: int = 0
    height: int = 0


@contextlib.contextmanager
def document(received: Received) -> Iterator[Checked]:
    """A PDF or an office file as it is, a picture encoded anew; Refused with the reason for all else."""
    kind = _kind_of(received)
    if kind.is_picture:
        with _encoded_anew(received, kind, "document") as checked:
            yield checked
        return
    if kind is kinds.PDF:
        _check_pdf(received.path)
    else:
        kind = offices.check(received.path)
    kinds.agree_with_name(received.name, kind)
    yield Checked(kind, {"document": received.path})


@contextlib.contextmanager
def picture(received: Received) -> Iterator[Checked]:
    """A picture in its sizes, encoded anew; Refused with the reason for all else."""
    kind = _kind_of(received)
    if not kind.is_picture:
        raise Refused(_("This is no picture. Take a JPEG, PNG, WebP, HEIC, AVIF or GIF."))
    with _encoded_anew(received, kind, "picture") as checked:
        yield checked


def _kind_of(received):
    if received.size > MOST_BYTES:
        raise Refused(_("This file is over %(most)s MB. Send a smaller one.") % {"most": MOST_BYTES // 1_000_000})
    with received.path.open("rb") as file:
        kind = kinds.of_content(file.read(kinds.HEAD))
    if kind is not kinds.ZIP:
        kinds.agree_with_name(received.name, kind)
    return kind


def _check_pdf(path):
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        pdfs.check(data)


@contextlib.contextmanager
def _encoded_anew(received, kind, purpose):
    with tempfile.TemporaryDirectory(prefix="tessera-picture-") as folder:
        told = _reencode(received.path, kind, purpose, folder)
        files = {path.stem: path for path in sorted(Path(folder).iterdir())}
        yield Checked(kinds.JPEG, files, told["width"], told["height"])


def _reencode(path, kind, purpose, folder):
    # Without our environment: what breaks a decoder must find no key there. By path: the package would bring Django.
    command = [sys.executable, "-I", reencoding.__file__, str(path), kind.pillow, purpose, folder]
    try:
        done = subprocess.run(
            command, cwd=settings.BASE_DIR, capture_output=True, timeout=PATIENCE, text=True, env={"PATH": ""}
        )
    except subprocess.TimeoutExpired as error:
        raise Refused(_broken()) from error
    try:
        told = json.loads(done.stdout)
    except ValueError as error:  # stopped by a limit, or by what it read
        log.warning("picture decoder died", status=done.returncode, said=done.stderr[-300:])
        raise Refused(_broken()) from error
    if told.get("refused") == "too_large":
        raise Refused(_too_large(told["pixels"]))
    if "refused" in told:
        raise Refused(_broken())
    return told


def _too_large(pixels):
    if pixels is None:
        return _("This picture is too large to be opened. Make it smaller and send it again.")
    return _("This picture has %(pixels)s million pixels, too many to be opened. Save it smaller, or as JPEG.") % {
        "pixels": round(pixels / 1_000_000)
    }


def _broken():
    return _("This picture is damaged or cut off, or is not what it says. Save it again and send it.")
