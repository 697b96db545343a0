#!/usr/bin/env bash
# Every check that needs no running server; the first that fails ends the run.
set -euo pipefail
export TESSERA_VAR="${TESSERA_VAR:-$PWD/var/lint}"
step() { printf '%-14s' "$1"; shift; local started=$SECONDS; "$@"; printf ' ok (%ss)\n' $((SECONDS - started)); }
step ruff .venv/bin/ruff check --quiet .
step format .venv/bin/ruff format --quiet --check .
step imports .venv/bin/lint-imports --no-cache >/dev/null || { .venv/bin/lint-imports --no-cache; exit 1; }
step types .venv/bin/mypy --no-error-summary marketplace/core marketplace/accounts $(git ls-files '*/actions.py' | grep -v '^marketplace/\(core\|accounts\)/')
step templates .venv/bin/djlint --quiet --lint templates
step messages .venv/bin/python manage.py translations --check
