import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suppliers.directory.bridge import bridges
from suppliers.directory.question import Question, read_words
from suppliers.directory.search import search
from tests.factories.directory import found_supplier

pytestmark = pytest.mark.django_db


def codes(typed, language="en"):
    return [bridge.code for bridge in bridges(read_words(typed), language)]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("nettoyage de bureaux", "90919200"),
        ("Gebäudereinigung", "90911200"),
        ("Büroreinigung", "90919200"),
        ("servicios de limpieza", "90910000"),
        ("traduction", "79530000"),
        ("pintura", "45442100"),
    ],
)
def test_words_of_one_language_lead_to_the_service(typed, code):
    assert code in codes(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "", "!", "Smith & Sons", "Atlas Propreté", "asdfgh", "Haddad", "7", "90911200", "de la", "services",
        "Okafor Partners 77", '"nettoyage de bureaux"', "nettoyage -bureaux", "office cleaning",
    ],
)  # fmt: skip
def test_names_nonsense_and_what_is_found_anyway_lead_nowhere(typed):
    assert codes(typed) == []


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    "typed",
    [
        "the", "The", "of", "le", "les", "der", "die das", "und", "the of", "in the", "pour", "avec", "los", "para",
        "della", "het", "van", "com", "não", "même",
    ],
)  # fmt: skip
def test_words_that_merely_join_others_in_one_of_the_languages_lead_nowhere(typed, language):
    assert codes(typed, language) == []


def test_such_a_word_of_the_languages_of_the_page_leads_nowhere_either():
    assert codes("som", "sv") == []


@pytest.mark.parametrize(("typed", "code"), [("thé", "15863000"), ("le nettoyage", "90910000")])
def test_beside_a_word_that_tells_or_with_its_accent_it_is_no_hindrance(typed, code):
    assert code in codes(typed)


def test_searching_the_finds_no_tea():
    found_supplier("15863000", summary="Loose leaves")

    answer = search(Question(words="the"))

    assert (answer.hits, answer.bridges) == ([], [])


def test_a_bridge_says_what_it_is_called_here_and_what_was_typed():
    (bridge,) = bridges(read_words("nettoyage  de bureaux"), "en")

    assert (bridge.code, bridge.label, bridge.language, bridge.asked) == (
        "90919200",
        "Office cleaning services",
        "fr",
        "nettoyage de bureaux",
    )


def test_it_is_looked_up_once_a_day():
    codes("nettoyage de bureaux")

    with CaptureQueriesContext(connection) as captured:
        assert codes("Nettoyage de BUREAUX!") == ["90919200"]

    assert len(captured) == 0
    cache.clear()


def test_a_french_search_finds_a_german_firm_and_says_why():
    supplier = found_supplier("90919200", summary="Büroreinigung", summary_language="de")
    asked = Question(words="nettoyage de bureaux", language="fr")

    answer = search(asked)

    assert [(hit.supplier_id, hit.because) for hit in answer.hits] == [(supplier.pk, ["bridge:90919200"])]
    assert [bridge.code for bridge in answer.bridges] == ["90919200"]


def test_a_bridge_can_be_switched_off():
    found_supplier("90919200", summary="Büroreinigung", summary_language="de")

    answer = search(Question(words="nettoyage de bureaux", bridges=False))

    assert (answer.hits, answer.bridges) == ([], [])


def test_the_words_themselves_stand_before_what_a_bridge_adds():
    bridged = found_supplier("90919200", summary="Büroreinigung", summary_language="de")
    literal = found_supplier(summary="Nettoyage de bureaux", summary_language="fr")

    answer = search(Question(words="nettoyage de bureaux"))

    assert [hit.supplier_id for hit in answer.hits] == [literal.pk, bridged.pk]
