"""Proposals and partners. Both organisations of the small world are partners, each with a draft."""

from marketplace.core import audit
from suppliers.proposals.models import EndedProposal
from suppliers.proposals.signing import partner_token, proposal_token
from tests.architecture.access import POST_ALONE, Row, foreign, own
from tests.factories.proposals import PartnerConsentFactory, PartnerFactory, ProposalFactory

EVERYONE = (200, 200, 200, 200, 200)
#: Whoever acts for no partner finds nothing; a viewer of one may look but not bring firms in.
BRINGS = (302, 404, 403, 200, 404)

TABLE = {
    "proposals/<str:token>/": Row(
        get=EVERYONE,
        post=(422, 422, 422, 422, 422),
        values=lambda world: {"token": proposal_token(world.rows["draft"])},
    ),
    "join-through/<str:token>/": Row(
        get=EVERYONE,
        post=(302, 302, 403, 302, 302),
        values=lambda world: {"token": partner_token(world.rows["other_partner"])},
    ),
    "workspace/firms/": Row(get=(302, 404, 200, 200, 404)),
    "workspace/firms/new/": Row(get=BRINGS, post=(302, 404, 403, 422, 404)),
    "workspace/firms/<int:pk>/": Row(
        get=BRINGS, post=(302, 404, 403, 422, 404), values=own("draft"), foreign=foreign("draft")
    ),
    "workspace/firms/<int:pk>/ask/": Row(
        get=POST_ALONE, post=(302, 404, 403, 302, 404), values=own("draft"), foreign=foreign("draft")
    ),
    "workspace/firms/<int:pk>/withdraw/": Row(
        get=POST_ALONE, post=(302, 404, 403, 302, 404), values=own("draft"), foreign=foreign("draft")
    ),
    "workspace/partners/<int:pk>/end/": Row(
        get=POST_ALONE, post=(302, 404, 403, 302, 404), values=own("consent"), foreign=foreign("consent")
    ),
}


def add_rows(rows, organisation, administrator):
    partner = PartnerFactory(organisation=organisation)
    other = PartnerFactory()
    rows |= {
        "draft": ProposalFactory(partner=partner, asked=True),
        "other_partner": other,
        "consent": PartnerConsentFactory(partner=other, organisation=organisation),
    }


def add_firm(person, number):
    """A draft, and a firm that came through the link."""
    partner = getattr(person.organisation, "partner", None) or PartnerFactory(organisation=person.organisation)
    ProposalFactory(partner=partner, asked=True)
    PartnerConsentFactory(partner=partner)


def add_partner(person, number):
    audit.record("partner.welcomed", PartnerFactory(welcomed_by=person), by=person)


def add_report(person, number):
    EndedProposal.objects.create(outcome="declined", words=f"Wrong firm {number}", partner=PartnerFactory())


LISTS = {
    "/workspace/firms/": ("omar", add_firm),
    "/staff/partners/": ("stella", add_partner),
    "/staff/draft-reports/": ("stella", add_report),
}
LIST_VIEWS = {"FirmList": "/workspace/firms/"}
