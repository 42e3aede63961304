PYTHON ?= python3
VENV := .venv/bin
AREA ?=
SEED ?= 1
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run test check demo bench lock clean

help: ## what there is to say
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

run: ## install, start the database, build, and serve http://localhost:8000
	@$(PYTHON) scripts/environment.py
	@exec $(VENV)/python -m saas.cli serve $(ARGS)

test: ## all tests, unit to browser; ARGS="tests/platform -x" for some
	@$(PYTHON) scripts/environment.py --dev
	@$(VENV)/python -m tests.support.tools
	@$(VENV)/python -m pytest $(ARGS)

check: ## format, lint, types and the import contract
	@$(PYTHON) scripts/environment.py --dev
	@failed=0; \
	$(VENV)/ruff format --check . || failed=1; \
	$(VENV)/ruff check . || failed=1; \
	$(VENV)/pyright --pythonpath $(VENV)/python || failed=1; \
	PYTHONPATH=. $(VENV)/lint-imports || failed=1; \
	exit $$failed

demo: ## a company with believable data; SEED=1 makes the same one each time
	@$(PYTHON) scripts/environment.py
	@$(VENV)/python -m saas.cli demo --seed $(SEED) $(ARGS)

bench: ## how fast what users do is; AREA=ground, browser, crm ... for one part
	@$(PYTHON) scripts/environment.py --dev
	@$(VENV)/python -m bench $(AREA)

lock: ## pin the newest versions that pyproject.toml admits
	@$(PYTHON) scripts/environment.py --dev
	@$(VENV)/python scripts/lock.py

clean: ## remove what was built and installed; the data in .data stays
	rm -rf .venv .web .pytest_cache .ruff_cache .hypothesis .import_linter_cache
