# The two commands of the README: `make demo` and `make check`.
# Everything else is in CMake; this only strings the steps together.

BUILD ?= build
JOBS ?= $(shell nproc)
CTEST_ARGS ?=
CMAKE_ARGS ?=

.PHONY: all setup configure demo check check-long check-flto check-sanitize bench install clean help

all: $(BUILD)/build.ninja
	@echo "==> build ($(BUILD))"
	@ninja -C $(BUILD) --quiet

setup:
	@echo "==> set-up"
	@scripts/setup.sh

$(BUILD)/build.ninja: | setup
	@echo "==> configure ($(BUILD))"
	@cmake -G Ninja -S . -B $(BUILD) -DCMAKE_INSTALL_PREFIX=/usr/local $(CMAKE_ARGS) >$(BUILD).log 2>&1 \
		|| { cat $(BUILD).log >&2; rm -f $(BUILD).log; exit 1; }
	@mv $(BUILD).log $(BUILD)/configure.log

# A failed or absent configuration is made again; ninja itself notices changed
# CMake files.
configure: setup $(BUILD)/build.ninja

demo: configure all
	@echo "==> demo"
	@examples/demo/demo.sh $(BUILD)

check: configure all
	@echo "==> tests"
	@ctest --test-dir $(BUILD) --output-on-failure -j $(JOBS) -L quick $(CTEST_ARGS)

check-long: configure all
	@echo "==> all tests, the long ones too"
	@rm -rf $(BUILD)/results
	@ctest --test-dir $(BUILD) --output-on-failure -j $(JOBS) $(CTEST_ARGS); \
		status=$$?; echo "==> programs moved ($(BUILD)/results/table)"; \
		tests/corpora/table.sh $(BUILD) || status=1; echo "==> packages"; \
		tests/packages/table.sh $(BUILD) && exit $$status

# What programs do, when each is compiled as a whole at its link.
check-flto: configure all
	@echo "==> tests of programs, with -flto"
	@POPCORN_CLANG_OPTIONS=-flto ctest --test-dir $(BUILD) --output-on-failure \
		-j $(JOBS) -L quick -R '^(program|corpora)' $(CTEST_ARGS)

# Unit, linker and system tests, but not limits on address space (AddressSanitizer takes
# 20 TB), on memory (it makes the agent the largest) and on descriptors (a report is a
# file, and a search for leaks without one does not end).
check-sanitize:
	@scripts/reports.sh $(BUILD)-sanitize/reports $(MAKE) --no-print-directory check \
		BUILD=$(BUILD)-sanitize \
		CMAKE_ARGS='$(CMAKE_ARGS) -DPOPCORN_SANITIZE=ON -DCMAKE_C_COMPILER=clang-19' \
		CTEST_ARGS='$(CTEST_ARGS) -L "^(unit|linker|system)" -E "limits.(address-space|memory|node|descriptors)|popcornd.limits"'

bench: configure all
	@echo "==> benchmarks"
	@bench/run.sh $(BUILD)
	@bench/run.sh $(BUILD) -flto
	@bench/moves/run.sh $(BUILD)
	@bench/memory/run.sh $(BUILD)
	@bench/allocation/run.sh $(BUILD)
	@bench/strings/run.sh $(BUILD)
	@bench/libc/run.sh $(BUILD)

install: all
	@cmake --install $(BUILD)

clean:
	rm -rf $(BUILD)

help:
	@echo "make            build into $(BUILD)/"
	@echo "make demo       set up, build, and show a program moving between ISAs"
	@echo "make check      set up, build, and run the tests"
	@echo "make check-long the same with the long tests; ends with a table of programs"
	@echo "make check-flto the tests of programs, compiled with -flto"
	@echo "make check-sanitize  unit, linker, system tests; host programs under sanitizers"
	@echo "make bench      measure against clang -O2, with -flto too, and with glibc"
	@echo "make install    install under /usr/local (DESTDIR is honoured)"
