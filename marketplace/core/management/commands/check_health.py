import time

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from marketplace.core import health


class Command(BaseCommand):
    help = "Mail staff when worker, queue or mail has stalled. Once, or for ever with --every."

    def add_arguments(self, parser):
        parser.add_argument("--every", type=int, metavar="SECONDS")

    def handle(self, *args, every, **options):
        if every is None:
            self.once()
            return
        while True:
            time.sleep(every)
            close_old_connections()
            try:
                health.alarm(timezone.now())
            except (DatabaseError, OSError) as error:
                self.stderr.write(f"check_health: alarm not sent: {type(error).__name__}")

    def once(self):
        now = timezone.now()
        stalls = health.stalls(now)
        told = health.alarm(now)
        self.stdout.write(f"check_health: stalled={len(stalls)} told={len(told)}")
        if stalls:
            raise CommandError("; ".join(stall.sentence for stall in stalls))
