# The two commands of the README: `make quickstart` runs the main job, `make test` runs the tests.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
NICE_ERROR = 'Caco needs Python 3.11 or newer; say which with: make PYTHON=python3.11 ...'

.PHONY: quickstart test test-train test-ray test-stores soak check format clean

quickstart: $(VENV)/core
	$(BIN)/caco run quickstart

test: $(VENV)/dev
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-train: $(VENV)/dev  # installs the extra `train` (torch and more); the tests of training skip without it
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[train]'
	OMP_NUM_THREADS=2 $(BIN)/python -m pytest -n 0 tests/train

# What needs more packages than the project's own: Ray (700 MB of them), an S3 server, other readers of Parquet.
test-ray: $(VENV)/dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[ray]' 'ray[data]' pandas
	$(BIN)/python -m pytest -n 0 tests/contract/test_ray_runner.py tests/contract/test_readers.py

test-stores: $(VENV)/dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[s3]' \
	  'moto[server]' pandas polars duckdb 'datasets>=4'
	$(BIN)/python -m pytest -n 0 tests/contract/test_stores.py tests/contract/test_readers.py

soak: $(VENV)/dev  # 200 random kills, and a fault at every file operation of a small run: some 20 minutes
	$(BIN)/python measurements/soak.py

check: $(VENV)/dev
	$(BIN)/ruff check src tests measurements
	$(BIN)/ruff format --check src tests measurements
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/architecture

format: $(VENV)/dev
	$(BIN)/ruff check --fix src tests measurements
	$(BIN)/ruff format src tests measurements

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo $(NICE_ERROR); exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/core: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/dev: $(VENV)/core
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) runs .pytest_cache .mypy_cache .ruff_cache .hypothesis
