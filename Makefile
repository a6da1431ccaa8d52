PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help setup test check texts run demo shots tour full crash bench tagging lock

help: ## what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## set everything up in .venv; the others call it
	@:

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Huying needs Python 3.11 or newer; name one, as in: make setup PYTHON=python3.11" >&2; \
	  exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv .venv || { \
	  echo "$(PYTHON) -m venv does not work; on Debian: apt-get install python3-venv" >&2; exit 1; }
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

test: $(READY) ## the whole test suite
	@$(BIN)/python -m pytest

check: $(READY) ## format, lint, types, import rules, translations, docs
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m pytest tests/architecture/test_locales.py tests/docs

texts: $(READY) ## the keys for translators (locales/huying.pot), and what a language lacks
	@$(BIN)/python -m tests.architecture.texts

run: $(READY) ## the bot against Telegram, with settings from the environment or .env
	@$(BIN)/huying run

demo: $(READY) ## the bot in a made-up town, on a page of phones; FRESH=1 begins anew, PORT=N changes the port
	@$(BIN)/huying demo $(if $(FRESH),--fresh) $(if $(PORT),--port $(PORT))

shots: $(READY) ## the pictures of the page in docs/images; needs Chromium
	@$(BIN)/python -m tests.browser.shots

tour: $(READY) ## a scripted day of a town, headless, against a local Bot API server
	@$(BIN)/huying tour

full: export HUYING_FULL = 1
full: $(READY) ## the test suite with the long runs in full length
	@$(BIN)/python -m pytest -m ""

crash: export HUYING_FULL = 1
crash: $(READY) ## kill -9 again and again under load, in full length
	@$(BIN)/python -m pytest -n 0 -m "" -s tests/crash

bench: export HUYING_FULL = 1
bench: $(READY) ## the measurements, in full length, with their figures
	@$(BIN)/python -m pytest -n 0 -m "" -s tests/benchmarks

tagging: $(READY) ## measure the tagger and write docs/tagging.md; DATA=folder measures more
	@$(BIN)/huying lexicon report $(if $(DATA),--data $(DATA))

lock: ## compile requirements.lock again from pyproject.toml; needs uv
	@uv=$$(command -v $(BIN)/uv || command -v uv) || { \
	  echo "make lock needs uv: https://docs.astral.sh/uv/" >&2; exit 1; }; \
	"$$uv" pip compile pyproject.toml --group dev --universal --generate-hashes \
	  --no-header -q -o requirements.lock
