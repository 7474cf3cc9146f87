# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A clean Debian root with the packages of this tree in it, in namespaces of its own: what runs there
# is alone with its processes and has a loopback device and no other.  Sourced after cli.bash.
# shellcheck disable=SC2154  # cli.bash sets them

# shellcheck source=tests/lib/packages.bash
source "$repo/tests/lib/packages.bash"

# need_clean_root: by file_needs()
need_clean_root() {
	need_root
	need_command mmdebstrap dpkg-buildpackage unshare nsenter ip
	# shellcheck disable=SC2016  # for apt-get
	[[ -n $(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null) ]] ||
		skip "apt knows no packages (apt-get update)"
	made_once root.tar make_root || skip "a clean root cannot be had from apt"
}

make_root() {
	"$repo/tools/debian-root" "$1" --mode=root --variant=minbase --format=tar
}

# start_clean_root DIR: in setup_file(), behind need_clean_root(); sets `root` and `holder`
start_clean_root() {
	made_once debs make_debs
	export root=$1
	mkdir -p "$root"
	tar -C "$root" -xf "$packages/root.tar"
	cp "$packages"/debs/snug*.deb "$root/root/"
	cp --remove-destination /etc/resolv.conf "$root/etc/resolv.conf"
	# no service is started by its being installed
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod +x "$root/usr/sbin/policy-rc.d"
	# The first process is a shell, because that takes the orphans.  It has the root for its own, not
	# by chroot, under which runtimes cannot mount.
	# shellcheck disable=SC2016  # for the inner shell
	unshare -m -n -p -f --propagation private bash -ec '
		ip link set lo up
		mount --bind "$1" "$1"
		cd "$1"
		mount -t proc proc proc
		mount --rbind /sys sys
		mount -t tmpfs tmpfs run
		mount -t tmpfs tmpfs tmp
		mkdir -p dev/shm
		mount -t tmpfs tmpfs dev/shm
		pivot_root . mnt
		exec bash -c "umount -l /mnt && : >/tmp/ready; while :; do sleep 3600 & wait \$!; done"' \
		- "$root" >"$root.log" 2>&1 </dev/null 3>&- &
	export unshare_pid=$!
	wait_until pgrep -P "$unshare_pid"
	holder=$(pgrep -P "$unshare_pid")
	export holder
	wait_until in_root test -e /tmp/ready || {
		cat "$root.log" >&2
		return 1
	}
}

# stop_clean_root: in teardown_file(); ends whatever still runs there
stop_clean_root() {
	[[ -z ${holder:-} ]] || kill -KILL "$holder" || true
	[[ -z ${unshare_pid:-} ]] || wait "$unshare_pid" || true
	[[ -z ${root:-} ]] || rm -rf --one-file-system "$root"
}

# enter NAMESPACES COMMAND...: in the root, in a clean environment
enter() {
	local namespaces=$1
	shift
	# shellcheck disable=SC2086  # several options
	nsenter -t "$holder" $namespaces env -i HOME=/root LC_ALL=C.UTF-8 TERM=dumb \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		DEBIAN_FRONTEND=noninteractive "$@"
}

# in_root COMMAND...
in_root() {
	enter "-m -n -p" "$@"
}

# root_installs PACKAGE...: by apt, in /root; a pattern is the root's shell's
root_installs() {
	enter "-m -p" sh -ec "cd /root; apt-get -qq update; apt-get -qq -y --no-install-recommends install $*" \
		>"$root.apt.log" 2>&1 </dev/null || {
		tail -n 30 "$root.apt.log" >&2
		return 1
	}
}

# curl_root ARGS...: this machine's curl, at the root's loopback device
curl_root() {
	nsenter -t "$holder" -n curl -sS "$@"
}
