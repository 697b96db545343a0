"""What an operator sees who set something wrongly: one line that names it, and nothing starts."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from tests import harness
from tests.test_env import GOOD_SECRET

GOOD = {
    "DATABASE_URL": "postgresql://tessera:pw@127.0.0.1:1/tessera",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtp://127.0.0.1:1",
    "SECRET_KEY": GOOD_SECRET,
    "PUBLIC_URL": "https://tessera.example",
    "ALLOWED_HOSTS": "tessera.example",
    "MAIL_FROM": "Tessera <no-reply@tessera.example>",
}
#: The line must name the first word; None takes the name away.
BAD = {
    "DATABASE_URL": ["mysql://u:p@h/db", "postgresql://", "postgresql://u:p@h:port/db", "not an address"],
    "REDIS_URL": ["http://h", None],
    "EMAIL_URL": ["mail.example", None],
    "SECRET_KEY": ["short", "changeme" * 10, None],
    "SECRET_KEY_FILE": ["/nonexistent/key"],
    "PUBLIC_URL": ["tessera.example"],
    "PORT": ["http"],
    "TESSERA_VRA": ["/tmp/x"],
    "TESSERA_DEMO": ["perhaps"],
    "MAIL_FROM": ["nobody"],
    "OPERATOR_EMAILS": ["night"],
    "TRUSTED_PROXY_COUNT": ["many"],
}


def check(*arguments, **changes):
    """`manage.py check` in a process of its own, with nothing else of ours in its environment."""
    known = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "TESSERA_VAR": str(harness.VAR / "check")}
    values = {name: value for name, value in (known | GOOD | changes).items() if value is not None}
    return subprocess.run(
        [sys.executable, "manage.py", "check", *arguments],
        cwd=harness.ROOT,
        env=values,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_wrong_value_stops_the_start_with_one_line_that_names_it(prove):
    """Each start takes a second; what each reader refuses is shown in test_env.py."""
    few = [
        ("DATABASE_URL", "mysql://u:hunter2@h/db"),
        ("SECRET_KEY", None),
        ("TESSERA_VRA", "/tmp/x"),
        ("PORT", "http"),
    ]
    cases = [(name, value) for name, values in BAD.items() for value in values] if prove else few
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda case: _check_bad(*case), cases))

    for (name, _value), answer in zip(cases, answers, strict=True):
        lines = answer.stderr.strip().splitlines()
        assert answer.returncode == 1, name
        assert len(lines) == 1, answer.stderr
        assert name in lines[0]
        assert "hunter2" not in lines[0]


def _check_bad(name, value):
    extra = {"SECRET_KEY": None} if name == "SECRET_KEY_FILE" else {}
    return check(**extra, **{name: value})


def test_a_good_production_environment_passes_the_deployment_checks_in_silence():
    answer = check("--deploy", "--fail-level", "INFO")

    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.strip() == "System check identified no issues (0 silenced)."
    assert answer.stderr == ""


def test_secrets_may_be_mounted_as_files(tmp_path):
    (tmp_path / "key").write_text(f"{GOOD_SECRET}\n")
    (tmp_path / "database").write_text(GOOD["DATABASE_URL"])
    files = {"SECRET_KEY_FILE": str(tmp_path / "key"), "DATABASE_URL_FILE": str(tmp_path / "database")}

    assert check(SECRET_KEY=None, DATABASE_URL=None, **files).returncode == 0


def test_settings_stay_short_enough_to_be_read():
    assert len((harness.ROOT / "marketplace" / "settings.py").read_text().splitlines()) <= 300
