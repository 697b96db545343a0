"""The staff's pages of notices: from a file to calls, with reasons; taking a call off; handing a body over."""

import html
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.calls.models import Call, Status
from marketplace.calls.notices import actions, due, running
from marketplace.calls.notices.models import Notice, NoticeSource, Run
from marketplace.calls.notices.tasks import run_notices
from marketplace.core.errors import RuleBroken
from tests.factories.buyers import BuyerFactory
from tests.factories.notices import NoticeSourceFactory, RunFactory, RunLineFactory, VisitFactory, said_notice

pytestmark = pytest.mark.django_db
DEADLINE = (timezone.now() + timedelta(days=20)).replace(microsecond=0)


def release(number=1, **tender):
    return {
        "ocid": f"ocds-abc123-{number}",
        "id": f"ocds-abc123-{number}-1",
        "date": "2026-01-05T09:00:00Z",
        "tag": ["tender"],
        "language": "en",
        "buyer": {"id": "GB-COH-01234567", "name": "Northmoor Council"},
        "parties": [
            {
                "id": "GB-COH-01234567",
                "name": "Northmoor Council",
                "roles": ["buyer"],
                "identifier": {"scheme": "GB-COH", "id": "01234567"},
                "address": {"countryName": "United Kingdom", "country": "GB", "region": "UKE42"},
            }
        ],
        "tender": {
            "id": f"t{number}",
            "title": "Cleaning of schools",
            "description": "Every evening.",
            "status": "active",
            "procurementMethod": "open",
            "tenderPeriod": {"endDate": DEADLINE.isoformat()},
            "classification": {"scheme": "CPV", "id": "90911200"},
            "items": [{"id": "1", "classification": {"scheme": "CPV", "id": "90911200"}}],
            "documents": [
                {"id": "n", "documentType": "tenderNotice", "url": "https://notices.example/17", "title": "Notice"}
            ],
            **tender,
        },
    }


def package(*releases):
    head = {"uri": "https://notices.example/all", "version": "1.1", "publishedDate": "2026-01-05T09:00:00Z"}
    return json.dumps(head | {"releases": list(releases)}).encode()


@pytest.fixture
def browser(as_user, stella, media):
    return as_user(stella)


def upload(browser, content, name="notices.json"):
    source = NoticeSource.objects.get(key="find-a-tender")
    file = SimpleUploadedFile(name, content)
    return browser.post("/staff/notice-runs/new/", {"file": file, "source": source.pk})


def test_a_file_goes_from_upload_to_a_call_and_the_page_of_the_import_says_why_others_did_not(browser, client):
    response = upload(browser, package(release(), release(2, tenderPeriod={})))
    of_run = Run.objects.get()
    assert response["Location"] == f"/staff/notice-runs/inspect/{of_run.pk}/"
    assert "0 notices so far." in browser.get(response["Location"]).content.decode()

    run_notices(of_run.pk)

    of_run.refresh_from_db()
    assert (of_run.created, of_run.reported, of_run.is_running) == (1, 1, False)
    page = browser.get(response["Location"]).content.decode()
    assert "It says no deadline for responses." in page
    table = b"".join(browser.get(f"/staff/notice-runs/{of_run.pk}/lines.csv").streaming_content).decode()
    assert "Created" in table
    page = client.get(Call.objects.get().get_absolute_url()).content.decode()
    assert "Find a Tender" in page
    assert "Open Government Licence v3.0" in page


def test_a_second_delivery_of_the_task_and_a_second_try_change_nothing(browser):
    upload(browser, package(release()))
    first = Run.objects.get()
    run_notices(first.pk)
    run_notices(first.pk)
    browser.post(f"/staff/notice-runs/{first.pk}/retry/")
    again = Run.objects.latest("pk")
    run_notices(again.pk)

    again.refresh_from_db()
    assert (again.pk != first.pk, again.unchanged, again.created) == (True, 1, 0)
    assert Call.objects.count() == 1


def test_a_cell_of_the_table_is_never_a_formula(browser):
    line = RunLineFactory(place="=cmd|calc")
    table = b"".join(browser.get(f"/staff/notice-runs/{line.run.pk}/lines.csv").streaming_content).decode()

    assert "'=cmd|calc" in table


@pytest.mark.parametrize("address", ["new/", "1/lines.csv"])
def test_the_pages_are_for_staff_alone(as_user, omar, client, address):
    assert as_user(omar).get(f"/staff/notice-runs/{address}").status_code == 404
    assert client.get(f"/staff/notice-runs/{address}").status_code == 302


def test_an_upload_without_a_file_is_refused(browser):
    response = browser.post("/staff/notice-runs/new/", {"source": "nobody"})

    assert (response.status_code, Run.objects.count()) == (422, 0)


def test_staff_take_a_call_off_with_a_reason(browser, take, client):
    take(said_notice())
    notice = Notice.objects.get()
    address = f"/staff/notices/{notice.pk}/unpublish/"
    assert browser.post(address, {"words": ""}).status_code == 422
    browser.post(address, {"words": "It is a test of the portal."})

    call = Call.objects.get()
    assert call.status() == Status.WITHDRAWN
    assert "It is a test of the portal." in client.get(call.get_absolute_url()).content.decode()


def test_staff_hand_a_body_over(browser, take):
    take(said_notice())
    heir = BuyerFactory(authority=True, cleared=True)
    unclaimed = Call.objects.get().buyer
    assert "Northmoor Council" in browser.get("/staff/unclaimed-buyers/").content.decode()
    browser.post(f"/staff/unclaimed-buyers/{unclaimed.pk}/hand-over/", {"buyer": heir.pk})

    assert Call.objects.get().buyer == heir


def test_staff_state_the_licence_of_a_source(browser):
    source = NoticeSource.objects.get(key="files")
    address = f"/staff/notice-sources/edit/{source.pk}/"
    said = {"key": "files", "name": "Public notices", "licence": "CC BY 4.0", "version": source.version}
    said |= {"every_minutes": 60}
    browser.post(address, said)

    source.refresh_from_db()
    assert (source.licence, source.version) == ("CC BY 4.0", 2)
    browser.post(address, said | {"licence": "Nobody's"})
    source.refresh_from_db()
    assert source.licence == "CC BY 4.0"


# --- Runs that were cut off -------------------------------------------------------------------------------------------


def test_a_run_that_was_cut_off_is_gone_on_with_where_it_was(browser, monkeypatch):
    upload(browser, package(*(release(number) for number in range(1, 6))))
    of_run = Run.objects.get()
    monkeypatch.setattr(running, "AT_ONCE", 2)
    assert running.run(of_run, running.items_of(of_run), until=lambda: True) is False
    assert (of_run.position, of_run.created) == (2, 2)

    run_notices(of_run.pk)
    of_run.refresh_from_db()
    assert (of_run.position, of_run.created, of_run.is_running) == (5, 5, False)


def test_a_run_of_the_command_that_was_cut_off_is_said_to_be(source):
    now = timezone.now()
    of_run = RunFactory(touched_at=now - timedelta(minutes=6))
    fresh = RunFactory()

    assert due.go_on(now) == 1
    of_run.refresh_from_db()
    fresh.refresh_from_db()
    assert (of_run.failure, fresh.is_running) == ("cut-off", True)


def test_a_stopped_run_stays_stopped(browser, stella):
    upload(browser, package(release()))
    of_run = Run.objects.get()
    browser.post(f"/staff/notice-runs/{of_run.pk}/stop/")
    run_notices(of_run.pk)

    of_run.refresh_from_db()
    assert (of_run.failure, of_run.created, Call.objects.count()) == ("stopped", 0, 0)
    assert "A colleague stopped it." in browser.get(f"/staff/notice-runs/inspect/{of_run.pk}/").content.decode()
    with pytest.raises(RuleBroken):
        actions.stop_run(of_run, by=stella)


def test_files_are_kept_for_thirty_days(browser, stella, media):
    upload(browser, package(release()))
    of_run = Run.objects.get()
    run_notices(of_run.pk)
    assert due.forget_files(timezone.now() + timedelta(days=29)) == 0
    assert due.forget_files(timezone.now() + timedelta(days=31)) == 1

    of_run.refresh_from_db()
    assert not list(media.rglob("private/notices/*"))
    with pytest.raises(RuleBroken, match="no longer kept"):
        actions.retry_run(of_run, by=stella)


def test_a_run_whose_file_is_gone_says_so(browser):
    upload(browser, package(release()))
    of_run = Run.objects.get()
    of_run.file.storage.delete(of_run.file.name)
    run_notices(of_run.pk)

    of_run.refresh_from_db()
    assert of_run.failure == "no-file"


# --- Sources that are fetched -----------------------------------------------------------------------------------------

FEED = {"key": "portal", "name": "Portal of the north", "address": "https://notices.example/all?since={since}"}
FEED |= {"is_paged": "on", "every_minutes": 60, "is_on": "on", "version": 1}


def test_staff_allow_a_source_which_is_due_at_once(browser, queued):
    before = timezone.now()
    response = browser.post("/staff/notice-sources/new/", FEED)
    source = NoticeSource.objects.get(key="portal")

    assert response["Location"] == f"/staff/notice-sources/inspect/{source.pk}/"
    assert (source.is_on, source.is_paged, source.address) == (True, True, FEED["address"])
    assert before <= source.next_fetch_at <= timezone.now()
    assert due.visit_sources(timezone.now()) == 1
    assert queued() == [(actions.FETCH, source.pk)]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"address": ""}, "Say from which address it is fetched."),
        ({"address": "http://notices.example/"}, "none of the encrypted web"),
        ({"address": "https://name:word@notices.example/"}, "none of the encrypted web"),
        ({"address": "https://notices.example:8443/"}, "Only the usual port"),
        ({"address": "https://notices.example/{key}"}, "is the only thing that is put in"),
        ({"every_minutes": 1}, "ten minutes at least"),
        ({"key": "files"}, "already exists"),
    ],
)
def test_a_source_that_cannot_be_fetched_is_refused_with_the_reason(browser, typed, words):
    page = browser.post("/staff/notice-sources/new/", FEED | typed)

    assert page.status_code == 200
    assert words in html.unescape(page.content.decode())
    assert not NoticeSource.objects.filter(key="portal").exists()


def test_another_address_begins_from_the_beginning(browser):
    source = NoticeSourceFactory(
        on=True, is_paged=True, key="portal", cursor="https://notices.example/2", asked_at=timezone.now(),
        fetched_at=timezone.now(), failures=3, last_error=["fetch-slow", {}],
        next_fetch_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    under_way = VisitFactory(source=source)
    browser.post(f"/staff/notice-sources/edit/{source.pk}/", FEED | {"name": "Portal"})
    source.refresh_from_db()
    under_way.refresh_from_db()

    assert (source.cursor, source.fetched_at, source.failures, source.last_error) == ("", None, 0, [])
    assert source.next_fetch_at <= timezone.now()
    assert under_way.error == ["fetch-stopped", {}]


def test_a_new_name_leaves_the_schedule_as_it_is(browser):
    later = timezone.now() + timedelta(hours=5)
    source = NoticeSourceFactory(on=True, key="portal", fetched_at=timezone.now(), next_fetch_at=later)
    said = {
        "key": "portal",
        "name": "Another",
        "address": source.address,
        "every_minutes": 60,
        "is_on": "on",
        "version": 1,
    }
    browser.post(f"/staff/notice-sources/edit/{source.pk}/", said)
    source.refresh_from_db()

    assert (source.name, source.next_fetch_at, source.fetched_at is None) == ("Another", later, False)


def test_switched_off_it_is_not_fetched_any_more(browser):
    source = NoticeSourceFactory(on=True, key="portal")
    said = {"key": "portal", "name": "Portal", "address": source.address, "every_minutes": 60, "version": 1}
    browser.post(f"/staff/notice-sources/edit/{source.pk}/", said)
    source.refresh_from_db()

    assert (source.is_on, source.next_fetch_at) == (False, None)
    assert due.visit_sources(timezone.now()) == 0


@pytest.mark.django_db(transaction=True)
def test_the_button_asks_for_a_visit_now(browser, queued):
    source = NoticeSourceFactory(address="https://notices.example/all")
    page = browser.post(f"/staff/notice-sources/{source.pk}/fetch/", follow=True).content.decode()

    assert "Asked for." in page
    assert queued() == [(actions.FETCH, source.pk)]
    bare = NoticeSource.objects.get(key="files")
    page = browser.post(f"/staff/notice-sources/{bare.pk}/fetch/", follow=True).content.decode()
    assert "Say first from which address it is fetched." in page
    assert len(queued()) == 1


def test_the_page_of_a_source_tells_its_visits_in_words(browser):
    source = NoticeSourceFactory(on=True, failures=1, last_error=["fetch-status", {"status": 503}])
    RunFactory(
        source=source, visit=VisitFactory(source=source, over=True, pages=1, size=4_096), created=17, finished=True
    )
    VisitFactory(source=source, over=True)
    VisitFactory(source=source, over=True, error=["fetch-not-public", {"host": "notices.example"}])
    VisitFactory(source=source)
    page = " ".join(html.unescape(browser.get(f"/staff/notice-sources/inspect/{source.pk}/").content.decode()).split())

    for words in ("It answered with the status 503.", "notices.example is not a public machine", "Nothing new",
                  "Under way", ">17</td>", "4.0 KB"):  # fmt: skip
        assert words in page, words


def test_a_preset_says_that_it_was_not_tried_from_here(browser):
    page = browser.get("/staff/notice-sources/").content.decode()

    assert page.count("Off, not tried from here yet") == 2
    NoticeSource.objects.filter(key="find-a-tender").update(fetched_at=timezone.now())
    assert browser.get("/staff/notice-sources/").content.decode().count("Off, not tried from here yet") == 1


def test_many_visits_cost_as_many_queries_as_one(browser):
    source = NoticeSourceFactory(on=True)
    address = f"/staff/notice-sources/inspect/{source.pk}/"
    RunFactory(source=source, visit=VisitFactory(source=source, over=True))
    browser.get(address)
    with CaptureQueriesContext(connection) as for_one:
        browser.get(address)
    for _number in range(4):
        RunFactory(source=source, visit=VisitFactory(source=source, over=True))
    with CaptureQueriesContext(connection) as for_five:
        browser.get(address)

    assert len(for_five) == len(for_one)


def test_the_addresses_of_sources_are_for_staff_alone(as_user, omar, client):
    source = NoticeSourceFactory(on=True)
    for address in ("new/", f"edit/{source.pk}/", f"{source.pk}/fetch/"):
        assert as_user(omar).post(f"/staff/notice-sources/{address}", FEED).status_code == 404
        assert client.post(f"/staff/notice-sources/{address}", FEED).status_code == 302
    assert not NoticeSource.objects.filter(key="portal").exists()
