# Two commands for a newcomer: make up, make test. make help lists the others.

OFFICES ?= bogor
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export AWS_PORT SIMULATOR_PORT
# Where this is set, every start compiles every package again.
unexport PYTHONDONTWRITEBYTECODE
# The repository's packages are found from here; in Lambda they come with the layer and the function.
export PYTHONPATH := layers/common/src:functions
export PATH := $(CURDIR)/$(BIN):$(PATH)

# The make of macOS cannot keep outputs apart.
IN_ONE_PIECE := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

.DEFAULT_GOAL := help
.PHONY: help setup up down test lint types unit integration infra e2e e2e-stack e2e-page synth bootstrap deploy templates check-offices audit sbom format lock clean prove attack

help: ## Show this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: $(READY) ## Install everything that the project needs into .venv and node_modules

$(READY): requirements.lock package-lock.json Makefile
	@command -v $(PYTHON) >/dev/null || { echo "antrian: $(PYTHON) is missing; install Python 3.11 or newer" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(not (3, 11) <= v < (3, 15) and f"antrian: {sys.executable} is Python {v[0]}.{v[1]}; Python 3.11 to 3.14 is needed: make $(MAKECMDGOALS) PYTHON=/path/to/python3.13")'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "antrian: Python's venv module is missing; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo "Python packages …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: "$$(grep -oE '^uv==[0-9.]+' requirements.lock)"
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode requirements.lock
	@echo "The CDK command line, and what the scanner page is made of …"
	@$(BIN)/npm ci --silent
	@touch $@

up: $(READY) ## Start the whole system on this machine and play one conversation (OFFICES="bogor jakarta-pusat")
	@$(BIN)/python -m local up $(OFFICES)

down: ## Stop what make up started
	@test ! -x $(BIN)/python || $(BIN)/python -m local down

# Side by side, because the parts share nothing but the processors. The tests of the deployed stack are the longest chain
# and wait for a third of it (for the schedule, for films before the camera, for messages that are sent again), so they
# begin first, and two others run beside them. Each prints its output in one piece when it is done, and all of them run,
# whichever fails.
PARTS := e2e-stack lint types unit integration attack infra e2e-page
test: $(READY) ## Run everything: lint, types, unit, integration, attack, infra, e2e
	@$(MAKE) --no-print-directory --keep-going --jobs=3 $(IN_ONE_PIECE) $(PARTS)

# SEED, SHARE and PART choose what is run, CASE runs one case again: docs/testing.md.
prove: $(READY) ## Attack everything, for minutes (PART=deaths SEED=1 SHARE=1/10 CASE=...)
	@$(BIN)/python -m tests.attack $(if $(PART),--part $(PART)) $(if $(SEED),--seed $(SEED)) \
		$(if $(SHARE),--share $(SHARE)) $(if $(CASE),--case $(CASE))

lint: $(READY)
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@npx --no-install biome check --error-on-warnings
	@node infra/find_secrets.ts

types: $(READY)
	@$(BIN)/mypy
	@npx --no-install tsc -p scanner

unit: $(READY)
	@$(BIN)/python -m pytest tests/unit
	@node --test --test-reporter=dot "tests/scanner/*.test.ts"

integration attack infra: $(READY)
	@$(BIN)/python -m pytest tests/$@

e2e: e2e-stack e2e-page

e2e-stack: $(READY)
	@$(BIN)/python -m pytest tests/e2e --ignore=$(CHAT_PAGE)

# It has a simulator of its own, and an invented office instead of the stack.
CHAT_PAGE := tests/e2e/test_chat_page.py
e2e-page: $(READY)
	@$(BIN)/python -m pytest $(CHAT_PAGE)

synth: $(READY) ## Synthesize all stacks into cdk.out; needs no credentials
	@npx --no-install cdk synth --quiet && echo "cdk.out holds the stacks"

bootstrap: $(READY) ## Prepare an AWS account for the CDK, once (ACCOUNT=123456789012)
	@test -n "$(ACCOUNT)" || { echo "antrian: which account? make bootstrap ACCOUNT=123456789012" >&2; exit 1; }
	@npx --no-install cdk bootstrap aws://$(ACCOUNT)/ap-southeast-3

deploy: $(READY) ## Deploy one office to the AWS account of your credentials (OFFICE=bogor)
	@test -n "$(OFFICE)" || { echo "antrian: which office? make deploy OFFICE=bogor" >&2; exit 1; }
	@test -f offices/$(OFFICE).toml || { echo "antrian: offices/$(OFFICE).toml does not exist" >&2; exit 1; }
	@$(BIN)/python -m infra.preflight $(OFFICE)
	@npx --no-install cdk deploy Antrian-$(OFFICE) --context offices=$(OFFICE)

templates: $(READY) ## Submit one office's message templates to Meta (OFFICE=bogor)
	@test -n "$(OFFICE)" || { echo "antrian: which office? make templates OFFICE=bogor" >&2; exit 1; }
	@$(BIN)/python -m infra.templates $(OFFICE)

check-offices: $(READY) ## Say what is wrong in offices/*.toml
	@$(BIN)/python -m infra.check_offices

audit: $(READY) ## Ask the registries for known vulnerabilities of what is shipped
	@$(BIN)/python -m infra.audit

sbom: $(READY) ## List what is shipped in .build/*.cdx.json (CycloneDX)
	@mkdir -p .build
	@$(BIN)/python -m infra.sbom > .build/layer.cdx.json
	@npm sbom --loglevel=error --package-lock-only --omit=dev --sbom-format=cyclonedx --sbom-type=application > .build/scanner.cdx.json
	@echo ".build/layer.cdx.json and .build/scanner.cdx.json list what is shipped"

format: $(READY) ## Format the code
	@$(BIN)/ruff check --fix --quiet
	@$(BIN)/ruff format
	@node scanner/generate-api-types.ts
	@npx --no-install biome check --write

# The locks carry hashes but no hosts, so they hold for every index. Lambda's runtime brings boto3 and what it needs.
FROM_THE_RUNTIME := boto3 botocore jmespath python-dateutil six urllib3
lock: $(READY) ## Resolve pyproject.toml and layers/common/pyproject.toml anew
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade \
		$(foreach group,deploy local test,--group pyproject.toml:$(group)) layers/common/pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		-c requirements.lock $(foreach package,$(FROM_THE_RUNTIME),--no-emit-package $(package)) \
		layers/common/pyproject.toml -o layers/common/requirements.lock

clean: down ## Remove everything that was installed or built
	@rm -rf $(VENV) node_modules .build .local cdk.out
