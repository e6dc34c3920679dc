# The project's commands; `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
DATA ?= var/demo
WORKERS ?= 2
export HOST PORT DATA

.DEFAULT_GOAL := help
.PHONY: help demo test lint bench soak

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "需要 Python 3.11 或更新的版本。")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.ready-test: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@

demo: $(VENV)/.ready  ## start everything on embedded defaults (HOST, PORT and DATA can be set)
	@$(BIN)/pufa demo

test: $(VENV)/.ready-test  ## the whole suite in WORKERS processes; REQUIRE_ALL=1 makes a skip a failure
	@$(BIN)/python -m pytest -q -n $(WORKERS)

lint: $(VENV)/.ready-test  ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.ready-test  ## the measured table, ratios in one run
	@PYTHONPATH=.:tests $(BIN)/python -m tests.bench

soak: $(VENV)/.ready-test  ## long fault and load runs
	@PYTHONPATH=.:tests $(BIN)/python -m tests.bench.soak
