import time
from collections import defaultdict

import pytest

from marketplace.core.vocab import cpv, everyday, search, words
from marketplace.core.vocab.search import cpv_hits

#: The same phrase for different services, which is meant: "gráfica" prints in Portugal, "grafica" draws in Italy, and
#: the order of two words says whether somebody lives at home or in a home.
MEANT = {("grafica",), ("care", "home")}


def every_phrase():
    for codes, spoken in everyday.services():
        for language, texts in spoken.items():
            for text in texts:
                yield codes, language, text


def test_there_are_two_hundred_services_in_eight_languages():
    assert len(everyday.services()) >= 200
    for codes, spoken in everyday.services():
        assert tuple(spoken) == everyday.LANGUAGES, codes
        assert 1 <= len(codes) <= 3
        assert len(set(codes)) == len(codes)
        for language, texts in spoken.items():
            assert 2 <= len(texts) <= 6, (codes, language)
            assert all(words.split(text) for text in texts), (codes, language)


def test_every_code_is_one_of_the_vocabulary():
    assert [code for codes, _ in everyday.services() for code in codes if not cpv.exists(code)] == []


def test_every_phrase_finds_its_own_code_within_the_first_five():
    missed = [
        (text, language)
        for codes, language, text in every_phrase()
        if codes[0] not in [hit[0] for hit in everyday.hits(text, limit=5)]
    ]

    assert missed == []


@pytest.mark.django_db
def test_the_labels_of_the_vocabulary_push_no_phrase_out_of_the_first_five():
    some = list(every_phrase())[::97]

    missed = [text for codes, _, text in some if codes[0] not in [hit[0] for hit in search.cpv_hits(text, limit=5)]]

    assert len(some) > 50
    assert missed == []


def test_no_phrase_leads_to_different_codes_unless_that_is_meant():
    leading = defaultdict(set)
    for codes, _language, text in every_phrase():
        leading[tuple(sorted(words.split(text)))].add(codes)

    assert {phrase for phrase, codes in leading.items() if len(codes) > 1} == MEANT


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("office cleaning", "en"),
        ("nettoyage de bureaux", "fr"),
        ("ofis temizliği", "tr"),
        ("تنظيف المكاتب", "ar"),
        ("limpeza de escritórios", "pt"),
        ("sprzątanie biur", "pl"),
        ("limpieza de oficinas", "es"),
        ("pulizia uffici", "it"),
    ],
)
def test_office_cleaning_is_found_in_every_language_and_the_hit_says_which(asked, language):
    assert cpv_hits(asked, limit=3)[0] == ("90919200", 1, asked, language)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("OFİS TEMİZLİĞİ", "90919200"),
        ("ofis temizligi", "90919200"),
        ("تنظيف مكاتب", "90919200"),
        ("تَنْظِيف المَكاتِب", "90919200"),
        ("صيانه المباني", "50700000"),
        ("ابواب ونوافذ", "44220000"),
        ("sprzatanie biur", "90919200"),
        ("limpeza escritorios", "90919200"),
        ("cleaning of offices", "90919200"),
        ("a baker", "15811000"),
        ("et", "15100000"),
        ("su", "15981000"),
        ("plumbing in Leeds", "45330000"),
        ("trnslation", "79530000"),
    ],
)
def test_accents_endings_articles_and_slips_do_not_matter(asked, code):
    assert everyday.hits(asked, limit=1)[0][0] == code


def test_the_order_of_the_words_decides_between_namesakes():
    assert everyday.hits("home care")[0][0] == "85312400"
    assert everyday.hits("care home")[0][0] == "85311000"


def test_a_word_that_every_trade_says_finds_nothing_alone():
    assert everyday.hits("services") == []
    assert everyday.hits("") == everyday.hits("🙂") == []


@pytest.mark.django_db
def test_a_search_in_one_language_is_answered_in_that_language():
    assert {hit[3] for hit in everyday.hits("temizlik", language="tr")} == {"tr"}
    assert {hit[3] for hit in search.cpv_hits("cleaning", language="en")} == {"en"}
    assert "en" not in {hit[3] for hit in search.cpv_hits("cleaning", language="de")}


def test_services_and_works_come_before_goods_when_the_answer_is_partial():
    found = [hit[0] for hit in everyday.hits("cleaning")]

    assert found.index("90919200") < found.index("39830000")


def test_phrases_are_searched_in_a_millisecond_and_spend_no_query(db, django_assert_num_queries):
    everyday.hits("warm")
    asked = ["cleaning", "translation", "plumber", "bread", "temizlik", "nettoyage"]
    with django_assert_num_queries(0):
        start = time.perf_counter()
        for text in asked * 5:
            everyday.hits(text)
        taken = (time.perf_counter() - start) / len(asked * 5)

    # Less than one on a quiet machine; the room above is for a busy one.
    assert taken < 0.02
