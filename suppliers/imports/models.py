from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from suppliers.models import Supplier


def private_place(instance, name):
    """A name nobody can guess, outside everything that is served."""
    return f"private/imports/{get_random_string(32)}"


class ImportQuerySet(models.QuerySet):
    def running(self):
        return self.exclude(began_at=None).filter(finished_at=None, failed_at=None)

    def being_undone(self):
        return self.exclude(undo_began_at=None).filter(undone_at=None)

    def by_newest(self):
        return self.order_by("-created_at", "-pk")


class Import(models.Model):
    """One file of suppliers: what was read, how its columns were understood, what became of each row."""

    #: Told to the owners of the firms (GDPR Art. 14), and half of the key by which a second run knows its rows.
    source = models.CharField(_("where the data comes from"), max_length=200)
    file = models.FileField(_("file"), upload_to=private_place, storage=storages["default"], max_length=120, blank=True)
    file_name = models.CharField(_("name of the file"), max_length=200)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    #: Heading of the file to one of our fields; see columns.py.
    mapping = models.JSONField(default=dict)
    country = models.CharField(_("country of rows that name none"), max_length=2, blank=True)
    language = models.CharField(_("language of the texts"), max_length=10, default="en")
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("imported by")
    )
    created_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    began_at = models.DateTimeField(_("begun"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    failed_at = models.DateTimeField(_("stopped"), null=True)
    failure = models.CharField(_("why it stopped"), max_length=300, blank=True)
    undo_began_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(_("undone"), null=True)
    #: The last sign of life of whoever works at it; the clock goes on where nobody does.
    touched_at = models.DateTimeField(null=True)
    #: The last row or line of the file whose outcome is stored; a run that was cut off goes on after it.
    position = models.PositiveBigIntegerField(default=0)
    #: About how far it is, in hundredths; the number of rows is unknown before the end.
    share_done = models.PositiveSmallIntegerField(default=0)
    created = models.PositiveIntegerField(_("created"), default=0)
    updated = models.PositiveIntegerField(_("updated"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    reported = models.PositiveIntegerField(_("reported"), default=0)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            models.CheckConstraint(condition=~Q(source=""), name="import_says_where_the_data_comes_from"),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(failed_at=None), name="import_finished_or_failed_not_both"
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None) | Q(finished_at__isnull=False) | Q(failed_at__isnull=False),
                name="import_is_undone_when_it_no_longer_runs",
            ),
        ]
        indexes = [
            models.Index(
                "began_at", condition=Q(finished_at=None, failed_at=None, began_at__isnull=False), name="import_running"
            ),
        ]

    def __str__(self):
        return f"{self.source}: {self.file_name}"

    @property
    def is_running(self):
        return bool(self.began_at and not self.finished_at and not self.failed_at)

    @property
    def rows_done(self):
        return self.created + self.updated + self.unchanged + self.reported


class Outcome(models.TextChoices):
    CREATED = "created", _("Created")
    UPDATED = "updated", _("Updated")
    UNCHANGED = "unchanged", _("Unchanged")
    REPORTED = "reported", _("Reported")


class ImportRowQuerySet(models.QuerySet):
    def with_problems(self):
        return self.exclude(problems=[])


class ImportRow(models.Model):
    """What became of one row of the file."""

    of_import = models.ForeignKey(Import, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("line"))
    name = models.CharField(_("name"), max_length=200, blank=True)
    #: What identifies the firm within its source; see writing.py. Empty where the row was not understood.
    key = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    #: [field, code, typed]: what was wrong, in rows.py's words.
    problems = models.JSONField(_("remarks"), default=list)
    supplier = models.ForeignKey(Supplier, models.SET_NULL, null=True, related_name="import_rows")
    #: What an update replaced, so that it can be undone, and the version it made.
    before = models.JSONField(null=True)
    version_made = models.PositiveIntegerField(null=True)

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of an import")
        constraints = [
            models.UniqueConstraint(fields=["of_import", "number"], name="import_row_once_per_line"),
            models.UniqueConstraint(fields=["of_import", "key"], condition=~Q(key=""), name="import_row_once_per_firm"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="import_row_has_a_known_outcome"),
        ]

    def __str__(self):
        return f"{self.number}: {self.name}"


class SourceKey(models.Model):
    """By which key a source knows a supplier, so that its next file finds the same one."""

    source = models.CharField(max_length=200)
    key = models.CharField(max_length=64)
    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="source_keys")
    #: Of the row as it was last written: an equal one changes nothing.
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="source_key_names_one_supplier")]

    def __str__(self):
        return f"{self.source} {self.key}"


class RememberedMapping(models.Model):
    """How the columns of a file with these headings were understood the last time."""

    fingerprint = models.CharField(max_length=64, unique=True)
    mapping = models.JSONField()
    changed_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return self.fingerprint[:12]
