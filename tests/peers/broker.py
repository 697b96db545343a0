"""Takes the queue away from this process: its address leads to a socket that nobody listens on."""

import time
from contextlib import contextmanager

from marketplace.core import queue

NOWHERE = "redis+socket:///nonexistent/valkey.sock?virtual_host=0"


@contextmanager
def broker_away(app):
    before = app.conf.broker_write_url
    _point(app, NOWHERE)
    try:
        yield
    finally:
        _point(app, before)
        queue._away_until = time.monotonic()  # its pause is over


def _point(app, address):
    app.conf.broker_write_url = address
    app.amqp._producer_pool = None
    app._pool = None
