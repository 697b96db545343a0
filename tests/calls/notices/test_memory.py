"""A package of any size goes through the importer a batch at a time: the memory of an import does not grow with it."""

import json
import subprocess
import sys

import pytest

from marketplace.calls.models import Call
from tests import harness
from tests.calls.notices.test_views import release
from tests.peers.worker import environment

pytestmark = pytest.mark.django_db(transaction=True)
#: The peak of the process itself: what getrusage says begins with the peak of the process that started it.
MEASURED = """
import json, re, sys, time
import django; django.setup()
from django.core.management import call_command
begun = time.monotonic()
call_command("import_notices", sys.argv[1], stdout=sys.stderr)
peak = re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())
print(json.dumps({"megabytes": int(peak[1]) // 1024, "seconds": round(time.monotonic() - begun, 1)}))
"""
#: A field that nobody asked for makes a large file of few notices.
REMARKS = [f"{number:07}" for number in range(18_000)]
HUGE, MOST = 200, 400


def package_of(folder, megabytes):
    path, number = folder / "package.json", 0
    with path.open("w", encoding="utf-8") as file:
        file.write('{"uri": "https://notices.example", "version": "1.1", "releases": [')
        while file.buffer.tell() < megabytes * 2**20:
            number += 1
            file.write("," * (number > 1) + json.dumps(release(number) | {"remarks": REMARKS}))
        file.write("]}")
    return path, number


def test_a_package_of_200_megabytes_is_imported_within_400(tmp_path, prove, proof):
    if not prove:
        pytest.skip("in the long run only; that the reader's memory is bounded is tried in each")
    path, notices = package_of(tmp_path, HUGE)
    command = [sys.executable, "-c", MEASURED, str(path)]
    own = environment(DJANGO_SETTINGS_MODULE="marketplace.settings")
    done = subprocess.run(command, cwd=harness.ROOT, env=own, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)

    proof.record("A package of notices imported", file=f"{path.stat().st_size >> 20} MB", notices=notices, **told)
    assert f"created={notices} " in done.stderr
    assert Call.objects.count() == notices
    assert told["megabytes"] < MOST
