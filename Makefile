# The commands of this project. `make` alone lists them.
#
# Settings, each as NAME=value behind the target or in the environment:
#   PYTHON        the Python that makes .venv, 3.11 to 3.13 (default: python3)
#   TARGET        duckdb (default), postgres or spark: the output of profiles.yml to build
#   AS_OF         look at the data from this day, as YYYY-MM-DD
#   RESTATE_FROM  score the periods from this day on again, as YYYY-MM-DD; needs
#                 its line in seeds/scorecards/restatements.csv (make restate)
#   VERSION       candidate version that `make compare` shows; SCORECARD where
#                 several have one of that name
#   SINCE         day from which `make notices` shows notices, as YYYY-MM-DD
#   FORMAT, OUT   csv or jsonl, and the file that `make notices` writes it to; OUT is
#                 also the file that `make impact` and `make explain-failure` append to
#   BASE          branch or commit whose rules `make impact` compares with
#   FIRST_RUN     true: `make fetch-history` may find no earlier run
#   FROM          folder from which `make restore-history` restores (default: the
#                 last publication); DISCARD=1 where it may replace newer history
#   TO            folder that `make export-history` makes and writes to
#   NEW_HISTORY   1: begin a new history, though one was published
#   PERIODS       how many of the last months `make report` shows (default: all)
#   PARTS, QUICK  what `make bench` measures: floor,peers,growth,changes,share (default:
#                 all); QUICK=1 tries it at a small size, whose numbers say nothing
#   TESTS         what pytest runs (default: tests/python tests/faults)
#   FAULTS        how many faults of each random kind; FAULTS_SEED repeats them

PYTHON ?= python3
TARGET ?= $(or $(CLIENT_PROFILES_TARGET),duckdb)
TESTS ?= tests/python tests/faults

VENV_PYTHON := .venv/bin/python
DBT := .venv/bin/dbt

requirements_duckdb :=
requirements_postgres := requirements-postgres.txt
requirements_spark := requirements-spark.txt
ifneq ($(filter-out duckdb postgres spark,$(TARGET)),)
$(error TARGET=$(TARGET) is not known: write TARGET=duckdb, TARGET=postgres or TARGET=spark)
endif

# Values go to the commands through the environment, so that neither make nor the
# shell ever takes a part of them for a command.
vars := --vars "{$${AS_OF:+as_of: '$$AS_OF', }$${RESTATE_FROM:+restate_from: '$$RESTATE_FROM'}}"

# profiles.yml reads the first; the second turns anonymous statistics off also
# for commands that don't read dbt_project.yml.
export CLIENT_PROFILES_TARGET := $(TARGET)
export DO_NOT_TRACK := 1
# Progress shows as it happens, also when the output goes to a file.
export PYTHONUNBUFFERED := 1

# The steps of one target depend on each other: `make -j` must not mix them.
.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help run build publish _publish _report report screenshots restore-history export-history check-seeds \
	summary compare impact notices restate freshness fetch-history explain-failure \
	test pytest test-faults test-postgres test-spark bench lint audit install install-dev spark-jars \
	packages deps demo-data doctor lock clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / {printf "  make %-16s %s\n", $$1, $$2}' Makefile

run: _publish summary _report ## Build, test and publish everything, show the profiles, make the report

publish: _publish ## Build and test; publish when everything passed
	@echo "Next:"
	@echo "  make summary    who is where now"

_publish: packages check-seeds
	@echo "==> dbt build ($(TARGET))"
	@$(VENV_PYTHON) publish/publish.py $(if $(NEW_HISTORY),--new-history) $(vars)

restore-history: packages ## Bring the history back, or to another engine [FROM=folder DISCARD=1]
	@$(VENV_PYTHON) publish/restore_history.py $${FROM:+--from "$$FROM"} \
		$(if $(DISCARD),--discard)

export-history: packages ## Write the history of TARGET into a new folder, for another engine: TO=folder
	@$(VENV_PYTHON) publish/export_history.py "$$TO"

# A run that could not make the report has still published: it says what to install,
# and goes on.
_report: install
	@echo "==> report"
	@$(VENV_PYTHON) publish/report.py --optional $${PERIODS:+--periods "$$PERIODS"}

report: install ## Make the page that shows what was published: [PERIODS=12]
	@$(VENV_PYTHON) publish/report.py $${PERIODS:+--periods "$$PERIODS"}

screenshots: install-dev report ## Take the pictures of the README anew, of what is published
	@$(VENV_PYTHON) tools/screenshots.py

build: packages check-seeds ## Check the seeds, then load, build and test (dbt build)
	@echo "==> dbt build ($(TARGET))"
	@$(VENV_PYTHON) publish/publish.py --build-only $(if $(NEW_HISTORY),--new-history) $(vars)

check-seeds: install ## Check the rules in seeds/ as files, before dbt reads them
	@echo "==> check the seeds"
	@$(VENV_PYTHON) tools/check_seeds.py

summary: packages ## Show profiles and movements of the last build
	@echo "==> summary"
	@$(DBT) --quiet run-operation print_summary $(vars)

compare: packages ## Show what a candidate version would change: VERSION=3
	@echo "==> compare"
	@$(DBT) --quiet run-operation print_comparison $(vars) --args \
		"{$${VERSION:+version: '$$VERSION', }$${SCORECARD:+scorecard: '$$SCORECARD'}}"

impact: packages ## Show what the rules of this branch do to the clients: BASE=main [OUT=file]
	@echo "==> impact" >&2
	@$(VENV_PYTHON) tools/impact.py $${BASE:+--base "$$BASE"} \
		$${AS_OF:+--as-of "$$AS_OF"} $${OUT:+--out "$$OUT"}

notices: packages ## Show what departments are told: SINCE=2026-09-01 [FORMAT=csv OUT=file]
	@$(VENV_PYTHON) tools/notices.py --since "$$SINCE" \
		$${FORMAT:+--format "$$FORMAT"} $${OUT:+--out "$$OUT"}

# Closed periods are scored again only when it is on record who wants it and why.
# What people write goes through the environment, so that any sign may stand in it.
restate: install ## Score closed periods again: FROM=2025-06-01 BY= APPROVED_BY= WHY=
	@$(VENV_PYTHON) tools/restate.py --from "$$FROM" --by "$$BY" \
		--approved-by "$$APPROVED_BY" --why "$$WHY" $${AS_OF:+--as-of "$$AS_OF"}
	@$(MAKE) --no-print-directory run RESTATE_FROM="$$FROM"

# The demo's source tables are files: they are loaded before they are looked at.
freshness: packages ## Ask how old the newest rows of the sources are
	@echo "==> source freshness"
	@$(DBT) --quiet seed --select path:seeds/demo $(vars)
	@$(DBT) source freshness $(vars)

fetch-history: install ## In a job on GitHub: fetch the last run's publication [FIRST_RUN=true]
	@$(VENV_PYTHON) tools/fetch_history.py \
		$$(case "$$FIRST_RUN" in true | 1) echo --first-run;; esac)

explain-failure: install ## Say what failed in the last run and what to do [OUT=file]
	@$(VENV_PYTHON) tools/explain_failure.py $${OUT:+--out "$$OUT"}

test: lint pytest ## Check the style, then run all Python tests

pytest: install-dev packages ## Run the Python tests alone: [TESTS=tests/python/…]
	@echo "==> pytest $(TESTS)"
	@$(VENV_PYTHON) -m pytest --numprocesses auto --dist loadfile $(TESTS)

test-spark: install-dev packages ## Build the demo on a Spark cluster: all four builds
	@echo "==> pytest, Spark in full"
	@$(PYTHON) tools/environment.py requirements-spark.txt
	@$(MAKE) --no-print-directory spark-jars
	@SPARK_TESTS=full $(VENV_PYTHON) -m pytest -p no:xdist $(wildcard tests/python/test_spark_*.py)

test-faults: install-dev packages ## Kill runs, fill disks, set clocks back: the whole battery, an hour
	@echo "==> fault battery"
	@FAULTS=$${FAULTS:-full} $(VENV_PYTHON) -m pytest --numprocesses auto --dist load tests/faults

bench: install-dev packages ## Measure the speed, write docs/performance.md [PARTS=floor,peers QUICK=1]
	@$(PYTHON) tools/environment.py requirements-bench.txt
	@echo "==> benchmarks"
	@$(VENV_PYTHON) benchmarks/run.py $${PARTS:+--parts "$$PARTS"} $(if $(QUICK),--quick)

test-postgres: install-dev packages ## Run the tests that need PostgreSQL; they start a server of their own
	@echo "==> pytest, PostgreSQL"
	@$(VENV_PYTHON) -m pytest --numprocesses auto --dist loadfile $(wildcard tests/python/test_postgres_*.py)

lint: install-dev packages ## Check the workflows, and the style of the SQL files (sqlfluff)
	@echo "==> workflows"
	@$(VENV_PYTHON) tools/audit.py --workflows
	@echo "==> sqlfluff"
	@$(VENV_PYTHON) tools/lint.py

audit: install-dev ## Look for known weaknesses of dependencies and workflows
	@echo "==> audit"
	@$(VENV_PYTHON) tools/audit.py

install: ## Make .venv and install what `make run` needs
	@$(PYTHON) tools/environment.py requirements.txt $(requirements_$(TARGET))
ifeq ($(TARGET),spark)
	@$(PYTHON) tools/spark_jars.py
	@mkdir -p warehouse/spark
endif

install-dev: install ## Install also what tests and lint need
	@$(PYTHON) tools/environment.py requirements-dev.txt

spark-jars: ## Get the jars of Delta Lake for TARGET=spark, by Maven
	@echo "==> jars of Delta Lake"
	@$(PYTHON) tools/spark_jars.py

packages: install ## Get dbt_utils if it is not there
	@echo "==> dbt packages"
	@$(VENV_PYTHON) tools/dbt_packages.py

deps: install ## Ask the package hub for dbt_utils now, if it is the stand-in
	@echo "==> dbt packages"
	@$(VENV_PYTHON) tools/dbt_packages.py --try-hub

demo-data: ## Write the demo's source tables again, the same byte for byte
	@echo "==> generate seeds/demo"
	@$(PYTHON) tools/generate_demo_data.py

doctor: ## Show what is installed here, and what each part is needed for
	@$(PYTHON) tools/doctor.py

# The largest list is solved first. The others start as a copy of its result and
# lose what they don't need, so that one environment can hold them all. Folders
# with wheels of one's own stay out of it: their hashes would not be those of the
# published files.
COMPILE := env -u PIP_FIND_LINKS $(VENV_PYTHON) -m piptools compile --quiet \
	--generate-hashes --allow-unsafe --no-strip-extras --no-header \
	--annotation-style line --no-emit-index-url --no-emit-find-links \
	--no-emit-trusted-host --no-emit-options
lock: install-dev ## Solve requirements*.in again, into hash-pinned requirements*.txt
	@echo "==> requirements-dev.txt"
	@$(COMPILE) --upgrade --output-file requirements-dev.txt requirements-dev.in
	@for list in requirements requirements-postgres requirements-spark requirements-bench; do \
		echo "==> $$list.txt"; \
		cp requirements-dev.txt $$list.txt; \
		$(COMPILE) --output-file $$list.txt $$list.in || exit 1; \
	done

# The build file in warehouse/ stays: it holds history no build can bring back.
clean: ## Remove .venv, packages and what dbt and the tests left (not warehouse/)
	rm -rf .venv .cache target logs dbt_packages package-lock.yml \
		.pytest_cache .hypothesis
	find tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
