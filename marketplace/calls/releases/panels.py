"""On a call's page: the same call as open data."""

from django.urls import reverse

from marketplace.calls.releases.models import Release
from marketplace.core import registry


def as_open_data(calls, request):
    """For those that have been released; one query for all calls."""
    found = Release.objects.on_show().filter(call__in=calls, number=1).values_list("call", "ocid")
    return {call: {"address": reverse("record-detail", kwargs={"ocid": ocid})} for call, ocid in found}


registry.panels.register("call-open-data", registry.Panel("call", "releases/call_panel.html", as_open_data, order=90))
