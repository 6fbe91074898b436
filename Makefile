# The door for people: each target installs what it needs from Debian's packages (and says so), then calls CMake.
# A second clone on the same machine shares the compiler's cache.
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1
export CCACHE_SLOPPINESS := pch_defines,time_macros
# Every date in what is built is that of the source.
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || stat -c %Y CMakeLists.txt)

.PHONY: help run build docs-ui test nightly check openapi bench package package-test fuzz tsan format packages

help:
	@echo "make run     build, start gantry with config/gantry.dev.yaml on http://127.0.0.1:8080"
	@echo "make docs-ui the files of /docs and /redoc (npm, pinned); part of make build where npm is installed"
	@echo "make test    build with ASan and UBSan, run every test"
	@echo "make nightly kill -9 in the middle of jobs, events, reloads and changes of the master key, ten times as often as in make test;"
	@echo "             and all of the real binary under ThreadSanitizer"
	@echo "make build   the release build: build/release/gantry and build/release/plugins"
	@echo "make check   layers, formatting, installed tree"
	@echo "make openapi  lints the OpenAPI document of the example plugins (npm, pinned)"
	@echo "make tsan    the tests of everything with threads under ThreadSanitizer"
	@echo "make fuzz    every fuzz target for 20 seconds (FUZZ_SECONDS=n for longer)"
	@echo "make package .deb and .rpm into build/packages"
	@echo "make package-test  they install, serve, upgrade and go in a bare Debian, and carry a plugin written elsewhere"
	@echo "make bench   against nginx, FastAPI and pgbench, side by side"

run: build
	build/release/gantry serve --config config/gantry.dev.yaml

build: packages
	cmake --preset release
	cmake --build --preset release
	@if command -v npm >/dev/null; then sh packaging/docs_ui/build.sh build/docs-ui || echo "no documentation pages"; \
	else echo "npm is not installed: no documentation pages (make docs-ui)"; fi

docs-ui:
	command -v npm >/dev/null || sh packaging/debian_packages.sh node
	sh packaging/docs_ui/build.sh build/docs-ui

test: packages
	@sh packaging/debian_packages.sh test
	cmake --preset dev
	cmake --build --preset dev
	ctest --preset dev

nightly: packages
	@sh packaging/debian_packages.sh test
	cmake --preset dev
	cmake --build --preset dev
	GANTRY_ROUNDS_TIMES=$(or $(ROUNDS_TIMES),10) ctest --preset dev -L kill
	cmake --preset tsan
	cmake --build --preset tsan
	ctest --preset tsan -L e2e

tsan: packages
	cmake --preset tsan
	cmake --build --preset tsan --target thread_tests
	ctest --preset tsan -L threads

check: build
	python3 tests/lint/layers.py
	python3 tests/lint/format.py
	sh tests/lint/installed_tree.sh build/release

openapi: build
	sh tests/openapi/check.sh build/release

format: packages
	python3 tests/lint/format.py --write

fuzz: packages
	sh packaging/debian_packages.sh fuzz
	cmake --preset fuzz
	cmake --build --preset fuzz --target fuzz_targets
	sh tests/fuzz/run.sh build/fuzz $(or $(FUZZ_SECONDS),20) $(FUZZ_SEED)

bench: packages
	sh packaging/debian_packages.sh bench
	cmake --preset bench
	cmake --build --preset bench --target bench_programs
	python3 tests/bench/run.py build/bench

package: build
	@sh packaging/debian_packages.sh package
	sh packaging/build_packages.sh build/release build/packages

package-test: package
	@sh packaging/debian_packages.sh package-test
	$(shell [ "$$(id -u)" = 0 ] || echo sudo -E) python3 tests/packaging/run.py build/packages

packages:
	@sh packaging/debian_packages.sh build
