import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Representative
from marketplace.billing.models import Entitlement, Grant
from marketplace.core.files.reencoding import SIDES
from suppliers.models import Supplier

#: Of the bytes that were sent, so that the same file is known again although pictures are stored anew encoded.
SHA256 = r"^[0-9a-f]{64}$"


class DocumentKind(models.TextChoices):
    INSURANCE = "insurance", _("Insurance")
    ISO = "iso", _("ISO or other certificate of quality")
    POLICY = "policy", _("Policy (environment, safety, ethics)")
    ACCOUNTS = "accounts", _("Annual accounts")
    REGISTRATION = "registration", _("Extract from a register")
    OTHER = "other", _("Another document")


#: What always has a last day; a copy without one would count as valid for ever.
KINDS_WITH_AN_END = [DocumentKind.INSURANCE, DocumentKind.ISO]


class DocumentQuerySet(models.QuerySet):
    def valid(self, on=None):
        """In force on that day, through its last one; what names no day is always in force."""
        day = on or timezone.localdate()
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_until=None) | Q(valid_until__gte=day))

    def turned(self, on):
        """Begun or ended by that day without anybody having been told."""
        has_begun = Q(valid_from__lte=on) & (Q(turned_on=None) | Q(turned_on__lt=F("valid_from")))
        has_ended = Q(valid_until__lt=on) & (Q(turned_on=None) | Q(turned_on__lte=F("valid_until")))
        return self.filter(has_begun | has_ended)

    def shown_to_members(self):
        """What the firm lets members see; say `valid()` too, and ask for the supplier that it is listed."""
        return self.filter(audience=Document.Audience.MEMBERS)

    def visible_to(self, user):
        """To those who act for the firm and to staff all of it; to members what a listed firm shares and is valid."""
        if not user.is_authenticated:
            return self.none()
        if user.is_staff:
            return self
        own = Representative.objects.filter(organisation=OuterRef("supplier__organisation"), user=user)
        memberships = Grant.objects.valid().giving(Entitlement.DIRECTORY)
        is_member = Exists(memberships.filter(organisation__representatives__user=user))
        is_listed = Exists(Supplier.objects.listed().filter(pk=OuterRef("supplier")))
        shared = DocumentQuerySet(Document).valid().shown_to_members().filter(pk=OuterRef("pk"))
        return self.filter(Exists(own) | Q(Exists(shared), is_listed, is_member))

    def in_order(self):
        return self.order_by("kind", "title", "pk")


class Document(models.Model):
    """A paper of the firm. The file is never reached by an address of its own: `document_file` asks who wants it."""

    class Audience(models.TextChoices):
        PRIVATE = "private", _("Only us and the staff of the network")
        MEMBERS = "members", _("Also members of the network, on our profile")

    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="documents")
    kind = models.CharField(_("kind of document"), max_length=15, choices=DocumentKind.choices)
    title = models.CharField(_("title"), max_length=120)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until and including"), null=True, blank=True)
    audience = models.CharField(_("who may see it"), max_length=10, choices=Audience.choices, default=Audience.PRIVATE)
    #: The name in the storage: random, without an ending, in a folder that is never served.
    stored_as = models.CharField(max_length=100, unique=True, editable=False)
    #: As it came; only ever text.
    original_name = models.CharField(max_length=200, editable=False)
    media_type = models.CharField(max_length=100, editable=False)
    size = models.PositiveBigIntegerField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    uploaded_at = models.DateTimeField(default=timezone.now, editable=False)
    #: For how many days' notice the last reminder was; a changed end begins anew.
    reminded_days = models.PositiveSmallIntegerField(null=True, editable=False)
    #: The last day on which those who list it were told that it began or ceased to count.
    turned_on = models.DateField(null=True, editable=False)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.UniqueConstraint(fields=["supplier", "sha256"], name="document_once_per_supplier"),
            models.CheckConstraint(condition=Q(kind__in=DocumentKind.values), name="document_has_a_known_kind"),
            models.CheckConstraint(
                condition=Q(audience__in=["private", "members"]), name="document_has_a_known_audience"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="document_has_a_title"),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="document_period_is_forward",
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=KINDS_WITH_AN_END) | Q(valid_until__isnull=False),
                name="document_of_insurance_or_quality_has_an_end",
                violation_error_message=_("An insurance or a certificate has a last day: please give it."),
            ),
            models.CheckConstraint(condition=Q(sha256__regex=SHA256), name="document_is_known_by_its_hash"),
            models.CheckConstraint(condition=Q(size__gt=0), name="document_is_not_empty"),
        ]
        indexes = [models.Index("valid_until", condition=Q(valid_until__isnull=False), name="document_by_end")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("document-file", kwargs={"pk": self.pk})

    def is_valid(self, on=None):
        day = on or timezone.localdate()
        has_begun = self.valid_from is None or self.valid_from <= day
        return has_begun and (self.valid_until is None or self.valid_until >= day)

    @property
    def file_names(self):
        """What the storage holds of it."""
        return [self.stored_as]

    @property
    def is_over(self):
        return self.valid_until is not None and self.valid_until < timezone.localdate()

    @property
    def is_for_members(self):
        return self.audience == self.Audience.MEMBERS


class PictureQuerySet(models.QuerySet):
    def visible_to(self, user):
        """As the profile they belong to."""
        return self.filter(supplier__in=Supplier.objects.visible_to(user))

    def logos(self):
        return self.filter(role=Picture.Role.LOGO)

    def gallery(self):
        return self.filter(role=Picture.Role.PICTURE).order_by("supplier", "position", "pk")


class Picture(models.Model):
    """A logo or a picture of the firm, stored decoded and encoded anew in a few sizes, without metadata."""

    class Role(models.TextChoices):
        LOGO = "logo", _("Logo")
        PICTURE = "picture", _("Picture")

    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="pictures")
    role = models.CharField(max_length=10, choices=Role.choices)
    alt = models.CharField(_("what the picture shows"), max_length=200, blank=True)
    #: From 0; a logo is always at 0.
    position = models.PositiveSmallIntegerField(default=0)
    #: What the names of its sizes begin with in the storage: random, in a folder that is never served.
    stored_as = models.CharField(max_length=100, unique=True, editable=False)
    #: Of the largest size.
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    uploaded_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = PictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [
            models.UniqueConstraint(fields=["supplier"], condition=Q(role="logo"), name="picture_one_is_the_logo"),
            models.UniqueConstraint(fields=["supplier", "role", "sha256"], name="picture_once_per_supplier"),
            models.CheckConstraint(
                condition=Q(role="logo", position=0) | Q(role="picture"), name="picture_is_logo_or_in_the_gallery"
            ),
            models.CheckConstraint(condition=Q(width__gt=0, height__gt=0), name="picture_has_an_extent"),
            models.CheckConstraint(condition=Q(sha256__regex=SHA256), name="picture_is_known_by_its_hash"),
        ]

    def __str__(self):
        return self.alt or self.get_role_display()

    @property
    def file_names(self):
        """What the storage holds of it, one per size."""
        return [f"{self.stored_as}-{size}.webp" for size in SIDES]

    @property
    def is_logo(self):
        return self.role == self.Role.LOGO

    @property
    def version(self):
        """Changes with the picture, for addresses that caches may keep."""
        return self.sha256[:12]

    def address(self, size):
        return f"{reverse('picture-file', kwargs={'pk': self.pk, 'size': size})}?v={self.version}"


class UploadQuerySet(models.QuerySet):
    def open(self):
        return self.filter(finished_at=None)

    def of(self, user, session):
        """Those that this person began in this session."""
        return self.filter(user=user, session=session)


class Upload(models.Model):
    """A file on its way in pieces over a bad line; what has come lies apart from the media until it is whole."""

    class Purpose(models.TextChoices):
        DOCUMENT = "document", _("Document")
        LOGO = "logo", _("Logo")
        PICTURE = "picture", _("Picture")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="uploads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    #: A hash of the session's key: another session of the same person begins anew.
    session = models.CharField(max_length=64)
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    #: What the browser worked out; empty where it cannot, which is outside https.
    sha256 = models.CharField(max_length=64, blank=True)
    received = models.PositiveBigIntegerField(default=0)
    begun_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=["document", "logo", "picture"]), name="upload_has_a_known_purpose"
            ),
            models.CheckConstraint(
                condition=Q(size__gt=0, received__lte=F("size")), name="upload_holds_no_more_than_it_said"
            ),
            models.CheckConstraint(condition=Q(sha256="") | Q(sha256__regex=SHA256), name="upload_hash_is_one_or_none"),
        ]
        indexes = [models.Index("begun_at", name="upload_by_begin")]

    def __str__(self):
        return self.name

    @property
    def is_whole(self):
        return self.received == self.size
