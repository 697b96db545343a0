from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q

from suppliers.models import Supplier

#: Of 256 buckets: in so few a search guesses how much it will find, in so many it counts what a filter leaves out.
GUESSED_IN, COUNTED_IN = 2, 32
#: So many buckets in a row have an index of their own; the first such stretch is what is counted in.
STRETCH, STRETCHES = COUNTED_IN, 256 // COUNTED_IN


def _of_a_part(name: str, condition: Q) -> GinIndex:
    return GinIndex(F("text"), F("tokens"), name=name, condition=condition, gin_pending_list_limit=256)


class SearchRow(models.Model):
    """What the directory knows of one listed supplier; `rows.refresh` alone writes it, from the profile.

    The table is narrow on purpose: `tokens` and `text` lie beside it (TOAST), so that ten thousand candidates are
    counted without reading them. See docs/decisions/0009-the-directory.md.
    """

    supplier = models.OneToOneField(Supplier, models.CASCADE, primary_key=True, related_name="search_row")
    is_for_members = models.BooleanField()
    #: Nobody has confirmed the profile for over a year.
    is_stale = models.BooleanField()
    #: A fair share of the directory, 0 to 255, by a hash of the supplier's number.
    bucket = models.SmallIntegerField()
    #: Days since 1970 of the last confirmation, 0 for never.
    confirmed = models.IntegerField()
    plain_name = models.CharField(max_length=60, db_collation="C")
    #: The last day on which all this is true without the profile being changed: papers expire, confirmations age.
    good_until = models.DateField()
    #: The capabilities' own CPV codes as numbers.
    codes = ArrayField(models.IntegerField())
    #: The tokens that facets count: few, while `tokens` has all that can be asked for.
    facets = ArrayField(models.IntegerField())
    tokens = ArrayField(models.IntegerField())
    text = SearchVectorField()
    #: Never read. PostgreSQL takes values out of rows above 2 KB only, and this makes every row one of them.
    ballast = models.TextField()

    class Meta:
        indexes = [
            # New entries wait in a short list, which the clock empties: an import costs half, a search nothing.
            GinIndex(F("text"), F("tokens"), name="directory_row_search", gin_pending_list_limit=2048),
            # The same of a few buckets alone: to read a part of the directory costs that part of its index.
            _of_a_part("directory_row_guess", Q(bucket__lt=GUESSED_IN)),
            _of_a_part("directory_row_sample", Q(bucket__lt=STRETCH)),
            *(
                _of_a_part(
                    f"directory_row_stretch_{number}",
                    Q(bucket__gte=number * STRETCH, bucket__lt=(number + 1) * STRETCH),
                )
                for number in range(1, STRETCHES)
            ),
            models.Index(fields=["confirmed", "supplier"], name="directory_row_by_confirmation"),
            models.Index(fields=["plain_name", "supplier"], name="directory_row_by_name"),
            models.Index(fields=["good_until"], name="directory_row_by_good_until"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(bucket__range=(0, 255)), name="directory_row_has_a_bucket"),
        ]

    def __str__(self):
        return self.plain_name


class Figure(models.Model):
    """How many rows carry a token, for the page without a question; token 0 counts all rows."""

    is_for_members = models.BooleanField()
    token = models.IntegerField()
    count = models.IntegerField()
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_for_members", "token"], name="directory_figure_once_per_token"),
            models.CheckConstraint(condition=Q(count__gte=0), name="directory_figure_is_a_count"),
        ]

    def __str__(self):
        return f"{self.token}: {self.count}"


class Word(models.Model):
    """A word as the public profiles write it, folded, with the number of profiles (a guess when they are many)."""

    word = models.CharField(max_length=60, primary_key=True, db_collation="C")
    #: How many hold it in their name, and how many anywhere.
    in_names = models.IntegerField()
    profiles = models.IntegerField()

    class Meta:
        indexes = [GinIndex(OpClass(F("word"), "gin_trgm_ops"), name="directory_word_trigrams")]
        constraints = [
            models.CheckConstraint(
                condition=Q(in_names__gte=0, profiles__gte=1), name="directory_word_stands_somewhere"
            ),
        ]

    def __str__(self):
        return self.word
