"""The composition root."""

from django.conf import settings


def test_pictures_are_served_and_nothing_else_of_the_media(client, db):
    pictures, private = settings.MEDIA_ROOT / "images", settings.MEDIA_ROOT / "documents"
    for folder in (pictures, private):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "tile.txt").write_text("a tile")

    assert b"".join(client.get("/media/images/tile.txt").streaming_content) == b"a tile"
    assert client.get("/media/documents/tile.txt").status_code == 404
    for way_out in ("..", "%2e%2e", "..%2f.."):
        assert client.get(f"/media/images/{way_out}/documents/tile.txt").status_code in {400, 404}


def test_wagtails_own_sign_in_leads_to_ours(client, db):
    response = client.get("/_util/login/?next=/workspace/")

    assert (response.status_code, response["Location"]) == (302, "/account/login/?next=/workspace/")
    assert client.post("/_util/login/", {"username": "a", "password": "b"}).status_code == 302
