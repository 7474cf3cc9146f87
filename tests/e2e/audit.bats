#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# snug audit on a real kernel: the netlink group, the kernel's log, a real auditd with rotation, the
# container of a process.  What other programs of this machine do meanwhile is told apart by the path
# of the test's own program.

# shellcheck disable=SC2154  # cli.bash sets them
# shellcheck disable=SC2030,SC2031  # each test has its own followers
load ../lib/cli
load ../lib/denials

# auditd is one for the whole machine.
setup_file() {
	((EUID == 0)) || return 0
	ratelimit=$(cat /proc/sys/kernel/printk_ratelimit)
	export ratelimit
	# or the kernel prints ten records, and counts the others
	echo 0 >/proc/sys/kernel/printk_ratelimit
}

teardown_file() {
	[[ -z ${ratelimit:-} ]] || echo "$ratelimit" >/proc/sys/kernel/printk_ratelimit
}

setup() {
	need_root
	enter_work_dir
	[[ -x $SNUG_PROGRAMS/denials ]] || skip "the test programs are written for x86-64"
	cp "$SNUG_PROGRAMS/denials" denials
	denials_profile SCMP_ACT_LOG >log.json
	followers=()
	auditd=""
}

teardown() {
	local pid

	show_failure "${work:-}"
	for pid in "${followers[@]}"; do
		kill "$pid" 2>/dev/null || true
	done
	stop_auditd
}

# follow NAME OPTION...: `snug audit --follow` into NAME.out, of the test's own program only
follow() {
	local name=$1
	shift
	"$SNUG" audit --follow --json --exe "$work/denials" "$@" >"$name.out" 2>"$name.err" </dev/null 3>&- &
	followers+=($!)
	wait_until grep -q Following "$name.err"
}

# stop_followers: all have ended well
stop_followers() {
	local pid

	for pid in "${followers[@]}"; do
		kill -INT "$pid"
	done
	for pid in "${followers[@]}"; do
		wait "$pid"
	done
	followers=()
}

# calls_of FILE: "ABI NAME" of its events, sorted, once each
calls_of() {
	jq -r 'select(.type == "seccomp") | "\(.arch) \(.syscall)"' "$1" | LC_ALL=C sort -u
}

# has_events FILE N
has_events() {
	(($(jq -s 'map(.count) | add // 0' "$1") == $2)) 2>/dev/null
}

# has_at_least FILE N
has_at_least() {
	(($(jq -s 'map(.count) | add // 0' "$1") >= $2)) 2>/dev/null
}

# same_denials FILE
same_denials() {
	diff <(denials) <(calls_of "$1")
}

run_logged() {
	"$SNUG" run -p log.json -- ./denials 2>/dev/null
}

# start_auditd FORMAT: with a log of its own in ./audit
start_auditd() {
	need_command auditd
	! pgrep -x auditd >/dev/null || skip "an auditd runs here already"
	mkdir -p conf/plugins.d audit
	chmod 750 conf conf/plugins.d audit
	cat >conf/auditd.conf <<-END
		local_events = yes
		write_logs = yes
		log_file = $work/audit/audit.log
		log_format = $1
		flush = NONE
		freq = 0
		num_logs = 5
		max_log_file = 8
		max_log_file_action = ROTATE
		name_format = NONE
		space_left = 2
		space_left_action = IGNORE
		admin_space_left = 1
		admin_space_left_action = IGNORE
		disk_full_action = IGNORE
		disk_error_action = IGNORE
		plugin_dir = $work/conf/plugins.d
	END
	chmod 640 conf/auditd.conf
	auditd -n -s nochange -c "$work/conf" >auditd.out 2>&1 </dev/null 3>&- &
	auditd=$!
	cp denials starter
	{ wait_until grep -q DAEMON_START audit/audit.log && wait_until takes_records; } || {
		cat auditd.out
		return 1
	}
}

# auditd throws away the first record that it gets within 0.1 s of its start (libaudit's
# audit_set_pid() takes it for an answer)
takes_records() {
	"$SNUG" run -q --explain=false -p log.json -- ./starter 2>/dev/null
	grep -q starter audit/audit.log
}

stop_auditd() {
	[[ -n $auditd ]] || return 0
	kill -TERM "$auditd" 2>/dev/null || true
	wait "$auditd" || true
	auditd=""
}

@test "netlink and the kernel's log tell the same set: 32 calls, threads, children, i386" {
	follow netlink -s netlink
	follow kmsg -s kernel-log
	run_logged
	wait_until has_events netlink.out 32
	wait_until has_events kmsg.out 32
	stop_followers
	same_denials netlink.out
	same_denials kmsg.out
	one_line netlink.err
	one_line kmsg.err
	jq -es 'all(.action == "SCMP_ACT_LOG" and .outcome == "logged" and .comm == "denials")' netlink.out
	# and so does the table that is made afterwards
	try "$SNUG" audit -s kernel-log --json --exe "$work/denials"
	status_is 0
	same_denials out
	has_events out 32
}

@test "auditd, netlink: the same set, while auditd takes the records; raw and enriched" {
	local format

	for format in RAW ENRICHED; do
		start_auditd "$format"
		follow netlink
		has netlink.err "audit netlink group"
		run_logged
		wait_until has_events netlink.out 32
		stop_followers
		same_denials netlink.out
		stop_auditd
		same "$(grep -c "$(printf '\035')" audit/audit.log | sed 's/^[1-9].*/some/')" \
			"$([[ $format == RAW ]] && echo 0 || echo some)"
		try "$SNUG" audit --json --exe "$work/denials" audit/audit.log
		status_is 0
		same_denials out
		has_events out 32
		if command -v ausearch >/dev/null; then
			same "$(ausearch -if audit/audit.log -m SECCOMP -x "$work/denials" --raw | wc -l)" 32
		fi
		rm -r audit
	done
}

# set_of FILE FILTER: "ABI NAME" of what jq's FILTER selects, sorted, once each
set_of() {
	jq -r "$2 | \"\\(.arch) \\(.syscall // .name)\"" "$1" | LC_ALL=C sort -u
}

@test "one run, five observers: run --explain, auditd, netlink, the kernel's log, BPF: one set" {
	need_bpf
	start_auditd RAW
	follow netlink -s netlink
	# by its name: the file is not known of what is gone before anybody can look
	"$SNUG" watch --json --comm denials >watch.out 2>watch.err </dev/null 3>&- &
	followers+=($!)
	wait_until grep -q Watching watch.err
	# the kernel logs what is refused with an errno only when it is asked to
	denials_profile SCMP_ACT_ERRNO 38 | jq '.flags = ["SECCOMP_FILTER_FLAG_LOG"]' >errno.json
	for how in --explain=false "--explain --json refused.json"; do
		# shellcheck disable=SC2086 # several
		"$SNUG" run -q $how -p errno.json -- ./denials 2>/dev/null
	done
	wait_until has_events netlink.out 64
	wait_until has_at_least watch.out 32
	stop_followers
	stop_auditd
	# while an auditd takes the records, the kernel prints none
	follow kmsg -s kernel-log
	"$SNUG" run -q --explain=false -p errno.json -- ./denials 2>/dev/null
	wait_until has_events kmsg.out 32
	stop_followers
	denials >expected
	(($(wc -l <expected) > 30))
	diff expected <(set_of refused.json '.refused[]')
	diff expected <(set_of netlink.out .)
	diff expected <(set_of kmsg.out .)
	diff expected <(set_of watch.out 'select(.type == "denial")')
	"$SNUG" audit --json --exe "$work/denials" audit/audit.log >auditd.out 2>/dev/null
	diff expected <(set_of auditd.out .)
	# each was made once and counted once
	jq -e 'all(.refused[]; .count == 1 and .errnoRet == 38)' refused.json
	same "$(jq -s 'map(.count) | add' auditd.out)" 64
}

@test "auditd rotates in mid-stream: each event once" {
	local i

	start_auditd ENRICHED
	"$SNUG" audit --follow --json --exe "$work/denials" audit/audit.log >file.out 2>file.err </dev/null 3>&- &
	followers+=($!)
	wait_until grep -q Following file.err
	for ((i = 0; i < 20; i++)); do
		run_logged
		((i % 3)) || {
			kill -USR1 "$auditd"
			sleep 0.05
		}
	done
	wait_until has_events file.out $((20 * 32))
	stop_followers
	[[ -e audit/audit.log.2 ]]
	same_denials file.out
	one_line file.err
}

@test "old logs that are named in another way than auditd's, or compressed, are said to be left out" {
	need_command unshare
	cat >inside.sh <<-END
		set -e
		mkdir -p /var/log/audit
		mount -t tmpfs tmpfs /var/log/audit
		cd /var/log/audit
		touch audit.log audit.log.1 audit.log.2 other
		"$SNUG" audit --source audit-log
		gzip audit.log.2
		"$SNUG" audit --source audit-log
		touch audit.log-20261120
		"$SNUG" audit --source audit-log
	END
	unshare -m sh inside.sh >out 2>err || skip "no mount namespaces here"
	is_empty out
	same "$(grep -c 'left out' err)" 2
	has err "audit: left out: audit.log.2.gz in /var/log/audit: not named as auditd does it" \
		"and others in /var/log/audit"
}

@test "a program that is killed: the call it died of, from each source" {
	denials_profile SCMP_ACT_KILL_PROCESS >kill.json
	follow netlink -s netlink
	follow kmsg -s kernel-log
	"$SNUG" run -p kill.json -- ./denials 2>/dev/null || true
	wait_until has_events netlink.out 1
	wait_until has_events kmsg.out 1
	stop_followers
	jq -e '.outcome == "killed" and .syscall == "getsid" and .action == "SCMP_ACT_KILL_PROCESS"' netlink.out
	jq -e '.outcome == "killed" and .syscall == "getsid"' kmsg.out
}

@test "names that a program chooses: blanks, line feeds, quotes" {
	local name

	for name in 'a b' $'a\nb "c"' $'type=SECCOMP msg=audit(1.000:1): pid=1 \xc3'; do
		cp denials "./$name"
		"$SNUG" audit --follow --json >odd.out 2>odd.err </dev/null 3>&- &
		followers+=($!)
		wait_until grep -q Following odd.err
		"$SNUG" run -p log.json -- "./$name" 2>/dev/null
		wait_until grep -q getegid32 odd.out
		stop_followers
		jq -s . odd.out >/dev/null
		jq -e --arg dir "$work/" 'select(.syscall == "getegid32" and (.executable | startswith($dir)))' odd.out >found
		[[ $name == *$'\xc3' ]] || same "$(jq -r .executable found)" "$work/$name"
	done
	jq -r .executable found | grep -qF 'pid=1 \xc3'
}

@test "the container of a process, by its control group" {
	local id group

	id=$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')
	group=$(awk '$3 == "cgroup2" || $4 ~ /(^|,)memory(,|$)/ && $3 == "cgroup" { print $2; exit }' /proc/mounts)
	[[ -n $group ]] || skip "no control groups are mounted"
	mkdir "$group/$id"
	follow all
	follow it --container "${id:0:12}"
	follow other --container "$(tr 0-9a-f 1-9a-f0 <<<"${id:0:12}")"
	mkfifo hold
	# shellcheck disable=SC2016  # for the inner shell
	sh -c 'echo $$ >"$1/cgroup.procs" && exec "$2" run -p log.json -- ./denials wait' - \
		"$group/$id" "$SNUG" <hold >/dev/null 2>&1 3>&- &
	exec 9>hold
	# all but those of its child, which is gone before anybody can look
	wait_until has_at_least it.out 24
	wait_until has_events all.out 32
	exec 9>&-
	wait "${!}"
	stop_followers
	rmdir "$group/$id"
	jq -es --arg id "$id" 'all(.containerId == $id)' it.out
	same_denials all.out
	is_empty other.out
}

@test "printing is rate limited: what the kernel did not print is counted" {
	local n_runs=0

	follow kmsg -s kernel-log
	echo 1 >/proc/sys/kernel/printk_ratelimit # ten records in a second
	# before the first one of another second the kernel says how many it had left out
	wait_until eval 'run_logged; n_runs=$((n_runs + 1)); has_at_least kmsg.out 11'
	echo 0 >/proc/sys/kernel/printk_ratelimit
	stop_followers
	((n_runs * 32 > $(jq -s length kmsg.out)))
	grep -qE '/dev/kmsg: [0-9]+ records of all kinds were lost before they could be read' kmsg.err
}

@test "a reader of the netlink group that is too slow is told how much it missed" {
	local n

	"$SNUG" audit --follow -s netlink --exe "$work/denials" >slow.out 2>slow.err </dev/null 3>&- &
	followers+=($!)
	wait_until grep -q Following slow.err
	kill -STOP "${followers[0]}"
	# more than its socket holds
	cat >flood.py <<-'END'
		import ctypes
		call = ctypes.CDLL(None).syscall
		for i in range(60000):
		    call(124, -1)
	END
	"$SNUG" run -p log.json -- python3 flood.py 2>/dev/null
	kill -CONT "${followers[0]}"
	# when it tells one of these, it has read what was there before
	wait_until eval 'run_logged; test -s slow.out'
	stop_followers
	n=$(sed -nE 's/.*netlink group: ([0-9]+) records of all kinds were lost.*/\1/p' slow.err)
	((n > 1000 && n <= 61000))
}
