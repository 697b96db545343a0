import os
import sys
from functools import partial

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from marketplace.embedded.preparing import prepare_database, prepare_files
from marketplace.embedded.supervisor import Supervisor


class Command(BaseCommand):
    help = "Run everything in the foreground: servers, web, worker and beat. Stop with Ctrl-C."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--infra-only", action="store_true", help="run only PostgreSQL, Valkey and the mail sink")
        parser.add_argument("--demo", action="store_true", help="add made-up data and say who can sign in")
        parser.add_argument("--port", type=int, help="the port of the web (default: PORT, else 8000)")

    def handle(self, *, infra_only, demo, port, **options):
        port = port or settings.PORT
        if not 0 < port < 65536:
            raise CommandError(f"{port} is not a port: choose one from 1024 to 65535.")
        begin_again_with(demo=demo, port=port)
        preparations = (partial(prepare_database, demo=demo), prepare_files)
        supervisor = Supervisor(settings.VAR, port=port, infra_only=infra_only, preparations=preparations)
        sys.exit(supervisor.run())


def begin_again_with(*, demo: bool, port: int) -> None:
    """Settings are read from the environment: when an option changes it, this program starts over."""
    if (demo and not settings.DEMO) or port != settings.PORT:
        os.environ |= {"PORT": str(port)} | ({"TESSERA_DEMO": "1"} if demo else {})
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 (ourselves)
