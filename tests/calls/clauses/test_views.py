import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from marketplace.calls.clauses import actions
from marketplace.calls.clauses.models import Clause
from tests.calls.guards import change
from tests.factories.accounts import RepresentativeFactory
from tests.factories.buyers import BuyerFactory
from tests.factories.calls import CallFactory
from tests.factories.clauses import ChosenClauseFactory, ClauseFactory, ReadingFactory
from tests.factories.law import JurisdictionFactory

pytestmark = pytest.mark.django_db
UNREAD = "not yet reviewed by a lawyer"


@pytest.fixture
def leeds(amina):
    return BuyerFactory(organisation=amina.organisation, cleared=True)


def text(page):
    return page.content.decode()


# --- The library ------------------------------------------------------------------------------------------------------


def test_everybody_reads_the_library_and_each_clause_in_both_languages(client):
    page = text(client.get("/calls/clauses/"))
    assert page.count('<li class="clause">') == 12
    assert page.count(UNREAD) == 12

    for clause in Clause.objects.all():
        for prefix, language in (("", "en"), ("/fr", "fr")):
            answer = client.get(f"{prefix}/calls/clauses/{clause.code}/")
            assert answer.status_code == 200
            assert f"<title>{clause.titles[language]}" in text(answer).replace("&#x27;", "'")


def test_the_library_is_narrowed_by_law_and_stage_and_an_unknown_value_narrows_nothing(client):
    def shown(query):
        return text(client.get(f"/calls/clauses/?{query}")).count('<li class="clause">')

    assert shown("jurisdiction=fr") == 4
    assert shown("jurisdiction=uk&stage=performance_condition") == 2
    assert shown("jurisdiction=%00&stage=zzz") == 12
    Clause.objects.filter(jurisdiction__code="fr").update(retired_at=timezone.now())
    assert shown("jurisdiction=fr&stage=") == 8


def test_a_review_shows_with_its_name_and_day(client):
    clause = ClauseFactory(reviewed_by="Maître Roux, Lyon", reviewed_on="2026-05-04")
    page = text(client.get(clause.get_absolute_url()))

    assert "reviewed by Maître Roux, Lyon on" in page
    assert UNREAD not in page


def test_a_retired_clause_keeps_its_page_and_leaves_the_library(client):
    clause = ClauseFactory(retired_at=timezone.now())

    page = text(client.get(clause.get_absolute_url()))
    assert "no longer offered" in page
    assert 'content="noindex"' in page
    assert clause.get_absolute_url() not in text(client.get("/calls/clauses/"))
    assert client.get("/calls/clauses/none-such/").status_code == 404


def test_the_library_costs_the_same_with_more_clauses(client):
    def cost():
        client.get("/calls/clauses/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/calls/clauses/")
        return len(queries)

    before = cost()
    ClauseFactory.create_batch(5, jurisdiction=JurisdictionFactory(code="fr"))
    assert cost() == before


# --- Choosing ---------------------------------------------------------------------------------------------------------


def choice_page(call):
    return reverse("call-clauses", kwargs={"slug": call.slug})


def seen(page):
    return {"seen": page.context["form"]["seen"].value()}


def test_a_clause_is_chosen_with_the_buyers_words_and_shows_on_the_call(as_user, amina, leeds, client):
    call, clause = CallFactory(buyer=leeds), ClauseFactory()
    browser, address = as_user(amina), choice_page(call)
    data = seen(browser.get(address)) | {f"take_{clause.pk}": "on"}
    refused = browser.post(address, data)
    assert refused.status_code == 422
    assert "in your own words" in text(refused)
    assert not call.clauses.exists()

    assert browser.post(address, data | {f"link_{clause.pk}": "Cleaners are paid late."}).status_code == 302
    assert call.clauses.get().link_to_subject == "Cleaners are paid late."
    change(call, publish_at=timezone.now(), announced_at=timezone.now())
    page = text(client.get(call.get_absolute_url()))
    assert "Each invoice is paid within 30 days." in page
    assert "Cleaners are paid late." in page
    assert UNREAD in page


def test_only_clauses_of_the_calls_law_are_offered_to_an_authority(as_user, amina):
    buyer = BuyerFactory(organisation=amina.organisation, authority=True, cleared=True)
    call = CallFactory(buyer=buyer, jurisdiction=JurisdictionFactory(code="uk"))
    page = as_user(amina).get(choice_page(call))

    laws = {clause.jurisdiction.code for clause in page.context["form"].clauses}
    assert laws == {"uk"}
    foreign = Clause.objects.filter(jurisdiction__code="fr").first()
    sent = {f"take_{foreign.pk}": "on", f"link_{foreign.pk}": "Please."} | seen(page)
    as_user(amina).post(choice_page(call), sent)
    assert not call.clauses.exists()


def test_the_second_of_two_who_choose_sees_what_the_first_chose(as_user, amina, leeds):
    call, first, second = CallFactory(buyer=leeds), ClauseFactory(titles={"en": "Plain words"}), ClauseFactory()
    browser, address = as_user(amina), choice_page(call)
    old = seen(browser.get(address))
    actions.choose_clauses(call, [{"clause": first.pk, "link_to_subject": "Tenants read it."}], by=amina)
    page = browser.post(address, old | {f"take_{second.pk}": "on", f"link_{second.pk}": "Late pay."})

    assert page.status_code == 422
    assert "A colleague has chosen other clauses" in text(page)
    assert "Late pay." in text(page)
    assert [row.clause for row in call.clauses.all()] == [first]
    again = seen(page) | {f"take_{second.pk}": "on", f"link_{second.pk}": "Late pay."}
    assert browser.post(address, again).status_code == 302
    assert [row.clause for row in call.clauses.all()] == [second]


def test_a_published_call_shows_its_clauses_and_leads_to_an_amendment(as_user, amina, leeds):
    call = CallFactory(buyer=leeds, published=True)
    chosen = ChosenClauseFactory(call=call)
    browser = as_user(amina)
    page = text(browser.get(choice_page(call)))
    assert chosen.title in page
    assert reverse("call-amendment", kwargs={"slug": call.slug}) in page

    browser.post(choice_page(call), {"seen": "x"})
    assert call.clauses.count() == 1


# --- After the award --------------------------------------------------------------------------------------------------


def test_readings_are_recorded_by_the_buyer_and_read_by_everybody(as_user, amina, leeds, client):
    call = CallFactory(buyer=leeds, closed=True, awarded_at=timezone.now())
    call.lots.update(awarded_at=timezone.now())
    chosen = ChosenClauseFactory(call=call)
    browser, address = as_user(amina), reverse("clause-readings", kwargs={"slug": call.slug, "pk": chosen.pk})
    assert address in text(browser.get(reverse("call-desk", kwargs={"slug": call.slug})))
    wrong = browser.post(address, {"period_from": "2026-03-31", "period_until": "2026-01-01", "value": "17"})
    assert wrong.status_code == 422
    nothing = browser.post(address, {"period_from": "2026-01-01", "period_until": "2026-03-31"})
    assert nothing.status_code == 422

    said = {"period_from": "2026-01-01", "period_until": "2026-03-31", "value": "17.5", "words": "Two firms."}
    assert browser.post(address, said).status_code == 302
    for page in (browser.get(address), client.get(call.get_absolute_url())):
        assert "17.5" in text(page)
        assert "Two firms." in text(page)


def test_before_an_award_and_for_strangers_there_is_nothing_to_watch(as_user, amina, omar, stella, zed, leeds):
    early = ChosenClauseFactory(call=CallFactory(buyer=leeds, published=True))
    RepresentativeFactory(user=zed, organisation=amina.organisation, role="viewer")
    done = ReadingFactory(chosen__call=CallFactory(buyer=leeds, closed=True)).chosen
    done.call.lots.update(awarded_at=timezone.now())

    def status(who, chosen, method="get"):
        address = reverse("clause-readings", kwargs={"slug": chosen.call.slug, "pk": chosen.pk})
        return getattr(as_user(who), method)(address).status_code

    assert status(amina, early) == 404
    assert [status(who, done) for who in (amina, zed, omar, stella)] == [200, 200, 404, 404]
    assert status(zed, done, "post") == 403


def test_the_page_of_a_call_costs_the_same_with_one_clause_and_with_five(client):
    call = CallFactory(published=True)

    def cost(more):
        for chosen in ChosenClauseFactory.create_batch(more, call=call):
            ReadingFactory.create_batch(more, chosen=chosen)
        client.get(call.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            client.get(call.get_absolute_url())
        return len(queries)

    assert cost(1) == cost(4)


# --- Staff ------------------------------------------------------------------------------------------------------------


def test_staff_edit_review_and_retire(as_user, stella, amina):
    clause, browser = ClauseFactory(), as_user(stella)
    assert browser.get(reverse("clauses:index") + "?state=unread").status_code == 200
    assert as_user(amina).get(reverse("clauses:index")).status_code == 404
    press = reverse("clauses:press", args=[clause.pk, "review"])
    browser.post(press, {"reviewed_by": "Maître Roux", "reviewed_on": timezone.localdate(), "version": 1})
    clause.refresh_from_db()
    assert clause.is_reviewed

    edit = reverse("clauses:edit", args=[clause.pk])
    form = browser.get(edit).context["form"]
    data = {field.html_name: field.value() for field in form if field.value() is not None}
    assert browser.post(edit, data | {"texts_en": "Each invoice is paid within 20 days."}).status_code == 302
    clause.refresh_from_db()
    assert clause.texts["en"] == "Each invoice is paid within 20 days."
    assert not clause.is_reviewed
    browser.post(reverse("clauses:press", args=[clause.pk, "retire"]))
    clause.refresh_from_db()
    assert clause.retired_at
    assert browser.get(reverse("clauses:inspect", args=[clause.pk])).status_code == 200
