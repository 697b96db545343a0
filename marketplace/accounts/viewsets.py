"""Staff screens of accounts: organisations, people, and who asks to act for whom."""

from functools import partial
from typing import Any

import django_filters
from django import forms
from django.db.models import Count, Exists, Func, OuterRef, Q, QuerySet, Value
from django.forms import RadioSelect
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BooleanColumn, DateColumn
from wagtail.admin.views import generic

from marketplace.accounts import actions, bounces, people
from marketplace.accounts.models import JoinRequest, Organisation, PlainName, Representative, User
from marketplace.core.audit import label_of
from marketplace.core.errors import RuleBroken
from marketplace.core.staff import Button, Section, StaffViewSet, audit_section, column


def folded(words: str) -> Func:
    return Func(Value(words), template="immutable_unaccent(lower(%(expressions)s))")


def sides() -> dict[str, Any]:
    """What an organisation may be, by the rows of upper apps that point at it one to one: supplier, buyer."""
    found = [relation for relation in Organisation._meta.related_objects if relation.one_to_one]
    return {str(relation.name): capfirst(relation.related_model._meta.verbose_name) for relation in found}


class OrganisationFilter(WagtailFilterSet):
    country = django_filters.ChoiceFilter(label=_("Country"), choices=Organisation._meta.get_field("country").choices)
    side = django_filters.ChoiceFilter(
        label=_("Side"),
        choices=lambda: list(sides().items()),
        method="on_side",
        widget=RadioSelect,
        empty_label=_("All"),
    )
    mail = django_filters.ChoiceFilter(
        label=_("Mail"),
        choices=[("bounced", _("A hidden message bounced"))],
        method="with_mail",
        widget=RadioSelect,
        empty_label=_("All"),
    )

    class Meta:
        model = Organisation
        fields = ["country", "side", "mail"]

    def on_side(self, rows: QuerySet, name: str, side: str) -> QuerySet:
        return rows.filter(**{f"{side}__isnull": False})

    def with_mail(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(pk__in=bounces.organisations().values("pk"))


class OrganisationForm(forms.ModelForm):
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Organisation
        fields = ["name", "country", "vat_number", "website", "street", "postcode", "town"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version

    def show_conflict(self, now: Organisation) -> None:
        """Keep what was typed, say beside each field what the other person saved, and let the next press decide."""
        for name in self.Meta.fields:
            theirs = getattr(now, name)
            if str(theirs) != str(self.cleaned_data.get(name, "")):
                words = gettext("Saved meanwhile: “%(value)s”. Saving again puts yours in its place.")
                self.add_error(name, words % {"value": theirs or gettext("nothing")})
        self.data = {**self.data.dict(), "version": now.version}  # type: ignore[attr-defined]


class OrganisationEditView(generic.EditView):
    def save_instance(self) -> Organisation:
        details = {name: self.form.cleaned_data[name] for name in self.form.changed_data if name != "version"}
        version = self.form.cleaned_data["version"]
        return actions.change_organisation(self.object, version=version, by=self.request.user, **details)

    def form_valid(self, form: OrganisationForm) -> HttpResponse:
        try:
            return super().form_valid(form)
        except RuleBroken as broken:
            now = Organisation.objects.get(pk=self.object.pk)
            form.show_conflict(now)
            self.produced_error_message = str(broken)
            return self.form_invalid(form)

    def get_success_url(self) -> str:
        return reverse("organisations:inspect", args=[self.object.pk])

    def get_history_url(self) -> str:
        return f"{reverse('audit:index')}?subject={label_of(self.object)}"


class OrganisationViewSet(StaffViewSet):
    model = Organisation
    name = "organisations"
    icon = "home"
    menu_order = 10
    may_change = True
    has_form = True
    edit_view_class = OrganisationEditView
    filterset_class = OrganisationFilter
    search_fields = ["name"]
    list_export = ["name", "country", "town", "vat_number", "website", "created_at"]
    export_filename = "organisations"
    inspect_view_fields = ["country", "vat_number", "website", "street", "postcode", "town", "seat_limit", "created_at"]
    buttons = {
        "mail-settled": Button(
            gettext_lazy("Settled: its mail arrives again"),
            bounces.settle,
            gettext_lazy("Noted. It shows here again if another message bounces."),
            may=lambda organisation: bounces.organisations().filter(pk=organisation.pk).exists(),
        ),
    }

    @property
    def list_display(self) -> list[Any]:
        return [
            self.link_column("name", _("Name"), sort_key="name"),
            column("country", _("Country"), lambda organisation: organisation.country.name, sort_key="country"),
            column("town", _("Town"), sort_key="town"),
            column("side", _("Side"), lambda organisation: ", ".join(self.sides_of(organisation))),
            column("people", _("People")),
            DateColumn("created_at", label=_("Registered"), sort_key="created_at"),
        ]

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return OrganisationForm

    def rows(self, request: HttpRequest) -> QuerySet:
        return Organisation.objects.by_name().select_related(*sides()).annotate(people=Count("representatives"))

    def searched(self, rows: QuerySet, words: str) -> QuerySet:
        """By name without accents and capitals, by a register's number, or by VAT number."""
        return rows.annotate(plain_name=PlainName("name")).filter(
            Q(plain_name__contains=folded(words))
            | Q(vat_number__iexact=words)
            | Q(pk__in=Organisation.objects.filter(identifiers__value__iexact=words).values("pk"))
        )

    def sides_of(self, organisation: Organisation) -> list[str]:
        return [str(label) for name, label in sides().items() if getattr(organisation, name, None)]

    def sections(self, row: Organisation, request: HttpRequest) -> list[Section]:
        people_rows = row.representatives.select_related("user").order_by("since")
        invitations = row.invitations.open().order_by("expires_at")
        requests = row.join_requests.select_related("user").order_by("-created_at")[:20]
        return [
            Section(
                _("Numbers in registers"),
                (_("Register"), _("Number")),
                [(number.scheme, number.value) for number in row.identifiers.order_by("scheme", "value")],
                _("No register’s number is known."),
            ),
            Section(
                _("Who acts for it"),
                (_("Person"), _("E-mail"), _("Role"), _("Since")),
                [(str(each.user), each.user.email, each.get_role_display(), each.since) for each in people_rows],
                _("Nobody acts for this organisation."),
            ),
            Section(
                _("Hidden messages that bounced"),
                (_("Person"), _("E-mail"), _("How many")),
                [(str(person), person.email, number) for person, number in bounces.of(row)],
                _("None that may be spoken of. What such a message says is known to its receiver alone."),
            ),
            Section(
                _("Open invitations"),
                (_("E-mail"), _("Role"), _("Until")),
                [(each.email, each.get_role_display(), each.expires_at) for each in invitations],
                _("Nobody is invited at the moment."),
            ),
            Section(
                _("Who asked to act for it"),
                (_("Person"), _("What"), _("Asked"), _("Answer")),
                [(str(each.user), each.get_kind_display(), each.created_at, answer_of(each)) for each in requests],
                _("Nobody has asked."),
            ),
            audit_section(row),
        ]


class PersonFilter(WagtailFilterSet):
    is_active = django_filters.BooleanFilter(label=_("Active"))
    is_staff = django_filters.BooleanFilter(label=_("Staff"))

    class Meta:
        model = User
        fields = ["is_active", "is_staff"]


class PersonViewSet(StaffViewSet):
    """People can be read and shut out here; address, password and second factor are their own affair."""

    model = User
    icon = "user"
    menu_order = 20
    may_change = True
    ordering = "full_name"
    filterset_class = PersonFilter
    search_fields = ["full_name", "email"]
    list_export = ["full_name", "email", "language", "is_staff", "is_active", "joined_at", "last_login"]
    export_filename = "people"
    inspect_view_fields = ["email", "language", "time_zone", "is_staff", "is_active", "joined_at", "last_login"]
    buttons = {
        "deactivate": Button(
            gettext_lazy("Shut out"),
            people.deactivate_person,
            gettext_lazy("This person is shut out."),
            may=lambda person: person.is_active,
            is_serious=True,
        ),
        "reactivate": Button(
            gettext_lazy("Let in again"),
            people.reactivate_person,
            gettext_lazy("This person can sign in again."),
            may=lambda person: not person.is_active,
        ),
    }

    @property
    def list_display(self) -> list[Any]:
        return [
            self.link_column(str, _("Name"), sort_key="full_name"),
            column("email", _("E-mail"), sort_key="email"),
            BooleanColumn("is_staff", label=_("Staff"), sort_key="is_staff"),
            BooleanColumn("is_active", label=_("Active"), sort_key="is_active"),
            DateColumn("joined_at", label=_("Joined"), sort_key="joined_at"),
        ]

    def searched(self, rows: QuerySet, words: str) -> QuerySet:
        named = rows.annotate(plain_name=PlainName("full_name"))
        return named.filter(Q(plain_name__contains=folded(words)) | Q(email__icontains=words))

    def sections(self, row: User, request: HttpRequest) -> list[Section]:
        standings = Representative.objects.for_user(row)
        return [
            Section(
                _("Acts for"),
                (_("Organisation"), _("Role"), _("Since")),
                [(str(each.organisation), each.get_role_display(), each.since) for each in standings],
                _("This person acts for no organisation."),
            ),
            audit_section(row),
        ]


def answer_of(join_request: JoinRequest) -> Any:
    if join_request.decided_at is None:
        return _("Waiting")
    return _("Accepted") if join_request.is_accepted else _("Refused")


def for_staff() -> QuerySet:
    """Waiting requests that only staff can answer: claims, and bodies that nobody administers."""
    administered = Representative.objects.administrators().filter(organisation=OuterRef("organisation"))
    return JoinRequest.objects.waiting().filter(Q(kind=JoinRequest.Kind.CLAIM) | ~Exists(administered))


class JoinRequestFilter(WagtailFilterSet):
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[("staff", _("Waiting for staff")), ("waiting", _("Waiting")), ("decided", _("Answered"))],
        method="in_state",
        widget=RadioSelect,
        empty_label=_("All"),
    )

    class Meta:
        model = JoinRequest
        fields = ["state", "kind"]

    def in_state(self, rows: QuerySet, name: str, state: str) -> QuerySet:
        if state == "staff":
            return rows.filter(pk__in=for_staff().values("pk"))
        return rows.filter(decided_at__isnull=state == "waiting")


class JoinRequestViewSet(StaffViewSet):
    model = JoinRequest
    name = "requests"
    icon = "help"
    menu_label = _("Requests")
    labels = {
        "organisation": _("Organisation"),
        "user": _("Person"),
        "created_at": _("Asked"),
        "decided_at": _("Answered"),
        "decided_by": _("By"),
        "is_accepted": _("Accepted"),
    }
    menu_order = 30
    may_change = True
    ordering = "-created_at"
    filterset_class = JoinRequestFilter
    search_fields = ["organisation__name", "user__full_name", "user__email"]
    list_export = ["created_at", "kind", "organisation", "user", "message", "decided_at", "is_accepted"]
    export_headings = labels
    export_filename = "requests"
    inspect_view_fields = [
        "kind",
        "organisation",
        "user",
        "message",
        "created_at",
        "decided_at",
        "decided_by",
        "is_accepted",
    ]
    buttons = {
        "accept": Button(
            gettext_lazy("Accept"),
            partial(actions.decide_join_request, accept=True),
            gettext_lazy("Accepted. The person hears of it by mail."),
            may=lambda join_request: join_request.decided_at is None,
        ),
        "refuse": Button(
            gettext_lazy("Refuse"),
            partial(actions.decide_join_request, accept=False),
            gettext_lazy("Refused. The person hears of it by mail."),
            may=lambda join_request: join_request.decided_at is None,
            is_serious=True,
        ),
    }

    @property
    def list_display(self) -> list[Any]:
        return [
            self.link_column("organisation", _("Organisation")),
            column("kind", _("What"), lambda join_request: join_request.get_kind_display()),
            column("user", _("Person")),
            column("answer", _("Answer"), answer_of),
            DateColumn("created_at", label=_("Asked"), sort_key="created_at"),
        ]

    def rows(self, request: HttpRequest) -> QuerySet:
        return JoinRequest.objects.select_related("organisation", "user", "decided_by")

    def sections(self, row: JoinRequest, request: HttpRequest) -> list[Section]:
        administrators = row.organisation.representatives.administrators().select_related("user")
        return [
            Section(
                _("Who administers it now"),
                (_("Person"), _("E-mail"), _("Since")),
                [(str(each.user), each.user.email, each.since) for each in administrators],
                _("Nobody administers this organisation."),
            ),
            audit_section(row),
        ]
