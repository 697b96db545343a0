#!/usr/bin/env bash
# Finds or fetches a Chromium for the journeys: on PATH, else from Debian as root, else Playwright's own, else says so.
set -u
for name in chromium chromium-browser google-chrome; do command -v "$name" >/dev/null && exit 0; done
[ -n "${TESSERA_CHROMIUM:-}" ] && [ -x "$TESSERA_CHROMIUM" ] && exit 0
ls "$HOME"/.cache/ms-playwright/chromium-*/chrome-linux*/chrome >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Chromium for the browser journeys..."
  (apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium) >/dev/null 2>&1 && exit 0
fi
timeout 300 .venv/bin/playwright install chromium >/dev/null 2>&1 && exit 0
echo "No Chromium was found or could be installed: the browser journeys will not run. Install the package chromium." >&2
[ -z "${CI:-}" ]
