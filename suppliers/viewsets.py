from functools import partial

import django_filters
from django.db.models import Exists, Func, OuterRef, Q, Value
from django.forms import RadioSelect
from django.http import QueryDict
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import DateColumn

from marketplace.accounts.models import Organisation, PlainName
from marketplace.core.staff import Button, Section, StaffViewSet, audit_section, column
from suppliers.models import Supplier
from suppliers.review import actions
from suppliers.review.facts import differences, facts_of, in_words
from suppliers.review.forms import LiftForm, QuestionForm, ReasonForm
from suppliers.review.models import Verdict
from suppliers.review.promise import is_overdue, overdue, review_day


def appealed():
    return Exists(Verdict.objects.appeals().filter(supplier=OuterRef("pk")))


#: Standing of a profile -> its name and its rows.
STANDINGS = {
    "waiting": (_("Waiting for review"), lambda rows: rows.waiting_for_review()),
    "overdue": (_("Overdue"), lambda rows: overdue(rows.waiting_for_review(), timezone.now())),
    "listed": (_("Listed"), lambda rows: rows.listed()),
    "hidden": (_("Hidden"), lambda rows: rows.exclude(hidden_at=None).filter(suspended_at=None)),
    "suspended": (_("Taken off"), lambda rows: rows.exclude(suspended_at=None)),
    "answered": (_("Taken off, and wrote back"), lambda rows: rows.filter(appealed()).exclude(suspended_at=None)),
    "draft": (_("Draft"), lambda rows: rows.filter(submitted_at=None, suspended_at=None, hidden_at=None)),
}


def standing_of(supplier):
    if supplier.suspended_at:
        return STANDINGS["suspended"][0]
    if supplier.hidden_at:
        return STANDINGS["hidden"][0]
    if supplier.listed_at:
        return STANDINGS["listed"][0]
    return STANDINGS["waiting" if supplier.submitted_at else "draft"][0]


def promised(supplier):
    """The day by which the firm was promised our answer, and whether that day has passed."""
    if not supplier.is_waiting_for_review:
        return ""
    day = formats.date_format(review_day(supplier.submitted_at, supplier.organisation.country))
    return _("%(day)s, overdue") % {"day": day} if is_overdue(supplier, timezone.now()) else day


class SupplierStaffFilter(WagtailFilterSet):
    standing = django_filters.ChoiceFilter(
        label=_("Standing"),
        choices=[(name, label) for name, (label, _rows) in STANDINGS.items()],
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

    def __init__(self, data=None, *args, **kwargs):
        """Whoever asks for nothing in particular sees the queue."""
        if not {"standing", "country", "q"} & set(data or {}):
            data = QueryDict(mutable=True) if data is None else data.copy()
            data["standing"] = "waiting"
        super().__init__(data, *args, **kwargs)

    def of_standing(self, rows, name, standing):
        return STANDINGS[standing][1](rows)


class SupplierViewSet(StaffViewSet):
    """Profiles in the order in which their answers were promised, and the verdicts on them."""

    model = Supplier
    name = "supplier-review"
    icon = "group"
    menu_order = 40
    may_change = True
    ordering = "submitted_at"
    filterset_class = SupplierStaffFilter
    search_fields = ["organisation__name"]
    list_export = [
        "organisation",
        "organisation.country",
        "organisation.town",
        "submitted_at",
        "listed_at",
        "hidden_at",
        "suspended_at",
        "confirmed_on",
    ]
    export_filename = "suppliers"
    inspect_view_fields = [
        "organisation",
        "submitted_at",
        "listed_at",
        "hidden_at",
        "suspended_at",
        "confirmed_on",
        "confirmation_asked_on",
    ]
    buttons = {
        "approve": Button(
            _("Approve"),
            actions.approve_supplier,
            _("The profile is on show, and the firm hears of it by mail."),
            may=lambda supplier: supplier.is_waiting_for_review,
            is_versioned=True,
        ),
        "ask": Button(
            _("Ask a question"),
            actions.ask_supplier,
            _("Your question is on its way. The profile comes back when the firm sends it again."),
            may=lambda supplier: supplier.is_waiting_for_review,
            form_class=QuestionForm,
            is_versioned=True,
        ),
        "refuse": Button(
            _("Refuse"),
            actions.refuse_supplier,
            _("Refused. The firm has your reason by mail."),
            may=lambda supplier: supplier.is_waiting_for_review,
            is_serious=True,
            form_class=ReasonForm,
            is_versioned=True,
        ),
        "suspend": Button(
            _("Take off"),
            actions.suspend_supplier,
            _("The profile is off every page, and the firm has your reason by mail."),
            may=lambda supplier: supplier.listed_at and not supplier.suspended_at,
            is_serious=True,
            form_class=ReasonForm,
        ),
        "uphold": Button(
            _("Keep it off"),
            actions.uphold_suspension,
            _("It stays off. The firm has your reason by mail."),
            may=lambda supplier: supplier.suspended_at and supplier.verdicts.appeals().exists(),
            is_serious=True,
            form_class=ReasonForm,
        ),
        "lift": Button(
            _("Put back"),
            actions.lift_suspension,
            _("The profile can be seen again, unless the firm hides it."),
            may=lambda supplier: supplier.suspended_at,
            form_class=LiftForm,
        ),
    }

    @property
    def list_display(self):
        return [
            self.link_column("organisation", _("Name")),
            column("country", _("Country"), lambda supplier: supplier.organisation.country.name),
            column("standing", _("Standing"), standing_of),
            column("promised", _("Promised by"), promised, sort_key="submitted_at"),
            DateColumn("confirmed_on", label=_("Confirmed"), sort_key="confirmed_on"),
        ]

    def rows(self, request):
        return Supplier.objects.select_related("organisation")

    def searched(self, rows, words):
        wanted = Func(Value(words), template="immutable_unaccent(lower(%(expressions)s))")
        named = rows.annotate(plain_name=PlainName("organisation__name"))
        return named.filter(Q(plain_name__contains=wanted))

    def sections(self, row, request):
        verdicts = list(row.verdicts.newest_first().select_related("decided_by"))
        facts = facts_of(row)
        prose = partial(Section, is_prose=True)
        profile = prose(_("The profile"), (_("Fact"), _("What it says")), in_words(row, facts), _("It is empty."))
        judged = prose(
            _("Verdicts"),
            (_("When"), _("Verdict"), _("Who"), _("Words to the firm"), _("Answered"), _("Words of the firm")),
            [
                (
                    each.decided_at,
                    each.get_kind_display(),
                    each.decided_by or "–",
                    each.words,
                    each.answered_at or "",
                    each.answer,
                )
                for each in verdicts
            ],
            _("Nobody has judged it yet."),
        )
        agreed = Section(
            _("Agreed to be listed"),
            (_("When"), _("Who"), _("Version"), _("Audience"), _("Taken back")),
            [
                (
                    receipt.given_at,
                    receipt.given_by or "–",
                    f"{receipt.text_version} ({receipt.language})",
                    receipt.get_audience_display(),
                    receipt.withdrawn_at or "",
                )
                for receipt in row.listing_receipts.select_related("given_by")
            ],
            _("The firm has not agreed to be listed."),
        )
        changed = [
            prose(
                _("Changed since the last verdict"),
                (_("Fact"), _("Then"), _("Now")),
                differences(row, verdict.profile, facts),
                _("Nothing has changed since the last verdict."),
            )
            for verdict in verdicts[:1]
        ]
        return [*changed, profile, judged, agreed, audit_section(row)]
