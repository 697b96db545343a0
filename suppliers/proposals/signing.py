"""The signed links of this room, and the hash by which a refusal is remembered without the address."""

from django.core.signing import BadSignature, Signer
from django.utils.crypto import salted_hmac

_PROPOSALS = Signer(salt="tessera.proposal")
_PARTNERS = Signer(salt="tessera.partner-link")


def proposal_token(proposal):
    return _PROPOSALS.sign(proposal.key)


def proposal_key(token):
    """The key in a token, or None when it is forged."""
    return _unsigned(_PROPOSALS, token)


def partner_token(partner):
    return _PARTNERS.sign(partner.slug)


def partner_slug(token):
    return _unsigned(_PARTNERS, token)


def _unsigned(signer, token):
    try:
        return signer.unsign(token)
    except BadSignature:
        return None


def refusal(email, source=""):
    """The hash of an address for one source, or for all of them."""
    words = f"{email.strip().lower()}\n{source.strip()}"
    return salted_hmac("tessera.proposal-refusal", words, algorithm="sha256").hexdigest()
