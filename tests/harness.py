"""The ground the tests stand on: our own PostgreSQL and Valkey, and a template database cloned per worker.

Loaded with `-p tests.harness`, before Django's settings are read.
"""

import contextlib
import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
IS_CONTROLLER = WORKER == "main"

sys.path.insert(0, str(ROOT))
for name in ("SECRET_KEY", "PUBLIC_URL", "EMAIL_URL", "TESSERA_DEMO"):
    os.environ.pop(name, None)
os.environ.setdefault("TESSERA_VAR", str(ROOT / "var" / "test"))
os.environ["TESSERA_PLAIN_STATIC"] = "1"
VAR = Path(os.environ["TESSERA_VAR"]).resolve()

from marketplace.embedded import postgres, valkey  # noqa: E402

_worker_number = 0 if IS_CONTROLLER else int(WORKER.removeprefix("gw")) + 1
# Each worker has a store of its own: a cache cleared or a queue wiped by one test is no other's.
os.environ["REDIS_URL"] = valkey.address(VAR).replace("db=0", f"db={_worker_number}")

_servers = contextlib.ExitStack()


def pytest_addoption(parser):
    parser.addoption("--prove", action="store_true", help="full counts; seeds and figures are written to docs/proof.md")


def pytest_configure(config):
    if IS_CONTROLLER and not config.option.help and not config.option.collectonly:
        for server in (postgres.Postgres(VAR, durable=False), valkey.Valkey(VAR, durable=False)):
            server.start()
            _servers.callback(server.stop)
    _choose_hypothesis_profile(config)


def pytest_unconfigure(config):
    _servers.close()


def _choose_hypothesis_profile(config):
    import hypothesis

    seed = random.SystemRandom().randrange(2**32)
    hypothesis.settings.register_profile("test", max_examples=60, deadline=None, derandomize=True, database=None)
    hypothesis.settings.register_profile("prove", max_examples=2_000, deadline=None, print_blob=True, database=None)
    hypothesis.settings.load_profile("prove" if config.getoption("--prove") else "test")
    if config.getoption("--prove") and IS_CONTROLLER and getattr(config.option, "hypothesis_seed", None) is None:
        config.option.hypothesis_seed = str(seed)


def pytest_xdist_setupnodes(config, specs):
    """The template is made before the workers ask for clones; in a process of its own, as pytest bars the database."""
    from tests import databases

    databases.template_name()
    subprocess.run([sys.executable, "-m", "tests.databases"], cwd=ROOT, check=True)


def source_key() -> str:
    """Changes whenever what a fresh database would hold may change."""
    digest = hashlib.sha256()
    sources = [ROOT / "requirements" / "dev.txt", *(ROOT / "marketplace" / "core" / "vocab").rglob("*")]
    for app in ("marketplace", "suppliers", "buyers", "cms"):
        sources += (ROOT / app).glob("**/migrations/*.py")
    for path in sorted({source for source in sources if source.is_file() and source.suffix != ".pyc"}):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:12]
