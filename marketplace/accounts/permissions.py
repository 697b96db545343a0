from typing import Any

from marketplace.accounts.models import JoinRequest, Organisation, Representative


def representative_of(user: Any, organisation: Organisation) -> Representative | None:
    if not user.is_authenticated:
        return None
    return Representative.objects.filter(user=user, organisation=organisation).first()


def can_manage_representatives(user: Any, organisation: Organisation) -> bool:
    representative = representative_of(user, organisation)
    return bool(user.is_authenticated and user.is_staff) or bool(representative and representative.is_administrator)


def can_edit_organisation(user: Any, organisation: Organisation) -> bool:
    representative = representative_of(user, organisation)
    return bool(user.is_authenticated and user.is_staff) or bool(representative and representative.can_edit)


def can_decide_join_request(user: Any, join_request: JoinRequest) -> bool:
    return JoinRequest.objects.decidable_by(user).filter(pk=join_request.pk).exists()
