import time
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from suppliers.directory import patience, plans, rows, stored, tokens
from suppliers.directory.conditions import condition, stretch
from suppliers.directory.models import STRETCHES, SearchRow
from suppliers.directory.question import Question
from suppliers.directory.search import search
from suppliers.evidence.models import Certification, Scheme
from suppliers.models import Audience, Supplier
from suppliers.signals import tell_changed
from tests.factories.directory import found_supplier

pytestmark = pytest.mark.django_db


def found(**question):
    return [hit.supplier_id for hit in search(Question(**question)).hits]


def counts(answer, facet):
    return {each.value: each.count for each in answer.facets[facet]}


def walk(question, page_size):
    """All pages forward, then all of them backward."""
    pages, answer = [], search(question, page_size=page_size)
    while True:
        pages.append([hit.supplier_id for hit in answer.hits])
        if not answer.next:
            break
        answer = search(replace(question, after=answer.next), page_size=page_size)
    back = [pages[-1]]
    while answer.previous:
        answer = search(replace(question, after=answer.previous), page_size=page_size)
        back.insert(0, [hit.supplier_id for hit in answer.hits])
    return pages, back


# --- Words ------------------------------------------------------------------------------------------------------


def test_a_name_is_worth_more_than_a_service_and_a_service_more_than_a_text():
    text = found_supplier(summary="Marquees for weddings")
    service = found_supplier(("39522000", "Marquees"))
    name = found_supplier(organisation__name="Marquees of Leeds")

    answer = search(Question(words="marquees"))

    assert [hit.supplier_id for hit in answer.hits] == [name.pk, service.pk, text.pk]
    assert [hit.because for hit in answer.hits] == [["name"], ["service"], ["text"]]
    assert answer.total == 3


@pytest.mark.parametrize("words", ["proprete", "PROPRETÉ", "propreté!", "«Propreté»", "pro\x00preté", "propreté\ud800"])
def test_accents_capitals_and_signs_do_not_matter(words):
    supplier = found_supplier(organisation__name="Atlas Propreté")

    if "\x00" not in words:
        assert found(words=words) == [supplier.pk]
    else:
        assert found(words=words) == []


@pytest.mark.parametrize(("said", "language", "asked"), [
    ("We repair bicycles", "en", "repairing bicycle"),
    ("Réparation de portes", "fr", "réparations porte"),
    ("Reparaturen von Fahrrädern", "de", "Reparatur Fahrrad"),
    ("Reparaciones de bicicletas", "es", "reparación bicicleta"),
])  # fmt: skip
def test_inflected_words_are_found_in_their_language(said, language, asked):
    supplier = found_supplier(summary=said, summary_language=language)

    assert found(words=asked, bridges=False) == [supplier.pk]


def test_quoted_words_stand_together_and_refused_ones_nowhere():
    near = found_supplier(summary="green roof gardens")
    far = found_supplier(summary="gardens with a green fence and a roof")

    assert found(words='"green roof"') == [near.pk]
    assert found(words="gardens -fence") == [near.pk]
    assert set(found(words="gardens")) == {near.pk, far.pk}
    assert set(found(words="-gardens")) == {near.pk, far.pk}


def test_only_signs_ask_for_nothing_in_particular():
    supplier = found_supplier("90911200")

    assert found(words="!?… -- ''") == [supplier.pk]


def test_words_beyond_two_hundred_signs_are_noted():
    assert search(Question(words="a" * 201)).notes == ["words-too-long"]
    assert search(Question(words="a" * 200)).notes == []


# --- Filters ----------------------------------------------------------------------------------------------------


def test_a_code_finds_what_lies_below_it_and_no_neighbour():
    below = found_supplier("30121100")
    found_supplier("31121100")

    assert found(cpv=("30000000",)) == [below.pk]
    assert found(cpv=("30121100",)) == [below.pk]
    assert found(cpv=("30121200",)) == []


def test_regions_are_answered_from_above_and_below():
    country = found_supplier(regions=["UK"])
    county = found_supplier(regions=["UKE4"])
    europe = found_supplier(serves_europe=True)
    found_supplier(regions=["UKD"])
    found_supplier(regions=["FR"])

    assert set(found(regions=("UKE4",))) == {country.pk, county.pk, europe.pk}
    assert set(found(regions=("UKE42",))) == {country.pk, county.pk, europe.pk}
    assert len(found(regions=("UK",))) == 4


def test_values_of_one_filter_widen_and_filters_narrow():
    first = found_supplier(size_band="micro", languages=["tr", "en"], organisation__country="GB")
    second = found_supplier(size_band="small", languages=["en"], organisation__country="FR")
    found_supplier(size_band="medium", languages=["en"], organisation__country="FR")

    assert set(found(sizes=("micro", "small"))) == {first.pk, second.pk}
    assert found(sizes=("micro", "small"), countries=("FR",)) == [second.pk]
    assert found(languages=("tr",)) == [first.pk]


def test_capacity_is_at_least_so_much():
    supplier = found_supplier(largest_contract=30_000_000, largest_contract_currency="EUR", turnover_band="2m")

    assert found(capacity=250_000, turnovers=("2m",)) == [supplier.pk]
    assert found(capacity=1_000_000) == []
    assert search(Question(capacity=9_000_000)).notes == ["capacity:9000000"]


def test_unknown_codes_are_passed_over_and_noted():
    supplier = found_supplier("90911200")

    answer = search(Question(cpv=("00000001", "x"), regions=("ZZ9",)))

    assert [hit.supplier_id for hit in answer.hits] == [supplier.pk]
    assert answer.notes == ["cpv:00000001", "cpv:x", "region:ZZ9"]


def test_profiles_for_members_are_found_by_members():
    public = found_supplier("90911200")
    closed = found_supplier("90911200", audience=Audience.MEMBERS)

    assert found() == [public.pk]
    assert found(words="cleaning") == [public.pk]
    assert search(Question()).total == 1
    assert set(found(is_member=True)) == {public.pk, closed.pk}


def test_what_hides_itself_is_gone_at_the_next_question():
    supplier = found_supplier("90911200")

    with transaction.atomic():
        Supplier.objects.filter(pk=supplier.pk).update(hidden_at=timezone.now())
        tell_changed(supplier)

    assert found(words="cleaning") == []


# --- Evidence ---------------------------------------------------------------------------------------------------


@pytest.fixture
def certified():
    supplier, today = found_supplier("90911200"), timezone.localdate()
    scheme = Scheme.objects.create(name="MSDUK", slug="msduk", issuer="MSDUK")
    Certification.objects.create(
        supplier=supplier, scheme=scheme, tier="certified", number="1", published_at=timezone.now(),
        valid_from=today - timedelta(days=5), valid_until=today,
    )  # fmt: skip
    rows.refresh([supplier.pk])
    found_supplier("90911200")
    return supplier


def test_evidence_narrows_only_for_those_who_may_see_it(certified):
    assert found(tiers=("certified",), sees_evidence=True) == [certified.pk]
    assert found(schemes=("msduk",), sees_evidence=True) == [certified.pk]
    assert found(schemes=("other",), sees_evidence=True) == []
    assert len(found(tiers=("certified",), schemes=("msduk",))) == 2


def test_evidence_is_counted_only_for_those_who_may_see_it(certified):
    seen, hidden = search(Question(sees_evidence=True)), search(Question(tiers=("certified",)))

    assert counts(seen, "tier") == {"certified": 1}
    assert counts(seen, "scheme") == {"msduk": 1}
    assert "tier" not in hidden.facets
    assert "scheme" not in hidden.facets


def test_evidence_never_moves_anybody(certified):
    assert found(sees_evidence=True) == found()
    assert found(words="cleaning", sees_evidence=True) == found(words="cleaning")


def test_a_paper_that_ended_yesterday_is_not_found_even_before_the_clock_has_run(certified):
    SearchRow.objects.update(good_until=timezone.localdate() - timedelta(days=1))

    assert found(tiers=("certified",), sees_evidence=True) == []
    assert len(found()) == 2


# --- Facets -----------------------------------------------------------------------------------------------------


def test_facets_count_what_was_found():
    found_supplier("90911200", regions=["UKE4"], size_band="micro", languages=["en", "tr"])
    found_supplier("90911200", "79530000", regions=["UKE", "UKD"], size_band="micro", languages=["en"])

    answer = search(Question())

    assert counts(answer, "cpv") == {"90000000": 2, "79000000": 1}
    assert counts(answer, "region") == {"UKE": 2, "UKD": 1}
    assert counts(answer, "size") == {"micro": 2}
    assert counts(answer, "language") == {"en": 2, "tr": 1}
    assert counts(answer, "country") == {"GB": 2}
    assert not answer.facets_are_capped


def test_a_region_counts_those_who_serve_its_country_or_all_of_europe_once():
    found_supplier(regions=["UKE4"])
    found_supplier(regions=["UK", "UKE4"])
    found_supplier(serves_europe=True, regions=["UKE4"])

    assert counts(search(Question()), "region")["UKE"] == 3
    assert search(Question(regions=("UKE",))).total == 3


def test_below_a_chosen_code_its_children_are_counted():
    found_supplier("90911200", "90911300")
    found_supplier("90919200")

    answer = search(Question(cpv=("90910000",)))

    assert counts(answer, "cpv") == {"90910000": 2, "90911000": 1, "90919000": 1}


def test_chosen_values_are_always_among_the_counted():
    found_supplier(regions=["UKE4"])

    answer = search(Question(regions=("UKE4",), countries=("GB",), sizes=("small",), capacity=10_000))
    alone = search(Question(regions=("UKE4",)))
    two = search(Question(regions=("UKE42", "FRK26")))

    assert (counts(answer, "size")["small"], counts(answer, "capacity")["10000"]) == (0, 0)
    assert counts(alone, "region") == {"UKE": 1, "UKE4": 1}
    assert counts(two, "region") == {"UKE": 1, "UKE42": 1, "FRK26": 0}


def test_at_most_twelve_values_the_most_frequent_first():
    for number, code in enumerate(("FR", "FR", "GB", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES")):
        found_supplier(organisation__country=code, slug=f"s{number}")

    values = search(Question()).facets["country"]

    assert len(values) == 12
    assert (values[0].value, values[0].count) == ("FR", 2)


# --- Order and pages --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sort", ["relevance", "confirmed", "name"])
@pytest.mark.parametrize("words", ["", "cleaning"])
@pytest.mark.parametrize(("page_size", "number"), [(3, 7), (3, 6), (10, 4)])
def test_pages_show_everybody_once_forward_and_backward(sort, words, page_size, number):
    today = timezone.localdate()
    for place in range(number):
        found_supplier("90911200", confirmed_on=today - timedelta(days=200 * (place % 4)))

    pages, back = walk(Question(words=words, sort=sort), page_size)

    seen = [pk for page in pages for pk in page]
    assert sorted(seen) == sorted(Supplier.objects.values_list("pk", flat=True))
    assert {len(page) for page in pages[:-1]} <= {page_size}
    assert back == pages


@pytest.mark.parametrize("words", ["", "cleaning"])
@pytest.mark.parametrize("is_broad", [True, False])
def test_many_results_are_gone_through_in_blocks(monkeypatch, words, is_broad):
    """Both plans for many rows, with few."""
    today = timezone.localdate()
    for place in range(12):
        found_supplier("90911200", confirmed_on=today - timedelta(days=400 * (place % 2)))
    stale = set(SearchRow.objects.filter(is_stale=True).values_list("pk", flat=True))

    monkeypatch.setattr(plans, "plan", lambda guess, week: _plan(week, is_broad=is_broad))
    pages, back = walk(Question(words=words), 5)

    seen = [pk for page in pages for pk in page]
    assert len(seen) == len(set(seen)) == 12
    assert set(seen[6:]) == stale
    assert back == pages


def _plan(week, is_broad):
    return plans.Plan(plans.Order(week, 64, 128), is_broad=is_broad)


@pytest.mark.parametrize(
    ("found", "buckets", "expected"),
    [
        (68, 2, (False, False)),
        (70, 2, (True, False)),
        (114, 2, (True, False)),
        (116, 2, (False, True)),
        (1_214, 32, (False, False)),
        (1_398, 32, (True, False)),
        (1_399, 32, (False, True)),
    ],
)
def test_near_the_most_that_is_counted_a_guess_asks_for_a_closer_look(found, buckets, expected):
    guess = plans.Guess("", found, 0, found, buckets)

    assert (guess.is_open, guess.is_surely_too_many) == expected


def test_questions_that_the_index_answers_alike_are_guessed_by_one_look():
    asked = condition(Question(sizes=("small",), countries=("GB",), cpv=("90911200",)), {})

    def looks():
        return plans.guess({"": asked, "size": asked.without("size")}).count("directory_searchrow")

    assert looks() == 2
    asked.common |= {"size", "country"}
    assert looks() == 1


def test_the_same_question_finds_the_same_in_the_same_order():
    for _ in range(9):
        found_supplier("90911200")

    assert found(words="cleaning") == found(words="cleaning")


def test_equals_take_turns_week_by_week(monkeypatch):
    pks = {found_supplier("90911200").pk for _ in range(4)}
    first = set()
    for week in range(60):
        monkeypatch.setattr(plans, "week_of", lambda day, week=week: week)
        first.add(found(words="cleaning")[0])

    assert first == pks


def test_a_visit_keeps_its_order_when_the_week_turns(monkeypatch):
    for _ in range(9):
        found_supplier("90911200")
    begun = search(Question(), page_size=4)

    monkeypatch.setattr(plans, "week_of", lambda day: begun_week + 1)
    begun_week = 105_000
    second = search(Question(after=begun.next), page_size=4)
    third = search(Question(after=second.next), page_size=4)

    seen = [hit.supplier_id for answer in (begun, second, third) for hit in answer.hits]
    assert len(set(seen)) == 9


def test_among_equals_the_confirmed_come_before_the_stale():
    stale = [found_supplier("90911200").pk for _ in range(3)]
    fresh = [found_supplier("90911200", confirmed_on=timezone.localdate()).pk for _ in range(3)]

    assert set(found(words="cleaning")[:3]) == set(fresh)
    assert set(found()[3:]) == set(stale)


def test_an_incomplete_profile_is_not_pushed_down():
    bare = found_supplier(organisation__name="Zircon Bare")
    full = found_supplier(organisation__name="Zircon Full", size_band="micro", turnover_band="2m", founded_year=1999)

    points = {hit.supplier_id: hit.score for hit in search(Question(words="zircon")).hits}

    assert points[bare.pk] == points[full.pk]


def test_sorting_by_confirmation_and_by_name():
    today = timezone.localdate()
    old = found_supplier(organisation__name="Éclair", confirmed_on=today - timedelta(days=9))
    never = found_supplier(organisation__name="atlas")
    new = found_supplier(organisation__name="Zenith", confirmed_on=today)

    assert found(sort="confirmed") == [new.pk, old.pk, never.pk]
    assert found(sort="name") == [never.pk, old.pk, new.pk]
    assert found(sort="nonsense") == found()


@pytest.mark.parametrize("after", ["x", "WyJyIl0", "é" * 300, "[" * 200])
def test_a_broken_position_is_the_first_page_with_a_note(after):
    supplier = found_supplier("90911200")

    answer = search(Question(after=after))

    assert [hit.supplier_id for hit in answer.hits] == [supplier.pk]
    assert answer.notes == ["position"]


# --- Cost -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question",
    [
        Question(),
        Question(words="cleaning offices"),
        Question(words="cleaning", countries=("GB",), cpv=("90000000",), sizes=("micro",), sort="name"),
    ],
)
def test_a_page_costs_the_same_few_statements_for_one_result_as_for_many(question):
    def statements():
        search(question)
        with CaptureQueriesContext(connection) as captured:
            search(question)
        return len(captured)

    found_supplier("90919200", size_band="micro", organisation__country="GB")
    one = statements()
    for _ in range(5):
        found_supplier("90919200", size_band="micro", organisation__country="GB")

    # One of them undoes the settings, which only a test's open transaction makes necessary.
    assert statements() <= one <= 5


def test_a_search_that_takes_too_long_is_given_up_with_a_note(monkeypatch):
    found_supplier("90911200")
    monkeypatch.setattr(plans, "ASKED", plans.ASKED.replace("SELECT dir", "SELECT pg_sleep(60), dir"))
    monkeypatch.setattr(patience, "PATIENCE", 0.2)
    started = time.monotonic()

    answer = search(Question(words="cleaning"))

    assert answer.notes == ["timeout"]
    assert time.monotonic() - started < 10
    assert SearchRow.objects.count() == 1


def test_the_open_page_of_a_large_directory_reads_stored_figures(monkeypatch):
    monkeypatch.setattr(stored, "LARGE", 0)
    for _ in range(3):
        found_supplier("90911200", audience=Audience.EVERYBODY)
    found_supplier("90911200", audience=Audience.MEMBERS)
    stored.take_figures(timezone.now())
    found_supplier("45000000")

    answer, member = search(Question()), search(Question(is_member=True))

    assert (answer.total, member.total) == (3, 4)
    assert counts(answer, "cpv") == {"90000000": 3}
    assert not answer.is_capped
    assert len(answer.hits) == 4


def test_figures_are_taken_once_an_hour():
    from suppliers.directory import due

    found_supplier("90911200")
    now = timezone.now()

    assert due.renew_figures(now) > 0
    assert due.renew_figures(now + timedelta(minutes=59)) == 0
    assert due.renew_figures(now + timedelta(minutes=61)) > 0


def test_common_filters_are_looked_up_in_the_row_with_the_same_answer(monkeypatch):
    first = found_supplier("90911200", size_band="micro", organisation__country="GB")
    found_supplier("90911200", size_band="small", organisation__country="GB")
    found_supplier("90911200", size_band="micro", organisation__country="FR")
    asked = {"words": "cleaning", "sizes": ("micro",), "countries": ("GB",), "cpv": ("90000000",)}
    before = found(**asked)

    monkeypatch.setattr("suppliers.directory.conditions.COMMON", 0.0)

    assert found(**asked) == before == [first.pk]


@pytest.mark.parametrize("share", [range(32), range(16, 48), range(240, 272), range(60, 130)])
@pytest.mark.parametrize("words", ["", "cleaning"])
def test_the_index_of_a_part_and_that_of_all_answer_alike(monkeypatch, share, words):
    """Shares that lie in one stretch, over the edge of two, over the end of all, and in too many."""
    for place in range(60):
        found_supplier("90911200", confirmed_on=timezone.localdate() - timedelta(days=400 * (place % 2)))
    buckets = [bucket % 256 for bucket in share]
    slots = [tokens.slot(bucket, is_stale=is_stale) for bucket in buckets for is_stale in (False, True)]
    monkeypatch.setattr(
        plans, "plan", lambda guess, week: plans.Plan(plans.Order(week, 0, 0), True, slots, frozenset(buckets))
    )
    lying = SearchRow.objects.filter(bucket__in=buckets).count()

    answer = search(Question(words=words), page_size=60)
    monkeypatch.setattr(plans, "FEW_STRETCHES", 0)
    of_all = search(Question(words=words), page_size=60)

    assert len(answer.hits) == lying
    assert {hit.supplier_id for hit in answer.hits} == {hit.supplier_id for hit in of_all.hits}
    assert counts(answer, "cpv") == counts(of_all, "cpv")


@pytest.mark.parametrize("number", range(STRETCHES))
def test_a_stretch_is_asked_in_the_words_of_its_index(number):
    """Else PostgreSQL would not know that the index may answer."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("DROP INDEX directory_row_search, directory_row_guess")
        asked = f"{stretch(number)} AND row.text @@ 'cleaning'::tsquery"
        cursor.execute(f"EXPLAIN SELECT FROM directory_searchrow AS row WHERE {asked}")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert f"Bitmap Index Scan on {f'directory_row_stretch_{number}' if number else 'directory_row_sample'}" in plan


def test_shares_of_a_sample_are_told_as_of_all(monkeypatch):
    for number in range(40):
        found_supplier("90911200", size_band="micro" if number % 2 else "small")
    monkeypatch.setattr(plans, "plan", lambda guess, week: plans.Plan(plans.Order(week, 0, 0), every=2))

    answer = search(Question())

    assert answer.total == 40
    assert answer.facets_are_capped
    assert counts(answer, "cpv") == {"90000000": 40}
    assert sum(counts(answer, "size").values()) == pytest.approx(40, abs=1)


def test_more_than_can_be_counted_is_said_so(monkeypatch):
    for _ in range(4):
        found_supplier("90911200")
    monkeypatch.setattr(plans, "MOST_COUNTED", 3)

    answer = search(Question(words="cleaning"))

    assert (answer.total, answer.is_capped, answer.facets_are_capped) == (3, True, True)


@pytest.mark.parametrize("found_in_sample", [0, 7, 15, 16, 60, 114, 115, 400, 900, 7_000])
def test_every_plan_has_blocks_that_hold_each_slot_once(found_in_sample):
    plan = plans.plan(plans.Guess("", found_in_sample, found_in_sample // 3, found_in_sample * 4 // 3), 105_700)

    slots = [slot for block in range(plan.blocks) for slot in plans.slots(plan.order, block)]
    assert len(slots) == len(set(slots)) == (512 if plan.order.fresh else 0)
    assert bool(plan.share) == plan.is_broad
    assert len(plan.share) <= 64
