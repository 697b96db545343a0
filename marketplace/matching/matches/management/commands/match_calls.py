import sys

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from marketplace.calls.models import Call
from marketplace.matching.matches import full, keeping, working
from marketplace.matching.matches.models import Waiting


class Command(BaseCommand):
    help = (
        "Matches the calls and firms that have changed; a call; or all open calls anew, which can be stopped and begun"
        " again where it was."
    )

    def add_arguments(self, parser):
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--all", action="store_true", help="every open call, going on where an earlier run stopped")
        what.add_argument("--call", type=int, metavar="ID", help="this call alone")

    def handle(self, *args, call, **options):
        calls, matches, failed = self.match(call, options["all"])
        if failed:
            raise CommandError(f"match_calls: calls={calls} matches={matches} failed={failed}")
        self.stdout.write(f"match_calls: calls={calls} matches={matches}")

    def match(self, call, is_all):
        """How many calls, how many matches these have, and how many calls or firms failed."""
        if call is not None:
            return self.one(call)
        return self.every() if is_all else self.waiting()

    def one(self, pk):
        if not Call.objects.open().filter(pk=pk).exists():
            raise CommandError(f"{pk} is not the number of a call that is open.")
        return 1, keeping.match_call(pk), 0

    def every(self):
        of_all = full.begin()
        calls = matches = failed = 0
        with self.bar("calls", full.left(of_all)) as bar:

            def count(step):
                nonlocal calls, matches, failed
                calls, matches, failed = calls + 1, matches + step.matches, failed + (not step.is_whole)
                bar.update()
                bar.set_postfix(matches=matches)

            full.run(of_all, progress=count)
        return calls - failed, matches, failed

    def waiting(self):
        with self.bar("calls and firms", Waiting.objects.count()) as bar:
            done = working.work(progress=lambda done: bar.update(done.calls + done.suppliers + done.failed - bar.n))
        self.stderr.write(f"{done.calls} calls and {done.suppliers} firms were waiting.")
        return done.calls, done.matches, done.failed

    def bar(self, what, total):
        return tqdm(desc=what, total=total, unit="", leave=False, disable=not sys.stderr.isatty())
