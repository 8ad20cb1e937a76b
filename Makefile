# make jam    play: sets up the live side alone in .venv, then starts it
# make test   everything that is checked, in .venv-test
# make fast   the everyday tests: no real ports, no TensorFlow
# make alsa   the tests on ALSA in an emulated machine, as root: minutes (docs/alsa.md)
# make format let ruff put the code in shape
# make settings  write config/jam.toml from the declarations in the code

TEST := .venv-test/bin

.PHONY: help alsa jam test fast lint format settings clean

help:
	@sed -n 's/^# make/make/p' Makefile
	@echo 'Options go in ARGS:  make jam ARGS="--duration 30"'

jam: .venv/.ready
	@.venv/bin/antiphon jam $(ARGS)

test: .venv-test/.ready lint
	$(TEST)/python -m pytest $(ARGS)

fast: .venv-test/.ready
	$(TEST)/python -m pytest -m "not system and not train" $(ARGS)

alsa:
	@scripts/try-alsa $(ARGS)

lint: .venv-test/.ready
	$(TEST)/ruff check
	$(TEST)/ruff format --check
	$(TEST)/mypy
	$(TEST)/lint-imports

format: .venv-test/.ready
	$(TEST)/ruff check --fix
	$(TEST)/ruff format

settings: .venv-test/.ready
	$(TEST)/antiphon config --default > config/jam.toml.new && mv config/jam.toml.new config/jam.toml

clean:
	rm -rf .venv .venv-test .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# A stamp each, so that the second start sets up nothing.
.venv/.ready: pyproject.toml
	@scripts/system-parts live
	@scripts/environment .venv
	@touch $@

.venv-test/.ready: pyproject.toml
	@scripts/system-parts tests
	@scripts/environment .venv-test train,jax,dev
	@touch $@
