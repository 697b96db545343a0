"""Staff screens of the law on record; the clause library's use the same way of editing."""

import django_filters
from django.db.models import Count
from django.forms import RadioSelect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BooleanColumn, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSetGroup

from marketplace.calls.law import actions
from marketplace.calls.law.forms import (
    JurisdictionForm,
    NewJurisdictionForm,
    NewReservationForm,
    NewThresholdForm,
    ReadAgainForm,
    ReplaceThresholdForm,
    ReservationForm,
    ThresholdForm,
)
from marketplace.calls.law.models import Jurisdiction, Reservation, Threshold
from marketplace.core.audit import label_of
from marketplace.core.errors import RuleBroken
from marketplace.core.staff import Button, Section, StaffPolicy, StaffViewSet, audit_section, column
from marketplace.core.templatetags.ui import exact_money


class RecordEditView(generic.EditView):
    """Edits a row through `change`; whoever saved second sees what the first wrote."""

    change = staticmethod(actions.change)

    def save_instance(self):
        form = self.form
        return self.change(
            self.object, version=form.cleaned_data["version"], by=self.request.user, **form.changed_details()
        )

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except RuleBroken as broken:
            form.show_conflict(type(self.object)._default_manager.get(pk=self.object.pk))
            self.produced_error_message = str(broken)
            return self.form_invalid(form)

    def get_success_url(self):
        return reverse(self.inspect_url_name, args=[self.object.pk])

    def get_history_url(self):
        return f"{reverse('audit:index')}?subject={label_of(self.object)}"


class RecordAddView(generic.CreateView):
    """Adds a row through `add`, with its source and the days of reading."""

    inspect_url_name = ""

    def save_instance(self):
        return actions.add(self.model, by=self.request.user, **self.form.details())

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except RuleBroken as broken:
            self.produced_error_message = str(broken)
            return self.form_invalid(form)

    def get_success_url(self):
        return reverse(self.inspect_url_name, args=[self.object.pk])

    def get_success_buttons(self):
        return []


class LawPolicy(StaffPolicy):
    """Whoever is staff may also put a law on record."""

    def __init__(self, model):
        super().__init__(model, may_change=True)
        self.actions |= {"add"}


def by_language(texts):
    return "\n\n".join(f"{language}: {words}" for language, words in sorted(texts.items()))


def words_section(title, facts):
    """A table of (label, {language: words})."""
    rows = [(capfirst(str(label)), by_language(texts)) for label, texts in facts if texts]
    return Section(title, (_("What"), _("Words")), rows, _("Nothing is written yet."), is_prose=True)


class ReviewFilter(WagtailFilterSet):
    review = django_filters.ChoiceFilter(
        label=_("Reading of the source"),
        choices=[("overdue", _("Overdue for review"))],
        method="in_review",
        widget=RadioSelect,
        empty_label=_("All"),
    )

    def in_review(self, rows, name, value):
        return rows.in_force().to_be_reviewed()


class JurisdictionFilter(ReviewFilter):
    class Meta:
        model = Jurisdiction
        fields = ["review"]


class ThresholdFilter(ReviewFilter):
    class Meta:
        model = Threshold
        fields = ["review", "jurisdiction", "authority", "contract"]


class ReservationFilter(ReviewFilter):
    class Meta:
        model = Reservation
        fields = ["review", "jurisdiction"]


class LawViewSet(StaffViewSet):
    """What the three kinds of record have in common."""

    may_change = True
    has_form = True
    edit_view_class = RecordEditView
    add_view_class = RecordAddView
    add_to_admin_menu = False
    form_class = None
    #: Asks also for what stays as it is from then on.
    add_form_class = None
    buttons = {
        "read-again": Button(
            _("Read again: still right"),
            actions.confirm_reading,
            _("Noted: read today."),
            form_class=ReadAgainForm,
            is_versioned=True,
        ),
    }
    reading = ["source", "source_url", "reviewed_on", "review_by", "in_force_from", "in_force_until"]

    @property
    def permission_policy(self):
        return LawPolicy(self.model)

    def get_form_class(self, for_update=False):
        return self.form_class if for_update else self.add_form_class

    def get_common_view_kwargs(self, **kwargs):
        return super().get_common_view_kwargs(**({"add_url_name": self.get_url_name("add")} | kwargs))

    def get_add_view_kwargs(self, **kwargs):
        return super().get_add_view_kwargs(**({"inspect_url_name": self.get_url_name("inspect")} | kwargs))

    def get_urlpatterns(self):
        return [path("new/", self.add_view, name="add"), *super().get_urlpatterns()]

    def columns_of_reading(self):
        return [
            DateColumn("reviewed_on", label=_("last read"), sort_key="reviewed_on"),
            DateColumn("review_by", label=_("to be read again by"), sort_key="review_by"),
            BooleanColumn("overdue", label=_("Overdue"), accessor=lambda row: row.review_by < timezone.localdate()),
        ]


class JurisdictionViewSet(LawViewSet):
    model = Jurisdiction
    name = "jurisdictions"
    icon = "globe"
    menu_label = _("Jurisdictions")
    ordering = "code"
    filterset_class = JurisdictionFilter
    form_class = JurisdictionForm
    add_form_class = NewJurisdictionForm
    search_fields = ["code", "names", "source"]
    list_export = ["code", "countries", *LawViewSet.reading]
    export_filename = "jurisdictions"
    inspect_view_fields = [
        "code",
        "countries",
        "is_official_first",
        "late_change_days",
        "extension_days",
        "standstill_days",
        "is_standstill_in_working_days",
        *LawViewSet.reading,
    ]

    @property
    def list_display(self):
        return [
            self.link_column(str, _("Jurisdiction"), sort_key="code"),
            column("countries", _("countries"), lambda law: ", ".join(law.countries) or _("those with no law here")),
            column("number_of_thresholds", _("Thresholds")),
            column("number_of_reservations", _("Reservations")),
            *self.columns_of_reading(),
        ]

    def rows(self, request):
        return Jurisdiction.objects.annotate(
            number_of_thresholds=Count("thresholds", distinct=True),
            number_of_reservations=Count("reservations", distinct=True),
        )

    def sections(self, row, request):
        words = [(_("names"), row.names), (_("words on that order"), row.official_first_words)]
        return [words_section(_("In words"), words), audit_section(row)]


class ThresholdViewSet(LawViewSet):
    model = Threshold
    name = "thresholds"
    icon = "order"
    menu_label = _("Thresholds")
    ordering = ["jurisdiction", "authority", "contract", "in_force_from"]
    filterset_class = ThresholdFilter
    form_class = ThresholdForm
    add_form_class = NewThresholdForm
    search_fields = ["jurisdiction__code", "jurisdiction__names", "source"]
    list_export = ["jurisdiction", "authority", "contract", "amount", "currency", "includes_vat", *LawViewSet.reading]
    export_filename = "thresholds"
    inspect_view_fields = ["jurisdiction", "authority", "contract", "currency", "includes_vat", *LawViewSet.reading]
    buttons = LawViewSet.buttons | {
        "replace": Button(
            _("Replace by a new figure"),
            actions.replace_threshold,
            _("The old figure ends on the day before the new one begins."),
            may=lambda threshold: threshold.in_force_until is None or threshold.in_force_until >= timezone.localdate(),
            form_class=ReplaceThresholdForm,
            is_versioned=True,
        ),
    }

    @property
    def list_display(self):
        return [
            self.link_column("jurisdiction", _("Jurisdiction"), sort_key="jurisdiction"),
            column("authority", _("authority"), lambda row: row.get_authority_display(), sort_key="authority"),
            column("contract", _("Contract"), lambda row: row.get_contract_display(), sort_key="contract"),
            column("amount", _("below"), lambda row: exact_money(row.amount, row.currency), sort_key="amount"),
            BooleanColumn("includes_vat", label=_("with VAT")),
            *self.columns_of_reading(),
        ]

    def rows(self, request):
        return Threshold.objects.select_related("jurisdiction")

    def sections(self, row, request):
        amount = [(exact_money(row.amount, row.currency), _("yes") if row.includes_vat else _("no"))]
        return [Section(_("Amount"), (_("below"), _("with VAT")), amount, ""), audit_section(row)]


class ReservationViewSet(LawViewSet):
    model = Reservation
    name = "reservations"
    icon = "lock"
    menu_label = _("Lawful reservations")
    ordering = ["jurisdiction", "code"]
    filterset_class = ReservationFilter
    form_class = ReservationForm
    add_form_class = NewReservationForm
    search_fields = ["code", "names", "conditions", "source"]
    list_export = ["jurisdiction", "code", *LawViewSet.reading]
    export_filename = "reservations"
    inspect_view_fields = ["jurisdiction", "code", *LawViewSet.reading]

    @property
    def list_display(self):
        return [
            self.link_column(str, _("Reservation"), sort_key="code"),
            column("jurisdiction", _("Jurisdiction"), sort_key="jurisdiction"),
            *self.columns_of_reading(),
        ]

    def rows(self, request):
        return Reservation.objects.select_related("jurisdiction")

    def sections(self, row, request):
        words = [(_("names"), row.names), (_("conditions"), row.conditions)]
        return [words_section(_("In words"), words), audit_section(row)]


class LawGroup(ViewSetGroup):
    menu_label = _("Procurement law")
    menu_icon = "doc-full"
    menu_order = 70
    items = (JurisdictionViewSet, ThresholdViewSet, ReservationViewSet)
