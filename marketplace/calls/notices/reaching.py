"""Whom a fetch may reach: machines of the world, at the very address that was looked at, for so long and no longer.

A name may lead anywhere, also into the network around this machine, and elsewhere at each asking. So all that it leads
to is looked at, and the connection goes to an address and not to the name; the certificate is still that of the name.
"""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

PORT = 443
#: As much as is kept of an address to go on with.
LONGEST = 2_000
#: For a machine to answer at all, and for each next part of what it sends.
PATIENCE = 20
#: Where the addresses of the world are given out; beside it there are only those with a special meaning.
WORLD = ipaddress.ip_network("2000::/3")

MayReach = Callable[[str, int], bool]


class NotFetched(Exception):
    """Why nothing came: a code of reasons.py; `wait` is for how many seconds the source asks to be left alone."""

    def __init__(self, code: str, *, wait: int = 0, **parameters: str | int) -> None:
        super().__init__(code)
        self.code, self.parameters, self.wait = code, parameters, wait

    @property
    def reason(self) -> list:
        return [self.code, self.parameters]


@dataclass(frozen=True, slots=True)
class Place:
    """An address of the web, taken apart."""

    host: str
    port: int
    target: str

    @property
    def name(self) -> str:
        """As the machine is told by which name it was asked."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORT else f"{host}:{self.port}"


def place_of(url: str) -> Place:
    """Raises NotFetched for what is no encrypted address of the web, or holds a password."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or PORT
    except ValueError as error:
        raise NotFetched("fetch-address") from error
    is_plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST
    if parts.scheme != "https" or not host or "@" in parts.netloc or not is_plain:
        raise NotFetched("fetch-address")
    return Place(host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def is_public(address: str, port: int) -> bool:
    """Whether it is a machine of the world, none of the network around this one, at the port of the encrypted web."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address) and (found not in WORLD or found.sixtofour or found.teredo):
        return False
    return port == PORT and found.is_global and not found.is_multicast


class Hourglass:
    """The time that a whole visit has, however slowly anybody sends."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        return self._end - time.monotonic()

    @property
    def is_empty(self) -> bool:
        return self.left <= 0

    @contextmanager
    def cutting(self, connected: socket.socket) -> Iterator[None]:
        """What happens inside finds the line cut once the time is over, also where it waits for the next byte."""
        # The handle of its own stays good whatever becomes of the other.
        handle = connected.dup()
        timer = threading.Timer(max(0.0, self.left), _cut, [handle])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()
            handle.close()


def _cut(handle: socket.socket) -> None:
    try:
        handle.shutdown(socket.SHUT_RDWR)
    except OSError:
        # The other side was quicker.
        return


@contextmanager
def line_to(place: Place, glass: Hourglass, may_reach: MayReach) -> Iterator[ssl.SSLSocket]:
    """An encrypted line to that host; raises NotFetched where there is none."""
    try:
        with _connected(place, glass, may_reach) as plain, glass.cutting(plain):
            # The handshake checks the certificate and its name; a line that ends without a word of the other side is
            # one that was cut.
            context = ssl.create_default_context()
            with context.wrap_socket(plain, server_hostname=place.host, suppress_ragged_eofs=False) as line:
                yield line
    except ssl.SSLCertVerificationError as error:
        raise NotFetched("fetch-certificate", host=place.host, words=error.verify_message[:200]) from error
    except OSError as error:
        if glass.is_empty:
            raise NotFetched("fetch-slow") from error
        raise NotFetched("fetch-line", host=place.host, words=type(error).__name__) from error


def _connected(place: Place, glass: Hourglass, may_reach: MayReach) -> socket.socket:
    """To the first of its addresses that answers."""
    last: OSError | None = None
    for address in _addresses_of(place, may_reach):
        if glass.is_empty:
            raise NotFetched("fetch-slow")
        try:
            return socket.create_connection((address, place.port), timeout=min(PATIENCE, max(0.1, glass.left)))
        except OSError as error:
            last = error
    raise last or OSError("no address")


def _addresses_of(place: Place, may_reach: MayReach) -> list[str]:
    """Those of the host; none where one of them is not to be reached, whichever another look would give."""
    try:
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotFetched("fetch-unknown-host", host=place.host) from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not addresses or not all(may_reach(address.partition("%")[0], place.port) for address in addresses):
        raise NotFetched("fetch-not-public", host=place.host)
    return addresses
