"""The servers that ship with the product, for trying and testing: PostgreSQL, Valkey and a mail sink.

Everything here but the command, the views and the preparation of the database imports without Django, so that
settings may ask for the addresses.
"""

import os

from marketplace.embedded.places import CannotStart

DATABASE_IS_DOWN = "The database is not running: start it with `make run` or `manage.py up --infra-only`."
QUEUE_IS_DOWN = "The queue (Valkey) is not running: start it with `make run` or `manage.py up --infra-only`."
SOCKET_IS_DEAD = ("connection to server on socket", "could not connect to server")


def explain(exception: BaseException) -> str | None:
    """One sentence for the person at the terminal, when the cause is that our own servers do not run; else None."""
    seen: BaseException | None = exception
    while seen is not None:
        if isinstance(seen, CannotStart):
            return str(seen)
        said, kind = str(seen), type(seen).__name__
        if kind == "OperationalError" and any(sign in said for sign in SOCKET_IS_DEAD):
            return None if is_given("DATABASE_URL") else DATABASE_IS_DOWN
        if kind in {"ConnectionError", "OperationalError"} and "valkey.sock" in said:
            return None if is_given("REDIS_URL") else QUEUE_IS_DOWN
        seen = seen.__cause__ or seen.__context__
    return None


def is_given(name: str) -> bool:
    """Whether the operator named a server of their own in the environment."""
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))
