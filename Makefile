# Karez: `make help` lists what can be made.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
SERVE ?= 1
PATCHES ?= 30000
SEED ?= 7
PORT ?= 8080
SECONDS ?= 60
TARGET ?=
LOAD ?=
PROGRAMS ?= .build/release
KAREZ := .build/release/karez
# Progress lines of the build are noise in a log; warnings and errors are not.
QUIET := 2>&1 | { grep -vE '^\[[0-9]+/[0-9]+\] |CMakeLists|unhandled|^$$' || true; }

.PHONY: help setup lint build test access-matrix exhaustive edits faults mutations demo serve bench rules clean crash \
  forgery attack durability year fuzz races journeys pages load clients proxy deb dates

help: ## list every target
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /make \1\t/' | expand -t 18

setup: ## install what is needed: Debian packages, Python environment, browser files, outlines
	@Scripts/set-up.sh

lint: ## check the form of every Swift file
	@files=$$(git ls-files -co --exclude-standard '*.swift' | wc -l); \
	test $$files -gt 0 || { echo "lint: no file examined" >&2; exit 1; }; \
	swift format lint --strict -r Package.swift Sources Tests Fuzz; \
	echo "lint: $$files Swift files examined"

build: ## build the release binary, .build/release/karez
	@echo "build: release"
	@swift build -c release --product karez-reader $(QUIET)
	@swift build -c release --product karez $(QUIET)
	@test -x $(KAREZ) && test -x .build/release/karez-reader
	@echo "build: 2 programs in .build/release"

rules: build ## load and link the packs, and run their cases
	@$(KAREZ) rules check
	@$(KAREZ) rules test

test: setup lint build rules ## set up, lint, build, and run every test
	@Scripts/run-tests.sh

dates: ## due dates counted again by the statutes: by hand, of the packs, and of random cases the program runs
	@python3 Tests/Year/judge.py --self-test
	@python3 Tests/Year/chains.py
	@python3 Tests/Year/random_examples.py $(KAREZ)

exhaustive: ## judge the overlay kernel on every pair of every grid, not a sample
	@Scripts/judge-kernel.sh

edits: ## ten thousand random edits of a coverage; every county's total must stay (an hour)
	@KAREZ_EDITS=10000 swift test -c release --filter RandomEditTests $(QUIET)

faults: ## a hundred planted faults among 300,000 patches: all found, none invented
	@swift build -c release --build-tests $(QUIET)
	@KAREZ_FAULTS=300000 swift test -c release --skip-build --filter PlantedFaultTests $(QUIET)

mutations: ## break the overlay kernel a rule at a time; a suite must notice each (half an hour)
	@Scripts/mutate-kernel.sh

access-matrix: ## every scope × every call of the store and every address; half an hour with mutants
	@swift build -c release --build-tests $(QUIET)
	@KAREZ_MATRIX=long swift test -c release --skip-build --filter "AccessMatrixTests|ChannelMatrixTests|OracleTests|RowPolicyTests"

crash: ## kill the program a thousand times in submissions, and in other writes; nothing lost or half-done
	@swift build -c release --build-tests $(QUIET)
	@KAREZ_CRASHES=1000 swift test -c release --skip-build --filter CrashTests

year: ## twenty thousand cases of a year, every due date judged, every decision replayed; KAREZ_YEAR_ENGINE=server on PostgreSQL
	@swift build -c release --build-tests $(QUIET)
	@KAREZ_YEAR=20000 swift test -c release --skip-build --filter YearTests

durability: build ## ten thousand power cuts, and every write of an import failing; nothing acknowledged lost
	@python3 Tests/Durability/power_cuts.py --karez $(KAREZ) --ready 2
	@python3 Tests/Durability/io_faults.py --karez $(KAREZ)

fuzz: ## libFuzzer's inventions for every parser, SECONDS=60 each, or for TARGET
	@Scripts/fuzz.sh $(SECONDS) $(TARGET)

races: ## the tests of what runs at once, with the thread sanitizer (a build of its own)
	@Scripts/race.sh

forgery: ## a thousand forgeries of rows and log: all found by checkpoints kept elsewhere, and named
	@swift build -c release --build-tests $(QUIET)
	@KAREZ_FORGERIES=1000 swift test -c release --skip-build --filter ForgeryTests

attack: ## attack the server: schemathesis as every role, sqlmap on every parameter (an hour and more)
	@Scripts/attack.sh

serverbackup: build ## back a server's map up by pgBackRest, lose it, restore and verify it
	@Scripts/try-server-backup.sh

journeys: setup ## what people do in a real browser, with screenshots of every step in journeys/
	@swift build -c release --build-tests $(QUIET)
	@KAREZ_SCREENSHOTS=$(CURDIR)/journeys swift test -c release --skip-build --filter BrowserTests

pages: setup ## every page in a real Chromium, three languages, two widths, with pictures in pages/
	@swift build -c release --build-tests $(QUIET)
	@KAREZ_PAGES=long KAREZ_SCREENSHOTS=$(CURDIR)/pages swift test -c release --skip-build --filter EveryPageTests

demo: setup build ## the demo prefecture, a checked boundary, and the portal (SERVE=0: no portal)
	@$(KAREZ) demo --data demo/karez-data --out demo --patches $(PATCHES) --seed $(SEED) \
	  $(if $(filter 1,$(SERVE)),--serve --port $(PORT))

serve: build ## the portal on the demo prefecture
	@$(KAREZ) serve --data demo/karez-data --port $(PORT)

load: setup build ## many people at once: 50 readers of the map, 200 officers; times, errors, memory (SECONDS each)
	@.venv/bin/python Benchmarks/load.py $(KAREZ) --seconds $(SECONDS) --patches $(PATCHES) $(LOAD)

clients: setup build ## GDAL, OWSLib, OpenLayers, MapLibre and QGIS against a real server (installs QGIS)
	@Scripts/clients.sh .build/release

proxy: setup build ## nginx with our recipe before a real server: TLS, headers, rates, caching by scope
	@.venv/bin/python Scripts/try-proxy.py $(KAREZ)

deb: setup build ## the Debian package, tried in a folder of its own (PROGRAMS: what it is made from)
	@Scripts/make-package.sh $(PROGRAMS)
	@Scripts/try-package.sh .build/package

bench: setup build ## run every benchmark there is, and print one table
	@Benchmarks/run.sh

clean: ## remove what was built and made (not the Python environment)
	@rm -rf .build demo
