from tests.calls.papers.conftest import _own_folders, kept, receive

__all__ = ["_own_folders", "kept", "receive"]
