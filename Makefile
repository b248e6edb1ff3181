# make run   sets up and runs the shipped scenario
# make test  sets up and runs the tests
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CORE := tests/plan tests/world tests/engine tests/trace tests/ledger tests/cli/test_run.py

.PHONY: run test optimised coverage check lint types bench reference clean

run: $(READY)
	$(BIN)/fourport run scenarios/weihai-2019.toml

test: $(READY)
	$(BIN)/python -m pytest -n auto --dist loadscope --no-loadscope-reorder

# The core again as users of "python -O" run it, without asserts; those of the tests stay. One process, beside the
# check of types; no test that starts Python anew, without -O; a part of random cases, which are others each time.
optimised: $(READY)
	FOURPORT_TESTS_FEWER_EXAMPLES=4 $(BIN)/python -O -m pytest -n 0 -m 'not long' \
		--ignore tests/engine/test_compiled.py $(CORE)

# Which lines the tests run, but for the long ones; tracing takes half as much again.
coverage: $(READY)
	$(BIN)/python -m pytest -n auto --dist loadscope -m 'not long' --cov=fourport --cov-report=term:skip-covered

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

check: lint types test

# Run the shipped scenario again into results/reference and the README, after a change of results.
reference: $(READY)
	$(BIN)/python -m tests.regenerate_reference

bench: $(READY)
	$(BIN)/python benchmarks/engine.py --consignments 100000 --json
	$(BIN)/python benchmarks/ledger.py --json

# Python compiles what is imported when it is imported; pip would compile all that is installed, for as long as it
# takes to install it.
$(READY): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -c constraints.txt -e '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .coverage*
