"""Whether the machinery works: what `/readyz` answers and what `check_health` watches."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

import redis
import structlog
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.core.models import Heartbeat, OutboxMessage

log = structlog.get_logger("tessera.health")

WORKER, DUE, MAIL = "worker", "due", "mail"
#: A beat comes every 30 seconds; five minutes without one is not a hiccup.
SILENCE = timedelta(minutes=5)
#: Due work comes every minute; one long run is no stall.
DUE_SILENCE = timedelta(minutes=15)
#: The longest a mail may wait without a recorded reason.
MAIL_WAIT = timedelta(minutes=15)
ALARM_AGAIN = timedelta(hours=6)
#: The longest `/readyz` takes, whatever the servers behind it do.
PROBE_SECONDS = 2.5


@dataclass(frozen=True)
class Stall:
    name: str
    sentence: str


def beat(name: str, at: datetime) -> None:
    """Record that `name` works."""
    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": at})


def expect(name: str, at: datetime) -> None:
    """From now on a missing beat of `name` is a stall, even when it has never come."""
    Heartbeat.objects.get_or_create(name=name, defaults={"beat_at": at})


def stalls(at: datetime) -> list[Stall]:
    """What has stopped: the worker (or its queue or clock), the due work, and the mail."""
    beats = dict(Heartbeat.objects.values_list("name", "beat_at"))
    found = []
    if (worker := beats.get(WORKER)) is None or at - worker > SILENCE:
        found.append(Stall(WORKER, _worker_sentence(worker)))
    elif (due := beats.get(DUE)) is not None and at - due > DUE_SILENCE:
        sentence = _("The work of the clock has failed since %(since)s: look for “due work failed” in the log.")
        found.append(Stall(DUE, sentence % {"since": _moment(due)}))
    if stuck := _stuck_mail(at):
        sentence = ngettext(
            "%(count)d mail has waited for over 15 minutes: look at the mail server and the worker.",
            "%(count)d mails have waited for over 15 minutes: look at the mail server and the worker.",
            stuck,
        )
        found.append(Stall(MAIL, sentence % {"count": stuck}))
    return found


def _worker_sentence(last: datetime | None) -> str:
    if _queue_problem():
        return _("The queue is not reached, so nothing is done in the background: look at Valkey or Redis.")
    if last is None:
        return _("No background task has finished yet: look at worker, beat and queue.")
    sentence = _("No background task has finished since %(since)s: look at worker, beat and queue.")
    return sentence % {"since": _moment(last)}


def _stuck_mail(at: datetime) -> int:
    """Mails that wait although no receiving server has asked for patience: nobody tried, or nobody could.

    Hidden ones do not count: that one waits would tell that something was handed in.
    """
    untried = Q(last_error="", next_attempt_at__lt=at - MAIL_WAIT)
    in_vain = ~Q(last_error="") & ~Q(last_error__regex=r"^4\d\d ") & Q(created_at__lt=at - MAIL_WAIT)
    return OutboxMessage.objects.known(at).waiting().filter(untried | in_vain).count()


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")


def alarm(at: datetime) -> list[Stall]:
    """Mail each new stall straight to the operators, past queue and outbox, which may be what has stopped.

    Returns the stalls that were told; each is told again after six hours, and afresh once it had recovered.
    Raises OSError when no mail can go out.
    """
    with translation.override(settings.LANGUAGE_CODE):
        found = stalls(at)
        known = [_alarm_name(stall) for stall in found]
        Heartbeat.objects.exclude(alarmed_at=None).exclude(name__in=known).update(alarmed_at=None)
        return [stall for stall in found if _is_told_now(stall, at)]


def _alarm_name(stall: Stall) -> str:
    """A row of its own: an alarm is no beat."""
    return f"{stall.name} alarm"


def _is_told_now(stall: Stall, at: datetime) -> bool:
    """Tell the operators unless they know; of two watchers one does."""
    row, _created = Heartbeat.objects.get_or_create(name=_alarm_name(stall), defaults={"beat_at": at})
    unknown = Q(alarmed_at=None) | Q(alarmed_at__lt=at - ALARM_AGAIN)
    if not Heartbeat.objects.filter(unknown, pk=row.pk).update(alarmed_at=at):
        return False
    log.error("stalled", part=stall.name)
    try:
        tell(operators(), stall)
    except OSError:
        Heartbeat.objects.filter(pk=row.pk).update(alarmed_at=row.alarmed_at)
        raise
    return True


def tell(people: list[str], stall: Stall) -> None:
    EmailMessage(
        subject=_("Tessera needs you: %(part)s has stalled") % {"part": stall.name},
        body=f"{stall.sentence}\n\n{settings.PUBLIC_URL}/readyz\n",
        to=people,
    ).send()


def operators() -> list[str]:
    """The configured operators, else every active member of staff."""
    if settings.OPERATOR_EMAILS:
        return settings.OPERATOR_EMAILS
    return list(get_user_model().objects.filter(is_active=True, is_staff=True).values_list("email", flat=True))


def unready() -> dict[str, str]:
    """What keeps this process from serving, by part; empty when all is well. Answers within three seconds."""
    give_up = time.monotonic() + PROBE_SECONDS
    probes = {"database": _probe("database", _database_problem), "queue": _probe("queue", _queue_problem)}
    found = {part: probe.answer(give_up - time.monotonic()) for part, probe in probes.items()}
    return {part: problem for part, problem in found.items() if problem}


class Probe:
    """One question to a server, asked in a thread of its own: whoever waits for it can stop waiting."""

    def __init__(self, ask: Callable[[], str]) -> None:
        self._said = "does not answer"
        self._thread = threading.Thread(target=self._run, args=[ask], daemon=True)
        self._thread.start()

    def _run(self, ask: Callable[[], str]) -> None:
        self._said = ask()

    def is_waiting(self) -> bool:
        return self._thread.is_alive()

    def answer(self, seconds: float) -> str:
        self._thread.join(max(seconds, 0))
        return self._said


_probes: dict[str, Probe] = {}


def _probe(part: str, ask: Callable[[], str]) -> Probe:
    """The probe of that part that still waits for its answer, else a new one: a hanging server holds one thread."""
    probe = _probes.get(part)
    if probe is None or not probe.is_waiting():
        probe = _probes[part] = Probe(ask)
    return probe


_migrated: set[str] = set()


def _database_problem() -> str:
    """Migrations are looked at until they are all there: none can be added to a running release."""
    name = str(connection.settings_dict["NAME"])
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if name not in _migrated:
            if _migrations_wait():
                return "migrations are waiting"
            _migrated.add(name)
    except DatabaseError:
        return "not reached"
    finally:
        connection.close()
    return ""


def _migrations_wait() -> bool:
    """By name alone: a finished `migrate` has recorded every migration, and reading them all takes seconds."""
    applied = MigrationRecorder(connection).applied_migrations()
    return any(
        (app.label, name) not in applied for app in apps.get_app_configs() for name in _migration_names(app.label)
    )


def _migration_names(app: str) -> list[str]:
    module = MigrationLoader.migrations_module(app)[0]
    if module is None or find_spec(module) is None:
        return []
    return [found.name for found in iter_modules(import_module(module).__path__) if found.name[0] not in "_~"]


def _queue_problem() -> str:
    try:
        with redis.Redis.from_url(settings.CACHE_URL, socket_timeout=1, socket_connect_timeout=1, retry=None) as store:
            store.ping()
    except redis.RedisError:
        return "not reached"
    return ""
