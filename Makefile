# make run   see it work: embedded servers, sample mail (no root, no server needed)
# make test  everything, on real servers where that is possible (root on Debian)
# make packages  installs, upgrades and removes the OTRS packages on the real Znuny (some minutes, alone)
# make check lint, types, layers, unit tests: under a minute
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
WORKERS ?= 2
# Installing a package empties all of Znuny's caches: nothing else may use it meanwhile, so `make packages` is apart.
ALONE := tests/acceptance/test_packages.py

.PHONY: run test check bench servers clean lint types unit lock opm packages

run: $(VENV)/.runtime
	$(BIN)/otrs-bridge demo

test: $(VENV)/.development servers check
	$(BIN)/python -m pytest tests -n $(WORKERS) --dist loadgroup --ignore tests/unit --ignore $(ALONE)

packages: $(VENV)/.development servers
	$(BIN)/python -m pytest $(ALONE)

check: $(VENV)/.development lint types unit

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types:
	$(BIN)/mypy

unit:
	$(BIN)/python -m pytest tests/unit -n $(WORKERS) -q

bench: $(VENV)/.development servers
	$(BIN)/python -m tests.bench

servers: $(VENV)/.development
	$(BIN)/python -m tests.servers up

# The environments are made anew from pinned, hashed packages whenever those change.
$(VENV)/bin/python:
	$(PYTHON) scripts/make_venv.py $(VENV)

$(VENV)/.runtime: $(VENV)/bin/python constraints/runtime.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --require-hashes -r constraints/runtime.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.development: $(VENV)/bin/python constraints/development.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --require-hashes -r constraints/development.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@ $(VENV)/.runtime

# packages for OTRS's package manager, with the names of the example configuration
opm: $(VENV)/.runtime
	$(BIN)/python -m scripts.build_opm dist

lock: $(VENV)/.development
	$(BIN)/python scripts/lock.py

clean:
	-$(BIN)/python -m tests.servers down
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
