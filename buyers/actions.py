"""What people do with the buying side of an organisation. The caller has checked who asks."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from buyers import clearance, emails
from buyers.models import Buyer
from buyers.permissions import has_stake
from buyers.signals import clearance_lost
from marketplace.accounts.models import Organisation
from marketplace.core import audit
from marketplace.core.errors import RuleBroken
from marketplace.core.vocab import words

#: A slug has 80 places; this leaves room for what tells namesakes apart.
LONGEST_NAME_IN_SLUG = 60


def _locked(buyer):
    """The row as it stands now, held until the transaction ends."""
    return Buyer.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=buyer.pk)


# --- The organisation itself -----------------------------------------------------------------------------------


@transaction.atomic
def begin_buying(organisation, *, kind, is_central=False, by):
    """Its buying side, cleared at once where we know who it is; the second time the one that is there."""
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if known := Buyer.objects.filter(organisation=organisation).first():
        return known
    if is_central and kind != Buyer.Kind.CONTRACTING_AUTHORITY:
        raise RuleBroken(_("Only a contracting authority can be part of central government."))
    buyer = _create_at_free_address(organisation=organisation, kind=kind, is_central=is_central)
    audit.record("buyer.begun", buyer, by=by, organisation=organisation.pk, kind=kind)
    return _judge(buyer, by=by)


def _create_at_free_address(**values):
    organisation = values["organisation"]
    plain = slugify(words.fold(organisation.name))[:LONGEST_NAME_IN_SLUG].strip("-_") or "buyer"
    for slug in (plain, f"{plain}-{organisation.pk}"):
        try:
            # Its own savepoint: a namesake may commit the same address at this moment.
            with transaction.atomic():
                return Buyer.objects.create(slug=slug, **values)
        except IntegrityError:
            if not Buyer.objects.filter(slug=slug).exists():
                raise
    raise RuleBroken(_("No address is free for this name."))


def _judge(buyer, *, by):
    """Clear it, or put it before the staff; after a refusal always the latter."""
    now = timezone.now()
    if buyer.refused_at or clearance.what_is_open(buyer.organisation):
        buyer.clearance_asked_at = now
        buyer.save(update_fields=["clearance_asked_at"])
        audit.record("buyer.clearance_asked", buyer, by=by, organisation=buyer.organisation_id)
    else:
        buyer.cleared_at, buyer.cleared_by = now, None
        buyer.save(update_fields=["cleared_at", "cleared_by"])
        audit.record("buyer.cleared", buyer, organisation=buyer.organisation_id, is_by_rule=True)
    return buyer


@transaction.atomic
def ask_for_clearance(buyer, *, by):
    """Look again, after the organisation said more of itself or was refused; who waits keeps the place in the queue."""
    buyer = _locked(buyer)
    is_settled = buyer.is_cleared or (
        buyer.is_waiting and (buyer.refused_at or clearance.what_is_open(buyer.organisation))
    )
    return buyer if is_settled else _judge(buyer, by=by)


# --- The staff ----------------------------------------------------------------------------------------------------


@transaction.atomic
def clear_buyer(buyer, *, by):
    buyer = _locked(buyer)
    _refuse_own(buyer, by)
    if buyer.is_cleared:
        raise RuleBroken(_("This buyer is cleared already."))
    buyer.cleared_at, buyer.cleared_by = timezone.now(), by
    buyer.refused_at, buyer.refused_because = None, ""
    buyer.save(update_fields=["cleared_at", "cleared_by", "refused_at", "refused_because"])
    audit.record("buyer.cleared", buyer, by=by, organisation=buyer.organisation_id)
    emails.buyer_cleared(buyer)
    return buyer


@transaction.atomic
def refuse_buyer(buyer, *, words, by):
    """Say no with the reason; of a cleared one the clearance is taken back, and what waits to be published with it."""
    buyer = _locked(buyer)
    _refuse_own(buyer, by)
    if buyer.is_refused:
        raise RuleBroken(_("This buyer is refused already."))
    buyer.refused_at, buyer.refused_because = timezone.now(), words
    buyer.cleared_at = buyer.cleared_by = None
    buyer.save(update_fields=["cleared_at", "cleared_by", "refused_at", "refused_because"])
    audit.record("buyer.refused", buyer, by=by, organisation=buyer.organisation_id)
    clearance_lost.send(sender=None, buyer=buyer)
    emails.buyer_refused(buyer)
    return buyer


@transaction.atomic
def correct_kind(buyer, *, kind, is_central, by):
    """Put right as what it began; the kind is fixed from its first call on, since another law would hold for that."""
    buyer = _locked(buyer)
    _refuse_own(buyer, by)
    if is_central and kind != Buyer.Kind.CONTRACTING_AUTHORITY:
        raise RuleBroken(_("Only a contracting authority can be part of central government."))
    buyer.kind, buyer.is_central = kind, is_central
    try:
        with transaction.atomic():
            buyer.save(update_fields=["kind", "is_central"])
    except IntegrityError as error:
        raise RuleBroken(_("This buyer has calls already, so it keeps its kind.")) from error
    audit.record("buyer.kind_corrected", buyer, by=by, kind=kind, is_central=is_central)
    return buyer


def _refuse_own(buyer, by):
    if has_stake(by, buyer):
        raise RuleBroken(_("You act for this organisation, so a colleague has to decide."))
