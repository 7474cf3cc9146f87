#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# snug amend: what was refused and should not be gets into the profile, and nothing else changes.

# shellcheck disable=SC2154  # cli.bash sets them
load ../lib/cli

setup() {
	enter_work_dir
	cat >p.yaml <<-X
		# our web server
		apiVersion: security-profiles-operator.x-k8s.io/v1
		kind: SeccompProfile
		metadata:
		  name: web # not the other one
		spec:
		  defaultAction: SCMP_ACT_ERRNO
		  architectures: [$native]
		  syscalls:
		    - action: SCMP_ACT_ALLOW
		      names:
		        - chdir # into its root
		        - write
		# end
	X
	cp p.yaml before.yaml
}

amend() {
	try "$SNUG" amend "$@"
}

@test "amend: adds a call where it belongs; comments, order and layout stay" {
	amend --yes -p p.yaml uname
	status_is 0
	has out "only B lets pass" "system      uname"
	same "$(diff before.yaml p.yaml)" "$(printf '12a13\n>         - uname # added by snug amend')"
	nothing_left
	# what passes already changes nothing
	cp p.yaml again.yaml
	amend --yes -p p.yaml uname write
	status_is 0
	has err "nothing to change in 'p.yaml'"
	cmp p.yaml again.yaml
}

@test "amend: without a terminal and without --yes nothing is written" {
	amend -p p.yaml uname
	status_is 1
	one_line err
	has err "nothing is written" "--yes"
	has out "uname"
	cmp p.yaml before.yaml
	nothing_left
}

@test "amend: asks on a terminal" {
	need_command script
	try script -qec "'$SNUG' amend -p p.yaml uname" /dev/null <<<n
	has out "Write p.yaml? [y/N]" "nothing is written" "system      uname"
	status_is 1
	cmp p.yaml before.yaml
	try script -qec "'$SNUG' amend -p p.yaml uname" /dev/null <<<y
	status_is 0
	has p.yaml "- uname # added by snug amend"
	# a name does nothing to the terminal
	cp before.yaml $'p\e[31m'
	try script -qec "'$SNUG' amend -p p[!.]* mount" /dev/null <<<n
	has out 'Write p\x1b[31m? [y/N]'
}

@test "amend: to another file, to standard output, from standard input; links and modes stay" {
	chmod 640 p.yaml
	ln -s p.yaml link.yaml
	amend --yes -q -o other.yaml -p p.yaml uname
	status_is 0
	is_empty out err
	cmp p.yaml before.yaml
	has other.yaml uname
	amend -q -o - -p p.yaml uname
	status_is 0
	cmp out other.yaml
	try sh -c '"$0" amend -p - uname <p.yaml' "$SNUG"
	status_is 0
	cmp out other.yaml
	has err "only B lets pass"
	amend --yes -q -p link.yaml uname
	[ -L link.yaml ]
	cmp p.yaml other.yaml
	same "$(stat -c %a p.yaml)" 640
}

@test "amend: arguments" {
	echo '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["socket","uname"],"action":"SCMP_ACT_ERRNO",
		"args":[{"index":0,"value":1,"op":"SCMP_CMP_GT"}]}]}' >p.json
	amend --yes -p p.json 'socket(AF_INET)' 'socket(AF_INET6)'
	status_is 0
	has out "socket(AF_INET|AF_INET6, ...)"
	try "$SNUG" show p.json 'socket(AF_INET)'
	has out SCMP_ACT_ALLOW
	try "$SNUG" show p.json 'socket(AF_ALG)'
	has out SCMP_ACT_ERRNO
	jq -e . p.json
}

@test "amend: usage and bad input: one line, nothing is written" {
	for words in "" "-p p.yaml" "uname" "-p p.yaml --mode log uname" "-p p.yaml --exe x uname" \
		"-p - --from -" "-p p.yaml --arch z80 uname"; do
		# shellcheck disable=SC2086 # several
		amend $words
		status_is 2
		one_line err
	done
	for words in "-p p.yaml unmae" "-p p.yaml --from none" "-p none uname" "-p p.yaml --mode loud" \
		"-p p.yaml --mode SCMP_ACT_ALLOW"; do
		# shellcheck disable=SC2086 # several
		amend --yes $words
		status_is 1
		one_line err
		cmp p.yaml before.yaml
	done
	amend -p p.yaml unmae
	has err "did you mean 'uname'?"
	amend -p p.yaml --mode SCMP_ACT_ALLOW
	has err "neither log nor enforce nor an action that refuses"
	echo '{"a":1}' >odd.json
	amend --yes -p p.yaml --from odd.json
	status_is 1
	has err "odd.json:1: neither what 'snug run --json'"
	printf 'defaultAction: SCMP_ACT_ERRNO\nsyscalls:\n' >null.yaml
	amend --yes -p null.yaml uname
	status_is 1
	has err "null.yaml:2:10: syscalls is null"
	amend --yes -p odd.json uname
	status_is 1
	has err "odd.json:1:1"
}

@test "amend: many at once, and no change is lost" {
	local name pids=()

	for name in uname mount chmod chown getpid link rename symlink; do
		"$SNUG" amend -q -y -p p.yaml "$name" 2>"err.$name" &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	for name in uname mount chmod chown getpid link rename symlink; do
		has p.yaml "- $name # added"
		is_empty "err.$name"
	done
	same "$(wc -l <p.yaml)" $(($(wc -l <before.yaml) + 8))
}

@test "amend: a file that somebody keeps locked is not written; without --yes nobody waits for the answer" {
	need_command flock
	need_command script
	SNUG_TEST_DISABLE=lock-wait try flock p.yaml "$SNUG" amend -y -p p.yaml uname
	status_is 1
	has err "p.yaml: another 'snug amend' is at it, or somebody else keeps it locked"
	SNUG_TEST_DISABLE=lock-wait try flock p.yaml "$SNUG" amend -y -o p.yaml -p p.yaml uname
	status_is 1
	cmp p.yaml before.yaml
	# to another file, or only to look: nothing to wait for
	SNUG_TEST_DISABLE=lock-wait try flock p.yaml "$SNUG" amend -q -o - -p p.yaml uname
	status_is 0
	has out "- uname"
	# while one is asked, another one writes; the answer comes too late then
	{
		wait_until grep -q 'Write p.yaml' screen
		"$SNUG" amend -q -y -p p.yaml mount
		echo y
	} | try script -qfec "'$SNUG' amend -p p.yaml uname" screen
	has screen "p.yaml has changed meanwhile: nothing is written"
	has p.yaml "- mount"
	has_not p.yaml "- uname"
}

@test "amend: a profile in a read-only place is not touched" {
	amend --yes -o /proc/none -p p.yaml uname
	status_is 1
	has err "/proc/none"
	cmp p.yaml before.yaml
}

@test "amend --mode: complains instead of refusing, and back, with the errno" {
	printf '{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "syscalls": [
		{"names": ["chdir"], "action": "SCMP_ACT_ERRNO"}]}\n' >p.json
	cp p.json before.json
	amend --yes -p p.json --mode log
	status_is 0
	has err "1 entry goes on refusing"
	same "$(jq -c '[.defaultAction, .defaultErrnoRet]' p.json)" '["SCMP_ACT_LOG",38]'
	amend --yes -p p.json --mode enforce
	status_is 0
	cmp p.json before.json
	amend --yes -q -p p.yaml --mode log
	same "$(diff before.yaml p.yaml | grep -c '^[<>]')" 2
	amend --yes -q -p p.yaml --mode enforce
	cmp p.yaml before.yaml
	echo '{"defaultAction": "SCMP_ACT_KILL_PROCESS"}' >k.json
	amend --yes -p k.json --mode log
	has err "snug amend --mode SCMP_ACT_KILL_PROCESS"
	amend --yes -p k.json --mode SCMP_ACT_KILL_PROCESS
	same "$(jq -r .defaultAction k.json)" SCMP_ACT_KILL_PROCESS
	echo '{"defaultAction": "SCMP_ACT_ALLOW"}' >a.json
	amend --yes -p a.json --mode log
	status_is 1
	has err "the default allows"
}

@test "amend: the story of recording, losing a call, seeing and allowing it" {
	need_bpf
	"$SNUG" record -q -t raw-seccomp -n -o p.json -- uname
	jq 'del(.syscalls[0].names[] | select(. == "uname"))' p.json >no-uname.json
	try "$SNUG" run --explain --json r.json -p no-uname.json -- uname
	status_is 1
	has err "cannot get system name" "snug: refused uname(...) with EPERM" \
		"snug amend -p no-uname.json uname"
	amend --yes -p no-uname.json --from r.json
	status_is 0
	try "$SNUG" run -q -p no-uname.json -- uname
	status_is 0
	same "$(cat out)" "$(uname)"
	"$SNUG" diff -q p.json no-uname.json
}

@test "amend: what a recording made" {
	need_bpf
	"$SNUG" record -q -n --recording r.json -o own.yaml -- uname
	echo '{"defaultAction":"SCMP_ACT_ERRNO"}' >p.json
	amend --yes -q -p p.json --from r.json
	status_is 0
	try "$SNUG" run -q -p p.json -- uname
	status_is 0
	"$SNUG" check -q -p p.json r.json
}

@test "amend: what a recording was refused by the filter it ran under" {
	need_bpf
	[[ -x $SNUG_PROGRAMS/own-filter ]] || skip "$SNUG_PROGRAMS/own-filter is not built"
	"$SNUG" record -q -n --denials --recording r.json -o own.yaml -- "$SNUG_PROGRAMS/own-filter"
	has_not own.yaml getsid getpgid
	amend --yes -q -p own.yaml --from r.json
	status_is 0
	has own.yaml getsid getpgid
	# numbers without a name cannot be allowed: said, and not as a command that fails
	jq '.denied.x86_64 = [{nr: 9999, result: "EACCES", count: 1, firstUs: 1, pid: 1, comm: "x"}]' \
		r.json >odd.json
	amend --yes -p own.yaml --from odd.json
	status_is 0
	has err "call 9999 of x86_64 has no name and is left out"
	# any number of them is a few lines
	jq '.denied.x86_64 = [range(9000; 9999) |
		{nr: ., result: "EACCES", count: 1, firstUs: 1, pid: 1, comm: "x"}]' r.json >odd.json
	amend --yes -p own.yaml --from odd.json
	status_is 0
	has err "call 9004 of x86_64" "other calls without a name are left out, too"
	(($(grep -c 'without a name\|has no name' err) == 6))
}

@test "amend: what cannot be cut out of an entry: the error says what can be asked for instead" {
	cat >bit.json <<-X
		{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["personality"],
			"action": "SCMP_ACT_ERRNO", "args": [{"index": 0, "value": 8, "valueTwo": 8, "op": "SCMP_CMP_MASKED_EQ"}]}]}
	X
	amend --yes -p bit.json 'personality(0x18)'
	status_is 1
	one_line err
	has err "too many entries to say (the name alone, without arguments, allows all of it)"
	amend --yes -q -p bit.json personality
	status_is 0
	has_not bit.json personality
}

@test "amend: from what snug watch saw; what is left out is said" {
	cat >watch.json <<-X
		{"type":"denial","pid":1,"comm":"main","exe":"/usr/bin/main","arch":"$(uname -m)","nr":63,"syscall":"uname","result":"EPERM","count":1}
		{"type":"denial","pid":2,"comm":"other","arch":"$(uname -m)","nr":165,"syscall":"mount","result":"EPERM","count":1}
		{"type":"denial","pid":1,"comm":"main","exe":"/usr/bin/main","arch":"$(uname -m)","nr":9999,"result":"EPERM","count":1}
	X
	amend --yes -p p.yaml --from watch.json --exe main
	status_is 0
	has p.yaml "- uname"
	has_not p.yaml mount
	has err "watch.json:3: a call without a name or of an unknown ABI is left out"
	amend --yes -p p.yaml --from watch.json
	status_is 0
	has p.yaml "- mount"
	# the same choice among lines of snug audit
	cp before.yaml p.yaml
	sed 's/denial/seccomp/; s/"exe"/"executable"/' watch.json >audit.json
	amend --yes -p p.yaml --from audit.json --comm other
	status_is 0
	has p.yaml "- mount"
	has_not p.yaml uname
}

# grow COMMAND...: a profile from nothing, p.json, until nothing is refused any more
grow() {
	local i

	echo '{"defaultAction": "SCMP_ACT_ERRNO"}' >p.json
	for ((i = 0; i < 60; i++)); do
		try "$SNUG" run -q --json r.json -p p.json -- "$@"
		if jq -e '.refused == []' r.json >/dev/null; then
			((status == 0))
			return
		fi
		amend_from_run
	done
	return 1
}

amend_from_run() {
	"$SNUG" amend -q --yes -p p.json --from r.json
}

@test "amend: a profile for ls is grown from nothing" {
	grow ls -l /usr
	try "$SNUG" run -q -p p.json -- ls -l /usr
	ls -l /usr >expected
	cmp out expected
	jq -e '.syscalls[0].names | length < 60' p.json
	try "$SNUG" run -q -p p.json -- mkdir made
	((status != 0))
	[ ! -e made ]
}

@test "amend: a profile for a server is grown from nothing, as an ordinary user" {
	need_root
	need_command setpriv python3
	# no path that only root can reach
	code='
import socket, sys
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(1)
if server.getsockname()[1] == 0: sys.exit(3)
client = socket.create_connection(server.getsockname(), 5)
peer, _ = server.accept()
client.sendall(b"GET / HTTP/1.0\r\n\r\n")
peer.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + peer.recv(100)[:5])
print(client.recv(100).decode().split()[1:3])'
	mkdir -m 777 user
	try setpriv --reuid 65534 --regid 65534 --clear-groups bash -c "cd user; SNUG=$SNUG work=.
		$(declare -f grow try amend_from_run); umask 022
		grow /usr/bin/python3 -I -S -B -c \"\$1\" && cp out result" grow "$code"
	status_is 0
	same "$(cat user/result)" "['200', 'OK']"
	names=$(jq -r ".syscalls[].names[]" user/p.json)
	for name in socket bind listen accept4 connect; do
		grep -qx $name <<<"$names"
	done
	[[ $names != *ptrace* ]]
}

@test "amend: from a log with little in it: it is read to its end" {
	yes 'type=SYSCALL msg=audit(1612299677.115:5): arch=c000003e syscall=257 success=no pid=1 comm="c" exe="/usr/bin/cat"' |
		head -n 200000 >audit.log
	echo 'type=SECCOMP msg=audit(1612299677.115:549067): pid=100 comm="main" exe="/usr/bin/main" sig=0 arch=c000003e syscall=63 compat=0 ip=0x7f code=0x7ffc0000' >>audit.log
	amend --yes -p p.yaml --from audit.log
	status_is 0
	has_not err "no event"
	has p.yaml "- uname"
}

@test "amend: from another machine's log" {
	echo '{"architectures": ["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"], "defaultAction": "SCMP_ACT_LOG",
		"syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW"}]}' >arm.json
	# number 270 of arm
	echo 'type=SECCOMP msg=audit(1.000:1): pid=1 comm="x" exe="/x" sig=0 arch=40000028 syscall=270 compat=0 ip=0x1 code=0x7ffc0000' >arm.log
	if [[ $(uname -m) != aarch64 ]]; then
		amend --yes -p arm.json --from arm.log
		status_is 1
		has err "'arm_fadvise64_64' is no call of the profile's architectures" "with --arch it is read"
	fi
	amend --yes --arch aarch64 -p arm.json --from arm.log
	status_is 0
	jq -e '.syscalls[0].names == ["arm_fadvise64_64", "read"]' arm.json
}

@test "amend: from an audit log; of several programs one must be chosen" {
	cat >audit.log <<-X
		type=SECCOMP msg=audit(1612299677.115:549067): auid=4294967295 uid=0 gid=0 ses=4294967295 subj=unconfined pid=100 comm="main" exe="/usr/bin/main" sig=0 arch=c000003e syscall=63 compat=0 ip=0x7f code=0x7ffc0000
		type=SECCOMP msg=audit(1612299677.116:549068): auid=4294967295 uid=0 gid=0 ses=4294967295 subj=unconfined pid=101 comm="other" exe="/usr/bin/other" sig=0 arch=c000003e syscall=165 compat=0 ip=0x7f code=0x7ffc0000
	X
	amend --yes -p p.yaml --from audit.log
	status_is 1
	has err "several programs (/usr/bin/main, /usr/bin/other)" "--exe"
	cmp p.yaml before.yaml
	amend --yes -p p.yaml --from audit.log --exe main
	status_is 0
	has p.yaml "- uname # added by snug amend from audit.log"
	has_not p.yaml mount
	cp before.yaml p.yaml
	try sh -c '"$0" amend --yes -p p.yaml --exe /usr/bin/main --from - <audit.log' "$SNUG"
	status_is 0
	has p.yaml "- uname # added by snug amend"
	cp before.yaml p.yaml
	amend --yes -p p.yaml --from <(cat audit.log) --exe main
	status_is 0
	has p.yaml "- uname # added by snug amend"
	cp before.yaml p.yaml
	amend --yes -p p.yaml --from <("$SNUG" audit --json --comm other audit.log)
	has p.yaml "- mount"
	cp before.yaml p.yaml
	amend --yes -p p.yaml --from before.yaml
	has err "before.yaml: no event of seccomp" "nothing to change"
	cp before.yaml p.yaml
	# what cannot be read in a log is said
	gzip -k audit.log
	amend --yes -p p.yaml --from audit.log.gz
	status_is 1
	has err "amend: audit.log.gz: is compressed by gzip: gzip -dc FILE"
	try sh -c '"$0" amend --yes -p p.yaml --from - <audit.log.gz' "$SNUG"
	status_is 1
	has err "amend: <stdin>: is compressed by gzip"
	cmp p.yaml before.yaml
	echo "type=SECCOMP msg=audit(1612299677.115:549069): pid=1" >>audit.log
	amend --yes -p p.yaml --from audit.log --exe main
	status_is 0
	has err "amend: audit.log: 1 events are cut or garbled"
	cp before.yaml p.yaml
	# snug audit has chosen already
	try sh -c '"$0" audit --json --comm other audit.log | "$0" amend --yes -p p.yaml --from -' "$SNUG"
	status_is 0
	has p.yaml "- mount"
	has_not p.yaml uname
}
