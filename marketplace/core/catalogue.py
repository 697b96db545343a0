"""The living catalogue: every component with believable content, to be looked at, printed and checked. Demo only."""

from datetime import UTC, date, datetime

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from marketplace.core import chart, mosaic, ui
from marketplace.core.vocab.fields import PickerForm, RegionsField, ServicesField

HUES = [
    ("lapis", mosaic.DARK[0]),
    ("terracotta", mosaic.DARK[1]),
    ("olive", mosaic.DARK[2]),
    ("saffron", mosaic.LIGHT[0]),
    ("sand", mosaic.LIGHT[1]),
    ("sky", mosaic.LIGHT[2]),
    ("apricot", mosaic.LIGHT[3]),
]
NAMES = [
    "Atlas Propreté", "Baobab Facility", "Clair et Net", "Lumen Services", "Northmoor Council", "Ville de Valmont",
    "Ada Okafor Ltd", "Sahel Traiteur", "Żubr Budowa", "Ürgüp Catering", "Nour Translations", "Kestrel & Daughters",
]  # fmt: skip
SPOKEN = [("en", "English"), ("fr", "Français"), ("tr", "Türkçe"), ("ar", "العربية")]


class SpecimenForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=gettext_lazy("Name of your organisation"), max_length=200)
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("We write to it when a buyer asks for you."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    website = forms.URLField(label=gettext_lazy("Website"), required=False, assume_scheme="https")
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        choices=[("", "—"), ("GB", gettext_lazy("United Kingdom")), ("FR", gettext_lazy("France"))],
    )
    founded_on = forms.DateField(
        label=gettext_lazy("Founded on"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    size = forms.ChoiceField(
        label=gettext_lazy("Size"),
        help_text=gettext_lazy("Count yourself and everyone you pay."),
        choices=[("micro", gettext_lazy("Up to 9 people")), ("small", gettext_lazy("10 to 49 people"))],
        widget=forms.RadioSelect,
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages you work in"),
        choices=SPOKEN,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    description = forms.CharField(
        label=gettext_lazy("What you do"), widget=forms.Textarea(attrs={"rows": 4}), required=False
    )
    certificate = forms.FileField(label=gettext_lazy("Certificate"), required=False)
    is_listed = forms.BooleanField(label=gettext_lazy("Show my firm in the directory"), required=False)


class PickerSpecimenForm(PickerForm):
    """Services and regions; what is sent is looked up, and nothing is kept."""

    services = ServicesField(label=gettext_lazy("Your services"))
    regions = RegionsField(label=gettext_lazy("Where you work"), required=False)
    seat = RegionsField(label=gettext_lazy("Where you are"), required=False, max_choices=1)


def _pickers(request: HttpRequest) -> PickerSpecimenForm:
    chosen = {"services": ["90919200", "90911300"], "regions": ["UKE4", "FR"], "seat": ["UKE42"]}
    is_sent = any(name.endswith("_words") for name in request.GET)
    return PickerSpecimenForm(request.GET if is_sent else None, initial=chosen)


def _charts() -> list[chart.Chart]:
    services = [(_("Cleaning"), 1204), (_("Catering"), 861), (_("Building work"), 733), (_("IT services"), 389)]
    months = [_("Jan"), _("Feb"), _("Mar"), _("Apr"), _("May"), _("Jun")]
    met, won = [12, 15, 19, 18, 27, 34], [2, 3, None, 5, 8, 11]
    return [
        chart.bars(
            _("One supplier in three offers cleaning"),
            (_("Service"), _("Suppliers")),
            services,
            note=_("Listed suppliers, 1 November 2026. One supplier may offer several services."),
            csv_url="?figures=csv",
        ),
        chart.lines(
            _("Introductions have nearly tripled since January"),
            (_("Month"), _("Met a buyer"), _("Won a contract")),
            list(zip(months, met, won, strict=True)),
            csv_url="?figures=csv",
        ),
    ]


def _context(request: HttpRequest) -> dict:
    charts = _charts()
    closes = datetime(2026, 12, 3, 16, tzinfo=UTC)
    return {
        "hues": HUES,
        "names": NAMES,
        "form": SpecimenForm(initial={"size": "micro"}, prefix="fresh"),
        "refused": SpecimenForm({"wrong-email": "amina at example"}, prefix="wrong"),
        "pickers": _pickers(request),
        "charts": charts,
        "closes": closes,
        "talk": datetime(2026, 11, 18, 9, 30, tzinfo=UTC),
        "confirmed": date(2026, 11, 12),
        "spoken": SPOKEN,
        "numbered": Paginator(range(2000), 25).page(7),
        "chips": [
            ui.Chip(f"{_('Country')}: {_('France')}", "?"),
            ui.Chip("90919200 " + _("Office cleaning services"), "?"),
        ],
        "choices": [
            {"value": "FR", "label": _("France"), "count": 1204, "is_on": True},
            {"value": "GB", "label": _("United Kingdom"), "count": 861, "is_on": False},
            {"value": "BE", "label": _("Belgium"), "count": 210, "is_on": False},
        ],
        "steps": [
            {"label": _("Your organisation"), "state": "done", "url": "#steps"},
            {"label": _("What you do"), "state": "current", "url": ""},
            {"label": _("Where you work"), "state": "later", "url": ""},
            {"label": _("Check and send"), "state": "later", "url": ""},
        ],
        "tabs": [
            {"label": _("Waiting for you"), "url": "#tabs", "is_current": True, "count": 3},
            {"label": _("Sent"), "url": "#tabs", "is_current": False, "count": 1204},
            {"label": _("Closed"), "url": "#tabs", "is_current": False},
        ],
        "links": [
            {"label": _("Overview"), "url": "#sidenav", "is_current": True, "icon": "layout-dashboard"},
            {"label": _("Team"), "url": "#sidenav", "is_current": False, "icon": "users"},
            {"label": _("Documents"), "url": "#sidenav", "is_current": False, "icon": "file-text"},
        ],
        "parts": [
            {"name": _("Service"), "value": 52, "max": 60, "reason": _("You list 90911000; the call asks 90911200.")},
            {"name": _("Region"), "value": 25, "max": 25, "reason": _("You work in Rhône.")},
            {"name": _("Words"), "value": 9, "max": 15, "reason": _("schools, daily, ecolabel")},
        ],
        "is_rtl": request.GET.get("dir") == "rtl",
    }


@require_safe
def component_list(request: HttpRequest) -> HttpResponse:
    """All components; `?dir=rtl` shows them from right to left, `?figures=csv` a chart's rows."""
    if not settings.DEMO:
        raise Http404
    if request.GET.get("figures") == "csv":
        return HttpResponse(_charts()[0].as_csv(), content_type="text/csv; charset=utf-8")
    return ui.render(request, "core/component_list.html", _context(request))
