"""Short words for what the tests do again and again."""

from datetime import timedelta

from django.utils import timezone

from marketplace.calls.models import Call
from marketplace.calls.responses import actions


def draft(lot, supplier, message="We clean.", price=None, **more):
    return actions.save_draft(lot, supplier, message=message, price=price, by=None, **more)


def submit(response, at=None, **more):
    expected = (response.message, response.price)
    return actions.submit_response(response, expected=expected, received_at=at or timezone.now(), by=None, **more)


def handed_over(lot, supplier, message="We clean.", **more):
    return submit(draft(lot, supplier, message, **more))


def amend(call):
    """A material amendment, as far as responses know of it."""
    Call.objects.filter(pk=call.pk).update(
        amendment_number=call.amendment_number + 1, material_number=call.amendment_number + 1
    )
    call.refresh_from_db()


def after(call, **later):
    """A moment after the deadline; by default the first at which it may be opened."""
    return actions.opening_at(call) + timedelta(**later)


def address(lot):
    return f"/calls/{lot.call.slug}/lots/{lot.number}/response/"
