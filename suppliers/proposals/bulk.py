"""Proposals of an import: set-based, a batch at a time, safe to repeat and to be cut off between batches."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from marketplace.accounts.models import Representative
from marketplace.core import audit
from marketplace.core.copying import copy_models
from marketplace.core.models import AuditEntry
from suppliers.models import Supplier
from suppliers.proposals import emails
from suppliers.proposals.actions import LIFETIME, origin, spoken
from suppliers.proposals.models import EndedProposal, Proposal
from suppliers.proposals.signing import refusal

AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """One profile of an import; `email` may be empty or no address at all, then nobody is asked."""

    supplier_id: int
    email: str
    source: str
    language: str
    made_organisation: bool = True


def propose_many(rows: Iterable[ProposalRow], *, partner=None, by=None) -> int:
    """Make proposals of many profiles and ask their owners; returns how many proposals are new.

    What `propose` would refuse, or has done before, is passed over. Each batch commits by itself.
    """
    rows, made, asked = iter(rows), 0, 0
    while batch := list(islice(rows, AT_ONCE)):
        new, mailed = _propose_batch(batch, partner=partner, by=by, already=asked)
        made, asked = made + new, asked + mailed
    return made


@transaction.atomic
def _propose_batch(batch, *, partner, by, already):
    now = timezone.now()
    wanted = {row.supplier_id: row for row in batch}
    suppliers = _proposable(wanted)
    addresses = _askable({pk: wanted[pk] for pk in suppliers}, partner)
    proposals = []
    for pk, supplier in suppliers.items():
        email = addresses.get(pk, "")
        proposals.append(
            Proposal(
                supplier=supplier,
                name=supplier.organisation.name,
                email=email,
                language=spoken(wanted[pk].language),
                source=wanted[pk].source.strip(),
                partner=partner,
                made_organisation=wanted[pk].made_organisation,
                made_by=by,
                created_at=now,
                asked_at=now if email else None,
                last_asked_at=now if email else None,
                times_asked=1 if email else 0,
                expires_at=now + LIFETIME,
            )
        )
    copy_models(proposals, are_keyed=True)
    copy_models(
        AuditEntry(verb="proposal.made", subject=audit.label_of(row), by=by, data={"supplier": row.supplier_id}, at=now)
        for row in proposals
    )
    to_ask = [row for row in proposals if row.email]
    emails.proposals_asked(to_ask, at=now, already=already)
    return len(proposals), len(to_ask)


def _proposable(keys):
    """The profiles that nobody acts for, nobody sent and nobody proposed before, locked so that it stays so."""
    people = Representative.objects.filter(organisation=OuterRef("organisation"))
    rows = (
        Supplier.objects.select_for_update(no_key=True, of=("organisation",))
        .filter(~Exists(people), pk__in=list(keys), submitted_at=None, proposal=None)
        .select_related("organisation")
        .only("organisation", "organisation__name")
        .order_by("pk")
    )
    return {supplier.pk: supplier for supplier in rows}


def _askable(rows, partner):
    """Supplier to address, without what is none and those that refused."""
    typed = {pk: row.email.strip().lower() for pk, row in rows.items()}
    found = {pk: email for pk, email in typed.items() if _is_address(email)}
    digests = {
        digest: pk
        for pk, email in found.items()
        for digest in (refusal(email, origin(partner, rows[pk].source)), refusal(email))
    }
    refused = set()
    for digest in EndedProposal.objects.refusing(list(digests)).values_list("digest", flat=True):
        refused.add(found[digests[digest]])
    return {pk: email for pk, email in found.items() if email not in refused}


def _is_address(text):
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254
