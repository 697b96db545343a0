import gzip
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Max
from django.urls import reverse
from tqdm import tqdm

from marketplace.calls.releases import packages
from marketplace.calls.releases.models import Release

ENDINGS = (".json", ".jsonl", ".json.gz", ".jsonl.gz")


class Command(BaseCommand):
    help = "Writes all releases of calls as open data: a release package, or one release a line."

    def add_arguments(self, parser):
        parser.add_argument(
            "--out", type=Path, required=True, metavar="FILE", help="its name ends in " + ", ".join(ENDINGS)
        )

    def handle(self, *args, out, **options):
        if not out.name.lower().endswith(ENDINGS):
            raise CommandError(f"{out.name}: the name says what is written, and ends in " + ", ".join(ENDINGS) + ".")
        rows = Release.objects.on_show()
        is_package = ".jsonl" not in out.name.lower()[-9:]
        newest = rows.aggregate(newest=Max("released_at"))["newest"]
        if newest is None and is_package:
            raise CommandError("No call has been published to everybody yet, and a package holds at least one release.")
        counted = self.counted(packages.contents_of(rows), rows.count())
        if is_package:
            uri = settings.PUBLIC_URL + reverse("release-list")
            pieces = packages.package(packages.envelope(uri, newest), counted)
        else:
            pieces = packages.lines(counted)
        self.number = 0
        try:
            with written_whole(out) as file:
                for piece in pieces:
                    file.write(piece.encode())
        except OSError as error:
            raise CommandError(f"{out}: {error.strerror or error}") from error
        form = "package" if is_package else "lines"
        self.stdout.write(f"export_ocds: releases={self.number} bytes={out.stat().st_size} form={form}")

    def counted(self, contents, total):
        for content in tqdm(contents, total=total, unit="release", leave=False, disable=not sys.stderr.isatty()):
            self.number += 1
            yield content


@contextmanager
def written_whole(path):
    """A file that takes its place only when all of it is there; packed where its name says so."""
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as unfinished:
        try:
            if path.name.lower().endswith(".gz"):
                # Without a name or a time in it, the same releases are the same bytes.
                with gzip.GzipFile(filename="", fileobj=unfinished, mode="wb", mtime=0) as file:
                    yield file
            else:
                yield unfinished
            unfinished.flush()
            os.fsync(unfinished.fileno())
        except BaseException:
            os.unlink(unfinished.name)
            raise
    os.chmod(unfinished.name, 0o644)
    os.replace(unfinished.name, path)
