"""When a form has arrived: once its last byte is read, and before anything asks the database."""

import io
import socket
import time
from datetime import UTC, timedelta
from urllib.parse import urlencode, urlsplit

import pytest
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone

from marketplace.calls.questions.models import Question
from marketplace.calls.responses import views
from marketplace.calls.responses.models import Submission
from marketplace.core.middleware import ArrivalMiddleware
from tests.factories.calls import CallFactory
from tests.factories.suppliers import SupplierFactory
from tests.suppliers.files.samples import pdf
from tests.suppliers.files.test_views import sent

ANSWERED = "/calls/nothing/lots/1/response/"


class Body(io.BytesIO):
    """Notes when its last byte was read."""

    ended_at = None

    def read(self, *size):
        piece = super().read(*size)
        if self.tell() == len(self.getvalue()):
            self.ended_at = timezone.now()
        return piece


def passed(request):
    """What the rest of the chain gets."""
    got = []
    ArrivalMiddleware(lambda asked: got.append(asked))(request)
    return got[0]


def test_a_marked_form_says_in_utc_when_it_had_arrived():
    before = timezone.now()
    request = passed(RequestFactory().post(ANSWERED, {"message": "We clean."}))

    assert before <= request.received_at <= timezone.now()
    assert request.received_at.tzinfo is UTC
    assert request.POST["message"] == "We clean."
    assert request.files_too_large == []


@pytest.mark.parametrize(
    "request_", [RequestFactory().get(ANSWERED), RequestFactory().post("/calls/"), RequestFactory().post("/no/such/")]
)
def test_nothing_else_is_read_or_noted(request_):
    request = passed(request_)

    assert not hasattr(request, "received_at")
    assert not request._read_started


def test_the_french_address_is_marked_as_well():
    from django.utils import translation

    with translation.override("fr"):
        assert hasattr(passed(RequestFactory().post(f"/fr{ANSWERED}")), "received_at")


def test_a_file_that_is_too_large_leaves_nothing_but_its_name():
    large = sent(b"x" * 20_000_001, "Plans.pdf")
    request = passed(RequestFactory().post(ANSWERED, {"files": large, "message": "Kept"}))

    assert request.files_too_large == ["Plans.pdf"]
    assert not request.FILES
    assert request.POST["message"] == "Kept"


def test_a_line_that_breaks_is_answered_without_a_trace():
    class Broken(io.BytesIO):
        def read(self, *size):
            raise OSError("gone")

    request = RequestFactory().post(ANSWERED, {"message": "We"})
    request._stream = Broken()

    assert ArrivalMiddleware(lambda asked: None)(request).status_code == 400


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_as_ever(as_user, omar):
    """Reading it early changes nothing about whom it is taken from."""
    call = CallFactory(published=True)
    SupplierFactory(organisation=omar.organisation)
    browser = as_user(omar)
    browser.handler.enforce_csrf_checks = True

    assert browser.post(f"/calls/{call.slug}/lots/1/response/", {"message": "We clean."}).status_code == 403
    assert not call.lots.get().responses.exists()


@pytest.mark.django_db
def test_no_query_comes_before_the_body_is_read_and_its_time_noted(as_user, omar, monkeypatch):
    """Through the whole chain of a real request: session, person, organisation and CSRF are all asked for later."""
    call = CallFactory(published=True)
    SupplierFactory(organisation=omar.organisation)
    browser, seen = as_user(omar), {}
    content, kind = _multipart({"message": "We clean.", "do": "save"}, pdf())
    body = Body(content)

    def first_query(execute, sql, params, many, context):
        seen.setdefault("query_at", timezone.now())
        return execute(sql, params, many, context)

    write = views._write

    def noted(request, *rest):
        seen["received_at"] = request.received_at
        return write(request, *rest)

    monkeypatch.setattr(views, "_write", noted)
    asked = {"REQUEST_METHOD": "POST", "PATH_INFO": f"/calls/{call.slug}/lots/1/response/", "wsgi.input": body}
    asked |= {"CONTENT_LENGTH": str(len(content)), "CONTENT_TYPE": kind}
    with connection.execute_wrapper(first_query):
        answer = browser.request(**asked)

    assert answer.status_code == 302
    assert body.ended_at <= seen["received_at"] <= seen["query_at"]


def _multipart(fields, file):
    from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

    return encode_multipart(BOUNDARY, fields | {"files": sent(file, "offer.pdf")}), MULTIPART_CONTENT


# --- Over a real line ---------------------------------------------------------------------------------------------


def deadline_in(seconds, **more):
    """A call whose deadline is so many seconds away, to the microsecond."""
    return CallFactory(
        published=True, zone="UTC", response_deadline=timezone.now() + timedelta(seconds=seconds), **more
    )


@pytest.fixture
def line(live_server, as_user):
    """`line(person, address, fields, pause)`: sends the form with its second half after `pause` seconds."""

    def send(person, address, fields, pause):
        browser = as_user(person)
        browser.get(address)
        token = browser.cookies["csrftoken"].value
        body = urlencode(fields | {"csrfmiddlewaretoken": token}).encode()
        where = urlsplit(live_server.url)
        head = (
            f"POST {address} HTTP/1.1\r\nHost: {where.netloc}\r\nConnection: close\r\n"
            f"Cookie: sessionid={browser.session.session_key}; csrftoken={token}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode()
        with socket.create_connection((where.hostname, where.port), timeout=30) as connected:
            connected.sendall(head + body[: len(body) // 2])
            time.sleep(pause)
            connected.sendall(body[len(body) // 2 :])
            answer = b""
            while piece := connected.recv(65536):
                answer += piece
        return answer.decode("utf-8", "replace")

    return send


@pytest.mark.django_db(transaction=True)
def test_a_form_that_crosses_the_deadline_on_its_way_is_late(line, omar):
    call = deadline_in(4)
    SupplierFactory(organisation=omar.organisation)
    answer = line(omar, f"/calls/{call.slug}/lots/1/response/", {"message": "We clean.", "do": "submit"}, pause=5)

    assert answer.startswith("HTTP/1.1 422")
    assert "Too late: the deadline was" in answer
    assert not Submission.objects.exists()
    assert call.lots.get().responses.get().message == "We clean."


@pytest.mark.django_db(transaction=True)
def test_the_same_form_on_the_same_slow_line_is_in_time_before_it(line, omar):
    call = deadline_in(30)
    SupplierFactory(organisation=omar.organisation)
    answer = line(omar, f"/calls/{call.slug}/lots/1/response/", {"message": "We clean.", "do": "submit"}, pause=2)

    assert answer.startswith("HTTP/1.1 302")
    assert Submission.objects.get().received_at < call.response_deadline


@pytest.mark.django_db(transaction=True)
def test_a_question_that_crosses_its_deadline_on_its_way_is_late(line, omar):
    call = CallFactory(published=True, zone="UTC", question_deadline=timezone.now() + timedelta(seconds=4))
    answer = line(omar, f"/calls/{call.slug}/questions/", {"text": "May we visit?"}, pause=5)

    assert answer.startswith("HTTP/1.1 422")
    assert "The time for questions ended" in answer
    assert "May we visit?" in answer
    assert not Question.objects.exists()
