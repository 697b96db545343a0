"""What stands at an address of a source, tried against a portal on loopback: answers, limits, whom nobody reaches."""

import gzip
import io
import json
import socket
import threading
import time
from datetime import timedelta
from email.utils import format_datetime

import pytest
from django.utils import timezone

from marketplace.calls.notices.fetching import Wanted, fetched, next_page, seconds_of
from marketplace.calls.notices.reaching import Hourglass, NotFetched, is_public, place_of

TIME = 5


def anybody(address, port):
    return True


def fetch(url, *, may_reach=anybody, seconds=TIME, **known):
    """What came, or None where nothing is new."""
    with fetched(Wanted(url, **known), Hourglass(seconds), may_reach) as answer:
        return answer.file and answer.file.read()


def refused(url, **more):
    with pytest.raises(NotFetched) as refusal:
        fetch(url, **more)
    return refusal.value.code


def drip(handler, *, parts, pause):
    handler.send_response(200)
    handler.send_header("Content-Length", str(parts))
    handler.end_headers()
    for _part in range(parts):
        handler.wfile.write(b"{")
        handler.wfile.flush()
        time.sleep(pause)


# --- Whom nobody reaches ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.8.9.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1",
     "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::", "::1", "fe80::1", "fc00::1",
     "ff02::1", "::ffff:127.0.0.1", "::ffff:193.0.6.139", "::127.0.0.1", "2002:7f00:1::", "2001:0:7f00:1::",
     "2001:db8::1", "64:ff9b::7f00:1", "64:ff9b:1::1"],
)  # fmt: skip
def test_machines_of_ones_own_network_are_not_public(address):
    assert not is_public(address, 443)


@pytest.mark.parametrize("address", ["193.0.6.139", "2001:67c:2e8:22::c100:68b"])
def test_machines_of_the_world_are_public_at_the_port_of_the_web_alone(address):
    assert is_public(address, 443)
    assert not any(is_public(address, port) for port in (22, 25, 80, 6379, 8443))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f000001", "2130706433", "127.1", "notices.example"])
def test_nothing_is_fetched_from_ones_own_machine_by_any_of_its_names(portal, host):
    portal.pages["/"] = (200, {}, b"{}")
    address = f"https://{host}:{portal.server_port}/"

    assert refused(address, may_reach=is_public) == "fetch-not-public"
    assert refused(address, may_reach=lambda found, port: is_public(found, 443)) == "fetch-not-public"
    assert portal.asked == []


def test_with_the_guard_off_it_would_be(portal):
    portal.pages["/"] = (200, {}, b"{}")

    assert fetch(f"{portal.url}/") == b"{}"


def test_a_name_with_one_address_too_many_is_not_reached(portal, names):
    portal.pages["/"] = (200, {}, b"{}")

    def loopback_alone(address, port):
        return address == "127.0.0.1"

    for addresses in (["127.0.0.1", "10.0.0.1"], ["10.0.0.1", "127.0.0.1"], ["127.0.0.1", "::1"], []):
        names["notices.example"] = addresses
        assert refused(f"{portal.url}/", may_reach=loopback_alone) in ("fetch-not-public", "fetch-unknown-host")
    assert portal.asked == []

    names["notices.example"] = ["127.0.0.1"]
    assert fetch(f"{portal.url}/", may_reach=loopback_alone) == b"{}"


def test_what_was_looked_at_is_what_is_connected_to(portal, names):
    """A name that leads elsewhere at the second look is not looked up twice."""
    portal.pages["/"] = (200, {}, b"{}")

    def turns(address, port):
        names["notices.example"] = ["10.0.0.1"]
        return address == "127.0.0.1"

    assert fetch(f"{portal.url}/", may_reach=turns) == b"{}"
    assert names.asked == ["notices.example"]
    assert portal.asked[0][1]["Host"] == f"notices.example:{portal.server_port}"


def test_each_step_is_looked_at_again(portal, names):
    portal.pages |= {"/a": (302, {"Location": "/b"}, b""), "/b": (200, {}, b"{}")}
    seen = []

    def once(address, port):
        seen.append(address)
        return len(seen) == 1

    assert refused(f"{portal.url}/a", may_reach=once) == "fetch-not-public"
    assert [path for path, _headers in portal.asked] == ["/a"]
    assert fetch(f"{portal.url}/a") == b"{}"


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://a.example/", "http://a.example/", "https://", "https://u:p@a.example/",
     "https://@a.example/", "x", "", "//a.example/", "https://a.example:99999/", "https://[/", "https://a.example/ b",
     "https://a.example/\r\nHost: b", "https://a.example/é", "https://a.example/" + "x" * 2_000],
)  # fmt: skip
def test_what_is_no_encrypted_address_of_the_web_is_refused(url):
    with pytest.raises(NotFetched) as refusal:
        place_of(url)
    assert refusal.value.code == "fetch-address"


# --- Who it is --------------------------------------------------------------------------------------------------------


def test_a_certificate_of_nobody_known_is_refused(portal, monkeypatch):
    portal.pages["/"] = (200, {}, b"{}")
    monkeypatch.delenv("SSL_CERT_FILE")

    assert refused(f"{portal.url}/") == "fetch-certificate"
    assert portal.asked == []


def test_a_certificate_of_another_name_is_refused(portal, names):
    portal.pages["/"] = (200, {}, b"{}")
    names["other.example"] = ["127.0.0.1"]

    assert refused(f"https://other.example:{portal.server_port}/") == "fetch-certificate"
    assert portal.asked == []


def test_proxies_of_the_environment_are_passed_by(portal, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    portal.pages["/"] = (200, {}, b"{}")

    assert fetch(f"{portal.url}/") == b"{}"


def test_it_says_who_asks(portal, settings):
    settings.PUBLIC_URL = "https://tessera.example"
    portal.pages["/"] = (200, {}, b"{}")
    fetch(f"{portal.url}/")

    assert portal.asked[0][1]["User-Agent"] == "Tessera (+https://tessera.example)"


# --- Leading on -------------------------------------------------------------------------------------------------------


def test_a_page_leads_on_within_its_host_and_not_for_ever(portal):
    portal.pages |= {
        "/a": (302, {"Location": "/b?x=1"}, b""),
        "/b?x=1": (200, {}, b"{}"),
        "/round": (301, {"Location": "/round"}, b""),
        "/out": (302, {"Location": "https://elsewhere.example/"}, b""),
        "/port": (302, {"Location": "https://notices.example/"}, b""),
        "/plain": (302, {"Location": portal.url.replace("https", "http") + "/b"}, b""),
        "/nowhere": (302, {}, b""),
    }

    assert fetch(f"{portal.url}/a") == b"{}"
    assert refused(f"{portal.url}/round") == "fetch-leads-on"
    assert refused(f"{portal.url}/out") == "fetch-elsewhere"
    assert refused(f"{portal.url}/port") == "fetch-elsewhere"
    assert refused(f"{portal.url}/plain") == "fetch-address"
    assert refused(f"{portal.url}/nowhere") == "fetch-leads-on"


# --- Sizes and packing ------------------------------------------------------------------------------------------------


def test_what_is_packed_is_unpacked_also_in_several_pieces(portal):
    packed = gzip.compress(b'{"a":') + gzip.compress(b"1}")
    portal.pages["/"] = (200, {"Content-Encoding": "gzip"}, packed)

    assert fetch(f"{portal.url}/") == b'{"a":1}'


def test_what_is_too_large_is_let_go(portal):
    portal.pages |= {
        "/large": (200, {}, b" " * 200_000),
        "/bomb": (200, {"Content-Encoding": "gzip"}, gzip.compress(b" " * 50_000_000)),
    }

    assert refused(f"{portal.url}/large", most=199_999) == "fetch-large"
    assert refused(f"{portal.url}/bomb", most=199_999) == "fetch-large"
    assert len(fetch(f"{portal.url}/large", most=200_000)) == 200_000


def cut_in_a_chunk(handler):
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"5\r\n{}{}{\r\n9\r\n{}")


def ends_with_the_line(handler):
    """Without a length and without a last word."""
    handler.send_response(200)
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.wfile.write(b"{}")
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)


def no_http(handler):
    handler.wfile.write(b"220 mail.example ready\r\n")


@pytest.mark.parametrize(
    "page",
    [
        (200, {"Content-Length": "99"}, b"{}"),
        (200, {"Content-Encoding": "gzip"}, gzip.compress(b"{}" * 999)[:20]),
        (200, {"Content-Encoding": "gzip"}, b"{}"),
        cut_in_a_chunk,
        ends_with_the_line,
        no_http,
    ],
)
def test_an_answer_that_breaks_off_or_is_none_is_not_taken(portal, page):
    portal.pages["/"] = page

    assert refused(f"{portal.url}/", seconds=1) in ("fetch-broken", "fetch-line", "fetch-slow")


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ((500, {}, b"{}"), "fetch-status"),
        ((200, {"Content-Encoding": "br"}, b"{}"), "fetch-packing"),
        ((200, {}, b""), "fetch-no-notices"),
        ((200, {}, b"\n <!DOCTYPE html><p>We are away."), "fetch-no-notices"),
    ],
)
def test_what_is_no_answer_to_be_read_is_named(portal, page, code):
    portal.pages["/"] = page

    assert refused(f"{portal.url}/") == code


# --- Time -------------------------------------------------------------------------------------------------------------


def mute(handler):
    time.sleep(1.5)


@pytest.mark.parametrize("page", [lambda handler: drip(handler, parts=30, pause=0.05), mute])
def test_who_sends_slowly_is_not_waited_for_beyond_the_time_of_a_visit(portal, page):
    portal.pages["/"] = page
    began = time.monotonic()

    assert refused(f"{portal.url}/", seconds=0.4) == "fetch-slow"
    assert time.monotonic() - began < 1.2


def test_within_the_time_slowness_is_no_fault(portal):
    portal.pages["/"] = lambda handler: drip(handler, parts=10, pause=0.02)

    assert fetch(f"{portal.url}/") == b"{" * 10


def test_who_never_shakes_hands_is_not_waited_for(names):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"https://notices.example:{listening.getsockname()[1]}/"
        threading.Thread(target=lambda: time.sleep(1) or listening.accept, daemon=True).start()
        began = time.monotonic()

        assert refused(address, seconds=0.4) == "fetch-slow"
        assert time.monotonic() - began < 1.2


def test_who_is_not_there_is_named(names):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    names["gone.example"] = []

    assert refused(f"https://notices.example:{port}/") == "fetch-line"
    assert refused(f"https://gone.example:{port}/") in ("fetch-unknown-host", "fetch-not-public")


def test_how_long_a_source_wants_to_be_left_alone():
    in_a_minute = format_datetime(timezone.now() + timedelta(minutes=1), usegmt=True)

    assert [seconds_of(said) for said in ("", "120", "-5", "soon", "²", "9" * 400)] == [0, 120, 0, 0, 0, 86_400]
    assert 50 <= seconds_of(in_a_minute) <= 60
    assert seconds_of("Mon, 05 Jan 2015 09:00:00 GMT") == 0


# --- The page that follows --------------------------------------------------------------------------------------------

HERE = "https://notices.example/all?a=1"


def following(content):
    return next_page(io.BytesIO(content), HERE)


def test_the_next_page_is_what_the_package_says():
    assert following(json.dumps({"releases": [], "links": {"next": "/all?page=2"}}).encode()) == (
        "https://notices.example/all?page=2"
    )
    assert following(b'{"links": {"next": "https://notices.example/all?x=\\u0026y"}}').endswith("?x=&y")


@pytest.mark.parametrize(
    "content", [b"[]", b'{"releases": []}', b'{"links": {"next": 7}}', b'{"links": {"next": null}}', b'{"links": 3}']
)
def test_where_none_is_named_there_is_none(content):
    assert following(content) == ""


def test_a_notice_that_is_no_json_does_not_hide_the_next_page():
    assert following(b'{"releases": [{"links": {"next": "/no"}}, {"x": 1e}], "links": {"next": "/all?2"}}') == (
        "https://notices.example/all?2"
    )
    assert following(b'{"releases": [{"x": 1e}]}') == ""


@pytest.mark.parametrize("content", [b'{"releases": [{"a"', b"", b"[" * 100_000, b"<a/>"])
def test_a_page_that_ends_in_the_middle_is_none(content):
    with pytest.raises(NotFetched) as refusal:
        following(content)
    assert refusal.value.code == "fetch-no-page"


@pytest.mark.parametrize(
    "link", ["https://elsewhere.example/2", "//elsewhere.example/2", "https://notices.example:444/"]
)
def test_a_next_page_on_another_machine_is_not_followed(link):
    with pytest.raises(NotFetched) as refusal:
        following(json.dumps({"links": {"next": link}}).encode())
    assert refusal.value.code == "fetch-elsewhere"
