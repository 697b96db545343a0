"""How words of any language are compared: without case, accents or punctuation, and forgiving about endings."""

import re
import unicodedata

#: Accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic; the vowel signs of Indian scripts are letters.
ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]+")
#: Letters that Unicode does not take apart into a base letter and an accent.
PLAIN_LETTERS = {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
#: Arabic letters that people write for one another, those of Persian keyboards, and the stroke that only lengthens.
PLAIN_LETTERS |= {"ة": "ه", "ى": "ي", "ی": "ي", "ک": "ك", "ـ": ""}
WHOLE_LETTERS = re.compile(f"[{''.join(PLAIN_LETTERS)}]")
WORD = re.compile(r"[^\W_]+")
LONGEST_QUESTION = 200
LONGEST_WORD = 60


def fold(text: str) -> str:
    """The text in lower case without accents; both sides of every comparison go through here."""
    # Twice: ornate capitals (𝕬) are letters with a case only once they are taken apart.
    apart = ACCENTS.sub("", unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text.casefold()).casefold()))
    return WHOLE_LETTERS.sub(lambda letter: PLAIN_LETTERS[letter[0]], apart)


def split(text: str) -> list[str]:
    """The folded words of a text, in order; anything that is not a letter or a digit only separates."""
    return WORD.findall(fold(text))


def asked(text: str, most: int = 8) -> list[str]:
    """The different words of a question somebody typed, safe to use whatever was typed."""
    found = dict.fromkeys(word[:LONGEST_WORD] for word in split(text[:LONGEST_QUESTION]))
    return list(found)[:most]


def root(word: str) -> str:
    """The beginning that inflected forms of a word usually share: two thirds of it, four letters at least."""
    return word[: max(4, len(word) * 13 // 20)]


def closeness(asked_word: str, word: str) -> float:
    """How well a word answers the one asked for: 1 for the same word, 0 for a stranger."""
    if asked_word == word:
        return 1.0
    share = len(asked_word) / len(word)
    if word.startswith(asked_word):
        return 0.55 + 0.4 * share
    if len(asked_word) >= 4 and asked_word in word:
        return 0.35 + 0.4 * share
    common = 0
    for one, other in zip(asked_word, word, strict=False):
        if one != other:
            break
        common += 1
    if common < len(root(asked_word)):
        return 0.0
    return 0.9 * common / len(asked_word) * (1 - 0.02 * (len(word) - common))


def trigrams(word: str) -> frozenset[str]:
    padded = f"  {word} "
    return frozenset(padded[start : start + 3] for start in range(len(padded) - 2))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of three-letter pieces that two words have in common, as PostgreSQL's pg_trgm counts it."""
    common = len(one & other)
    return common / (len(one) + len(other) - common) if common else 0.0
