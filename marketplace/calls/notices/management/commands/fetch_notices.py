import sys

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from tqdm import tqdm

from marketplace.calls.notices import collecting
from marketplace.calls.notices.models import NoticeSource
from marketplace.calls.notices.reasons import sentence


class Command(BaseCommand):
    help = "Fetches what is due from the sources that staff keep; the worker reads the pages that come."

    def add_arguments(self, parser):
        parser.add_argument("--source", metavar="KEY", help="visit this one now, whether its time has come or not")

    def handle(self, *args, source, **options):
        if source:
            self.ask_for(source)
        now = timezone.now()
        due = NoticeSource.objects.to_be_fetched(now)
        waiting = list((due.filter(key=source) if source else due).values_list("pk", flat=True))
        pages, failed, visited = 0, 0, 0
        for pk in tqdm(waiting, unit=" sources", leave=False, disable=not sys.stderr.isatty()):
            for visit in visits(pk):
                visited += 1
                pages += visit.pages
                failed += bool(visit.error)
                if visit.error:
                    self.stderr.write(f"{visit.source.key}: {sentence(visit.error)}")
        self.stdout.write(f"fetch_notices: sources={len(waiting)} visits={visited} pages={pages} failed={failed}")
        if failed:
            raise CommandError(f"{failed} visits failed")

    def ask_for(self, key):
        with transaction.atomic():
            row = NoticeSource.objects.select_for_update(no_key=True).filter(key=key).first()
            if row is None or not row.address:
                known = ", ".join(NoticeSource.objects.exclude(address="").values_list("key", flat=True))
                raise CommandError(f"No source {key} is fetched from anywhere. Known are: {known}.")
            NoticeSource.objects.filter(pk=row.pk).update(next_fetch_at=timezone.now())


def visits(pk):
    """One after the other until its round is over, or one brings nothing."""
    while visit := collecting.collect(pk, timezone.now()):
        yield visit
        if visit.error or not visit.pages:
            return
