# Everything a checkout needs is built inside it: Python packages in .venv, Neo4j's jars in .cache.

PYTHON := .venv/bin/python
UV := .venv/bin/uv
LOCK := $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.12 \
	--custom-compile-command 'make lock' pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help install install-dev demo test lint lock neo4j system clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

install: .venv/.installed ## build .venv with what Evigraph needs to run and to train

install-dev: .venv/.installed-dev ## the same, with the tools that tests and lint need

demo: install ## install, then run the demonstration
	@$(PYTHON) scripts/demo.py

test: system install-dev ## lint, type-check and test; needs Java, Maven and Chromium, installed where possible
	@$(PYTHON) scripts/neo4j_server.py fetch
	@$(MAKE) --no-print-directory lint
	@$(PYTHON) -m pytest -n 2 --dist loadfile -m "not alone"
	@$(PYTHON) -m pytest -m alone

lint: install-dev ## ruff and mypy
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

lock: $(UV) ## write both lock files anew from pyproject.toml, keeping the versions that still fit
	@$(LOCK) --extra train --output-file requirements.lock
	@# Constrained by the first, so that tests run the versions that users get.
	@$(LOCK) --extra dev --constraints requirements.lock --output-file requirements-dev.lock

neo4j: install ## start a local Neo4j to play with; its data stays in .cache/neo4j/home
	@$(PYTHON) scripts/neo4j_server.py start
	@echo "stop it with: $(PYTHON) scripts/neo4j_server.py stop PID"

clean: ## remove everything that make built, a local Neo4j's data included
	rm -rf .venv .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find . -name '*.egg-info' -type d -prune -exec rm -rf {} +

$(UV):
	@python=$$(sh scripts/find_python.sh) && echo "making .venv with $$python" && \
		"$$python" -m venv --clear .venv
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check 'uv>=0.9,<1'

# Syncing to one lock file removes what only the other one names, hence each stamp's word about the other.
.venv/.installed: pyproject.toml requirements.lock | $(UV)
	@rm -f .venv/.installed-dev
	@$(UV) pip sync --quiet --python $(PYTHON) requirements.lock
	@$(UV) pip install --quiet --python $(PYTHON) --no-deps --editable .
	@touch $@

.venv/.installed-dev: pyproject.toml requirements.lock requirements-dev.lock | $(UV)
	@rm -f .venv/.installed
	@$(UV) pip sync --quiet --python $(PYTHON) requirements-dev.lock
	@$(UV) pip install --quiet --python $(PYTHON) --no-deps --editable .
	@touch .venv/.installed $@

# Programs that tests need and pip cannot bring. Each is looked for by running it, as a stub may stand in.
system:
	@missing=; \
	java -version 2>&1 | grep -Eq 'version "(1[7-9]|[2-9][0-9])' || missing="$$missing java"; \
	mvn --version >/dev/null 2>&1 || missing="$$missing maven"; \
	chromium --version >/dev/null 2>&1 || missing="$$missing chromium"; \
	chromedriver --version >/dev/null 2>&1 || missing="$$missing chromium-driver"; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" != 0 ] || [ ! -e /etc/debian_version ]; then \
		echo "The tests need these programs, not found here (java: 17 or newer):$$missing." >&2; exit 1; \
	fi; \
	echo "installing:$$missing"; \
	apt-get update -qq || exit 1; \
	packages=; \
	for name in $$missing; do \
		if [ $$name = java ]; then \
			for version in 17 21 25; do \
				name=openjdk-$$version-jre-headless; \
				if apt-cache show $$name >/dev/null 2>&1; then break; fi; \
			done; \
		fi; \
		packages="$$packages $$name"; \
	done; \
	DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $$packages >/dev/null || { \
		echo "The tests need$$missing, and apt-get could not install$$packages." >&2; exit 1; \
	}
