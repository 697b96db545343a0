"""Releases as feeds: paged by time, the same for everybody, and readable from other sites."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.core.cache import cache
from django.urls import reverse

from marketplace.calls import actions
from marketplace.calls.amendments.actions import amend_call
from marketplace.calls.models import Call
from marketplace.calls.releases import packages, urls
from marketplace.calls.releases.models import Release
from marketplace.calls.releases.recording import record
from tests.calls.amendments.writing import as_stands
from tests.calls.releases.schema import judge
from tests.factories.calls import CallFactory
from tests.factories.releases import released

pytestmark = pytest.mark.django_db
FEED, LINES = "/ocds/releases.json", "/ocds/releases.jsonl"
BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def released_at(*moments):
    """A call for each moment, written down at it; their ocids."""
    found = []
    for at in moments:
        call = CallFactory(published=True)
        record([call.pk], at=at)
        found.append(call.releases.get().ocid)
    return found


def ocids(package):
    return [release["ocid"] for release in package["releases"]]


def body(response):
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode()


def pages(client, address):
    while address:
        package = client.get(address).json()
        yield package
        following = package.get("links", {}).get("next", "")
        address = following and FEED + "?" + urlsplit(following).query


# --- The feed ---------------------------------------------------------------------------------------------------------


def test_the_feed_is_a_valid_package_of_what_calls_say(client, shared_data):
    call = released(lots=3, authority=True, reference="S-14")
    amend_call(call, as_stands(call) | {"title": "Cleaning of four schools"}, by=None)
    actions.cancel_call(call, words="The money is gone.", by=None)
    response = client.get(FEED)

    assert response["Content-Type"] == "application/json; charset=utf-8"
    assert judge(shared_data, "release-package-schema")(response.json()) == []
    assert [release["tag"] for release in response.json()["releases"]] == [
        ["tender"],
        ["tenderAmendment"],
        ["tenderCancellation"],
    ]


def test_a_package_names_its_publisher_licence_and_extensions(client):
    released()
    package = client.get(FEED).json()

    assert package["version"] == "1.1"
    assert package["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert package["publisher"]["name"] == "Tessera"
    assert any("ocds_lots_extension" in address for address in package["extensions"])


def test_the_operator_says_under_which_licence(client, settings):
    settings.OPEN_DATA_LICENCE = "https://licence.example/open"
    released()

    assert client.get(FEED).json()["license"] == "https://licence.example/open"


def test_pages_follow_each_other_and_miss_nothing(client):
    """Two of one moment are told apart by their order."""
    wanted = released_at(*[BEGIN + timedelta(minutes=number // 2) for number in range(7)])
    found = list(pages(client, f"{FEED}?limit=2"))

    assert [len(package["releases"]) for package in found] == [2, 2, 2, 1]
    assert [ocid for package in found for ocid in ocids(package)] == wanted
    assert "links" not in found[-1]


def test_a_full_page_stays_as_it_is(client):
    released_at(BEGIN, BEGIN + timedelta(minutes=1), BEGIN + timedelta(minutes=2))
    before = client.get(f"{FEED}?limit=2").content
    released_at(BEGIN + timedelta(minutes=3))

    assert client.get(f"{FEED}?limit=2").content == before


def test_since_a_moment_or_a_day(client):
    _first, second, third = released_at(BEGIN, BEGIN + timedelta(hours=3), BEGIN + timedelta(days=1))

    for since in (
        "2026-03-01T13:00:00Z",
        "2026-03-01T14:00:00+01:00",
        "2026-03-01T13:00:00",
        "2026-03-01T14:00:00 01:00",
    ):
        assert ocids(client.get(FEED, {"since": since}).json()) == [second, third]
    assert ocids(client.get(FEED, {"since": "2026-03-02"}).json()) == [third]
    assert client.get(FEED, {"since": "2027-01-01"}).status_code == 204


def test_where_there_is_no_release_there_is_no_package(client, shared_data):
    """The schema asks for one at least: an empty list would be no package, and no content is none either."""
    response = client.get(FEED)

    assert (response.status_code, response.content) == (204, b"")
    assert response["Access-Control-Allow-Origin"] == "*"
    without = packages.envelope("https://tessera.example/ocds/releases.json", BEGIN) | {"releases": []}
    assert judge(shared_data, "release-package-schema")(without) != []


def test_a_link_to_what_follows_says_where_it_stands(client):
    released_at(BEGIN, BEGIN + timedelta(minutes=1))
    link = client.get(f"{FEED}?limit=1").json()["links"]["next"]

    assert dict(parse_qsl(urlsplit(link).query)) == {
        "after": f"20260301T120000.000000Z_{Release.objects.in_order().first().pk}",
        "limit": "1",
    }


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": "0"}, {"limit": "1001"}, {"limit": "many"}, {"since": "yesterday"}, {"since": "\x00"},
        {"since": "9999-12-31T23:00:00-23:00"}, {"since": "0001-01-01T00:00:00+23:59"},
        {"after": "20260301T120000.000000Z"}, {"after": "now_1"}, {"after": "20260301T120000.000000Z_-1"},
        {"after": "20260301T120000.000000Z_" + "9" * 40},
    ],
)  # fmt: skip
def test_a_wrong_question_is_answered_in_words(client, asked):
    response = client.get(FEED, asked)

    assert response.status_code == 400
    assert response.json()["errors"].keys() == asked.keys()


def test_a_page_holds_no_more_than_it_may(client, monkeypatch):
    monkeypatch.setattr("marketplace.calls.releases.forms.USUAL", 2)
    released_at(*[BEGIN + timedelta(minutes=number) for number in range(3)])

    assert len(client.get(FEED).json()["releases"]) == 2
    assert len(client.get(f"{FEED}?limit=3").json()["releases"]) == 3


# --- The same for everybody -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [FEED, LINES])
def test_whoever_has_it_already_gets_nothing_again(client, address):
    released()
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 304
    released()
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("address", [FEED, LINES, "record"])
def test_pages_of_other_sites_may_read_and_never_write(client, address):
    ocid = released().releases.get().ocid
    address = f"/ocds/records/{ocid}.json" if address == "record" else address
    response = client.get(address, headers={"Origin": "https://elsewhere.example"})

    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
    assert "Set-Cookie" not in response
    assert client.post(address).status_code == 405
    assert client.head(address).status_code == 200


@pytest.mark.parametrize("address", [FEED, LINES])
def test_it_is_the_same_whoever_asks(client, as_user, amina, stella, address):
    released(language="fr")
    CallFactory(published=True, members_only=True)
    everybody = body(client.get(address))

    for person in (amina, stella):
        assert body(as_user(person).get(address)) == everybody
    assert body(client.get(address, headers={"Accept-Language": "fr"})) == everybody


def test_a_call_that_was_taken_back_is_gone_from_every_feed(client):
    call = released(description="Our caretaker lives at 3 Elm Row.")
    ocid = call.releases.get().ocid
    before = [client.get(address)["ETag"] for address in (FEED, LINES)]
    actions.withdraw_call(call, words="It named a person.", by=None)

    for address, etag in zip((FEED, LINES), before, strict=True):
        response = client.get(address, headers={"If-None-Match": etag})
        assert response.status_code == 200
        assert "Elm Row" not in body(response)
    assert "Elm Row" not in body(client.get(f"/ocds/records/{ocid}.json"))
    assert (
        client.get(f"/ocds/records/{ocid}.json").json()["records"][0]["compiledRelease"]["tender"]["status"]
        == "withdrawn"
    )


# --- Lines and records ------------------------------------------------------------------------------------------------


def test_every_release_is_a_line(client, monkeypatch):
    monkeypatch.setattr(packages, "AT_ONCE", 2)
    wanted = released_at(*[BEGIN + timedelta(minutes=number) for number in range(5)])
    found = [json.loads(line) for line in body(client.get(LINES)).splitlines()]

    assert [release["ocid"] for release in found] == wanted


def test_lines_without_any_release_are_none(client):
    response = client.get(LINES)

    assert (response.status_code, body(response)) == (200, "")


def test_a_record_holds_all_releases_and_where_the_call_stands(client, shared_data):
    call = released(lots=2)
    amend_call(Call.objects.get(pk=call.pk), as_stands(call) | {"title": "Cleaning of four schools"}, by=None)
    ocid = call.releases.first().ocid
    package = client.get(f"/ocds/records/{ocid}.json").json()
    (found,) = package["records"]

    assert judge(shared_data, "record-package-schema")(package) == []
    assert found["ocid"] == ocid
    assert [release["id"] for release in found["releases"]] == [f"{ocid}-1", f"{ocid}-2"]
    assert found["compiledRelease"]["tag"] == ["compiled"]
    assert found["compiledRelease"]["tender"]["title"] == "Cleaning of four schools"


def test_a_record_that_is_not_there_is_missing(client):
    hidden = CallFactory(published=True, members_only=True)

    for ocid in ("nothing", f"testserver-{hidden.pk}"):
        assert client.get(f"/ocds/records/{ocid}.json").status_code == 404


# --- On the call's page -----------------------------------------------------------------------------------------------


def test_the_page_of_a_call_leads_to_its_open_data(client):
    call = released()
    page = client.get(call.get_absolute_url()).content.decode()

    assert f'href="/ocds/records/{call.releases.get().ocid}.json"' in page
    assert "/ocds/records/" not in client.get(CallFactory(published=True).get_absolute_url()).content.decode()


# --- How often --------------------------------------------------------------------------------------------------------


def test_whoever_asks_too_often_is_told_when_to_come_again(client):
    released()
    ocid = Release.objects.get().ocid
    asked = [client.get(address).status_code for address in [FEED, f"/ocds/records/{ocid}.json"] * 60]
    refused = client.get(FEED)

    assert asked == [200] * 120
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert refused["Access-Control-Allow-Origin"] == "*"
    assert "At most 120 requests in 60 seconds" in refused.json()["errors"]["rate"][0]
    # Another address on the network, and the file of all releases, are not concerned.
    assert client.get(FEED, REMOTE_ADDR="203.0.113.9").status_code == 200
    assert client.get(LINES).status_code == 200


def test_the_file_of_all_releases_is_there_thirty_times_an_hour(client):
    assert [client.get(LINES).status_code for _time in range(31)] == [200] * 30 + [429]


def test_every_address_of_the_open_data_is_in_measure(client):
    """With the count at its end, each of them refuses."""
    released()
    cache.clear()
    for what, _most, seconds in (("open-data", 120, 60), ("open-data-whole", 30, 3_600)):
        cache.set(f"restraint:{what}:127.0.0.1", 10_000, seconds)

    assert len(urls.urlpatterns) == 3
    for pattern in urls.urlpatterns:
        values = {"ocid": "nothing"} if "ocid" in str(pattern.pattern) else {}
        assert client.get(reverse(pattern.name, kwargs=values)).status_code == 429, pattern.name


def test_without_a_cache_nobody_is_refused(client, settings):
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1"}}
    released()

    assert [client.get(LINES).status_code for _time in range(31)] == [200] * 31
