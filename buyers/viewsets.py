import django_filters
from django.forms import RadioSelect
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import DateColumn

from buyers import actions, clearance
from buyers.forms import KindForm, RefusalForm
from buyers.models import Buyer
from marketplace.core.staff import Button, Section, StaffViewSet, audit_section, column

#: Standing -> its name and its rows.
STANDINGS = {
    "waiting": (_("Waiting for us"), lambda rows: rows.waiting_for_clearance()),
    "cleared": (_("Cleared"), lambda rows: rows.cleared()),
    "refused": (_("Refused"), lambda rows: rows.refused()),
}


def standing_of(buyer):
    if buyer.is_cleared:
        return STANDINGS["cleared"][0]
    if buyer.is_refused:
        return STANDINGS["refused"][0]
    return STANDINGS["waiting"][0] if buyer.is_waiting else _("Not asked")


class BuyerStaffFilter(WagtailFilterSet):
    standing = django_filters.ChoiceFilter(
        label=_("Standing"),
        choices=[(name, label) for name, (label, _rows) in STANDINGS.items()],
        method="of_standing",
        widget=RadioSelect,
        empty_label=_("All"),
    )

    class Meta:
        model = Buyer
        fields = ["standing", "kind"]

    def __init__(self, data=None, *args, **kwargs):
        """Whoever asks for nothing in particular sees the queue."""
        if not {"standing", "kind", "q"} & set(data or {}):
            data = QueryDict(mutable=True) if data is None else data.copy()
            data["standing"] = "waiting"
        super().__init__(data, *args, **kwargs)

    def of_standing(self, rows, name, standing):
        return STANDINGS[standing][1](rows)


class BuyerViewSet(StaffViewSet):
    """Who wants to buy here, those first whom we do not know yet."""

    model = Buyer
    name = "buyers"
    icon = "site"
    menu_label = _("Buyers")
    menu_order = 42
    may_change = True
    ordering = "clearance_asked_at"
    filterset_class = BuyerStaffFilter
    search_fields = ["organisation__name"]
    list_export = [
        "organisation",
        "organisation.country",
        "organisation.website",
        "kind",
        "is_central",
        "begun_at",
        "clearance_asked_at",
        "cleared_at",
        "cleared_by",
        "refused_at",
    ]
    labels = {"cleared_by": _("Cleared by")}
    export_filename = "buyers"
    inspect_view_fields = [
        "organisation",
        "kind",
        "is_central",
        "begun_at",
        "clearance_asked_at",
        "cleared_at",
        "cleared_by",
        "refused_at",
        "refused_because",
    ]
    buttons = {
        "clear": Button(
            _("Clear"),
            actions.clear_buyer,
            _("The buyer may publish, and its administrators hear of it by mail."),
            may=lambda buyer: not buyer.is_cleared,
        ),
        "refuse": Button(
            _("Refuse"),
            actions.refuse_buyer,
            _("Refused. Those who administer it have your reason by mail."),
            may=lambda buyer: not buyer.is_refused,
            is_serious=True,
            form_class=RefusalForm,
        ),
        "correct": Button(
            _("Correct the kind"),
            actions.correct_kind,
            _("The kind is corrected."),
            form_class=KindForm,
        ),
    }

    @property
    def list_display(self):
        return [
            self.link_column("organisation", _("Organisation"), sort_key="organisation__name"),
            column("country", _("Country"), lambda buyer: buyer.organisation.country.name),
            column("kind", _("Kind"), lambda buyer: buyer.get_kind_display()),
            column("standing", _("Standing"), standing_of),
            DateColumn("clearance_asked_at", label=_("Asked"), sort_key="clearance_asked_at"),
        ]

    def rows(self, request):
        return Buyer.objects.select_related("organisation", "cleared_by")

    def sections(self, row, request):
        return [self._who(row.organisation), self._doubts(row), self._people(row.organisation), audit_section(row)]

    def _who(self, organisation):
        facts = [
            (_("Website"), organisation.website or "–"),
            (_("Town"), organisation.town or "–"),
            (_("VAT number"), organisation.vat_number or "–"),
            *((number.scheme, number.value) for number in organisation.identifiers.order_by("scheme")),
        ]
        return Section(_("What it says of itself"), (_("What"), _("Words")), facts, "")

    def _doubts(self, buyer):
        doubts = [] if buyer.is_cleared else [(doubt,) for doubt in clearance.what_is_open(buyer.organisation)]
        return Section(_("Why it was not cleared at once"), (_("Doubt"),), doubts, _("Nothing is open."), is_prose=True)

    def _people(self, organisation):
        people = organisation.representatives.select_related("user").order_by("pk")
        rows = [(str(row.user), row.user.email, row.get_role_display()) for row in people]
        return Section(_("Who acts for it"), (_("Name"), _("E-mail"), _("Role")), rows, _("Nobody."))
