# SPDX-License-Identifier: Apache-2.0
# Short commands over meson.  `make help` lists them.  Variables:
#   BUILD=DIR   build directory (default: build)      PREFIX=DIR   installed below (/usr/local)
#   DESTDIR=DIR staging root of `make install`        V=1          show compiler commands
#   TESTS=--releases  `make test` also builds packages and releases twice, and for arm64
BUILD ?= build
PREFIX ?= /usr/local
DESTDIR ?=
TESTS ?=
# The shell reads these two itself and makes them absolute: make's functions split them at blanks.
export PREFIX DESTDIR
absolute = realpath -ms --
NINJA = ninja -C $(BUILD) $(if $(V),-v)

all: $(BUILD)/build.ninja
	@$(NINJA)

help:
	@echo 'make            build ./$(BUILD)/src/cmd/snug'
	@echo 'make demo       install what the build needs, build, record and confine `ls /`'
	@echo 'make test       install what the tests need, build, run all tests'
	@echo 'make check      format, layers, headers, shell scripts, documents'
	@echo 'make bench      measure recording, reading and merging profiles, reading logs'
	@echo 'make static     one static snug in ./build-static'
	@echo 'make dist       the source as dist/snug-VERSION.tar.xz'
	@echo 'make release    that, the static program with all that belongs to it, SHA256SUMS, in ./dist'
	@echo 'make deb        Debian packages, in ./dist'
	@echo 'make install    to $$(DESTDIR)$$(PREFIX)'
	@echo 'make clean      remove every build directory'

# Tests and man pages are left out of the first, small build: it needs fewer packages.
$(BUILD)/build.ninja:
	@tools/install-deps build
	@prefix=$$($(absolute) "$$PREFIX") && \
		meson setup $(BUILD) --prefix="$$prefix" -Dtests=false && \
		printf '%s\n' "$$prefix" >$(BUILD)/prefix

demo:
	@tools/install-deps build
	@$(MAKE) --no-print-directory all
	@tools/demo $(BUILD)/src/cmd/snug

test:
	@tools/install-deps test
	@tools/configure $(BUILD) -Dtests=true
	@$(NINJA)
	@tools/run-tests $(TESTS) $(BUILD)

check:
	@tools/install-deps test
	@tools/configure $(BUILD) -Dtests=true
	@$(NINJA)
	@tools/check-all $(BUILD)

format:
	@tools/check-format --fix

bench:
	@tools/install-deps test
	@tools/configure $(BUILD) -Dtests=true
	@$(NINJA)
	@tools/bench $(BUILD)
	@tools/bench-profiles $(BUILD)
	@tools/bench-engines $(BUILD)
	@tools/bench-containers $(BUILD)
	@tools/bench-audit $(BUILD)
	@tools/bench-denials $(BUILD)
	@tools/bench-explain $(BUILD)

static:
	@tools/install-deps build
	@tools/build-static build-static

dist:
	@tools/make-dist dist

release:
	@tools/install-deps build
	@tools/make-release dist

deb:
	@tools/install-deps package
	@tools/make-deb dist

# A new PREFIX is told to meson before building; installing itself, as root perhaps, builds nothing.
install: $(BUILD)/build.ninja
	@prefix=$$($(absolute) "$$PREFIX") && \
		{ [ "$$(cat $(BUILD)/prefix 2>/dev/null)" = "$$prefix" ] || { \
		meson configure $(BUILD) --prefix="$$prefix" && \
		printf '%s\n' "$$prefix" >$(BUILD)/prefix; }; }
	@$(NINJA)
	@destdir=$${DESTDIR:+$$($(absolute) "$$DESTDIR")} && \
		DESTDIR=$$destdir meson install -C $(BUILD) --no-rebuild

clean:
	rm -rf build build-*/ $(BUILD)

.PHONY: all help demo test check format bench static dist release deb install clean
