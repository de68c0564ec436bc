# Two commands matter: `make run` serves the site, `make test` checks everything. Both set up what they need.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000

export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: help setup setup-dev run serve test lint format messages clean

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(VENV)/.run.stamp node_modules/.stamp translations ## install what the server needs

setup-dev: setup $(VENV)/.dev.stamp ## install what the tests need, too

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (set PYTHON=...)"; exit 1; }
	$(PYTHON) -m venv $(VENV) || { .ci/debian-packages python3-venv && $(PYTHON) -m venv --clear $(VENV); }

$(VENV)/.run.stamp: requirements.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --requirement requirements.txt
	@touch $@

$(VENV)/.dev.stamp: requirements-dev.txt requirements-finetune.txt requirements.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --requirement requirements-dev.txt
	@touch $@

node_modules/.stamp: package-lock.json package.json
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: translations
translations: $(VENV)/.run.stamp
	@$(BIN)/pybabel --quiet compile --directory homework/locale --domain django

# A model of one's own, in the environment or in .env, comes before the one in the repository.
EMBEDDED = $(if $(shell grep -s '^HH_MODEL=' .env),,HH_MODEL=$${HH_MODEL-inference/nano/checkpoint})

run: setup ## set up, seed the demo school and serve on 127.0.0.1:8000 with the embedded model
	@HH_DEMO=$${HH_DEMO:-1} $(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py collectstatic --noinput --verbosity 0
	@HH_DEMO=$${HH_DEMO:-1} $(BIN)/python manage.py seed_demo
	@HH_DEMO=$${HH_DEMO:-1} $(EMBEDDED) exec $(BIN)/python manage.py serve --host $(HOST) --port $(PORT)

serve: setup ## serve a real school: no demo accounts, settings from the environment or .env
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py collectstatic --noinput --verbosity 0
	@exec $(BIN)/python manage.py serve --host $(HOST) --port $(PORT)

test: setup-dev ## set up, lint, check types and layers, run every test
	@.ci/test-services
	@$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile $(PYTEST_ARGS)

lint: setup-dev ## style, types, layers, templates, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	git ls-files -z 'templates/*.html' | xargs -0 $(BIN)/djade --check
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check

format: setup-dev ## let the tools rewrite the code in our style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	git ls-files -z 'templates/*.html' | xargs -0 $(BIN)/djade

messages: setup-dev ## collect the strings to translate
	$(BIN)/python manage.py makemessages --locale zh_Hans --no-location --ignore '.venv/*' --ignore 'node_modules/*'

clean: ## remove what can be made again; keeps var/ with the school's data
	rm -rf $(VENV) node_modules .mypy_cache .ruff_cache .pytest_cache
