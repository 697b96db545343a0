"""Published notices that were read here, what became of each, and the runs that read them."""

from datetime import timedelta

from django.conf import settings
from django.core.files.storage import storages
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from buyers.models import Buyer
from marketplace.accounts.models import Representative
from marketplace.calls.feeds import notice as said
from marketplace.calls.models import Call


def private_place(instance, name):
    """A name nobody can guess, outside everything that is served."""
    return f"private/notices/{get_random_string(32)}"


#: A visit is over long before; one that began so long ago has died.
LEASE = timedelta(minutes=5)


class NoticeSourceQuerySet(models.QuerySet):
    def to_be_fetched(self, at):
        """Those whose time has come and at which nobody is; who has waited longest comes first."""
        under_way = Visit.objects.under_way(at).filter(source=OuterRef("pk"))
        return self.filter(~Exists(under_way), next_fetch_at__lte=at).order_by("next_fetch_at", "pk")

    def failing(self):
        """Those from which nothing came several times in a row."""
        return self.filter(failures__gte=3)


class NoticeSource(models.Model):
    """Where notices come from; a notice is known by its source and its own number there.

    One with an address is fetched from there, as long as it is on; what staff keep here is the list of the allowed.
    """

    key = models.SlugField(_("key"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    website = models.URLField(_("website"), max_length=300, blank=True)
    #: {identifier} and {procedure} stand for those of the notice.
    official_pattern = models.CharField(_("address of a notice"), max_length=300, blank=True)
    #: Under which others may use its data; without one nothing of it is handed on.
    licence = models.CharField(_("licence of its data"), max_length=120, blank=True)
    licence_url = models.URLField(_("address of the licence"), max_length=300, blank=True)
    #: {since} stands for the moment from which on notices are asked for.
    address = models.CharField(
        _("address to fetch from"), max_length=500, blank=True, validators=[URLValidator(schemes=["https"])]
    )
    #: Whether a page of it names the next one, as packages of OCDS do.
    is_paged = models.BooleanField(_("its pages name the next one"), default=False)
    every_minutes = models.PositiveIntegerField(_("minutes between two visits"), default=60)
    is_on = models.BooleanField(_("fetch on the clock"), default=False)
    #: None where nothing is to be fetched; one that is off has it only while staff have asked for a visit.
    next_fetch_at = models.DateTimeField(_("next visit"), null=True, editable=False)
    #: Everything that it published until then is here.
    fetched_at = models.DateTimeField(_("whole until"), null=True, editable=False)
    #: In the midst of its pages: the one to go on with, how many came before, and when the first was asked for.
    cursor = models.CharField(max_length=2_000, blank=True, editable=False)
    pages = models.PositiveIntegerField(default=0, editable=False)
    asked_at = models.DateTimeField(null=True, editable=False)
    #: What it said of its one page, so that it need not send it again.
    etag = models.CharField(max_length=200, blank=True, editable=False)
    last_modified = models.CharField(max_length=60, blank=True, editable=False)
    #: In a row, and the last of them as [code, parameters] in the words of reasons.py.
    failures = models.PositiveIntegerField(_("visits in a row that failed"), default=0, editable=False)
    last_error = models.JSONField(default=list, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    #: Raised by every change, so that two people who edit one record notice each other.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = NoticeSourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source of notices")
        verbose_name_plural = _("sources of notices")
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(condition=~Q(key="") & ~Q(name=""), name="notice_source_has_key_and_name"),
            models.CheckConstraint(
                condition=Q(licence_url="") | ~Q(licence=""), name="notice_source_names_its_licence"
            ),
            models.CheckConstraint(
                condition=Q(address="") | Q(address__startswith="https://"), name="notice_source_is_fetched_encrypted"
            ),
            models.CheckConstraint(
                condition=Q(is_on=False, next_fetch_at=None) | ~Q(address=""),
                name="notice_source_is_fetched_from_somewhere",
                violation_error_message=_("Say from which address it is fetched."),
            ),
            models.CheckConstraint(
                condition=Q(is_on=False) | Q(next_fetch_at__isnull=False), name="notice_source_that_is_on_has_its_time"
            ),
            models.CheckConstraint(
                condition=Q(every_minutes__gte=10, every_minutes__lte=44_640),
                name="notice_source_is_visited_in_measure",
                violation_error_message=_("Between two visits there are ten minutes at least and a month at most."),
            ),
            models.CheckConstraint(
                condition=Q(cursor="") | Q(is_paged=True, asked_at__isnull=False),
                name="notice_source_goes_on_with_its_pages",
            ),
            models.CheckConstraint(
                condition=Q(failures=0, last_error=[]) | (Q(failures__gt=0) & ~Q(last_error=[])),
                name="notice_source_says_why_it_failed",
            ),
        ]
        indexes = [models.Index("next_fetch_at", name="notice_source_to_be_fetched")]

    def __str__(self):
        return self.name

    @property
    def is_asked_for_a_time(self):
        """Whether its address is another at each visit."""
        return "{since}" in self.address


class VisitQuerySet(models.QuerySet):
    def under_way(self, at):
        """Those that somebody is at; one that has died holds nobody up for long."""
        return self.filter(ended_at=None, began_at__gt=at - LEASE)


class Visit(models.Model):
    """One time at which a source was asked; while it has no end, nobody else asks."""

    source = models.ForeignKey(NoticeSource, models.CASCADE, related_name="visits")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    pages = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    #: [code, parameters] in the words of reasons.py; empty where it went well.
    error = models.JSONField(default=list)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit to a source")
        verbose_name_plural = _("visits to sources")
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(ended_at=None), name="visit_of_a_source_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(error=[]) | Q(ended_at__isnull=False), name="visit_that_failed_is_over"),
        ]
        indexes = [models.Index(fields=["source", "-began_at"], name="visit_of_a_source")]

    def __str__(self):
        return f"{self.source}: {self.began_at}"


class NoticeQuerySet(models.QuerySet):
    def applied(self):
        """Those that made or changed their call."""
        return self.exclude(effect=Notice.Effect.NONE)

    def in_order(self):
        """As they were published; of two at one moment the higher version is the later one."""
        return self.order_by("published_at", "version", "pk")


class Notice(models.Model):
    """One published notice, and what it did to its call."""

    class Effect(models.TextChoices):
        MADE = "made", _("Made the call")
        AMENDED = "amended", _("Changed the call")
        CANCELLED = "cancelled", _("Cancelled the call")
        #: Newer than the call, and says nothing that differs from it.
        CONFIRMED = "confirmed", _("Said the same as the call")
        NONE = "none", _("Changed nothing")

    source = models.ForeignKey(NoticeSource, models.PROTECT, related_name="notices", verbose_name=_("source"))
    #: Of this notice alone, and of its whole procedure, as the source writes them.
    identifier = models.CharField(_("number"), max_length=200)
    version = models.CharField(_("version"), max_length=40, blank=True)
    procedure = models.CharField(_("procedure"), max_length=200)
    form = models.CharField(_("form"), max_length=10, choices=[(form.value, form.value) for form in said.Form])
    kind = models.CharField(_("kind"), max_length=15, choices=[(kind.value, kind.value) for kind in said.Kind])
    published_at = models.DateTimeField(_("published"))
    title = models.CharField(_("title"), max_length=300, blank=True)
    official_url = models.URLField(_("official text"), max_length=500, blank=True)
    #: Of all that it says: the same number with another one is another text.
    digest = models.CharField(max_length=64)
    call = models.ForeignKey(Call, models.CASCADE, null=True, related_name="notices", verbose_name=_("call"))
    effect = models.CharField(_("effect"), max_length=10, choices=Effect.choices, default=Effect.NONE)
    #: [code, parameters] in the words of reasons.py: why it did nothing, else what had to be passed over.
    reasons = models.JSONField(_("remarks"), default=list)
    #: {lot as the source names it: number of ours}
    lots = models.JSONField(default=dict)
    #: What the page says beside the call; see drafting.py.
    details = models.JSONField(default=dict)
    received_at = models.DateTimeField(_("received"), default=timezone.now)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.UniqueConstraint(fields=["source", "identifier", "version"], name="notice_once_per_source"),
            models.CheckConstraint(condition=~Q(identifier="") & ~Q(procedure=""), name="notice_has_its_numbers"),
            models.CheckConstraint(condition=Q(effect="none") | Q(call__isnull=False), name="notice_acts_on_a_call"),
            models.CheckConstraint(
                condition=Q(effect="none") | Q(call=None) | ~Q(official_url=""), name="notice_says_where_its_text_is"
            ),
        ]
        indexes = [models.Index(fields=["procedure", "published_at"], name="notice_by_procedure")]

    def __str__(self):
        return self.title or self.identifier

    @property
    def order(self):
        return (self.published_at, self.version)


class BuyerKey(models.Model):
    """By what notices name a buyer, so that the next one finds the same."""

    #: "id:GB-COH:01234567", or "name:GB:leeds city council".
    key = models.CharField(max_length=300, unique=True)
    buyer = models.ForeignKey(Buyer, models.CASCADE, related_name="notice_keys")

    class Meta:
        verbose_name = _("name of a buyer in notices")
        verbose_name_plural = _("names of buyers in notices")
        constraints = [models.CheckConstraint(condition=~Q(key=""), name="buyer_key_says_something")]

    def __str__(self):
        return self.key


def unclaimed_buyers():
    """Buyers that came with a notice and for whom nobody acts."""
    people = Representative.objects.filter(organisation=OuterRef("organisation"))
    return Buyer.objects.filter(~Exists(people), Exists(BuyerKey.objects.filter(buyer=OuterRef("pk"))))


class RunQuerySet(models.QuerySet):
    def running(self):
        return self.filter(finished_at=None, failed_at=None)


class Run(models.Model):
    """One import of notices: what was read and what became of it."""

    source = models.ForeignKey(NoticeSource, models.PROTECT, related_name="runs", verbose_name=_("source"))
    #: In which its file was fetched.
    visit = models.ForeignKey(Visit, models.SET_NULL, null=True, related_name="runs", editable=False)
    #: Kept for a while, so that the run can be tried again; a run of the command keeps none.
    file = models.FileField(_("file"), upload_to=private_place, storage=storages["default"], max_length=120, blank=True)
    file_name = models.CharField(_("name of the file"), max_length=200)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("imported by")
    )
    began_at = models.DateTimeField(_("begun"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True)
    failed_at = models.DateTimeField(_("stopped"), null=True)
    failure = models.CharField(_("why it stopped"), max_length=300, blank=True)
    #: The last sign of life of whoever works at it; the clock goes on where nobody does.
    touched_at = models.DateTimeField(default=timezone.now)
    #: How many notices of the file have been dealt with; a run that was cut off goes on after them.
    position = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(_("created"), default=0)
    updated = models.PositiveIntegerField(_("updated"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    skipped = models.PositiveIntegerField(_("skipped"), default=0)
    reported = models.PositiveIntegerField(_("reported"), default=0)

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of notices")
        verbose_name_plural = _("imports of notices")
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(failed_at=None), name="notice_run_finished_or_failed_not_both"
            ),
            models.CheckConstraint(
                condition=Q(failed_at=None, failure="") | (Q(failed_at__isnull=False) & ~Q(failure="")),
                name="notice_run_says_why_it_stopped",
            ),
        ]
        indexes = [
            models.Index("touched_at", condition=Q(finished_at=None, failed_at=None), name="notice_run_under_way")
        ]

    def __str__(self):
        return f"{self.source}: {self.file_name}"

    @property
    def is_running(self):
        return self.finished_at is None and self.failed_at is None


class Outcome(models.TextChoices):
    CREATED = "created", _("Created")
    UPDATED = "updated", _("Updated")
    UNCHANGED = "unchanged", _("Unchanged")
    #: Understood, and for a stated reason no call.
    SKIPPED = "skipped", _("Skipped")
    #: Could not be read, or does not say what a call needs.
    REPORTED = "reported", _("Reported")


class RunLine(models.Model):
    """What became of one notice of a run; of those that were here unchanged there is none."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField(_("number"))
    place = models.CharField(_("place"), max_length=300)
    identifier = models.CharField(_("notice"), max_length=200, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    reasons = models.JSONField(_("remarks"), default=list)
    call = models.ForeignKey(Call, models.SET_NULL, null=True, related_name="+", verbose_name=_("call"))

    class Meta:
        verbose_name = _("line of an import")
        verbose_name_plural = _("lines of an import")
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="notice_run_line_once_per_number"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="notice_run_line_has_a_known_outcome"),
        ]

    def __str__(self):
        return f"{self.number}: {self.place}"
