# One door for people and CI. `make help` lists the rooms.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.run-$(shell cksum requirements.lock 2>/dev/null | cut -d' ' -f1)
DEV_STAMP := $(VENV)/.dev-$(shell cksum requirements-dev.lock 2>/dev/null | cut -d' ' -f1)

# They need a folder of public collections.
NOT_BENCHED := tests/bench/corpora.py tests/bench/extraction_quality.py tests/bench/ordinary_pages.py tests/bench/calibration.py

.PHONY: help run test check audit format unit kafka torture bench fuzz corpora lock setup setup-dev browser broker map golden clean

help: ## List what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(RUN_STAMP):
	@echo "Setting up (once): Python packages and the gazetteer"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/changehands gazetteer build
	@touch $@

$(DEV_STAMP): $(RUN_STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

setup: $(RUN_STAMP) ## Install what running needs
setup-dev: $(DEV_STAMP) ## Install what testing needs

run: setup ## Start everything in one process on the embedded journal (needs Python only)
	$(BIN)/changehands run

test: check browser broker ## Check, then test everything, with a real Kafka and a real Chromium
	$(BIN)/python tests/suites.py

check: setup-dev ## Format, lint, types, import contracts, packages that fit each other
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pip check

audit: setup-dev ## Known vulnerabilities of the locked packages (asks a public database)
	$(BIN)/uv tool run pip-audit==2.10.1 --disable-pip --require-hashes -r requirements.lock

unit: setup-dev ## The fast tests only
	$(BIN)/python tests/suites.py unit property contract golden

format: setup-dev ## Put code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

browser: ## Install Chromium where apt-get can (CI); elsewhere the browser tests say why they are skipped
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; }; } || \
	  echo "chromium is not installed: browser tests will be skipped (fails with CI=true)"

broker: setup-dev ## Fetch the Apache Kafka that the tests use
	@$(BIN)/python deploy/kafka/broker.py fetch || [ "$${CI:-}" != true ]

kafka: setup ## Start a real Kafka broker on this machine, in the foreground
	$(BIN)/python deploy/kafka/broker.py start

torture: setup-dev broker ## The kill runs with their full counts (takes long)
	TORTURE=1 $(BIN)/python -m pytest --timeout=0 tests/e2e -k "kill or storm or faults" -s

bench: setup-dev ## Speed, as ratios
	for file in $(filter-out $(NOT_BENCHED),$(wildcard tests/bench/*.py)); do $(BIN)/python $$file; done

MINUTES ?= 10
fuzz: setup-dev ## Try to break detection, codec and memories for so many minutes (make fuzz MINUTES=10)
	$(BIN)/python tests/fuzz.py $(MINUTES)

corpora: setup-dev ## Public collections checked out under DIR: every feed read, extraction's quality (make corpora DIR=...)
	$(BIN)/python tests/bench/corpora.py $(DIR)
	$(BIN)/python tests/bench/extraction_quality.py $(DIR)

lock: ## Rewrite both lock files: hashes, no addresses
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --python-version 3.11 --no-header \
	  pyproject.toml --extra build -o requirements.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --python-version 3.11 --no-header \
	  pyproject.toml --all-extras -c requirements.lock -o requirements-dev.lock

clean: ## Remove what was built and what the tests left
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache var

map: setup-dev ## Bring the README's map of folders up to date
	$(BIN)/python docs/map.py
