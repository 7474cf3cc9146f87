#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# snug convert: one profile in many forms.
# bats file_tags=beside

# shellcheck disable=SC2154  # cli.bash sets them
load ../lib/cli

setup() {
	enter_work_dir
	cases=$repo/tests/cases/convert
	host=(--arch amd64 --kernel 6.1 --caps none)
	echo '{"defaultAction": "SCMP_ACT_LOG"}' >log.json
}

convert() {
	try "$SNUG" convert "$@"
}

# read_yaml FILE: as JSON, by a reader that is not ours
read_yaml() {
	python3 -c 'import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))' <"$1"
}

@test "convert: every text, as a golden file" {
	cp "$cases/web.json" .
	for want in "$cases"/web.{yaml,conf,pod.yaml,scc.yaml,machineconfig.yaml}; do
		case $want in
		*.pod.yaml) format=pod ;;
		*.scc.yaml) format=scc ;;
		*.machineconfig.yaml) format=machineconfig ;;
		*.conf) format=systemd ;;
		*) format=seccomp ;;
		esac
		convert -q "${host[@]}" -f "$format" web.json
		status_is 0
		is_empty err
		diff -u "$want" out
	done
}

@test "convert: without -f, a SeccompProfile becomes OCI JSON and all other a SeccompProfile" {
	cp "$cases/web.json" "$cases/web.yaml" .
	convert web.yaml
	status_is 0
	has err "Converting web.yaml to raw profile" "Successfully wrote raw profile to /dev/stdout."
	diff -u web.json out
	convert web.json
	status_is 0
	has err "Converting web.json to seccomp" "Successfully wrote to /dev/stdout."
	diff -u web.yaml out
	convert -f oci web.json
	diff -u web.json out
	convert -f crd web.yaml
	diff -u web.yaml out
}

@test "convert: files, and the name of what is made" {
	cp "$cases/web.json" My_App.json
	convert -q -o a.yaml My_App.json
	status_is 0
	is_empty out err
	has a.yaml "name: my-app"
	convert -q --name "An Other" -o a.yaml My_App.json
	has a.yaml "name: an-other"
	convert -q --output-file=/dev/stdout - <My_App.json
	has out "name: profile"
	convert -q --name changed -f seccomp a.yaml
	has out "name: changed"
	echo old >kept
	convert -o kept -f systemd log.json
	status_is 0
	echo old >kept
	convert -o kept -f systemd no-file
	status_is 1
	one_line err
	has err no-file
	same "$(cat kept)" old
	convert -o kept -f scc bad.json
	same "$(cat kept)" old
	nothing_left
}

@test "convert: a file is not the profile and the output at once" {
	cp log.json before
	ln -s log.json link
	for out in log.json ./log.json link; do
		convert -o "$out" log.json
		status_is 1
		has err "log.json: is the profile and the output at once"
		cmp log.json before
	done
}

@test "convert: what is wrong with the command line" {
	convert
	status_is 2
	has err "no profile provided"
	convert log.json log.json
	status_is 2
	has err "one profile at a time: 'log.json' is too many"
	convert log.json -f pfc
	status_is 2
	has err "'-f' comes too late: options stand before 'log.json'"
	convert -f sytemd log.json
	status_is 2
	has err "unsupported format: sytemd, did you mean 'systemd'?"
	convert -f raw-apparmor log.json
	status_is 2
	has err "no AppArmor profiles yet"
	convert -p /bin/ls log.json
	status_is 2
	has err "--program-name is for AppArmor profiles"
	convert --role infra log.json
	status_is 2
	has err "--role is for the format machineconfig"
	convert -f machineconfig --role 'a b' log.json
	status_is 1
	has err "'a b' is no role of a node"
	convert --arch vax log.json
	status_is 2
	has err "--arch"
	convert --nosuch log.json
	status_is 2
}

@test "convert: what another form cannot say is an error with the place" {
	cat >args.json <<-'X'
		{ "defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
		  { "names": ["read"], "action": "SCMP_ACT_ALLOW" },
		  { "names": ["socket"], "action": "SCMP_ACT_ALLOW",
		    "args": [ { "index": 0, "value": 18446744073709551615, "op": "SCMP_CMP_EQ" } ] } ] }
	X
	convert -q -f systemd args.json
	status_is 1
	is_empty out
	one_line err
	has err "args.json:3:3: syscalls[1].names[0]: 'socket': systemd has no conditions on arguments"
	convert -q -f seccomp args.json
	status_is 1
	has err "syscalls[1].args[0].value: a SeccompProfile has no place for a value over"
	convert -q -f raw-seccomp args.json
	status_is 0
	printf '%s\n' "apiVersion: security-profiles-operator.x-k8s.io/v1" "kind: SeccompProfile" \
		"metadata: {name: a}" "spec: {defaultAction: SCMP_ACT_LOG, baseProfileName: b}" >base.yaml
	convert base.yaml
	status_is 1
	has err "base.yaml: spec.baseProfileName: OCI JSON has no place for this"
	for format in systemd pfc bpf; do
		convert -f $format -o base.out base.yaml
		status_is 1
		has err "base.yaml: spec.baseProfileName: "
		[[ ! -e base.out ]]
	done
	# for the operator, which looks it up
	convert -q -f pod base.yaml
	status_is 0
	has out "localhostProfile: operator/a.json"
	sed 's/baseProfileName: b/state: Enabled/' base.yaml >state.yaml
	convert -q state.yaml
	status_is 0
	has err "spec.state is left out"
	has_not out state
	sed -i 's/Enabled/Disabled/' state.yaml
	for format in raw-seccomp machineconfig systemd; do
		convert -q -f $format state.yaml
		status_is 1
		is_empty out
		has err "state.yaml: spec.state: "
	done
}

@test "convert: conditions are resolved for a machine" {
	cat >dialect.json <<-'X'
		{ "defaultAction": "SCMP_ACT_ERRNO",
		  "archMap": [ { "architecture": "SCMP_ARCH_AARCH64", "subArchitectures": ["SCMP_ARCH_ARM"] } ],
		  "syscalls": [
		    { "names": ["mount"], "action": "SCMP_ACT_ALLOW", "includes": { "caps": ["CAP_SYS_ADMIN"] } },
		    { "names": ["ptrace"], "action": "SCMP_ACT_ALLOW", "includes": { "minKernel": "4.8" } },
		    { "names": ["bpf"], "action": "SCMP_ACT_ERRNO", "errno": "EACCES", "excludes": { "arches": ["amd64"] } } ] }
	X
	convert -q -f raw-seccomp --arch arm64 --kernel 4.8 --caps sys_admin dialect.json
	status_is 0
	same "$(jq -c . out)" '{"defaultAction":"SCMP_ACT_ERRNO","architectures":["SCMP_ARCH_AARCH64","SCMP_ARCH_ARM"],"syscalls":[{"names":["mount"],"action":"SCMP_ACT_ALLOW"},{"names":["ptrace"],"action":"SCMP_ACT_ALLOW"},{"names":["bpf"],"action":"SCMP_ACT_ERRNO","errnoRet":13}]}'
	convert -q -f raw-seccomp --arch amd64 --kernel 4.7.9 --caps none dialect.json
	same "$(jq -c . out)" '{"defaultAction":"SCMP_ACT_ERRNO","architectures":["SCMP_ARCH_X86_64"]}'
}

@test "convert: a unit, a recording, standard input" {
	printf '%s\n' "[Service]" "SystemCallFilter=~@mount" "SystemCallErrorNumber=EPERM" \
		"SystemCallArchitectures=native" >x.service
	convert -q -f raw-seccomp "${host[@]}" x.service
	status_is 0
	jq -e '.defaultAction == "SCMP_ACT_ALLOW" and (.syscalls[0].names | index("mount")) and
		.syscalls[0].errnoRet == 1 and .architectures == ["SCMP_ARCH_X86_64"]' out
	convert -q -f systemd "${host[@]}" - <x.service
	status_is 0
	has out "made from <stdin>." "SystemCallFilter=~chroot:EPERM fsconfig:EPERM"
	printf '%s\n' "[Service]" "ExecStart=/bin/true" >y.service
	convert y.service
	status_is 1
	has err "y.service: the unit filters no calls: it has no SystemCallFilter="
	printf '%s\n' "[Unit]" "[Service" >y.service
	convert y.service
	status_is 1
	has err "y.service:2: expected a section"
	cat >r.rec <<-'X'
		{ "snugRecording": 1, "engine": "bpf", "arch": "x86_64", "kernel": "6.1.0",
		  "start": "2026-01-02T03:04:05.000006Z", "durationUs": 1, "command": ["ls"], "exit": {"code": 0},
		  "complete": true, "lost": {}, "calls": {"x86_64": [{"nr": 0, "name": "read"}]}, "execs": [] }
	X
	convert -q -f raw-seccomp r.rec
	status_is 0
	allows out read
	# elsewhere: for the machine where it was recorded, unless told else
	sed 's/x86_64/aarch64/g; s/"nr": 0/"nr": 63/' r.rec >arm.rec
	convert -q -f pfc arm.rec
	status_is 0
	has out "(aarch64)"
	has_not out x86_64
	convert -q -f pfc --arch amd64 arm.rec
	has out "(x86_64)"
	allows_not out write
}

@test "convert: objects hold the profile that runtimes read" {
	cp "$cases/web.yaml" .
	convert -q -f raw-seccomp -o web.json web.yaml
	convert -q -f machineconfig --role master -o mc.yaml web.yaml
	status_is 0
	sed -n 's/.*base64,//p' mc.yaml | base64 -d >decoded
	cmp decoded web.json
	has mc.yaml "machineconfiguration.openshift.io/role: master" \
		"path: /var/lib/kubelet/seccomp/web.json" "mode: 420"
	convert -q -f pod -o pod.yaml web.yaml
	convert -q -f scc -o scc.yaml web.yaml
	has pod.yaml "localhostProfile: operator/web.json"
	has scc.yaml "- localhost/operator/web.json"
	need_command python3
	python3 -c 'import yaml' 2>/dev/null || skip "a second YAML reader is missing: python3-yaml"
	[ "$(read_yaml mc.yaml | jq -r '.spec.config.storage.files[0].path')" = /var/lib/kubelet/seccomp/web.json ]
	[ "$(read_yaml mc.yaml | jq -r '.spec.config.ignition.version')" = 3.1.0 ]
	[ "$(read_yaml scc.yaml | jq -c '.seccompProfiles')" = '["runtime/default","localhost/operator/web.json"]' ]
	[ "$(read_yaml pod.yaml | jq -r '.spec.containers[0].securityContext.seccompProfile.type')" = Localhost ]
}

@test "convert: a program is not written to a terminal" {
	need_command script
	try script -qec "'$SNUG' convert -q -f bpf log.json" /dev/null
	status_is 1
	has out "a program is no text for a terminal: use -o FILE, or the format pfc"
	try script -qec "'$SNUG' convert -q -f bpf -o /dev/tty log.json" /dev/null
	status_is 1
	convert -q -f bpf log.json
	status_is 0
	(($(stat -c %s out) % 8 == 0 && $(stat -c %s out) > 0))
}

@test "convert: the kernel loads the program, and it does what the profile says" {
	need_command python3
	cat >p.json <<-'X'
		{ "defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86"], "syscalls": [
		  { "names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28 } ] }
	X
	convert -q -f bpf -o p.bpf p.json
	status_is 0
	cat >load.py <<-'X'
		import ctypes, os, sys
		program = open(sys.argv[1], "rb").read()
		class Fprog(ctypes.Structure):
		    _fields_ = [("len", ctypes.c_ushort), ("filter", ctypes.c_char_p)]
		libc = ctypes.CDLL(None, use_errno=True)
		fprog = Fprog(len(program) // 8, program)
		zero = ctypes.c_ulong(0)
		if libc.prctl(38, ctypes.c_ulong(1), zero, zero, zero):      # PR_SET_NO_NEW_PRIVS
		    sys.exit("no_new_privs: %s" % os.strerror(ctypes.get_errno()))
		if libc.prctl(22, ctypes.c_ulong(2), ctypes.byref(fprog)):   # PR_SET_SECCOMP
		    sys.exit("seccomp: %s" % os.strerror(ctypes.get_errno()))
		os.execvp(sys.argv[2], sys.argv[2:])
	X
	try python3 load.py p.bpf mkdir dir
	status_is 1
	has err "No space left on device"
	try python3 load.py p.bpf touch file
	status_is 0
	# the same as running under the profile
	try "$SNUG" run -q -p p.json -- mkdir dir
	status_is 1
	has err "No space left on device"
}

@test "convert: the text of a program ends with its instructions" {
	convert -q -f pfc "${host[@]}" "$cases/web.json"
	status_is 0
	has out '# filter for syscall "clone3" (435) [priority: 65535]' "action ERRNO(38);" \
		"# pseudo filter code end" "#   0  A = arch" "return SCMP_ACT_KILL_PROCESS"
	# as many as the program has
	n=$(sed -n 's/^# the program: \([0-9]*\) instructions$/\1/p' out)
	same "$(grep -cE '^# *[0-9]+  ' out)" "$n"
	convert -q -f bpf -o b "${host[@]}" "$cases/web.json"
	same "$(stat -c %s b)" "$((n * 8))"
}

@test "convert: hostile names and texts come out harmless" {
	name=$'a\e[31m\nSystemCallFilter=~read'
	cp "$cases/web.json" "$name.json"
	convert -q -f systemd "$name.json"
	status_is 0
	same "$(grep -c '^SystemCallFilter=~read' out)" 0
	[[ $(cat out) != *$'\e'* ]]
	convert -q -f pod "$name.json"
	status_is 0
	has out "name: a-31m-systemcallfilter-read"
	[[ $(cat out) != *$'\e'* ]]
	convert -f systemd "$name.json.nosuch"
	status_is 1
	[[ $(cat err) != *$'\e'* ]]
	printf '[Service]\nSystemCallFilter=\e[31m\n' >x.service
	convert -q -f systemd x.service
	has err "x.service:2: unknown syscall '\\x1b[31m' is ignored, as systemd does"
}

@test "what a SeccompProfile has no place for: the format that has is named" {
	printf '%s' '{"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":38}' >enosys.json
	try "$SNUG" convert -q enosys.json
	status_is 1
	has err "enosys.json: defaultErrnoRet: a SeccompProfile has no place for this; -f raw-seccomp has one"
	try "$SNUG" convert -q -f raw-seccomp enosys.json
	status_is 0
}
