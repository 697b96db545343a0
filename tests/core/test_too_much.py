"""How much one request may bring: of all its files together, and of everything that it is read for at all."""

import io
import re
import socket
import time
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from marketplace.calls.responses.models import Response, Submission
from marketplace.core.files import intake
from marketplace.core.files.inspection import MOST_BYTES
from marketplace.core.files.intake import MOST_AT_ONCE, MOST_READ
from marketplace.core.middleware import ArrivalMiddleware
from tests.factories.calls import CallFactory
from tests.factories.suppliers import SupplierFactory
from tests.suppliers.files.samples import pdf
from tests.suppliers.files.test_views import sent

ANSWERED = "/calls/nothing/lots/1/response/"


@pytest.fixture(autouse=True)
def _own_folders(media, settings, tmp_path):
    settings.VAR = tmp_path


@pytest.fixture
def lot(omar):
    SupplierFactory(organisation=omar.organisation)
    return CallFactory(published=True).lots.get()


def address(lot):
    return f"/calls/{lot.call.slug}/lots/{lot.number}/response/"


def padded(size, mark):
    """A PDF of about that size, most of it a comment."""
    return pdf(extra=b"%" + mark + b"x" * size + b"\n")


def passed(request):
    got = []
    ArrivalMiddleware(got.append)(request)
    return got[0]


# --- Files beyond what one form brings --------------------------------------------------------------------------------


def test_a_form_filled_to_the_brim_leaves_at_most_so_much_on_the_disk():
    """Five files fill it; the sixth is let pass by, and so it would be for somebody who never signs in."""
    files = [sent(b"x" * MOST_BYTES, f"{number}.pdf") for number in range(1, 7)]
    request = passed(RequestFactory().post(ANSWERED, {"message": "We clean.", "files": files}))

    assert sum(file.size for file in request.FILES.getlist("files")) == MOST_AT_ONCE
    assert request.files_too_much == ["6.pdf"]
    assert request.files_too_large == []
    assert request.POST["message"] == "We clean."


def test_what_still_fits_after_one_that_does_not_is_taken(monkeypatch):
    monkeypatch.setattr(intake, "MOST_AT_ONCE", 1_000)
    files = [sent(b"x" * size, f"{size}.pdf") for size in (600, 401, 400, 1)]
    request = passed(RequestFactory().post(ANSWERED, {"files": files}))

    assert [file.name for file in request.FILES.getlist("files")] == ["600.pdf", "400.pdf"]
    assert request.files_too_much == ["401.pdf", "1.pdf"]


@pytest.mark.django_db
def test_the_page_names_what_was_too_much_and_nothing_typed_is_lost(as_user, omar, lot, monkeypatch):
    first, second = padded(9_000, b"one"), padded(9_000, b"two")
    monkeypatch.setattr(intake, "MOST_AT_ONCE", 10_000)
    files = [sent(first, "One.pdf"), sent(second, "Two.pdf")]
    page = as_user(omar).post(address(lot), {"message": "We clean.", "do": "submit", "files": files})

    assert page.status_code == 422
    assert "Two.pdf: The files of one form are over 0 MB together. Send this one again by itself." in (
        page.content.decode()
    )
    assert Response.objects.get().message == "We clean."
    assert [file.original_name for file in Response.objects.get().files.all()] == ["One.pdf"]
    assert not Submission.objects.exists()


# --- More than anybody reads ------------------------------------------------------------------------------------------


class Unread:
    def read(self, *size):
        raise AssertionError("it was read")

    readline = read


@pytest.mark.django_db
@pytest.mark.parametrize("signed_in", [True, False])
@pytest.mark.parametrize("place", ["response", "/account/login/", "/workspace/documents/"])
def test_what_says_beforehand_that_it_is_too_much_is_answered_unread(client, as_user, omar, lot, signed_in, place):
    browser = as_user(omar) if signed_in else client
    asked = {"REQUEST_METHOD": "POST", "PATH_INFO": address(lot) if place == "response" else place}
    asked |= {"wsgi.input": Unread(), "CONTENT_LENGTH": str(MOST_READ + 1), "CONTENT_TYPE": MULTIPART_CONTENT}
    page = browser.request(**asked)

    assert page.status_code == 413
    assert "That is too much at once" in page.content.decode()
    assert "at most 100 MB of files" in page.content.decode()
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    ("length", "is_too_much"),
    [
        (str(MOST_READ), False),
        (str(MOST_READ + 1), True),
        ("9" * 400, True),
        ("", False),
        ("many", False),
        ("²", False),
    ],
)
def test_only_the_length_that_is_said_decides(length, is_too_much):
    request = RequestFactory().post(ANSWERED)
    request.META["CONTENT_LENGTH"] = length

    assert intake.is_too_much(request) == is_too_much


def test_with_the_look_at_the_length_off_it_would_be_read(monkeypatch):
    monkeypatch.setattr("marketplace.core.middleware.is_too_much", lambda request, view=None: False)
    request = RequestFactory().post(ANSWERED, {"message": "We clean."})
    request._stream = Unread()

    with pytest.raises(AssertionError, match="it was read"):
        passed(request)


# --- Over a real line -------------------------------------------------------------------------------------------------


@pytest.fixture
def line(live_server, as_user):
    """`line(person, address, headers, body)`: what comes back, however little of the body was sent."""

    def send(person, address, headers, body=b""):
        browser = as_user(person)
        browser.get(address)
        token = browser.cookies["csrftoken"].value
        where = urlsplit(live_server.url)
        head = (
            f"POST {address} HTTP/1.1\r\nHost: {where.netloc}\r\nConnection: close\r\nX-CSRFToken: {token}\r\n"
            f"Cookie: sessionid={browser.session.session_key}; csrftoken={token}\r\n"
            f"Content-Type: {MULTIPART_CONTENT}\r\n{headers}\r\n\r\n"
        ).encode()
        with socket.create_connection((where.hostname, where.port), timeout=30) as connected:
            connected.sendall(head + body)
            answer = b""
            # The server of the tests reads on after it has answered.
            while b"</html>" not in answer and (piece := connected.recv(65536)):
                answer += piece
        return answer.decode("utf-8", "replace")

    return send


@pytest.mark.django_db(transaction=True)
def test_over_a_line_the_answer_comes_before_any_of_it_is_sent(line, omar, lot):
    began = time.monotonic()
    answer = line(omar, address(lot), f"Content-Length: {MOST_READ + 1}")

    assert answer.startswith("HTTP/1.1 413")
    assert "That is too much at once" in answer
    assert time.monotonic() - began < 20
    assert not Response.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_over_a_line_what_does_not_say_how_much_comes_is_not_read(line, omar, lot):
    body = encode_multipart(BOUNDARY, {"message": "We clean.", "do": "save", "files": sent(pdf(), "offer.pdf")})
    line(omar, address(lot), "Transfer-Encoding: chunked", b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))

    assert not Response.objects.filter(message="We clean.").exists()
    assert not [file for response in Response.objects.all() for file in response.files.all()]


@pytest.mark.django_db(transaction=True)
def test_over_the_same_line_what_is_in_order_is_kept(line, omar, lot):
    body = encode_multipart(BOUNDARY, {"message": "We clean.", "do": "save", "files": sent(pdf(), "offer.pdf")})
    answer = line(omar, address(lot), f"Content-Length: {len(body)}", body)

    assert re.match(r"HTTP/1.1 302", answer)
    assert Response.objects.get().message == "We clean."
    assert Response.objects.get().files.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/staff/supplier-imports/new/", "/staff/notice-runs/new/"])
@pytest.mark.parametrize(("length", "status"), [(MOST_READ + 1, 200), (3 * 2**30, 413)])
def test_where_our_own_people_bring_whole_tables_more_is_read(as_user, stella, address, length, status):
    asked = {"REQUEST_METHOD": "POST", "PATH_INFO": address, "wsgi.input": io.BytesIO(encode_multipart(BOUNDARY, {}))}
    asked |= {"CONTENT_LENGTH": str(length), "CONTENT_TYPE": MULTIPART_CONTENT}

    assert as_user(stella).request(**asked).status_code == status


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/staff/supplier-imports/new/", "/staff/notice-runs/new/"])
def test_of_nobody_else_any_of_it_is_read(client, as_user, omar, stella, address):
    asked = {"REQUEST_METHOD": "POST", "PATH_INFO": address, "wsgi.input": Unread()}
    asked |= {"CONTENT_LENGTH": str(MOST_READ + 1), "CONTENT_TYPE": MULTIPART_CONTENT}
    without_second_factor = Client(enforce_csrf_checks=True)
    without_second_factor.force_login(stella, backend="allauth.account.auth_backends.AuthenticationBackend")

    def with_cookie(browser):
        """Without it nobody would look for the token in the form."""
        browser.cookies["csrftoken"] = "a" * 32
        browser.handler.enforce_csrf_checks = True
        return browser

    for browser in map(with_cookie, (client, as_user(omar), without_second_factor)):
        assert browser.request(**asked).status_code in (302, 404)
    # Nor where there is no view at all.
    assert with_cookie(client).request(**asked | {"PATH_INFO": "/no/such.txt"}).status_code == 404
    # The token is looked for in the form: of our own people it is read.
    with pytest.raises(AssertionError, match="it was read"):
        with_cookie(as_user(stella)).request(**asked)


@pytest.mark.django_db
@pytest.mark.parametrize(("person", "is_let_pass"), [(None, False), ("omar", False), ("stella", True)])
def test_only_our_own_people_may_bring_whole_tables_whatever_stands_before(request, person, is_let_pass):
    """Asked by itself, as if nothing before it had sent anybody away."""
    asked = RequestFactory().post("/staff/notice-runs/new/")
    asked.META["CONTENT_LENGTH"] = str(MOST_READ + 1)
    asked.POST = QueryDict()
    asked.user = request.getfixturevalue(person) if person else AnonymousUser()
    asked.htmx, asked.organisation, asked.representative = False, None, None
    view = intake.reads_up_to(2**30)(lambda request: None)
    answer = ArrivalMiddleware(lambda request: None).process_view(asked, view, (), {})

    assert (answer is None) == is_let_pass
    assert is_let_pass or answer.status_code == 413
