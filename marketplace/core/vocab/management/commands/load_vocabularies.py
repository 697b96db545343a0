import time

from django.core.management.base import BaseCommand

from marketplace.core.vocab import loading


class Command(BaseCommand):
    help = "Bring the CPV and NUTS tables to the edition of the data files; does nothing when they stand at it."

    def add_arguments(self, parser):
        parser.add_argument("--force", action="store_true", help="load even if the edition has not changed")

    def handle(self, *args, force, **options):
        start = time.monotonic()
        counts = loading.load(force=force)
        figures = " ".join(f"{name}={count}" for name, count in counts.items())
        self.stdout.write(f"load_vocabularies: {figures} seconds={time.monotonic() - start:.2f}")
