"""A call and its lots.

What a reader must be able to rely on is a constraint here or, where it speaks of several rows, a trigger of
`migrations/0002_what_the_database_holds.py`.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyers.models import Buyer
from marketplace.accounts.models import Representative
from marketplace.billing.models import Entitlement, Grant
from marketplace.calls.kinds import Audience, Contract, Procedure, Route, Status
from marketplace.calls.law.models import Jurisdiction, Reservation
from suppliers.evidence.models import Tier

COMPANY, AUTHORITY = Buyer.Kind.COMPANY, Buyer.Kind.CONTRACTING_AUTHORITY


class CallQuerySet(models.QuerySet):
    def drafts(self):
        return self.filter(publish_at=None)

    def published(self, at=None):
        """On show by that moment, whatever became of them since."""
        return self.filter(publish_at__lte=at or timezone.now())

    def scheduled(self, at=None):
        return self.filter(publish_at__gt=at or timezone.now())

    def running(self):
        """Neither withdrawn nor cancelled nor decided."""
        return self.filter(withdrawn_at=None, cancelled_at=None, awarded_at=None, unsuccessful_at=None)

    def open(self, at=None):
        """Published, running, and the deadline has not come."""
        at = at or timezone.now()
        return self.published(at).running().filter(response_deadline__gt=at)

    def closed(self, at=None):
        """The deadline has come and nothing is decided yet."""
        at = at or timezone.now()
        return self.published(at).running().filter(response_deadline__lte=at)

    def ended(self):
        """Withdrawn, cancelled or decided."""
        ends = Q(withdrawn_at=None, cancelled_at=None, awarded_at=None, unsuccessful_at=None)
        return self.exclude(ends)

    def public(self, at=None):
        """On show to everybody: what pages for strangers, feeds and the sitemap may hold."""
        return self.published(at).filter(audience=Audience.EVERYBODY, withdrawn_at=None)

    def to_be_announced(self, at=None):
        """On show since a moment ago, and those who should hear of it have not been told."""
        return self.published(at).filter(announced_at=None)

    def of_buyers(self, user):
        """Of those whose buying side the person acts for."""
        acts = Representative.objects.filter(organisation=OuterRef("buyer__organisation"), user=user)
        return self.filter(Exists(acts))

    def visible_to(self, user, at=None):
        """What everybody sees; to members and listed suppliers also what is for them; all to the buyer and to staff."""
        everybody = Q(audience=Audience.EVERYBODY)
        shown = Q(publish_at__lte=at or timezone.now())
        if not user.is_authenticated:
            return self.filter(shown, everybody)
        if user.is_staff:
            return self
        mine = Representative.objects.filter(organisation=OuterRef("buyer__organisation"), user=user)
        grants = Grant.objects.valid().giving(Entitlement.DIRECTORY).filter(organisation__representatives__user=user)
        sells = Representative.objects.filter(
            user=user,
            organisation__supplier__listed_at__isnull=False,
            organisation__supplier__hidden_at=None,
            organisation__supplier__suspended_at=None,
        )
        return self.filter(Exists(mine) | (shown & (everybody | Exists(grants) | Exists(sells))))

    def with_lots(self):
        """With their buyers and lots, in two queries however many rows."""
        return self.select_related("buyer__organisation").prefetch_related("lots")


class Call(models.Model):
    """An invitation to respond. A draft may be incomplete; what is published is whole; its deadline only moves on."""

    buyer = models.ForeignKey(Buyer, models.PROTECT, related_name="calls", verbose_name=_("buyer"))
    #: A copy of the buyer's kind, so that the firewall is a constraint; a trigger keeps it true.
    buyer_kind = models.CharField(max_length=30, editable=False)
    #: None for a company's call.
    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("jurisdiction")
    )
    slug = models.SlugField(_("address"), max_length=90, unique=True)
    reference = models.CharField(_("your reference"), max_length=60, blank=True)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), max_length=10_000, blank=True)
    language = models.CharField(_("language of the text"), max_length=10, default="en")
    #: In which responses are taken; empty means the language of the text.
    response_languages = ArrayField(
        models.CharField(max_length=10), verbose_name=_("languages of responses"), default=list, blank=True
    )
    procedure = models.CharField(_("procedure"), max_length=20, choices=Procedure.choices, default=Procedure.QUOTATION)
    contract = models.CharField(
        _("kind of contract"), max_length=10, choices=Contract.choices, default=Contract.SERVICES
    )
    audience = models.CharField(
        _("who may see it"), max_length=10, choices=Audience.choices, default=Audience.EVERYBODY
    )
    #: A company may ask for evidence of one of these tiers; a contracting authority never may.
    evidence_tiers = ArrayField(
        models.CharField(max_length=15, choices=Tier.choices),
        verbose_name=_("evidence asked for"),
        default=list,
        blank=True,
    )
    route = models.CharField(_("where responses go"), max_length=10, choices=Route.choices, default=Route.HERE)
    portal_url = models.URLField(_("address of the procedure on the official portal"), max_length=500, blank=True)
    #: The day on which the official notice appeared, where the law wants it first.
    official_notice_on = models.DateField(_("official notice published on"), null=True, blank=True)
    contact = models.CharField(_("who answers questions of form"), max_length=200, blank=True)
    starts_on = models.DateField(_("contract from"), null=True, blank=True)
    ends_on = models.DateField(_("contract until"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    #: IANA name of the zone in which the deadlines are written.
    zone = models.CharField(_("time zone"), max_length=60, blank=True)
    question_due_on = models.DateField(_("questions until"), null=True, blank=True)
    question_due_time = models.TimeField(null=True, blank=True)
    question_deadline = models.DateTimeField(null=True, blank=True, editable=False)
    response_due_on = models.DateField(_("responses until"), null=True, blank=True)
    response_due_time = models.TimeField(null=True, blank=True)
    #: The same instant in UTC; what was received at it or after it is late.
    response_deadline = models.DateTimeField(null=True, blank=True, editable=False)

    #: From this moment on it is on show.
    publish_at = models.DateTimeField(null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    #: When those who should hear of it were told.
    announced_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)
    #: Why it was withdrawn, cancelled or had no result.
    ended_because = models.TextField(max_length=2_000, blank=True, editable=False)
    #: When the buyer opened what was sealed.
    opened_at = models.DateTimeField(null=True, editable=False)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    #: When the last of its lots was decided, one of them for a supplier, or none.
    awarded_at = models.DateTimeField(null=True, editable=False)
    unsuccessful_at = models.DateTimeField(null=True, editable=False)
    #: Of the last amendment, and of the last that asks responses to be confirmed; 0 is none.
    amendment_number = models.PositiveSmallIntegerField(default=0, editable=False)
    material_number = models.PositiveSmallIntegerField(default=0, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    #: Raised by every change, so that two people who edit one record notice each other.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        constraints = [
            models.CheckConstraint(condition=~Q(slug=""), name="call_has_an_address"),
            models.CheckConstraint(condition=~Q(title=""), name="call_has_a_title"),
            models.CheckConstraint(
                condition=Q(buyer_kind=COMPANY) | Q(buyer_kind=AUTHORITY), name="call_is_of_a_known_kind_of_buyer"
            ),
            models.CheckConstraint(
                condition=Q(buyer_kind=COMPANY, jurisdiction=None)
                | Q(buyer_kind=AUTHORITY, jurisdiction__isnull=False, audience="everybody", evidence_tiers=[]),
                name="call_of_an_authority_is_public_under_a_law_and_asks_no_evidence",
                violation_error_message=_("A contracting authority's call is for everybody and asks for no evidence."),
            ),
            models.CheckConstraint(
                condition=Q(evidence_tiers__contained_by=Tier.values), name="call_asks_for_known_tiers"
            ),
            models.CheckConstraint(condition=Q(procedure__in=Procedure.values), name="call_has_a_known_procedure"),
            models.CheckConstraint(condition=Q(contract__in=Contract.values), name="call_has_a_known_kind_of_contract"),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="call_has_a_known_audience"),
            models.CheckConstraint(condition=Q(route__in=Route.values), name="call_has_a_known_route"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="call_has_a_currency"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="call_contract_ends_after_it_begins",
                violation_error_message=_("The contract ends before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(question_deadline=None)
                | Q(response_deadline__isnull=False, question_deadline__lte=F("response_deadline")),
                name="call_questions_end_before_responses",
                violation_error_message=_("Questions end before responses do."),
            ),
            models.CheckConstraint(
                condition=Q(publish_at=None)
                | (
                    ~Q(description="")
                    & ~Q(zone="")
                    & Q(response_deadline__isnull=False, response_deadline__gt=F("publish_at"))
                    & (Q(route="here") | ~Q(portal_url=""))
                ),
                name="call_that_is_published_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(publish_at__isnull=False)
                | Q(
                    announced_at=None,
                    withdrawn_at=None,
                    cancelled_at=None,
                    opened_at=None,
                    awarded_at=None,
                    unsuccessful_at=None,
                ),
                name="call_that_is_a_draft_has_no_history",
            ),
            models.CheckConstraint(
                condition=Q(opened_at=None) | Q(opened_at__gte=F("response_deadline"), route="here"),
                name="call_is_opened_after_its_deadline",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, cancelled_at=None, unsuccessful_at=None)
                | Q(withdrawn_at=None, awarded_at=None, unsuccessful_at=None)
                | Q(withdrawn_at=None, cancelled_at=None, awarded_at=None)
                | Q(cancelled_at=None, awarded_at=None, unsuccessful_at=None),
                name="call_has_one_ending",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, cancelled_at=None, unsuccessful_at=None) | ~Q(ended_because=""),
                name="call_that_ended_without_award_says_why",
            ),
            models.CheckConstraint(
                condition=Q(material_number__lte=F("amendment_number")), name="call_material_amendment_is_an_amendment"
            ),
        ]
        indexes = [
            models.Index(
                "response_deadline",
                condition=Q(publish_at__isnull=False, withdrawn_at=None, cancelled_at=None),
                name="call_by_deadline",
            ),
            models.Index("publish_at", condition=Q(announced_at=None), name="call_to_be_announced"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("call-detail", kwargs={"slug": self.slug})

    def status(self, at=None):
        at = at or timezone.now()
        endings = {
            Status.WITHDRAWN: self.withdrawn_at,
            Status.CANCELLED: self.cancelled_at,
            Status.AWARDED: self.awarded_at,
            Status.UNSUCCESSFUL: self.unsuccessful_at,
        }
        for ending, ended_at in endings.items():
            if ended_at:
                return ending
        if self.publish_at is None:
            return Status.DRAFT
        if self.publish_at > at:
            return Status.SCHEDULED
        return Status.OPEN if at < self.response_deadline else Status.CLOSED

    def is_open(self, at=None):
        return self.status(at) == Status.OPEN

    def takes_questions(self, at=None):
        """Until their own deadline, else until that of the responses; both end as the deadline begins."""
        at = at or timezone.now()
        return self.is_open(at) and at < (self.question_deadline or self.response_deadline)

    @property
    def is_published(self):
        return self.publish_at is not None and self.publish_at <= timezone.now()

    @property
    def is_of_authority(self):
        return self.buyer_kind == AUTHORITY

    @property
    def is_answered_here(self):
        return self.route == Route.HERE

    @property
    def languages_of_responses(self):
        return self.response_languages or [self.language]


class LotQuerySet(models.QuerySet):
    def standing(self):
        """Those that were not cancelled."""
        return self.filter(cancelled_at=None)

    def undecided(self):
        return self.standing().filter(awarded_at=None, unsuccessful_at=None)

    def decided(self):
        """For somebody or for nobody; a cancelled lot was never decided."""
        return self.exclude(awarded_at=None, unsuccessful_at=None)


class Lot(models.Model):
    """A part of a call that is awarded by itself; every call has at least one."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="lots")
    #: From 1, as it is printed.
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), max_length=5_000, blank=True)
    #: CPV codes, the main one first.
    cpv = ArrayField(models.CharField(max_length=8), verbose_name=_("what is bought"), default=list)
    #: NUTS codes of any level; empty while nobody has said.
    regions = ArrayField(models.CharField(max_length=5), verbose_name=_("where"), default=list, blank=True)
    #: In minor units of the call's currency, without VAT; neither is undisclosed.
    value_from = models.PositiveBigIntegerField(_("value from"), null=True, blank=True)
    value_to = models.PositiveBigIntegerField(_("value up to"), null=True, blank=True)
    reservation = models.ForeignKey(
        Reservation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reserved for")
    )
    reservation_grounds = models.TextField(_("grounds of the reservation"), max_length=1_000, blank=True)
    cancelled_at = models.DateTimeField(null=True, editable=False)
    awarded_at = models.DateTimeField(null=True, editable=False)
    unsuccessful_at = models.DateTimeField(null=True, editable=False)
    ended_because = models.TextField(max_length=2_000, blank=True, editable=False)

    objects = LotQuerySet.as_manager()

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "number"], name="lot_number_once_per_call", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="lot_number_begins_at_one"),
            models.CheckConstraint(condition=~Q(title=""), name="lot_has_a_title"),
            models.CheckConstraint(
                condition=Q(value_from=None) | Q(value_to=None) | Q(value_to__gte=F("value_from")),
                name="lot_value_range_is_forward",
                violation_error_message=_("The upper value is below the lower one."),
            ),
            models.CheckConstraint(
                condition=Q(reservation=None, reservation_grounds="")
                | (Q(reservation__isnull=False) & ~Q(reservation_grounds="")),
                name="lot_reservation_has_grounds",
                violation_error_message=_("Say on which grounds the lot is reserved."),
            ),
            models.CheckConstraint(
                condition=Q(awarded_at=None, unsuccessful_at=None)
                | Q(cancelled_at=None, unsuccessful_at=None)
                | Q(cancelled_at=None, awarded_at=None),
                name="lot_has_one_ending",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None, unsuccessful_at=None) | ~Q(ended_because=""),
                name="lot_that_ended_without_award_says_why",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def is_standing(self):
        return self.cancelled_at is None

    @property
    def is_decided(self):
        return bool(self.cancelled_at or self.awarded_at or self.unsuccessful_at)
