#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# tests/tutorial/run finds what it is for: each test gives it a document that is well, or that has
# one thing wrong.

# shellcheck disable=SC2154  # cli.bash sets them
load ../lib/cli

setup() {
	enter_work_dir
	run=$repo/tests/tutorial/run
	need_command script
}

# document LINE...: becomes doc.md, is run
document() {
	printf '%s\n' "$@" >doc.md
	try "$run" doc.md
}

# accepts N LINE...: the document with N blocks is well
accepts() {
	local n=$1
	shift
	document "$@"
	status_is 0
	same "$(grep -c '^ok ' out)" "$n"
	has out "1..$n"
	has_not out "not ok"
}

# refuses TEXT LINE...
refuses() {
	local text=$1
	shift
	document "$@"
	status_is 1
	grep -q '^not ok' out
	has out "$text"
}

@test "a document that is well" {
	accepts 2 '# Title' '' 'Type:' '' '```console' '$ echo one' 'one' '$ true' '$ echo two; echo three >&2' \
		two three '```' '' 'or' '' '    $ echo four' '    four' '' end
}

@test "wrong output is found and shown" {
	refuses '# > two' '```console' '$ echo two' 'one' '```'
	has out '# < one' 'not ok 1 - doc.md:1'
	refuses '> two' '```console' '$ echo one; echo two' 'one' '```'
	refuses '< two' '```console' '$ echo one' 'one' 'two' '```'
	refuses '> one' '```console' '$ echo one' '```'
	refuses '> two' '    $ echo two' '    one'
	# the others of the document are judged by themselves
	document '```console' '$ echo a' a '```' '```console' '$ echo b' c '```' '```console' '$ echo d' d '```'
	status_is 1
	has out 'ok 1 - doc.md:1' 'not ok 2 - doc.md:5' 'ok 3 - doc.md:9'
}

@test "what a pattern of the shell would let pass is wrong too" {
	refuses '> ab' '```console' '$ echo ab' 'a?' '```'
	refuses '> ab' '```console' '$ echo ab' '*' '```'
	refuses '> a' '```console' '$ echo a' '[a-z]' '```'
	refuses '> a' '```console' '$ echo a' '@(a|b)' '```'
	accepts 1 '```console' "\$ printf '%s\n' 'a?[*] +(x|y) \\' '!(z)'" 'a?[*] +(x|y) \' '!(z)' '```'
}

@test "a command that is missing or fails" {
	refuses 'exit status 127, not 0: nosuchcommand' '```console' '$ nosuchcommand' '```'
	has out 'command not found'
	refuses 'exit status 1, not 0: false' '```console' '$ false' '```'
	refuses 'exit status 0, not 1: true' '<!-- status: 1 -->' '```console' '$ true' '```'
	accepts 1 '<!-- status: 0 3 -->' '```console' '$ true' '$ (exit 3)' '```'
	refuses 'status: of 2 commands, but there are 1' '<!-- status: 0 3 -->' '```console' '$ true' '```'
}

@test "a command that ends the shell, or hangs" {
	refuses 'was not run to its end: exit 0' '```console' '$ exit 0' '```' '```console' '$ echo hi' hi '```'
	has out 'was not run to its end: echo hi'
	SNUG_TUTORIAL_LIMIT=1 refuses 'was not run to its end: sleep 60' '```console' '$ sleep 60' '```'
}

@test "differences that are declared pass, others do not" {
	accepts 1 '<!-- vary: numbers -->' '```console' '$ echo 24 calls in 0.003 s' '7 calls in 12.5 s' '```'
	refuses '> 24 calls' '```console' '$ echo 24 calls' '7 calls' '```'
	refuses 'alls' '<!-- vary: numbers -->' '```console' '$ echo 24 balls' '7 calls' '```'
	accepts 1 '<!-- vary: numbers -->' '<!-- vary: blanks -->' '```console' "\$ echo 'files  10  x'" \
		'files   9  x' '```'
	accepts 1 '<!-- vary: /pid=[0-9]+/ -->' '```console' '$ echo pid=77 x=1' 'pid=1 x=1' '```'
	refuses '> ‹1› x=2' '<!-- vary: /pid=[0-9]+/ -->' '```console' '$ echo pid=77 x=2' 'pid=1 x=1' '```'
	# of one block only
	refuses '> 24 calls' '<!-- vary: numbers -->' '```console' '$ echo 1' '2' '```' '' '```console' \
		'$ echo 24 calls' '7 calls' '```'
}

@test "what is left out" {
	accepts 1 '```console' '$ seq 9' 1 … 8 9 '```'
	accepts 1 '```console' '$ seq 2' 1 … 2 '```'
	accepts 1 '```console' '$ seq 3' … '```'
	accepts 1 '```console' '$ true' … '```'
	accepts 1 '```console' '$ seq 3' … 2 … '```'
	accepts 1 '```console' '$ echo a long line' 'a … line' '```'
	refuses '< 9' '```console' '$ seq 8' 1 … 9 '```'
	refuses '> 13' '```console' '$ seq 13' 1 … 3 '```'
	refuses 'a … line' '```console' '$ echo a long; echo line' 'a … line' '```'
}

@test "one shell, one directory, commands of several lines, hidden ones, files" {
	accepts 3 '```console' '$ x=5' '$ mkdir d && cd d' '```' '' '<!-- hidden: y=6 -->' '```console' \
		'$ echo $x$y ${PWD##*/}' '56 d' '```' '' '<!-- file: sub/hello.sh -->' '```sh' 'echo "$ hello"' \
		'echo 2' '```' '```console' '$ for i in a b; do' '>   sh sub/hello.sh' '> done' '$ hello' 2 '$ hello' 2 \
		'```' || true
	# a line of output that begins with "$ " cannot be shown
	has out 'not ok 3'
	accepts 1 '<!-- file: sub/hello.sh -->' '```sh' 'echo hello' '```' '```console' \
		'$ for i in a b; do' '>   sh sub/hello.sh' '> done' hello hello '```'
	refuses 'exit status 1, not 0: false' '<!-- hidden: false -->' '```console' '$ true' '```'
	refuses '> loud' '<!-- hidden: echo loud -->' '```console' '$ true' '```'
}

@test "empty lines" {
	# an indented block goes on behind them, as in Markdown
	accepts 1 '    $ echo one; echo; echo two' '    one' '' '    two' '' '    $ echo three' '    three'
	refuses '> two' '    $ echo one; echo; echo two' '    one' '' 'two'
	accepts 1 '```console' '$ echo one' one '' '$ echo two' two '' '```'
	refuses '0a1' '```console' '$ echo; echo one' one '```'
}

@test "it is a terminal, of 80 columns, on which nothing moves" {
	accepts 1 '```console' '$ tty -s && stty size && echo $TERM $LC_ALL' '24 80' 'dumb C.UTF-8' '```'
}

@test "snug is the one under test, and sudo is there" {
	accepts 1 '```console' '$ sudo snug --version' "$("$SNUG" --version)" '```'
}

@test "what is shown has to be run, or to say why not" {
	refuses "looks like commands" '```sh' '$ echo hi' '```' '```console' '$ true' '```'
	refuses "a block begins with a command" '```console' 'echo hi' '```'
	accepts 1 '<!-- not run: the network is not there -->' '```sh' '$ podman pull x' '```' '```console' '$ true' '```'
	refuses "there is nothing to run" '# Only words'
	refuses "there is nothing to run" '<!-- not run: no -->' '```console' '$ true' '```'
	refuses "a block without an end" '```console' '$ true'
}

@test "declarations that say nothing" {
	refuses "unknown declaration: varry" '<!-- varry: numbers -->' '```console' '$ true' '```'
	refuses "neither numbers nor blanks nor" '<!-- vary: words -->' '```console' '$ true' '```'
	refuses "nothing matches: [0-9]" '<!-- vary: numbers -->' '```console' '$ echo a' a '```'
	refuses "no block below it" '<!-- vary: numbers -->' '' 'Then:' '' '```console' '$ echo 1' 1 '```'
	refuses "no block below it" '```console' '$ echo 1' 1 '```' '<!-- status: 1 -->'
	refuses "a block that is not run" '<!-- status: 1 -->' '```yaml' 'a: b' '```' '```console' '$ true' '```'
	# a comment of another kind is nobody's business
	accepts 1 '<!-- A comment -->' '```console' '$ true' '```'
}

@test "what is needed and missing is a skip with its reason" {
	document '<!-- needs: nosuchcommand -->' '```console' '$ nosuchcommand' '```'
	status_is 0
	has out "ok 1 - doc.md # SKIP nosuchcommand is not installed"
	accepts 1 '<!-- needs: sh -->' '```console' '$ true' '```'
}

# unprivileged LINE...: a user runs the document
unprivileged() {
	printf '%s\n' "$@" >"$open_dir/doc.md"
	TMPDIR=$open_dir try setpriv --reuid 65534 --clear-groups "$run" "$open_dir/doc.md"
	status_is 0
}

@test "what a user cannot do is a skip with its reason; the rest a user can" {
	need_root
	need_command setpriv
	open_dir=$(mktemp -d /tmp/tutorial-XXXXXX)
	chmod 777 "$open_dir"
	unprivileged '<!-- needs: root -->' '```console' '$ id -u' 0 '```'
	has out "# SKIP needs root"
	unprivileged '<!-- needs: bpf -->' '```console' '$ id -u' 0 '```'
	has out "# SKIP recording with BPF needs root"
	unprivileged '```console' '$ id -u' 65534 '```'
	has out "ok 1 - $open_dir/doc.md:1"
	rm -r "$open_dir"
}

@test "several documents; nothing stays behind" {
	printf '%s\n' '```console' '$ touch left; ls' 'left' '```' >a.md
	try "$run" a.md a.md
	status_is 0
	same "$(grep -c '^ok' out)" 2
	same "$(find "$work" -mindepth 1 -printf '%f\n' | sort | tr '\n' ' ')" "a.md err out "
	try "$run" a.md nosuch.md
	((status))
	try "$run"
	status_is 2
}

@test "hostile output does not reach the log raw" {
	refuses '> ?[31mred' '```console' "\$ printf '\\033[31mred\\n'" 'red' '```'
	[[ $(cat out) != *$'\e'* ]]
}
