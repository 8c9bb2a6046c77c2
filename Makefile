# Everything a newcomer, a tester and a machine need. `make` alone explains itself.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help report test test-all bench lab lint clean env parts

PYTHON ?= python3
BIN := .venv/bin
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist worksteal
STAMP := .venv/.installed
SPARK := .venv/.spark
AXE := .tools/node_modules/axe-core/axe.min.js
NOTEBOOKS = $(wildcard notebooks/*.ipynb)
BENCHES ?= benchmarks/drivers.py benchmarks/regression.py benchmarks/scale.py benchmarks/months.py benchmarks/editions.py benchmarks/hotspots.py

help:  ## show this list
	@echo "make report    environment, demonstration data, all reports; prints the page's path"
	@echo "make test      tests that need nothing but Python"
	@echo "make test-all  all tests: Chromium, axe-core, PostgreSQL, Java and Spark are installed where they are missing"
	@echo "make bench     speed beside other tools, into benchmarks/RESULTS.md; one program: make bench BENCHES=benchmarks/drivers.py"
	@echo "make lab       JupyterLab on the notebooks"
	@echo "make lint      style, types, notebooks without outputs"
	@echo "make clean     remove the environment, tools, caches, reports and demonstration data"

env: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "cxresearch needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1 || echo missing). Try: make PYTHON=python3.12" >&2; exit 1; }
	@rm -f $@
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing packages into .venv (once, some minutes) ..." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --compile --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q cxresearch
	@touch $@

# truth.toml is the last file that the simulation writes: without it the data are not whole.
data/demo/truth.toml: $(wildcard cxresearch/load/simulate*) | $(STAMP)
	@$(BIN)/cxresearch demo >&2

report: $(STAMP) data/demo/truth.toml  ## the page's path is the last line
	@$(BIN)/cxresearch publish default

test: $(STAMP)
	@$(PYTEST) -m "not browser and not postgres and not spark and not slow"

test-all: test parts
	@$(PYTEST) -m "browser or postgres or spark or slow"

parts: $(AXE) $(SPARK)
	@missing=(); \
	command -v chromium >/dev/null || missing+=(chromium); \
	{ compgen -G "/usr/lib/postgresql/*/bin/initdb" || command -v initdb; } >/dev/null || missing+=(postgresql); \
	[[ -n "$${JAVA_HOME:-}" ]] || command -v java >/dev/null || missing+=(default-jre-headless); \
	if (($${#missing[@]})); then \
		if [[ $$(id -u) == 0 ]] && command -v apt-get >/dev/null; then \
			apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$${missing[@]}" >/dev/null \
				|| { echo "make test-all could not install: $${missing[*]}. Install them and try again." >&2; exit 1; }; \
		else \
			echo "make test-all needs: $${missing[*]}. Install them (apt-get install $${missing[*]}) and try again." >&2; exit 1; \
		fi; \
	fi

$(SPARK): requirements-spark.lock $(STAMP)
	@echo "Installing Spark into .venv (once, 400 MB) ..." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-spark.lock
	@touch $@

$(AXE):
	@command -v npm >/dev/null || { echo "make test-all needs npm to fetch axe-core into .tools/. Install Node.js and try again." >&2; exit 1; }
	@mkdir -p .tools
	@npm install --silent --no-audit --no-fund --prefix .tools axe-core@4.11.0 \
		|| { echo "make test-all could not fetch axe-core with npm. Check the network and try again." >&2; exit 1; }

bench: $(STAMP)  ## peers are installed into temporary folders
	@for program in $(BENCHES); do echo "$$program" >&2; $(BIN)/python $$program; done

lab: $(STAMP)
	@$(BIN)/cxresearch lab

lint: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright
	@$(if $(NOTEBOOKS),$(BIN)/nbstripout --keep-id --verify $(NOTEBOOKS),true)

clean:
	@rm -rf .venv .tools build dist *.egg-info .pytest_cache .ruff_cache .hypothesis
	@find reports -mindepth 1 ! -name README.md -exec rm -rf {} +
	@rm -f data/demo/*.parquet data/demo/truth.toml
	@find cxresearch tests notebooks benchmarks docs -name __pycache__ -prune -exec rm -rf {} +
