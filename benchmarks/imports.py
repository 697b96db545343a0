"""A file of 5,000 invented firms through the command that people use, in a process of its own; 100,000 are reckoned."""

import json
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path
from random import Random

from django.conf import settings

from benchmarks.table import Result, at_most
from marketplace.core import demo
from marketplace.core.vocab import cpv

ROWS, ASKED = 5_000, 100_000
#: The peak of the process itself: what getrusage says begins with the peak of the process that started it.
TIMED = """
import json, re, sys, time
import django; django.setup()
from django.core.management import call_command
first, path = sys.argv[1:]
# What is read only once in a process, such as lists of names, does not grow with the file.
call_command("import_suppliers", first, "--source", first, stdout=sys.stderr)
started = time.perf_counter()
call_command("import_suppliers", path, "--source", path, stdout=sys.stderr)
seconds = time.perf_counter() - started
peak = re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())
print(json.dumps({"seconds": seconds, "megabytes": int(peak[1]) / 1024}))
"""


def measure() -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        paths = [_written(Path(folder) / f"{number}.csv", number) for number in (10, ROWS)]
        done = subprocess.run(
            [sys.executable, "-c", TIMED, *paths], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
        )
    told = json.loads(done.stdout.splitlines()[-1])
    return [
        at_most(f"import of {ASKED} suppliers, reckoned from {ROWS}", told["seconds"] * ASKED / ROWS, 300, "s"),
        at_most("memory of an import at its peak", told["megabytes"], 500, "MB"),
    ]


def _written(path: Path, number: int) -> str:
    path.write_text("\n".join(["Nom;Pays;Ville;Courriel;Activités;CPV;Effectif;Création", *_firms(number)]))
    return str(path)


def _firms(number: int) -> list[str]:
    """Rows as associations send them: a tenth says no size, every third names nobody to ask."""
    random, land = Random(1), demo.LANDS_BY_CODE["FR"]
    codes = list(islice((code for code in cpv.codes() if cpv.level(code) >= 3), 2_000))
    rows = []
    for place in range(number):
        town, _postcode = random.choice(land.towns)
        services = "|".join(random.sample(codes, 5))
        address = f"contact@firm-{place}.example" if place % 3 else ""
        size = random.randint(1, 40) if place % 10 else ""
        name = f"{demo.invented_name(random)} {demo.invented_name(random)} {place}"
        rows.append(f"{name};France;{town};{address};Nettoyage, vitrerie et entretien;{services};{size};2011")
    return rows
