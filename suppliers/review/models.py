from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from suppliers.models import Audience, Supplier


class ReceiptQuerySet(models.QuerySet):
    def live(self):
        """Given and not withdrawn."""
        return self.filter(withdrawn_at=None)

    def visible_to(self, user):
        """Whoever acts for the firm sees its receipts, staff see all."""
        if not user.is_authenticated:
            return self.none()
        if user.is_staff:
            return self
        return self.filter(supplier__organisation__representatives__user=user)


class ListingReceipt(models.Model):
    """That a firm said yes to being listed: to which text, in which language, for whom to see, and when."""

    class Way(models.TextChoices):
        PAGE = "page", _("on the website")
        MAIL = "mail", _("by a link in a mail")
        DEMO = "demo", _("invented for the demo")

    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="listing_receipts")
    #: Which words were agreed to; see `receipts.TEXTS`.
    text_version = models.CharField(_("version of the text"), max_length=20)
    language = models.CharField(_("language"), max_length=10)
    audience = models.CharField(_("who may see the profile"), max_length=10, choices=Audience.choices)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("given by")
    )
    given_at = models.DateTimeField(_("given"), default=timezone.now)
    way = models.CharField(_("how"), max_length=10, choices=Way.choices, default=Way.PAGE)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = _("receipt for being listed")
        verbose_name_plural = _("receipts for being listed")
        ordering = ["-given_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text_version="") & ~Q(language=""), name="listing_receipt_names_its_text"
            ),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="listing_receipt_has_an_audience"),
            models.CheckConstraint(condition=Q(way__in=["page", "mail", "demo"]), name="listing_receipt_has_a_way"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("given_at")),
                name="listing_receipt_is_withdrawn_after_it_was_given",
            ),
        ]
        indexes = [
            models.Index("supplier", condition=Q(withdrawn_at=None), name="listing_receipt_live"),
        ]

    def __str__(self):
        return f"{self.supplier}, {self.given_at:%Y-%m-%d}"


class VerdictQuerySet(models.QuerySet):
    def unanswered(self):
        """Questions and refusals since which the firm has not sent its profile again."""
        return self.filter(kind__in=[Verdict.Kind.ASKED, Verdict.Kind.REFUSED], answered_at=None)

    def appeals(self):
        """Firms that were taken off, have answered, and still wait to hear from us."""
        later = Verdict.objects.filter(supplier=OuterRef("supplier"), decided_at__gt=OuterRef("decided_at"))
        return self.filter(~Exists(later), kind=Verdict.Kind.SUSPENDED, answered_at__isnull=False)

    def newest_first(self):
        return self.order_by("-decided_at", "-pk")


class Verdict(models.Model):
    """What staff decided about a profile, in which words, and how the profile stood at that moment."""

    class Kind(models.TextChoices):
        APPROVED = "approved", _("Approved")
        ASKED = "asked", _("Question asked")
        REFUSED = "refused", _("Refused")
        SUSPENDED = "suspended", _("Taken off")
        LIFTED = "lifted", _("Put back on show")

    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="verdicts")
    kind = models.CharField(_("verdict"), max_length=10, choices=Kind.choices)
    #: What the firm was told; approval needs none.
    words = models.TextField(_("words to the firm"), max_length=2000, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), default=timezone.now)
    #: When the firm sent its profile again, or wrote back to being taken off.
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answer = models.TextField(_("words of the firm"), max_length=2000, blank=True)
    #: What `facts.facts_of` said of the profile, so that the next reader sees what has changed since.
    profile = models.JSONField(default=dict)

    objects = VerdictQuerySet.as_manager()

    class Meta:
        verbose_name = _("verdict")
        verbose_name_plural = _("verdicts")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["approved", "asked", "refused", "suspended", "lifted"]),
                name="verdict_has_a_known_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["approved", "lifted"]) | ~Q(words=""), name="verdict_against_a_firm_gives_words"
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="")
                | Q(answered_at__isnull=False, kind__in=["asked", "refused", "suspended"]),
                name="verdict_answered_is_one_against_a_firm",
            ),
        ]
        indexes = [models.Index(fields=["supplier", "-decided_at"], name="verdict_by_supplier")]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.supplier}"


class ConfirmationQuerySet(models.QuerySet):
    def open(self):
        return self.filter(confirmed_at=None)


class Confirmation(models.Model):
    """One yearly question "is this still right?" and its answer."""

    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="confirmations")
    asked_on = models.DateField(_("asked"))
    reminded_on = models.DateField(_("reminded"), null=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        verbose_name = _("yearly confirmation")
        verbose_name_plural = _("yearly confirmations")
        constraints = [
            models.UniqueConstraint(
                fields=["supplier"], condition=Q(confirmed_at=None), name="confirmation_waits_once_per_supplier"
            ),
            models.CheckConstraint(
                condition=Q(reminded_on=None) | Q(reminded_on__gt=F("asked_on")),
                name="confirmation_is_reminded_after_it_was_asked",
            ),
        ]
        indexes = [
            models.Index(
                "asked_on", condition=Q(reminded_on=None, confirmed_at=None), name="confirmation_to_be_reminded"
            )
        ]

    def __str__(self):
        return f"{self.supplier}, {self.asked_on}"


class PageReportQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(answered_at=None)


class PageReport(models.Model):
    """Somebody says that a profile is wrong or does harm. For staff alone: the firm never sees who said it or what."""

    class Reason(models.TextChoices):
        FACTS = "facts", _("Something on it is wrong")
        FIRM = "firm", _("It does not belong to this firm, or the firm does not exist")
        RIGHTS = "rights", _("A picture or text belongs to somebody else")
        OFFENSIVE = "offensive", _("It is offensive")
        PERSON = "person", _("It tells something private about a person")
        OTHER = "other", _("Something else")

    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="page_reports")
    reason = models.CharField(_("what is wrong"), max_length=10, choices=Reason.choices)
    words = models.TextField(_("in your words"), max_length=2000)
    email = models.EmailField(_("e-mail address for our answer"), blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    created_at = models.DateTimeField(_("reported"), default=timezone.now)
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    #: What was done about it, for colleagues.
    note = models.CharField(_("what was done"), max_length=300, blank=True)

    objects = PageReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report of a page")
        verbose_name_plural = _("reports of pages")
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=["facts", "firm", "rights", "offensive", "person", "other"]),
                name="page_report_has_a_known_reason",
            ),
            models.CheckConstraint(condition=~Q(words=""), name="page_report_says_what_is_wrong"),
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="", note="")
                | Q(answered_at__isnull=False) & ~Q(answer="") & ~Q(note=""),
                name="page_report_answer_is_whole",
            ),
        ]
        indexes = [
            models.Index("created_at", condition=Q(answered_at=None), name="page_report_waiting"),
            models.Index("supplier", "created_at", name="page_report_by_supplier"),
        ]

    def __str__(self):
        return f"{self.get_reason_display()}: {self.supplier}"
