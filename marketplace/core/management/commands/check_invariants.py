from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from marketplace.core import invariants, registry


class Command(BaseCommand):
    help = "Check every sentence that must always hold; a breach names its rows and exits 1."

    def handle(self, *args, **options):
        breaches = invariants.breaches(timezone.now())
        for breach in breaches:
            self.stderr.write(f"broken: {breach.sentence}: {breach.count} rows, first {breach.examples}")
        self.stdout.write(f"check_invariants: checked={len(registry.invariants)} broken={len(breaches)}")
        if breaches:
            raise CommandError(f"{len(breaches)} invariants do not hold")
