"""A morning on which 50,000 people are due at once: until every mail stands in the outbox, in a process of its own.

Each has a firm with two matches on average and one to three searches, among them "calls you can carry"; 200 calls are
new. BENCH_ALERTS=2000 chooses another number of people.
"""

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from benchmarks import pages
from benchmarks.table import Result, at_least, at_most
from marketplace import accounts, calls, matching
from marketplace.calls import invented, seed
from marketplace.calls.board import rows

PEOPLE = int(os.environ.get("BENCH_ALERTS", "50000"))
CALLS = 200
#: Searches that people keep: so many different ones.
DIFFERENT = 2_000
#: The peak of the process itself: what getrusage says begins with the peak of the process that started it.
TIMED = """
import json, re, time
import django; django.setup()
from celery import current_app
from datetime import timedelta
from marketplace.matching import alerts
from marketplace.matching.models import NewCall, SavedSearch
at = NewCall.objects.latest("shown_at").shown_at + timedelta(hours=1)
began = time.perf_counter()
run = alerts.run(at)
seconds = time.perf_counter() - began
current_app.control.purge()
peak = re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())
left = SavedSearch.objects.due(at).count() + len(run.failures)
print(json.dumps({"seconds": seconds, "told": run.told, "left": left, "megabytes": int(peak[1]) / 1024}))
"""
AT_ONCE = """
import json, time
import django; django.setup()
from celery import current_app
from marketplace.matching import instant
from marketplace.matching.models import NewCall
new = NewCall.objects.unfinished().earliest("call")
began = time.perf_counter()
while not instant._step(new.pk, new.shown_at):
    pass
print(json.dumps({"seconds": time.perf_counter() - began}))
current_app.control.purge()
"""
WORDS = "cleaning catering software training transport printing security engineering furniture paper repair bread"
PLACES = ("GB", "FR", "DE", "ES", "IT", "NL")
PEOPLE_SQL = """
INSERT INTO accounts_user (id, password, is_superuser, email, full_name, language, time_zone, is_staff, is_active,
    joined_at)
SELECT id, '!', false, 'alert' || id || '@bench.example', 'Person ' || id,
    CASE id % 3 WHEN 0 THEN 'fr' ELSE 'en' END, CASE id % 3 WHEN 0 THEN 'Europe/Paris' ELSE 'Europe/London' END,
    false, true, now()
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS id;
INSERT INTO account_emailaddress (user_id, email, verified, "primary")
SELECT id, email, true, true FROM accounts_user WHERE id BETWEEN %(first)s AND %(last)s;
INSERT INTO accounts_organisation (id, name, country, vat_number, website, street, postcode, town, created_at, version)
SELECT id, 'Firm ' || id, (%(places)s::text[])[1 + id %% 6], '', '', '', '', 'Northmoor', now(), 1
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS id;
INSERT INTO accounts_representative (user_id, organisation_id, role, since)
SELECT id, id, 'administrator', now() FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS id;
INSERT INTO suppliers_supplier (
    id, organisation_id, slug, summary, summary_language, languages, size_band, turnover_band, founded_year,
    largest_contract, largest_contract_currency, regions, serves_europe, based_in, shows_street, audience,
    submitted_at, listed_at, confirmed_on, created_at, changed_at, version
)
SELECT id, id, 'alert-' || id, 'A firm.', 'en', '{}', '', '', NULL, NULL, '', '{}', false, '', false, 'everybody',
    now(), now(), current_date, now(), now(), 1
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS id;
INSERT INTO matching_newcall (call_id, shown_at, matched_at, told_up_to, touched_at)
SELECT id, now() - interval '1 hour', now() - interval '1 hour', 0, now() FROM (
    SELECT id FROM calls_call WHERE publish_at <= now() AND response_deadline > now() + interval '1 day'
        AND withdrawn_at IS NULL AND cancelled_at IS NULL AND awarded_at IS NULL AND unsuccessful_at IS NULL
    ORDER BY id LIMIT %(calls)s
) AS new;
INSERT INTO matches_match (call_id, supplier_id, lot_id, cpv, region, words, turn, version, found_at)
SELECT call_id, %(first)s + (place * 7919 + nth * 104729) %% %(people)s, lot.id, 60, 25, (place + nth) %% 16, nth, 1,
    now()
FROM (SELECT call_id, row_number() OVER (ORDER BY call_id) AS place FROM matching_newcall) AS new
CROSS JOIN generate_series(1, 2 * %(people)s / %(calls)s) AS nth
JOIN calls_lot AS lot USING (call_id) WHERE lot.number = 1
ON CONFLICT DO NOTHING
""".replace("id % 3", "id %% 3")
SEARCHES_SQL = """
INSERT INTO matching_savedsearch (
    organisation_id, owner_id, kind, name, query, alert, created_at, next_at, seen_until
)
SELECT id, id, CASE nth WHEN 1 THEN 'carry' ELSE 'calls' END, 'Search ' || nth,
    CASE nth WHEN 1 THEN '' ELSE (%(queries)s::text[])[1 + (id * 31 + nth * 17) %% %(different)s] END,
    CASE WHEN nth = 2 AND id %% 10 = 0 THEN 'instant' ELSE 'daily' END,
    now(), now() - interval '1 minute', now() - interval '1 day'
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS id CROSS JOIN generate_series(1, 1 + id %% 3) AS nth
"""
#: As before the run: nothing told, everything due. Its moment is that of the calls, so that none is ever over.
AGAIN = """
TRUNCATE matching_told, core_outboxmessage;
UPDATE matching_savedsearch SET next_at = new.at, seen_until = new.at - interval '1 day', told_at = NULL
FROM (SELECT max(shown_at) AS at FROM matching_newcall) AS new;
UPDATE matching_newcall SET finished_at = NULL, told_up_to = 0;
VACUUM ANALYZE matching_told, core_outboxmessage, matching_savedsearch, matching_newcall
"""


def measure() -> list[Result]:
    sources = [Path(__file__), *(Path(module.__file__ or "") for module in (seed, invented, rows))]
    sources += pages.migrations_of(accounts, calls, matching)
    with pages.database(f"tessera_alerts_{PEOPLE}", sources, _fill):
        _set_back()
        run = _in_a_process(TIMED)
        _set_back()
        one = _in_a_process(AT_ONCE)
    assert run["left"] == 0, run
    return [
        at_most(f"alerts of {PEOPLE:,} people who are all due, until in the outbox", run["seconds"], 600, "s"),
        at_most("memory of a run of alerts at its peak", run["megabytes"], 400, "MB"),
        at_least("of them have news and got a mail", run["told"], PEOPLE / 2, "of them"),
        at_most("one call told at once, by thousands of searches", one["seconds"], 30, "s"),
    ]


def _set_back() -> None:
    with connection.cursor() as cursor:
        for statement in AGAIN.split(";"):
            cursor.execute(statement)


def _in_a_process(code: str) -> dict:
    own = connection.settings_dict
    address = f"postgresql://{own['USER']}:{quote(own['PASSWORD'])}@{quote(own['HOST'], safe='')}"
    environment = os.environ | {
        "DATABASE_URL": f"{address}{':' + str(own['PORT']) if own['PORT'] else ''}/{own['NAME']}",
        "REDIS_URL": settings.CACHE_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "EMAIL_URL": "smtp://127.0.0.1:25",
        "ALLOWED_HOSTS": "127.0.0.1",
    }
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2_000:])
    return json.loads(done.stdout.splitlines()[-1])


def _fill() -> None:
    started = time.perf_counter()
    call_command("load_vocabularies", stdout=io.StringIO())
    call_command("seed_demo", suppliers=0, calls=3 * CALLS, stdout=io.StringIO())
    rows.mend()
    with connection.cursor() as cursor:
        cursor.execute("SELECT greatest(max(id), 1000000) FROM accounts_organisation")
        first = cursor.fetchone()[0] + 1
        parameters = {"first": first, "last": first + PEOPLE - 1, "people": PEOPLE, "calls": CALLS}
        parameters |= {"places": list(PLACES), "queries": list(_queries()), "different": DIFFERENT}
        for statement in (*PEOPLE_SQL.split(";"), SEARCHES_SQL):
            cursor.execute(statement, parameters)
        cursor.execute("VACUUM ANALYZE")
    sys.stdout.write(
        f"      {PEOPLE:,} people made in {time.perf_counter() - started:.0f} s at {timezone.now():%H:%M}\n"
    )


def _queries() -> Iterable[str]:
    """A word, a country, a trade, or two of them."""
    words = WORDS.split()
    for number in range(DIFFERENT):
        asked = [f"q={words[number % 12]}"] if number % 3 else []
        asked += [f"country={PLACES[number // 12 % 6]}"] if number % 2 or not asked else []
        asked += [f"cpv={45 + number % 50}000000"] if number % 7 == 0 else []
        yield "&".join(asked)
