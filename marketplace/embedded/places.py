"""Where the embedded servers keep their files, and who may read them."""

import errno
import fcntl
import hashlib
import os
import secrets
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

#: The kernel allows 107 bytes for the path of a socket; PostgreSQL adds "/.s.PGSQL.5432.lock".
LONGEST_SOCKET_FOLDER = 85


class CannotStart(Exception):
    """A server cannot run; the text is one sentence that says what to do."""


def private_folder(path: Path) -> Path:
    """`path`, made if missing, entered by nobody but its owner."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise refusal(path, error) from error
    return path


def refusal(path: Path, error: OSError) -> CannotStart:
    """The sentence for a file or folder that the system would not give us."""
    if error.errno == errno.ENOSPC:
        return CannotStart(f"The disk that holds {path} is full: free some space, or set TESSERA_VAR to another disk.")
    return CannotStart(f"{path} cannot be written ({error.strerror}): set TESSERA_VAR to a folder of yours.")


def check_writable(var: Path) -> None:
    """Raise unless files can be made under `var`."""
    private_folder(var / "run")
    private_folder(var / "log")
    private_folder(var / "secrets")
    for folder in ("run", "log", "secrets"):
        probe = var / folder / f".probe-{os.getpid()}"
        try:
            probe.write_bytes(b"\0" * 4096)
        except OSError as error:
            raise refusal(var / folder, error) from error
        finally:
            probe.unlink(missing_ok=True)


def socket_folder(var: Path) -> Path:
    """The folder of the sockets: `var/run`, or a short private one of the same user when that path is too long."""
    folder = var / "run"
    if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
        return private_folder(folder)
    folder = Path(tempfile.gettempdir()) / f"tessera-{place_name(var)}"
    private_folder(folder)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise CannotStart(f"{folder} belongs to somebody else: remove it, or use a shorter path than {var}.")
    return folder


def place_name(var: Path) -> str:
    """A short name that no other user and no other `var` has."""
    return hashlib.sha256(os.fsencode(var) + f":{os.getuid()}".encode()).hexdigest()[:16]


def kept_secret(path: Path) -> str:
    """The secret in `path`, made on first need and readable by its owner only."""
    private_folder(path.parent)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        if not path.exists():
            with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(32))
            with suppress(FileExistsError):
                os.link(draft, path)  # whole or not at all, and the first of two programs wins
        return path.read_text()
    except OSError as error:
        raise refusal(path, error) from error
    finally:
        draft.unlink(missing_ok=True)


def lock(path: Path) -> int | None:
    """A file descriptor that holds `path` for this process and its heirs, or None while another has it."""
    try:
        held = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise refusal(path, error) from error
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(held)
        return None
    return held
