"""Watches over the supervisor: when that dies without a word, ends every process it had started.

Run as a file of its own, with nothing but the standard library. Standard input is a pipe whose writing end only
the supervisor holds; each line is `start PID SIGNAL` or `end PID`. The end of the pipe means the supervisor is gone.
"""

import os
import signal
import sys
import time

PATIENCE = 5.0


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: dict[int, int] = {}
    for line in sys.stdin:
        verb, pid, *rest = line.split()
        if verb == "start":
            groups[int(pid)] = int(rest[0])
        else:
            groups.pop(int(pid), None)
    end(groups)


def end(groups: dict[int, int]) -> None:
    """Each group gets the signal it was announced with, and the last one when it does not go."""
    for group, number in groups.items():
        tell(group, number)
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up and any(tell(group, 0) for group in groups):
        time.sleep(0.05)
    for group in groups:
        tell(group, signal.SIGKILL)


def tell(group: int, number: int) -> bool:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    main()
