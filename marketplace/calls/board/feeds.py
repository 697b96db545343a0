"""Calls as they come, for feed readers and calendars: what everybody may see, whoever asks."""

from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import feedgenerator
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, gettext

from marketplace.calls.board import address
from marketplace.calls.board.address import Asked
from marketplace.calls.board.cards import shortened, value_of
from marketplace.calls.board.permissions import Reader
from marketplace.calls.board.position import EPOCH
from marketplace.calls.board.search import search
from marketplace.calls.models import Call
from marketplace.core.templatetags.ui import moment_words
from suppliers.directory.address import clean

MOST_ENTRIES = 50
MOST_DEADLINES = 200
CONTENT_TYPE = "application/atom+xml; charset=utf-8"


class Feed(feedgenerator.Atom1Feed):
    """Without entries it is as old as time, not new at every look: else nobody's copy would ever be fresh."""

    def latest_post_date(self):
        return super().latest_post_date() if self.items else datetime(EPOCH.year, 1, 1, tzinfo=UTC)


def atom(asked: Asked) -> str:
    """The newest calls that answer the search, each with its deadline in its own zone."""
    question = asked.question
    here = settings.PUBLIC_URL + address.url(question, at="call-atom", sort=address.DEFAULT.sort)
    feed = Feed(
        title=clean(_title(question)),
        link=settings.PUBLIC_URL + address.url(question, sort=address.DEFAULT.sort),
        description="",
        subtitle=gettext("What companies and cities are looking for, until when, and where to respond."),
        feed_url=here,
        feed_guid=here,
        language=get_language(),
        author_name="Tessera",
    )
    for call in found(question, sort="newest", most=MOST_ENTRIES):
        url = settings.PUBLIC_URL + call.get_absolute_url()
        feed.add_item(
            title=clean(call.title),
            link=url,
            description=_summary(call),
            unique_id=f"{settings.PUBLIC_URL}/calls/{call.slug}/",
            pubdate=call.publish_at,
            updateddate=max(call.changed_at, call.publish_at),
            author_name=clean(call.buyer.organisation.name),
        )
    return feed.writeString("utf-8")


def found(question: address.Question, *, sort: str, most: int) -> list[Call]:
    """The public calls that answer, in order, with buyers and lots."""
    answer = search(address.replace(question, sort=sort, after=""), Reader(), page_size=most)
    numbers = [hit.call for hit in answer.hits]
    calls = Call.objects.visible_to(AnonymousUser()).public().with_lots().in_bulk(numbers)
    return [calls[number] for number in numbers if number in calls]


def _title(question: address.Question) -> str:
    return gettext("Calls: %(words)s") % {"words": question.words} if question.words else gettext("Calls")


def _summary(call: Call) -> str:
    """HTML that feed readers show; everything of the buyer's is escaped."""
    lots = list(call.lots.all())
    facts = [
        (gettext("Responses until"), moment_words(call.response_deadline, call.zone)),
        (gettext("Buyer"), call.buyer.organisation.name),
        (gettext("Value"), value_of(lots, call.currency)),
        (gettext("Lots"), "; ".join(lot.title for lot in lots)),
    ]
    lines = format_html_join("", "<p><strong>{}:</strong> {}</p>", ((name, clean(value)) for name, value in facts))
    return format_html("<p>{}</p>{}", clean(shortened(call.description)), lines)
