from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from marketplace.accounts.permissions import representative_of
from marketplace.core import registry
from marketplace.core.ui import render
from suppliers import linked_data, profile
from suppliers.directory.claims import claims, prefetch_claims
from suppliers.directory.counting import count_for_others
from suppliers.directory.permissions import viewer_of
from suppliers.files.panels import logos
from suppliers.models import Supplier
from suppliers.permissions import can_edit_profile


@require_safe
def supplier_detail(request, slug):
    """A profile; one that is not on show exists only for staff and for those who act for it."""
    rows = Supplier.objects.visible_to(request.user).with_services().prefetch_related("texts", prefetch_claims())
    supplier = get_object_or_404(rows, slug=slug)
    viewer = viewer_of(request.user, request.organisation)
    is_own = representative_of(request.user, supplier.organisation) is not None
    sees_all = is_own or request.user.is_staff
    context = {
        "supplier": supplier,
        "is_own": is_own,
        "can_edit": is_own and can_edit_profile(request.user, supplier),
        "is_member": viewer.is_member or is_own,
        "references": references(supplier, sees_all=sees_all, is_member=viewer.is_member),
        "claims": claims(supplier.shown_certifications) if viewer.meets_evidence else [],
        "logo": logos([supplier]).get(supplier.pk, ""),
        "panels": registry.panels_for("profile", [supplier], request)[supplier.pk],
        "side_panels": registry.panels_for("profile-aside", [supplier], request)[supplier.pk],
        **profile.facts(supplier),
    }
    if supplier.is_public:
        data = linked_data.organisation_data(supplier, [service.name for service in context["services"]])
        context["linked_data"] = linked_data.as_script(data, request.csp_nonce)
    if supplier.is_listed:
        count_for_others("supplier-viewed", [supplier], request)
    return render(request, "suppliers/supplier_detail.html", context)


def references(supplier, *, sees_all, is_member):
    """All to the firm and to staff, the shown ones to members; others read that there are some to be seen."""
    if sees_all:
        return list(supplier.references.all())
    return list(supplier.references.shown()) if is_member else []
