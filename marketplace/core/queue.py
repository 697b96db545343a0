"""The one way to enqueue a task: by name, after the commit, so that nothing imports upward."""

import time

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError
from redis import RedisError

log = structlog.get_logger("tessera.queue")

#: So many seconds after a failure nobody waits for the broker again: the sweep will find what was to be done.
PAUSE = 5
#: One fresh connection in place of one that a restart of the broker has cut, and no waiting.
_ONCE_MORE = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
_away_until = 0.0


def after_commit(task_name: str, *arguments: int | str) -> None:
    """Enqueue once the running transaction is committed; at once when there is none.

    A broker that is away costs nothing but time: what must happen stands in PostgreSQL and is swept.
    """
    transaction.on_commit(lambda: enqueue(task_name, *arguments))


def enqueue(task_name: str, *arguments: int | str) -> bool:
    """Whether the broker took it."""
    global _away_until  # noqa: PLW0603  (one process, one broker)
    if time.monotonic() < _away_until:
        return False
    try:
        current_app.send_task(task_name, args=arguments, retry=True, retry_policy=_ONCE_MORE, ignore_result=True)
    except (OperationalError, RedisError, OSError) as error:
        _away_until = time.monotonic() + PAUSE
        log.warning("broker away", task=task_name, error=type(error).__name__)
        return False
    return True
