# Every command installs what it needs: a virtual environment in .venv, and as root the system's packages.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SYSTEM := bubblewrap strace skopeo umoci

.DEFAULT_GOAL := help
.PHONY: help demo test check docs journeys bench ladder system clean

help: ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/.ready system ## build a naive AI service, weigh it, slim it, prove it, show before and after
	@tools/system-packages mmdebstrap buildah git
	$(BIN)/python examples/embedding-service/demo.py

test: $(VENV)/.ready system check ## every check and test (about ten minutes)
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m 'not journey'

check: $(VENV)/.ready ## ruff, mypy --strict, import-linter, the documentation is what the code says
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m deadweight.cli.documentation --check docs

docs: $(VENV)/.ready ## write the parts of docs/ that repeat the code
	$(BIN)/python -m deadweight.cli.documentation docs

journeys: $(VENV)/.ready system ## slow, whole-machine runs on real images
	@tools/system-packages mmdebstrap buildah git docker.io docker-registry
	$(BIN)/python -m pytest -m journey

bench: $(VENV)/.ready ## measure against peers, side by side
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev,bench]'
	$(BIN)/python benchmarks/weigh.py
	$(BIN)/python benchmarks/slim.py
	$(BIN)/python benchmarks/deps.py
	$(BIN)/python benchmarks/models.py strip lossless

LADDER := build/models/venv
ladder: ## how small models get at 95 %, rung by rung, into docs/models.md (an hour; torch in a venv of its own)
	@tools/system-packages espeak-ng fonts-dejavu-core fonts-liberation fonts-freefont-ttf
	test -x $(LADDER)/bin/python || $(PYTHON) -m venv $(LADDER)
	$(LADDER)/bin/pip install --quiet --disable-pip-version-check -e '.[models,torch]' onnxscript pillow scipy tokenizers
	$(LADDER)/bin/python benchmarks/models.py --write docs/models.md

$(VENV)/.ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

system: ## the system's packages that proofs and cross-checks use
	@tools/system-packages $(SYSTEM)

clean: ## remove what was built here
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache
