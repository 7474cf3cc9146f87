#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# snug record: its options, the two profile formats, what it prints, the exit status.

# shellcheck disable=SC2154  # cli.bash sets them
load ../lib/cli

setup() {
	need_recorder
	enter_work_dir
}

raw() {
	record -t raw-seccomp -n -o raw.json "$@"
}

@test "the default file: profile.yaml or profile.json in TMPDIR" {
	record -- true
	status_is 0
	has profile.yaml "kind: SeccompProfile"
	[ ! -e profile.json ]
	record -t raw-seccomp -- true
	status_is 0
	jq -e .defaultAction profile.json
	TMPDIR=$work/none record -- true
	status_is 1
	has err "$work/none/profile.yaml"
}

@test "the default file: in /tmp without TMPDIR" {
	need_root
	need_command unshare
	for tmpdir in "" unset; do
		if [[ $tmpdir == unset ]]; then
			unset TMPDIR
		else
			export TMPDIR=
		fi
		# a /tmp of its own, in which the program need not be
		# shellcheck disable=SC2016
		try unshare -m sh -c 'mount -t tmpfs none /tmp && "$@" && ls /tmp' - \
			/proc/self/fd/9 record -q -- true 9<"$SNUG"
		status_is 0
		same "$(cat out)" profile.yaml
	done
}

@test "the custom resource: as spoc writes it" {
	record -n -- /bin/true
	status_is 0
	same "$(head -n 11 profile.yaml)" "apiVersion: security-profiles-operator.x-k8s.io/v1
kind: SeccompProfile
metadata:
  name: \"true\"
spec:
  architectures:
  - $native
  defaultAction: SCMP_ACT_ERRNO
  syscalls:
  - action: SCMP_ACT_ALLOW
    names:"
	same "$(tail -n 1 profile.yaml)" "status: {}"
	names_of profile.yaml >names
	sort -uc names
	same "$(wc -l <profile.yaml)" "$(($(wc -l <names) + 12))"
	allows profile.yaml execve exit_group
}

@test "raw JSON: OCI, two spaces, one line feed at the end" {
	record -n -t raw-seccomp -o raw.json -- true
	status_is 0
	same "$(jq -c keys_unsorted raw.json)" '["defaultAction","architectures","syscalls"]'
	same "$(jq -c '[.defaultAction, .architectures, (.syscalls | length)]' raw.json)" \
		"[\"SCMP_ACT_ERRNO\",[\"$native\"],1]"
	same "$(jq -c '.syscalls[0] | keys_unsorted' raw.json)" '["names","action"]'
	names_of raw.json >names
	sort -uc names
	jq --indent 2 . raw.json | cmp - raw.json
}

@test "the metadata name is one that Kubernetes takes" {
	local program name

	cp /bin/true My_Prog.X
	record -n -- ./My_Prog.X
	status_is 0
	for program in My_Prog.X -dash "two words" ___ $'\e[31m' ünï; do
		cp /bin/true "$work/$program"
		record -n -- "$work/$program"
		status_is 0
		name=$(sed -nE 's/^  name: "?([^"]*)"?$/\1/p' profile.yaml)
		[[ $name =~ ^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$ ]] || {
			echo "$program became '$name'"
			false
		}
		[[ $program != My_Prog.X ]] || [[ $name == my*prog.x ]]
	done
}

@test "-o: a file, by every spelling of the option" {
	for spelling in "-o a" "-o=a" "--output-file a" "--output-file=a" "-output-file a" "-output-file=a"; do
		rm -f a
		# shellcheck disable=SC2086
		record -n $spelling -- true
		status_is 0
		has a "kind: SeccompProfile"
		[ ! -e profile.yaml ]
	done
	record -o one -o two true
	[ ! -e one ]
	[ -s two ]
	record -o "" true
	status_is 1
	has err "no filename provided"
}

@test "-o - and /dev/stdout: the profile, whatever standard output is" {
	record -n -- true
	for where in - /dev/stdout /dev/fd/1 /proc/self/fd/1; do
		record -n -o "$where" -- true
		status_is 0
		cmp out profile.yaml
		"$SNUG" record -n -o "$where" -- true 2>err | cmp - profile.yaml
	done
	# appended behind what the command prints
	record -n -t raw-seccomp -o - -- echo hello
	same "$(head -n 1 out)" hello
	tail -n +2 out | jq -e .syscalls
}

@test "-o: a named pipe and a process substitution" {
	mkfifo pipe
	cat pipe >got &
	record -n -o pipe -- true
	status_is 0
	wait $!
	has got "kind: SeccompProfile"
	[ -p pipe ]
	record -n -o >(cat >got2) -- true
	status_is 0
	wait_until grep -q "status: {}" got2
}

@test "-t: unknown types and those of AppArmor are refused before anything runs" {
	for type in "" selinux SECCOMP raw "seccomp," apparmor raw-apparmor all; do
		record -t "$type" -- touch ran
		status_is 1
		has err "unsupported type: $type"
		one_line err
		[ ! -e ran ]
		[ ! -e profile.yaml ]
	done
	record --type seccomp --type=raw-seccomp -- true
	status_is 0
	[ -e profile.json ]
}

@test "the base set: 83 names, unless -b or -n" {
	raw -- true
	names_of raw.json >own
	record -t raw-seccomp -- true
	names_of profile.json >all
	# /bin/true makes few calls that are not in the set: the union is what is expected
	allows profile.json capset pivot_root setns utimensat umount2
	comm -23 own all >missing
	is_empty missing
	same "$(jq -r '.syscalls | length' profile.json)" 1
	sed -nE 's/.*Adding base syscalls: //p' err | tr -d ' ' | tr , '\n' >added
	comm -13 own all | cmp - added
	has err "Got syscalls: $(paste -sd, own | sed 's/,/, /g')"
}

@test "-b replaces the base set; it can be repeated and split at commas" {
	raw -- true
	names_of raw.json >own
	record -t raw-seccomp -o b.json -b reboot,swapon -b kexec_load --base-syscalls=sync,,sync -- true
	status_is 0
	comm -13 own <(names_of b.json) >"more"
	same "$(paste -sd' ' more)" "kexec_load reboot swapon sync"
	comm -23 own <(names_of b.json) >missing
	is_empty missing
	has err "Adding base syscalls: kexec_load, reboot, swapon, sync"
	# an empty list is a list
	record -t raw-seccomp -o b.json -b "" -- true
	names_of b.json | cmp - own
	# what was recorded is not said to be added
	record -t raw-seccomp -o b.json -b execve,reboot -- true
	grep -qE 'Adding base syscalls: reboot$' err
}

@test "-n wins over -b, and keeps exactly what was done" {
	raw -- true
	record -t raw-seccomp -o n.json -b reboot -n -- true
	status_is 0
	cmp raw.json n.json
	has_not err "Adding base syscalls"
	record -t raw-seccomp -o n.json --no-base-syscalls -b reboot -- true
	cmp raw.json n.json
	allows n.json execve
	# false turns a flag off
	record -t raw-seccomp -o n.json -n -n=false -b reboot -- true
	allows n.json reboot
}

@test "-n records another set for another command" {
	raw -- sh -c 'mkdir made; cd made; kill -0 $$; umask 0'
	allows raw.json mkdir chdir kill umask wait4
	raw -- true
	allows_not raw.json mkdir chdir kill umask wait4
}

@test "i386 programs: the architecture is in the profile" {
	local program=${SNUG_PROGRAMS:-$(dirname "$SNUG")/../../tests/programs}/i386

	[[ -x $program ]] || skip "there is no i386 test program"
	raw -- "$program"
	jq -e '.architectures == ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"]' raw.json
}

@test "-b with a name that is no call: told at once, with the nearest" {
	record -b read,opne -- touch ran
	status_is 1
	one_line err
	has err "unknown syscall 'opne' (did you mean 'open"
	[ ! -e ran ]
	[ ! -e profile.yaml ]
	record -b openat2,opne -n -- touch ran
	status_is 0
	[ -e ran ]
}

@test "options behind the command are the command's" {
	record echo -o x --json -n
	status_is 0
	same "$(cat out)" "-o x --json -n"
	record -- echo -- -q
	same "$(cat out)" "-- -q"
	record -n -- -nosuch
	status_is 127
	has err "-nosuch"
}

@test "stdin reaches the command; stdout and stderr pass through" {
	seq 100000 >numbers
	try "$SNUG" record -q -n -- cat <numbers
	status_is 0
	cmp out numbers
	record -q -- sh -c 'echo to stdout; echo to stderr >&2'
	same "$(cat out)" "to stdout"
	same "$(cat err)" "to stderr"
	echo "from a pipe" | "$SNUG" record -q -- cat >out
	same "$(cat out)" "from a pipe"
	# closed stays unusable
	"$SNUG" record -q -- sh -c 'cat; echo "status $?"' >out 2>err <&-
	has out "status 1"
	try sh -c '"$0" record -q -- sh -c "echo x; echo status \$? >&2" >&-' "$SNUG"
	has err "status 1"
}

@test "the command finds its environment, directory and umask as they were" {
	umask 077
	A=1 B='x y' env -u _ "$SNUG" record -q -- env >with
	A=1 B='x y' env -u _ env >without
	cmp with without
	record -q -- sh -c 'umask; pwd; ulimit -n; ls -l /proc/self/fd | wc -l'
	cp out with
	sh -c 'umask; pwd; ulimit -n; ls -l /proc/self/fd | wc -l' >without
	cmp with without
	# no signal is blocked or ignored that was not
	facts='^Sig(Blk|Ign)|NoNewPrivs|Seccomp:'
	[[ ${SNUG_TEST_ENGINE:-} != notify ]] || facts='^Sig(Blk|Ign)' # it is by a filter
	record -q -- grep -E "$facts" /proc/self/status
	cp out with
	grep -E "$facts" /proc/self/status | cmp - with
}

@test "the exit status is the command's" {
	for code in 0 1 2 42 126 127 255; do
		record -q -n -- sh -c "exit $code"
		status_is "$code"
		has profile.yaml "kind: SeccompProfile"
		rm profile.yaml
	done
	record -- sh -c 'exit 3'
	has err "Command did not exit successfully: exit status 3"
}

@test "killed by a signal: 128 and its number, and the profile is written" {
	for signo in 1 2 6 9 10 11 15 31; do
		record -q -n -- sh -c "kill -$signo \$\$"
		status_is $((128 + signo))
		allows profile.yaml kill
		rm profile.yaml
	done
	record -- sh -c 'kill -9 $$'
	has err "Command did not exit successfully: signal: 9"
}

@test "no such command: 127, nothing written" {
	for command in no-such-command ./no-such /no/such ./file/x ""; do
		: >file
		record -- "$command"
		status_is 127
		one_line err
		has err "$command: command not found"
		[ ! -e profile.yaml ]
	done
	PATH=/none record -- ls
	status_is 127
	nothing_left
}

@test "not executable: 126, nothing written" {
	echo '#!/bin/sh' >script
	mkdir directory
	for command in ./script ./directory /; do
		record -- "$command"
		status_is 126
		one_line err
		[ ! -e profile.yaml ]
	done
	echo '#!/no/such/interpreter' >script
	chmod +x script
	record -- ./script
	status_is 127
	printf '\177ELF\0\0garbage' >script
	record -- ./script
	status_is 126
	[ ! -e profile.yaml ]
	nothing_left
}

@test "a script without an interpreter line runs, as from a shell" {
	echo 'echo "script $1"' >script
	chmod +x script
	record -q -- ./script word
	status_is 0
	same "$(cat out)" "script word"
}

@test "not on a terminal: the lines that spoc's users look for, each with its time" {
	need_bpf # some tell of it
	record -o here.yaml -- sh -c 'echo $$'
	local child
	child=$(cat out)
	has err "Running command with PID: $child" "record pid exit: $child." "Got syscalls: " \
		"Adding base syscalls: " "Wrote seccomp profile to: here.yaml" "Loading bpf module..." \
		"BPF module successfully loaded." "Start BPF recording..." "Recording started." \
		"Processing recorded data" "Recording stopped."
	grep -qE "Received new pid: $child with mntns=[0-9]+$" err
	grep -vE '^[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6} ' err >without || true
	is_empty without
	# no escape codes, whatever TERM says
	TERM=xterm-256color record -- true
	! LC_ALL=C grep -q $'\e' err || false
}

@test "every process of the command is announced and its end too" {
	need_bpf
	record -- sh -c '/bin/true; /bin/true; (exit 3)'
	same "$(grep -c 'Received new pid' err)" 4
	same "$(grep -c 'record pid exit: [0-9]*\.$' err)" 4
}

@test "-q: silence, but errors" {
	record -q -- true
	status_is 0
	is_empty out err
	record -q -- sh -c 'exit 3'
	is_empty out err
	record --quiet -- no-such-command
	status_is 127
	one_line err
}

@test "--json: the last line of standard output, with the right numbers" {
	record --json -n -o j.yaml --recording r.json -- sh -c 'echo hello; exit 7'
	status_is 7
	is_empty err
	same "$(wc -l <out)" 2
	same "$(head -n 1 out)" hello
	tail -n 1 out >json
	jq -e '.profile == "j.yaml" and .recording == "r.json" and .exitCode == 7 and .complete and .unnamed == 0
		and .addedFromBase == 0 and .command == ["sh", "-c", "echo hello; exit 7"]
		and ([.lost[]] | add) == 0 and .durationUs > 0' json
	same "$(jq .recorded json)" "$(names_of j.yaml | wc -l)"
	record -j -o j.yaml -- sh -c 'kill -9 $$'
	status_is 137
	jq -e '.exitSignal == 9 and (has("exitCode") | not) and (has("recording") | not)' out
	same "$(jq '.recorded + .addedFromBase' out)" "$(names_of j.yaml | wc -l)"
	record --json -- no-such-command
	status_is 127
	is_empty out
}

@test "--json and -o - cannot both have standard output" {
	for where in - /dev/stdout; do
		record --json -o "$where" -- touch ran
		status_is 2
		one_line err
		is_empty out
	done
	[ ! -e ran ]
}

@test "--recording: the document, also kept when it goes to standard output" {
	record -q -n --recording r.json -- sh -c 'exit 3'
	jq -e '.snugRecording == 1 and .complete and .exit.code == 3 and .command[0] == "sh"
		and .stoppedEarly == false and (.execs | length) == 1' r.json
	jq -e --arg k "$(uname -r)" --arg a "$(uname -m)" --arg e "${SNUG_TEST_ENGINE:-bpf}" \
		'.kernel == $k and .arch == $a and .engine == $e' r.json
	jq -e '.start | test("^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{6}Z$")' r.json
	jq -e '.durationUs as $d | [.calls[][] | .firstUs <= $d and .pid > 1 and .comm == "sh"] | all' r.json
	same "$(jq -r '.calls[][].name' r.json | sort)" "$(names_of profile.yaml)"
	jq -e '[.calls[][] | select(.name == "execve") | .firstUs] == [0]' r.json
	record -q -n --recording - -- true
	status_is 0
	jq -e .snugRecording out
	record --recording r2.json -- true
	has err "Wrote recording to: r2.json"
}

@test "--recording: a file that cannot be written is told before anything runs" {
	record --recording /no/such/file -- touch ran
	status_is 1
	one_line err
	has err /no/such/file
	[ ! -e ran ]
	[ ! -e profile.yaml ]
	nothing_left
}

@test "--recording and -o must not name the same file" {
	record -o same --recording same -- touch ran
	status_is 2
	one_line err
	[ ! -e ran ]
	[ ! -e same ]
}

@test "derive of --recording gives byte for byte the profile that record wrote" {
	for flags in "" "-n" "-b reboot,read" "-t raw-seccomp" "-t raw-seccomp -n"; do
		# shellcheck disable=SC2086
		record -q $flags -o a --recording r.json -- sh -c 'ls / | sort >/dev/null'
		status_is 0
		# shellcheck disable=SC2086
		try "$SNUG" derive -q $flags -o b r.json
		status_is 0
		cmp a b
	done
}
