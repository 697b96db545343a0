"""The demo's directory: rows for whatever suppliers the parts before this one have planted."""

from random import Random

from django.utils import timezone

from marketplace.core import registry
from suppliers.directory import lexicon, rows, stored
from suppliers.directory.models import SearchRow


def plant_directory(random: Random, amounts: dict[str, int], progress) -> int:
    progress.reset(total=amounts["suppliers"])
    before = SearchRow.objects.count()
    rows.rebuild(progress.update)
    stored.take_figures(timezone.now())
    lexicon.make_lexicon()
    return SearchRow.objects.count() - before


registry.seeds.register("directory", registry.Seed("directory", plant_directory, order=60))
