#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# slow
# beside
#
# The static snug on another kernel: Debian's 6.1 in a QEMU guest (no KVM, about 4 s to boot).
# Prints TAP: what guest/tests prints in there.  Skipped, with the reason, where QEMU or the
# kernel package can't be had.
#
# The kernel is the packaged cloud kernel, unpacked and never installed: NVMe, ext4 and BTF are
# built in, so it needs no initramfs and no modules.  The root file system is made of this machine's
# own programs (guest/make-root).  QEMU ends with status 0 even when the guest panics, so that only
# the lines that the guest prints count.
#
# By hand: SNUG_PROGRAMS=build/tests/programs tests/e2e/guest.sh.  build-guest/ keeps the kernel,
# the image and the console log.
set -euo pipefail
source_root=$(cd "$(dirname "$0")/../.." && pwd)
programs=${SNUG_PROGRAMS:-$source_root/build/tests/programs}
work=$source_root/build-guest
limit=${SNUG_GUEST_LIMIT:-1000} # seconds until a guest counts as hung

skip() {
	echo "1..0 # SKIP $*"
	exit 0
}

fail() {
	echo "1..1"
	echo "not ok 1 - $1"
	[[ ! -e ${2:-} ]] || tail -n 30 "$2" | sed 's/^/# /'
	exit 1
}

# Leaves the kernel in $work/vmlinuz.  Its package is asked for by the name of the metapackage, so
# that the newest build of the release is taken.
get_kernel() {
	local package
	[[ -e $work/vmlinuz ]] && return 0
	package=$(apt-cache depends linux-image-cloud-amd64 2>/dev/null |
		awk '/Depends: linux-image/ { print $2; exit }')
	[[ -n $package ]] || skip "apt knows no linux-image-cloud-amd64 (needs Debian's package lists)"
	(
		cd "$work"
		rm -rf -- *.deb kernel
		apt-get download "$package" >download.log 2>&1 &&
			dpkg -x "$package"_*.deb kernel >>download.log 2>&1
	) || skip "$package cannot be downloaded: $(tail -n 1 "$work/download.log")"
	cp "$work"/kernel/boot/vmlinuz-* "$work/vmlinuz.new"
	mv "$work/vmlinuz.new" "$work/vmlinuz"
	rm -rf "$work"/*.deb "$work/kernel"
}

[[ $(uname -m) == x86_64 ]] || skip "the guest is x86-64 and runs the programs of this machine"
for tool in qemu-system-x86_64 mke2fs busybox apt-get dpkg strace; do
	PATH=$PATH:/usr/sbin:/sbin command -v "$tool" >/dev/null ||
		skip "$tool is not installed (tools/install-deps test)"
done
PATH=$PATH:/usr/sbin:/sbin
mkdir -p "$work"
get_kernel

"$source_root/tools/build-static" "$source_root/build-static" >"$work/static.log" 2>&1 ||
	fail "the static snug is built" "$work/static.log"

# What runs in the guest.  Programs of the project are named by their path and found in /test.
# shellcheck source=tests/e2e/guest/programs
source "$source_root/tests/e2e/guest/programs"
root=$work/root
{
	"$source_root/tests/e2e/guest/make-root" "$root" "${guest_tools[@]}" "${guest_files[@]}" \
		"${guest_programs[@]/#/$programs/}" &&
		install -d "$root/test/lib" "$root/test/programs" &&
		install "$source_root/tests/e2e/guest/tests" "$root/test/" &&
		install "$source_root/tests/e2e/guest/programs" "$root/test/cases" &&
		install "$source_root"/tests/lib/{arguments,oracle,programs}* "$root/test/lib/" &&
		install -d "$root/test/data" &&
		install -m 644 "$source_root"/data/{call-arguments,argument-filters}.csv "$root/test/data/" &&
		install "${guest_programs[@]/#/$programs/}" "$root/test/programs/" &&
		install "$source_root/build-static/snug" "$root/usr/bin/snug" &&
		install "$source_root/tests/e2e/guest/init" "$root/usr/sbin/guest-init" &&
		rm -f "$work/disk" &&
		mke2fs -q -t ext4 -O ^has_journal -d "$root" "$work/disk" \
			$(($(du -sm "$root" | cut -f 1) * 3 / 2 + 64))M
} >"$work/root.log" 2>&1 || fail "the root file system is made" "$work/root.log"

# One CPU and no cx16: QEMU 7.2 emulates both wrongly for some newer kernels.  TCG always: that a
# /dev/kvm is there does not mean that it can run this kernel.
start=$SECONDS
timeout -k 5 "$limit" qemu-system-x86_64 -accel tcg -cpu max,-cx16 -smp 1 -m 1024 -M q35 \
	-nodefaults -no-user-config -display none -no-reboot -serial stdio \
	-drive if=none,id=disk,file="$work/disk",format=raw,snapshot=on -device nvme,drive=disk,serial=1 \
	-kernel "$work/vmlinuz" \
	-append "console=ttyS0 root=/dev/nvme0n1 rootfstype=ext4 rw init=/sbin/guest-init panic=-1 \
quiet loglevel=1 mitigations=off tsc=reliable no_timer_check" \
	</dev/null 2>&1 | tr -d '\r' >"$work/console" || true

sed -n 's/^@@ //p' "$work/console" >"$work/tap"
grep -q '^1\.\.[1-9]' "$work/tap" ||
	fail "the guest boots and runs its tests (after $((SECONDS - start)) s)" "$work/console"
cat "$work/tap"
