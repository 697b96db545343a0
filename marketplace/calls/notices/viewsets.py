import django_filters
from django.db.models import Count, Sum
from django.forms import RadioSelect
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import DateColumn
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.widgets.button import HeaderButton

from buyers.models import Buyer
from marketplace.calls.law.viewsets import LawPolicy, RecordAddView, RecordEditView
from marketplace.calls.notices import actions
from marketplace.calls.notices.forms import HandOverForm, SourceForm, UnpublishForm
from marketplace.calls.notices.models import Notice, NoticeSource, Outcome, Run, unclaimed_buyers
from marketplace.calls.notices.reasons import sentence
from marketplace.core.staff import (
    Button,
    Section,
    StaffIndexView,
    StaffInspectView,
    StaffViewSet,
    audit_section,
    column,
)

LINES_SHOWN = 200
CALLS_SHOWN = 50
VISITS_SHOWN = 20
#: Of what a visit brought, as the imports of its pages count it.
COUNTED = (Outcome.CREATED, Outcome.UPDATED, Outcome.REPORTED)
FAILURES = {
    "stopped": _("A colleague stopped it."),
    "cut-off": _("The command that read it was cut off. Run it again: what was read stays."),
    "no-file": _("The file is no longer there."),
}


def said_of(reasons):
    return " ".join(sentence(reason) for reason in reasons)


# --- Runs -------------------------------------------------------------------------------------------------------------


def standing_of(of_run):
    if of_run.failed_at:
        return _("Stopped")
    return _("Finished") if of_run.finished_at else _("Running")


class RunIndexView(StaffIndexView):
    @cached_property
    def header_buttons(self):
        return [HeaderButton(_now("Import notices"), url=reverse("notice-runs:new"), icon_name="upload")]


class RunInspectView(StaffInspectView):
    template_name = "wagtailadmin/staff/notice_run.html"


class RunViewSet(StaffViewSet):
    """Imports of notices, with what became of each notice and why."""

    model = Run
    name = "notice-runs"
    icon = "upload"
    menu_label = _("Imports of notices")
    may_change = True
    ordering = "-began_at"
    index_view_class = RunIndexView
    inspect_view_class = RunInspectView
    search_fields = ["file_name", "source__name"]
    list_export = ["source", "file_name", "began_at", "created", "updated", "unchanged", "skipped", "reported"]
    export_filename = "imports-of-notices"
    inspect_view_fields = [
        "source",
        "file_name",
        "size",
        "started_by",
        "began_at",
        "finished_at",
        "failed_at",
        "created",
        "updated",
        "unchanged",
        "skipped",
        "reported",
    ]
    buttons = {
        "retry": Button(
            _("Try again"),
            actions.retry_run,
            _("The file is read again, as a new import."),
            may=lambda of_run: bool(of_run.file) and not of_run.is_running,
        ),
        "stop": Button(
            _("Stop"),
            actions.stop_run,
            _("The import is stopped where it was."),
            may=lambda of_run: of_run.is_running,
            is_serious=True,
        ),
    }

    @property
    def list_display(self):
        return [
            self.link_column("file_name", _("File")),
            column("source", _("Source")),
            column("standing", _("Standing"), standing_of),
            column("created", _("Created")),
            column("updated", _("Updated")),
            column("skipped", _("Skipped")),
            column("reported", _("Reported")),
            DateColumn("began_at", label=_("Begun"), sort_key="began_at"),
        ]

    def rows(self, request):
        return Run.objects.select_related("source", "started_by")

    def sections(self, row, request):
        lines = row.lines.exclude(reasons=[]).select_related("call").order_by("number")[:LINES_SHOWN]
        said = [
            (each.number, each.place, each.identifier, each.get_outcome_display(), said_of(each.reasons))
            for each in lines
        ]
        headings = (_("Number"), _("Place"), _("Notice"), _("Outcome"), _("Remarks"))
        why = [Section(_("Why it stopped"), (_("Reason"),), [(FAILURES[row.failure],)], "")] if row.failure else []
        remarks = Section(
            _("Remarks on notices"), headings, said, _("There is no remark on any notice."), is_prose=True
        )
        return [*why, remarks, audit_section(row)]


# --- Notices ----------------------------------------------------------------------------------------------------------


class NoticeFilter(WagtailFilterSet):
    effect = django_filters.ChoiceFilter(
        label=_("Effect"), choices=Notice.Effect.choices, widget=RadioSelect, empty_label=_("All")
    )

    class Meta:
        model = Notice
        fields = ["effect", "source"]


class NoticeViewSet(StaffViewSet):
    """Every notice that was read, what it did, and the button that takes its call off."""

    model = Notice
    name = "notices"
    icon = "doc-full"
    menu_label = _("Notices")
    may_change = True
    ordering = "-received_at"
    filterset_class = NoticeFilter
    search_fields = ["title", "identifier", "procedure"]
    list_export = ["source", "identifier", "version", "procedure", "published_at", "title", "effect", "official_url"]
    export_filename = "notices"
    inspect_view_fields = [
        "source",
        "identifier",
        "version",
        "procedure",
        "form",
        "kind",
        "published_at",
        "received_at",
        "official_url",
        "effect",
        "call",
    ]
    buttons = {
        "unpublish": Button(
            _("Take the call off"),
            actions.unpublish_notice,
            _("The call is off. No later notice of this procedure brings it back."),
            may=lambda notice: notice.call_id and not notice.call.withdrawn_at,
            is_serious=True,
            form_class=UnpublishForm,
        ),
    }

    @property
    def list_display(self):
        return [
            self.link_column(str, _("Notice")),
            column("source", _("Source")),
            column("identifier", _("Number")),
            column("effect", _("Effect"), lambda notice: notice.get_effect_display()),
            DateColumn("published_at", label=_("Published"), sort_key="published_at"),
        ]

    def rows(self, request):
        return Notice.objects.select_related("source", "call")

    def sections(self, row, request):
        remarks = [(sentence(reason),) for reason in row.reasons]
        others = Notice.objects.filter(procedure=row.procedure).exclude(pk=row.pk).in_order()[:CALLS_SHOWN]
        return [
            Section(_("Remarks"), (_("Remark"),), remarks, _("There is no remark."), is_prose=True),
            Section(
                _("Other notices of the procedure"),
                (_("Published"), _("Number"), _("Effect")),
                [(other.published_at, other.identifier, other.get_effect_display()) for other in others],
                _("There is none."),
            ),
            audit_section(row),
        ]


# --- Buyers that came with notices ------------------------------------------------------------------------------------


class UnclaimedBuyerViewSet(StaffViewSet):
    """Bodies known from notices alone, which may turn out to be a buyer that is registered here."""

    model = Buyer
    name = "unclaimed-buyers"
    icon = "site"
    menu_label = _("Unclaimed buyers")
    may_change = True
    ordering = "organisation__name"
    search_fields = ["organisation__name", "notice_keys__key"]
    list_export = ["organisation", "organisation.country", "organisation.town", "begun_at"]
    export_filename = "unclaimed-buyers"
    inspect_view_fields = ["organisation", "is_central", "begun_at"]
    buttons = {
        "hand-over": Button(
            _("Hand over to a registered buyer"),
            actions.hand_over,
            _("Handed over: its calls are that buyer's now."),
            is_serious=True,
            form_class=HandOverForm,
        ),
    }

    @property
    def list_display(self):
        return [
            self.link_column("organisation", _("Organisation"), sort_key="organisation__name"),
            column("country", _("Country"), lambda buyer: buyer.organisation.country.name),
            column("town", _("Town"), lambda buyer: buyer.organisation.town),
            column("calls", _("Calls"), "call_count"),
            DateColumn("begun_at", label=_("Came"), sort_key="begun_at"),
        ]

    def rows(self, request):
        return unclaimed_buyers().select_related("organisation").annotate(call_count=Count("calls"))

    def searched(self, rows, words):
        return super().searched(rows, words).distinct()

    def sections(self, row, request):
        calls = row.calls.order_by("-publish_at")[:CALLS_SHOWN]
        keys = row.notice_keys.order_by("key")[:CALLS_SHOWN]
        return [
            Section(_("Its calls"), (_("Call"), _("Published")), [(call, call.publish_at) for call in calls], ""),
            Section(_("By what notices name it"), (_("Number or name"),), [(key.key,) for key in keys], ""),
            audit_section(row),
        ]


# --- Sources ----------------------------------------------------------------------------------------------------------


def schedule_of(source):
    if not source.address:
        return _("Brought by people")
    if source.failures:
        return _("Failing") if source.is_on else _("Off, and failed when it was tried")
    if source.is_on:
        return _("On") if source.fetched_at else _("On, first visit to come")
    return _("Off") if source.fetched_at else _("Off, not tried from here yet")


class SourceEditView(RecordEditView):
    change = staticmethod(actions.change_source)


class SourceAddView(RecordAddView):
    def save_instance(self):
        return actions.add_source(by=self.request.user, **self.form.details())


class NoticeSourceViewSet(StaffViewSet):
    """Where notices come from: only what stands here is ever fetched."""

    model = NoticeSource
    name = "notice-sources"
    icon = "globe"
    menu_label = _("Sources of notices")
    may_change = True
    has_form = True
    edit_view_class = SourceEditView
    add_view_class = SourceAddView
    ordering = "key"
    search_fields = ["key", "name", "address"]
    list_export = ["key", "name", "website", "licence", "licence_url", "address", "is_on", "fetched_at", "failures"]
    export_filename = "sources-of-notices"
    inspect_view_fields = [
        "key",
        "name",
        "website",
        "official_pattern",
        "licence",
        "licence_url",
        "address",
        "is_paged",
        "every_minutes",
        "is_on",
        "next_fetch_at",
        "fetched_at",
        "failures",
    ]
    buttons = {
        "fetch": Button(
            _("Fetch now"),
            actions.ask_for_visit,
            _("Asked for. What comes stands below in a moment; load the page again."),
            may=lambda source: bool(source.address),
        ),
    }

    @property
    def permission_policy(self):
        return LawPolicy(self.model)

    @property
    def list_display(self):
        return [
            self.link_column("name", _("Name"), sort_key="name"),
            column("key", _("Key"), sort_key="key"),
            column("schedule", _("Schedule"), schedule_of),
            DateColumn("fetched_at", label=_("Whole until"), sort_key="fetched_at"),
            column("licence", _("Licence"), lambda source: source.licence or "–"),
        ]

    def get_form_class(self, for_update=False):
        return SourceForm

    def get_common_view_kwargs(self, **kwargs):
        return super().get_common_view_kwargs(**({"add_url_name": self.get_url_name("add")} | kwargs))

    def get_add_view_kwargs(self, **kwargs):
        return super().get_add_view_kwargs(**({"inspect_url_name": self.get_url_name("inspect")} | kwargs))

    def get_urlpatterns(self):
        return [path("new/", self.add_view, name="add"), *super().get_urlpatterns()]

    def sections(self, row, request):
        why = [Section(_("Why it failed"), (_("Reason"),), [(sentence(row.last_error),)], "")] if row.failures else []
        headings = (_("Begun"), _("Pages"), _("Size"), *(Outcome(name).label for name in COUNTED), _("Remarks"))
        counts = {name: Sum(f"runs__{name}", default=0) for name in COUNTED}
        visits = row.visits.annotate(**counts).order_by("-began_at")[:VISITS_SHOWN]
        said = [visit_cells(visit) for visit in visits]
        return [
            *why,
            Section(_("Schedule"), (_("Schedule"),), [(schedule_of(row),)], ""),
            Section(_("Last visits"), headings, said, _("It has not been visited yet."), is_prose=True),
            audit_section(row),
        ]


def visit_cells(visit):
    words = sentence(visit.error) if visit.error else ""
    if visit.ended_at is None:
        words = _("Under way")
    elif not visit.error and not visit.pages:
        words = _("Nothing new")
    return (
        visit.began_at,
        visit.pages,
        filesizeformat(visit.size),
        *(getattr(visit, name) for name in COUNTED),
        words,
    )


class NoticesGroup(ViewSetGroup):
    menu_label = _("Notices")
    menu_icon = "doc-full"
    menu_order = 72
