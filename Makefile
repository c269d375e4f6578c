# make demo   a real knowledge base at http://127.0.0.1:8000 (SERVE=no only builds it)
# make test   everything that proves it works, browser included
# make check  style, types, walls, own notes
# make bench  measurements against other tools
# make bench-scale   what notes cost from a hundred to a hundred thousand
# make trust  every promise about hostile text, with all of its cases
# make fuzz   looks for inputs that any reader stumbles over, for MINUTES=20
# make spark   the script of a how-to in Spark, against DuckDB
# make lighthouse   what Google's Lighthouse says of pages
# make screenshots   a picture of every kind of page, in screenshots/
# make docs   the pages about changenote, in public/
# make lowest   does it all work with the oldest versions that pyproject.toml allows?
# make lock   what pyproject.toml asks for, as hashed files in requirements/ (UPGRADE=yes: newer versions)
# make clean  all of this taken away again
# make help   this list

PYTHON ?= python3
SERVE ?= yes
# One more than cores: tests that wait for a browser or a process leave room for others.
WORKERS ?= 3
MINUTES ?= 20
ENVIRONMENT := .venv
BIN := $(ENVIRONMENT)/bin
SPARK := .venv-spark
LOCKER := .venv-lock
# Every file that is fetched has a known hash, and builds fetch nothing more.
PIP := -m pip install -q --disable-pip-version-check --no-build-isolation
HASHED := $(PIP) --require-hashes

.PHONY: demo test check bench bench-scale trust fuzz lighthouse docs lowest lock browser strace screenshots spark java clean help

demo: $(ENVIRONMENT)/.demo
	$(BIN)/python -m tests.demo.build .demo
ifneq ($(SERVE),no)
	@echo "The knowledge base is at http://127.0.0.1:8000 (Ctrl-C stops it)"
	cd .demo && ../$(BIN)/changenote site serve --port 8000
else
	@echo "To look at it: cd .demo && ../$(BIN)/changenote site serve"
endif

help:
	@sed -n 's/^# make/make/p' $(firstword $(MAKEFILE_LIST))

test: $(ENVIRONMENT)/.dev $(ENVIRONMENT)/.web browser strace
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

check: $(ENVIRONMENT)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/changenote check --strict

bench: $(ENVIRONMENT)/.dev browser
	$(BIN)/python -m benchmarks.profile
	$(BIN)/python -m benchmarks

bench-scale: $(ENVIRONMENT)/.dev
	$(BIN)/python -m benchmarks.scale

trust: $(ENVIRONMENT)/.dev $(ENVIRONMENT)/.web browser strace
	$(BIN)/python -m tests.trust

fuzz: $(ENVIRONMENT)/.fuzz
	$(BIN)/python -m tests.fuzz --minutes $(MINUTES) $(TARGETS)

spark: $(ENVIRONMENT)/.dev $(SPARK)/.installed java
	$(BIN)/python -m tests.spark "$(CURDIR)/$(SPARK)/bin/python"

lighthouse: $(ENVIRONMENT)/.dev browser
	$(BIN)/python -m benchmarks.lighthouse

screenshots: $(ENVIRONMENT)/.dev browser
	$(BIN)/python -m tests.screenshots

docs: $(ENVIRONMENT)/.demo
	$(BIN)/changenote site build --strict

lowest: $(ENVIRONMENT)/.dev
	$(BIN)/python -m pytest tests/test_distribution.py

# A version has to be a week old: by then others have found what is wrong with it.
COMPILE = $(LOCKER)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --custom-compile-command 'make lock' --exclude-newer '7 days' \
  $(if $(filter yes,$(UPGRADE)),--upgrade)
EXTRAS := --extra mcp --extra parquet

lock: $(LOCKER)/.installed
	@$(COMPILE) pyproject.toml -o requirements/run.txt >/dev/null
	@$(COMPILE) pyproject.toml $(EXTRAS) --group dev -c requirements/run.txt -o requirements/dev.txt >/dev/null
	@$(COMPILE) --group build -c requirements/dev.txt -o requirements/build.txt >/dev/null
	@$(COMPILE) pyproject.toml $(EXTRAS) --resolution lowest-direct -o requirements/lowest.txt >/dev/null
	@$(COMPILE) --group fuzz -o requirements/fuzz.txt >/dev/null
	@$(COMPILE) --group spark -o requirements/spark.txt >/dev/null
	@$(COMPILE) --group lock -o requirements/lock.txt >/dev/null

browser:
	@command -v chromium >/dev/null && command -v chromedriver >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -q && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
	    chromium chromium-driver fonts-dejavu-core; \
	else \
	  echo "The browser tests need chromium and chromedriver: install the packages" \
	    "'chromium' and 'chromium-driver' (on Debian: sudo apt install chromium chromium-driver)."; \
	  exit 1; \
	fi

java:
	@command -v java >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -q && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
	    openjdk-17-jre-headless; \
	else \
	  echo "Spark needs Java 17: install it (on Debian: sudo apt install openjdk-17-jre-headless)."; \
	  exit 1; \
	fi

# Kills a write at every one of its system calls.
strace:
	@command -v strace >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -q && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends strace; \
	else \
	  echo "The tests of interrupted writes need strace: install it (on Debian: sudo apt install strace)."; \
	  exit 1; \
	fi

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "changenote needs Python 3.11 or newer; PYTHON=/path/to/python3 make … chooses one."; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q python3-venv; \
	else \
	  echo "Python's venv module is incomplete: install it (on Debian: sudo apt install python3-venv)."; \
	  exit 1; \
	fi
	$(PYTHON) -m venv $(ENVIRONMENT)

$(ENVIRONMENT)/.demo: pyproject.toml requirements/build.txt requirements/run.txt | $(BIN)/python
	$(BIN)/python $(HASHED) -r requirements/build.txt -r requirements/run.txt
	$(BIN)/python $(PIP) --no-deps -e .
	@touch $@

$(ENVIRONMENT)/.dev: requirements/dev.txt $(ENVIRONMENT)/.demo
	$(BIN)/python $(HASHED) -r requirements/dev.txt
	@touch $@

$(ENVIRONMENT)/.fuzz: requirements/fuzz.txt $(ENVIRONMENT)/.dev
	$(BIN)/python $(HASHED) -r requirements/fuzz.txt
	@touch $@

# What tests load into pages (axe-core) and talk to (emulate, prism), as the lock file has it.
$(ENVIRONMENT)/.web: tests/web/package.json tests/web/package-lock.json | $(ENVIRONMENT)/.dev
	mkdir -p $(ENVIRONMENT)/web
	cp tests/web/package.json tests/web/package-lock.json $(ENVIRONMENT)/web/
	PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --prefix $(ENVIRONMENT)/web --ignore-scripts --no-fund --no-audit --loglevel=error
	@touch $@

# Apart from the rest: Spark is larger than everything else together.
$(SPARK)/.installed: requirements/build.txt requirements/spark.txt | $(BIN)/python
	$(BIN)/python -m venv $(SPARK)
	$(SPARK)/bin/python $(HASHED) -r requirements/build.txt
	$(SPARK)/bin/python $(HASHED) -r requirements/spark.txt
	@touch $@

$(LOCKER)/.installed: requirements/lock.txt | $(BIN)/python
	$(BIN)/python -m venv $(LOCKER)
	$(LOCKER)/bin/python $(HASHED) -r requirements/lock.txt
	@touch $@

clean:
	rm -rf $(ENVIRONMENT) $(SPARK) $(LOCKER) .demo public screenshots build dist .changenote .fuzz benchmarks/.peers
