import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.vocab import words


def test_case_accents_and_punctuation_do_not_matter():
    assert words.split("L'Élagage, à ŁÓDŹ!") == ["l", "elagage", "a", "lodz"]
    assert words.split("Straße ΟΔΟΣ İzmir") == ["strasse", "οδοσ", "izmir"]


def test_vowel_signs_of_indian_scripts_are_kept():
    assert words.fold("हिन्दी") == "हिन्दी"


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    once = words.split(text)

    assert words.split(" ".join(once)) == once


@given(st.text(max_size=400))
def test_what_is_asked_is_short_and_clean(text):
    asked = words.asked(text)

    assert len(asked) == len(set(asked)) <= 8
    assert all(word.isprintable() and len(word) <= words.LONGEST_WORD for word in asked)


@pytest.mark.parametrize(
    ("asked", "better", "worse"),
    [
        ("office", "office", "offices"),
        ("offices", "office", "officer"),
        ("clean", "cleaning", "cleanliness"),
        ("reinigung", "reinigung", "büroreinigung"),
        ("traducteur", "traduction", "traite"),
    ],
)
def test_the_closer_word_counts_more(asked, better, worse):
    assert words.closeness(asked, better) > words.closeness(asked, worse) >= 0


@given(st.text("abcdef", min_size=1), st.text("abcdef", min_size=1))
def test_closeness_lies_between_zero_and_one(asked, word):
    assert 0 <= words.closeness(asked, word) <= 1
    assert (words.closeness(asked, word) == 1) == (asked == word)


@given(st.text("abc", min_size=1), st.text("abc", min_size=1))
def test_likeness_is_mutual(one, other):
    first, second = words.trigrams(one), words.trigrams(other)

    assert words.likeness(first, second) == words.likeness(second, first)
    assert words.likeness(first, first) == 1
