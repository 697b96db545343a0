"""What every screen of the back office is made of: who may, lists with safe exports, pages that show, buttons that act.

Staff screens write through actions only, so none of them adds or deletes by itself.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import formats, timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from wagtail.admin.admin_url_finder import ModelAdminURLFinder
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies.base import BasePermissionPolicy

from marketplace.core.audit import label_of
from marketplace.core.errors import RuleBroken
from marketplace.core.models import AuditEntry

FORMULA_STARTERS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula, made into plain text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTERS) else value


def in_words(value: Any) -> Any:
    """Moments, lists and yes or no as people write them."""
    if isinstance(value, datetime):
        return formats.date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return ", ".join(str(each) for each in value) if isinstance(value, list) else value


class StaffPolicy(BasePermissionPolicy):
    """Whoever works for the organisation may see; and change where the screen has actions for it."""

    def __init__(self, model: type[Model], *, may_change: bool) -> None:
        super().__init__(model)
        self.actions = {"view", "change"} if may_change else {"view"}

    def user_has_permission(self, user: Any, action: str) -> bool:
        return user.is_active and user.is_staff and action in self.actions

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet:
        from django.contrib.auth import get_user_model

        may = bool(self.actions & set(actions))
        return (
            get_user_model().objects.filter(is_active=True, is_staff=True) if may else get_user_model().objects.none()
        )


@dataclass(frozen=True)
class Section:
    """A table below the facts of a page; `empty` says what it means that there is nothing.

    Cells that are prose may break into lines.
    """

    title: Any
    headings: Sequence[Any]
    rows: Sequence[Sequence[Any]]
    empty: Any
    is_prose: bool = False

    def cells(self) -> list[list[Any]]:
        return [[in_words(cell) for cell in row] for row in self.rows]


@dataclass(frozen=True)
class Button:
    """What a press does to a row, and the words for it; `may` hides it where it makes no sense.

    With a `form_class` a page asks first, and what was typed goes to `press` by the names of the fields. A button that
    `is_versioned` hands over the `version` that the person has looked at, so that `press` can refuse an older one.
    """

    label: Any
    press: Callable[..., Any]
    done: Any
    may: Callable[[Any], bool] = field(default=lambda row: True)
    is_serious: bool = False
    form_class: type[forms.Form] | None = None
    is_versioned: bool = False

    def looked_at(self, request: HttpRequest) -> dict[str, int]:
        """The version that the page of the press had; one that is missing or broken is older than any."""
        typed = request.POST.get("version", "")
        is_number = typed.isascii() and typed.isdigit() and len(typed) < 10
        return {"version": int(typed) if is_number else 0} if self.is_versioned else {}


def audit_section(subject: Model) -> Section:
    """The last twenty things that happened to a row."""
    entries = AuditEntry.objects.filter(subject=label_of(subject)).select_related("by").order_by("-at")[:20]
    rows = [(entry.at, entry.verb, entry.by or _("the clock")) for entry in entries]
    return Section(_("What happened"), (_("When"), _("What"), _("Who")), rows, _("Nothing has been recorded yet."))


class StaffIndexView(generic.IndexView):
    """A list whose export cannot carry a live formula, and whose search is the viewset's own."""

    viewset: Any = None

    def get_base_queryset(self) -> QuerySet:
        return self.viewset.rows(self.request)

    def get_page_title(self) -> str:
        return str(self.viewset.menu_label)

    @cached_property
    def verbose_name_plural(self) -> str:
        return str(self.viewset.menu_label).lower()

    def search_queryset(self, queryset: QuerySet) -> QuerySet:
        return self.viewset.searched(queryset, self.search_query) if self.is_searching else queryset

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        return safe_cell(super().preprocess_field_value(field, value, export_format))


class StaffInspectView(generic.InspectView):
    """The facts of a row, its sections, and the buttons that act on it."""

    template_name = "wagtailadmin/staff/inspect.html"
    viewset: Any = None

    def get_object(self, queryset: Any = None) -> Any:
        """What the list does not show has no page either."""
        return get_object_or_404(self.viewset.rows(self.request), pk=unquote(str(self.pk)))

    def get_fields(self) -> list[str]:
        return list(self.fields)

    def get_field_label(self, field_name: str, field: Any) -> Any:
        return self.viewset.labels.get(field_name) or super().get_field_label(field_name, field)

    def get_field_display_value(self, field_name: str, field: Any) -> Any:
        return in_words(super().get_field_display_value(field_name, field))

    def get_fields_context(self) -> list[dict[str, Any]]:
        """A fact that is not there is not shown."""
        return [fact for fact in super().get_fields_context() if fact.get("value") not in (None, "", [], {})]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        trail = [item for item in super().get_breadcrumbs_items()[:-1] if item["url"] != self.get_edit_url()]
        trail[-1]["label"] = self.viewset.menu_label
        return [*trail, {"url": "", "label": self.get_page_subtitle()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["sections"] = self.viewset.sections(self.object, self.request)
        context["presses"] = [
            (button, reverse(self.viewset.get_url_name("press"), args=[self.object.pk, name]))
            for name, button in self.viewset.buttons.items()
            if self.viewset.may_change and button.may(self.object)
        ]
        return context


class StaffViewSet(ModelViewSet):
    """List, page and buttons for one model. Give `list_display`, `inspect_view_fields`, `buttons`, `sections`."""

    index_view_class = StaffIndexView
    inspect_view_class = StaffInspectView
    inspect_view_enabled = True
    copy_view_enabled = False
    # Every save of a referenced model would rewrite Wagtail's index of references.
    add_to_reference_index = False
    add_to_admin_menu = True
    sort_order_field = None
    list_per_page = 50
    search_backend_name = None
    may_change = False
    has_form = False
    buttons: dict[str, Button] = {}
    #: Words for fields that have no good name of their own.
    labels: dict[str, Any] = {}

    @property
    def permission_policy(self) -> StaffPolicy:
        return StaffPolicy(self.model, may_change=self.may_change)

    def rows(self, request: HttpRequest) -> QuerySet:
        """What the list shows; related rows that a column needs are fetched here."""
        return self.model._default_manager.all()

    def sections(self, row: Any, request: HttpRequest) -> list[Section]:
        return [audit_section(row)]

    def searched(self, rows: QuerySet, words: str) -> QuerySet:
        query = Q()
        for name in self.search_fields:
            query |= Q(**{f"{name}__icontains": words})
        return rows.filter(query)

    @property
    def url_finder_class(self) -> type[ModelAdminURLFinder]:
        """Wagtail's reports link to the page of a row."""
        finder = {"permission_policy": self.permission_policy, "edit_url_name": self.get_url_name("inspect")}
        return type("URLFinder", (ModelAdminURLFinder,), finder)

    def register_permissions(self) -> None:
        """None to give out: who is staff may."""

    def get_form_fields(self) -> list[str]:
        return []

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        unused = dict.fromkeys(("add_url_name", "delete_url_name", "usage_url_name", "history_url_name"))
        if not self.has_form:
            unused["edit_url_name"] = None
        return super().get_common_view_kwargs(**(unused | kwargs))

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_index_view_kwargs(**({"viewset": self} | kwargs))

    def get_inspect_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_inspect_view_kwargs(**({"viewset": self} | kwargs))

    def get_urlpatterns(self) -> list[URLPattern]:
        unwanted = {"add", "delete", "usage", "history", "history_results", "reorder", "copy"}
        if not self.has_form:
            unwanted.add("edit")
        patterns = [pattern for pattern in super().get_urlpatterns() if pattern.name not in unwanted]
        if self.buttons:
            patterns.append(path("<int:pk>/<slug:name>/", self.press_view, name="press"))
        return patterns

    @property
    def press_view(self) -> Callable[..., HttpResponse]:
        @require_http_methods(["GET", "HEAD", "POST"])
        def press(request: HttpRequest, pk: int, name: str) -> HttpResponse:
            if not self.permission_policy.user_has_permission(request.user, "change"):
                raise PermissionDenied
            row = get_object_or_404(self.rows(request), pk=pk)
            button = self.buttons.get(name)
            if button is None:
                raise PermissionDenied
            if button.form_class is None:
                return (
                    self._press(request, row, button) if request.method == "POST" else HttpResponseNotAllowed(["POST"])
                )
            form = button.form_class(request.POST if request.method == "POST" else None)
            if form.is_valid():
                return self._press(request, row, button, **form.cleaned_data)
            return self._ask_first(request, row, button, form)

        return press

    def _press(self, request: HttpRequest, row: Any, button: Button, **said: Any) -> HttpResponse:
        try:
            button.press(row, by=request.user, **said, **button.looked_at(request))
        except RuleBroken as broken:
            messages.error(request, str(broken))
        else:
            messages.success(request, str(button.done))
        return redirect(self.get_url_name("inspect"), row.pk)

    def _ask_first(self, request: HttpRequest, row: Any, button: Button, form: forms.Form) -> HttpResponse:
        page = reverse(self.get_url_name("inspect"), args=[row.pk])
        context = {
            "form": form,
            "button": button,
            "row": row,
            "version": request.POST.get("version") or request.GET.get("version", ""),
            "back_url": page,
            "page_title": f"{button.label}: {row}",
            "header_icon": self.icon,
            "breadcrumbs_items": [
                {"url": reverse("wagtailadmin_home"), "label": _("Home")},
                {"url": reverse(self.get_url_name("index")), "label": self.menu_label},
                {"url": page, "label": str(row)},
                {"url": "", "label": button.label},
            ],
        }
        status = 422 if form.is_bound else 200
        return TemplateResponse(request, "wagtailadmin/staff/press.html", context, status=status)

    def link_column(self, accessor: Any, label: Any, **kwargs: Any) -> TitleColumn:
        """The first column: leads to the page of the row."""
        return TitleColumn(accessor, label=label, url_name=self.get_url_name("inspect"), **kwargs)


def column(name: str, label: Any, accessor: Any = None, **kwargs: Any) -> Column:
    return Column(name, label=label, accessor=accessor or name, **kwargs)
