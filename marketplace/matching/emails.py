"""The mails of saved searches."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.signing import Signer
from django.urls import reverse
from django.utils import translation

from marketplace.accounts.models import User
from marketplace.core import outbox

#: Says whose mails to stop; it never expires, since an old mail must stop them too.
STOP_SIGNER = Signer(salt="tessera.alerts-stop")


def new_firms(person: User, news: Sequence[dict[str, Any]]) -> None:
    """One mail for all of a person's searches that have news; each has name, number, address, firms."""
    with translation.override(person.language):
        stop = reverse("alerts-stop", kwargs={"token": STOP_SIGNER.sign(str(person.pk))})
        outbox.post(
            "matching/email/new_firms",
            to=person.email,
            about=[person],
            language=person.language,
            sealed={"stop_url": settings.PUBLIC_URL + stop},
            link=settings.PUBLIC_URL + reverse("search-list"),
            total=sum(search["number"] for search in news),
            searches=list(news),
        )
