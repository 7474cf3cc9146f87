#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What all verbs share: help, usage errors, standard output that cannot be written; version, doctor.

# shellcheck disable=SC2154  # cli.bash sets them
load ../lib/cli

setup() {
	enter_work_dir
}

verbs() {
	"$SNUG" --help | sed -nE '/^Try/q; s/^  ([a-z]+) .*/\1/p'
}

# usage_error TEXT COMMAND...: exit status 2, one line with TEXT, nothing on standard output
usage_error() {
	local text=$1
	shift
	try "$@"
	status_is 2
	one_line err
	has err "$text"
	is_empty out
}

@test "help: in every spelling, on standard output" {
	try "$SNUG" --help
	status_is 0
	is_empty err
	has out "Usage: snug VERB" record run derive doctor version
	cp out help
	for word in help h -help -h; do
		try "$SNUG" "$word"
		status_is 0
		is_empty err
		cmp out help
	done
}

@test "help: every verb describes itself and its options" {
	(($(verbs | wc -l) >= 5))
	for verb in $(verbs); do
		try "$SNUG" "$verb" --help
		status_is 0
		is_empty err
		has out "Usage: snug $verb" "--help"
		cp out help
		for way in "$verb -h" "$verb -help" "help $verb"; do
			# shellcheck disable=SC2086
			try "$SNUG" $way
			status_is 0
			cmp out help
		done
	done
}

@test "help: every option of record, run and derive is there" {
	try "$SNUG" record --help
	has out "-o, --output-file FILE" "-t, --type TYPE" "-b, --base-syscalls NAMES" \
		"-n, --no-base-syscalls" "--no-proc-start" "--privileged" "--recording FILE" \
		"-q, --quiet" "-v, --verbose" "-j, --json"
	try "$SNUG" run --help
	has out "-p, --profile FILE" "-t, --type TYPE"
	try "$SNUG" derive --help
	has out "-o, --output-file FILE" "-t, --type TYPE" "-b, --base-syscalls NAMES" "-n, --no-base-syscalls"
}

@test "help: no line is wider than a terminal" {
	for verb in "" $(verbs); do
		"$SNUG" help "$verb" >wide
		awk 'length > 80 { print; bad = 1 } END { exit bad }' wide
	done
}

@test "aliases: r, x, v" {
	try "$SNUG" r --help
	has out "Usage: snug record"
	try "$SNUG" x --help
	has out "Usage: snug run"
	try "$SNUG" v --json
	jq -e .version out
}

@test "unknown verbs: status 2 and the nearest one" {
	usage_error "unknown verb 'recrod' (did you mean 'record'?)" "$SNUG" recrod ls
	usage_error "unknown verb 'docter' (did you mean 'doctor'?)" "$SNUG" docter
	usage_error "unknown verb 'xyzzyxyzzy'" "$SNUG" xyzzyxyzzy
	has_not err "did you mean"
	usage_error "unknown verb ''" "$SNUG" ""
	usage_error "unknown verb 'recrod' (did you mean 'record'?)" "$SNUG" help recrod
	usage_error "unknown option '--hlep' (did you mean '--help'?)" "$SNUG" --hlep
	usage_error "unknown option '-V' before the verb" "$SNUG" -V record
	try "$SNUG" help --help
	status_is 0
}

@test "a profile that is not there: the well-known one that was nearly named" {
	for verb in show lint convert run; do
		try "$SNUG" "$verb" docker-defualt
		[ "$verb" != run ] || try "$SNUG" run -p docker-defualt true
		has err "docker-defualt: cannot open: No such file or directory (did you mean 'docker-default'?)"
	done
	try "$SNUG" show ./docker-defualt
	has err "./docker-defualt: cannot open: No such file or directory"
	has_not err "did you mean"
}

@test "unknown options: status 2 and the nearest one" {
	usage_error "unknown option '--no-base-syscall' (did you mean '--no-base-syscalls'?)" \
		"$SNUG" record --no-base-syscall ls
	usage_error "unknown option '--profil'" "$SNUG" run --profil x ls
	usage_error "unknown option '-z'" "$SNUG" record -z ls
	usage_error "unknown option '-nz'" "$SNUG" record -nz ls
	usage_error "unknown option '--jsn' (did you mean '--json'?)" "$SNUG" version --jsn
	usage_error "unknown option '--jsn' (did you mean '--json'?)" "$SNUG" doctor --jsn
}

@test "options behind the first other word: status 2, not a file that is not there" {
	usage_error "'--json' comes too late: options stand before 'a.json'" \
		"$SNUG" show a.json --json
	usage_error "'-p' comes too late: options stand before 'a.rec'" "$SNUG" check a.rec -p a.json
	usage_error "'--level=note' comes too late" "$SNUG" lint a.json b.json --level=note
	usage_error "'-output-file' comes too late" "$SNUG" merge a.json -output-file b.json
	# what is run has options of its own, and behind -- there are none
	printf '{"defaultAction": "SCMP_ACT_ALLOW"}' >a.json
	try "$SNUG" run -p a.json echo -q --profile
	status_is 0
	has out "-q --profile"
	try "$SNUG" lint --format json -- a.json -l
	status_is 2
	has err "lint: -l: cannot open"
	# a list before the mistake is freed
	usage_error "unknown option '--nosuch'" "$SNUG" convert --caps all --nosuch a.json
	try "$SNUG" convert --caps all --help
	status_is 0
}

@test "options without their value, flags with a wrong one: status 2" {
	usage_error "option '-o' needs a value" "$SNUG" record -o
	usage_error "option '--type' needs a value" "$SNUG" derive --type
	usage_error "option '-p' needs a value" "$SNUG" run -p
	usage_error "takes true or false, not 'maybe'" "$SNUG" record --quiet=maybe ls
}

@test "record, run and derive without what they work on: status 2" {
	usage_error "no command provided" "$SNUG" record
	usage_error "no command provided" "$SNUG" record -n --
	usage_error "no command provided" "$SNUG" record --no-proc-start
	usage_error "no command provided" "$SNUG" run
	usage_error "no recording provided" "$SNUG" derive
}

@test "hostile words in arguments do not reach the terminal raw" {
	try "$SNUG" $'\e[31mred\nline'
	status_is 2
	one_line err
	try "$SNUG" record $'--\e[31mred\nline' ls
	status_is 2
	one_line err
}

@test "version: as text and as JSON, on standard output" {
	try "$SNUG" version
	status_is 0
	is_empty err
	for field in Version GitCommit Compiler Platform Libseccomp Libbpf Linkage; do
		grep -qE "^$field: +[^ ]" out
	done
	same "$(sed -nE 's/^Version: +//p' out)" "$("$SNUG" version --json | jq -r .version)"
	same "$("$SNUG" --version)" "snug version $("$SNUG" version -j | jq -r .version)"
	same "$("$SNUG" version --json | jq -r '.platform, .linkage' | head -n 1)" "linux/$(uname -m)"
	"$SNUG" version --json | jq -e 'to_entries | all(.value | type == "string" and length > 0)'
}

@test "doctor: JSON and the table say the same, and every no has its reason" {
	try "$SNUG" doctor
	status_is 0
	is_empty err
	cp out table
	for group in kernel privileges bpf seccomp audit lsm cgroup containers snug; do
		grep -qx "$group" table
	done
	try "$SNUG" doctor --json
	status_is 0
	jq -e 'length > 15 and all(.group and .name and has("detail"))' out
	jq -e 'all(select(.ok == false) | .detail | length > 0)' out
	same "$(jq length out)" "$(grep -c '^  ' table)"
	for name in TSYNC LOG SPEC_ALLOW WAIT_KILLABLE_RECV actions "user notification"; do
		jq -e --arg n "$name" 'any(.group == "seccomp" and .name == $n)' out
	done
	for name in raw_tp tp_btf fentry lsm "task storage"; do
		jq -e --arg n "$name" 'any(.group == "bpf" and .name == $n)' out
	done
	jq -e --arg r "$(uname -r)" 'any(.name == "release" and (.detail | startswith($r)))' out
	jq -e 'map(select(.group == "snug") | .name) | contains(["record", "run"])' out
}

@test "doctor: says what it takes away from an unprivileged user" {
	need_root
	need_command setpriv
	try setpriv --reuid 65534 --clear-groups --bounding-set -all "$SNUG" doctor --json
	status_is 0
	jq -e 'any(.name == "record" and .ok == false and (.detail | contains("sudo")))' out
	jq -e 'any(.name == "record a command" and .ok and (.detail | contains("engine notify")))' out
	jq -e 'any(.group == "snug" and .name == "run" and .ok)' out
	jq -e 'any(.name == "CAP_BPF" and .ok == false)' out
	jq -e 'all(select(.ok == false) | .detail | length > 0)' out
}

@test "doctor: what is taken away shows" {
	need_bpf
	SNUG_TEST_DISABLE=notify try "$SNUG" doctor --json
	jq -e 'any(.name == "record a command" and .ok == false and (.detail | contains("turned off")))' out
	SNUG_TEST_DISABLE=btf try "$SNUG" doctor --json
	jq -e 'any(.name == "record" and .ok == false and (.detail | contains("CONFIG_DEBUG_INFO_BTF")))' out
	try "$SNUG" doctor --json
	jq -e 'any(.name == "record" and .ok)' out
}

@test "standard output that is full or closed is a failure" {
	for verb in "--help" "version" "version --json" "doctor" "doctor --json" "record --help"; do
		status=0
		# shellcheck disable=SC2086
		"$SNUG" $verb >/dev/full 2>err || status=$?
		((status == 1))
		has err "standard output"
		status=0
		# shellcheck disable=SC2086
		"$SNUG" $verb >&- 2>err || status=$?
		((status == 1))
		has err "standard output"
	done
}
