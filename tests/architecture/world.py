"""A small world for the access table: two organisations, their people, and a row of each kind."""

from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from tests.architecture import addresses
from tests.people import person


@dataclass
class World:
    sign_in: Any
    people: dict[str, Any]
    rows: dict[str, Any] = field(default_factory=dict)
    foreign: dict[str, Any] = field(default_factory=dict)
    browsers: dict[str, Client] = field(default_factory=dict)

    def browser(self, role: str) -> Client:
        """A signed-in client per role; the visitor is signed in as nobody."""
        if role not in self.browsers:
            user = self.people.get(role)
            self.browsers[role] = self.sign_in(user) if user else Client()
        return self.browsers[role]


def make_world(sign_in, *, omar, amina, zed, stella) -> World:
    from marketplace.accounts.models import Representative, Role

    viewer = person("vera@atlas.example", "Vera Blanc")
    Representative.objects.create(user=viewer, organisation=omar.organisation, role=Role.VIEWER)
    world = World(
        sign_in=sign_in,
        people={"stranger": zed, "viewer": viewer, "administrator": omar, "staff": stella},
    )
    _add_rows(world.rows, omar.organisation, omar)
    _add_rows(world.foreign, amina.organisation, amina)
    return world


def _add_rows(rows, organisation, administrator):
    from datetime import timedelta

    from django.utils import timezone

    from marketplace.accounts.emails import INVITATION_SIGNER
    from marketplace.accounts.models import Invitation, JoinRequest, Representative

    slug = organisation.country.code.lower()
    invitation = Invitation.objects.create(
        organisation=organisation,
        email=f"new-{slug}@example.org",
        role="viewer",
        invited_by=administrator,
        expires_at=timezone.now() + timedelta(days=14),
    )
    asker = person(f"asker-{slug}@example.org", "Ask Er")
    rows |= {
        "organisation": organisation,
        "invitation": invitation,
        "token": INVITATION_SIGNER.sign(str(invitation.pk)),
        "join_request": JoinRequest.objects.create(kind="join", organisation=organisation, user=asker),
        "representative": Representative.objects.get(user=administrator, organisation=organisation),
    }
    for module in addresses.MODULES:
        if hasattr(module, "add_rows"):
            module.add_rows(rows, organisation, administrator)
