"""A small world for the access table: two organisations, their people, and a row of each kind."""

from dataclasses import dataclass, field, replace
from http.cookies import SimpleCookie
from typing import Any

from django.test import Client

from tests.architecture import addresses
from tests.people import person, sign_in


@dataclass
class World:
    #: By role the cookies of those who are signed in.
    cookies: dict[str, str] = field(default_factory=dict)
    rows: dict[str, Any] = field(default_factory=dict)
    foreign: dict[str, Any] = field(default_factory=dict)
    browsers: dict[str, Client] = field(default_factory=dict)

    def browser(self, role: str) -> Client:
        """A signed-in client per role; the visitor is signed in as nobody."""
        if role not in self.browsers:
            self.browsers[role] = Client()
            self.browsers[role].cookies = SimpleCookie(self.cookies.get(role, ""))
        return self.browsers[role]

    def with_fresh_browsers(self) -> "World":
        """The same rows, in browsers that have been nowhere."""
        return replace(self, browsers={})


def make_world(*, omar, amina, zed, stella) -> World:
    from marketplace.accounts.models import Representative, Role

    viewer = person("vera@atlas.example", "Vera Blanc")
    Representative.objects.create(user=viewer, organisation=omar.organisation, role=Role.VIEWER)
    people = {"stranger": zed, "viewer": viewer, "administrator": omar, "staff": stella}
    world = World(cookies={role: sign_in(user).cookies.output(header="") for role, user in people.items()})
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
