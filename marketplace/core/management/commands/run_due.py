from datetime import datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from marketplace.core import due


def moment(text: str) -> datetime:
    """An ISO time; without a zone it is UTC."""
    value = datetime.fromisoformat(text)
    return value if value.tzinfo else value.replace(tzinfo=timezone.get_default_timezone())


class Command(BaseCommand):
    help = "Do everything that the clock asks for now, or at a given moment."

    def add_arguments(self, parser):
        parser.add_argument("--at", type=moment, metavar="ISO-TIME")

    def handle(self, *args, at, **options):
        try:
            done = due.run_due(at or timezone.now())
        except ExceptionGroup as group:
            failures = [f"{_part(error)}: {type(error).__name__}: {error}" for error in group.exceptions]
            raise CommandError("; ".join(failures)) from group
        self.stdout.write("run_due: " + " ".join(f"{name}={count}" for name, count in sorted(done.items())))


def _part(error: Exception) -> str:
    """Which part of the work it was: `run_due` notes it."""
    return error.__notes__[-1]
