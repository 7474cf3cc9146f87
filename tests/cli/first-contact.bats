#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Somebody tries snug for the first time, wherever that is: what `snug` alone says works, all fits a
# terminal of 80 columns, colours are only where they are wanted, and without UTF-8 nothing needs it.

# shellcheck disable=SC2154  # cli.bash sets them
load ../lib/cli

setup() {
	enter_work_dir
	mkdir bin
	ln -s "$SNUG" bin/snug
	# the first page says sudo; who tests is root already
	printf '#!/bin/sh\nexec "$@"\n' >bin/sudo
	chmod +x bin/sudo
	PATH=$work/bin:$PATH
}

# on_terminal SETTINGS COMMAND: what the shell's COMMAND prints on a terminal of 80 columns, to ./screen
on_terminal() {
	need_command script
	cat >typed <<-X
		stty cols 80 rows 24
		export $1
		$2
	X
	script -E never -qec "bash typed" /dev/null </dev/null | tr -d '\r' >screen
}

# Profiles and recordings to show.  Recorded where that is possible, else made by hand.
make_samples() {
	printf '%s' '{"defaultAction":"SCMP_ACT_ERRNO","architectures":["SCMP_ARCH_X86_64"],"syscalls":[
		{"names":["read","write","clone","ptrace","execve","exit_group"],"action":"SCMP_ACT_ALLOW"},
		{"names":["socket"],"action":"SCMP_ACT_ALLOW","args":[{"index":0,"value":1,"op":"SCMP_CMP_EQ"}]}]}' \
		>a.json
	printf '%s' '{"defaultAction":"SCMP_ACT_LOG","syscalls":[{"names":["mount","pivot_root","setns",
		"fchmodat","name_to_handle_at","open_by_handle_at","process_vm_readv","process_vm_writev"],
		"action":"SCMP_ACT_ERRNO","errnoRet":38}]}' >b.json
	cp "$repo/tests/cases/recordings/sample.json" sample.rec 2>/dev/null ||
		snug record -q -n -o /dev/null --recording sample.rec -- sh -c \
			'exec 3<&0; ls -l / | sort >out; (cd /; uname -a) >out' >/dev/null
}

# What has tables, a command a line; they end as they like.
tables() {
	cat <<-'X'
		snug
		snug show a.json
		snug show b.json
		snug show a.json 'socket(AF_UNIX)' ptrace personality
		snug show sample.rec
		snug diff a.json b.json
		snug diff b.json sample.rec
		snug check -p a.json sample.rec
		snug lint --list-rules
		snug doctor
		snug ps
		snug version
	X
}

@test "snug alone shows what people come for, and its commands work" {
	local n=0 line
	try snug
	status_is 0
	is_empty err
	awk 'length > 80 { print; bad = 1 } END { exit bad }' out
	(($(wc -l <out) < 24))
	has out "snug doctor" "snug --help"
	same "$(grep -cE '^[A-Z].*:$' out)" 5
	grep -E '^  (sudo )?snug ' out | sed 's/^  //' >commands
	(($(wc -l <commands) >= 5))
	need_bpf
	printf 'test:\n\tls / >/dev/null\n' >Makefile
	while read -r line; do
		case $line in
		*"--container NAME"*) continue ;; # there is none here
		*"ls -l /"*) continue ;;          # refused what it wants, as its text says
		*" check "*) snug merge -q -o ls.json ls.json tests.rec ;;
		esac
		echo "$line"
		bash -c "$line" </dev/null >/dev/null
		n=$((n + 1))
	done <commands
	((n >= 4))
}

@test "the hook, typed at a terminal, says who calls it and does not wait" {
	on_terminal TERM=dumb "timeout 10 snug hook; echo status \$?"
	has screen "'snug hook --install'" "status 2"
}

@test "tables fit a terminal of 80 columns" {
	need_bpf
	make_samples
	while read -r line; do
		on_terminal TERM=dumb "$line"
		(($(LC_ALL=C.UTF-8 wc -L <screen) <= 80)) || {
			echo "$line"
			cat screen
			return 1
		}
	done < <(tables)
}

@test "for scripts, a row of a table is a line" {
	need_bpf
	make_samples
	try snug check -p a.json sample.rec
	status_is 1
	grep -q '^denied  ' out
	same "$(grep -vcE '^((denied|depends)  |[0-9]+ calls |To allow )' out)" 0
	try snug lint --list-rules
	same "$(grep -vcE '^(  [a-z-]+ +(note|warning|error) .*|[a-z]+|)$' out)" 0
}

@test "colours: on a terminal, but not with NO_COLOR, not on a dumb one, not elsewhere" {
	local coloured=0
	need_bpf
	make_samples
	while read -r line; do
		on_terminal TERM=xterm "$line"
		! grep -q $'\e' screen || coloured=$((coloured + 1))
		# https://no-color.org: when present and not empty
		for settings in "TERM=xterm NO_COLOR=1" "TERM=xterm NO_COLOR=0" TERM=dumb; do
			on_terminal "$settings" "$line"
			! grep -q $'\e' screen || {
				echo "$settings $line"
				cat -v screen
				return 1
			}
		done
		TERM=xterm bash -c "$line" >screen 2>&1 </dev/null || true
		has_not screen $'\e'
	done < <(
		tables
		echo "snug lint a.json"
		echo "snug run -p a.json true"
	)
	((coloured >= 4))
	on_terminal "TERM=xterm NO_COLOR=" "snug show a.json"
	grep -q $'\e' screen
}

@test "without UTF-8 nothing but ASCII is printed, whatever names there are" {
	need_bpf
	make_samples
	printf '#!/bin/sh\nsleep 0\n' >$'caf\xc3\xa9 \e[31m\xff'
	chmod +x caf*
	snug record -q -n -o x.json -t raw-seccomp --recording names.rec -- ./caf* >/dev/null
	# with UTF-8 there is something to leave out
	on_terminal "TERM=xterm NO_COLOR=1 LC_ALL=C.UTF-8" "snug show names.rec"
	LC_ALL=C grep -q $'[\x80-\xff]' screen
	has_not screen $'\e'
	while read -r line; do
		for settings in LC_ALL=C LC_ALL=POSIX "LC_ALL= LC_CTYPE= LANG=" LANG=de_DE.ISO-8859-1; do
			on_terminal "TERM=xterm NO_COLOR=1 LC_ALL= $settings" "$line"
			! LC_ALL=C grep -q $'[\x80-\xff\e]' screen || {
				echo "$settings $line"
				cat -v screen
				return 1
			}
		done
	done < <(
		tables
		echo "snug show names.rec"
		echo "snug check -p a.json names.rec"
		echo "snug record -n -o x.json ./caf*"
		echo "snug lint ./caf*"
	)
	on_terminal LC_ALL=C "snug show names.rec"
	has screen '\xc3\xa9'
	# a file gets what it would get anyway
	on_terminal LC_ALL=C "snug show names.rec >file"  || true
	LC_ALL=C grep -q $'caf\xc3\xa9' file
}

@test "without a terminal, as over ssh: no question waits, nothing is drawn" {
	need_bpf
	make_samples
	try setsid -w env -u TERM snug record -n -o x.json -t raw-seccomp -- true
	status_is 0
	has_not err $'\e'
	try setsid -w env -u TERM snug amend -p a.json uname
	status_is 1
	has err "--yes"
	try setsid -w env -u TERM snug run -p x.json -- true
	status_is 0
}
