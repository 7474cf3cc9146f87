#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# snug record: where the profile goes; what stood there before survives every failure.

# shellcheck disable=SC2154  # cli.bash sets them
load ../lib/cli

setup() {
	need_recorder
	enter_work_dir
}

teardown() {
	show_failure "${work:-}"
	umount "$BATS_TEST_TMPDIR/work/mnt" 2>/dev/null || true
}

# old_survives STATUS ARGS...: snug record ARGS... fails and leaves ./old as it was
old_survives() {
	local want=$1 before
	shift
	echo old >old
	before=$(stat -c '%i %Y %s %a %u' old)
	record "$@"
	status_is "$want"
	one_line err
	same "$(cat old)" old
	same "$(stat -c '%i %Y %s %a %u' old)" "$before"
	nothing_left
}

@test "a new file: its mode is by umask" {
	for mask in 022 077 027 000; do
		rm -f p
		(umask $mask && "$SNUG" record -q -o p -- true)
		same "$(stat -c %a p)" "$(printf '%o' $((0666 & ~8#$mask)))"
	done
	umask 077
	record --recording r -o p -- true
	same "$(stat -c %a r)" 600
}

@test "an existing file: its mode and owner stay" {
	need_root
	echo old >p
	chmod 640 p
	chown 1234:4321 p
	record -q -o p -- true
	status_is 0
	same "$(stat -c '%a %u %g' p)" "640 1234 4321"
	has p "kind: SeccompProfile"
}

@test "an existing file survives options that are wrong" {
	old_survives 1 -o old -b nosuchcall -- true
	old_survives 1 -o old -t nosuchtype -- true
	old_survives 2 -o old
	old_survives 2 -o old --nosuchoption -- true
	old_survives 1 -o old --recording /no/such/file -- true
}

@test "an existing file survives a command that cannot be started" {
	echo x >plain
	printf '#!/no/such' >bad
	chmod +x bad
	old_survives 127 -q -o old -- nosuchcommand
	old_survives 126 -q -o old -- ./plain
	old_survives 127 -q -o old -- ./bad
}

@test "an existing file survives a host where nothing can be recorded" {
	SNUG_TEST_DISABLE=bpf,notify old_survives 1 -q -o old -- touch ran
	[ ! -e ran ]
}

@test "an existing file survives a recorder that is killed" {
	echo old >old
	for _ in 1 2 3; do
		in_background "$SNUG" record -o old -- sh -c 'echo $$ >begun; exec sleep 60'
		wait_until test -s begun
		kill -KILL "$pid"
		wait "$pid" || true
		same "$(cat old)" old
		kill "$(cat begun)"
		rm begun
	done
	# nor does it stand in the way of the next
	record -q -o old -- true
	status_is 0
	has old "kind: SeccompProfile"
}

@test "readers see the old or the new profile, never a part" {
	record -q -o p -- true
	exec 8<p
	cp p whole
	: >go
	(while [[ -e go ]]; do cmp -s p whole || echo torn; done) >torn 2>&1 3>&- &
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		"$SNUG" record -q -o p -- true
	done
	rm go
	wait $!
	is_empty torn
	# who had the old one open still has it
	same "$(stat -L -c %h /proc/self/fd/8)" 0
	cmp /proc/self/fd/8 whole
	exec 8<&-
	nothing_left
}

@test "nothing of the profile is visible before the command has ended" {
	record -q -o p -- sh -c 'ls -A; test ! -e p'
	status_is 0
}

@test "a directory that is not there, or cannot be written: told before the command runs" {
	need_root
	record -o no/such/p -- touch ran
	status_is 1
	one_line err
	has err no/such/p
	mkdir mnt
	mount -t tmpfs -o ro none mnt
	record -o mnt/p -- touch ran
	status_is 1
	one_line err
	has err mnt/p
	record -o mnt -- touch ran
	status_is 1
	has err "is a directory"
	: >file
	record -o file/p -- touch ran
	status_is 1
	[ ! -e ran ]
}

@test "an immutable file is left alone" {
	need_command chattr
	echo old >old
	chattr +i old 2>/dev/null || skip "this file system has no immutable files"
	record -q -o old -- true
	chattr -i old
	status_is 1
	same "$(cat old)" old
	nothing_left
}

@test "a full disk: failure, the old file is whole, no rest" {
	need_root
	mkdir mnt
	mount -t tmpfs -o size=16k none mnt
	echo old >mnt/p
	head -c 20000 /dev/zero >mnt/fill 2>/dev/null || true
	record -q -o mnt/p -- sh -c 'exit 0'
	status_is 1
	one_line err
	has err "No space left on device"
	same "$(cat mnt/p)" old
	nothing_left
	record -q --recording mnt/r -o p -- true
	status_is 1
	one_line err
	[ ! -e mnt/r ]
	[ ! -e p ]
	nothing_left
	status=0
	"$SNUG" record -q -o - -- true >/dev/full 2>err || status=$?
	status_is 1
}

@test "a reader of the pipe that has gone is a failure, not a crash" {
	need_command python3
	# the command waits until nobody reads any more
	try python3 - "$SNUG" <<-'X'
		import os, signal, subprocess, sys
		signal.signal(signal.SIGPIPE, signal.SIG_IGN)
		r, w = os.pipe()
		os.close(r)
		p = subprocess.run([sys.argv[1], "record", "-q", "-o", "-", "--", "true"], stdout=w, stderr=2)
		sys.exit(p.returncode)
	X
	status_is 1
	one_line err
}

@test "a symbolic link: the file behind it is replaced" {
	mkdir real
	echo old >real/p
	ln -s real/p link
	ln -s link link2
	record -q -o link2 -- true
	status_is 0
	[ -L link ]
	[ -L link2 ]
	has real/p "kind: SeccompProfile"
	# one that leads to no file yet makes it
	ln -s real/new dangling
	record -q -o dangling -- true
	status_is 0
	[ -L dangling ]
	has real/new "kind: SeccompProfile"
	ln -s loop loop
	record -q -o loop -- touch ran
	status_is 1
	one_line err
	[ ! -e ran ]
	nothing_left
}

@test "in a directory for all, another user's file or link is refused" {
	need_root
	mkdir mnt
	mount -t tmpfs -o mode=1777 none mnt
	echo theirs >mnt/profile.yaml
	chown 12345 mnt/profile.yaml
	TMPDIR=$work/mnt record -q -- touch ran
	status_is 1
	one_line err
	has err "12345"
	same "$(cat mnt/profile.yaml)" theirs
	rm mnt/profile.yaml
	echo precious >precious
	ln -s "$work/precious" mnt/profile.yaml
	chown -h 12345 mnt/profile.yaml
	TMPDIR=$work/mnt record -q -- touch ran
	status_is 1
	same "$(cat precious)" precious
	[ ! -e ran ]
	# one's own is fine
	rm mnt/profile.yaml
	ln -s "$work/precious" mnt/profile.yaml
	TMPDIR=$work/mnt record -q -- true
	status_is 0
	has precious "kind: SeccompProfile"
}

@test "a device is written to, not replaced" {
	record -q -o /dev/null -- true
	status_is 0
	[ -c /dev/null ]
	record -q -o /dev/full -- true
	status_is 1
	one_line err
}

@test "-o and --recording may not be one file, however it is written" {
	mkdir -p sub
	ln -s ../r.json sub/link
	for other in ./r.json "$PWD/r.json" sub/../r.json sub/link; do
		record -q -o r.json --recording "$other" -- true
		status_is 2
		has err "both name"
		[ ! -e r.json ]
	done
}

@test "derive does not replace a recording that it reads" {
	record -q -o p.yaml --recording r.json -- true
	cp r.json kept
	try "$SNUG" derive -o ./r.json r.json
	status_is 1
	has err "is a recording and the output at once"
	cmp r.json kept
}

@test "a command of any length makes a recording that can be read" {
	mapfile -t many < <(seq 3000)
	record -q -n -o p.yaml --recording r.json -- true "$(head -c 100000 /dev/zero | tr '\0' x)" "${many[@]}"
	status_is 0
	jq -e '.commandIsCut and (.command | length) == 1024' r.json
	try "$SNUG" derive -n -o q.yaml r.json
	status_is 0
	cmp p.yaml q.yaml
}

@test "a script without #! gets all its arguments" {
	printf 'echo $#\n' >script
	chmod +x script
	mapfile -t many < <(seq 5000)
	record -q -n -o p.yaml -- ./script "${many[@]}"
	same "$(cat out)" 5000
}

@test "a file that is mounted over cannot be replaced: said before anything runs" {
	need_root
	touch inner mounted
	mount --bind inner mounted
	record -q -o mounted -- touch ran
	umount mounted
	status_is 1
	has err "is a mount point"
	[ ! -e ran ]
}
