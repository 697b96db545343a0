#!/usr/bin/env bash
# Every check that needs no running server; the first that fails ends the run.
set -euo pipefail
export TESSERA_VAR="${TESSERA_VAR:-$PWD/var/lint}"
step() { printf '%-14s' "$1"; shift; local started=$SECONDS; "$@"; printf ' ok (%ss)\n' $((SECONDS - started)); }
imports() { local said; said=$(.venv/bin/lint-imports --no-cache 2>&1) || { echo "$said"; return 1; }; }
messages() { local said; said=$(.venv/bin/python manage.py translations --check 2>&1) || { echo "$said"; return 1; }; }
step ruff .venv/bin/ruff check --quiet .
step format .venv/bin/ruff format --quiet --check .
step imports imports
step types .venv/bin/mypy --no-error-summary marketplace/core marketplace/accounts suppliers/actions.py
step templates .venv/bin/djlint --quiet --lint templates
step messages messages
