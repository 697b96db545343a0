"""The mails about a decision. That a firm which was not chosen had responded is known to it and the buyer alone, so its
mail is hidden from everybody else for good."""

from django.utils import formats, translation
from django.utils.translation import pgettext

from marketplace.accounts.emails import address_of
from marketplace.calls import concerned
from marketplace.calls.responses.emails import of_firm
from marketplace.core import outbox

ROOM = "awards/email/"


def lot_awarded(lot, awards, others):
    """To those chosen, to those not chosen with their feedback, and to whoever else follows the lot."""
    told = set()
    for award in awards:
        if award.supplier:
            told |= _to_firm("award_chosen", lot, award.supplier, is_public=True, until=award.standstill_until)
    for response, words in others:
        until = awards[0].standstill_until
        told |= _to_firm("award_not_chosen", lot, response.supplier, words=words, why=awards[0].words, until=until,
                         firms=[award.name for award in awards])  # fmt: skip
    _to_others("award_announced", lot, told, firms=[award.name for award in awards], why=awards[0].words)


def lot_unsuccessful(lot, responses):
    told = set()
    for response, words in responses:
        told |= _to_firm("award_unsuccessful", lot, response.supplier, words=words, why=lot.ended_because)
    _to_others("award_announced", lot, told, firms=[], why=lot.ended_because)


def _to_firm(name, lot, supplier, *, is_public=False, **context):
    """The keys of the people it went to."""
    people = of_firm(supplier)
    for person in people:
        _post(name, lot, person, is_public=is_public, url_name="call-response", url={"number": lot.number},
              firm=supplier.organisation.name, **context)  # fmt: skip
    return {person.pk for person in people}


def _to_others(name, lot, told, **context):
    for person, is_secret in concerned.people(lot.call, lot):
        if person.pk not in told:
            _post(name, lot, person, is_public=not is_secret, url_name="call-detail", url={}, **context)


def _post(name, lot, person, *, is_public, url_name, url, until=None, **context):
    call = lot.call
    with translation.override(person.language):
        day = formats.date_format(until, pgettext("day with weekday", "D j M Y")) if until else ""
    outbox.post(
        ROOM + name,
        to=person.email,
        about=[call] if is_public else [],
        language=person.language,
        hidden_until=None if is_public else outbox.FOREVER,
        seal_of=None if is_public else call,
        call=call.title,
        lot=lot.title,
        number=lot.number,
        buyer=call.buyer.organisation.name,
        standstill=day,
        link=address_of(url_name, person.language, slug=call.slug, **url),
        **context,
    )
