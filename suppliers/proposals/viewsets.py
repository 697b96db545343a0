"""Staff screens: partner associations, and what owners report about drafts."""

import django_filters
from django.forms import RadioSelect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BooleanColumn, DateColumn
from wagtail.admin.views import generic

from marketplace.accounts.models import PlainName
from marketplace.accounts.viewsets import folded
from marketplace.core.staff import Button, Section, StaffPolicy, StaffViewSet, audit_section, column
from suppliers.proposals import actions, board, drafts
from suppliers.proposals.forms import PartnerForm
from suppliers.proposals.models import EndedProposal, Partner


class PartnerFilter(WagtailFilterSet):
    is_active = django_filters.BooleanFilter(label=_("May bring firms in"))

    class Meta:
        model = Partner
        fields = ["is_active"]


class PartnerPolicy(StaffPolicy):
    """Whoever is staff may also welcome a partner."""

    def __init__(self, model):
        super().__init__(model, may_change=True)
        self.actions |= {"add"}


class PartnerAddView(generic.CreateView):
    def save_instance(self):
        return self.form.save(by=self.request.user)

    def get_success_url(self):
        return reverse("partners:inspect", args=[self.object.pk])

    def get_success_buttons(self):
        return []


class PartnerViewSet(StaffViewSet):
    model = Partner
    name = "partners"
    icon = "group"
    menu_label = _("Partner associations")
    menu_order = 45
    may_change = True
    add_view_class = PartnerAddView
    filterset_class = PartnerFilter
    search_fields = ["organisation__name"]
    list_export = ["organisation", "organisation.country", "organisation.town", "is_active", "welcomed_at"]
    export_filename = "partners"
    inspect_view_fields = ["organisation", "is_active", "welcomed_by", "welcomed_at"]
    buttons = {
        "pause": Button(
            _("Pause"),
            drafts.pause_partner,
            _("Its link no longer works and its board is closed."),
            may=lambda partner: partner.is_active,
            is_serious=True,
        ),
        "resume": Button(
            _("Let it go on"),
            drafts.resume_partner,
            _("The partner can bring firms in again."),
            may=lambda partner: not partner.is_active,
        ),
    }

    @property
    def permission_policy(self):
        return PartnerPolicy(self.model)

    @property
    def list_display(self):
        return [
            self.link_column("organisation", _("Name")),
            column("country", _("Country"), lambda partner: partner.organisation.country.name),
            BooleanColumn("is_active", label=_("May bring firms in"), sort_key="is_active"),
            DateColumn("welcomed_at", label=_("Partner since"), sort_key="welcomed_at"),
        ]

    def get_form_class(self, for_update=False):
        return PartnerForm

    def get_common_view_kwargs(self, **kwargs):
        return super().get_common_view_kwargs(**({"add_url_name": self.get_url_name("add")} | kwargs))

    def get_urlpatterns(self):
        return [path("new/", self.add_view, name="add"), *super().get_urlpatterns()]

    def rows(self, request):
        rows = Partner.objects.select_related("organisation", "welcomed_by")
        return rows.order_by(PlainName("organisation__name"), "pk")

    def searched(self, rows, words):
        return rows.annotate(plain_name=PlainName("organisation__name")).filter(plain_name__contains=folded(words))

    def sections(self, row, request):
        figures = board.counts(row)
        return [
            Section(
                _("Firms it brought in"),
                (_("Step"), _("Firms")),
                [(label, number) for _code, label, number in (*figures["steps"], *figures["endings"])],
                _("It has brought no firm in yet."),
            ),
            audit_section(row),
        ]


class ReportFilter(WagtailFilterSet):
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[("waiting", _("Waiting")), ("handled", _("Looked into"))],
        method="in_state",
        widget=RadioSelect,
        empty_label=_("All"),
    )

    class Meta:
        model = EndedProposal
        fields = ["state"]

    def in_state(self, rows, name, state):
        return rows.filter(handled_at__isnull=state == "waiting")


class ReportViewSet(StaffViewSet):
    """The draft is gone; what is left is who made it and what its owner wrote."""

    model = EndedProposal
    name = "draft-reports"
    icon = "warning"
    menu_label = _("Reports about drafts")
    menu_order = 46
    may_change = True
    ordering = "-ended_at"
    filterset_class = ReportFilter
    search_fields = ["words"]
    list_export = ["ended_at", "partner", "words", "handled_at"]
    export_filename = "draft-reports"
    inspect_view_fields = ["words", "partner", "ended_at", "handled_at", "handled_by"]
    buttons = {
        "handle": Button(
            _("Looked into"),
            actions.handle_report,
            _("The report is marked as looked into."),
            may=lambda report: report.handled_at is None,
        )
    }

    @property
    def list_display(self):
        return [
            self.link_column(lambda report: report.words[:80], _("What is wrong")),
            column("partner", _("Drafted by"), lambda report: report.partner or _("an import")),
            DateColumn("ended_at", label=_("Reported"), sort_key="ended_at"),
            DateColumn("handled_at", label=_("Looked into"), sort_key="handled_at"),
        ]

    def rows(self, request):
        return EndedProposal.objects.exclude(words="").select_related("partner__organisation", "handled_by")
