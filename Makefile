# `make help` lists the commands. Everything is installed into .venv and embedded/.venv; nothing else is touched.

PYTHON ?= python3
PORT ?= 5000
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run test test-fast check bench bundle deploy spark reset clean

help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

run: .venv/runtime ## start the embedded AWS and the dashboard (PORT=5001 for another port)
	@exec $(BIN)/python -m app up --port $(PORT)

test: .venv/dev embedded/.venv/installed ## check style and types, run every test, the browser's too
	@sh tests/system.sh
	@$(MAKE) --no-print-directory check
	$(BIN)/pytest -q -n 2

test-fast: .venv/dev embedded/.venv/installed check ## the same without the browser
	@sh tests/system.sh without-browser
	$(BIN)/pytest -q -n 2 -m "not browser"

check: .venv/dev ## style and types only
	$(BIN)/ruff format --check --quiet
	$(BIN)/ruff check --quiet
	$(BIN)/mypy

bench: .venv/dev embedded/.venv/installed ## measure against the limits, side by side
	$(BIN)/python -m bench

bundle: .venv/dev ## make dist/trellis-<version>.zip for Elastic Beanstalk (FORM=balanced, DIRTY=yes)
	@$(BIN)/python -m bundle --form $(or $(FORM),single) $(if $(DIRTY),--dirty)

deploy: bundle ## put that bundle on Elastic Beanstalk; asks before it creates anything (ARGS="--help" says more)
	@$(BIN)/flask --app application beanstalk deploy --form $(or $(FORM),single) $(ARGS)

spark: embedded/.venv-spark/installed ## install PySpark for Glue's Spark jobs (300 MB; they need Java 17 as well)
	@java -version >/dev/null 2>&1 || echo "Java is missing. On Debian and Ubuntu: apt install openjdk-17-jre-headless"

reset: .venv/runtime ## empty the embedded AWS
	@$(BIN)/python -m app reset

clean: ## remove every environment and every cache; the embedded AWS's state stays
	rm -rf .venv embedded/.venv embedded/.venv-spark .pytest_cache .mypy_cache .ruff_cache dist

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Trellis needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V). Try: make PYTHON=python3.11 ..."; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "On Debian and Ubuntu: apt install python3-venv"; rm -rf .venv; exit 1; }

.venv/runtime: requirements.txt .venv/bin/python
	@echo "Installing the dashboard (once)..."
	@$(BIN)/pip install -q --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/dev: requirements-dev.txt .venv/runtime
	@echo "Installing what tests need (once)..."
	@$(BIN)/pip install -q --disable-pip-version-check -r requirements-dev.txt
	@touch $@

embedded/.venv/installed: embedded/requirements.txt .venv/runtime
	@$(BIN)/python -m app install

embedded/.venv-spark/installed: embedded/requirements-spark.txt
	@echo "Installing PySpark (once)..."
	@$(PYTHON) -m venv embedded/.venv-spark
	@embedded/.venv-spark/bin/pip install -q --disable-pip-version-check -r embedded/requirements-spark.txt
	@touch $@
