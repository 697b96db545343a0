import sys
import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from tqdm import tqdm

from marketplace.core import backup
from marketplace.core.manifest import BackupRefused


class Bars:
    """A progress bar for each step, when somebody is looking."""

    def __init__(self):
        self.bar = None

    def __call__(self, step, done, total):
        if self.bar is None or self.bar.desc != f"{step}: ":
            self.close()
            self.bar = tqdm(desc=step, total=total, unit=" files", leave=False, disable=not sys.stderr.isatty())
            self.bar.desc = f"{step}: "
        self.bar.update(done + 1 - self.bar.n if total else 0)

    def close(self):
        if self.bar is not None:
            self.bar.close()


class Command(BaseCommand):
    help = "Write database, media, erasure ledger and a manifest with checksums to a new folder; the keys stay apart."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--keys", type=Path, metavar="FILE", help="write the keys to this new file, outside DIR")

    def handle(self, *args, folder, keys, **options):
        started = time.monotonic()
        folder = folder.absolute()
        if keys and folder in keys.absolute().parents:
            raise CommandError("--keys must name a file outside the backup: whoever has both can read everything.")
        bars = Bars()
        try:
            if keys:
                backup.write_keys(keys)
            made = backup.make_backup(folder, bars)
        except BackupRefused as error:
            raise CommandError(str(error)) from error
        except (OSError, DatabaseError) as error:
            raise CommandError(f"nothing was kept: {str(error).strip()}") from error
        finally:
            bars.close()
        rows = sum(made.rows.values())
        seconds = time.monotonic() - started
        self.stdout.write(f"backup: files={len(made.files)} rows={rows} bytes={made.total_bytes} seconds={seconds:.1f}")
