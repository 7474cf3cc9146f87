#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The checks of the sources find what they are for: each runs on a small tree that is well, and
# again after one thing in it was spoiled.
# bats file_tags=slow,beside

# shellcheck disable=SC2154  # tools.bash sets tools
load ../lib/tools

setup() {
	tree=$BATS_TEST_TMPDIR/tree
	mkdir -p "$tree"/{tools,bpf/include,docs,tests,src/{base,codec,seccomp,trace}}
	cp "$tools/layers.txt" "$tree/tools/"
	cp "$tools/../.clang-format" "$tree/"
	file src/base/banned.h '#pragma once'
	file src/base/mem.h '#pragma once' '#include <stddef.h>' '' 'void *xmalloc(size_t n);'
	file src/base/mem.c '#include "base/mem.h"' '' '#include <stdlib.h>' '' 'int x;'
	file src/codec/doc.h '#pragma once' '#include "base/mem.h"' '' '#include <stdint.h>'
	file src/codec/doc-internal.h '#pragma once' '#include <yaml.h>'
	file src/codec/doc.c '#include "codec/doc.h"' '' '#include "codec/doc-internal.h"'
	file bpf/include/snug_abi.h '#pragma once' '#include <linux/types.h>'
	file bpf/recorder.bpf.c '#include "snug_abi.h"' '' '#include <bpf/bpf_helpers.h>'
	file src/trace/engine.c '#include "snug_abi.h"' '' '#include <bpf/libbpf.h>'
	file README.md 'See [the notes](docs/notes.md#top) and [the web](https://example.org).'
	file docs/notes.md '# Top' 'Back to [the start](../README.md).'
	file tools/hello '#!/bin/bash' 'echo "hello $1"'
}

# file PATH LINE...: makes a file of the tree
file() {
	local path=$tree/$1
	shift
	printf '%s\n' "$@" >"$path"
}

# add PATH LINE: one line more at the end
add() {
	printf '%s\n' "$2" >>"$tree/$1"
}

@test "check-layers: accepts a tree that is well" {
	run "$tools/check-layers" "$tree"
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "check-layers: a lower module may not include a higher one" {
	add src/base/mem.c '#include "codec/doc.h"'
	fails_with "src/base/mem.c:6: base may not include codec" "$tools/check-layers" "$tree"
}

@test "check-layers: neighbours may not include each other without an edge" {
	add src/trace/engine.c '#include "codec/doc.h"'
	fails_with "trace may not include codec" "$tools/check-layers" "$tree"
}

@test "check-layers: a library is known to its module only" {
	add src/trace/engine.c '#include <seccomp.h>'
	fails_with "trace may not include seccomp.h" "$tools/check-layers" "$tree"
	file src/trace/engine.c '#include <bpf/libbpf.h>'
	add src/base/mem.c '#include <bpf/bpf.h>'
	fails_with "base may not include bpf/bpf.h" "$tools/check-layers" "$tree"
}

@test "check-layers: a library that the table does not know" {
	add src/codec/doc.c '#include <json-c/json.h>'
	fails_with "does not know json-c/json.h" "$tools/check-layers" "$tree"
}

@test "check-layers: the kernel side sees only its own headers" {
	add bpf/recorder.bpf.c '#include "base/mem.h"'
	fails_with "bpf may not include base" "$tools/check-layers" "$tree"
}

@test "check-layers: vmlinux.h stays on the kernel side" {
	add src/trace/engine.c '#include "vmlinux.h"'
	fails_with "trace may not include vmlinux.h" "$tools/check-layers" "$tree"
}

@test "check-layers: an internal header stays in its directory" {
	file src/seccomp/profile.c '#include "codec/doc-internal.h"'
	fails_with "codec/doc-internal.h is internal to codec" "$tools/check-layers" "$tree"
}

@test "check-layers: a file includes its own header first" {
	file src/codec/doc.c '#include <stdio.h>' '#include "codec/doc.h"'
	fails_with 'must be "codec/doc.h"' "$tools/check-layers" "$tree"
}

@test "check-layers: a header is named with its module" {
	add src/codec/doc.c '#include "doc-internal.h"'
	fails_with "does not know doc-internal.h" "$tools/check-layers" "$tree"
}

@test "check-layers: a module that is not in the table" {
	mkdir "$tree/src/extra"
	file src/extra/x.c 'int extra;'
	fails_with "does not know the module extra" "$tools/check-layers" "$tree"
}

@test "check-layers: a detour to a header is refused" {
	for name in codec/../seccomp/filter.h ./codec/doc.h ../src/codec/doc.h codec//doc.h /usr/x.h; do
		file src/codec/doc.c '#include "codec/doc.h"' "#include \"$name\""
		fails_with "src/codec/doc.c:2: a header is named without a detour, not $name" \
			"$tools/check-layers" "$tree"
	done
}

@test "check-layers: neither comments nor other spellings hide an include" {
	local spelling
	for spelling in '/* */ #include <seccomp.h>' '# /* */ include /* x */ <seccomp.h> // y' \
		$'/* a\n * b */ #include <seccomp.h>' $'#include \\\n\t<seccomp.h>' \
		$'#inc\\\nlude <seccomp.h>' '%: include <seccomp.h>' '#include_next <seccomp.h>' \
		$'char *a = "/*"; /* "\n*/ #include <seccomp.h>' \
		$'char *a = "\\"/*";\n#include <seccomp.h>' $'int q = \'"\'; /*\n*/ #include <seccomp.h>' \
		$'/\\\n* */ #include <seccomp.h>'; do
		file src/trace/engine.c "$spelling"
		fails_with "trace may not include seccomp.h" "$tools/check-layers" "$tree"
	done
	file src/trace/engine.c '#define HEADER <seccomp.h>' '#include HEADER'
	fails_with "src/trace/engine.c:2: which header" "$tools/check-layers" "$tree"
}

@test "check-layers: what is only a comment or a string includes nothing" {
	file src/trace/engine.c '/*' '#include <seccomp.h>' '*/' '// #include <yaml.h>' \
		'const char *s = "#include <yaml.h>";' '#include <errno.h> /* why' '#include <yaml.h> */' \
		'// a comment \' '#include <yaml.h>' '#include <poll.h> // why'
	run "$tools/check-layers" "$tree"
	echo "$output"
	[ "$status" -eq 0 ]
	add src/trace/engine.c '#include <yaml.h>'
	fails_with "src/trace/engine.c:11: trace may not" "$tools/check-layers" "$tree"
}

@test "check-layers: an empty tree is no success" {
	rm -r "$tree/src" "$tree/bpf"
	mkdir "$tree/src" "$tree/bpf"
	fails_with "no C files" "$tools/check-layers" "$tree"
}

@test "check-headers: accepts a tree that is well" {
	run "$tools/check-headers" /nonexistent "$tree"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "check-headers: a header that needs another one before it" {
	file src/base/str.h '#pragma once' 'size_t length(const char *s);'
	fails_with "src/base/str.h: does not compile alone" "$tools/check-headers" /nonexistent "$tree"
}

@test "check-headers: a header without #pragma once" {
	file src/base/str.h 'int length(const char *s);'
	fails_with "src/base/str.h: no #pragma once" "$tools/check-headers" /nonexistent "$tree"
}

@test "check-format: accepts what clang-format makes, refuses the rest, and can mend it" {
	run "$tools/check-format" "$tree"
	echo "$output"
	[ "$status" -eq 0 ]
	add src/base/mem.c 'int  main(void) { return   0; }'
	fails_with "src/base/mem.c:6" "$tools/check-format" "$tree"
	"$tools/check-format" --fix "$tree"
	"$tools/check-format" "$tree"
}

@test "check-shell: accepts clean scripts, refuses an unquoted variable and a broken bats file" {
	run "$tools/check-shell" "$tree"
	echo "$output"
	[ "$status" -eq 0 ]
	add tools/hello 'rm $1'
	fails_with "SC2086" "$tools/check-shell" "$tree"
	file tools/hello '#!/bin/bash' 'true'
	file tests/x.bats '@test "x" {' 'run rm $1' '}'
	fails_with "SC2086" "$tools/check-shell" "$tree"
}

@test "check-docs: accepts a tree that is well" {
	run "$tools/check-docs" "$tree"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "check-docs: a link that leads nowhere" {
	add docs/notes.md 'And [more](more.md).'
	fails_with "docs/notes.md: link to more.md leads nowhere" "$tools/check-docs" "$tree"
}

@test "check-docs: a place on somebody's machine, in documents and in sources" {
	# put together here so that this file itself has no such place
	add docs/notes.md "Look into /""work/notes."
	fails_with "docs/notes.md:3" "$tools/check-docs" "$tree"
	file docs/notes.md 'Nothing.'
	add src/base/mem.c "/* /""home/someone/x.c */"
	fails_with "src/base/mem.c:6" "$tools/check-docs" "$tree"
}

@test "ci-summary: adds up TAP files and names what was skipped and why" {
	printf 'ok 1 - a\nok 2 - b # SKIP no kernel\n1..2\n' >"$tree/a.tap"
	printf '1..1\nok 1 c # skip (no luck)\n' >"$tree/b.tap"
	run "$tools/ci-summary" "$tree/a.tap" "$tree/b.tap"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[-1]}" = "1 passed, 0 failed, 2 skipped" ]
	[[ $output == *"b: no kernel"* ]]
	[[ $output == *"c: no luck"* ]]
}

@test "ci-summary: a whole file that is skipped says why" {
	echo '1..0 # SKIP no QEMU' >"$tree/a.tap"
	run "$tools/ci-summary" "$tree/a.tap"
	[ "$status" -eq 0 ]
	[ "${lines[-1]}" = "0 passed, 0 failed, 1 skipped" ]
	echo '1..0 # SKIP' >"$tree/a.tap"
	run "$tools/ci-summary" "$tree/a.tap"
	[ "$status" -eq 1 ]
	[ "${lines[-1]}" = "0 passed, 1 failed, 0 skipped" ]
}

@test "ci-summary: a skip without a reason is a failure" {
	printf '1..2\nok 1 a\nok 2 b # skip\n' >"$tree/a.tap"
	run "$tools/ci-summary" "$tree/a.tap"
	[ "$status" -eq 1 ]
	[ "${lines[-1]}" = "1 passed, 1 failed, 0 skipped" ]
}

@test "ci-summary: a plan that is not met, a missing plan, a missing file: failures" {
	printf '1..3\nok 1 a\n' >"$tree/a.tap"
	run "$tools/ci-summary" "$tree/a.tap"
	[ "$status" -eq 1 ]
	[ "${lines[-1]}" = "1 passed, 2 failed, 0 skipped" ]
	printf 'ok 1 a\n' >"$tree/a.tap"
	run "$tools/ci-summary" "$tree/a.tap" "$tree/none.tap"
	[ "$status" -eq 1 ]
	[ "${lines[-1]}" = "1 passed, 2 failed, 0 skipped" ]
}

@test "ci-summary: when nothing ran, that is no success" {
	echo >"$tree/testlog.json"
	run "$tools/ci-summary" "$tree/testlog.json"
	[ "$status" -eq 1 ]
	[ "${lines[-1]}" = "0 passed, 0 failed, 0 skipped" ]
}

@test "ci-summary: a plan of no tests says why, or is a failure beside others that passed" {
	printf '1..1\nok 1 a\n' >"$tree/a.tap"
	for plan in '1..0' '1..0 # nothing to do' '1..0 # SKIP:'; do
		echo "$plan" >"$tree/b.tap"
		run "$tools/ci-summary" "$tree/a.tap" "$tree/b.tap"
		echo "$output"
		[ "$status" -eq 1 ]
		[ "${lines[-1]}" = "1 passed, 1 failed, 0 skipped" ]
		[[ $output == *"b.tap: skipped without a reason"* ]]
	done
}

@test "ci-summary: reads meson's log, TAP inside it included" {
	cat >"$tree/testlog.json" <<-'LOG'
		{"name": "unit / a", "stdout": "1..2\nok 1 - x\nok 2 - y # SKIP none\n", "result": "OK"}
		{"name": "unit / b", "stdout": "1..3\nok 1 - x\n", "result": "ERROR"}
		{"name": "unit / c", "stdout": "1..1\nok 1 - x\n", "result": "ERROR"}
		{"name": "plain", "stdout": "", "result": "OK"}
		{"name": "late", "stdout": "x\n", "result": "TIMEOUT"}
		{"name": "not here", "stdout": "no BTF\n", "result": "SKIP"}
		{"name": "silent", "stdout": "", "result": "SKIP"}
	LOG
	run "$tools/ci-summary" "$tree/testlog.json"
	echo "$output"
	[ "$status" -eq 1 ]
	[ "${lines[-1]}" = "4 passed, 5 failed, 2 skipped" ]
	[[ $output == *"failed: silent: skipped without a reason"* ]]
	[[ $output == *"skipped: not here: no BTF"* ]]
	[[ $output == *"failed: late: TIMEOUT"* ]]
}

# stub_meson: programs in place of meson and ninja that tell what they were asked, and a build
# directory that is made already
stub_meson() {
	mkdir -p "$BATS_TEST_TMPDIR/bin" "$tree/build"
	cp "$tools/../Makefile" "$tree/"
	touch "$tree/build/build.ninja"
	cat >"$BATS_TEST_TMPDIR/bin/meson" <<-'X'
		#!/bin/bash
		printf '%s|' "$@"
		[[ $1 != install ]] || printf 'DESTDIR=%s|' "$DESTDIR"
		echo
	X
	printf '#!/bin/sh\n' >"$BATS_TEST_TMPDIR/bin/ninja"
	chmod +x "$BATS_TEST_TMPDIR"/bin/*
}

# make_install VARIABLE...: in the tree; nothing of a make that runs these tests comes along
make_install() {
	env -u MAKEFLAGS -u MAKELEVEL -u MAKEOVERRIDES -u PREFIX -u DESTDIR \
		PATH="$BATS_TEST_TMPDIR/bin:$PATH" make -s --no-print-directory -C "$tree" install "$@"
}

@test "make install: paths may hold blanks, be relative, and are absolute for meson" {
	stub_meson
	run make_install PREFIX='/opt/my  snug' DESTDIR='/tmp/a b'
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = 'configure|build|--prefix=/opt/my  snug|' ]
	[ "${lines[1]}" = 'install|-C|build|--no-rebuild|DESTDIR=/tmp/a b|' ]
	[ "$(cat "$tree/build/prefix")" = '/opt/my  snug' ]
	# the same prefix again: meson knows it
	run make_install PREFIX='/opt/my  snug' DESTDIR="it's here"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "install|-C|build|--no-rebuild|DESTDIR=$tree/it's here|" ]
	run make_install
	echo "$output"
	[ "${lines[0]}" = 'configure|build|--prefix=/usr/local|' ]
	[ "${lines[1]}" = 'install|-C|build|--no-rebuild|DESTDIR=|' ]
}

@test "make install: an empty PREFIX is refused before anything is done" {
	stub_meson
	run make_install PREFIX=
	echo "$output"
	[ "$status" -ne 0 ]
	[[ $output != *install\|* ]]
}

@test "install-deps: without root it names what is missing and fails" {
	[ "$(id -u)" -eq 0 ] || skip "only root can become somebody else"
	mkdir "$BATS_TEST_TMPDIR/bin"
	# a machine on which only gcc is installed
	printf '#!/bin/sh\necho installed gcc\n' >"$BATS_TEST_TMPDIR/bin/dpkg-query"
	chmod -R a+rx "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/bin/dpkg-query"
	cp "$tools/install-deps" "$BATS_TEST_TMPDIR/bin/install-deps"
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/*
	run env PATH="$BATS_TEST_TMPDIR/bin:$PATH" \
		perl -e '$> = $< = 65534; exec @ARGV or die' "$BATS_TEST_TMPDIR/bin/install-deps" build
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"apt-get install"*" meson "* ]]
	[[ $output != *" gcc "* ]]
}

@test "install-deps: silent when nothing is missing" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	cat >"$BATS_TEST_TMPDIR/bin/dpkg-query" <<-'X'
		#!/bin/sh
		for p; do echo "installed $p"; done
	X
	chmod +x "$BATS_TEST_TMPDIR/bin/dpkg-query"
	run env PATH="$BATS_TEST_TMPDIR/bin:$PATH" "$tools/install-deps" all
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	run "$tools/install-deps" everything
	[ "$status" -eq 2 ]
}

@test "run-tests: a file that hangs, or that prints no TAP, fails; --subset leaves slow ones out" {
	mkdir "$tree/build" "$tree/t"
	file t/good.sh '#!/bin/sh' 'echo 1..1' 'echo "ok 1 - $SNUG"'
	file t/hangs.sh '#!/bin/sh' 'echo 1..2' 'echo ok 1' 'exec sleep 60'
	file t/silent.sh '#!/bin/sh' 'exit 0'
	file t/slow.sh '#!/bin/sh' '# slow' 'echo 1..1' 'echo ok 1'
	chmod +x "$tree"/t/*
	SNUG=/the/snug SNUG_TEST_LIMIT=2 run "$tools/run-tests" "$tree/build" "$tree/t"
	echo "$output"
	[ "$status" -eq 1 ]
	[ "${lines[-1]}" = "3 passed, 2 failed, 0 skipped" ]
	grep -rq "ok 1 - /the/snug" "$tree/build/test-results"
	rm "$tree"/t/{hangs,silent}.sh
	file t/all-slow.bats '# bats file_tags=slow' '' '@test "x" {' '	true' '}'
	run "$tools/run-tests" --subset "$tree/build" "$tree/t"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[-1]}" = "1 passed, 0 failed, 0 skipped" ]
	# empty for another reason than being slow
	file t/empty.bats '# no test here'
	run "$tools/run-tests" --subset "$tree/build" "$tree/t"
	echo "$output"
	[ "$status" -eq 1 ]
	[ "${lines[-1]}" = "1 passed, 1 failed, 0 skipped" ]
}

@test "run-tests: files that say so run beside the others, and count with them" {
	mkdir "$tree/build" "$tree/t"
	# each waits for the other
	file t/a.sh '#!/bin/sh' 'echo 1..1' \
		'timeout 20 sh -c "until [ -e \"\$0\" ]; do sleep 0.1; done" "$SNUG_BUILD/b" || exit 1' \
		'touch "$SNUG_BUILD/a"' 'echo "ok 1 - a"'
	file t/b.sh '#!/bin/sh' '# beside' 'echo 1..1' 'touch "$SNUG_BUILD/b"' \
		'timeout 20 sh -c "until [ -e \"\$0\" ]; do sleep 0.1; done" "$SNUG_BUILD/a" || exit 1' \
		'echo "ok 1 - b"'
	file t/c.bats '# bats file_tags=slow,beside' '' '@test "c" {' '	false' '}'
	chmod +x "$tree"/t/*.sh
	run "$tools/run-tests" "$tree/build" "$tree/t"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ ${lines[0]} == *"t/a.sh "*" 1 ok "* ]]
	[[ $output == *"not ok 1 c"*"t/b.sh "*" 1 ok "* ]]
	[ "${lines[-1]}" = "2 passed, 1 failed, 0 skipped" ]
	run "$tools/run-tests" --fast "$tree/build"
	[ "$status" -eq 2 ]
}

@test "run-tests: nothing goes on when its terminal goes away, or on Ctrl-C" {
	local signal pid
	load ../lib/cli
	mkdir "$tree/build" "$tree/t"
	file t/a.sh '#!/bin/sh' 'echo $$ >"$SNUG_BUILD/a"' 'exec sleep 60'
	file t/b.sh '#!/bin/sh' '# beside' 'echo $$ >"$SNUG_BUILD/b"' 'exec sleep 60'
	chmod +x "$tree"/t/*
	for signal in HUP INT TERM; do
		rm -f "$tree"/build/[ab]
		# a group of its own, as shells with a terminal make; without one they ignore INT for it
		setsid env --default-signal=INT "$tools/run-tests" "$tree/build" "$tree/t" \
			>/dev/null 2>&1 </dev/null 3>&- &
		pid=$!
		wait_until test -s "$tree/build/a"
		wait_until test -s "$tree/build/b"
		kill -"$signal" -- -"$pid"
		for pid in "$pid" "$(<"$tree/build/a")" "$(<"$tree/build/b")"; do
			wait_until gone "$pid" || {
				kill -KILL "$pid"
				echo "$signal: $pid goes on"
				return 1
			}
		done
	done
}
