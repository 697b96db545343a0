import time
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, transaction

from marketplace.core.vocab import cpv, files, loading, nuts
from marketplace.core.vocab.models import CpvCode, CpvLabel, CpvWord, LoadedVocabulary, NutsRegion

pytestmark = pytest.mark.django_db


def loaded(*arguments):
    output = StringIO()
    call_command("load_vocabularies", *arguments, stdout=output)
    return output.getvalue()


def test_a_second_load_does_nothing_and_takes_no_time():
    loaded()

    start = time.perf_counter()
    line = loaded()
    taken = time.perf_counter() - start

    assert line.startswith("load_vocabularies: loaded=0 cpv=9454 nuts=2320 seconds=")
    assert line.count("\n") == 1
    assert taken < 0.5


def test_loading_again_by_force_leaves_the_same_rows():
    loaded()
    before = {model: model.objects.count() for model in (CpvCode, CpvLabel, CpvWord, NutsRegion)}

    line = loaded("--force")

    assert line.startswith("load_vocabularies: loaded=1 ")
    assert {model: model.objects.count() for model in before} == before
    assert LoadedVocabulary.objects.get().digest == loading.edition()


def test_a_changed_row_is_mended_and_a_changed_edition_noticed():
    loaded()
    CpvCode.objects.filter(pk="45000000").update(kind=CpvCode.Kind.SUPPLIES)
    NutsRegion.objects.filter(pk="FRK26").update(name="Elsewhere")
    LoadedVocabulary.objects.update(digest="of last year")

    assert "loaded=1" in loaded()
    assert CpvCode.objects.get(pk="45000000").kind == CpvCode.Kind.WORKS
    assert NutsRegion.objects.get(pk="FRK26").name == "Rhône"


def test_a_load_that_fails_leaves_everything_as_it_was(monkeypatch):
    loaded()
    count = CpvLabel.objects.count()
    monkeypatch.setattr(files, "FOLDER", files.FOLDER / "absent")

    with pytest.raises(OperationalError, match="absent"), transaction.atomic():
        loading.load(force=True)

    assert CpvLabel.objects.count() == count > 200_000


def test_rows_say_the_same_as_the_functions():
    loaded()
    for code, parent, level, kind in CpvCode.objects.values_list("code", "parent_id", "level", "kind"):
        assert (parent, level, kind) == (cpv.parent(code), cpv.level(code), cpv.kind(code))
    for code, ancestors, country in NutsRegion.objects.values_list("code", "ancestors", "country"):
        assert (tuple(ancestors), country) == (nuts.ancestors(code), nuts.find(code).country)
    assert CpvLabel.objects.filter(language="fr").count() > 9000
    assert CpvLabel.objects.get(code="90919200", language="fr").label == CpvCode(code="90919200").label("fr")


@pytest.mark.parametrize(
    "broken",
    [
        CpvCode(code="4500000", level=1, kind="works"),
        CpvCode(code="45999999", level=9, kind="works", parent_id="45000000"),
        CpvCode(code="45999999", level=5, kind="works"),
        CpvCode(code="46000000", level=1, kind="works", parent_id="45000000"),
        NutsRegion(code="FR999", level=3, country="FR", name="Nowhere", ancestors=[]),
        NutsRegion(code="FR999", level=4, country="FR", name="Nowhere", ancestors=[], parent_id="FR"),
        NutsRegion(code="QQ", level=0, country="QQ", name="Nowhere", ancestors=[], parent_id="FR"),
        LoadedVocabulary(id=False, digest="", loaded_at="2026-01-01T00:00Z"),
        CpvLabel(id=-1, code_id="90919200", language="fr", label="again", words=1),
    ],
)
def test_the_database_refuses_rows_that_cannot_be(broken):
    loaded()

    with pytest.raises(IntegrityError), transaction.atomic():
        broken.save(force_insert=True)
