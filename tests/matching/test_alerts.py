from datetime import UTC, datetime, timedelta

import pytest

from marketplace.accounts.models import Representative
from marketplace.matching.alerts import send_alerts
from marketplace.matching.models import SavedSearch
from marketplace.matching.rhythms import next_moment
from suppliers.directory import rows
from suppliers.models import Supplier
from tests.factories.billing import GrantFactory
from tests.factories.matching import SavedSearchFactory
from tests.introductions.test_comparison import certify

pytestmark = pytest.mark.django_db
#: A Saturday evening; the mornings of Sunday and Monday follow.
SAVED = datetime(2026, 11, 21, 18, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 22, 7, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 7, tzinfo=UTC)


def keep(person, query="q=bread", **fields):
    said = {"alert": "daily", "seen_until": SAVED} | fields
    moment = next_moment(said["alert"], person.time_zone, SAVED)
    return SavedSearchFactory(
        organisation=person.organisation, owner=person, query=query, **({"next_at": moment} | said)
    )


def join(supplier, at=SAVED + timedelta(hours=1)):
    Supplier.objects.filter(pk=supplier.pk).update(listed_at=at)


def test_one_mail_tells_of_new_firms_for_all_searches_of_a_person(omar, listed, mails):
    keep(omar, name="Bakers")
    keep(omar, query="cpv=90911200", name="Cleaners")
    keep(omar, query="q=violins", name="Violins")
    old = listed("Old bread")
    join(old, SAVED - timedelta(hours=1))
    for supplier in (listed("New bread"), listed("Spotless", offers=["90911200"])):
        join(supplier)

    assert send_alerts(SUNDAY) == 1

    ((name, context),) = mails(omar.email)
    assert name == "alert_digest"
    (firms,) = context["sections"]
    assert [(search["name"], search["number"]) for search in firms["searches"]] == [("Bakers", 1), ("Cleaners", 1)]
    assert [firm["name"] for search in firms["searches"] for firm in search["firms"]] == ["New bread", "Spotless"]
    assert (firms["number"], context["because"]) == (2, ["Bakers", "Cleaners"])
    assert firms["searches"][0]["link"].endswith("/fr/suppliers/?q=bread")
    assert set(SavedSearch.objects.filter(told_at=SUNDAY).values_list("name", flat=True)) == {"Bakers", "Cleaners"}
    assert "/searches/stop/" in context["stop_url"]


def test_run_again_it_tells_nothing_twice(omar, listed, mails):
    keep(omar)
    join(listed("New bread"))

    assert [send_alerts(SUNDAY), send_alerts(SUNDAY), send_alerts(MONDAY)] == [1, 0, 0]
    assert len(mails(omar.email)) == 1


def test_nothing_new_is_no_mail(omar, listed, mails):
    keep(omar)
    join(listed("Violins only"))

    assert send_alerts(SUNDAY) == 0
    assert mails(omar.email) == []
    assert SavedSearch.objects.get().next_at == SUNDAY.replace(day=23, hour=6)


def test_a_weekly_search_waits_for_monday(omar, listed):
    keep(omar, alert="weekly")
    join(listed("New bread"))

    assert [send_alerts(SUNDAY), send_alerts(MONDAY)] == [0, 1]


def test_without_an_alert_nothing_is_sent(omar, listed):
    keep(omar, alert="none")
    join(listed("New bread"))

    assert send_alerts(MONDAY) == 0


def test_before_the_round_nothing_is_sent(omar, listed):
    keep(omar)
    join(listed("New bread"))

    assert send_alerts(SUNDAY.replace(hour=5, minute=59)) == 0


def test_while_an_address_is_unverified_alerts_wait_and_are_not_lost(omar, listed, mails):
    keep(omar)
    join(listed("New bread"))
    omar.emailaddress_set.update(verified=False)

    assert send_alerts(SUNDAY) == 0
    omar.emailaddress_set.update(verified=True)
    assert send_alerts(MONDAY) == 1
    assert mails(omar.email)[0][1]["sections"][0]["searches"][0]["firms"][0]["name"] == "New bread"


def test_who_no_longer_acts_for_the_organisation_hears_nothing(omar, listed):
    keep(omar)
    join(listed("New bread"))
    Representative.objects.filter(user=omar).delete()

    assert send_alerts(SUNDAY) == 0


def test_a_person_who_was_shut_out_hears_nothing(omar, listed):
    keep(omar)
    join(listed("New bread"))
    type(omar).objects.update(is_active=False)

    assert send_alerts(SUNDAY) == 0


def test_a_firm_that_hid_itself_again_is_no_news(omar, listed):
    keep(omar)
    supplier = listed("New bread")
    join(supplier)
    Supplier.objects.filter(pk=supplier.pk).update(hidden_at=SUNDAY)
    rows.refresh([supplier.pk])

    assert send_alerts(SUNDAY) == 0


def test_firms_for_members_are_news_for_members_alone(omar, amina, listed, mails):
    for person in (omar, amina):
        keep(person)
    GrantFactory(organisation=omar.organisation)
    join(listed("New bread", audience="members"))

    assert send_alerts(SUNDAY) == 1
    assert mails(amina.email) == []


def test_evidence_lapses_with_the_entitlement_and_never_counts_for_an_authority(omar, amina, company, city, listed):
    for person in (omar, amina):
        keep(person, query="tier=certified")
    certified, plain = listed("Certified bread"), listed("Plain bread")
    certify(certified)
    rows.refresh([certified.pk])
    for supplier in (certified, plain):
        join(supplier)

    assert send_alerts(SUNDAY) == 2

    found = {message.to: number_in(message) for message in sent()}
    assert found == {omar.email: 1, amina.email: 2}
    omar.organisation.grants.all().delete()
    SavedSearch.objects.update(next_at=SAVED, seen_until=SAVED)
    send_alerts(SUNDAY)
    assert number_in(sent().filter(to=omar.email).latest("pk")) == 2


def sent():
    from marketplace.core.models import OutboxMessage

    return OutboxMessage.objects.filter(template="matching/email/alert_digest")


def number_in(message):
    return message.context["sections"][0]["number"]


def test_a_firm_whose_listing_is_only_now_settling_is_told_in_the_next_round(omar, listed):
    keep(omar)
    join(listed("New bread"), SUNDAY - timedelta(minutes=1))

    assert [send_alerts(SUNDAY), send_alerts(MONDAY)] == [0, 1]


def test_a_mail_names_five_firms_and_says_how_many_there_are(omar, listed):
    keep(omar)
    for number in range(7):
        join(listed(f"Bread {number}"))

    send_alerts(SUNDAY)

    (search,) = sent().get().context["sections"][0]["searches"]
    assert (search["number"], len(search["firms"])) == (7, 5)


def test_so_many_people_at_once_and_the_others_next(omar, amina, listed, monkeypatch):
    from marketplace.matching import alerts

    monkeypatch.setattr(alerts, "BY_THE_CLOCK", 1)
    for person in (omar, amina):
        keep(person)
    join(listed("New bread"))

    assert [send_alerts(SUNDAY), send_alerts(SUNDAY), send_alerts(SUNDAY)] == [1, 1, 0]


def test_one_persons_trouble_keeps_no_other_mail_back_and_is_reported(omar, amina, listed, mails):
    for person in (omar, amina):
        keep(person)
    type(omar).objects.filter(pk=omar.pk).update(email="no address")
    omar.emailaddress_set.update(email="no address")
    join(listed("New bread"))

    with pytest.raises(ExceptionGroup):
        send_alerts(SUNDAY)

    assert len(mails(amina.email)) == 1
    assert SavedSearch.objects.get(owner=omar).seen_until == SAVED


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_mail_can_be_read_as_text_and_as_html(omar, listed, language):
    from marketplace.core.delivery import compose

    type(omar).objects.update(language=language)
    keep(omar, name="Bread & roses")
    join(listed("O'Bread <b>"))
    send_alerts(SUNDAY)

    mail = compose(sent().get())

    assert "O'Bread <b>" in mail.body
    assert "/searches/stop/" in mail.body
    assert "O&#x27;Bread &lt;b&gt;" in mail.alternatives[0].content
