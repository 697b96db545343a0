"""How a proposal that came to nothing is taken away, with all that was known through it."""

from django.db.models import Exists, OuterRef

from marketplace.accounts.models import Identifier, Organisation
from marketplace.core import audit
from marketplace.core.audit import label_of
from marketplace.core.models import OutboxMessage
from suppliers.models import Supplier
from suppliers.proposals.models import EndedProposal

#: What an organisation may still have and yet be nobody's: these rows go with it.
GO_ALONG = {Identifier, Supplier}


def end(proposals, *, outcome, by=None, digest="", words=""):
    """Delete these open proposals, their profiles, their mails, and organisations that were made for nothing else."""
    for proposal in proposals:
        ended = EndedProposal.objects.create(
            partner_id=proposal.partner_id, outcome=outcome, digest=digest, words=words
        )
        verb = "reported" if words else outcome
        audit.record(f"proposal.{verb}", proposal, by=by, supplier=proposal.supplier_id, left=ended.pk)
    organisations = [row.supplier.organisation_id for row in proposals if row.made_organisation]
    OutboxMessage.objects.filter(about__overlap=[label_of(row) for row in proposals]).delete()
    Supplier.objects.filter(pk__in=[row.supplier_id for row in proposals]).delete()
    _unused(Organisation.objects.filter(pk__in=organisations)).delete()


def _unused(organisations):
    """Those to which nothing of any app refers, people least of all."""
    for relation in Organisation._meta.related_objects:
        if relation.related_model not in GO_ALONG or relation.related_model is Supplier:
            rows = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            organisations = organisations.filter(~Exists(rows))
    return organisations
