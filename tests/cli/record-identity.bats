#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# snug record under sudo: the command runs as the user who called.

# shellcheck disable=SC2154  # cli.bash sets them
load ../lib/cli

setup() {
	need_root
	need_recorder
	enter_work_dir
	# a user of this host that is not root and has a home folder of its own
	IFS=: read -r user _ uid gid _ home _ < <(awk -F: '$3 > 0 && $6 != "/" && $6 ~ "^/" { print; exit }' /etc/passwd)
	[[ -n ${home:-} ]] || skip "no user but root in /etc/passwd"
}

as_sudo() {
	env SUDO_UID="$uid" SUDO_GID="$gid" SUDO_USER="$user" SUDO_COMMAND=x HOME=/root USER=root LOGNAME=root "$@"
}

@test "the command has the user's ids, and no other groups" {
	try as_sudo "$SNUG" record -q -- id
	status_is 0
	same "$(cat out)" "$(setpriv --reuid "$uid" --regid "$gid" --clear-groups id)"
	try as_sudo "$SNUG" record -q -- grep -E '^(Uid|Gid|Groups|CapEff|CapPrm|CapAmb):' /proc/self/status
	has out "$(printf 'Uid:\t%s\t%s\t%s\t%s' "$uid" "$uid" "$uid" "$uid")" \
		"$(printf 'CapEff:\t0000000000000000')" "$(printf 'CapPrm:\t0000000000000000')"
}

@test "HOME and USER are the user's, sudo's variables are gone, the rest stays" {
	try as_sudo env KEEP=this "$SNUG" record -q -- env
	has out "HOME=$home" "USER=$user" KEEP=this
	has_not out SUDO_ HOME=/root USER=root
	same "$(grep -c '^HOME=' out)" 1
	same "$(grep -c '^USER=' out)" 1
}

@test "the profile is root's business: written where only root can write" {
	mkdir secret
	chmod 700 secret
	try as_sudo "$SNUG" record -q -n -o secret/p -- true
	status_is 0
	same "$(stat -c %u secret/p)" 0
	# dropping is not in the profile
	allows_not secret/p setresuid setresgid setgroups
}

@test "in a directory of the user's a new file is the user's, who can amend it" {
	mkdir mine
	chown "$uid:$gid" mine
	try as_sudo "$SNUG" record -q -n -t raw-seccomp -o mine/p.json --recording mine/rec -- true
	status_is 0
	same "$(stat -c '%u %g %a' mine/p.json mine/rec)" "$uid $gid 644
$uid $gid 644"
	# without sudo, and by relative names: the folders above are closed to that user
	cp "$SNUG" mine/snug
	cd mine
	setpriv --reuid "$uid" --regid "$gid" --clear-groups ./snug amend --yes -p p.json readlinkat
	allows p.json readlinkat
	same "$(stat -c %u p.json)" "$uid"
	try as_sudo "$SNUG" record -q -n -o here -- true
	same "$(stat -c %u here)" "$uid"
}

@test "nobody is given a file that was there, or one in a directory of somebody else's" {
	mkdir mine others
	touch mine/old
	ln -s ../others/new mine/link
	chown -h "$uid:$gid" mine mine/link
	for file in mine/old mine/link others/direct; do
		try as_sudo "$SNUG" record -q -n -o "$file" -- true
		status_is 0
	done
	same "$(stat -c %u mine/old others/new others/direct)" "0
0
0"
	# sudo's variables make no identity
	try env SUDO_UID=x SUDO_GID="$gid" SUDO_USER="$user" "$SNUG" record -q -n -o mine/odd -- true
	same "$(stat -c %u mine/odd)" 0
}

@test "--privileged: the command stays root" {
	try as_sudo "$SNUG" record -q --privileged -- sh -c 'id -u; echo $SUDO_USER $HOME'
	status_is 0
	same "$(cat out)" "0
$user /root"
	is_empty err
}

@test "without sudo nothing changes" {
	try env HOME=/x USER=y "$SNUG" record -q -- sh -c 'id -u; echo $HOME $USER'
	same "$(cat out)" "0
/x y"
}

@test "variables that make no identity: a warning, and the command runs as root" {
	for broken in SUDO_UID=abc SUDO_UID=-1 SUDO_UID=4294967295 SUDO_UID=99999999999 SUDO_UID= SUDO_GID=x \
		SUDO_USER= "SUDO_UID=+1"; do
		try as_sudo env "$broken" "$SNUG" record -q -- id -u
		status_is 0
		same "$(cat out)" 0
		one_line err
		has err "Failed to drop sudo privileges: "
	done
	try as_sudo env -u SUDO_GID "$SNUG" record -q -- id -u
	has err "Failed to drop sudo privileges: "
	same "$(cat out)" 0
}

@test "a user without an entry in passwd: no reason to stay root" {
	try as_sudo env SUDO_UID=3999999999 "$SNUG" record -q -- sh -c 'id -u; echo $HOME'
	status_is 0
	same "$(cat out)" "3999999999
/"
}

@test "a command that the user may not execute: 126, nothing written" {
	cp /bin/true mine
	chmod 700 mine
	try as_sudo "$SNUG" record -q -- ./mine
	status_is 126
	one_line err
	[ ! -e profile.yaml ]
	nothing_left
}
