import secrets

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation, Representative
from suppliers.models import Supplier


class PartnerQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)


class Partner(models.Model):
    """An association that brings its own firms in: it drafts and invites, the owners decide."""

    organisation = models.OneToOneField(
        Organisation, models.CASCADE, related_name="partner", verbose_name=_("organisation")
    )
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    is_active = models.BooleanField(_("may bring firms in"), default=True)
    welcomed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("welcomed by")
    )
    welcomed_at = models.DateTimeField(_("partner since"), default=timezone.now)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner association")
        verbose_name_plural = _("partner associations")
        constraints = [models.CheckConstraint(condition=~Q(slug=""), name="partner_has_an_address")]

    def __str__(self):
        return self.organisation.name


def new_key():
    return secrets.token_hex(16)


class ProposalQuerySet(models.QuerySet):
    def open(self):
        """The owner has not accepted yet: the profile is invisible and cannot be sent."""
        return self.filter(accepted_at=None)

    def answerable(self, at=None):
        return self.open().filter(expires_at__gt=at or timezone.now())

    def lapsed(self, at):
        return self.open().filter(expires_at__lte=at)

    def visible_to(self, user):
        """Staff see all; others those that a partner made for which they act."""
        if not user.is_authenticated:
            return self.none()
        if user.is_staff:
            return self
        mine = Representative.objects.filter(organisation=OuterRef("partner__organisation"), user=user)
        return self.filter(Exists(mine), partner__is_active=True)


class Proposal(models.Model):
    """A profile that an import or a partner made; the owner accepts it, or it is deleted with all it holds."""

    supplier = models.OneToOneField(Supplier, models.CASCADE, related_name="proposal", verbose_name=_("supplier"))
    #: As it was proposed; what the firm calls itself later is its own affair.
    name = models.CharField(_("name"), max_length=200)
    #: Empty while nobody is known whom one could ask, and where the owner of the address does not want to be asked.
    email = models.EmailField(_("e-mail address of the owner"), blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    #: Told to the owner (GDPR Art. 14): words, not a code.
    source = models.CharField(_("where the data came from"), max_length=200)
    partner = models.ForeignKey(
        Partner, models.CASCADE, null=True, related_name="proposals", verbose_name=_("partner association")
    )
    #: Whether the organisation came into being with the proposal and goes with it.
    made_organisation = models.BooleanField(default=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    #: What the signed link holds; a new address gets a new one, so that the old link opens nothing.
    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    created_at = models.DateTimeField(_("drafted"), default=timezone.now)
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True)
    last_asked_at = models.DateTimeField(null=True, blank=True)
    times_asked = models.PositiveSmallIntegerField(default=0)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    expires_at = models.DateTimeField(_("deleted unless accepted by"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed profile")
        verbose_name_plural = _("proposed profiles")
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="proposal_email_is_lower_case"),
            models.CheckConstraint(
                condition=~Q(source="") & ~Q(name=""), name="proposal_says_what_it_is_and_where_it_came_from"
            ),
            models.CheckConstraint(condition=Q(asked_at=None) | ~Q(email=""), name="proposal_asks_an_address"),
            models.CheckConstraint(
                condition=Q(reminded_at=None) | Q(asked_at__isnull=False), name="proposal_reminds_whom_it_asked"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="proposal_lasts_a_while"),
            models.CheckConstraint(
                condition=Q(accepted_by=None) | Q(accepted_at__isnull=False), name="proposal_is_accepted_at_a_time"
            ),
        ]
        indexes = [
            models.Index("expires_at", condition=Q(accepted_at=None), name="proposal_open_by_end"),
            models.Index("asked_at", condition=Q(accepted_at=None, reminded_at=None), name="proposal_open_by_asking"),
            models.Index("partner", "created_at", name="proposal_by_partner"),
        ]

    def __str__(self):
        return self.name

    @property
    def is_open(self):
        return self.accepted_at is None

    def is_answerable(self, at=None):
        return self.is_open and self.expires_at > (at or timezone.now())


class Outcome(models.TextChoices):
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class EndedProposalQuerySet(models.QuerySet):
    def reported(self):
        """The owner said that something is wrong, and staff have not looked yet."""
        return self.exclude(words="").filter(handled_at=None)

    def refusing(self, digests):
        return self.filter(digest__in=digests)


class EndedProposal(models.Model):
    """What is left of a proposal that came to nothing: a figure, and the hash by which nobody is asked twice."""

    partner = models.ForeignKey(
        Partner, models.CASCADE, null=True, related_name="ended", verbose_name=_("partner association")
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    ended_at = models.DateTimeField(_("ended"), default=timezone.now)
    #: Keyed hash of address and source, of the address alone after a report; empty where nobody refused.
    digest = models.CharField(max_length=64, blank=True, db_index=True)
    #: What the owner wrote to the staff when they reported it.
    words = models.TextField(_("what is wrong"), max_length=1000, blank=True)
    handled_at = models.DateTimeField(_("looked into"), null=True, blank=True)
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = EndedProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("report about a proposed profile")
        verbose_name_plural = _("reports about proposed profiles")
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="ended_proposal_has_a_known_outcome"),
            models.CheckConstraint(
                condition=Q(outcome="declined") | Q(digest="", words=""), name="ended_proposal_remembers_refusals_alone"
            ),
            models.CheckConstraint(
                condition=Q(handled_at=None) | ~Q(words=""), name="ended_proposal_is_looked_into_when_reported"
            ),
        ]

    def __str__(self):
        return f"{self.get_outcome_display()} {self.ended_at:%Y-%m-%d}"


class PartnerConsentQuerySet(models.QuerySet):
    def live(self):
        return self.filter(ended_at=None)


class PartnerConsent(models.Model):
    """A firm's yes to a partner seeing how far its listing has come, until the firm ends it."""

    class Way(models.TextChoices):
        DRAFT = "draft", _("with the draft that it accepted")
        LINK = "link", _("through the partner’s link")

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="consents")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="partner_consents")
    way = models.CharField(max_length=10, choices=Way.choices)
    language = models.CharField(max_length=10)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    objects = PartnerConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "organisation"],
                condition=Q(ended_at=None),
                name="partner_consent_lives_once_per_firm",
            ),
            models.CheckConstraint(condition=Q(way__in=["draft", "link"]), name="partner_consent_has_a_known_way"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("given_at")), name="partner_consent_ends_after_it_began"
            ),
        ]

    def __str__(self):
        return f"{self.organisation} - {self.partner}"
