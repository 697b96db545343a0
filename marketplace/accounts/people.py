"""What staff do with a person's account."""

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.core import audit
from marketplace.core.errors import RuleBroken


@transaction.atomic
def deactivate_person(person: User, *, by: User) -> None:
    """Shut a person out: from the next request on they are signed out everywhere and cannot sign in."""
    if person.pk == by.pk:
        raise RuleBroken(_("You cannot shut yourself out."))
    if person.is_superuser and not by.is_superuser:
        raise RuleBroken(_("Only a superuser can shut out a superuser."))
    _set_active(person, False)
    audit.record("person.deactivated", person, by=by)


@transaction.atomic
def reactivate_person(person: User, *, by: User) -> None:
    """Let a person in again, with what they had."""
    _set_active(person, True)
    audit.record("person.reactivated", person, by=by)


def _set_active(person: User, is_active: bool) -> None:
    if not User.objects.filter(pk=person.pk, is_active=not is_active).update(is_active=is_active):
        raise RuleBroken(_("Somebody else has done this already."))
    person.refresh_from_db()
