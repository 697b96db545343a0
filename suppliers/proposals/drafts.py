"""What a partner association does: draft a firm, mend the draft, ask its owner again."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from marketplace.accounts.models import Identifier, Organisation
from marketplace.core import audit
from marketplace.core.errors import RuleBroken
from marketplace.core.vocab import words
from suppliers.actions import begin_profile, change_profile
from suppliers.proposals import actions
from suppliers.proposals.models import Partner, Proposal, new_key
from suppliers.proposals.permissions import can_change_draft

#: So that nobody mails strangers through us.
DRAFTS_A_DAY = 100
MOST_ASKED = 3
ASK_AGAIN_AFTER = timedelta(days=3)


@transaction.atomic
def welcome_partner(organisation, *, by):
    """Let an organisation bring its firms in; welcoming it again changes nothing but lifts a pause."""
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    partner = Partner.objects.filter(organisation=organisation).first()
    if partner is None:
        slug = slugify(words.fold(organisation.name))[:60].strip("-_")
        is_taken = not slug or Partner.objects.filter(slug=slug).exists()
        partner = Partner.objects.create(
            organisation=organisation,
            slug=f"{slug or 'partner'}-{organisation.pk}" if is_taken else slug,
            welcomed_by=by,
        )
        audit.record("partner.welcomed", partner, by=by, organisation=organisation.pk)
    elif not partner.is_active:
        resume_partner(partner, by=by)
    return partner


@transaction.atomic
def pause_partner(partner, *, by):
    """Its link stops working and its board closes; drafts under way stay open to their owners."""
    _set_active(partner, False)
    audit.record("partner.paused", partner, by=by)


@transaction.atomic
def resume_partner(partner, *, by):
    _set_active(partner, True)
    audit.record("partner.resumed", partner, by=by)


def _set_active(partner, is_active):
    if not Partner.objects.filter(pk=partner.pk, is_active=not is_active).update(is_active=is_active):
        raise RuleBroken(_("Somebody else has done this already."))
    partner.refresh_from_db()


@transaction.atomic
def draft_firm(partner, *, by, organisation, identifiers, profile, email, source, language):
    """An organisation, its profile and the proposal to its owner, in one; a second press gives the first draft.

    `organisation` holds the fields of Organisation, `profile` the parts that `change_profile` takes.
    """
    # Drafts of one partner are made one at a time, so that they can be counted and a second press is seen.
    Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    if twin := _twin(partner, organisation, identifiers):
        return twin
    since = timezone.now() - timedelta(days=1)
    # Those that ended count by the day they ended, which is late rather than early.
    today = partner.proposals.filter(created_at__gt=since).count() + partner.ended.filter(ended_at__gt=since).count()
    if today >= DRAFTS_A_DAY:
        raise RuleBroken(_("That is enough drafts for one day. Go on tomorrow."))
    firm = Organisation.objects.create(**organisation)
    _identify(firm, identifiers)
    supplier = begin_profile(firm, by=by)
    change_profile(supplier, part="draft", by=by, **profile)
    return actions.propose(supplier, email=email, source=source, language=language, partner=partner, by=by)


def _twin(partner, organisation, identifiers):
    """The open draft of the same firm that this partner has already."""
    drafts = partner.proposals.open().filter(
        name=organisation["name"], supplier__organisation__country=organisation["country"]
    )
    for draft in drafts.select_related("supplier__organisation"):
        numbers = draft.supplier.organisation.identifiers.values_list("scheme", "value")
        if dict(numbers) == identifiers and draft.supplier.organisation.town == organisation["town"]:
            return draft
    return None


def _identify(firm, identifiers):
    try:
        # Its own savepoint: somebody else may commit the same number between our look and our write.
        with transaction.atomic():
            Identifier.objects.bulk_create(
                Identifier(organisation=firm, scheme=scheme, value=value) for scheme, value in identifiers.items()
            )
    except IntegrityError as error:
        raise RuleBroken(_("A firm with this number is here already. Send it your invitation link.")) from error


@transaction.atomic
def change_draft(proposal, *, by, organisation, profile, email, source, language, version):
    """Mend a draft, which is the partner's until the owner accepts; a new address is asked, the old link is dead.

    Refused when somebody else changed the draft since `version` of its organisation was read.
    """
    current = locked_draft(proposal, by)
    firm = current.supplier.organisation
    if firm.version != version:
        raise RuleBroken(_("Somebody else changed this draft while you were editing. Look at it again."))
    Organisation.objects.filter(pk=firm.pk).update(**organisation, version=version + 1)
    change_profile(current.supplier, part="draft", by=by, **profile)
    Proposal.objects.filter(pk=current.pk).update(
        name=organisation["name"], source=source, language=actions.spoken(language)
    )
    current.refresh_from_db()
    email = email.strip().lower()
    if email != current.email:
        _readdress(current, email)
    audit.record("proposal.changed", current, by=by)
    return current


def _readdress(proposal, email):
    if proposal.times_asked >= MOST_ASKED:
        raise RuleBroken(_("We have written three times about this draft. Its address can no longer be changed."))
    proposal.key = new_key()
    proposal.email, proposal.asked_at, proposal.reminded_at = "", None, None
    proposal.save(update_fields=["key", "email", "asked_at", "reminded_at"])
    if email:
        actions.give_address(proposal, email, at=timezone.now())


@transaction.atomic
def ask_again(proposal, *, by):
    """Write to the owner once more: three times in all, three days apart; the term stays what it was."""
    current = locked_draft(proposal, by)
    now = timezone.now()
    if not current.email:
        raise RuleBroken(_("There is no address to write to. Add one to the draft."))
    if current.times_asked >= MOST_ASKED:
        raise RuleBroken(_("We have written three times about this draft. Speak to the owner instead."))
    if not current.is_answerable(now):
        raise RuleBroken(_("The time for an answer is over and the draft is being deleted."))
    if current.last_asked_at and current.last_asked_at > now - ASK_AGAIN_AFTER:
        raise RuleBroken(_("The last mail is not three days old. Give the owner a little time."))
    actions.ask(current, at=now)
    audit.record("proposal.asked_again", current, by=by)


def locked_draft(proposal, by):
    """The draft as it is now; refused as soon as it is no longer the partner's."""
    current = actions.locked_proposal(proposal)
    if not can_change_draft(by, current):
        raise RuleBroken(_("The owner has accepted this profile: it is theirs now."))
    return current
