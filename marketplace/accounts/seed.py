"""The people of the demo, and the rows every demo organisation is made of."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Identifier, JoinRequest, Organisation, Representative, Role, User
from marketplace.core import demo, registry

STAFF = demo.SignIn(f"staff@{demo.DOMAIN}", "Stella Marchetti-Owusu", _("works for the organisation"), 40)
#: Who waits for an answer in the staff's queue.
ASKING = (("claim", "It is my firm; I have been its managing partner since May."), ("join", "I keep the books here."))


@dataclass(frozen=True)
class Person:
    email: str
    name: str
    language: str
    time_zone: str
    can_sign_in: bool = False


@dataclass(frozen=True)
class Body:
    """An organisation to be: `key` is its number in the demo's register, by which a second run finds it."""

    key: str
    name: str
    land: demo.Land
    town: str
    postcode: str
    people: tuple[Person, ...]
    extra: Any = field(default=None, compare=False)


def plant_people(people: Iterable[Person], **fields: Any) -> dict[str, User]:
    """Every person by address; those who are missing are made with a verified address."""
    wanted = {person.email: person for person in people}
    known = User.objects.in_bulk(wanted, field_name="email")
    missing = [person for email, person in wanted.items() if email not in known]
    # Hashing takes a tenth of a second by design, so it is done once, and only for somebody.
    password = make_password(demo.PASSWORD) if any(person.can_sign_in for person in missing) else ""
    made = User.objects.bulk_create(
        User(
            email=person.email,
            full_name=person.name,
            language="fr" if person.language == "fr" else "en",
            time_zone=person.time_zone,
            password=password if person.can_sign_in else make_password(None),
            **fields,
        )
        for person in missing
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, primary=True, verified=True) for user in made
    )
    return known | {user.email: user for user in made}


def plant_bodies(bodies: list[Body]) -> list[tuple[Organisation, Body]]:
    """Those of the organisations that were missing, now there with their people; the first of these administers."""
    keys = [body.key for body in bodies]
    known = set(Identifier.objects.filter(scheme=demo.SCHEME, value__in=keys).values_list("value", flat=True))
    missing = [body for body in bodies if body.key not in known]
    users = plant_people(person for body in missing for person in body.people) if missing else {}
    organisations = Organisation.objects.bulk_create(
        Organisation(name=body.name, country=body.land.code, town=body.town, postcode=body.postcode) for body in missing
    )
    planted = list(zip(organisations, missing, strict=True))
    Identifier.objects.bulk_create(
        Identifier(organisation=organisation, scheme=demo.SCHEME, value=body.key) for organisation, body in planted
    )
    Representative.objects.bulk_create(
        Representative(
            user=users[person.email],
            organisation=organisation,
            role=Role.EDITOR if place else Role.ADMINISTRATOR,
        )
        for organisation, body in planted
        for place, person in enumerate(body.people)
    )
    return planted


def plant_staff(random: Random, amounts: dict[str, int], progress: Any) -> int:
    """One member of staff with a second factor, whose code the demo shows at /dev/sign-ins/."""
    progress.reset(total=1)
    person = Person(STAFF.email, STAFF.name, "en", "Europe/London", can_sign_in=True)
    staff = plant_people([person], is_staff=True)[STAFF.email]
    staff.groups.add(*Group.objects.filter(name="Staff"))
    if not Authenticator.objects.filter(user=staff, type=Authenticator.Type.TOTP).exists():
        TOTP.activate(staff, generate_totp_secret())
    progress.update()
    return 1


def plant_requests(random: Random, amounts: dict[str, int], progress: Any) -> int:
    """People who ask to act for organisations of the demo and wait for an answer."""
    bodies = Organisation.objects.filter(identifiers__scheme=demo.SCHEME).order_by("pk")[10 : 10 + len(ASKING)]
    progress.reset(total=len(ASKING))
    for (kind, message), organisation in zip(ASKING, bodies, strict=False):
        name = demo.person_name(random)
        address = f"{name.split()[0].lower()}.asks@{demo.DOMAIN}"
        user = plant_people([Person(address, name, "en", "Europe/London")])[address]
        if not user.join_requests.exists():
            JoinRequest.objects.create(kind=kind, organisation=organisation, user=user, message=message)
        progress.update()
    return len(ASKING)


demo.sign_ins.register("staff", STAFF)
registry.seeds.register("staff", registry.Seed("staff", plant_staff, order=10))
registry.seeds.register("requests", registry.Seed("requests", plant_requests, order=80))
