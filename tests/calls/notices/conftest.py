import pytest

from marketplace.calls.notices import actions, running
from marketplace.calls.notices.models import NoticeSource


@pytest.fixture
def source(db):
    return NoticeSource.objects.get(key="files")


@pytest.fixture
def take(source):
    """`take(notice, …)` imports what was read, in one run, and gives the run."""

    def bring(*read, source=source):
        of_run = actions.begin_run(source=source, file_name="notices.json")
        assert running.run(of_run, [(f"release {number}", each) for number, each in enumerate(read, start=1)])
        return of_run

    return bring
