"""Why a notice became no call, what of it was passed over, why a source gave none: stored codes, and sentences."""

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from marketplace.core.vocab import countries

SENTENCES = {
    # Why it did nothing
    "form": _("It is of a form that makes no call here: %(form)s. %(reason)s"),
    "broken": _("It cannot be read: %(reason)s"),
    "no-title": _("It has no title."),
    "no-deadline": _("It says no deadline for responses."),
    "over-before-publication": _("Its deadline is not after its own publication."),
    "too-far": _("Its deadline, %(day)s, cannot be right."),
    "no-cpv": _("It does not say by a CPV code what is bought."),
    "no-buyer": _("It names no buyer."),
    "no-country": _("It does not say in which country the buyer is."),
    "no-law": _("No procurement law is on record for the country of the buyer, %(country)s."),
    "no-address": _("It does not say where the official text is to be read."),
    "no-lots": _("All its lots are cancelled."),
    "planning": _("It only announces what may be bought later, and takes no responses yet."),
    "result": _("It says who was chosen, which a call from a notice does not show."),
    "nothing-to-cancel": _("It cancels a procedure that is not here."),
    "older": _("A newer notice of this procedure is here already."),
    "same-number": _("Another text of the same number and date is here already."),
    "taken-off": _("Its call was taken off or has ended; nothing was changed."),
    "buyer-is-a-company": _("Its buyer is registered here as a company, which public procurement law does not bind."),
    "refused": _("The database refused it: %(rule)s"),
    "unexpected": _("Something went wrong with it that nobody has foreseen; the log says more."),
    # What had to be passed over
    # Words of the parser, for staff.
    "warning": "%(words)s",
    "cut": _("A text was too long and was cut."),
    "unknown-cpv": _("%(code)s is no CPV code of the list in force; it was left out."),
    "unknown-region": _("%(code)s is no region that we know; it was left out."),
    "unknown-currency": _("Values in %(currency)s were left out."),
    "odd-value": _("A value that cannot be right was left out."),
    "odd-period": _("The contract would end before it begins; both days were left out."),
    "odd-questions": _("Questions would end after responses do; their end was left out."),
    "earlier-questions": _("The end of questions moved earlier, which stays as it was here."),
    "unknown-method": _("The kind of procedure is not said in a way that we know."),
    "lots-differ": _("Its lots have different deadlines; the call has the earliest."),
    "more-lots": _("It has %(all)s lots; the first %(most)s stand here."),
    "replaced": _("Its deadline moved earlier, so the call was taken off and made anew."),
    # Why nothing came from a source
    "fetch-address": _("The address is none of the encrypted web, or holds a name and a password."),
    "fetch-unknown-host": _("No machine of the name %(host)s is known."),
    "fetch-not-public": _("%(host)s is not a public machine of the web, so it was not asked."),
    "fetch-line": _("%(host)s cannot be reached, or broke the line off (%(words)s)."),
    "fetch-certificate": _("%(host)s cannot prove that it is the one (%(words)s)."),
    "fetch-slow": _("It sent too slowly, and the time of a visit was over."),
    "fetch-broken": _("The answer broke off, or is none that can be understood."),
    "fetch-status": _("It answered with the status %(status)s."),
    "fetch-leads-on": _("It leads on more than %(most)s times."),
    "fetch-elsewhere": _("It leads on to another machine, %(host)s, which is not allowed here."),
    "fetch-large": _("It is larger than %(most)s MB."),
    "fetch-packing": _("It is packed in a way that is not read here: %(packing)s."),
    "fetch-no-notices": _("What stands there is a page for people, or nothing, and no notices."),
    "fetch-no-page": _("The page ends in the middle, so nobody knows what follows it."),
    "fetch-no-end": _("It had no end after %(most)s pages."),
    "fetch-cut-off": _("Whoever fetched it was cut off. The next visit goes on after the last page."),
    "fetch-stopped": _("A colleague changed the source meanwhile."),
}  # fmt: skip
#: Understood, and rightly no call; whatever else stops a notice is for somebody to look at.
NO_FAULT = frozenset(
    ("form", "no-law", "no-lots", "planning", "result", "nothing-to-cancel", "older", "same-number", "taken-off")
)


def sentence(reason):
    """A reason in the reader's language; `reason` is [code, parameters]."""
    code, said = reason
    if "country" in said:
        said = said | {"country": countries.name(said["country"], get_language() or "en")}
    return str(SENTENCES[code]) % said
