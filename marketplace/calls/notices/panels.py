"""Where the official text of a call is, and that nobody can answer to it here: on its public page and on the desk."""

from datetime import datetime

from django.urls import reverse

from marketplace.accounts.models import Representative
from marketplace.calls.notices.models import Notice
from marketplace.core import registry

#: What BT-71 reserves for, as the page says it.
RESERVED = {"res-ws", "res-pub-ser"}


def official_text(calls, request):
    """For each call that came with a notice, the newest that changed it and what it says beside; two queries."""
    newest = {}
    for notice in Notice.objects.applied().filter(call__in=calls).select_related("source").in_order():
        newest[notice.call_id] = notice
    buyers = {call.buyer.organisation_id for call in calls if call.pk in newest}
    claimed = set()
    if buyers:
        rows = Representative.objects.filter(organisation__in=buyers)
        claimed = set(rows.values_list("organisation", flat=True))
    return {
        call.pk: _context(call, newest[call.pk], call.buyer.organisation_id in claimed)
        for call in calls
        if call.pk in newest
    }


def _context(call, notice, is_claimed):
    details = notice.details
    numbers = notice.lots
    submission = details.get("submission_url", "")
    return {
        "call": call,
        "notice": notice,
        "source": notice.source,
        "is_claimed": is_claimed,
        "claim_url": reverse("organisation-register"),
        "submission_url": submission if submission not in (notice.official_url, call.portal_url) else "",
        "procedure_words": details.get("procedure_words", ""),
        "is_method_unknown": details.get("is_method_unknown", False),
        "lot_deadlines": [
            (number, datetime.fromisoformat(at)) for number, at in _by_number(details.get("lot_deadlines", []), numbers)
        ],
        "value": details.get("value"),
        "others": details.get("others", []),
        "reserved": _reserved(details.get("reserved", []), numbers),
        "papers": details.get("papers", []),
        "all_lots": details.get("all_lots", 0),
    }


def _by_number(given, numbers):
    """[(number of the lot, value)] for lots that stand here."""
    return sorted((numbers[key], value) for key, value in given if key in numbers)


def _reserved(given, numbers):
    return [(number, code) for number, codes in _by_number(given, numbers) for code in codes if code in RESERVED]


registry.panels.register("call-notice", registry.Panel("call", "notices/call_panel.html", official_text, order=1))
registry.panels.register(
    "call-desk-notice", registry.Panel("call-desk", "notices/desk_panel.html", official_text, order=1)
)
