import os
import subprocess
import sys
import time

import pytest
from playwright.sync_api import sync_playwright

from tests import harness
from tests.journeys import browser as browsers
from tests.journeys.checks import Look
from tests.peers import worker
from tests.peers.mail import MailPeer

# Playwright's own event loop makes Django take every query for one made in async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/journeys" in str(item.path):
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.xdist_group("journeys"))


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        running = browsers.launch(playwright)
        yield running
        running.close()


@pytest.fixture(scope="session")
def post_office():
    """A real SMTP server on loopback that keeps what it is given."""
    peer = MailPeer().start()
    yield peer
    peer.stop()


@pytest.fixture(scope="package")
def worker_process(django_db_setup, live_server, post_office):
    """A real Celery worker on this test worker's database, queue and mail server; gone before other tests queue."""
    environment = worker.environment(EMAIL_URL=f"smtp://127.0.0.1:{post_office.port}", PUBLIC_URL=live_server.url)
    command = [sys.executable, "-m", "celery", "-A", "marketplace", "worker", "--pool", "threads", "-c", "2"]
    with (harness.VAR / f"journeys-worker-{harness.WORKER}.log").open("w") as log:
        process = subprocess.Popen(command, cwd=harness.ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        yield process
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture
def site(transactional_db, live_server, settings, worker_process, post_office):
    """The running product: web, worker and mail; its address is also the one in mails."""
    settings.PUBLIC_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    post_office.taken.clear()
    return live_server.url


@pytest.fixture
def inbox(post_office):
    """`inbox(address, subject)` waits for the next mail to that address and returns its text."""

    def wait_for(address, subject="", seconds=30):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for taken in list(post_office.taken):
                if address in taken.to and subject.lower() in str(taken.message["Subject"]).lower():
                    post_office.taken.remove(taken)
                    return taken.message.get_body(("plain",)).get_content()
            time.sleep(0.1)
        there = [(taken.to, str(taken.message["Subject"])) for taken in post_office.taken]
        raise AssertionError(f"no mail {subject!r} to {address}; there is {there}")

    return wait_for


@pytest.fixture
def look(chromium, site):
    """`look.phone()` and `look.desk()` open pages that report errors and are checked for accessibility."""
    looking = Look(chromium, site)
    yield looking
    looking.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A journey that fails leaves a picture of each page that was open."""
    report = yield
    looking = item.funcargs.get("look") if hasattr(item, "funcargs") else None
    if report.when == "call" and report.failed and looking:
        report.sections.append(("pictures", "\n".join(looking.pictures(harness.VAR / "pictures" / item.name))))
    return report
