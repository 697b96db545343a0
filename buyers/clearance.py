"""Whether we know who an organisation is without asking staff, and if not, why."""

from django.utils.translation import gettext as _

from buyers import domains
from marketplace.accounts.models import Representative


def what_is_open(organisation):
    """Why staff have to look, in sentences for the organisation's people; none when all is plain.

    Plain is a number in a register, and an administrator whose address was proven and lies in the domain of the
    organisation's website, which is none where anybody gets a mailbox.
    """
    doubts = []
    if not organisation.identifiers.exists():
        doubts.append(_("Your organisation has no number in a register yet."))
    return doubts + _doubts_of_address(domains.of_website(organisation.website), _proven_domains(organisation))


def _doubts_of_address(site, proven):
    if not site:
        return [_("Your organisation has no website yet.")]
    if any(domains.is_of(domain, site) and not domains.is_free_mail(domain) for domain in proven):
        return []
    doubts = [
        _("No administrator has a confirmed e-mail address at %(site)s, the address of your website.") % {"site": site}
    ]
    if any(domains.is_free_mail(domain) for domain in proven):
        doubts.append(_("An address at a provider where anybody gets a mailbox does not say who you are."))
    return doubts


def _proven_domains(organisation):
    """Of the administrators' addresses that were proven."""
    people = Representative.objects.administrators().filter(organisation=organisation, user__is_active=True)
    rows = people.filter(user__emailaddress__verified=True).values_list("user__emailaddress__email", flat=True)
    return {domains.of_address(email) for email in rows}
