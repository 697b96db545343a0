#!/usr/bin/env bash
# Resolves pyproject.toml into hash-locked lists that name no index address.
set -euo pipefail
compile() {
  .venv/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header \
    --no-annotate --no-emit-index-url --no-emit-find-links --quiet "$@"
}
compile -o requirements/runtime.txt
compile --extra sentry --extra s3 -c requirements/runtime.txt -o requirements/optional.txt
compile --extra embedded -c requirements/runtime.txt -o requirements/embedded.txt
compile --extra embedded --extra dev --extra sentry --extra s3 -c requirements/runtime.txt -o requirements/dev.txt
