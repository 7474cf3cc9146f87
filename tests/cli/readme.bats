#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What the README shows is what happens.

# shellcheck disable=SC2154  # cli.bash sets them
load ../lib/cli

setup() {
	need_bpf
	enter_work_dir
	mkdir bin
	ln -s "$SNUG" bin/snug
	# the README says sudo; the tests are root already
	printf '#!/bin/sh\nexec "$@"\n' >bin/sudo
	chmod +x bin/sudo
	PATH=$work/bin:$PATH
}

# gate_steps: the commands of the README's pipeline, one step a line
gate_steps() {
	awk '/^```yaml/ { on = 1; next } /^```/ { on = 0 } !on { next }
		/^  run: \|/ { block = 1; next }
		/^  run: / { sub(/^  run: /, ""); print; next }
		block && /^    / { sub(/^    /, ""); print; next }
		{ block = 0 }' "$repo/README.md"
}

@test "the gate lets a change pass that needs nothing new, and stops one that does" {
	gate_steps >steps
	same "$(wc -l <steps)" 3
	head -n 2 steps >gate
	has gate "snug check" "make test"
	mkdir deploy
	printf 'test:\n\tls / >/dev/null\n' >Makefile
	snug record -q -n -t raw-seccomp -o deploy/seccomp.json -- make test
	try bash -e gate
	status_is 0
	# makes a folder, which the profile does not know of
	printf 'test:\n\tls / >/dev/null; mkdir -p d\n' >Makefile
	try bash -e gate
	status_is 1
	has out "denied" "mkdir" "mkdir -p d"
	try bash -e <(tail -n 1 steps)
	status_is 0
	has out "mkdir"
}

@test "the commands about profiles" {
	snug record -q -n -t raw-seccomp -o ls.json --recording replica-1.rec -- ls / >/dev/null
	snug record -q -n -t raw-seccomp -o ls-l.json --recording replica-2.rec -- ls -l / >/dev/null
	try snug diff ls.json ls-l.json
	status_is 1
	has out "calls only B lets pass" "B allows, A answers SCMP_ACT_ERRNO(EPERM):" "lgetxattr"
	cp ls.json old-web.json
	try snug merge -t raw-seccomp -o web.json replica-1.rec replica-2.rec old-web.json
	status_is 0
	try snug diff ls-l.json web.json
	status_is 0
	try snug convert -f machineconfig --name web web.json
	status_is 0
	has out "kind: MachineConfig" "path: /var/lib/kubelet/seccomp/web.json"
}

@test "Docker's default lets AF_ALG pass" {
	[[ -e /usr/share/containers/seccomp.json ]] || skip "containers-common's seccomp.json is not installed"
	try snug show docker-default 'socket(AF_ALG, SOCK_SEQPACKET, 0)'
	status_is 0
	has out "SCMP_ACT_ALLOW" "syscalls["
}
