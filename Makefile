# `make run` and `make test` are all that a newcomer needs; `make help` lists the rest.
# Wanted on the machine: Python 3.11 or later with venv, git, make. Everything else goes into .venv.

PORT ?= 8000
ARGS ?=
SECONDS ?= 600
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
INSTALL := $(PIP) install --require-hashes --only-binary :all: --requirement
BUNDLE := governance/web/static/dist/manifest.json

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test lint format bench fuzz mutate long wheel pyz lock

help: ## List these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

# ---- set-up: a stamp for each step, so that a second run does nothing ------------------------------------------------

# An environment that was copied, or whose Python is gone, would run other code or none: then make it again.
ifneq ($(shell $(BIN)/python -V >/dev/null 2>&1 && cat $(VENV)/place),$(CURDIR))
.PHONY: $(VENV)/place
endif

$(VENV)/place: requirements/pip.txt
	@python=$$(sh tools/python) && \
	echo "Making $(VENV) with $$python" && \
	rm -rf $(VENV) && "$$python" -m venv $(VENV)
	@$(INSTALL) requirements/pip.txt
	@echo "$(CURDIR)" > $@

$(VENV)/installed: $(VENV)/place requirements/run.txt pyproject.toml
	@echo "Installing what the programs need (requirements/run.txt)"
	@$(INSTALL) requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements/dev.txt
	@echo "Installing what the tests need (requirements/dev.txt)"
	@$(INSTALL) requirements/dev.txt
	@touch $@

# The system's Node if it is new enough, else one from PyPI: hatch_build.py decides, and does the rest.
$(VENV)/node: $(VENV)/installed requirements/node.txt package.json package-lock.json hatch_build.py
	@$(BIN)/python hatch_build.py node >/dev/null 2>&1 || \
	{ echo "Installing Node (requirements/node.txt)" && $(INSTALL) requirements/node.txt; }
	@$(BIN)/python hatch_build.py install
	@touch $@

$(BUNDLE): $(VENV)/node $(wildcard governance/web/client/*.js)
	@$(BIN)/python hatch_build.py build
	@touch $@

# ---- what people do --------------------------------------------------------------------------------------------------

run: $(VENV)/installed $(BUNDLE) ## Serve a made-up organisation on http://127.0.0.1:8000 (PORT=… for another port)
	@$(BIN)/governance demonstration load --if-empty
	@$(BIN)/governance advance
	@$(BIN)/governance demonstration accounts --address http://127.0.0.1:$(PORT)
	@echo "Serving on http://127.0.0.1:$(PORT). Ctrl+C stops it."
	@GOVERNANCE_DEVELOPMENT=true exec $(BIN)/flask --app wsgi run --host 127.0.0.1 --port $(PORT)

test: $(VENV)/installed-dev $(BUNDLE) ## Run every test, the browser's too (ARGS='-k name' to choose)
	@CHROMIUM="$$(sh tools/chromium --install)" $(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

lint: $(VENV)/installed-dev $(VENV)/node ## Check style, types, imports, dependencies, templates, JavaScript
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/deptry .
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/python hatch_build.py run node_modules/eslint/bin/eslint.js .
	$(BIN)/python hatch_build.py run node_modules/typescript/bin/tsc -p jsconfig.json

format: $(VENV)/installed-dev ## Put the code into the house's form
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: $(VENV)/installed-dev ## Print how long each step of an election, casting and each rule of counting take (ARGS='--ballots 1000'; figures, never a verdict)
	@$(BIN)/python -m bench.protocol $(ARGS)
	@$(BIN)/python -m bench.casting
	@$(BIN)/python -m bench.counting
	@$(BIN)/python -m bench.eligibility
	@$(BIN)/python -m bench.roll
	@$(BIN)/python -m bench.pages
	@$(BIN)/python -m bench.opening

fuzz: $(VENV)/installed ## Feed odd bytes to whatever reads bytes from outside (SECONDS=600 for each reader; by hand)
	@$(PIP) install atheris
	@$(BIN)/python tools/fuzz.py all $(SECONDS)

mutate: $(VENV)/installed-dev ## Change FILE=governance/… in each small way: which change does no test notice? (docs/mutation.md; by hand)
	@$(BIN)/python tools/mutate.py $(FILE) $(ARGS)

long: $(VENV)/installed-dev ## Run the property tests many more times, then fuzz (takes hours; by hand)
	@GOVERNANCE_LONG=300 GOVERNANCE_TIMES=12 $(BIN)/python -m pytest -n 2 --dist worksteal --hypothesis-profile=long -m 'not browser' $(ARGS)
	@$(MAKE) fuzz

wheel: $(VENV)/node ## Build dist/governance-*.whl
	@rm -f dist/*.whl
	@$(PIP) wheel --no-deps --no-build-isolation --wheel-dir dist .
	@ls -l dist/*.whl

pyz: ## Build dist/governance-verify.pyz: the independent verifier as one file, for `python3 -I`
	@sh tools/pyz

lock: $(VENV)/installed ## Look for newer packages and write requirements/*.txt anew
	@$(PIP) install uv && PATH="$(CURDIR)/$(BIN):$$PATH" sh tools/lock
