"""The demo's directory: rows for whatever suppliers the parts before this one have planted, and its figures."""

from random import Random

from django.utils import timezone

from marketplace.core import parallel, registry
from suppliers.directory import bulk, due, lexicon, rows, stored
from suppliers.directory.models import Figure, SearchRow, Word

#: Counting anew, which takes a while in a large directory.
COUNTING = (lambda: stored.take_figures(timezone.now()), lexicon.make_lexicon, bulk.learn)


def plant_directory(random: Random, amounts: dict[str, int], progress) -> int:
    """What is missing, be it the index that a run before this one was cut off without; returns how many rows."""
    before = SearchRow.objects.count()
    bulk.mend_indexes()
    missing = due.uneven()
    progress.reset(total=len(missing) + len(COUNTING))
    for done in parallel.each(rows.refresh, rows.parts(missing)):
        progress.update(done)
    after = SearchRow.objects.count()
    if not _is_counted(after):
        for _done in parallel.each(lambda count: count(), COUNTING):
            progress.update()
    return after - before


def _is_counted(number: int) -> bool:
    """Whether the figures are of a directory of so many rows."""
    counted = Figure.objects.filter(is_for_members=True, token=stored.ALL).values_list("count", flat=True).first() or 0
    return counted == number and (Word.objects.exists() or not number)


registry.seeds.register("directory", registry.Seed("directory", plant_directory, order=60, is_in_steps=True))
