from suppliers.models import Supplier
from suppliers.permissions import can_edit_profile


def may_keep_files(user, supplier):
    """Whoever may change the profile may change its documents and pictures."""
    return can_edit_profile(user, supplier)


def is_for_everybody(picture):
    """Whether a cache that strangers share may keep it for a while."""
    return Supplier.objects.public().filter(pk=picture.supplier_id).exists()
