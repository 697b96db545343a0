import django_filters
from django.forms import RadioSelect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import DateColumn
from wagtail.admin.views import generic

from marketplace.billing import actions
from marketplace.billing.forms import GrantForm
from marketplace.billing.models import Entitlement, Grant
from marketplace.core.errors import RuleBroken
from marketplace.core.staff import Button, StaffPolicy, StaffViewSet, column


def standing_of(grant):
    today = timezone.localdate()
    if grant.valid_from > today:
        return _("To come")
    return _("Ended") if grant.valid_until and grant.valid_until < today else _("Holds")


def entitlements_of(grant):
    return "; ".join(str(Entitlement(each).label) for each in grant.entitlements)


class GrantFilter(WagtailFilterSet):
    standing = django_filters.ChoiceFilter(
        label=_("Standing"),
        choices=[("holds", _("Holds")), ("ending", _("Ends within 28 days")), ("ended", _("Ended"))],
        method="of_standing",
        widget=RadioSelect,
        empty_label=_("All"),
    )

    class Meta:
        model = Grant
        fields = ["standing"]

    def of_standing(self, rows, name, standing):
        if standing == "ended":
            return rows.filter(valid_until__lt=timezone.localdate())
        return rows.ending() if standing == "ending" else rows.valid()


class GrantPolicy(StaffPolicy):
    """Grants are the one thing that staff make from nothing here."""

    def __init__(self, model):
        super().__init__(model, may_change=True)
        self.actions |= {"add"}


class GrantAddView(generic.CreateView):
    def get_initial(self):
        return {"organisation_words": self.request.GET.get("organisation", "")[:200]}

    def save_instance(self):
        return self.form.save(by=self.request.user)

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except RuleBroken as broken:
            self.produced_error_message = str(broken)
            return self.form_invalid(form)

    def get_success_url(self):
        return reverse("grants:inspect", args=[self.object.pk])

    def get_success_buttons(self):
        return []


class GrantViewSet(StaffViewSet):
    """Entitlements given by hand: made here, ended here, their history in the audit."""

    model = Grant
    name = "grants"
    icon = "key"
    menu_label = _("Grants")
    menu_order = 45
    may_change = True
    ordering = "-valid_from"
    filterset_class = GrantFilter
    search_fields = ["organisation__name", "reason"]
    list_export = ["organisation", "entitlements", "valid_from", "valid_until", "reason", "given_by"]
    export_filename = "grants"
    inspect_view_fields = ["organisation", "entitlements", "valid_from", "valid_until", "reason", "given_by"]
    labels = {"organisation": _("Organisation"), "entitlements": _("What it gets"), "given_by": _("Given by")}
    add_view_class = GrantAddView
    buttons = {
        "end": Button(
            _("End it now"),
            actions.end_grant,
            _("It gives nothing any more."),
            may=lambda grant: not grant.valid_until or grant.valid_until >= timezone.localdate(),
            is_serious=True,
        )
    }

    @property
    def permission_policy(self):
        return GrantPolicy(self.model)

    @property
    def list_display(self):
        return [
            self.link_column("organisation", _("Organisation")),
            column("gets", _("What it gets"), entitlements_of),
            column("standing", _("Standing"), standing_of),
            DateColumn("valid_from", label=_("From"), sort_key="valid_from"),
            DateColumn("valid_until", label=_("Until"), sort_key="valid_until"),
            column("reason", _("Reason")),
        ]

    def rows(self, request):
        return Grant.objects.select_related("organisation", "given_by")

    def get_form_class(self, for_update=False):
        return GrantForm

    def get_common_view_kwargs(self, **kwargs):
        return super().get_common_view_kwargs(**({"add_url_name": self.get_url_name("add")} | kwargs))

    def get_urlpatterns(self):
        return [*super().get_urlpatterns(), path("new/", self.add_view, name="add")]
