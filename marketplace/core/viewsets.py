"""Staff screens of the ground floor: mails and the audit."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.forms import RadioSelect
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import DateColumn

from marketplace.core import actions
from marketplace.core.models import AuditEntry, OutboxMessage
from marketplace.core.staff import Button, StaffViewSet, column

STATES = [("failed", _("Failed")), ("waiting", _("Waiting")), ("sent", _("Sent"))]


def state_of(message: OutboxMessage) -> Any:
    if message.failed_at:
        return _("Failed")
    return _("Sent") if message.sent_at else _("Waiting")


def name_of(message: OutboxMessage) -> str:
    """`accounts/email/join_decided` is shown as `join decided`."""
    return message.template.rsplit("/", 1)[-1].replace("_", " ")


class MailFilter(WagtailFilterSet):
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=STATES, method="in_state", widget=RadioSelect, empty_label=_("All")
    )
    created_at = django_filters.DateFromToRangeFilter(label=_("Written"), widget=DateRangePickerWidget)

    class Meta:
        model = OutboxMessage
        fields = ["state", "created_at"]

    def in_state(self, rows: QuerySet, name: str, state: str) -> QuerySet:
        if state == "failed":
            return rows.exclude(failed_at=None)
        return rows.exclude(sent_at=None) if state == "sent" else rows.filter(sent_at=None, failed_at=None)


class MailViewSet(StaffViewSet):
    """Mails with their fate. Their words are not shown: they may hold what is nobody's business but the receiver's."""

    model = OutboxMessage
    name = "mails"
    icon = "mail"
    add_to_admin_menu = False
    labels = {
        "to": _("To"),
        "template": _("Mail"),
        "language": _("Language"),
        "created_at": _("Written"),
        "attempts": _("Attempts"),
        "next_attempt_at": _("Next attempt"),
        "sent_at": _("Sent"),
        "failed_at": _("Failed"),
        "last_error": _("Reason"),
    }
    menu_label = _("Mails")
    may_change = True
    ordering = "-created_at"
    filterset_class = MailFilter
    search_fields = ["to", "template"]
    list_export = ["created_at", "to", "template", "language", "attempts", "sent_at", "failed_at", "last_error"]
    export_headings = labels
    export_filename = "mails"
    inspect_view_fields = [
        "to",
        "template",
        "language",
        "created_at",
        "attempts",
        "next_attempt_at",
        "sent_at",
        "failed_at",
        "last_error",
    ]
    buttons = {
        "try-again": Button(
            _("Try again now"),
            actions.try_message_again,
            _("The mail is on its way again."),
            may=lambda message: message.sent_at is None,
        )
    }

    @property
    def list_display(self) -> list[Any]:
        return [
            self.link_column("to", _("To"), sort_key="to"),
            column("what", _("Mail"), name_of),
            column("state", _("State"), state_of),
            DateColumn("created_at", label=_("Written"), sort_key="created_at"),
            column("attempts", _("Attempts"), sort_key="attempts"),
            column("last_error", _("Reason")),
        ]

    def rows(self, request: HttpRequest) -> QuerySet:
        return OutboxMessage.objects.known()


class AuditFilter(WagtailFilterSet):
    verb = django_filters.CharFilter(label=_("What"), lookup_expr="startswith")
    subject = django_filters.CharFilter(label=_("Row"), lookup_expr="startswith")
    who = django_filters.CharFilter(label=_("Who (address)"), field_name="by__email", lookup_expr="icontains")
    at = django_filters.DateFromToRangeFilter(label=_("When"), widget=DateRangePickerWidget)

    class Meta:
        model = AuditEntry
        fields = ["verb", "subject", "who", "at"]


class AuditViewSet(StaffViewSet):
    model = AuditEntry
    name = "audit"
    icon = "history"
    add_to_admin_menu = False
    labels = {"at": _("When"), "verb": _("What"), "subject": _("Row"), "by": _("Who"), "data": _("Details")}
    menu_label = _("Audit")
    ordering = "-at"
    filterset_class = AuditFilter
    search_fields = ["verb", "subject"]
    list_export = ["at", "verb", "subject", "by", "data"]
    export_headings = labels
    export_filename = "audit"
    inspect_view_fields = ["at", "verb", "subject", "by", "data"]

    @property
    def list_display(self) -> list[Any]:
        return [
            self.link_column("verb", _("What"), sort_key="verb"),
            column("subject", _("Row"), sort_key="subject"),
            column("by", _("Who"), lambda entry: entry.by or _("the clock")),
            DateColumn("at", label=_("When"), sort_key="at"),
        ]

    def rows(self, request: HttpRequest) -> QuerySet:
        return AuditEntry.objects.select_related("by")

    def sections(self, row: AuditEntry, request: HttpRequest) -> list[Any]:
        return []
