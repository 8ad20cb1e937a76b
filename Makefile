# make jam    play: sets up the live side alone in .venv, then starts it
# make test   everything that is checked, in .venv-test
# make fast   the everyday tests, in .venv-fast: no real ports, no TensorFlow
# make lint   style, types and imports
# make wheel  try the wheel, with the lowest versions that pyproject.toml allows
# make mutants  change the code at random; do the tests notice? (docs/mutants.md)
# make alsa   the tests on ALSA in an emulated machine, as root: minutes (docs/alsa.md)
# make format let ruff put the code in shape
# make settings  write config/jam.toml from the declarations in the code
# make clean  remove the environments

.PHONY: help alsa jam test fast mutants lint wheel format settings clean

help:
	@sed -n 's/^# make/make/p' Makefile
	@echo 'Options go in ARGS:  make jam ARGS="--duration 30"'
	@echo 'YES=1 installs packages of the system without asking, PYTHON=... chooses a Python.'

jam: .venv/.ready
	@.venv/bin/antiphon jam $(ARGS)

# Ports are shared, so what touches one runs alone. pytest ends with 5 where it finds no
# test: ARGS may name tests of one kind.
test: .venv-test/.ready
	$(call checks,.venv-test/bin)
	@ran=0; .venv-test/bin/python -m pytest -m "not system" $(spread) $(ARGS) || ran=$$?; \
	test $$ran -eq 0 -o $$ran -eq 5 || exit $$ran; \
	.venv-test/bin/python -m pytest -m system $(ARGS) || test $$? -eq 5 -a $$ran -eq 0

fast: .venv-fast/.ready
	.venv-fast/bin/python -m pytest -m "not system and not train" $(spread) $(ARGS)

mutants: .venv-mutants/.ready
	.venv-mutants/bin/python scripts/mutants $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(SEED),--seed $(SEED)) $(ARGS)

alsa:
	@scripts/try-alsa $(ARGS)

lint: .venv-fast/.ready
	$(call checks,.venv-fast/bin)

wheel: .venv-fast/.ready
	scripts/try-wheel .venv-fast

format: .venv-fast/.ready
	.venv-fast/bin/ruff check --fix
	.venv-fast/bin/ruff format

settings: .venv-fast/.ready
	.venv-fast/bin/antiphon config --default > config/jam.toml.new && mv config/jam.toml.new config/jam.toml

clean:
	rm -rf .venv .venv-fast .venv-test .venv-mutants .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# Tests on every core, four at most: each that trains has a TensorFlow of its own.
spread = -n auto --maxprocesses 4

define checks
	$(1)/ruff check
	$(1)/ruff format --check
	$(1)/mypy
	$(1)/lint-imports
endef

# What is installed is noted in a stamp each, so that the second start sets up
# nothing, nor does a change of pyproject.toml that asks for nothing else.
.venv/.ready: pyproject.toml
	@scripts/environment .venv live

.venv-fast/.ready: pyproject.toml
	@scripts/environment .venv-fast live dev

.venv-mutants/.ready: pyproject.toml
	@scripts/environment .venv-mutants live dev,mutants

.venv-test/.ready: pyproject.toml
	@scripts/environment .venv-test tests train,audio,jax,notebook,dev
