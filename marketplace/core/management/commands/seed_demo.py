import sys
import time
from contextlib import nullcontext
from random import Random

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from tqdm import tqdm

from marketplace.core import demo, registry


class Command(BaseCommand):
    help = "Makes a small believable world of invented people and organisations; a second run adds nothing."

    def add_arguments(self, parser):
        parser.add_argument("--suppliers", type=whole_number, default=200, metavar="N")
        parser.add_argument("--calls", type=whole_number, default=40, metavar="N")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="another number, another world")

    def handle(self, *args, suppliers, calls, seed, **options):
        if not settings.DEMO and get_user_model().objects.exists():
            raise CommandError(
                "This database has people in it and is not a demo (TESSERA_DEMO=1), so invented ones are not added."
            )
        amounts = {"suppliers": suppliers, "calls": calls, "buyers": 20, "cities": 5}
        started = time.perf_counter()
        counts = {}
        for part in registry.seeds:
            progress = tqdm(desc=part.name, unit="", leave=False, disable=not sys.stderr.isatty())
            with progress, nullcontext() if part.is_in_steps else transaction.atomic():
                counts[part.name] = part.plant(Random(f"{seed}:{part.name}"), amounts, progress)
        self.print_sign_ins()
        figures = " ".join(f"{name}={count}" for name, count in counts.items())
        self.stdout.write(f"seed_demo: {figures} seed={seed} seconds={time.perf_counter() - started:.1f}")

    def print_sign_ins(self):
        self.stdout.write(f"Sign in at {settings.PUBLIC_URL}/account/login/ with the password {demo.PASSWORD} as")
        for person in demo.sign_ins:
            self.stdout.write(f"  {person.email:<22} {person.name}, {person.who}")
        self.stdout.write(f"Staff also need a code: read the one of this moment at {settings.PUBLIC_URL}/dev/sign-ins/")


def whole_number(value):
    number = int(value)
    if number < 0:
        raise ValueError(f"{value} is below zero")
    return number
