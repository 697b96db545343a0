"""A package of any size is read release by release: memory does not grow with it."""

import json
import subprocess
import sys

from tests import harness

#: The peak of the process itself: what getrusage says begins with the peak of the process that started it.
MEASURED = """
import collections, json, re, sys, time
from marketplace.calls.feeds import ocds
readers = {"one by one": ocds.read, "at once": lambda stream: json.load(stream)["releases"]}
begun = time.monotonic()
with open(sys.argv[1], "rb") as stream:
    found = collections.Counter(type(each).__name__ for each in readers[sys.argv[2]](stream))
seconds = time.monotonic() - begun
peak = re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())
print(json.dumps({"found": found, "megabytes": int(peak[1]) // 1024, "seconds": round(seconds, 1)}))
"""
RELEASE = harness.ROOT / "tests" / "calls" / "feeds" / "inputs" / "ocds_release.json"
#: Fields that nobody asked for make a large file of few releases.
REMARKS = [f"{number:06}" for number in range(2_000)]
SMALL, LARGE, HUGE = 1, 40, 200
MOST = 150


def package_of(folder, megabytes):
    path = folder / f"{megabytes}.json"
    written = json.loads(RELEASE.read_text()) | {"remarks": REMARKS}
    number = 0
    with path.open("w", encoding="utf-8") as file:
        file.write('{"uri": "https://notices.melbury.example", "releases": [')
        while file.buffer.tell() < megabytes * 2**20:
            file.write("," * bool(number) + json.dumps(written | {"id": str(number)}))
            number += 1
        file.write("]}")
    return path, number


def measured(path, how="one by one"):
    command = [sys.executable, "-c", MEASURED, str(path), how]
    done = subprocess.run(command, cwd=harness.ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_package_of_any_size_is_read_in_the_same_memory(tmp_path, prove, proof):
    before = measured(package_of(tmp_path, SMALL)[0])
    path, releases = package_of(tmp_path, HUGE if prove else LARGE)

    after = measured(path)

    figures = {"megabytes": after["megabytes"], "seconds": after["seconds"]}
    proof.record("A package of OCDS read release by release", file=f"{path.stat().st_size >> 20} MB", **figures)
    assert after["found"] == {"Notice": releases}
    assert after["megabytes"] < MOST
    assert after["megabytes"] - before["megabytes"] < 60


def test_the_same_package_read_at_once_would_not_fit(tmp_path):
    path, releases = package_of(tmp_path, LARGE)

    at_once = measured(path, "at once")

    assert at_once["found"] == {"dict": releases}
    assert at_once["megabytes"] > MOST
