"""The product's settings for a process started by a test: the mails of the tests, and less patience with servers."""

from marketplace.settings import *  # noqa: F403
from marketplace.settings import BASE_DIR, TEMPLATES

TEMPLATES[0]["DIRS"].append(BASE_DIR / "tests" / "peers" / "templates")
EMAIL_TIMEOUT = 3
