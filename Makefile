# The one door for users: `make run` and `make test` work on a fresh Debian 12 machine. What they
# do in detail is in CMakePresets.json.

JOBS ?= $(shell nproc)
SEED ?= 1
NODES ?= 3
PORT ?= 7001
DIR ?= data

.DEFAULT_GOAL := help
.PHONY: run build test bench format asan tsan sim clean help deps

help:  ## Show this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

deps:  ## Install what is missing from Debian
	@third_party/install-deps.sh

build: deps  ## Build build/kindred
	cmake --preset release
	cmake --build --preset release --target kindred -j $(JOBS)

run: build  ## Start a cluster of three nodes on ports 7001 to 7003 (NODES=, PORT=, DIR=)
	build/kindred local --nodes $(NODES) --port $(PORT) --dir $(DIR)

test: deps  ## Build everything and run every test
	cmake --preset release
	cmake --build --preset release -j $(JOBS)
	ctest --preset release -j $(JOBS)

bench: deps  ## Compare speed with Redis (BENCH="--write docs/performance.md" keeps the table)
	cmake --preset release
	cmake --build --preset release --target kindred kindred_load -j $(JOBS)
	tests/bench/compare.py $(BENCH)

asan tsan: deps
	cmake --preset $@
	cmake --build --preset $@ -j $(JOBS)
	ctest --preset $@ -j $(JOBS)

asan:  ## Run the tests under AddressSanitizer
tsan:  ## Run the tests under ThreadSanitizer

sim: deps  ## Replay one simulated run (SEED=42)
	cmake --preset release
	cmake --build --preset release --target kindred_sim -j $(JOBS)
	build/tests/sim/kindred_sim --seed $(SEED)

format:  ## Format all C++ sources
	find src tests -name '*.h' -o -name '*.cc' | xargs clang-format -i

clean:  ## Remove all build directories; data/ stays
	rm -rf build build-*
