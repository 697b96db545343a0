from datetime import UTC, datetime

from django import forms
from django.core.exceptions import ValidationError

from marketplace.calls.releases.packages import Page

MOST, USUAL = 1_000, 100


class PageForm(forms.Form):
    """Which page of the feed is asked for. What programs read is in English."""

    since = forms.CharField(required=False, max_length=40)
    after = forms.CharField(required=False, max_length=60)
    limit = forms.IntegerField(required=False, min_value=1, max_value=MOST)

    def clean_since(self):
        """A day or a moment; one without an offset is in UTC. An unescaped plus arrives as a space."""
        written = self.cleaned_data["since"].replace(" ", "+")
        return _moment(datetime.fromisoformat, written) if written else None

    def clean_after(self):
        written, _dash, pk = self.cleaned_data["after"].partition("_")
        if not written:
            return None
        if not (pk.isascii() and pk.isdigit() and len(pk) <= 18):
            raise ValidationError("This is not a cursor: take it from links.next as it stands.")
        return _moment(lambda text: datetime.strptime(text, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC), written), int(pk)

    def page(self):
        asked = self.cleaned_data
        return Page(most=asked["limit"] or USUAL, since=asked["since"], after=asked["after"])


def _moment(read, written):
    try:
        found = read(written)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValidationError("Write a moment such as 2026-03-30T10:00:00Z, or a day.") from error
