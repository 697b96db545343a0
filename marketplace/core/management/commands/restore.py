import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from marketplace.core import restore
from marketplace.core.management.commands.backup import Bars
from marketplace.core.manifest import BackupRefused


class Command(BaseCommand):
    help = "Bring a backup back onto an empty database, after checking every file of it."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--wipe", metavar="DATABASE", help="replace what is there; must be the database's name")

    def handle(self, *args, folder, wipe, **options):
        started = time.monotonic()
        if wipe is not None and wipe != connection.settings_dict["NAME"]:
            raise CommandError(f"--wipe must name the database that would be lost: {connection.settings_dict['NAME']}.")
        bars = Bars()
        try:
            done = restore.restore_backup(folder.absolute(), bars, wipe=wipe is not None)
        except BackupRefused as error:
            raise CommandError(str(error)) from error
        except (OSError, DatabaseError) as error:
            raise CommandError(f"not restored: {str(error).strip()}") from error
        finally:
            bars.close()
        seconds = time.monotonic() - started
        self.stdout.write(
            f"restore: files={len(done.manifest.files)} rows={sum(done.manifest.rows.values())}"
            f" bytes={done.manifest.total_bytes} migrated={done.migrated} replayed={done.replayed}"
            f" broken={len(done.breaches)} seconds={seconds:.1f}"
        )
        if done.breaches:
            raise CommandError(f"restored, but this does not hold: {'; '.join(done.breaches)}")
