#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Profiles that distributions ship, read from where their packages put them; and systemd itself as a
# second reader of units.
# bats file_tags=beside

# shellcheck disable=SC2154  # cli.bash sets them
load ../lib/cli

containers_common=/usr/share/containers/seccomp.json
systemd=/lib/systemd/systemd

setup() {
	enter_work_dir
}

convert() {
	try "$SNUG" convert -q "$@"
}

need_file() {
	[[ -r $1 ]] || skip "$1 is not installed"
}

# the units of this machine that filter calls
filtering_units() {
	grep -rlE '^SystemCall(Filter|Architectures|Log)=.' /lib/systemd/system /usr/lib/systemd/user \
		--include='*.service' 2>/dev/null | sort
}

# one name a line, sorted, of the names with ACTION in OCI JSON
names_with() {
	jq -r --arg a "$2" '.syscalls[]? | select(.action == $a) | .names[]' "$1" | sort
}

# meaning FILE: entries without their order, an errno that is EPERM like one that is not there
meaning() {
	jq -S '.defaultErrnoRet //= 1 |
		.syscalls |= (. // [] | map({action, errnoRet: (.errnoRet // 1), names: (.names | sort)}) |
			sort_by(.action, .errnoRet))' "$1"
}

@test "real profiles: containers-common's says the same once it is resolved" {
	need_file "$containers_common"
	for arch in amd64 arm64 s390x ppc64le riscv64; do
		for caps in none container SYS_ADMIN,SYS_PTRACE,SYS_CHROOT all; do
			host=(--arch "$arch" --kernel 6.1 --caps "$caps")
			convert -f raw-seccomp "${host[@]}" -o plain.json docker-default
			status_is 0
			jq -e '[.syscalls[] | has("includes") or has("excludes") or has("errno")] | any | not' plain.json
			jq -e 'has("archMap") | not' plain.json
			convert -f bpf "${host[@]}" -o a.bpf docker-default
			status_is 0
			convert -f bpf "${host[@]}" -o b.bpf plain.json
			status_is 0
			cmp a.bpf b.bpf
		done
	done
	# capabilities are what differs
	convert -f raw-seccomp --arch amd64 --caps none -o less.json docker-default
	convert -f raw-seccomp --arch amd64 --caps all -o more.json docker-default
	allows_not less.json acct bpf chroot
	allows more.json acct bpf chroot
}

@test "real profiles: a SeccompProfile has no place for its ENOSYS, which is told" {
	need_file "$containers_common"
	jq -e '.defaultErrnoRet == 38' "$containers_common" || skip "this one has another default"
	convert -f seccomp docker-default
	status_is 1
	has err "docker-default: defaultErrnoRet: a SeccompProfile has no place for this"
	convert -f systemd docker-default
	status_is 1
	grep -qE "docker-default:[0-9]+:[0-9]+: syscalls\[[0-9]+\].*systemd has no conditions on arguments" err
}

@test "real profiles: each unit of this machine converts to OCI JSON and back" {
	units=$(filtering_units)
	[ -n "$units" ] || skip "no unit here filters calls: systemd is not installed"
	while read -r unit; do
		echo "# $unit"
		convert -f raw-seccomp --arch amd64 -o a.json "$unit"
		status_is 0
		# nothing in it is unknown
		grep -v "this filters calls too, and is not in the profile" err >unexpected || true
		is_empty unexpected
		convert -f systemd --arch amd64 -o back.service "$unit"
		status_is 0
		convert -f raw-seccomp --arch amd64 -o b.json back.service
		status_is 0
		is_empty err
		diff <(meaning a.json) <(meaning b.json)
		convert -f seccomp --arch amd64 -o a.yaml a.json
		status_is 0
		convert -f raw-seccomp --arch amd64 -o c.json a.yaml
		diff <(meaning a.json) <(meaning c.json)
	done <<<"$units"
}

@test "real profiles: the groups are those of systemd 252" {
	need_command systemd-analyze
	version=$(systemd-analyze --version | awk 'NR == 1 { print $2 }')
	((version == 252)) || skip "this systemd is $version"
	# the sets follow the architecture a little
	[ "$(uname -m)" = x86_64 ] || skip "data/systemd-groups.csv was made on amd64"
	systemd-analyze syscall-filter 2>/dev/null | awk '
		/^@/ { group = $1; next }
		/^#/ { exit }
		/^ *#/ { next }
		NF == 1 { print group "," $1 }' | sort >theirs
	grep -v '^#' "$repo/data/systemd-groups.csv" | sort >ours
	diff theirs ours
}

# listed FILE: what systemd's filter has once it has read the unit FILE; ~ in front of a list that
# denies
listed() {
	local as=()

	mkdir -p units home run
	chmod 755 . units
	cp "$1" units/t.service
	printf '[Unit]\nRequires=t.service\n' >units/default.target
	if ((EUID == 0)); then
		chown 65534 home run
		as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	fi
	timeout 30 "${as[@]}" env -i "HOME=$work/home" "XDG_RUNTIME_DIR=$work/run" \
		"SYSTEMD_UNIT_PATH=$work/units:" "$systemd" --user --test >dump 2>dump.err || true
	sed -n '/-> Unit t.service:/,/^-> Unit/p' dump |
		sed -n 's/^[[:space:]]*SystemCallFilter: //p' | tr ' ' '\n' | sort
}

need_systemd() {
	[[ -x $systemd ]] || skip "$systemd is not installed"
	((EUID != 0)) || need_command setpriv
	chmod 755 "$BATS_TEST_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_RUN_TMPDIR" 2>/dev/null || true
	printf '[Service]\nExecStart=/bin/true\nSystemCallFilter=~read\n' >probe.service
	[[ $(listed probe.service) == "~read" ]] ||
		skip "this systemd shows no filters with --test: $(tail -n 1 dump.err)"
}

@test "real profiles: systemd reads from our units exactly what the profile has" {
	need_systemd
	cp "$repo/tests/cases/convert/web.json" .
	convert -f systemd --arch amd64 -o web.service web.json
	sed -i '/^\[Service\]/a ExecStart=/bin/true' web.service
	{
		jq -r '.syscalls[0].names[]' web.json
		echo clone3:ENOSYS
		echo ptrace:kill
	} | sort >want
	diff want <(listed web.service)
	jq '.defaultAction = "SCMP_ACT_ALLOW" | del(.syscalls[0])' web.json >deny.json
	convert -f systemd --arch amd64 -o deny.service deny.json
	sed -i '/^\[Service\]/a ExecStart=/bin/true' deny.service
	# how the answer that all have is shown depends on the version
	same "$(listed deny.service | sed 's/^~//' | sort | paste -sd' ')" "clone3:ENOSYS ptrace"
	grep -q "~" <(listed deny.service)
}

@test "real profiles: from a unit that has everything, we read what systemd reads" {
	need_systemd
	cat >t.service <<-'X'
		[Service]
		ExecStart=/bin/true
		SystemCallFilter=@system-service @mount \
		# a comment in the middle
		   pivot_root \
		; and another
		   setns nosuchcall
		SystemCallFilter=~@resources @chown:EACCES \
		   brk
		SystemCallFilter=chown
		SystemCallFilter=~umount2:kill mount:13 getrandom
		[Install]
		SystemCallFilter=
		[Service]
		SystemCallErrorNumber=EPERM
	X
	listed t.service >theirs
	grep -q . theirs
	convert -f raw-seccomp --arch amd64 -o t.json t.service
	status_is 0
	has err "t.service:6: unknown syscall 'nosuchcall'" || has err "unknown syscall 'nosuchcall'"
	{
		names_with t.json SCMP_ACT_ALLOW
		names_with t.json SCMP_ACT_KILL_PROCESS | sed 's/$/:kill/'
		names_with t.json SCMP_ACT_ERRNO | sed 's/$/:EACCES/'
	} | sort >ours
	# names that are newer than libseccomp are ours alone
	comm -13 theirs ours >only_ours
	comm -23 theirs ours >only_theirs
	is_empty only_theirs
	(($(wc -l <only_ours) < 10))
	while read -r name; do
		echo "only ours: $name"
		# what it cannot name, systemd has left out with us looking on
		convert -f systemd --arch amd64 t.json
		grep -q "${name%%:*}.*its libseccomp does not know" err
	done <only_ours
}
