#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# snug audit over files and pipes: output, filters, errors.  The kernel's own sources and a real
# auditd are in tests/e2e/audit.bats.

# shellcheck disable=SC2154  # cli.bash sets them
load ../lib/cli

setup() {
	enter_work_dir
	export TZ=UTC
}

# line SECOND PID COMM EXE CALL [CODE [ARCH]]
line() {
	printf 'type=SECCOMP msg=audit(%s.000:%s): auid=1 uid=0 gid=0 ses=1 subj=x pid=%s comm="%s" exe="%s" sig=0 arch=%s syscall=%s compat=0 ip=0x7f code=%s\n' \
		"$1" "$1" "$2" "$3" "$4" "${7:-c000003e}" "$5" "${6:-0x7ffc0000}"
}

some_log() {
	line 1000000000 10 uname /usr/bin/uname 63
	line 1000000060 11 uname /usr/bin/uname 63
	line 1000000061 12 uname /usr/bin/uname 63 0x80000000
	line 1000000062 13 old /opt/old 122 0x0 40000003
	echo 'type=SYSCALL msg=audit(1000000062.000:5): arch=c000003e syscall=63 pid=13 comm="old" exe="/opt/old"'
	echo 'type=AVC msg=audit(1000000063.000:6): avc:  denied  { read } for  pid=14 comm="cat" path="/etc/shadow" scontext=a_t tcontext=b_t tclass=file permissive=0'
	echo 'type=AVC msg=audit(1000000064.000:7): apparmor="DENIED" operation="open" profile="web" name="/etc/shadow" pid=15 comm="nginx" requested_mask="r" denied_mask="r" fsuid=0 ouid=0'
}

@test "audit: a table by executable, with counts, times, ABIs; nothing else on standard output" {
	some_log >log
	try "$SNUG" audit log
	status_is 0
	cat >expected <<'END'
EXECUTABLE
   COUNT  FIRST                LAST                 OUTCOME   WHAT
(cat)
       1  2001-09-09 01:47:43  2001-09-09 01:47:43  refused   SELinux { read } file /etc/shadow, a_t -> b_t
(nginx)
       1  2001-09-09 01:47:44  2001-09-09 01:47:44  refused   AppArmor open /etc/shadow, mask r, profile web
/opt/old
       1  2001-09-09 01:47:42  2001-09-09 01:47:42  killed    uname (x86), its thread alone
/usr/bin/uname
       2  2001-09-09 01:46:40  2001-09-09 01:47:40  logged    uname
       1  2001-09-09 01:47:41  2001-09-09 01:47:41  killed    uname
END
	diff expected out
	has err "Reading log"
	one_line err
}

@test "audit: on a terminal the table fits 80 columns; elsewhere a line stays a row" {
	need_command script
	some_log >log
	echo 'type=AVC msg=audit(1000000065.000:8): avc:  denied  { read write open getattr } for  pid=16 comm="web" name="index.html" scontext=system_u:system_r:container_t:s0:c1,c2 tcontext=system_u:object_r:user_home_t:s0 tclass=file permissive=0' >>log
	script -E never -qec "stty cols 80 rows 24; '$SNUG' audit log" /dev/null </dev/null | tr -d '\r' >screen
	has screen "WHAT" "       1  2001-09-09 01:47:42  2001-09-09 01:47:42  killed" \
		"          uname (x86), its thread alone" "          AppArmor open /etc/shadow, mask r, profile web" \
		"          system_u:object_r:user_home_t:s0" "logged    uname"
	same "$(awk 'length > 80' screen)" ""
	try "$SNUG" audit log
	same "$(grep -c '^ *1  2001' out)" 5
	has out "refused   SELinux { read write open getattr } file index.html, system_u:system_r:container_t:s0:c1,c2 -> system_u"
}

@test "audit: JSON lines" {
	some_log >log
	try "$SNUG" audit --json log
	status_is 0
	same "$(wc -l <out)" 5
	jq -es 'map(select(.type == "seccomp" and .count == 2)) == [{
		type: "seccomp", executable: "/usr/bin/uname", comm: "uname", pid: 11,
		syscall: "uname", nr: 63, arch: "x86_64", action: "SCMP_ACT_LOG", outcome: "logged",
		count: 2, first: "2001-09-09T01:46:40.000Z", last: "2001-09-09T01:47:40.000Z"}]' out
	jq -es 'map(select(.arch == "x86")) | length == 1 and .[0].nr == 122 and .[0].syscall == "uname" and .[0].action == "SCMP_ACT_KILL_THREAD"' out
	jq -es 'map(select(.type == "selinux"))[0] | .perms == "read" and .scontext == "a_t" and .tcontext == "b_t" and .tclass == "file" and .name == "/etc/shadow" and .verdict == "denied"' out
	jq -es 'map(select(.type == "apparmor"))[0] | .operation == "open" and .profile == "web" and .mask == "r" and .verdict == "DENIED"' out
}

@test "audit: several files, standard input, a pipe that comes in pieces" {
	some_log >a
	some_log | sed 's/pid=10 /pid=99 /' >b
	try "$SNUG" audit --json -e uname a b
	status_is 0
	jq -es 'map(.count) | add == 6' out
	try "$SNUG" audit --json -e uname - <a
	status_is 0
	jq -es 'map(.count) | add == 3' out
	try "$SNUG" audit --json -e uname <(head -c 100 a && sleep 0.2 && tail -c +101 a)
	status_is 0
	jq -es 'map(.count) | add == 3' out
}

@test "audit: each filter alone and together" {
	some_log >log
	total() { # total N OPTION...: the filter lets N events through
		try "$SNUG" audit --json "${@:2}" log
		status_is 0
		same "$(jq -s 'map(.count) | add // 0' out)" "$1"
	}
	total 6
	total 4 --type seccomp
	total 2 -t selinux,apparmor
	total 1 -t selinux -t seccomp --pid 14
	total 3 -e /usr/bin/uname
	total 3 -e 'una*'
	total 1 -e '/opt/*'
	total 0 -e opt
	total 2 --comm cat,nginx
	total 2 -p 10,11
	total 5 --since '2001-09-09 01:47:40'
	total 5 --since 2001-09-09T01:47:40Z
	total 5 --since @1000000060
	total 0 --since 10m
	total 0 --since today
	total 2 -e uname --since @1000000060
	total 5 --since "$("$SNUG" audit --json log 2>/dev/null | jq -rs 'map(.last) | sort | .[0]')"
}

@test "audit: nothing found is said, and is no failure" {
	echo "Nov 20 14:39:01 node1 sshd[1]: hello" >log
	try "$SNUG" audit log
	status_is 0
	is_empty out
	has err "nothing was refused or logged, as far as this log tells"
	try "$SNUG" audit /dev/null
	status_is 0
	is_empty out
}

@test "audit: usage" {
	some_log >log
	bad() { # bad TEXT OPTION...
		try "$SNUG" audit "${@:2}"
		status_is 2
		is_empty out
		has err "$1"
	}
	bad "--since: 'yesterday' is no time" --since yesterday log
	# seconds since 1970 without the @ are not taken for seconds ago
	bad "--since: '1000000060' is no time: 10m," --since 1000000060 log
	bad "--type: 'selinx' is none of seccomp, selinux, apparmor" -t selinx log
	bad "--pid: '12x' is no process id" -p 12x log
	bad "--pid: '-1' is no process id" --pid=-1 log
	bad "--source and FILEs exclude each other" -s kernel-log log
	bad "--source: 'x' is none of audit-log, netlink, kernel-log" -s x
	bad "it needs --follow" -s netlink
	bad "--container: a log does not tell containers" -c web log
	bad "unknown option" --frobnicate
}

@test "audit: files that cannot be read" {
	try "$SNUG" audit absent
	status_is 1
	has err "absent: No such file or directory"
	try "$SNUG" audit .
	status_is 1
	has err ".: is a directory"
	try "$SNUG" audit - <&-
	((status == 0 || status == 1))
}

@test "audit: where nothing can be read by default, it says what to do" {
	SNUG_TEST_DISABLE=audit-log,kmsg,audit-netlink,system-log try "$SNUG" audit
	status_is 1
	is_empty out
	has err "/var/log/audit/audit.log" "run it as root" "journalctl -o export | snug audit -"
	SNUG_TEST_DISABLE=kmsg try "$SNUG" audit -s kernel-log
	status_is 1
	has err "/dev/kmsg: switched off"
	SNUG_TEST_DISABLE=audit-netlink try "$SNUG" audit -f -s netlink
	status_is 1
	has err "audit netlink group: switched off"
}

@test "audit: auditd's log that may not be read is named, when another one is read or none" {
	need_root
	need_command setpriv
	need_command unshare
	cat >inside.sh <<-END
		set -e
		mount -t tmpfs tmpfs /var/log
		mkdir -m 700 /var/log/audit
		touch /var/log/audit/audit.log /var/log/audit/audit.log.1 /var/log/syslog
		export SNUG_TEST_DISABLE=\$1
		setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set -all --inh-caps -all "$SNUG" audit
	END
	unshare -m mount -t tmpfs tmpfs /var/log || skip "no mount namespaces here"
	chmod 711 .
	status=0
	unshare -m sh inside.sh kmsg,system-log >out 2>err || status=$?
	status_is 1
	has err "can read none of /var/log/audit/audit.log"
	has_not err "reading another log"
	unshare -m sh inside.sh kmsg >out 2>err
	has err "warning: audit: /var/log/audit/audit.log: Permission denied; reading another log" \
		"Reading /var/log/syslog"
}

@test "audit: what is damaged or too long is left out and counted" {
	{
		some_log
		echo "type=SECCOMP msg=audit(1.000:1): pid=1"
		echo "type=SECCOMP msg=audit("
		head -c 70000 /dev/zero | tr '\0' x
		echo
		line 1000000070 20 after /usr/bin/after 1
	} >log
	try "$SNUG" audit -t seccomp log
	status_is 0
	has out /usr/bin/after
	has err "log: 2 events are cut or garbled and not counted" \
		"log: 1 lines are too long to be records; left out"
}

@test "audit: hostile names are shown escaped, and JSON stays JSON" {
	# a line feed, an escape sequence, a quote, half a character
	printf 'type=SECCOMP msg=audit(1.000:1): pid=1 comm=610A1B5B33316D22 exe=2F61C30A arch=c000003e syscall=63 code=0x7ffc0000\n' >log
	# shellcheck disable=SC2016  # not for this shell
	printf 'type=SECCOMP msg=audit(1.000:1): pid=1 comm="$(touch pwned)`touch pwned`" exe="/;touch pwned" arch=c000003e syscall=63 code=0x7ffc0000\n' >>log
	printf 'type=AVC msg=audit(1.000:1): avc:  denied  { r\033[31m } for pid=1 comm="a\033[2J" scontext=a\007 tcontext=\x9b tclass=\xff\n' >>log
	try "$SNUG" audit log
	status_is 0
	if LC_ALL=C grep -q "[^[:print:]]" out; then
		cat -v out
		return 1
	fi
	has out '/a\xc3\x0a' '/;touch pwned' 'r\x1b[31m'
	[[ ! -e pwned ]]
	try "$SNUG" audit --json log
	status_is 0
	same "$(jq -s length out)" 3
	jq -es 'any(.[]; .executable == "/a\\xc3\\x0a")' out
}

@test "audit: a reader that goes away ends it without a word" {
	for i in {1..3000}; do line "$((1000000000 + i))" "$i" x "/x$i" 63; done >log
	status=0
	"$SNUG" audit log 2>err | head -n 1 >out || status=$?
	has err "Reading log"
	one_line err
	same "$(cat out)" EXECUTABLE
}

@test "audit --follow: only what is new, a line each, across rotation; ^C ends it" {
	some_log >log
	in_background "$SNUG" audit --follow log
	wait_until grep -q Following bg.err
	line 1000000100 21 new /usr/bin/new 63 >>log
	wait_until grep -q 'logged  uname' bg.out
	mv log log.1
	line 1000000101 22 new /usr/bin/new 1 >>log.1
	line 1000000102 23 new /usr/bin/new 2 >log
	wait_until grep -q 'logged  open' bg.out
	kill -INT "$pid"
	finish
	status_is 0
	cat >expected <<'END'
2001-09-09 01:48:20.000       21  /usr/bin/new  logged  uname
2001-09-09 01:48:21.000       22  /usr/bin/new  logged  write
2001-09-09 01:48:22.000       23  /usr/bin/new  logged  open
END
	diff expected bg.out
	one_line bg.err
}

@test "audit --follow --since: what is in the file already, too; a pipe to its end" {
	some_log >log
	in_background "$SNUG" audit --follow --json --since 2001-09-01 log
	wait_until test "$(wc -l <bg.out)" -ge 0
	wait_until grep -q nginx bg.out
	kill -TERM "$pid"
	finish
	status_is 0
	same "$(wc -l <bg.out)" 6
	jq -es 'all(.count == 1)' bg.out
	try "$SNUG" audit --follow --json - < <(some_log)
	status_is 0
	same "$(wc -l <out)" 6
}

@test "audit --follow: behind a symbolic link, across rotation where that points to" {
	mkdir real
	: >real/log
	ln -s real/log log
	in_background "$SNUG" audit --follow log
	wait_until grep -q Following bg.err
	sleep 0.2
	line 1000000100 21 new /usr/bin/new 63 >>real/log
	wait_until grep -q 'logged  uname' bg.out
	mv real/log real/log.1
	line 1000000101 22 new /usr/bin/new 1 >>real/log.1
	line 1000000102 23 new /usr/bin/new 2 >real/log
	wait_until grep -q 'logged  open' bg.out
	line 1000000103 24 new /usr/bin/new 3 >>real/log
	wait_until grep -q 'logged  close' bg.out
	kill -INT "$pid"
	finish
	status_is 0
	same "$(wc -l <bg.out)" 4
}

@test "audit --follow: a truncated log is told" {
	some_log >log
	in_background "$SNUG" audit --follow log
	wait_until grep -q Following bg.err
	: >log
	line 1000000100 21 new /usr/bin/new 63 >>log
	wait_until grep -q 'logged  uname' bg.out
	kill -INT "$pid"
	finish
	has bg.err "log: 1 times the log was truncated"
}

@test "audit: the journal's export, of which users' lines do not count" {
	{
		printf '__CURSOR=s=1\n__REALTIME_TIMESTAMP=1000000000000000\n_TRANSPORT=audit\n_AUDIT_TYPE=1326\n_AUDIT_ID=7\nMESSAGE=SECCOMP auid=1 uid=0 pid=10 comm="a" exe="/a" sig=0 arch=c000003e syscall=63 compat=0 ip=0x1 code=0x7ffc0000\n\n'
		printf '__CURSOR=s=2\n__REALTIME_TIMESTAMP=1000000000000000\n_TRANSPORT=syslog\n_UID=1000\nMESSAGE=audit: type=1326 audit(1.000:1): pid=10 comm="a" exe="/forged" arch=c000003e syscall=63\n\n'
	} | try "$SNUG" audit --json -
	status_is 0
	same "$(wc -l <out)" 1
	jq -e '.executable == "/a" and .syscall == "uname" and .first == "2001-09-09T01:46:40.000Z"' out
}

@test "audit: what the journal has twice, from audit and from the kernel's log, counts once" {
	entry() { # entry TRANSPORT SERIAL FORMAT-OF-MESSAGE
		printf '__CURSOR=s=%s%s\n__REALTIME_TIMESTAMP=1000000000500000\n_TRANSPORT=%s\n' "$1" "$2" "$1"
		if [[ $1 == audit ]]; then
			printf '_SOURCE_REALTIME_TIMESTAMP=1000000000500000\n_AUDIT_TYPE=1326\n_AUDIT_ID=%s\nMESSAGE=SECCOMP ' "$2"
		else
			printf 'MESSAGE=audit: type=1326 audit(1000000000.500:%s): ' "$2"
		fi
		printf 'auid=1 uid=0 pid=10 comm="a" exe="/a" sig=0 arch=c000003e syscall=63 compat=0 ip=0x1 code=0x7ffc0000\n\n'
	}
	{
		entry audit 7
		entry kernel 7
		entry kernel 8
		entry audit 8
		entry audit 9
		entry kernel 10
		printf '__CURSOR=s=9\n_TRANSPORT=kernel\nMESSAGE=audit: audit_lost=3 audit_rate_limit=0 audit_backlog_limit=64\n\n'
		printf '__CURSOR=s=9\n_TRANSPORT=syslog\n_UID=1000\nMESSAGE=audit: audit_lost=99 audit_rate_limit=0\n\n'
		printf '__CURSOR=s=9\n_TRANSPORT=driver\n_UID=0\nMESSAGE=Missed 20 kernel messages\n\n'
		printf '__CURSOR=s=9\n_TRANSPORT=syslog\n_UID=1000\nMESSAGE=Missed 99 kernel messages\n\n'
	} >log.export
	try "$SNUG" audit --json log.export
	status_is 0
	same "$(jq -c .count out)" 4
	has err "log.export: 23 records of all kinds were lost before they could be read"
}

@test "audit: what journalctl prints twice, from audit and from the kernel's log, counts once" {
	body() { # body PID
		echo "auid=1 uid=0 gid=0 ses=1 pid=$1 comm=\"a\" exe=\"/a\" sig=0 arch=c000003e syscall=63 compat=0 ip=0x1 code=0x7ffc0000"
	}
	printed() {
		echo "Nov 20 14:39:01 node1 kernel: audit: type=1326 audit(1000000000.500:$2): $(body "$1")"
	}
	audited() {
		echo "Nov 20 14:39:01 node1 audit[$1]: SECCOMP $(body "$1")"
	}
	{
		audited 10
		printed 10 1
		printed 11 2
		printed 11 3
		audited 11
		audited 11
		audited 11
		audited 12
		printed 13 4
		audited 10
	} >journal.txt
	try "$SNUG" audit --json journal.txt
	status_is 0
	# 10, 11, 11, 11, 12, 13, 10
	same "$(jq -c .count out)" 7
	# those of the kernel's log alone, and those of auditd's, are as many as there are lines
	{
		printed 10 1
		printed 10 2
		line 1000000000 10 a /a 63
		line 1000000000 10 a /a 63
	} >other.txt
	try "$SNUG" audit --json other.txt
	same "$(jq -c .count out)" 4
}

@test "audit: what the kernel says it lost is told; its count starts anew at each boot" {
	{
		some_log
		echo 'node kernel: [ 12.3] audit: audit_lost=5 audit_rate_limit=0 audit_backlog_limit=64'
		echo 'node kernel: [ 13.3] audit: audit_lost=55 audit_rate_limit=0 audit_backlog_limit=64'
		echo 'node kernel: [ 1.3] audit: audit_lost=2 audit_rate_limit=0 audit_backlog_limit=64'
		echo 'node kernel: [ 1.5] kauditd_printk_skb: 10 callbacks suppressed'
	} >log
	try "$SNUG" audit log
	status_is 0
	has err "log: 67 records of all kinds were lost before they could be read"
}

@test "audit: a file that is no log, but has one in it: what it is and how to read it, not \"nothing\"" {
	some_log >log
	foreign() { # foreign FILE TEXT...
		try "$SNUG" audit "$1"
		status_is 1
		is_empty out
		has err "audit: $1: is ${2}" "${@:3}"
		has_not err "nothing was refused"
	}
	gzip -c log >log.1.gz
	foreign log.1.gz "compressed by gzip: gzip -dc FILE gives what can be read"
	# one that is not read to its end is no log either
	head -c 8 log.1.gz >cut.gz
	foreign cut.gz "compressed by gzip"
	for tool in xz zstd bzip2; do
		need_command "$tool"
		"$tool" -c log >"log.$tool"
		foreign "log.$tool" "compressed by $tool: $tool -dc FILE"
	done
	printf 'LPKSHHRH\0\0\0\0\0\0\0\0\0\0\0\0' >system.journal
	foreign system.journal "a file of journald's own: journalctl --file FILE -o export"
	iconv -f UTF-8 -t UTF-16 log >utf16
	foreign utf16 "UTF-16: iconv"
	jq -Rc '{MESSAGE: ., _TRANSPORT: "kernel"}' log >journal.json
	foreign journal.json "JSON: journalctl -o export"
	try "$SNUG" audit log - <log.1.gz
	status_is 1
	has err "<stdin>: is compressed by gzip"
	# permissions of SELinux are no JSON, wherever a log begins
	printf '{ read } for  pid=14 comm="cat"\n' | cat - log >begins-late
	try "$SNUG" audit begins-late
	status_is 0
	has out "/usr/bin/uname"
}

@test "audit: what SELinux and AppArmor refused, by the executable in the record of the call" {
	avc() { # avc SERIAL COMM
		echo "type=AVC msg=audit(1000000000.000:$1): avc:  denied  { read } for  pid=1 comm=\"$2\" scontext=a tcontext=b tclass=file permissive=0"
	}
	armor() {
		echo "type=AVC msg=audit(1000000000.000:$1): apparmor=\"DENIED\" operation=\"open\" profile=\"p\" name=\"/x\" pid=1 comm=\"$2\" denied_mask=\"r\""
	}
	call() { # call SERIAL EXE
		echo "type=SYSCALL msg=audit(1000000000.000:$1): arch=c000003e syscall=257 success=no pid=1 comm=\"c\" exe=$2 key=(null)"
	}
	{
		avc 1 one
		avc 1 one
		call 1 '"/usr/bin/one"'
		echo "type=CWD msg=audit(1000000000.000:1): cwd=\"/\""
		avc 2 two
		call 3 '"/usr/bin/another"'
		armor 4 three
		echo "type=PROCTITLE msg=audit(1000000000.000:4): proctitle=00"
		call 4 2F7573722F62696E2F6120622F63
		avc 5 last
		call 5 '"/usr/bin/last"'
	} >log
	try "$SNUG" audit --json log
	status_is 0
	same "$(jq -r '"\(.comm) \(.executable) \(.count)"' out | LC_ALL=C sort)" "last /usr/bin/last 1
one /usr/bin/one 2
three /usr/bin/a b/c 1
two null 1"
	try "$SNUG" audit --json --exe one log
	same "$(jq -c .count out)" 2
	# wherever what is read at once ends, in pieces, and without an end of the last line
	"$SNUG" audit --json - < <(head -c 150 log && sleep 0.1 && tail -c +151 log) >out 2>err
	same "$(jq -s 'map(.count) | add' out)" 5
	# in a file that is larger than what is read at once, each has its own
	for i in {1..3000}; do
		avc "$i" x
		call "$i" "\"/usr/bin/x$((i % 7))\""
	done >log
	try "$SNUG" audit --json log
	same "$(jq -rs 'map("\(.executable) \(.count)") | sort | .[0,6]' out)" "/usr/bin/x0 428
/usr/bin/x6 428"
	same "$(jq -s 'map(.count) | add' out)" 3000
	avc 1 alone >log
	truncate -s -1 log
	try "$SNUG" audit --json log
	same "$(jq -r .comm out)" alone
	# who follows does not wait for it
	: >log
	in_background "$SNUG" audit --follow log
	wait_until grep -q Following bg.err
	sleep 0.2
	avc 1 alone >>log
	wait_until grep -q alone bg.out
	kill -INT "$pid"
	finish
}

@test "audit --follow: ends when nothing can be written any more" {
	some_log >log
	status=0
	timeout 20 "$SNUG" audit --follow --since 2001-09-01 log >/dev/full 2>err || status=$?
	status_is 1
	has err "standard output: cannot write"
}

@test "audit: --exe finds programs that the record does not name, while they run" {
	sleep 60 &
	now=$(date +%s)
	{
		echo "type=AVC msg=audit($((now + 1)).000:6): avc:  denied  { read } for  pid=$! comm=\"sl\" scontext=a tcontext=b tclass=file permissive=0"
		echo "type=AVC msg=audit($((now + 1)).000:7): avc:  denied  { read } for  pid=$$ comm=\"sl\" scontext=a tcontext=b tclass=file permissive=0"
	} >log
	try "$SNUG" audit --local --json --exe sleep log
	kill %1
	status_is 0
	same "$(jq -r '.executable | split("/") | last' out)" sleep
	try "$SNUG" audit --json --exe sleep log
	status_is 0
	is_empty out
}

@test "audit: what ausearch has put into words is told apart from what is garbled" {
	some_log >log
	echo 'type=SECCOMP msg=audit(11/20/26 14:39:01.115:549067) : auid=u uid=root pid=2529 comm=uname exe=/usr/bin/uname sig=SIG0 arch=x86_64 syscall=uname compat=0 ip=0x7f1d5180cb07 code=log' >>log
	try "$SNUG" audit --json -t seccomp log
	status_is 0
	same "$(jq -s 'map(.count) | add' out)" 4
	has err "log: 1 events are not counted" "'ausearch --raw' gives what can be read"
	has_not err garbled
}

@test "audit: --container tells of how many events it cannot be known" {
	sleep 60 &
	now=$(date +%s)
	{
		line $((now + 1)) $! sleep /usr/bin/sleep 63
		line $((now - 1000)) $! earlier /usr/bin/earlier 63
		line $((now + 1)) 4194304 gone /usr/bin/gone 63
		line $((now + 1)) 4194304 gone /usr/bin/gone 64
	} >log
	try "$SNUG" audit --local --container web log
	status_is 0
	is_empty out
	has err "audit: 3 events are left out: their processes have ended"
	has_not err "nothing was refused"
	try "$SNUG" audit --local --container web --comm sleep log
	kill %1
	has_not err "left out"
	has err "nothing was refused"
}
