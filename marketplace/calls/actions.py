"""What buyers do with a call and its lots. The caller has checked who asks; these check whether it may be."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from buyers.models import Buyer
from marketplace.accounts.models import Organisation
from marketplace.calls import emails, facts
from marketplace.calls.law.models import Jurisdiction
from marketplace.calls.models import Call, Lot, Route
from marketplace.calls.signals import call_announced, tell_changed
from marketplace.core import audit
from marketplace.core.errors import RuleBroken
from marketplace.core.vocab import words

#: A slug has 90 places; these leave room for what tells namesakes apart.
LONGEST_TITLE_IN_SLUG = 70
MOST_LOTS = 100
#: Pages below /calls/ that are no call's.
TAKEN = ("clauses",)


def locked(call):
    """The row as it stands now, held until the transaction ends; every action on a call begins with it."""
    rows = Call.objects.select_for_update(of=("self",), no_key=True).select_related("buyer__organisation")
    found = rows.filter(pk=call.pk).first()
    if found is None:
        raise RuleBroken(_("This draft was deleted meanwhile."))
    return found


# --- Beginning --------------------------------------------------------------------------------------------------


@transaction.atomic
def begin_call(buyer, *, title, language, by):
    """A draft with one lot that has the same title; an authority's stands under the law of its country."""
    is_authority = buyer.kind == Buyer.Kind.CONTRACTING_AUTHORITY
    call = _create_at_free_address(
        buyer=buyer,
        buyer_kind=buyer.kind,
        jurisdiction=jurisdiction_of(buyer.organisation.country.code) if is_authority else None,
        title=title,
        language=language,
        route=Route.PORTAL if is_authority else Route.HERE,
        currency="GBP" if buyer.organisation.country.code == "GB" else "EUR",
        created_by=by,
    )
    Lot.objects.create(call=call, number=1, title=title)
    audit.record("call.begun", call, by=by, buyer=buyer.pk)
    return call


def jurisdiction_of(country):
    """The law that names the country, else that of the European Union."""
    found = Jurisdiction.objects.filter(countries__contains=[country]).first()
    found = found or Jurisdiction.objects.filter(code="eu").first()
    if found is None:
        raise RuleBroken(_("No procurement law is on record for this country yet. Please write to us."))
    return found


def _create_at_free_address(**values):
    for slug in _slugs_for(values["buyer"].organisation, values["title"]):
        try:
            # Its own savepoint: a namesake may commit the same address at this moment.
            with transaction.atomic():
                return Call.objects.create(slug=slug, **values)
        except IntegrityError:
            if not Call.objects.filter(slug=slug).exists():
                raise
    raise RuleBroken(_("No address is free for this title. Please choose another one."))


def _slugs_for(organisation: Organisation, title: str):
    plain = slugify(words.fold(title))[:LONGEST_TITLE_IN_SLUG].strip("-_") or "call"
    own = [] if plain in TAKEN else [plain]
    return [*own, f"{plain}-{organisation.pk}", *(f"{plain}-{organisation.pk}-{number}" for number in range(2, 100))]


# --- Writing a draft --------------------------------------------------------------------------------------------------


@transaction.atomic
def change_draft(call, changed, *, by, seen=None):
    """Make the draft what the facts say; `seen` is the fingerprint of those that were read.

    Refused when somebody else changed it since, and for a call that is on show or about to be: that one is amended.
    """
    call = locked(call)
    before = facts.facts_of(call)
    if before == changed:
        return call
    if call.publish_at is not None:
        raise RuleBroken(_("This call is published or scheduled. Change it by an amendment, or take it back first."))
    if seen is not None and seen != facts.fingerprint(before):
        raise RuleBroken(_("Somebody else changed this call while you were editing. Look at it again."))
    if len(changed["lots"]) > MOST_LOTS:
        raise RuleBroken(_("A call has at most %(most)s lots.") % {"most": MOST_LOTS})
    facts.write(call, changed)
    save(call)
    audit.record(
        "call.changed", call, by=by, parts=sorted({each["part"] for each in facts.differences(before, changed)})
    )
    return call


def save(call, *names):
    """Every change of a call ends here: the version rises, and the rooms above are told."""
    call.version = F("version") + 1
    call.changed_at = timezone.now()
    call.save(update_fields=[*names, "version", "changed_at"] if names else None)
    call.refresh_from_db()
    tell_changed(call)


@transaction.atomic
def delete_draft(call, *, by):
    """What was never on show may go without a trace but the audit's."""
    call = locked(call)
    if call.announced_at or (call.publish_at and call.publish_at <= timezone.now()):
        raise RuleBroken(_("This call has been published. Withdraw or cancel it instead."))
    audit.record("call.deleted", call, by=by, buyer=call.buyer_id)
    call.delete()


# --- On show ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def publish_call(call, *, at=None, by):
    """Put it on show now, or at that moment. The caller has found nothing missing; numbers of lots become 1, 2, 3 …"""
    call = locked(call)
    if call.publish_at is not None:
        raise RuleBroken(_("This call is published or scheduled already."))
    if call.buyer.cleared_at is None:
        raise RuleBroken(_("Our staff have to confirm who you are before anything is published."))
    now = timezone.now()
    if call.response_deadline is None or call.response_deadline <= (at or now):
        raise RuleBroken(_("The deadline for responses is over by then. Choose a later one."))
    lots = list(call.lots.order_by("number"))
    if not lots or not all(lot.cpv for lot in lots):
        raise RuleBroken(_("Each lot has to say what is bought."))
    for number, lot in enumerate(lots, start=1):
        call.lots.filter(pk=lot.pk).exclude(number=number).update(number=number)
    call.publish_at, call.published_by = at or now, by
    save(call, "publish_at", "published_by")
    audit.record("call.scheduled" if at else "call.published", call, by=by, at=call.publish_at.isoformat())
    if call.publish_at <= now:
        announce(call, at=now)
    return call


@transaction.atomic
def take_back(call, *, by):
    """A scheduled call is a draft again."""
    call = locked(call)
    if call.publish_at is None or call.publish_at <= timezone.now():
        raise RuleBroken(_("This call is not waiting to be published."))
    call.publish_at = call.published_by = None
    save(call, "publish_at", "published_by")
    audit.record("call.taken_back", call, by=by)
    return call


@transaction.atomic
def announce(call, *, at):
    """Tell those who should hear that it has come on show; the second time nobody is told."""
    if not Call.objects.to_be_announced(at).filter(pk=call.pk).update(announced_at=at):
        return False
    call.refresh_from_db()
    audit.record("call.announced", call)
    tell_changed(call)
    call_announced.send(sender=None, call=call)
    emails.call_announced(call)
    return True


# --- Endings ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def withdraw_call(call, *, words, by):
    """Take a publication back: its page says only that and why. What was handed over is never opened."""
    call = _running(call)
    call.withdrawn_at, call.ended_because = timezone.now(), words
    save(call, "withdrawn_at", "ended_because")
    audit.record("call.withdrawn", call, by=by)
    emails.call_withdrawn(call)
    return call


@transaction.atomic
def cancel_call(call, *, words, by):
    """End the whole procedure without an award; the page stays and says why."""
    call = _running(call)
    now = timezone.now()
    call.lots.undecided().update(cancelled_at=now, ended_because=words)
    call.cancelled_at, call.ended_because = now, words
    save(call, "cancelled_at", "ended_because")
    audit.record("call.cancelled", call, by=by)
    emails.call_cancelled(call)
    return call


@transaction.atomic
def cancel_lot(lot, *, words, by):
    """End one lot without an award; the last one that stands takes the whole call with it."""
    call = _running(lot.call)
    if not call.lots.undecided().filter(pk=lot.pk).update(cancelled_at=timezone.now(), ended_because=words):
        raise RuleBroken(_("This lot is decided or cancelled already."))
    lot.refresh_from_db()
    audit.record("lot.cancelled", lot, by=by, call=call.pk)
    if not call.lots.standing().exists():
        return cancel_call(call, words=words, by=by)
    settle_call(call, words=words, at=lot.cancelled_at)
    emails.lot_cancelled(lot)
    return call


def settle_call(call, *, words, at):
    """After a lot was decided or cancelled: a call ends with the last of its lots, and `words` say why if for nobody.

    The caller holds its lock.
    """
    names = ()
    if not call.lots.undecided().exists():
        if call.lots.exclude(awarded_at=None).exists():
            call.awarded_at, names = at, ("awarded_at",)
        else:
            call.unsuccessful_at, call.ended_because, names = at, words, ("unsuccessful_at", "ended_because")
    save(call, *names)


def _running(call):
    """The row, locked, if it is on show and nothing has ended it."""
    call = locked(call)
    if not Call.objects.published().running().filter(pk=call.pk).exists():
        raise RuleBroken(_("This call is not on show, or it has ended already."))
    return call
