import re

import pytest

from marketplace.embedded.mailbox import Mailbox

PLAIN = b"From: Tessera <a@example.org>\r\nSubject: %s\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n"
HOSTILE = (
    b"From: a@example.org\r\nSubject: <script>alert(1)</script>\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n\r\n<p style='color:red'>Hi</p><script>alert(1)</script>\r\n"
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(settings, tmp_path):
    settings.DEMO = True
    settings.VAR = tmp_path
    return Mailbox(tmp_path)


def test_the_inbox_does_not_exist_outside_the_demo(client, box, settings):
    name = box.keep(PLAIN % (b"Hello", b"text"), ["omar@example.org"])
    assert client.get("/dev/mail/").status_code == 200

    settings.DEMO = False

    for address in ("/dev/mail/", f"/dev/mail/{name}/", f"/dev/mail/{name}/html/"):
        assert client.get(address).status_code == 404


def test_an_empty_inbox_teaches_the_next_step(client, box):
    assert "No mail yet" in client.get("/dev/mail/").content.decode()
    assert "No mail to this address" in client.get("/dev/mail/?to=x@example.org").content.decode()


def test_the_inbox_is_filtered_by_recipient(client, box):
    box.keep(PLAIN % (b"For Omar", b"text"), ["omar@example.org"])
    box.keep(PLAIN % (b"For Zed", b"text"), ["zed@example.org"])

    page = client.get("/dev/mail/", {"to": "omar@"}).content.decode()

    assert "For Omar" in page
    assert "For Zed" not in page


def test_the_inbox_has_pages(client, box):
    for number in range(27):
        box.keep(PLAIN % (b"Number %02d" % number, b"text"), ["omar@example.org"])

    def numbers(page):
        found = re.findall(r"Number (\d\d)", client.get("/dev/mail/", {"page": page}).content.decode())
        return [int(number) for number in found]

    assert numbers(1) == list(range(26, 1, -1))
    assert numbers(2) == [1, 0]


def test_a_link_in_the_text_can_be_followed(client, box):
    link = "http://127.0.0.1:8000/account/invitation/eyJ0:1x-_y/"
    name = box.keep(PLAIN % (b"Invitation", f"Open {link}\r\n<b>now</b>".encode()), ["omar@example.org"])

    page = client.get(f"/dev/mail/{name}/").content.decode()

    assert f'href="{link}"' in page
    assert "&lt;b&gt;now&lt;/b&gt;" in page


def test_html_is_shown_in_a_box_without_scripts(client, box):
    name = box.keep(HOSTILE, ["omar@example.org"])

    page = client.get(f"/dev/mail/{name}/")
    inside = client.get(f"/dev/mail/{name}/html/")

    assert "<script>alert(1)" not in page.content.decode()
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.content.decode()
    policy = inside["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy
    assert inside["X-Frame-Options"] == "SAMEORIGIN"


def test_a_mail_that_is_not_there_is_not_found(client, box):
    name = box.keep(PLAIN % (b"Text only", b"text"), ["omar@example.org"])

    assert client.get(f"/dev/mail/{name}/html/").status_code == 404
    assert client.get("/dev/mail/20261122T000000.000000Z-00000000/").status_code == 404
    assert client.get("/dev/mail/..%2F..%2Fsecrets/").status_code == 404
    assert client.post("/dev/mail/").status_code == 405
