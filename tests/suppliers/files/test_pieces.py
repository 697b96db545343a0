import hashlib
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from marketplace.core.errors import RuleBroken
from marketplace.core.files import vault
from suppliers.files import pieces
from suppliers.files.models import Document, Picture, Upload
from tests.factories.accounts import RepresentativeFactory
from tests.factories.files import UploadFactory
from tests.suppliers.files.samples import encoded, image, pdf

pytestmark = pytest.mark.django_db
CONTENT = pdf(extra=b"%" + b"x" * 2_000 + b"\n")
WORDS = {"kind": "other", "audience": "private"}


def hash_of(content):
    return hashlib.sha256(content).hexdigest()


def begin(browser, content=CONTENT, **said):
    words = {"purpose": "document", "name": "policy.pdf", "size": len(content), "sha256": hash_of(content)}
    return browser.post(reverse("upload-begin"), WORDS | words | said)


def send(browser, url, content, offset):
    return browser.post(f"{url}?offset={offset}", content, content_type="application/octet-stream")


def finish(browser, url, **words):
    return browser.post(f"{url}finish/", WORDS | words)


def test_a_file_comes_in_pieces_and_is_kept_whole(as_user, omar, atlas, kept):
    browser = as_user(omar)
    begun = begin(browser)
    url = begun.json()["url"]

    assert (begun.status_code, begun.json()["received"]) == (201, 0)
    assert send(browser, url, CONTENT[:1_000], 0).json()["received"] == 1_000
    assert browser.get(url).json()["received"] == 1_000
    send(browser, url, CONTENT[1_000:], 1_000)
    assert finish(browser, url, audience="members").json() == {"done": True}

    document = Document.objects.get()
    assert (document.sha256, document.audience, document.title) == (hash_of(CONTENT), "members", "policy")
    assert kept() == [document.stored_as]
    assert not vault.place_for_pieces(Upload.objects.get().pk).exists()


def test_after_a_broken_line_it_goes_on_where_it_stopped(as_user, omar, atlas):
    browser = as_user(omar)
    url = begin(browser).json()["url"]
    send(browser, url, CONTENT[:700], 0)

    again = begin(browser)

    assert (again.json()["url"], again.json()["received"]) == (url, 700)
    assert Upload.objects.count() == 1


def test_a_piece_that_comes_twice_is_told_where_to_go_on(as_user, omar, atlas):
    browser = as_user(omar)
    url = begin(browser).json()["url"]
    send(browser, url, CONTENT[:700], 0)

    answer = send(browser, url, CONTENT[:700], 0)

    assert (answer.status_code, answer.json()["received"]) == (409, 700)


def test_what_a_crash_wrote_without_noting_it_is_written_over(as_user, omar, atlas):
    browser = as_user(omar)
    url = begin(browser).json()["url"]
    send(browser, url, CONTENT[:700], 0)
    with vault.place_for_pieces(Upload.objects.get().pk).open("ab") as file:
        file.write(b"lost" * 900)

    send(browser, url, CONTENT[700:], 700)

    assert finish(browser, url).json() == {"done": True}


def test_finishing_twice_keeps_one(as_user, omar, atlas):
    browser = as_user(omar)
    url = begin(browser).json()["url"]
    send(browser, url, CONTENT, 0)

    assert finish(browser, url).json() == finish(browser, url).json() == {"done": True}
    assert Document.objects.count() == 1


def test_a_file_that_was_damaged_on_its_way_is_not_kept(as_user, omar, atlas):
    browser = as_user(omar)
    url = begin(browser, sha256="0" * 64).json()["url"]
    send(browser, url, CONTENT, 0)

    answer = finish(browser, url)

    assert (answer.status_code, Document.objects.count(), Upload.objects.count()) == (422, 0, 0)
    assert "damaged on its way" in answer.json()["reason"]


def test_half_a_file_is_not_kept(as_user, omar, atlas):
    browser = as_user(omar)
    url = begin(browser).json()["url"]
    send(browser, url, CONTENT[:700], 0)

    assert "not arrived whole" in finish(browser, url).json()["reason"]
    send(browser, url, CONTENT[700:], 700)
    assert finish(browser, url).json() == {"done": True}


def test_a_refused_file_says_why_and_leaves_nothing(as_user, omar, atlas):
    browser = as_user(omar)
    content = b"<html><script>alert(1)</script>"
    url = begin(browser, content).json()["url"]
    send(browser, url, content, 0)
    partial = vault.place_for_pieces(Upload.objects.get().pk)

    answer = finish(browser, url)

    assert answer.status_code == 422
    assert "a page or a program" in answer.json()["reason"]
    assert not partial.exists()


def test_words_that_are_wrong_are_said_before_anything_is_sent(as_user, omar, atlas):
    answer = begin(as_user(omar), kind="insurance")

    assert answer.status_code == 422
    assert "has a last day" in answer.json()["reason"]
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    "said", [{"purpose": "film"}, {"size": 0}, {"size": "x"}, {"sha256": "../.."}, {"name": ""}, {"size": 21_000_000}]
)
def test_a_beginning_that_makes_no_sense_is_refused(as_user, omar, atlas, said):
    assert begin(as_user(omar), **said).status_code == 422
    assert not Upload.objects.exists()


def test_more_than_was_said_is_refused(as_user, omar, atlas):
    browser = as_user(omar)
    url = begin(browser, size=10, sha256="").json()["url"]

    assert send(browser, url, b"x" * 11, 0).status_code == 422
    assert send(browser, url, b"", 0).status_code == 422
    assert browser.post(url, b"x", content_type="application/octet-stream").status_code == 422


def test_nobody_else_and_no_other_session_finds_it(as_user, omar, zed, stella, atlas):
    url = begin(as_user(omar)).json()["url"]
    RepresentativeFactory(user=zed, organisation=omar.organisation, editor=True)

    for person in (omar, zed, stella):
        assert as_user(person).get(url).status_code == 404


def test_pictures_and_logos_come_in_pieces_too(as_user, omar, atlas):
    browser = as_user(omar)
    content = encoded(image(), "PNG")
    for purpose in ("picture", "logo"):
        url = begin(browser, content, purpose=purpose, name="a.png").json()["url"]
        send(browser, url, content, 0)
        assert finish(browser, url).json() == {"done": True}

    assert set(Picture.objects.values_list("role", flat=True)) == {"picture", "logo"}


def test_there_is_a_limit_to_what_is_on_its_way_at_once(omar, atlas):
    session = pieces.session_of("x")
    UploadFactory.create_batch(pieces.MOST_OPEN, supplier=atlas, user=omar, session=session)

    with pytest.raises(RuleBroken, match="Too many files"):
        pieces.begin_upload(atlas, purpose="document", name="a", size=1, sha256="", session=session, by=omar)


def test_what_was_abandoned_is_forgotten_after_a_day(atlas):
    upload = UploadFactory(supplier=atlas)
    vault.place_for_pieces(upload.pk).write_bytes(b"x")
    stray = vault.place_for_pieces(uuid.uuid4())
    stray.write_bytes(b"x")
    now = timezone.now()

    assert pieces.forget_abandoned(now) == 0
    assert pieces.forget_abandoned(now + timedelta(days=1, minutes=1)) == 1
    assert pieces.forget_abandoned(now + timedelta(days=1, minutes=1)) == 0

    assert not Upload.objects.exists()
    assert not vault.place_for_pieces(upload.pk).exists()
    assert not stray.exists()
