# adatom: the commands of every day. The build itself is CMake's (CMakeLists.txt, CMakePresets.json).

PREFIX ?= /usr/local
JOBS ?= $(shell nproc)
# Seconds that each fuzz target runs in `make test`.
FUZZ_SECONDS ?= 15

EXAMPLE := examples/graphene/search.yaml
CTEST := ctest --output-on-failure --no-tests=error

.NOTPARALLEL:
.PHONY: help run build test check check-asan check-tsan check-fuzz install bench clean deps deps-test

help:
	@echo 'make run      install what is missing, build, search for graphene, name the report'
	@echo 'make build    install what is missing, leave the program at build/adatom'
	@echo 'make test     install what is missing for the tests, build, run all of them'
	@echo 'make install  into PREFIX ($(PREFIX)), below DESTDIR if that is set'
	@echo 'make bench    build and run the comparisons with peers'
	@echo 'make clean    remove the build folders'

deps:
	@tools/install-deps.sh build

deps-test:
	@tools/install-deps.sh test

# Without the tests, unless a build with them is there already.
build: deps
	@test -f build/build.ninja || cmake --preset default -DADATOM_TESTS=OFF
	@cmake --build build --parallel $(JOBS)

# Each run has a folder of its own: run-graphene, run-graphene-2, ...
run: build
	@folder=run-graphene; number=1; \
	while [ -e "$$folder" ]; do number=$$((number + 1)); folder=run-graphene-$$number; done; \
	build/adatom search $(EXAMPLE) -o "$$folder" && \
	echo "Open $$folder/report.html in a browser."

# The sanitizer builds leave out what they cannot see into (package, structure) or what takes long
# without telling more (example).
test: check check-asan check-tsan check-fuzz

check: deps-test
	@cmake --preset default
	@cmake --build build --parallel $(JOBS)
	@$(CTEST) --test-dir build --parallel $(JOBS)

check-asan: deps-test
	@cmake --preset asan
	@cmake --build build-asan --parallel $(JOBS)
	@$(CTEST) --test-dir build-asan --parallel $(JOBS) --label-exclude '^(package|structure|example)$$'

check-tsan: deps-test
	@cmake --preset tsan
	@cmake --build build-tsan --parallel $(JOBS)
	@$(CTEST) --test-dir build-tsan --parallel $(JOBS) --label-regex '^threads$$'

check-fuzz: deps-test
	@cmake --preset fuzz -DADATOM_FUZZ_SECONDS=$(FUZZ_SECONDS)
	@cmake --build build-fuzz --parallel $(JOBS) --target fuzz_targets
	@$(CTEST) --test-dir build-fuzz --parallel $(JOBS) --label-regex '^fuzz$$'

install: build
	@cmake --install build --prefix $(PREFIX)
	@if [ -z "$(DESTDIR)" ] && [ "$$(id -u)" = 0 ]; then ldconfig; fi

bench:
	@tools/install-deps.sh bench
	@cmake --preset bench -DADATOM_TESTS=OFF
	@cmake --build build --parallel $(JOBS)
	@cmake --build build --target bench

clean:
	@rm -rf build build-*/
