"""Whether an authority may take responses here: only below the threshold of its law, with every value disclosed."""

from decimal import Decimal

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from marketplace.calls.law.rules import threshold_for
from marketplace.core.templatetags.ui import money

#: Values of lots are without VAT, and some laws count it in. The standard rate where that is so ...
VAT_PERCENT = {"GB": 20}
#: ... and elsewhere the highest of Europe, so that nothing is below a threshold by a guess.
HIGHEST_VAT_PERCENT = 27


def threshold_of(call, facts):
    """The one that such a contract is held to; None for a company, and where the law on record has none."""
    if not call.is_of_authority:
        return None
    return threshold_for(call.jurisdiction, call.buyer.is_central, facts["contract"])


def why_not_here(call, facts):
    """Why its responses go to the official portal, with the source; "" where they may be taken here."""
    if not call.is_of_authority:
        return ""
    threshold = threshold_of(call, facts)
    if threshold is None:
        return _("No threshold is on record for your law, so responses go to the official portal.")
    refusal = _refusal(call, facts, threshold)
    return refusal and f"{refusal} {said_of(threshold)}"


def said_of(threshold):
    """Where a threshold comes from, and when somebody last read it there."""
    pattern = pgettext("day", "j M Y")
    return _("Source: %(source)s Last read on %(day)s, to be read again by %(review)s.") % {
        "source": threshold.source,
        "day": formats.date_format(threshold.reviewed_on, pattern),
        "review": formats.date_format(threshold.review_by, pattern),
    }


def _refusal(call, facts, threshold):
    said = {"threshold": money(threshold.amount, threshold.currency)}
    if facts["currency"] != threshold.currency:
        return _("Responses may be taken here only below %(threshold)s: state the values in this currency.") % said
    values = [lot["value_to"] for lot in facts["lots"]]
    if not values or None in values:
        return (
            _("Responses may be taken here only below %(threshold)s, so each lot has to say its upper value first.")
            % said
        )
    percent = _vat_percent(call, threshold)
    together = int(Decimal(sum(values)) * (100 + percent) / 100)
    if together < threshold.amount:
        return ""
    said |= {"lots": money(together, threshold.currency), "percent": percent}
    if percent:
        return (
            _("With %(percent)s %% VAT your lots come to up to %(lots)s, and responses may be taken here only below "
              "%(threshold)s.") % said
        )  # fmt: skip
    return _("Your lots come to up to %(lots)s, and responses may be taken here only below %(threshold)s.") % said


def _vat_percent(call, threshold):
    """What is added to the values of lots before they are held to the threshold."""
    if not threshold.includes_vat:
        return 0
    return VAT_PERCENT.get(call.buyer.organisation.country.code, HIGHEST_VAT_PERCENT)
