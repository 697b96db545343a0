import pytest
from django.core.exceptions import ImproperlyConfigured

from marketplace import env

GOOD_SECRET = "kZ3-fB9q_Tn6wYx1LrVc8DmHs4Gj7PuE5aQo2iXbNvKtRy0WzJdFgMlC"


@pytest.fixture
def given(monkeypatch):
    """`given(NAME="value")` sets the environment."""

    def give(**values):
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return give


def refuses(read, *words):
    with pytest.raises(ImproperlyConfigured) as refusal:
        read()
    assert "\n" not in str(refusal.value)
    for word in words:
        assert word in str(refusal.value)


def test_a_value_may_come_from_a_file(given, tmp_path):
    (tmp_path / "secret").write_text("from a file\n")
    given(X_FILE=str(tmp_path / "secret"))

    assert env.text("X") == "from a file"


def test_a_value_and_a_file_at_once_are_refused(given, tmp_path):
    given(X="1", X_FILE=str(tmp_path))

    refuses(lambda: env.text("X"), "X or X_FILE, not both")


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named(given, tmp_path, content):
    if content:
        (tmp_path / "secret").write_bytes(content)
    given(X_FILE=str(tmp_path / "secret"))

    refuses(lambda: env.text("X"), "X_FILE", str(tmp_path / "secret"))


def test_a_missing_value_is_named_and_an_empty_one_is_missing(given):
    refuses(lambda: env.text("X"), "Set X (or X_FILE)")
    given(X="")
    refuses(lambda: env.text("X"), "Set X (or X_FILE)")
    assert env.text("X", "default") == "default"


def test_a_line_break_in_a_value_is_refused(given):
    given(X="a\nBcc: b")

    refuses(lambda: env.text("X"), "X", "line break")


@pytest.mark.parametrize("value", ["2", "on", "maybe"])
def test_a_flag_is_yes_or_no(given, value):
    given(X=value)

    refuses(lambda: env.flag("X"), "X must be 1 or 0")


@pytest.mark.parametrize("value", ["-1", "1.5", "x", "65536", "١"])
def test_a_number_is_whole_and_in_its_range(given, value):
    given(PORT=value)

    refuses(lambda: env.number("PORT", 8000, at_least=1), "PORT", "from 1 to 65535")


def test_good_flags_numbers_and_lists_are_read(given):
    given(F="yes", N="8000", L=" a, b ,,c")

    assert (env.flag("F"), env.number("N", 1), env.words("L")) == (True, 8000, ["a", "b", "c"])


@pytest.mark.parametrize(
    "value",
    [
        "example.org",
        "ftp://example.org",
        "https://",
        "https://a b",
        "https://x:99999",
        "https://x/path",
        "https://u@x",
        "//x",
    ],
)
def test_a_wrong_web_address_is_refused(given, value):
    given(PUBLIC_URL=value)

    refuses(lambda: env.web_address("PUBLIC_URL"), "PUBLIC_URL")


def test_a_web_address_loses_its_slash(given):
    given(PUBLIC_URL="https://tessera.example/")

    assert env.web_address("PUBLIC_URL") == "https://tessera.example"


@pytest.mark.parametrize("value", ["nobody", "a@b", "a@b.example, c", "Tessera <no-reply>"])
def test_wrong_mail_addresses_are_refused(given, value):
    given(X=value)

    refuses(lambda: env.mail_address("X"), "X must hold e-mail addresses")
    refuses(lambda: env.mail_addresses("X"), "X must hold e-mail addresses")


def test_good_mail_addresses_are_read(given):
    given(X="Tessera <no-reply@tessera.example>", Y="a@b.example, c@d.example")

    assert env.mail_address("X") == "Tessera <no-reply@tessera.example>"
    assert env.mail_addresses("Y") == ["a@b.example", "c@d.example"]


@pytest.mark.parametrize(
    "value",
    ["short", "x" * 60, "changeme" * 8, f"{GOOD_SECRET[:40]}change-me-please", f"django-insecure-{GOOD_SECRET}"],
)
def test_a_short_or_known_secret_is_refused(given, value):
    given(SECRET_KEY=value)

    refuses(lambda: env.secret("SECRET_KEY"), "SECRET_KEY")


def test_a_secret_of_ones_own_is_taken(given):
    given(SECRET_KEY=GOOD_SECRET)

    assert env.secret("SECRET_KEY") == GOOD_SECRET


def test_a_kept_secret_is_made_once_for_its_owner_only(tmp_path):
    path = tmp_path / "secrets" / "secret_key"
    first = env.secret("SECRET_KEY_OF_THIS_TEST", kept=path)

    assert env.secret("SECRET_KEY_OF_THIS_TEST", kept=path) == first
    assert len(first) >= 50
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["secret_key"]


def test_a_kept_secret_that_lost_its_content_is_refused(tmp_path):
    path = tmp_path / "secret_key"
    path.touch()

    refuses(lambda: env.secret("SECRET_KEY_OF_THIS_TEST", kept=path), str(path), "too short")


@pytest.mark.parametrize(
    "value",
    [
        "mysql://u:p@h/db",
        "postgresql://u:p@h/",
        "postgresql://u:p@h:port/db",
        "postgresql://u:p@h:99999/db",
        "postgresql://u:p@h/db/more",
        "postgresql://u:p@h/db?sslmod=require",
        "db",
    ],
)
def test_a_broken_database_address_is_refused_without_showing_its_password(given, value):
    given(DATABASE_URL=value.replace(":p@", ":hunter2@"))

    with pytest.raises(ImproperlyConfigured) as refusal:
        env.database("DATABASE_URL")
    assert "DATABASE_URL" in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


def test_a_database_address_is_read_whole(given):
    given(DATABASE_URL="postgresql://u%40x:p%2Fw@db.example:5433/tessera?sslmode=verify-full")
    read = env.database("DATABASE_URL")

    assert (read["USER"], read["PASSWORD"], read["HOST"], read["PORT"]) == ("u@x", "p/w", "db.example", "5433")
    assert read["NAME"] == "tessera"
    assert read["OPTIONS"] == {"sslmode": "verify-full", "connect_timeout": "5"}


@pytest.mark.parametrize("value", ["postgresql://u:p@%2Frun%2Fpg/db", "postgresql://u:p@/db?host=/run/pg"])
def test_a_socket_folder_may_stand_in_place_of_a_host(given, value):
    given(DATABASE_URL=value)

    assert env.database("DATABASE_URL")["HOST"] == "/run/pg"


@pytest.mark.parametrize("value", ["http://h", "redis://", "unix://", "redis://h:port", "h:6379"])
def test_a_wrong_queue_address_is_refused(given, value):
    given(REDIS_URL=value)

    refuses(lambda: env.redis("REDIS_URL"), "REDIS_URL")


def test_a_socket_of_the_queue_is_written_in_celery_s_way_too(given):
    given(REDIS_URL="unix:///run/v.sock?db=3")

    assert env.redis("REDIS_URL") == ("unix:///run/v.sock?db=3", "redis+socket:///run/v.sock?virtual_host=3")


@pytest.mark.parametrize("value", ["mail.example", "http://mail.example", "smtp://", "smtp://h:port"])
def test_a_wrong_mail_server_is_refused(given, value):
    given(EMAIL_URL=value)

    refuses(lambda: env.mail("EMAIL_URL"), "EMAIL_URL")


def test_a_mail_server_is_read_whole(given):
    given(EMAIL_URL="smtps://tessera%40x:p%3Aw@mail.example")
    server = env.mail("EMAIL_URL")

    assert (server.host, server.port, server.user, server.password) == ("mail.example", 465, "tessera@x", "p:w")
    assert (server.use_ssl, server.use_tls) == (True, False)


def test_a_misspelt_setting_is_refused_with_a_guess(given):
    given(TESSERA_VRA="/tmp/x")

    refuses(env.refuse_unknown, "TESSERA_VRA is not a setting", "Did you mean TESSERA_VAR?")


def test_a_bucket_needs_its_keys(given):
    assert env.storage("S3")["BACKEND"].endswith("FileSystemStorage")
    given(S3_BUCKET="media")

    refuses(lambda: env.storage("S3"), "S3_ACCESS_KEY")
