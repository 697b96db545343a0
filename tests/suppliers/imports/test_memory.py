"""Files of any size are read a row at a time: the memory of an import does not grow with its file."""

import json
import subprocess
import sys

import pytest

from tests import harness
from tests.peers.worker import environment

pytestmark = pytest.mark.django_db(transaction=True)
#: The peak of the process itself: what getrusage says begins with the peak of the process that started it.
MEASURED = """
import json, re, sys
import django; django.setup()
from django.core.management import call_command
call_command("import_suppliers", sys.argv[1], "--dry-run", "--source", "Everybody", stdout=sys.stderr)
peak = re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())
print(json.dumps({"megabytes": int(peak[1]) // 1024}))
"""
#: A column that nobody asked for makes a large file of few rows.
REMARKS = "Règlement à 30 jours; «sur place», " * 550
FIRM = 'Atelier {number};FR;"Nettoyage de bureaux\net vitrerie";90919200;"{remarks}"\r\n'
SMALL, LARGE, HUGE = 1, 80, 1024


def firms_of(folder, megabytes):
    path = folder / f"{megabytes}.csv"
    number = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("Nom;Pays;Activités;CPV;Remarques\r\n")
        while file.buffer.tell() < megabytes * 2**20:
            number += 1
            file.write(FIRM.format(number=number, remarks=REMARKS))
    return path, number


def imported(path):
    command = [sys.executable, "-c", MEASURED, str(path)]
    own = environment(DJANGO_SETTINGS_MODULE="marketplace.settings")
    done = subprocess.run(command, cwd=harness.ROOT, env=own, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["megabytes"], done.stderr


def test_a_file_of_any_size_is_tried_in_the_same_memory(tmp_path, prove, proof):
    before, _said = imported(firms_of(tmp_path, SMALL)[0])
    path, rows = firms_of(tmp_path, HUGE if prove else LARGE)

    megabytes, said = imported(path)

    proof.record("A CSV file tried row by row", megabytes=megabytes, file=f"{path.stat().st_size >> 20} MB", rows=rows)
    assert f"rows={rows} created={rows} " in said
    assert megabytes < 300
    assert megabytes - before < 40
