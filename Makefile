# Tessera. `make demo` shows it, `make test` proves it; everything else is a step of these two.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
WORKERS ?= 2
export PORT

help: ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: var/run/setup-stamp ## the virtual environment, from hash-locked requirements

var/run/setup-stamp: pyproject.toml requirements/dev.txt $(wildcard locale/*/LC_MESSAGES/*.po) requirements/setup.sh
	@PYTHON=$(PYTHON) bash requirements/setup.sh
	@mkdir -p var/run && touch $@

demo: setup ## the whole product with synthetic data on http://127.0.0.1:$PORT
	@TESSERA_DEMO=1 exec $(MANAGE) up --demo

run: setup ## the whole product without demo data
	@exec $(MANAGE) up

test: setup ## every test, reduced counts
	@bash tests/browser.sh
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup

prove: setup ## the same tests with full counts; seeds and figures go to docs/proof.md
	@bash tests/browser.sh
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup --prove

lint: setup ## ruff, mypy, import contracts, templates, migrations, deployment checks, French catalogue
	@bash requirements/lint.sh

bench: setup ## ratios inside one run, on the embedded PostgreSQL
	@$(BIN)/python -m benchmarks

messages: setup ## collect translatable strings into locale/
	@$(MANAGE) translations --update

lock: setup ## resolve pyproject.toml into requirements/ again
	@bash requirements/lock.sh

screenshots: setup ## the pictures of the documentation
	@bash tests/browser.sh
	@$(BIN)/python -m tests.screenshots

clean: ## forget the environment and all local state
	@[ ! -x $(BIN)/python ] || $(BIN)/python -c "from pathlib import Path; from marketplace.embedded.account import forget; forget(Path('var').resolve())"
	@rm -rf .venv var .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help setup demo run test prove lint bench messages lock screenshots clean
