import sys
import time

from django.core.management.base import BaseCommand
from django.utils import timezone
from tqdm import tqdm

from suppliers.directory import bulk, lexicon, rows, stored


class Command(BaseCommand):
    help = "Brings every row of the directory up to date; it can be stopped, repeated, and begun in the middle."

    def add_arguments(self, parser):
        parser.add_argument("--after", type=int, default=0, metavar="NUMBER", help="begin after this supplier's number")

    def handle(self, *args, after, **options):
        started = time.perf_counter()
        with tqdm(desc="suppliers", unit="", leave=False, disable=not sys.stderr.isatty()) as progress:
            done = rows.rebuild(progress.update, after=after)
        bulk.mend_indexes()
        figures = stored.take_figures(timezone.now())
        words = lexicon.make_lexicon()
        seconds = time.perf_counter() - started
        self.stdout.write(f"rebuild_directory: suppliers={done} figures={figures} words={words} seconds={seconds:.1f}")
