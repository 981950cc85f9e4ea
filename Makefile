.DEFAULT_GOAL := help
.PHONY: help install demo check test bench chaos lock clean

PYTHON ?= python3
BIN := .venv/bin
OPENAPI := .venv/openapi/twilio_api_v2010.json

help:  ## say what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

install: .venv/installed  ## make .venv from the lock file

.venv/installed: requirements.lock setup.cfg pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Calmline needs Python 3.11 or newer; name one with: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv || \
	  { echo "Python cannot make a virtual environment; on Debian: apt-get install python3-venv"; exit 1; }
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(OPENAPI): tests/openapi/lock.json tests/openapi/install.py | .venv/installed
	@$(BIN)/python -m tests.openapi.install $@

demo: install  ## run the whole line with sample callers until Ctrl-C (honours PORT)
	@$(BIN)/calmline demo

check: install $(OPENAPI)  ## format, lint, types and the fast tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -q -m "not processes"

test: install $(OPENAPI)  ## everything
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest

chaos: install  ## kill, pause and mislead everything, in full, into benchmarks/chaos.md (hours)
	$(BIN)/python -m benchmarks.chaos

bench: install  ## measure, beside the yardsticks, into benchmarks/results.md
	$(BIN)/python -m benchmarks.run

lock: install  ## resolve setup.cfg into requirements.lock
	$(BIN)/uv pip compile setup.cfg --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --upgrade --quiet --output-file requirements.lock

clean:  ## remove what was made here, data too
	rm -rf .venv var build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
