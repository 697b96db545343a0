"""What saved searches and exports add to the directory, and their place in the workspace."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from marketplace.billing.models import Entitlement
from marketplace.billing.permissions import has_entitlement
from marketplace.core import registry


def tools(rows: Any, request: HttpRequest) -> dict[Any, dict[str, Any]]:
    """For whoever acts for an organisation; the row's key is the querystring of its search."""
    if not request.user.is_authenticated or not request.organisation:  # type: ignore[attr-defined]
        return {}
    may_export = has_entitlement(request.organisation, Entitlement.EXPORT)  # type: ignore[attr-defined]
    return {row.pk: {"query": row.pk, "may_export": may_export} for row in rows}


def call_tools(rows: Any, request: HttpRequest) -> dict[Any, dict[str, Any]]:
    """The same beside the list of calls, where nothing is exported."""
    if not request.user.is_authenticated or not request.organisation:  # type: ignore[attr-defined]
        return {}
    return {row.pk: {"query": row.pk} for row in rows}


registry.panels.register(
    "call-search-tools", registry.Panel("call-search", "matching/call_search_tools.html", call_tools, order=10)
)
registry.panels.register("search-tools", registry.Panel("search", "matching/search_tools.html", tools, order=10))
registry.workspace.register("searches", registry.Link(_("Saved searches"), "search-list", 40, "bell"))
