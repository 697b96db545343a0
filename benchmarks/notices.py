"""10,000 invented notices through the command that people use, in a process of its own; and a second time."""

import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random

from django.conf import settings

from benchmarks.table import Result, at_most
from marketplace.core import demo
from marketplace.core.vocab import cpv

NOTICES, BUYERS = 10_000, 1_000
#: The peak of the process itself: what getrusage says begins with the peak of the process that started it.
TIMED = """
import json, re, sys, time
import django; django.setup()
from django.core.management import call_command
first, path = sys.argv[1:]
# What is read only once in a process, such as lists of codes, does not grow with the file.
call_command("import_notices", first, stdout=sys.stderr)
taken = []
for _round in range(2):
    started = time.perf_counter()
    call_command("import_notices", path, stdout=sys.stderr)
    taken.append(time.perf_counter() - started)
peak = re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())
print(json.dumps({"seconds": taken, "megabytes": int(peak[1]) / 1024}))
"""


def measure() -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        paths = [_written(Path(folder) / f"{name}.json", name, number) for name, number in SIZES.items()]
        done = subprocess.run(
            [sys.executable, "-c", TIMED, *paths], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
        )
    told = json.loads(done.stdout.splitlines()[-1])
    first, second = told["seconds"]
    return [
        at_most(f"import of {NOTICES:,} notices", first, 180, "s"),
        at_most("the same file again, which changes nothing", second, 90, "s"),
        at_most("memory of an import of notices at its peak", told["megabytes"], 400, "MB"),
    ]


SIZES = {"a": 10, "b": NOTICES}


def _written(path: Path, name: str, number: int) -> str:
    # Of each run its own, so that the notices are new to a database that is kept.
    sign = f"{name}{datetime.now(UTC):%Y%m%d%H%M%S}"
    with path.open("w") as file:
        file.write('{"uri": "https://notices.example/all", "version": "1.1", "releases": [\n')
        for place, release in enumerate(_releases(sign, number)):
            file.write((",\n" if place else "") + json.dumps(release))
        file.write("\n]}\n")
    return str(path)


def _releases(sign: str, number: int):
    """As portals publish them: one to five lots, texts of some length, half of them over."""
    random, now = Random(1), datetime.now(UTC).replace(microsecond=0)
    codes = list(islice((code for code in cpv.codes() if cpv.level(code) >= 3), 2_000))
    words = [demo.invented_name(random) for _each in range(400)]
    for place in range(number):
        days = random.randint(-40, 60)
        lots = range(1, random.choice((1, 1, 1, 2, 5)) + 1)
        yield {
            "ocid": f"ocds-bench1-{sign}-{place}",
            "id": f"{sign}-{place}",
            "date": (now - timedelta(days=60)).isoformat(),
            "tag": ["tender"],
            "language": "en",
            "buyer": _buyer(place % BUYERS, words),
            "parties": [_party(place % BUYERS, words)],
            "tender": {
                "id": str(place),
                "title": " ".join(random.choices(words, k=7)),
                "description": " ".join(random.choices(words, k=250)),
                "status": "active",
                "procurementMethod": random.choice(("open", "selective", "limited")),
                "mainProcurementCategory": random.choice(("works", "goods", "services")),
                "tenderPeriod": {"endDate": (now + timedelta(days=days)).isoformat()},
                "value": {"amount": random.randint(10, 900) * 1_000, "currency": "GBP"},
                "lots": [
                    {"id": str(lot), "title": f"Lot {lot} {random.choice(words)}", "description": " ".join(words[:40])}
                    for lot in lots
                ],
                "items": [
                    {
                        "id": str(lot),
                        "relatedLot": str(lot),
                        "classification": {"scheme": "CPV", "id": random.choice(codes)},
                        "deliveryAddresses": [{"region": random.choice(("UKE42", "UKI31", "UKD33", "UKM82"))}],
                    }
                    for lot in lots
                ],
                "documents": [
                    {"id": "1", "documentType": "tenderNotice", "url": f"https://notices.example/{sign}/{place}"}
                ],
            },
        }


def _buyer(number: int, words: list[str]) -> dict:
    return {"id": f"GB-PPON-B{number}", "name": f"{words[number % len(words)]} Council {number}"}


def _party(number: int, words: list[str]) -> dict:
    return _buyer(number, words) | {
        "roles": ["buyer"],
        "identifier": {"scheme": "GB-PPON", "id": f"B{number}"},
        "address": {"locality": "Northmoor", "region": "UKE42", "countryName": "United Kingdom"},
    }
