# `make demo` and `make test` are all one needs; both set up what they use in .venv.
PYTHON ?= python3
BIN := .venv/bin
R3 := labeled/releases/tsunagari-r3.pdf

.PHONY: demo test check format train lock clean

demo: .venv/ready
	mkdir -p out
	$(BIN)/classify matrix $(R3) -o out/coverage.xlsx -o out/coverage.html -o out/coverage.csv

test: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/classify taxonomy check
	$(BIN)/pytest -n auto
	$(BIN)/pytest --quiet --nbmake -W default notebooks

format: .venv/ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The model that travels in the wheel; its bytes follow from taxonomy.yaml and labeled/.
train: .venv/ready
	$(BIN)/classify labels rebuild
	$(BIN)/classify train

lock: .venv/ready
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --group dev pyproject.toml -o requirements.lock

# Debian ships python3 without venv: as root it is added, otherwise the command to run is told.
.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq python3-venv; } || \
		{ echo "python3 has no venv. Run: sudo apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

clean:
	rm -rf .venv out dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
