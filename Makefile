# `make run` and `make test` need nothing but python3, git and make: `setup` fetches the rest.

PYTHON ?= python3
VENV_PYTHON := .venv/bin/python
# For example `make test PYTEST_ARGS="-x sim/tests"`.
PYTEST_ARGS ?=
# Tests mostly wait, so there may be more at a time than there are cores; those marked `alone` have a core.
PYTEST_JOBS ?= 5
# What can be made or fetched again stays inside this folder.
export GANGVAKT_CACHE ?= $(CURDIR)/.build/artefacts/cache
BOOTSTRAP := cd sim && $(PYTHON) -m bootstrap

# Of each parser of the sign so many inputs; of each property that hypothesis tries, at some ms each, so many examples.
MANY := GANGVAKT_INPUTS=$${GANGVAKT_INPUTS:-100000} GANGVAKT_FUZZ=$${GANGVAKT_FUZZ:-2000}

.DEFAULT_GOAL := help
.PHONY: help setup setup-test run test retry soak fuzz lint format bench pictures lock clean distclean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

setup:  ## Python packages and the interpreter for the simulator; instant when done already
	@$(BOOTSTRAP)

setup-test:
	@$(BOOTSTRAP) chromium servers axe

run: setup  ## a street of simulated signs with the controller's pages
	@.venv/bin/gangvakt-sim run

test: setup-test lint  ## every check there is, as in CI
	@$(VENV_PYTHON) -m pytest -n $(PYTEST_JOBS) --dist worksteal $(PYTEST_ARGS) || $(MAKE) --no-print-directory retry

# A board that others keep from the processor may miss a deadline that it keeps by itself.
retry:
	@echo "What failed is tried once more, one at a time, with nothing beside it; the first to fail again ends it."
	@$(VENV_PYTHON) -m pytest -n 0 -x --last-failed --last-failed-no-failures none

soak: setup-test  ## a week of a sign's life, ten minutes of one in real time, and many bytes for each parser
	@.venv/bin/gangvakt-sim soak --days 7 --state .run/soak
	@.venv/bin/gangvakt-sim soak --wall 10 --state .run/soak-wall
	@$(MANY) $(VENV_PYTHON) -m pytest -n $(PYTEST_JOBS) -m "parser or soak" -o timeout=7200 $(PYTEST_ARGS)

fuzz: setup-test  ## many bytes for each parser, alone: half an hour
	@$(MANY) $(VENV_PYTHON) -m pytest -n $(PYTEST_JOBS) -m "parser and not soak" -o timeout=7200 $(PYTEST_ARGS)

lint: setup  ## style and types
	@$(VENV_PYTHON) -m ruff check .
	@$(VENV_PYTHON) -m ruff format --check .
	@$(VENV_PYTHON) -m mypy

format: setup  ## put the sources into the one format
	@$(VENV_PYTHON) -m ruff check --fix-only .
	@$(VENV_PYTHON) -m ruff format .

bench: setup  ## measure what is promised, and print the table
	@$(VENV_PYTHON) -m gangvakt_sim.bench

pictures: setup-test  ## take the pictures of the user's guide anew
	@$(VENV_PYTHON) -m gangvakt_sim.pages.pictures

lock:  ## renew requirements.lock from pyproject.toml
	@$(BOOTSTRAP) lock

clean:  ## remove what tests and runs leave behind
	rm -rf .run .build/artefacts .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

distclean: clean  ## remove what the set-up fetched as well
	rm -rf .venv .build
