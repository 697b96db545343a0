from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyers.models import Buyer
from suppliers.models import Supplier


class ShortlistQuerySet(models.QuerySet):
    def kept_by(self, organisation):
        """Those of the organisation's buying side, shared by all who act for it."""
        return self.filter(buyer__organisation=organisation)

    def latest_first(self):
        return self.order_by("-changed_at", "-pk")

    def with_counts(self):
        """`firms` is how many a reader sees, `gone` how many are kept but no longer listed."""
        is_listed = Q(entries__supplier__in=Supplier.objects.listed())
        firms = Count("entries", filter=is_listed)
        return self.annotate(firms=firms, gone=Count("entries") - firms)

    def with_mark_of(self, supplier):
        """`holds` says whether the supplier stands on the list already."""
        return self.annotate(holds=Exists(ShortlistEntry.objects.filter(shortlist=OuterRef("pk"), supplier=supplier)))


class Shortlist(models.Model):
    """Suppliers that a buyer thinks of for one purpose."""

    buyer = models.ForeignKey(Buyer, models.CASCADE, related_name="shortlists")
    name = models.CharField(_("name"), max_length=120)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    #: When a firm was last put on it or it was last renamed: the list used last is proposed first.
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    #: Raised by every change of name or note, so that two people who edit one list notice each other.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ShortlistQuerySet.as_manager()

    class Meta:
        verbose_name = _("shortlist")
        verbose_name_plural = _("shortlists")
        constraints = [
            models.UniqueConstraint("buyer", Lower("name"), name="shortlist_name_once_per_buyer"),
            models.CheckConstraint(condition=~Q(name=""), name="shortlist_has_a_name"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("shortlist-detail", kwargs={"pk": self.pk})


class ShortlistEntryQuerySet(models.QuerySet):
    def listed(self):
        """Those whose firm is on show today; one that hides itself is kept and comes back with it."""
        return self.filter(supplier__in=Supplier.objects.listed())

    def newest_first(self):
        return self.order_by("-added_at", "-pk")


class ShortlistEntry(models.Model):
    """One supplier on a shortlist, with what the buyer's people noted about it."""

    shortlist = models.ForeignKey(Shortlist, models.CASCADE, related_name="entries")
    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="shortlist_entries")
    note = models.TextField(_("note"), max_length=2000, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    #: Raised by every change of the note.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ShortlistEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("firm on a shortlist")
        verbose_name_plural = _("firms on shortlists")
        constraints = [
            models.UniqueConstraint(fields=["shortlist", "supplier"], name="shortlist_holds_a_supplier_once"),
        ]
        indexes = [models.Index(F("shortlist"), F("added_at").desc(), name="shortlist_entry_by_time")]

    def __str__(self):
        return f"{self.supplier} on {self.shortlist}"
