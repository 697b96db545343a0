"""What the logs tell, and above all what they do not."""

import io
import json
import logging

import pytest
import structlog
from django.conf import settings as live_settings
from django.http import Http404, HttpResponse
from django.urls import path

from marketplace.core import logs
from marketplace.core.models import OutboxMessage

PRIVATE = ("amina@leeds.example", "Diallo", "K7-PLUM-42", "734512", "hunter2", "203.0.113.9")


def fine(request, code):
    return HttpResponse("fine")


def broken(request, code):
    local = request.GET["q"]
    raise ValueError(f"cannot read {local!r} of amina@leeds.example at 203.0.113.9, code 734512")


def breaks_a_rule(request, code):
    OutboxMessage.objects.create(template="x", to="amina@leeds.example", language="en", key="K7-PLUM-42")
    OutboxMessage.objects.create(template="x", to="amina@leeds.example", language="en", key="K7-PLUM-42")


def missing(request, code):
    raise Http404(code)


def plain_400(request, exception):
    return HttpResponse(status=400)


def plain_404(request, exception):
    return HttpResponse(status=404)


def plain_500(request):
    return HttpResponse(status=500)


handler400, handler404, handler500 = plain_400, plain_404, plain_500
urlpatterns = [
    path("fine/<code>/", fine),
    path("broken/<code>/", broken),
    path("rule/<code>/", breaks_a_rule),
    path("missing/<code>/", missing),
]
ADDRESS = "/{}/K7-PLUM-42/?q=Diallo&email=amina@leeds.example"


@pytest.fixture
def written():
    """What goes to standard error while the test runs, as the live configuration writes it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter())
    root = logging.getLogger()
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)


def _formatter():

    settings = logs.LOGGING["formatters"]["json"]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=settings["foreign_pre_chain"], processors=settings["processors"]
    )


@pytest.fixture
def browser(client, settings):
    settings.ROOT_URLCONF = __name__
    client.raise_request_exception = False
    client.defaults |= {
        "REMOTE_ADDR": "203.0.113.9",
        "HTTP_USER_AGENT": "hunter2",
        "HTTP_REFERER": "http://x/K7-PLUM-42",
    }
    return client


@pytest.mark.parametrize(("kind", "status"), [("fine", 200), ("missing", 404), ("broken", 500), ("rule", 500)])
def test_a_request_is_one_line_that_names_its_route_and_nobody(db, browser, written, kind, status):
    response = browser.get(ADDRESS.format(kind), headers={"X-Request-ID": "proxy-12345678"})

    line = written()[-1]
    assert (line["event"], line["method"], line["route"], line["status"]) == (
        "request",
        "GET",
        f"{kind}/<code>/",
        status,
    )
    assert line["request"] == response["X-Request-ID"] == "proxy-12345678"
    assert line["ms"] >= 0
    assert {"timestamp", "level", "logger"} <= line.keys()
    for private in PRIVATE:
        assert private not in json.dumps(written(), ensure_ascii=False)


def test_a_failure_is_told_with_its_traceback_and_the_same_request_id(db, browser, written):
    response = browser.get(ADDRESS.format("broken"))

    failed = next(line for line in written() if line["event"] == "request failed")
    assert failed["error"] == "ValueError"
    assert failed["request"] == response["X-Request-ID"]
    assert failed["level"] == "error"
    assert any("test_middleware.py" in place and "broken" in place for place in failed["traceback"])
    assert failed["traceback"][-1] == "ValueError"


def test_a_broken_constraint_is_named_without_the_values_of_the_row(db, browser, written):
    browser.get(ADDRESS.format("rule"))

    failed = next(line for line in written() if line["event"] == "request failed")
    assert failed["error"] == "IntegrityError"
    assert "duplicate key value violates unique constraint" in failed["traceback"][-1]


def test_the_plain_formatter_would_have_told_everything(db, browser):
    """The positive control: Django's own lines and tracebacks hold the address and the words."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logger = logging.getLogger("django.request")
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.WARNING)
    try:
        browser.get(ADDRESS.format("broken"))
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)

    assert "K7-PLUM-42" in stream.getvalue()
    assert "amina@leeds.example" in stream.getvalue()


def test_a_request_without_an_id_or_with_a_strange_one_gets_one_of_ours(browser):
    for given in ({}, {"X-Request-ID": "short"}, {"X-Request-ID": "a" * 65}, {"X-Request-ID": "new\u2028line-12345"}):
        answer = browser.get("/fine/x/", headers=given)["X-Request-ID"]
        assert len(answer) == 32
        assert answer.isalnum()


def test_an_unknown_page_and_a_strange_method_are_not_repeated(db, browser, written):
    browser.generic("K7-PLUM-42", "/K7-PLUM-42/")

    line = written()[-1]
    assert (line["method"], line["route"], line["status"]) == ("other", None, 404)


def test_a_host_that_is_not_ours_is_refused_and_not_written_down(db, browser, written):
    response = browser.get("/fine/x/", headers={"Host": "hunter2.example"})

    assert response.status_code == 400
    assert "hunter2" not in json.dumps(written())


def test_one_request_leaves_no_word_for_the_next(db, browser, written):
    browser.get("/fine/x/")
    logging.getLogger("anywhere").warning("later")

    assert "request" not in written()[-1]


def test_a_library_s_line_becomes_json_without_what_looks_private(written):
    logging.getLogger("library").warning("refused %s from 203.0.113.9: code 734512 ?q=Diallo", "amina@leeds.example")

    line = written()[-1]
    assert line["event"] == "refused … from …: code … …"
    assert line["logger"] == "library"


def test_web_and_commands_use_this_configuration():
    assert live_settings.LOGGING is logs.LOGGING
    assert structlog.is_configured()


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("Key (email)=(amina@leeds.example) already exists.", "Key (email)=(…) already exists."),
        ("duplicate key\nDETAIL:  Key (key)=(K7 PLUM) already exists.", "duplicate key\n…"),
        ("no such table", "no such table"),
        ("status 404 after 3 tries", "status 404 after 3 tries"),
    ],
)
def test_private_words_are_left_out_and_the_rest_stays(words, left):
    assert logs.without_private_words(words) == left
