#!/usr/bin/env bash
# Makes .venv from the hash-locked list; safe to repeat and to interrupt.
set -euo pipefail
python="${PYTHON:-python3}"
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  echo "Tessera needs Python 3.11 or newer; set PYTHON=/path/to/python3.11 and try again." >&2
  exit 1
fi
if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
  rm -rf .venv
  "$python" -m venv .venv || { echo "Python's venv module is missing: install your system's python3-venv package." >&2; exit 1; }
fi
[ -x .venv/bin/uv ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check uv
.venv/bin/uv pip sync --quiet --compile-bytecode --require-hashes --python .venv/bin/python requirements/dev.txt
.venv/bin/python manage.py translations --compile >/dev/null
