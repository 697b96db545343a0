import pytest

from marketplace.embedded import postgres


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A database that was made once, to be copied: making takes ten times as long."""
    folder = tmp_path_factory.mktemp("made")
    folder.chmod(0o755)
    server = postgres.Postgres(folder, durable=False)
    server.start()
    server.stop()
    return folder
