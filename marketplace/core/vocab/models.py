"""The published lists as rows, for joins and for search. `load_vocabularies` writes them, nobody else does."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from marketplace.core.vocab import cpv, nuts


def _place_in(codes: list[str]) -> Func:
    """Where a row's code stands in a list: one parameter, where a CASE of one branch per code takes 20 ms to build."""
    listed = Value(codes, output_field=ArrayField(models.TextField()))
    return Func(listed, F("code"), function="array_position", output_field=models.IntegerField())


class CpvCodeQuerySet(models.QuerySet):
    def under(self, code: str):
        """The code and everything below it."""
        return self.filter(code__startswith=cpv.stem(code))


class CpvCode(models.Model):
    """One code of the Common Procurement Vocabulary."""

    class Kind(models.TextChoices):
        SUPPLIES = "supplies", _("Supplies")
        WORKS = "works", _("Works")
        SERVICES = "services", _("Services")

    # Byte order makes a branch of the tree a range of the primary key.
    code = models.CharField(max_length=8, primary_key=True, db_collation="C")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    level = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)

    objects = CpvCodeQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[0-9]{8}$"), name="cpv_code_has_eight_digits"),
            models.CheckConstraint(condition=Q(level__range=(1, 7)), name="cpv_level_is_one_to_seven"),
            models.CheckConstraint(
                condition=Q(level=1, parent=None) | Q(level__gt=1, parent__isnull=False),
                name="cpv_only_a_division_has_no_parent",
            ),
        ]

    def __str__(self):
        return cpv.with_check_digit(self.code)

    def label(self, language: str = "en") -> str:
        """The published label, in English where the language has none; asks no database."""
        return cpv.label(self.code, language)


class CpvLabel(models.Model):
    """A code's label in one language that has one of its own."""

    # A number made of the code's place and the language's, so that CpvWord can point at labels in an array.
    id = models.IntegerField(primary_key=True)
    # All labels are replaced together with their codes from one file: a constraint would only triple the time to load.
    code = models.ForeignKey(CpvCode, models.CASCADE, related_name="labels", db_constraint=False, db_index=False)
    language = models.CharField(max_length=2)
    label = models.TextField()
    words = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "language"], name="cpv_label_unique_in_language"),
        ]

    def __str__(self):
        return self.label


class CpvWord(models.Model):
    """A folded word and the labels, of any language, in which it stands: the index behind `matching`."""

    # Byte order, so that an index serves beginnings of words too.
    word = models.TextField(db_collation="C")
    labels = ArrayField(models.IntegerField())
    frequency = models.PositiveIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["word"], name="cpv_word_in_order"),
            GinIndex(OpClass(F("word"), "gin_trgm_ops"), name="cpv_word_trigrams"),
        ]

    def __str__(self):
        return self.word


class NutsRegionQuerySet(models.QuerySet):
    def within(self, code: str):
        """The region and everything in it."""
        return self.filter(Q(code=code) | Q(ancestors__contains=[code]))

    def matching(self, text: str, limit: int = 25):
        """The regions whose name answers, best first; any string is safe."""
        codes = nuts.search(text, limit)
        return self.filter(pk__in=codes).order_by(_place_in(codes)) if codes else self.none()


class NutsRegion(models.Model):
    """A region of NUTS 2024 or of its neighbours, or a country at level 0."""

    code = models.CharField(max_length=5, primary_key=True, db_collation="C")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    ancestors = ArrayField(models.CharField(max_length=5))
    level = models.PositiveSmallIntegerField()
    country = models.CharField(max_length=2)
    name = models.TextField()

    objects = NutsRegionQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        indexes = [GinIndex(fields=["ancestors"], name="nuts_region_ancestors")]
        constraints = [
            models.CheckConstraint(
                condition=Q(level=0, parent=None) | Q(level__range=(1, 3), parent__isnull=False),
                name="nuts_only_a_country_has_no_parent",
            ),
        ]

    def __str__(self):
        return f"{self.name} ({self.code})"


class LoadedVocabulary(models.Model):
    """Which edition of the data files stands in the tables above: one row."""

    id = models.BooleanField(primary_key=True, default=True)
    digest = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=True), name="loaded_vocabulary_is_one_row")]

    def __str__(self):
        return self.digest[:12]
