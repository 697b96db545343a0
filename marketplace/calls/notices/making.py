"""New calls from notices, made many at a time: rows by COPY, and the rooms above told once."""

import hashlib

from django.utils.text import slugify
from django.utils.translation import gettext as _

from marketplace.accounts.models import Representative
from marketplace.calls import actions as calls
from marketplace.calls import emails, facts
from marketplace.calls.models import Call, Lot
from marketplace.calls.notices.amending import in_language
from marketplace.calls.notices.models import Notice
from marketplace.calls.signals import call_announced, calls_changed
from marketplace.core import audit
from marketplace.core.copying import copy_models
from marketplace.core.vocab import words


class Making:
    """Collects what is to be made; `flush` makes it, in the running transaction."""

    def __init__(self, now):
        self.now, self.waiting = now, []

    def add(self, entry, row, draft, buyer, law):
        self.waiting.append((entry, row, draft, buyer, law))

    def flush_if(self, procedure):
        """Before a call of this procedure is looked for."""
        if any(row.procedure == procedure for _entry, row, *_rest in self.waiting):
            self.flush()

    def flush(self):
        if not self.waiting:
            return
        waiting, self.waiting = self.waiting, []
        made = copy_models(self._calls(waiting), are_keyed=True)
        copy_models(lot for call, (_e, row, draft, _b, _l) in zip(made, waiting, strict=True)
                    for lot in self._lots(call, row, draft))  # fmt: skip
        for call, (entry, row, _draft, _buyer, _law) in zip(made, waiting, strict=True):
            row.call, entry.call_id = call, call.pk
            audit.record("call.came_with_notice", call, source=row.source_id)
        known = [row for _entry, row, *_rest in waiting if row.pk]
        Notice.objects.bulk_create([row for _entry, row, *_rest in waiting if not row.pk])
        for row in known:
            row.save()
        self._tell(made)

    def _calls(self, waiting):
        slugs = _slugs([(draft.facts["title"], row) for _e, row, draft, _b, _l in waiting])
        for slug, (_entry, _row, draft, buyer, law) in zip(slugs, waiting, strict=True):
            values = {name: facts.value_of(Call, name, draft.facts[name]) for name in facts.OF_CALL}
            call = Call(buyer=buyer, buyer_kind=buyer.kind, jurisdiction=law, slug=slug, **values)
            call.publish_at = draft.publish_at
            # What is over is news to nobody.
            call.announced_at = self.now if call.response_deadline > self.now else draft.publish_at
            yield call

    def _lots(self, call, row, draft):
        """Numbered in the source's order; those that the notice has cancelled stand as cancelled."""
        row.lots = {}
        with in_language(call.language):
            words_of_end = _("This lot is no longer in the official notice, or is cancelled there.")
        for number, (key, said) in enumerate(draft.lots, start=1):
            lot = Lot(call=call, number=number, **said)
            if key in draft.cancelled:
                lot.cancelled_at, lot.ended_because = draft.publish_at, words_of_end
            else:
                row.lots[key] = number
            yield lot

    def _tell(self, made):
        calls_changed.send(sender=None, calls=[call.pk for call in made])
        fresh = [call for call in made if call.response_deadline > self.now]
        people = Representative.objects.filter(organisation__buyer__in={call.buyer_id for call in fresh})
        with_people = set(people.values_list("organisation__buyer", flat=True))
        for call in fresh:
            call_announced.send(sender=None, call=call)
            if call.buyer_id in with_people:
                emails.call_announced(call)


def _slugs(titled):
    """The title where it is free as an address, else with a sign of the notice that no other has."""
    plain = [slugify(words.fold(title))[: calls.LONGEST_TITLE_IN_SLUG].strip("-_") or "call" for title, _row in titled]
    taken = set(calls.TAKEN) | set(Call.objects.filter(slug__in=plain).values_list("slug", flat=True))
    found = []
    for slug, (_title, row) in zip(plain, titled, strict=True):
        sign = hashlib.sha256(f"{row.source_id} {row.identifier} {row.version} {row.digest}".encode()).hexdigest()[:10]
        found.append(f"{slug}-{sign}" if slug in taken else slug)
        taken.add(slug)
    return found
