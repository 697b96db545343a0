"""What every page is made with: rendering for htmx and without, the frame around a page, lists, forms."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as render_whole
from django.urls import translate_url
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.views import generic

from marketplace.core import registry


def render(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """`page.html#part` is the part alone for htmx and the whole page for everybody else.

    A form that was refused goes back with status 422, which htmx swaps like any answer.
    """
    name = template if _wants_part(request) else template.partition("#")[0]
    response = render_whole(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _wants_part(request: HttpRequest) -> bool:
    htmx = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


class FormRenderer(TemplatesSetting):
    """Every `{{ form }}` and `{{ field.as_field_group }}` in our own markup: label, help, error, input."""

    form_template_name = "django/forms/form.html"
    field_template_name = "django/forms/field.html"


class NavigationLink(NamedTuple):
    """Taken apart by the head of every page, in this order."""

    label: str
    url: str
    icon: str
    is_current: bool


class LanguageLink(NamedTuple):
    code: str
    name: str
    url: str
    is_rtl: bool


class Frame:
    """What base.html needs around the content; each part is worked out only when the template asks."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def navigation(self) -> list[NavigationLink]:
        return self._links(registry.navigation)

    @cached_property
    def workspace(self) -> list[NavigationLink]:
        return self._links(registry.workspace)

    @cached_property
    def footer(self) -> list[tuple[str, str]]:
        """What upper apps put at the foot of every page: labels and addresses."""
        return [link for part in registry.footer for link in part.load(self.request)]

    @cached_property
    def languages(self) -> list[LanguageLink]:
        """The same page in every other language.

        A view that knows better (a page whose address differs by language) sets `request.translations[code]`.
        """
        known = getattr(self.request, "translations", {})
        return [
            LanguageLink(code, name, known.get(code) or self._in(code), translation.get_language_info(code)["bidi"])
            for code, name in settings.LANGUAGES
            if code != translation.get_language()
        ]

    @cached_property
    def direction(self) -> str:
        return "rtl" if translation.get_language_bidi() else "ltr"

    @cached_property
    def home_url(self) -> str:
        return _home(translation.get_language() or settings.LANGUAGE_CODE)

    def _links(self, point: Iterable[registry.Link]) -> list[NavigationLink]:
        return [
            NavigationLink(_label(link, translation.get_language()), link.url, link.icon, link.is_current(self.request))
            for link in point
            if link.is_for(self.request)
        ]

    def _in(self, code: str) -> str:
        here = self.request.get_full_path()
        if not _is_translated(self.request, here):
            return _home(code)
        return _home(code) + here.removeprefix(_home(translation.get_language() or settings.LANGUAGE_CODE))


#: What links are called in each language: the head of every page says it twice.
_labels: dict[tuple[str, int, str | None], str] = {}


def _label(link: registry.Link, language: str | None) -> str:
    """`language` is the one in force."""
    known = _labels.get((link.url_name, link.order, language))
    if known is None:
        known = _labels[link.url_name, link.order, language] = str(link.label)
    return known


#: Whether the addresses of a route differ by language. Asking costs a millisecond, and every page asks.
_translated: dict[str, bool] = {}


def _is_translated(request: HttpRequest, here: str) -> bool:
    """An address that leads nowhere is not, and of such there are too many to remember."""
    if request.resolver_match is None:
        return _differs(here)
    # In the default language a route has no prefix, as one has that is the same in all languages.
    route = f"{translation.get_language()} {request.resolver_match.route}"
    if route not in _translated:
        _translated[route] = _differs(here)
    return _translated[route]


def _differs(here: str) -> bool:
    return any(translate_url(here, code) != here for code, _name in settings.LANGUAGES)


def _home(code: str) -> str:
    return "/" if code == settings.LANGUAGE_CODE else f"/{code}/"


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `frame`, not `page`, which is the current page in Wagtail's templates."""
    return {"frame": Frame(request)}


class Chip(NamedTuple):
    """One active filter and the address of the same list without it."""

    label: str
    url: str


class Sort(NamedTuple):
    """One order of a list and the address of the list in it."""

    label: str
    url: str
    is_current: bool


class ListView(generic.ListView):
    """A filtered list in pages, whose address always holds the search.

    Give `queryset` or `get_queryset`, a `filterset_class`, and a template with a partial named `results`, which is
    what htmx swaps. The context holds `filter`, `chips`, `clear_url`, `page_obj` and `total`.
    """

    paginate_by = 25
    filterset_class: Any = None
    part = "results"

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        if self.filterset_class is None:
            self.filterset = None
            return rows
        self.filterset = self.filterset_class(self.request.GET, queryset=rows, request=self.request)
        return self.filterset.qs

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["filter"] = self.filterset
        context["chips"] = chips(self.filterset.form, self.request) if self.filterset is not None else []
        context["clear_url"] = self.request.path
        context["total"] = context["paginator"].count if context["paginator"] else len(context["object_list"])
        return context

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        return render(self.request, f"{self.get_template_names()[0]}#{self.part}", context)


def chips(form: Any, request: HttpRequest) -> list[Chip]:
    """The filters that are on, in the order of the form; a value the form does not know is none."""
    found = []
    form.is_valid()
    for name in form.fields:
        if name not in form.cleaned_data or not form.cleaned_data[name]:
            continue
        for value in request.GET.getlist(name):
            if value:
                found.append(Chip(_words(form[name], value), _without(request, name, value)))
    return found


def _words(field: Any, value: str) -> str:
    choices = getattr(field.field, "choices", None)
    label = {str(key): words for key, words in choices}.get(value, value) if choices else value
    return f"{field.label}: {label}" if field.label else str(label)


def _without(request: HttpRequest, name: str, value: str) -> str:
    kept = [
        (key, each)
        for key, values in request.GET.lists()
        for each in values
        if key != "page" and (key, each) != (name, value)
    ]
    return f"{request.path}?{urlencode(kept)}" if kept else request.path
