#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Where the engine notify finds no /proc, or another PID namespace's: sandboxes and small containers.

# shellcheck disable=SC2154  # notify-test.bash sets them
load ../lib/notify-test

setup() {
	notify_setup
	cd "$place" || return 1
}

teardown() {
	notify_teardown
}

# in_namespaces OPTIONS-OF-UNSHARE... -- PREPARATION: runs PREPARATION in there and then records, to
# r.json, what is the same everywhere
in_namespaces() {
	local options=()

	while [[ $1 != -- ]]; do
		options+=("$1")
		shift
	done
	unshare "${options[@]}" true 2>/dev/null || skip "unshare ${options[*]} is not allowed here"
	status=0
	# shellcheck disable=SC2016  # for the shells in there
	unshare "${options[@]}" /bin/sh -c '
		eval "$1" || exit 99
		exec "$2" record -q --engine notify -n -o p.json --recording r.json -- \
			/bin/sh -c "/bin/ls / >/dev/null; ./none; /bin/cat /dev/null; exit 3"
	' sh "$2" "$SNUG" 2>err || status=$?
	cat err
	((status != 99)) || skip "'$2' is not allowed here"
}

is_as_everywhere() {
	[ "$status" -eq 3 ]
	is_complete r.json
	jq -e '[.execs[].path] == ["/bin/sh", "/bin/ls", "/bin/cat"]' r.json
	jq -e '[.calls[][].name] | index("execve") and index("getdents64") and index("wait4")' r.json
}

@test "a PID namespace where the process group has no number" {
	in_namespaces -Urpf --mount-proc -- :
	is_as_everywhere
}

@test "/proc of another PID namespace" {
	in_namespaces -Urpf -- :
	is_as_everywhere
}

# Sanitizers need one, to read their options too: this is left out there.
# bats test_tags=slow
@test "no /proc" {
	in_namespaces -Urm -- 'mount -t tmpfs none /proc'
	is_as_everywhere
}

@test "/proc that hides what is others'" {
	in_namespaces -Urmpf -- 'mount -t proc -o hidepid=2 none /proc'
	is_as_everywhere
}

@test "a daemon that gives up root, where snug lacks CAP_SYS_PTRACE, as in a container" {
	((EUID == 0)) || skip "only root can give it up"
	need_command setpriv
	run setpriv --bounding-set=-sys_ptrace --inh-caps=-sys_ptrace "$SNUG" record -q --engine notify -n \
		-o p.json --recording r.json -- setpriv --reuid 1000 --regid 1000 --clear-groups \
		/bin/sh -c '/bin/ls / >/dev/null; ./none; exec /bin/cat /dev/null'
	[ "$status" -eq 0 ]
	is_complete r.json
	jq -e '[.execs[].comm] == ["setpriv", "sh", "ls", "cat"]' r.json
}

# Who mounts a FUSE file system, serves it, and has a child execute a file of it: one that is not there
fuse_server='
import ctypes, os, struct, sys, threading
libc = ctypes.CDLL(None)
try:
	fd = os.open(sys.argv[1], os.O_RDWR)
except OSError as e:
	sys.exit(str(e))
os.mkdir("m")
if libc.mount(b"x", b"m", b"fuse", 0, b"fd=%d,rootmode=40000,user_id=0,group_id=0" % fd) < 0:
	sys.exit("cannot mount FUSE")
def serve():
	while True:
		size, op, unique, node = struct.unpack_from("<IIQQ", os.read(fd, 1 << 17))
		answer, error = b"", 0
		if op in (2, 42): # FORGET: no answer
			continue
		elif op == 26: # INIT
			answer = struct.pack("<IIIIHHIIHH32x", 7, 31, 0, 0, 1, 1, 4096, 1, 1, 0)
		elif op == 3: # GETATTR
			answer = struct.pack("<QQ6Q10I", 1, 0, node, 0, 0, 0, 0, 0, 0, 0, 0, 0o40755, 2, 0, 0, 0, 512, 0)
		else:
			error = -2
		os.write(fd, struct.pack("<IiQ", 16 + len(answer), error, unique) + answer)
threading.Thread(target=serve, daemon=True).start()
pid = os.fork()
if pid == 0:
	try:
		os.execv(os.path.abspath("m/program"), ["program"])
	except OSError as e:
		os._exit(e.errno)
print("ended", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
os._exit(0)
'

@test "an exec from a FUSE file system whose server is recorded, too: nobody waits for ever" {
	local device=/dev/fuse

	become user
	mkdir -m 777 "$place/bare" "$place/recorded"
	if mknod -m 666 "$place/fuse" c 10 229 2>/dev/null; then
		device=$place/fuse
	fi
	serve=(unshare -Urm /usr/bin/python3 -I -S -c "$fuse_server" "$device")
	cd "$place/bare"
	run "${run_as[@]}" "${serve[@]}"
	[[ $status -eq 0 ]] || skip "no FUSE in a user namespace here: $output"
	[ "$output" = "ended 2" ]
	cd "$place/recorded"
	run timeout -s KILL 60 "${run_as[@]}" "$SNUG" record -q --engine notify -n -o p.json -- "${serve[@]}"
	[ "$status" -eq 0 ]
	[ "$output" = "ended 2" ]
}

@test "no_new_privs that the command sets itself: nobody says that snug did" {
	((EUID == 0)) || skip "only root records without no_new_privs"
	need_command setpriv
	cp /usr/bin/id set-id
	chown 1234 set-id
	chmod 4755 set-id
	run "$SNUG" record -q --engine notify -n -o p.json -- setpriv --no-new-privs --reuid 1000 ./set-id -u
	[ "$status" -eq 0 ]
	[ "$output" = 1000 ]
}
