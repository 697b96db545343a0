"""What is left of a run: the processes that mention a folder, in their command or their environment."""

import os
import time
from pathlib import Path


def processes_of(folder):
    """The living processes that were started for `folder`, this one not among them; number and command."""
    wanted = os.fsencode(str(folder))
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            state = (path / "stat").read_text().rpartition(")")[2].split()[0]
            command, environment = (path / "cmdline").read_bytes(), (path / "environ").read_bytes()
            inside = os.fsencode(os.readlink(path / "cwd"))
        except OSError:
            continue
        if state != "Z" and int(path.name) != os.getpid() and wanted in command + b"\0" + environment + b"\0" + inside:
            found[int(path.name)] = command.replace(b"\0", b" ").decode(errors="replace").strip()
    return found


def all_gone(folder, seconds=10):
    """Whether the last of them ended in time."""
    give_up = time.monotonic() + seconds
    while processes_of(folder):
        if time.monotonic() > give_up:
            return False
        time.sleep(0.05)
    return True
