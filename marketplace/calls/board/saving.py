"""Whoever saved a call hears what becomes of it. That they did is no secret between them and the post office."""

from marketplace.accounts.models import User
from marketplace.calls import concerned


def people_who_saved(call, lot):
    return User.objects.filter(saved_calls__call=call, is_active=True).order_by("pk")


concerned.concerns.register("saved", concerned.Concern("saved", people_who_saved))
