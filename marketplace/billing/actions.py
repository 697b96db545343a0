"""What staff do with entitlements."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import Organisation
from marketplace.billing.models import Entitlement, Grant
from marketplace.core import audit
from marketplace.core.errors import RuleBroken


@transaction.atomic
def give_grant(organisation, *, entitlements, valid_from, valid_until, reason, by):
    """Entitlements for a period, both days included; the same given twice is there once."""
    if not entitlements or not set(entitlements) <= set(Entitlement.values):
        raise RuleBroken(_("Choose what the organisation gets."))
    if valid_until and valid_until < valid_from:
        raise RuleBroken(_("The last day is before the first."))
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    said = {
        "entitlements": [each for each in Entitlement.values if each in entitlements],
        "valid_from": valid_from,
        "valid_until": valid_until,
        "reason": reason.strip(),
    }
    if not said["reason"]:
        raise RuleBroken(_("Say why, so that a colleague understands it in a year."))
    if twin := organisation.grants.filter(**said).first():
        return twin
    grant = Grant.objects.create(organisation=organisation, given_by=by, **said)
    facts = {"entitlements": grant.entitlements, "from": str(valid_from), "until": str(valid_until or "")}
    audit.record("grant.given", grant, by=by, organisation=organisation.pk, **facts)
    audit.record("organisation.granted", organisation, by=by, grant=grant.pk, **facts)
    return grant


@transaction.atomic
def end_grant(grant, *, by):
    """It gives nothing from the next request on; one that began today or is still to come is taken back whole."""
    today = timezone.localdate()
    is_running = Q(valid_until=None) | Q(valid_until__gte=today)
    rows = Grant.objects.filter(is_running, pk=grant.pk)
    ended = rows.filter(valid_from__lt=today).update(valid_until=today - timedelta(days=1))
    if not ended and not rows.delete()[0]:
        raise RuleBroken(_("This grant has ended already."))
    verb = "ended" if ended else "taken_back"
    audit.record(f"grant.{verb}", grant, by=by, organisation=grant.organisation_id)
    audit.record(f"organisation.grant_{verb}", grant.organisation, by=by, grant=grant.pk)
