from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from suppliers.models import Supplier
from suppliers.review import actions
from suppliers.review.models import PageReport, Verdict
from tests.factories.accounts import UserFactory
from tests.factories.review import PageReportFactory, ReadySupplierFactory, VerdictFactory

pytestmark = pytest.mark.django_db
LIST = "/staff/supplier-review/"


@pytest.fixture
def nora(db):
    """Works for the organisation without being a superuser."""
    user = UserFactory(email="nora@tessera.example", full_name="Nora Lind", is_staff=True, totp=True)
    user.groups.add(Group.objects.get(name="Staff"))
    return user


@pytest.fixture
def desk(as_user, nora):
    return as_user(nora)


@pytest.fixture
def waiting(omar):
    return ReadySupplierFactory(waiting=True, organisation=omar.organisation, slug="atlas", version=3)


def page(response):
    return response.content.decode()


def test_the_queue_comes_first_and_the_promised_day_leads_it(desk):
    now = timezone.now()
    new, old = (
        ReadySupplierFactory(submitted_at=now - timedelta(days=days), organisation__name=f"Sent {days} days ago")
        for days in (1, 20)
    )
    ReadySupplierFactory(listed=True, organisation__name="Listed")

    queue = desk.get(LIST)

    assert list(queue.context["object_list"]) == [old, new]
    assert page(queue).count(", overdue") == 1
    assert list(desk.get(LIST, {"standing": "overdue"}).context["object_list"]) == [old]
    assert len(desk.get(LIST, {"standing": ""}).context["object_list"]) == 3
    assert [str(row) for row in desk.get(LIST, {"q": "LISTED"}).context["object_list"]] == ["Listed"]


@pytest.mark.parametrize("standing", ["waiting", "overdue", "listed", "hidden", "suspended", "answered", "draft", "x"])
def test_every_standing_can_be_looked_up(desk, waiting, standing):
    assert desk.get(LIST, {"standing": standing}).status_code == 200


def test_the_desk_counts_what_waits_and_alarms_for_what_is_late(desk):
    ReadySupplierFactory(submitted_at=timezone.now() - timedelta(days=20))
    PageReportFactory()
    PageReportFactory(created_at=timezone.now() - timedelta(days=6))

    home = page(desk.get("/staff/"))

    for words in ("Suppliers whose review is overdue", "waited for over five days", "Reports of pages to answer"):
        assert words in home
    assert home.index("Suppliers whose review is overdue") < home.index("Suppliers waiting for their review")


def test_the_page_shows_the_profile_and_what_has_changed_since(desk, waiting, stella):
    actions.ask_supplier(waiting, words="Which offices?", by=stella)
    Supplier.objects.update(submitted_at=timezone.now(), summary="We clean offices in Leeds.")

    shown = page(desk.get(f"{LIST}inspect/{waiting.pk}/"))

    changed = shown[shown.index("Changed since") : shown.index("The profile")]
    assert "We clean offices before eight." in changed
    assert "We clean offices in Leeds." in changed
    assert "Which offices?" in shown
    assert "Office cleaning services" in shown or "90911200" in shown


def test_approving_takes_one_press_of_what_was_looked_at(desk, client, waiting, nora):
    address = f"{LIST}{waiting.pk}/approve/"
    assert 'name="version" value="3"' in page(desk.get(f"{LIST}inspect/{waiting.pk}/"))

    for stale in ({}, {"version": "2"}, {"version": "x"}, {"version": "9" * 40}):
        assert "Look at it again" in page(desk.post(address, stale, follow=True))
    assert client.get("/suppliers/atlas/").status_code == 404
    desk.post(address, {"version": "3"})

    assert client.get("/suppliers/atlas/").status_code == 200
    assert Verdict.objects.get().decided_by == nora
    assert "does not wait for a review" in page(desk.post(address, {"version": "3"}, follow=True))


@pytest.mark.parametrize(("name", "kind"), [("ask", "asked"), ("refuse", "refused")])
def test_words_are_asked_for_on_a_page_of_their_own(desk, waiting, name, kind):
    address = f"{LIST}{waiting.pk}/{name}/"
    form = desk.get(address, {"version": "3"})
    assert form.status_code == 200
    assert 'name="version" value="3"' in page(form)

    empty = desk.post(address, {"version": "3", "words": " "})
    assert empty.status_code == 422
    long = desk.post(address, {"version": "3", "words": "y" * 2001})
    assert long.status_code == 422
    assert "y" * 2001 in page(long)
    assert not Verdict.objects.exists()

    assert desk.post(address, {"version": "3", "words": "Which offices?"}).status_code == 302
    assert (Verdict.objects.get().kind, Verdict.objects.get().words) == (kind, "Which offices?")


def test_forms_of_the_desk_are_for_staff_alone(as_user, client, omar, waiting):
    address = f"{LIST}{waiting.pk}/refuse/"

    assert client.get(address).status_code == 302
    assert as_user(omar).get(address).status_code == 404
    assert as_user(omar).post(address, {"words": "No."}).status_code == 404
    assert not Verdict.objects.exists()


def test_a_profile_is_taken_off_kept_off_and_put_back_at_the_desk(desk, client, omar):
    supplier = ReadySupplierFactory(listed=True, organisation=omar.organisation, slug="atlas")
    address = f"{LIST}{supplier.pk}"
    desk.post(f"{address}/suspend/", {"words": "The picture is not yours."})
    assert client.get("/suppliers/atlas/").status_code == 404
    assert "Keep it off" not in page(desk.get(f"{LIST}inspect/{supplier.pk}/"))

    actions.answer_suspension(supplier, answer="I took it myself.", by=omar)
    assert "Keep it off" in page(desk.get(f"{LIST}inspect/{supplier.pk}/"))
    assert list(desk.get(LIST, {"standing": "answered"}).context["object_list"]) == [supplier]
    desk.post(f"{address}/uphold/", {"words": "Show us the original."})
    desk.post(f"{address}/lift/", {"words": ""})

    assert client.get("/suppliers/atlas/").status_code == 200
    assert [row.kind for row in Verdict.objects.order_by("pk")] == ["suspended", "suspended", "lifted"]


def test_a_report_is_answered_at_the_desk(desk, nora):
    report = PageReportFactory(email="reader@x.example")
    address = f"/staff/page-reports/{report.pk}/answer/"

    assert desk.post(address, {"answer": "Mended."}).status_code == 422
    desk.post(address, {"answer": "Mended.", "note": "Asked the firm."})

    report.refresh_from_db()
    assert (report.answered_by, report.note) == (nora, "Asked the firm.")
    assert not desk.get("/staff/page-reports/", {"state": "waiting"}).context["object_list"]
    assert "answered this report already" in page(desk.post(address, {"answer": "x", "note": "y"}, follow=True))


def test_a_report_can_take_the_profile_off(desk):
    report = PageReportFactory()

    desk.post(f"/staff/page-reports/{report.pk}/suspend/", {"words": "Not yours.", "answer": "It is gone."})

    assert Supplier.objects.get().suspended_at
    assert not PageReport.objects.waiting().exists()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_reports_are_exported(desk, kind):
    PageReportFactory(words="=HYPERLINK(1)")

    response = desk.get("/staff/page-reports/", {"export": kind})

    exported = b"".join(response.streaming_content)
    assert len(exported) > 20
    assert kind == "xlsx" or b"'=HYPERLINK(1)" in exported


def test_the_page_of_a_profile_in_french(as_user, nora, waiting):
    nora.language = "fr"
    nora.save()
    VerdictFactory(supplier=waiting)

    assert as_user(nora).get(f"{LIST}inspect/{waiting.pk}/").status_code == 200
