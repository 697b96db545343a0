import pytest

from suppliers.directory.lexicon import make_lexicon
from suppliers.directory.models import Word
from suppliers.directory.question import Question
from suppliers.directory.search import search, suggest
from suppliers.models import Audience
from tests.factories.directory import found_supplier

pytestmark = pytest.mark.django_db


@pytest.fixture
def directory():
    found_supplier(("90911200", "Fensterputzen"), organisation__name="Atlas Propreté", summary="Reinigung mit Herz")
    found_supplier("79530000", organisation__name="Meridian Translations", summary="Sworn translations")
    make_lexicon()


def meant(words, **question):
    return search(Question(words=words, **question)).did_you_mean


def test_words_of_names_services_texts_and_labels_are_known(directory):
    known = set(Word.objects.values_list("word", flat=True))

    assert {"atlas", "proprete", "fensterputzen", "reinigung", "translation", "cleaning"} <= known
    assert Word.objects.get(word="atlas").in_names == 1
    assert Word.objects.get(word="cleaning").in_names == 0
    assert Word.objects.get(word="translations").profiles == 2


def test_words_of_profiles_for_members_are_not_given_away():
    found_supplier("90911200", organisation__name="Quetzal", summary="Xylophones", audience=Audience.MEMBERS)

    make_lexicon()

    assert not Word.objects.exists()


def test_making_it_twice_is_making_it_once(directory):
    before = list(Word.objects.order_by("word").values_list())

    make_lexicon()

    assert list(Word.objects.order_by("word").values_list()) == before


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("clening", "cleaning"),
        ("transaltion", "translation"),
        ("atlas proprette", "atlas proprete"),
        ("cleaning", ""),
        ("qqqqqqqq", ""),
    ],
)
def test_a_typing_error_is_met_with_a_wording_that_finds_something(directory, typed, right):
    assert meant(typed) == right
    if right:
        assert search(Question(words=right)).total > 0


def test_a_misspelt_name_is_met_with_the_name(directory):
    Word.objects.all().delete()

    assert meant("Meridan Translation") == "Meridian Translations"


def test_a_misspelt_name_for_members_is_met_for_members_only():
    found_supplier(organisation__name="Quetzalcoatl Works", audience=Audience.MEMBERS)

    assert meant("Quetzalcoat") == ""
    assert meant("Quetzalcoat", is_member=True) == "Quetzalcoatl Works"


def kinds(typed, language="en", **fields):
    return [(each.kind, each.text, each.code) for each in suggest(typed, language, **fields)]


def test_services_words_and_names_are_suggested_by_their_beginning(directory):
    assert ("service", "Translation services", "79530000") in kinds("transl")
    assert ("name", "Meridian Translations", "") in kinds("merid")
    assert ("name", "Atlas Propreté", "") in kinds("atlas pro")
    assert ("service", "Services de traduction", "79530000") in kinds("traduc", "fr")


def test_names_for_members_are_not_suggested():
    found_supplier(organisation__name="Quetzal", audience=Audience.MEMBERS)

    assert kinds("quetz") == []


def test_suggestions_are_few(directory):
    found_supplier(organisation__name="Services Ltd")

    assert len(kinds("ser")) <= 8
    assert len(kinds("ser", limit=3)) <= 3


@pytest.mark.parametrize("typed", ["", " ", "x", "%", "_%", "\\", "\x00", "\ud800", "'", "é" * 400, "%%%%"])
def test_nothing_typed_breaks_it(directory, typed):
    assert isinstance(suggest(typed, "en"), list)
