# Bartizan from a fresh clone: `make run`, `make test`. Needs make and Python 3.11 to 3.13; fetches the rest itself.
# PYTHON names the interpreter of .venv, ARGS are passed on (make run ARGS=--once, make test ARGS="-k names").
# make fuzz TARGET=mime SECONDS=60 fuzzes one target of tests/fuzz.
# make differential SECONDS=60 ARGS="--seed 1000" holds our reading of mail against other parsers', make zipdiff that
# of zips against other programs'.
# Package sources and certificates are those of pip's and apt's own settings.

PYTHON ?= python3
ARGS ?=
TARGET ?= mime
SECONDS ?= 60

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
CORE := $(wildcard src/_core/*.pyx src/_core/*.pxd src/_core/*.c.in src/_core/*.h)
# The requirements that pyproject.toml lists under a dotted name, one shell word each.
REQUIRED = $$($(BIN)/python -c 'import functools, sys, tomllib; print(*functools.reduce(dict.__getitem__, \
	sys.argv[1].split("."), tomllib.load(open("pyproject.toml", "rb"))))' $(1))

.PHONY: run test lint bench integration torture asan fuzz differential zipdiff evasion build clean

run: $(VENV)/.core ## start the gateway with sample mails
	$(BIN)/bartizan demo $(ARGS)

test: $(VENV)/.core $(VENV)/.test build/mail-tools/.done ## run the tests
	$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/.core $(VENV)/.test $(VENV)/.lint ## check style, types and stubs
	$(BIN)/ruff check src tests bench setup.py
	$(BIN)/ruff format --check src tests bench setup.py
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest --concise --mypy-config-file pyproject.toml --allowlist .ci/stubtest.allow \
		--ignore-unused-allowlist --ignore-disjoint-bases bartizan._core

bench: $(VENV)/.core $(VENV)/.test build/mail-tools/.done ## micro benchmarks in full, then the load test
	$(BIN)/python -m pytest --benchmark-enable bench/micro
	$(BIN)/python -m bench.run $(ARGS)

integration: $(VENV)/.core $(VENV)/.test build/mail-tools/.done ## tests with real servers and a bare Debian
	@command -v debootstrap >/dev/null || .ci/install debootstrap
	$(BIN)/python -m pytest -m integration $(ARGS)

torture: $(VENV)/.core $(VENV)/.test build/mail-tools/.done ## long kill and soak runs
	$(BIN)/python -m pytest -m torture $(ARGS)

asan: $(VENV)/.core $(VENV)/.test ## run corpora and seeds through the core under AddressSanitizer
	.ci/asan $(ARGS)

fuzz: $(VENV)/.core $(VENV)/.fuzz ## fuzz TARGET for SECONDS with atheris
	PYTHONPATH=tests $(BIN)/python -m fuzz $(TARGET) $(SECONDS) $(ARGS)

differential: $(VENV)/.core build/peers/.done ## look for SECONDS for what other mail parsers see and we do not
	PYTHONPATH=tests $(BIN)/python -m differential $(SECONDS) $(ARGS)

zipdiff: $(VENV)/.core build/peers/.done ## look for SECONDS for what other programs take out of zips and we do not
	PYTHONPATH=tests $(BIN)/python -m zipdiff $(SECONDS) $(ARGS)

evasion: $(VENV)/.core $(VENV)/.test ## try all evasions, measure them, write docs/evasion.md
	PYTHONPATH=tests $(BIN)/python -m evasion

build: $(VENV)/.core ## make .venv and compile the core

clean: ## remove everything that was made, but for var/
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks src/*.egg-info
	rm -f src/_core/*.so src/_core/*.c
	find src tests bench -name __pycache__ -prune -exec rm -rf {} +

# Each stamp stands for one finished step; .venv holds the steps that made it.
$(VENV)/.venv: .ci/system
	@.ci/system $(PYTHON)
	@echo "Making $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.dependencies: $(VENV)/.venv pyproject.toml
	@echo "Installing dependencies"
	@$(PIP) install $(call REQUIRED,build-system.requires) $(call REQUIRED,project.dependencies)
	@rm -f $(VENV)/.installed
	@touch $@

# The first time everything is compiled and installed, later only what changed is compiled.
$(VENV)/.core: $(VENV)/.dependencies setup.py $(CORE)
	@echo "Compiling"
	@if [ -e $(VENV)/.installed ]; then $(BIN)/python setup.py --quiet build_ext --inplace; \
	else $(PIP) install --no-build-isolation --no-deps --editable . && touch $(VENV)/.installed; fi
	@touch $@

$(VENV)/.test: $(VENV)/.venv pyproject.toml
	@echo "Installing what tests need"
	@$(PIP) install $(call REQUIRED,project.optional-dependencies.test)
	@touch $@

$(VENV)/.fuzz: $(VENV)/.venv pyproject.toml
	@echo "Installing what fuzzing needs"
	@$(PIP) install $(call REQUIRED,project.optional-dependencies.fuzz)
	@touch $@

$(VENV)/.lint: $(VENV)/.venv pyproject.toml
	@echo "Installing what lint needs"
	@$(PIP) install $(call REQUIRED,project.optional-dependencies.lint)
	@touch $@

build/mail-tools/.done: .ci/mail-tools
	@.ci/mail-tools
	@touch $@

build/peers/.done: .ci/peers
	@.ci/peers $(BIN)/python
	@touch $@
