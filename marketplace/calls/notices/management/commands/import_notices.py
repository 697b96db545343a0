import sys
from collections import Counter
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from marketplace.calls.feeds import reading
from marketplace.calls.notices import actions, running
from marketplace.calls.notices.models import NoticeSource, Outcome, RunLine
from marketplace.calls.notices.reasons import sentence

#: Of each reason that stands in the table at the end, so many notices are named.
NAMED = 2
LONGEST_LINE = 110


class Command(BaseCommand):
    help = (
        "Reads published notices (OCDS, eForms; also in ZIP and GZIP) and makes calls of them that name their source."
    )

    def add_arguments(self, parser):
        parser.add_argument("paths", nargs="+", metavar="PATH", help="a file, a folder, or - for what comes on stdin")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--source", default="files", help="key of the source that the notices come from")

    def handle(self, *args, paths, dry_run, source, **options):
        of_source = NoticeSource.objects.filter(key=source).first()
        if of_source is None:
            known = ", ".join(NoticeSource.objects.values_list("key", flat=True))
            raise CommandError(f"There is no source {source}. Known are: {known}.")
        files = [file for path in paths for file in self.files(path)]
        with tqdm(unit=" notices", leave=False, disable=not sys.stderr.isatty()) as bar:
            progress = self.shown_on(bar)
            if dry_run:
                counts, entries = running.rehearse(of_source, self.items(files), progress=progress)
                said = [(entry.place, entry.outcome, entry.reasons) for entry in entries]
            else:
                counts, said = self.run(of_source, files, progress)
        self.write_reasons(said)
        figures = " ".join(f"{name}={counts[name]}" for name in Outcome.values)
        self.stdout.write(
            f"import_notices: files={len(files)} notices={counts.total()} {figures} dry_run={int(dry_run)}"
        )

    def files(self, path):
        """The file itself, or every file below a folder but hidden ones, in the order of their names."""
        if path == "-":
            return [None]
        place = Path(path)
        if place.is_dir():
            found = sorted(each for each in place.rglob("*") if each.is_file())
            return [each for each in found if not any(part.startswith(".") for part in each.relative_to(place).parts)]
        if not place.exists():
            raise CommandError(f"There is nothing at {path}.")
        return [place]

    def items(self, files):
        for file in files:
            if file is None:
                yield from reading.read_file("stdin", sys.stdin.buffer)
                continue
            try:
                with file.open("rb") as stream:
                    yield from reading.read_file(str(file), stream)
            except OSError as error:
                raise CommandError(f"{file}: {error.strerror}.") from error

    def run(self, of_source, files, progress):
        names = [str(file or "stdin") for file in files]
        size = sum(file.stat().st_size for file in files if file)
        name = names[0] if len(names) == 1 else f"{names[0] if names else 'nothing'} … ({len(names)} files)"
        of_run = actions.begin_run(source=of_source, file_name=name, size=size)
        running.run(of_run, self.items(files), progress=progress)
        lines = RunLine.objects.filter(run=of_run).exclude(reasons=[]).order_by("number")
        return running.counts(of_run), lines.values_list("place", "outcome", "reasons").iterator()

    def write_reasons(self, said):
        """A table: how many notices each reason stopped or touched, and the first of them."""
        counts, named = Counter(), {}
        for place, outcome, reasons in said:
            for reason in reasons:
                line = f"{outcome}: {sentence(reason)}"
                counts[line] += 1
                named.setdefault(line, [])
                if len(named[line]) < NAMED:
                    named[line].append(place)
        for line, count in counts.most_common():
            self.stderr.write(f"{count:>7}  {line[:LONGEST_LINE]}  ({', '.join(named[line])})")

    def shown_on(self, bar):
        def show(counts):
            bar.update(counts.total() - bar.n)
            bar.set_postfix({name: counts[name] for name in Outcome.values})

        return show
