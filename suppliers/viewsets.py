import django_filters
from django.db.models import Func, Q, Value
from django.forms import RadioSelect
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import DateColumn

from marketplace.accounts.models import Organisation, PlainName
from marketplace.core.staff import Button, Section, StaffViewSet, audit_section, column
from marketplace.core.vocab import cpv
from suppliers import actions
from suppliers.models import Supplier


def standing_of(supplier):
    if supplier.hidden_at:
        return _("Hidden")
    if supplier.listed_at:
        return _("Listed")
    return _("Waiting for review") if supplier.submitted_at else _("Draft")


class SupplierStaffFilter(WagtailFilterSet):
    standing = django_filters.ChoiceFilter(
        label=_("Standing"),
        choices=[("waiting", _("Waiting for review")), ("listed", _("Listed")), ("hidden", _("Hidden"))],
        method="of_standing",
        widget=RadioSelect,
        empty_label=_("All"),
    )
    country = django_filters.ChoiceFilter(
        label=_("Country"), field_name="organisation__country", choices=Organisation._meta.get_field("country").choices
    )

    class Meta:
        model = Supplier
        fields = ["standing", "country"]

    def of_standing(self, rows, name, standing):
        if standing == "waiting":
            return rows.waiting_for_review()
        return rows.listed() if standing == "listed" else rows.exclude(hidden_at=None)


class SupplierViewSet(StaffViewSet):
    model = Supplier
    name = "supplier-review"
    icon = "group"
    menu_order = 40
    may_change = True
    ordering = "-submitted_at"
    filterset_class = SupplierStaffFilter
    search_fields = ["organisation__name"]
    list_export = [
        "organisation",
        "organisation.country",
        "organisation.town",
        "listed_at",
        "hidden_at",
        "confirmed_on",
    ]
    export_filename = "suppliers"
    inspect_view_fields = [
        "organisation",
        "summary",
        "summary_language",
        "languages",
        "size_band",
        "founded_year",
        "submitted_at",
        "listed_at",
        "hidden_at",
        "confirmed_on",
    ]
    buttons = {
        "list": Button(
            _("Put on show"),
            actions.list_supplier,
            _("The profile is on show."),
            may=lambda supplier: supplier.submitted_at and not supplier.is_listed,
        ),
        "hide": Button(
            _("Hide"),
            actions.hide_supplier,
            _("The profile is off every public page."),
            may=lambda supplier: supplier.submitted_at and not supplier.hidden_at,
            is_serious=True,
        ),
    }

    @property
    def list_display(self):
        return [
            self.link_column("organisation", _("Name")),
            column("country", _("Country"), lambda supplier: supplier.organisation.country.name),
            column("standing", _("Standing"), standing_of),
            DateColumn("submitted_at", label=_("Asked"), sort_key="submitted_at"),
            DateColumn("confirmed_on", label=_("Confirmed"), sort_key="confirmed_on"),
        ]

    def rows(self, request):
        return Supplier.objects.select_related("organisation")

    def searched(self, rows, words):
        wanted = Func(Value(words), template="immutable_unaccent(lower(%(expressions)s))")
        named = rows.annotate(plain_name=PlainName("organisation__name"))
        return named.filter(Q(plain_name__contains=wanted))

    def sections(self, row, request):
        services = [(each.cpv, cpv.label(each.cpv, get_language()), each.words) for each in row.capabilities.all()]
        return [
            Section(
                _("Services"), (_("CPV"), _("Label"), _("In their own words")), services, _("No service is named yet.")
            ),
            audit_section(row),
        ]
