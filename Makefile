# The one door. `make run` and `make test` need only Python 3.11 or later, its venv module, and make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export UV_PROJECT_ENVIRONMENT := $(VENV)
export UV_PYTHON_DOWNLOADS := never
unexport VIRTUAL_ENV
# Bytecode of the tests' own packages is kept when they are first imported, in containers that forbid it too.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help audit run recognition demo check test lint types install-test synth build bootstrap diff deploy destroy bench cost docs schemas texts lock clean
help: ## Show what can be asked for
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# pip brings uv by its hashes, and uv installs exactly what uv.lock holds; a stamp is renewed when the lock changes.
$(VENV)/uv.stamp: requirements-uv.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or later: make PYTHON=…")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-deps -r requirements-uv.txt
	touch $@

# What the platform needs to run here; compiled, since the readers of hostile files have no time to do it.
$(VENV)/run.stamp: $(VENV)/uv.stamp uv.lock pyproject.toml
	$(UV) sync --quiet --locked --compile-bytecode --inexact --no-dev --group build --extra local
	touch $@

# Everything that tests, lint, synthesis and benchmarks need on top.
$(VENV)/dev.stamp: $(VENV)/run.stamp
	$(UV) sync --quiet --locked --all-extras
	touch $@

run: $(VENV)/run.stamp ## Start the platform with sample data, until Ctrl-C
	$(BIN)/choriste local

recognition: $(VENV)/run.stamp ## Install what reads scans and photographs (400 MB)
	$(UV) sync --quiet --locked --compile-bytecode --inexact --no-dev --group build --extra local --extra recognition

demo: $(VENV)/run.stamp ## Take real invoices from deposit to payment, and show what became of each
	$(BIN)/python -m choriste.local.demo

check: $(VENV)/dev.stamp ## Run the fast tests only: no platform, no browser, no corpora, no coverage
	$(BIN)/python -m pytest -n 2 --dist loadfile -m 'not slow and not corpora and not browser' \
	  $(foreach folder,integration e2e clients pdfa agreement,--ignore=tests/$(folder)) $(ARGS)

test: $(VENV)/dev.stamp ## Run the tests; the branches of domain and application must be covered
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m 'not clients' --cov --cov-report= $(ARGS)
	$(BIN)/coverage report --fail-under=95 --include='*/choriste/domain/*,*/choriste/application/*'

clients: $(VENV)/dev.stamp ## Run public clients of the Chorus Pro API, and IAM's evaluator: each is installed first
	$(BIN)/python -m pytest -m clients tests/clients tests/infra/iam $(ARGS)

audit: $(VENV)/dev.stamp ## Ask the Python advisory database about every pinned package (needs the network)
	mkdir -p build
	$(UV) export --quiet --locked --all-extras --no-emit-project --output-file build/audit.txt
	$(UV) tool run --from pip-audit==2.10.1 pip-audit --require-hashes --disable-pip --requirement build/audit.txt

install-test: ## Install with the oldest and the newest pip while an index offers newer releases of everything
	$(PYTHON) -m tests.install

lint: $(VENV)/dev.stamp ## Check style, types and the walls between the rooms
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

synth: $(VENV)/dev.stamp ## Synthesise the CDK app offline, with cdk-nag and cfn-lint
	$(BIN)/python -m infra.app
	$(BIN)/python -m infra.topology

build: $(VENV)/dev.stamp ## Make the Lambda layers and function bundles (arm64), without Docker
	$(BIN)/python -m infra.build $(ARGS)

bootstrap diff destroy: $(VENV)/dev.stamp
	$(BIN)/python -m infra.deploy $@ $(ARGS)

deploy: $(VENV)/dev.stamp ## Put the platform into an AWS account (docs/operate/deploy.md); also bootstrap, diff, destroy
	$(BIN)/python -m infra.deploy $@ $(ARGS)

bench: $(VENV)/dev.stamp ## Measure side by side with peers; tables in docs/, JSON in build/bench/
	$(BIN)/python -m bench

cost: $(VENV)/dev.stamp ## Count what an invoice costs on AWS, from the operations of the local platform
	$(BIN)/python -m bench.cost

docs: $(VENV)/dev.stamp ## Make again what is derived: the texts, schemas/ and the derived pages of docs/
	$(BIN)/python -m tests.derived --write
texts schemas: docs

lock: $(VENV)/uv.stamp ## Write uv.lock anew after a change of pyproject.toml, and the files that follow from it
	$(UV) lock
	$(UV) sync --quiet --locked --all-extras
	$(BIN)/python -m infra.requirements

clean: ## Remove what was made here, the virtual environment too
	rm -rf $(VENV) .local build cdk.out .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage
