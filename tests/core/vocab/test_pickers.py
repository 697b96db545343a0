import json

import pytest
from django.test import Client

from marketplace.core.vocab import nuts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sessions_stay_unread(client):
    client.cookies.clear()


def text(response):
    return response.content.decode()


def test_services_are_suggested_in_the_language_of_the_page(client):
    english = text(client.get("/vocabulary/services/", {"q": "ofis temizliği", "name": "a-services"}))
    french = text(client.get("/fr/vocabulary/services/", {"q": "ofis temizliği"}))

    assert '<input type="checkbox" name="a-services" value="90919200">' in english
    assert 'Office cleaning services <span class="picker__note" lang="tr" dir="auto">ofis temizliği</span>' in english
    assert "Services de nettoyage de bureaux" in french
    assert 'name="services"' in french


def test_regions_are_suggested_with_what_lies_around_them_and_a_country_first(client):
    leeds = text(client.get("/vocabulary/regions/", {"q": "Leeds"}))
    france = text(client.get("/vocabulary/regions/", {"q": "Frankreich"}))
    luxembourg = text(client.get("/vocabulary/regions/", {"q": "Luxembourg"}))

    assert "West Yorkshire, United Kingdom" in leeds
    assert 'value="FR">' in france
    assert "the whole country" in france
    assert [code in luxembourg for code in ('value="LU"', 'value="LU0"', 'value="LU00"')] == [True, False, False]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("Lyon", "FRK26"),
        ("Londres", "UKI"),
        ("Bavaria", "DE2"),
        ("Milan", "ITC4C"),
        ("باريس", "FR101"),
        ("Brüksel", "BE1"),
    ],
)
def test_towns_and_names_in_other_languages_lead_to_their_region(client, asked, code):
    first = text(client.get("/vocabulary/regions/", {"q": asked})).partition("</li>")[0]

    assert f'value="{code}"' in first


def test_every_name_of_our_own_finds_its_region_first():
    for region, name in nuts._our_names():
        assert nuts.search(name)[0] == region.code, name


def test_what_hardly_answers_is_not_suggested(client):
    assert "Kabe" not in text(client.get("/vocabulary/services/", {"q": "translation"}))


def test_a_choice_of_one_is_suggested_as_radio_buttons(client):
    assert '<input type="radio" name="seat" value="UKE42">' in text(
        client.get("/vocabulary/regions/", {"q": "Leeds", "name": "seat", "kind": "radio"})
    )


def test_the_count_is_said_and_nothing_found_says_what_to_do(client):
    assert "10 found. Tick what fits." in text(client.get("/vocabulary/services/", {"q": "cleaning"}))
    assert "1 found. Tick it if it fits." in text(client.get("/vocabulary/regions/", {"q": "Frankreich"}))
    nothing = text(client.get("/vocabulary/services/", {"q": "qqqqq<&>"}))
    assert "Nothing found for “qqqqq&lt;&amp;&gt;”. Try another word" in nothing
    assert text(client.get("/vocabulary/services/")).strip() == ""


def test_suggestions_are_public_kept_for_an_hour_and_cost_few_questions(client, django_assert_max_num_queries):
    client.get("/vocabulary/services/", {"q": "office cleaning"})
    with django_assert_max_num_queries(6):
        response = client.get("/vocabulary/services/", {"q": "office cleaning"})
    with django_assert_max_num_queries(0):
        client.get("/vocabulary/regions/", {"q": "Leeds"})

    assert response.headers["Cache-Control"] == "public, max-age=3600"
    assert "Cookie" not in response.headers.get("Vary", "")
    assert response.cookies == {}
    assert client.post("/vocabulary/services/").status_code == 405


@pytest.mark.parametrize("address", ["/vocabulary/services/", "/vocabulary/regions/"])
def test_hostile_questions_are_answered(shared_data, address):
    client = Client()
    for string in json.loads((shared_data / "judges" / "blns.json").read_text())[::4]:
        response = client.get(address, {"q": string, "name": string, "kind": string})
        assert response.status_code == 200, string
        assert "<script" not in text(response)


def test_without_script_the_button_brings_the_suggestions_and_keeps_the_rest(client, settings):
    settings.DEMO = True
    page = text(client.get("/dev/components/", {"services": "79530000", "regions_words": "Leeds", "look": "regions"}))

    assert '<input type="checkbox" name="services" value="79530000" checked>' in page
    assert '<input type="checkbox" name="regions" value="UKE42">' in page
    assert "error-summary" not in page.partition('id="pickers"')[2]
