from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import TrigramSimilarity
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=(email or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in by e-mail. What they may do for whom stands in Representative."""

    email = models.EmailField(_("e-mail address"), unique=True)
    full_name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en", choices=settings.LANGUAGES)
    time_zone = models.CharField(_("time zone"), max_length=60, default="Europe/London")
    is_staff = models.BooleanField(_("works for the organisation that runs Tessera"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_is_lower_case"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    def get_full_name(self) -> str:
        return self.full_name or self.email

    def get_short_name(self) -> str:
        return self.full_name.partition(" ")[0] or self.email


#: From which similarity of two names we ask "is it one of these?"
ALIKE = 0.6


class PlainName(Func):
    """A name without accents and capitals, as the index on it has it."""

    template = "immutable_unaccent(lower(%(expressions)s))"


class OrganisationQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Staff see all; others those they act for."""
        if not user.is_authenticated:
            return self.none()
        if user.is_staff:
            return self
        return self.acted_for_by(user)

    def acted_for_by(self, user: Any) -> Self:
        return self.filter(Exists(Representative.objects.filter(organisation=OuterRef("pk"), user=user)))

    def identified_by(self, scheme: str, value: str) -> Self:
        return self.filter(Exists(Identifier.objects.filter(organisation=OuterRef("pk"), scheme=scheme, value=value)))

    def named_like(self, name: str, country: str) -> Self:
        """Those in the country whose name is all but the same, nearest first."""
        wanted = PlainName(models.Value(name, output_field=models.CharField()))
        return (
            self.alias(plain_name=PlainName("name"))
            # The looser of the two finds candidates by the index, the stricter judges them.
            .filter(country=country, plain_name__trigram_similar=wanted)
            .annotate(likeness=TrigramSimilarity("plain_name", wanted))  # type: ignore[arg-type]
            .filter(likeness__gte=ALIKE)
            .order_by("-likeness", "pk")
        )

    def by_name(self) -> Self:
        return self.order_by(PlainName("name"), "pk")


class Organisation(models.Model):
    """A legal body. That it supplies, buys or does both is said by the rows of upper apps that point here."""

    name = models.CharField(_("name"), max_length=200)
    country = CountryField(_("country"))
    vat_number = models.CharField(_("VAT number"), max_length=20, blank=True)
    website = models.URLField(_("website"), blank=True)
    street = models.CharField(_("street"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    town = models.CharField(_("town"), max_length=120, blank=True)
    #: How many representatives and open invitations there may be; null is unlimited. Written by billing.
    seat_limit = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    created_at = models.DateTimeField(_("registered"), default=timezone.now)
    #: Raised by every change, so that two people who edit one record notice each other.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="organisation_has_a_name"),
            models.CheckConstraint(condition=~Q(country=""), name="organisation_has_a_country"),
            models.CheckConstraint(
                condition=Q(seat_limit=None) | Q(seat_limit__gte=1), name="organisation_has_at_least_one_seat"
            ),
        ]
        indexes = [
            models.Index("vat_number", condition=~Q(vat_number=""), name="organisation_by_vat_number"),
            models.Index(PlainName("name"), "id", name="organisation_by_plain_name"),
            GinIndex(OpClass(PlainName("name"), name="gin_trgm_ops"), name="organisation_name_likeness"),
        ]

    def __str__(self) -> str:
        return self.name


class Identifier(models.Model):
    """A number under which a register knows the organisation; see identifiers.py for the schemes."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="identifiers")
    scheme = models.CharField(_("register"), max_length=20)
    value = models.CharField(_("number"), max_length=60)

    class Meta:
        verbose_name = _("number in a register")
        verbose_name_plural = _("numbers in registers")
        constraints = [
            models.UniqueConstraint(fields=["scheme", "value"], name="identifier_names_one_organisation"),
            models.CheckConstraint(condition=~Q(scheme="") & ~Q(value=""), name="identifier_has_scheme_and_value"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.value}"


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", _("Administrator")
    EDITOR = "editor", _("Editor")
    VIEWER = "viewer", _("Viewer")


class RepresentativeQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """People see who acts beside them, staff see all."""
        if not user.is_authenticated:
            return self.none()
        if user.is_staff:
            return self
        return self.filter(Exists(Representative.objects.filter(organisation=OuterRef("organisation"), user=user)))

    def administrators(self) -> Self:
        return self.filter(role=Role.ADMINISTRATOR)

    def for_user(self, user: Any) -> Self:
        return self.filter(user=user).select_related("organisation").order_by(PlainName("organisation__name"), "pk")


class Representative(models.Model):
    """A person who may act for an organisation."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="representations")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="representatives")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    since = models.DateTimeField(default=timezone.now)

    objects = RepresentativeQuerySet.as_manager()

    class Meta:
        verbose_name = _("representative")
        verbose_name_plural = _("representatives")
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation"], name="representative_once_per_organisation"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="representative_has_a_known_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user} for {self.organisation}"

    @property
    def is_administrator(self) -> bool:
        return self.role == Role.ADMINISTRATOR

    @property
    def can_edit(self) -> bool:
        return self.role in {Role.ADMINISTRATOR, Role.EDITOR}


class InvitationQuerySet(models.QuerySet):
    def unanswered(self) -> Self:
        """Open or lapsed: an address has at most one of these per organisation."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def open(self, at: datetime | None = None) -> Self:
        """Neither answered nor withdrawn nor lapsed: these hold a seat."""
        return self.unanswered().filter(expires_at__gt=at or timezone.now())

    def visible_to(self, user: Any) -> Self:
        """Administrators see those of their organisation, staff all."""
        if not user.is_authenticated:
            return self.none()
        if user.is_staff:
            return self
        mine = Representative.objects.administrators().filter(organisation=OuterRef("organisation"), user=user)
        return self.filter(Exists(mine))


class Invitation(models.Model):
    """An offer to one address to act for an organisation; it lapses by itself and then frees its seat."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    #: Taken back by the organisation or declined by the invited person.
    withdrawn_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="invitation_waits_once_per_address",
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="invitation_email_is_lower_case"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_has_a_known_role"),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(withdrawn_at=None), name="invitation_accepted_or_withdrawn_not_both"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="invitation_lasts_a_while"),
        ]
        indexes = [models.Index("organisation", "expires_at", name="invitation_by_organisation")]

    def __str__(self) -> str:
        return f"{self.email} to {self.organisation}"

    def state(self, at: datetime | None = None) -> str:
        """One of open, accepted, withdrawn and lapsed."""
        if self.accepted_at:
            return "accepted"
        if self.withdrawn_at:
            return "withdrawn"
        return "open" if self.is_open(at) else "lapsed"

    def is_open(self, at: datetime | None = None) -> bool:
        return not self.accepted_at and not self.withdrawn_at and self.expires_at > (at or timezone.now())


class JoinRequestQuerySet(models.QuerySet):
    def waiting(self) -> Self:
        return self.filter(decided_at=None)

    def visible_to(self, user: Any) -> Self:
        """People see who asks to join theirs; claims are for staff."""
        if not user.is_authenticated:
            return self.none()
        if user.is_staff:
            return self
        mine = Representative.objects.filter(organisation=OuterRef("organisation"), user=user)
        return self.filter(Exists(mine), kind=JoinRequest.Kind.JOIN)

    def decidable_by(self, user: Any) -> Self:
        """A wish to join goes to the administrators; a claim, or a body without administrators, to staff."""
        if not user.is_authenticated:
            return self.none()
        if user.is_staff:
            return self
        mine = Representative.objects.administrators().filter(organisation=OuterRef("organisation"), user=user)
        return self.filter(Exists(mine), kind=JoinRequest.Kind.JOIN)


class JoinRequest(models.Model):
    """A person asks to act for an organisation that is here already; reveals nothing of who acts for it."""

    class Kind(models.TextChoices):
        JOIN = "join", _("Join")
        CLAIM = "claim", _("Claim")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="join_requests")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="join_requests")
    message = models.CharField(_("message"), max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    is_accepted = models.BooleanField(null=True)

    objects = JoinRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to act for an organisation")
        verbose_name_plural = _("requests to act for organisations")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user"], condition=Q(decided_at=None), name="join_request_waits_once_per_person"
            ),
            models.CheckConstraint(condition=Q(kind__in=["join", "claim"]), name="join_request_has_a_known_kind"),
            models.CheckConstraint(
                condition=Q(decided_at=None, is_accepted=None) | Q(decided_at__isnull=False, is_accepted__isnull=False),
                name="join_request_decision_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} asks to {self.kind} {self.organisation}"
