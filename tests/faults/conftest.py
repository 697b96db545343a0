from tests.core.conftest import letter
from tests.peers.mail import mail_peer

__all__ = ["letter", "mail_peer"]
