"""Finding calls: words in any language, filters, states that follow the clock, and one stable order."""

import hashlib
from datetime import timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.calls.board import lexicon, plans
from marketplace.calls.board.models import CallRow
from marketplace.calls.board.permissions import Reader
from marketplace.calls.board.question import Question
from marketplace.calls.board.rows import refresh
from marketplace.calls.board.search import search
from marketplace.calls.models import Call
from suppliers.directory.lexicon import make_lexicon
from suppliers.directory.models import GUESSED_IN
from tests.factories.board import shown
from tests.factories.calls import minute
from tests.factories.directory import found_supplier

pytestmark = pytest.mark.django_db
NOBODY = Reader()


def found(reader=NOBODY, at=None, **asked):
    return [hit.call for hit in search(Question(**asked), reader, at=at).hits]


def counts(facet, **asked):
    return {each.value: each.count for each in search(Question(**asked), NOBODY).facets[facet]}


# --- Words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", ["office cleaning", "nettoyage", "Büroreinigung", "limpieza", "schoonmaak", "Burodienste ecoles"]
)
def test_a_call_is_found_in_the_languages_of_the_directory(words):
    french = shown(title="Propreté des écoles", description="Bürodienste", language="fr", lots__cpv=["90919200"])
    shown(title="Bread for canteens", description="Fresh every day.", lots__cpv=["15811000"])

    assert found(words=words) == [french.pk]


def test_words_of_a_language_that_no_label_is_kept_in_lead_over_the_bridge_and_the_page_can_say_so():
    call = shown(title="Bread for canteens", description="Fresh.", lots__cpv=["15811000"], lots__title="Bread")

    answer = search(Question(words="chleb"), NOBODY)

    assert [hit.call for hit in answer.hits] == [call.pk]
    assert {bridge.code[:4] for bridge in answer.bridges} == {"1581"}
    assert found(words="chleb", bridges=False) == []


def test_the_buyers_name_and_its_reference_find_a_call():
    call = shown(buyer__organisation__name="Northmoor Council", reference="NM-2026-044")
    shown()

    assert found(words="northmoor") == [call.pk]
    assert found(words="NM-2026-044") == [call.pk]


# --- States -----------------------------------------------------------------------------------------------------------


def test_the_state_follows_the_clock_to_the_microsecond():
    call = shown()
    at = call.response_deadline

    assert found(at=at - timedelta(microseconds=1)) == [call.pk]
    assert found(at=at) == []
    assert found(at=at, state="closed") == [call.pk]
    assert found(at=call.publish_at - timedelta(microseconds=1), state="all") == []
    assert found(at=call.publish_at) == [call.pk]


def test_every_published_call_is_in_exactly_one_state():
    calls = {
        "open": shown(),
        "closed": shown(closed=True),
        "cancelled": shown(cancelled=True),
        "awarded": shown(closed=True, awarded_at=timezone.now()),
        "unsuccessful": shown(closed=True, unsuccessful_at=timezone.now(), ended_because="Nobody answered."),
    }
    shown(withdrawn=True)

    by_state = {state: set(found(state=state)) for state in ("open", "closed", "awarded", "all")}

    assert by_state["open"] == {calls["open"].pk}
    assert by_state["awarded"] == {calls["awarded"].pk}
    assert by_state["closed"] == {calls[name].pk for name in ("closed", "cancelled", "unsuccessful")}
    assert by_state["all"] == {call.pk for call in calls.values()}
    assert search(Question(), NOBODY).states == {"open": 1, "closed": 3, "awarded": 1, "all": 5}


# --- Who finds what ---------------------------------------------------------------------------------------------------


def test_calls_for_members_are_found_by_members_and_by_their_buyer_alone():
    call = shown(members_only=True)

    assert found() == []
    assert counts("country") == {}
    assert found(Reader(is_member=True)) == [call.pk]
    assert found(Reader(buyers=[call.buyer_id])) == [call.pk]
    assert found(Reader(buyers=[call.buyer_id + 1])) == []


# --- Filters ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def three():
    return {
        "leeds": shown(authority=True, lots__regions=["UKE42"], lots__value_to=900_000, procedure="open"),
        "france": shown(
            language="fr",
            buyer__organisation__country="FR",
            lots__regions=["FR"],
            lots__cpv=["15811000"],
            lots__value_to=90_000_000,
        ),
        "quiet": shown(lots__regions=[], lots__cpv=["72000000"], route="portal", portal_url="https://x.example/1"),
    }


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"countries": ("FR",)}, {"france"}),
        ({"countries": ("FR", "GB")}, {"leeds", "france", "quiet"}),
        ({"regions": ("UKE4",)}, {"leeds"}),
        ({"regions": ("FRK2",)}, {"france"}),
        ({"regions": ("UK",)}, {"leeds", "quiet"}),
        ({"cpv": ("90000000",)}, {"leeds"}),
        ({"cpv": ("90911200", "15800000")}, {"leeds", "france"}),
        ({"buyers": ("contracting_authority",)}, {"leeds"}),
        ({"buyers": ("company",)}, {"france", "quiet"}),
        ({"procedures": ("open",)}, {"leeds"}),
        ({"values": ("10k",)}, {"leeds"}),
        ({"values": ("1000k",)}, {"france"}),
        ({"values": ("none",)}, {"quiet"}),
        ({"languages": ("fr",)}, {"france"}),
        ({"routes": ("portal",)}, {"leeds", "quiet"}),
        ({"routes": ("portal",), "buyers": ("company",)}, {"quiet"}),
        ({"words": "schools", "countries": ("FR",)}, {"france"}),
    ],
)
def test_each_filter_finds_what_it_names(three, asked, names):
    assert set(found(**asked)) == {three[name].pk for name in names}


def test_a_filter_that_is_on_counts_its_other_values_as_if_it_were_off(three):
    assert counts("country", countries=("FR",)) == {"FR": 1, "GB": 2}
    assert counts("buyer", countries=("FR",)) == {"company": 1}
    assert counts("value") == {"none": 1, "10k": 1, "1000k": 1}


def test_every_count_is_what_choosing_the_value_would_find(three):
    fields = {"country": "countries", "buyer": "buyers", "route": "routes", "value": "values", "language": "languages"}
    for facet, name in fields.items():
        for value, count in counts(facet).items():
            assert len(found(**{name: (value,)})) == count, (facet, value)


# --- Order and pages --------------------------------------------------------------------------------------------------


def sampled(count):
    """Numbers of calls that a guess counts."""
    hashed = ((number, int(hashlib.md5(str(number).encode()).hexdigest()[:2], 16)) for number in range(1, 10_000))
    return [number for number, bucket in hashed if bucket < GUESSED_IN][:count]


@pytest.fixture
def broad(monkeypatch):
    """As if twenty calls were more than can be counted."""
    monkeypatch.setattr(plans.plans.Guess, "is_surely_too_many", property(lambda guess: guess.fresh > 0))
    monkeypatch.setattr(plans.plans, "RANK_ALL", 0)


@pytest.fixture
def many():
    """Twenty calls in all states, with deadlines that are often the same."""
    random = Random(5)
    for number, pk in enumerate(sampled(20)):
        ahead = random.choice([-3, -2, -1, 1, 2, 3])
        fields = {"cancelled": True} if number % 7 == 3 else {"published": True}
        shown(
            pk=pk,
            response_deadline=minute(days=ahead),
            publish_at=minute(days=-30 - random.choice([0, 1])),
            announced_at=None,
            **fields,
        )


def in_order(state, sort):
    now = timezone.now()
    calls = list(Call.objects.all())
    if sort == "newest":
        return [call.pk for call in sorted(calls, key=lambda call: (call.publish_at, call.pk), reverse=True)]
    opened = sorted((call for call in calls if call.is_open(now)), key=lambda call: (call.response_deadline, call.pk))
    over = [call for call in calls if not call.is_open(now)]
    over.sort(key=lambda call: (call.response_deadline, call.pk), reverse=True)
    return [call.pk for call in {"open": opened, "closed": over, "all": opened + over}[state]]


@pytest.mark.parametrize("is_broad", [False, True])
@pytest.mark.parametrize(
    ("state", "sort"), [("open", "deadline"), ("closed", "deadline"), ("all", "deadline"), ("all", "newest")]
)
def test_pages_forward_and_back_show_each_call_once_and_in_order(many, state, sort, is_broad, request):
    if is_broad:
        request.getfixturevalue("broad")
    question = {"state": state, "sort": sort}
    forward, page = [], search(Question(**question), NOBODY, page_size=4)
    forward.append([hit.call for hit in page.hits])
    while page.next:
        page = search(Question(**question, after=page.next), NOBODY, page_size=4)
        forward.append([hit.call for hit in page.hits])
    back = [forward[-1]]
    while page.previous:
        page = search(Question(**question, after=page.previous), NOBODY, page_size=4)
        back.insert(0, [hit.call for hit in page.hits])

    assert [call for page in forward for call in page] == in_order(state, sort)
    assert back[0] == forward[0]
    assert {call for page in back for call in page} == {call for page in forward for call in page}


def test_more_calls_than_can_be_counted_are_told_by_a_fair_share(broad):
    for pk in sampled(12):
        shown(pk=pk)

    answer = search(Question(), NOBODY, page_size=5)

    assert answer.is_capped
    assert len(answer.hits) == 5


def test_a_position_that_nobody_wrote_begins_at_the_beginning_and_says_so():
    call = shown()

    answer = search(Question(after="WyJkIiwwXQ"), NOBODY)

    assert ([hit.call for hit in answer.hits], answer.notes) == ([call.pk], ["position"])


def test_rows_are_refreshed_by_the_hundred_as_one_by_one():
    calls = [shown(title=f"Call number {number}") for number in range(3)]
    before = list(CallRow.objects.order_by("call").values())
    CallRow.objects.all().delete()

    refresh([call.pk for call in calls])

    assert list(CallRow.objects.order_by("call").values()) == before


# --- Did you mean -----------------------------------------------------------------------------------------------------


@pytest.fixture
def written():
    """Words that firms write, for typing errors."""
    found_supplier("90911200", organisation__name="Atlas Propreté", summary="Cleaning of windows")
    make_lexicon()


def meant(reader=NOBODY, at=None, **asked):
    return search(Question(**asked), reader, at=at).did_you_mean


def test_a_typing_error_is_met_with_a_wording_that_finds_a_call(written):
    shown(title="Cleaning of schools")

    assert meant(words="clening") == "cleaning"
    assert search(Question(words="cleaning"), NOBODY).total == 1


def test_a_wording_that_firms_know_and_no_call_has_is_not_offered(written):
    shown(title="Bread for canteens", description="Fresh.", lots__cpv=["15811000"], lots__title="Bread")

    assert meant(words="windws") == ""
    assert meant(words="qqqqqqqq") == ""


def test_words_that_a_filter_leaves_without_a_call_are_well(written):
    shown(title="Quetzal of schools")

    assert meant(words="quetzal", countries=("FR",)) == ""
    assert meant(words="clening", countries=("FR",)) == "cleaning"


def test_what_is_over_is_no_wording_for_what_is_open(written):
    call = shown(title="Cleaning of schools")

    assert meant(words="clening", at=call.response_deadline) == ""
    assert meant(words="clening", at=call.response_deadline, state="closed") == "cleaning"


def test_a_misspelt_buyer_is_met_with_its_name_once_it_has_a_call_for_this_reader():
    shown(buyer__organisation__name="Northmoor Council", members_only=True)
    assert meant(words="Nortmoor Council") == ""
    assert meant(Reader(is_member=True), words="Nortmoor Council") == "Northmoor Council"
    shown(buyer__organisation__name="Quetzalcoatl Works", scheduled=True, published=False)
    assert meant(words="Quetzalcoat") == ""
    shown(buyer__organisation__name="Southmoor Council")
    assert meant(words="Southmor Council") == "Southmoor Council"


def test_a_page_that_found_something_asks_nothing_more(written, django_assert_num_queries, monkeypatch):
    shown(title="Cleaning of schools")
    search(Question(words="cleaning"), NOBODY)
    with CaptureQueriesContext(connection) as queries:
        search(Question(words="cleaning"), NOBODY)

    monkeypatch.setattr(lexicon, "did_you_mean", lambda *given: pytest.fail("asked"))
    with django_assert_num_queries(len(queries)):
        assert search(Question(words="cleaning"), NOBODY).total == 1
    with pytest.raises(pytest.fail.Exception, match="asked"):
        search(Question(words="clening"), NOBODY)


def test_the_page_offers_it_as_a_link_that_keeps_the_filters(client, written):
    shown(title="Cleaning of schools", buyer__organisation__country="GB")
    page = client.get("/calls/", {"q": "clening", "country": "GB"})

    assert "Did you mean" in page.content.decode()
    assert page.context["did_you_mean"] == "cleaning"
    assert client.get(page.context["did_you_mean_url"]).context["amount"] == '<strong class="number">1</strong> call'
    assert "Did you mean" not in client.get("/calls/", {"q": "cleaning"}).content.decode()
