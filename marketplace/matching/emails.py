"""The mails of saved searches."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from marketplace.accounts.models import User
from marketplace.calls.models import Call
from marketplace.core import outbox
from marketplace.matching.models import SavedSearch

#: Says whose mails to stop, and of which kind; it never expires, since an old mail must stop them too.
STOP_SIGNER = Signer(salt="tessera.alerts-stop")
ROOM = "matching/email/"
A_MOMENT = timedelta(microseconds=1)


def stop_token(person: User, kind: str = "") -> str:
    """For the mails of one kind of search, or of all."""
    return STOP_SIGNER.sign(f"{person.pk}.{kind}" if kind else str(person.pk))


def read_stop_token(token: str) -> tuple[int, str]:
    """(number of the person, kind or ""). Raises ValueError for what we never signed."""
    try:
        person, _dot, kind = STOP_SIGNER.unsign(token).partition(".")
    except BadSignature as error:
        raise ValueError(token[:20]) from error
    return int(person), kind


def digest(person: User, sections: Sequence[dict[str, Any]], searches: Sequence[SavedSearch], *, at: datetime) -> None:
    """One mail for all of a person's searches that have news, a section for each way in which things are told."""
    since = min(search.seen_until for search in searches)
    with translation.override(person.language):
        headline = sections[0]["headline"] if len(sections) == 1 else gettext("News for your saved searches")
        _post("alert_digest", person, searches, since, at, headline=headline, sections=list(sections))


def call_found(
    person: User, call: Call, cards: Any, *, searches: Sequence[SavedSearch], score: int, at: datetime
) -> None:
    """One mail for a new call, naming every search that it answers; `score` is 0 where none was reckoned."""
    since = (call.announced_at or at) - A_MOMENT
    with translation.override(person.language):
        _post("alert_call", person, searches, since, at, card=cards.card(call), score=score)


def _post(
    name: str, person: User, searches: Iterable[SavedSearch], since: datetime, at: datetime, **context: Any
) -> None:
    rows = list(searches)
    of_kinds = {search.kind for search in rows}
    everything = _stop_url(person)
    of_its_kind = _stop_url(person, *of_kinds) if len(of_kinds) == 1 else everything
    outbox.post(
        ROOM + name,
        to=person.email,
        about=[person],
        language=person.language,
        # One press on what a mail program offers stops mails like this one.
        sealed={"stop_url": of_its_kind, "stop_all_url": everything},
        is_of_one_kind=len(of_kinds) == 1,
        because=[str(search) for search in rows],
        list_link=settings.PUBLIC_URL + reverse("search-list"),
        # What `returned` needs should the mail come back.
        told={
            "person": person.pk,
            "searches": [search.pk for search in rows],
            "since": since.isoformat(),
            "at": at.isoformat(),
        },
        **context,
    )


def _stop_url(person: User, kind: str = "") -> str:
    return settings.PUBLIC_URL + reverse("alerts-stop", kwargs={"token": stop_token(person, kind)})
