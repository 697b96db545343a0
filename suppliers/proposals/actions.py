"""What people do with a proposed profile: propose it, accept it, decline it.

The caller has checked who asks; these check whether it may be. All of them lock the organisation first.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.accounts.actions import request_to_join
from marketplace.accounts.models import JoinRequest, Organisation, Representative, Role
from marketplace.core import audit
from marketplace.core.errors import RuleBroken
from suppliers.models import Supplier
from suppliers.proposals import emails, ending
from suppliers.proposals.models import EndedProposal, Outcome, PartnerConsent, Proposal
from suppliers.proposals.permissions import can_answer
from suppliers.proposals.signing import refusal

#: An owner who does not answer within this time is taken to have said no.
LIFETIME = timedelta(days=30)


@transaction.atomic
def propose(supplier, *, email, source, language, partner=None, by=None, made_organisation=True):
    """Make the profile a proposal and, where an address is known, ask its owner by mail.

    Proposing again changes nothing but a missing address, which is filled in and asked. `source` is told to the owner.
    `made_organisation` says that the organisation came into being with the proposal and is deleted with it.
    """
    supplier = _locked(supplier)
    now, email = timezone.now(), email.strip().lower()
    proposal = Proposal.objects.filter(supplier=supplier).first()
    if proposal is None:
        if supplier.submitted_at or supplier.organisation.representatives.exists():
            raise RuleBroken(_("Somebody acts for this firm already. Nothing needs to be proposed to them."))
        proposal = Proposal.objects.create(
            supplier=supplier,
            name=supplier.organisation.name,
            language=spoken(language),
            source=source.strip(),
            partner=partner,
            made_organisation=made_organisation,
            made_by=by,
            created_at=now,
            expires_at=now + LIFETIME,
        )
        audit.record("proposal.made", proposal, by=by, supplier=supplier.pk, partner=partner and partner.pk)
    if proposal.is_open and email and not proposal.email:
        give_address(proposal, email, at=now)
    return proposal


def spoken(language):
    """A language that we write mails in."""
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def origin(partner, source):
    """What a refusal is about: a partner, whatever it says of its sources, or the source."""
    return f"partner:{partner.pk}" if partner else source


def give_address(proposal, email, *, at):
    """Set the owner's address and ask it, unless its owner does not want to be asked."""
    refusals = [refusal(email, origin(proposal.partner, proposal.source)), refusal(email)]
    if EndedProposal.objects.refusing(refusals).exists():
        return
    proposal.email = email
    proposal.save(update_fields=["email"])
    ask(proposal, at=at)


def ask(proposal, *, at):
    """Write to the owner; the very first mail begins the term, and nothing prolongs it."""
    if not proposal.times_asked:
        proposal.expires_at = at + LIFETIME
    proposal.asked_at = proposal.asked_at or at
    proposal.last_asked_at = at
    proposal.times_asked += 1
    proposal.save(update_fields=["times_asked", "asked_at", "last_asked_at", "expires_at"])
    emails.proposal_asked(proposal)


def _locked(supplier):
    """The organisation's lock comes first, as in every action on its people."""
    organisation = Organisation.objects.select_for_update(no_key=True, of=("self",)).filter(supplier=supplier).first()
    current = Supplier.objects.filter(pk=supplier.pk).first()
    if organisation is None or current is None:
        raise RuleBroken(_("This profile is no longer there."))
    current.organisation = organisation
    return current


def locked_proposal(proposal):
    locked = Organisation.objects.select_for_update(no_key=True, of=("self",))
    organisation = locked.filter(supplier__proposal=proposal.pk).first()
    current = Proposal.objects.select_related("supplier", "partner__organisation").filter(pk=proposal.pk).first()
    if organisation is None or current is None:
        raise RuleBroken(_("This proposal is no longer there: it was declined, withdrawn, or its time was over."))
    current.supplier.organisation = organisation
    return current


@transaction.atomic
def accept_proposal(proposal, *, shares_standing, by):
    """Make the profile the owner's own draft; True when the person now acts for the firm.

    Where others act for it already they are asked first, and the proposal stays open until one of them accepts it.
    With `shares_standing` the partner sees from now on how far the listing has come.
    """
    current = locked_proposal(proposal)
    organisation = current.supplier.organisation
    if not can_answer(by, current):
        raise RuleBroken(_("This proposal was sent to another address. Sign in with that address."))
    if current.accepted_by_id == by.pk:
        return True
    if not current.is_open:
        raise RuleBroken(_("This proposal has been accepted already."))
    if not current.is_answerable():
        raise RuleBroken(_("The time for an answer is over and the draft is being deleted."))
    people = organisation.representatives.all()
    if people.exists() and not people.filter(user=by).exists():
        request_to_join(organisation, kind=JoinRequest.Kind.JOIN, message="", by=by)
        return False
    Representative.objects.get_or_create(user=by, organisation=organisation, defaults={"role": Role.ADMINISTRATOR})
    Proposal.objects.filter(pk=current.pk).update(accepted_at=timezone.now(), accepted_by=by)
    audit.record("proposal.accepted", current, by=by, organisation=organisation.pk)
    if shares_standing and current.partner:
        share_standing(current.partner, organisation, way=PartnerConsent.Way.DRAFT, by=by)
    return True


@transaction.atomic
def decline_proposal(proposal, *, by=None, words=""):
    """Delete the draft at once; the same source never asks this address again, and after a report nobody does.

    What is kept is a figure, the hash of the address, and the words of a report for the staff.
    """
    current = locked_proposal(proposal)
    if not current.is_open:
        raise RuleBroken(_("This profile was accepted. Whoever acts for the firm can hide it."))
    is_report = bool(words.strip())
    source = "" if is_report else origin(current.partner, current.source)
    digest = refusal(current.email, source) if current.email else ""
    ending.end([current], outcome=Outcome.DECLINED, by=by, digest=digest, words=words.strip())


@transaction.atomic
def withdraw_proposal(proposal, *, by):
    """The partner takes its draft back, and it is deleted."""
    current = locked_proposal(proposal)
    if not current.is_open:
        raise RuleBroken(_("The owner has accepted this profile: it is theirs now."))
    ending.end([current], outcome=Outcome.WITHDRAWN, by=by)


@transaction.atomic
def share_standing(partner, organisation, *, way, by):
    """Let the partner see how far the listing has come; saying so again changes nothing."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if partner.organisation_id == organisation.pk:
        raise RuleBroken(_("A partner association cannot bring itself in."))
    consent, is_new = PartnerConsent.objects.live().get_or_create(
        partner=partner,
        organisation=organisation,
        defaults={"way": way, "language": get_language() or settings.LANGUAGE_CODE, "given_by": by},
    )
    if is_new:
        audit.record("partner_consent.given", consent, by=by, organisation=organisation.pk, partner=partner.pk)
    return consent


@transaction.atomic
def end_sharing(consent, *, by):
    """From the next request on the partner sees nothing; ending twice changes nothing."""
    if PartnerConsent.objects.live().filter(pk=consent.pk).update(ended_at=timezone.now()):
        audit.record("partner_consent.ended", consent, by=by, organisation=consent.organisation_id)


@transaction.atomic
def handle_report(ended, *, by):
    """Staff have looked into what an owner reported."""
    if not EndedProposal.objects.reported().filter(pk=ended.pk).update(handled_at=timezone.now(), handled_by=by):
        raise RuleBroken(_("Somebody else has done this already."))
    ended.refresh_from_db()
    audit.record("proposal.report_handled", ended, by=by)
