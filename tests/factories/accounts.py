import functools
from datetime import timedelta

import factory
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from marketplace.accounts.models import Invitation, JoinRequest, Organisation, Representative, Role, User
from tests.people import PASSWORD, TOTP_SECRET

#: Once per run: a good hash takes its time.
hashed = functools.cache(make_password)


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        staff = factory.Trait(is_staff=True, is_superuser=True)
        french = factory.Trait(language="fr", time_zone="Europe/Paris")

    email = factory.Sequence(lambda number: f"person{number}@example.org")
    full_name = factory.Sequence(lambda number: f"Person {number}")
    password = factory.LazyFunction(lambda: hashed(PASSWORD))

    @factory.post_generation
    def verified(self, create, extracted, **kwargs):
        """Can sign in; `verified=False` has typed the address and no more."""
        if create:
            EmailAddress.objects.create(user=self, email=self.email, primary=True, verified=extracted is not False)

    @factory.post_generation
    def totp(self, create, extracted, **kwargs):
        if create and extracted:
            from allauth.mfa.totp.internal.auth import TOTP

            TOTP.activate(self, TOTP_SECRET)


class OrganisationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda number: f"Organisation {number}")
    country = "GB"


class RepresentativeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Representative

    class Params:
        administrator = factory.Trait(role=Role.ADMINISTRATOR)
        editor = factory.Trait(role=Role.EDITOR)

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = Role.VIEWER


class InvitationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Invitation

    class Params:
        lapsed = factory.Trait(
            created_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=15)),
            expires_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=1)),
        )

    organisation = factory.SubFactory(OrganisationFactory)
    email = factory.Sequence(lambda number: f"invited{number}@example.org")
    role = Role.VIEWER
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=14))


class JoinRequestFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = JoinRequest

    class Params:
        claim = factory.Trait(kind=JoinRequest.Kind.CLAIM)

    organisation = factory.SubFactory(OrganisationFactory)
    user = factory.SubFactory(UserFactory)
    kind = JoinRequest.Kind.JOIN
