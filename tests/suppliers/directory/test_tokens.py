import pytest
from django.db import connection

from marketplace.core.vocab import countries, languages, nuts
from suppliers.directory import tokens
from suppliers.directory.tokens import Kind
from suppliers.evidence.models import Tier
from suppliers.files.models import DocumentKind
from suppliers.models import SizeBand, TurnoverBand

VALUES = {
    Kind.REGION: list(nuts.regions()),
    Kind.COUNTRY: list(countries.codes()),
    Kind.SIZE: SizeBand.values,
    Kind.TURNOVER: TurnoverBand.values,
    Kind.LANGUAGE: [language.code for language in languages.ALL],
    Kind.DOCUMENT: DocumentKind.values,
    Kind.TIER: Tier.values,
}


def test_no_two_things_share_a_token():
    every = [tokens.written(kind, value) for kind, values in VALUES.items() for value in values]

    assert len(every) == len(set(every))
    assert min(every) > 99_999_999
    assert max(every) < 2**31
    assert tokens.numbered(max(Kind), tokens.WIDTH - 1) < 2**31


@pytest.mark.parametrize("kind", VALUES)
def test_a_token_says_what_it_stands_for(kind):
    for value in VALUES[kind]:
        token = tokens.written(kind, value)
        assert tokens.kind_of(token) == kind
        assert value.upper().replace("_", "").startswith(tokens.text_of(token))


@pytest.mark.django_db
def test_the_database_reckons_the_same():
    pairs = [(int(kind), value) for kind, values in VALUES.items() for value in values]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(directory_token(kind, value) ORDER BY place)"
            " FROM unnest(%s::int[], %s::text[]) WITH ORDINALITY AS pair(kind, value, place)",
            [[kind for kind, _value in pairs], [value for _kind, value in pairs]],
        )
        assert cursor.fetchone()[0] == [tokens.written(kind, value) for kind, value in pairs]


def test_a_region_is_served_by_what_lies_around_it():
    serving = tokens.serving(["UKE42"])

    assert tokens.written(Kind.REGION, "UKE42") in serving
    assert {tokens.written(Kind.WHOLE, code) for code in ("UKE4", "UKE", "UK")} < set(serving)
    assert tokens.EUROPE in serving


def test_what_has_no_sign_is_carried_by_nobody():
    assert tokens.written(Kind.COUNTRY, "!?") == 0
