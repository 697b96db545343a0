"""The places that accounts add to the workspace."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from marketplace.core import registry


class Overview(registry.Link):
    """Current on its own page alone: every other page of the workspace lies below it."""

    def is_current(self, request: HttpRequest) -> bool:
        return request.path == self.url


registry.workspace.register("overview", Overview(_("Overview"), "workspace", 10, "layout-dashboard"))
registry.workspace.register("people", registry.Link(_("People and seats"), "representative-list", 80, "users"))
registry.workspace.register("organisation", registry.Link(_("Organisation"), "organisation-edit", 90, "building-2"))
