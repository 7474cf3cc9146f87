#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Built here for arm64 (tools/cross-build); what needs no kernel of that machine runs by qemu-user.
# bats file_tags=slow,beside

# shellcheck disable=SC2154  # the libraries set them
load ../lib/cli
load ../lib/packages

need_cross() {
	[[ $(uname -m) == x86_64 ]] || skip "the cross compiler runs on amd64"
	need_command qemu-aarch64-static mmdebstrap meson
	mkdir -p "$packages"
	"$repo/tools/cross-build" "$packages/cross" >"$packages/cross.log" 2>&1 </dev/null || {
		! grep '^debian-root:' "$packages/cross.log" || skip "what the build needs cannot be had from apt"
		tail -n 30 "$packages/cross.log" >&2
		return 1
	}
}

setup_file() {
	file_needs need_cross || [[ -e $BATS_FILE_TMPDIR/unready ]]
}

# the kernel, and a busybox to go with it
make_kernel() {
	"$repo/tools/debian-root" "$1" --mode=root --variant=extract --architectures=arm64 \
		--include=linux-image-cloud-arm64,busybox-static \
		--aptopt='APT::Install-Recommends "false"'
}

setup() {
	skip_with_file
	enter_work_dir
	cross=$packages/cross
}

arm() {
	"$cross/run" "$cross/snug" "$@"
}

@test "a static program for arm64, with the BPF programs in both forms" {
	readelf -hW "$cross/snug" | grep -q 'Machine: *AArch64'
	! readelf -lW "$cross/snug" | grep -q INTERP || return 1
	for name in recorder sigsys; do
		# in the form that loads itself, and as an object for libbpf
		[[ -s $cross/arm64/bpf/$name.lskel.h && -s $cross/arm64/bpf/$name.skel.h ]]
		readelf -hW "$cross/arm64/bpf/$name.bpf.o" | grep -q 'Machine: *Linux BPF'
	done
	# it looks for the compat ABI where arm64 has it: thread_info.flags, and not x86's status
	grep -q '__TARGET_ARCH_arm64' "$cross/arm64/build.ninja"
	bpftool btf dump file "$cross/arm64/bpf/recorder.bpf.o" format c >types.h
	grep -A3 '^struct thread_info {' types.h | grep -q 'flags;'
	same "$(arm version --json | jq -r '.platform, .linkage' | xargs)" "linux/aarch64 static"
}

# Left out: what asks the kernel for what qemu-user does not hand on (filters, their listeners, terminals,
# processes looked at through /proc); cases that are written down for x86-64; comparisons with random
# input that take minutes here and nothing of which depends on the machine.
@test "the unit tests pass, by qemu-user" {
	local left_out=(base-child notify-ask notify-listener seccomp-load seccomp-watch cmd-say audit-enrich
		audit-record seccomp-call-args
		convert-roundtrip report-page seccomp-argset-laws seccomp-diff seccomp-lint seccomp-merge
		seccomp-runc-way)
	local tests

	mapfile -t tests < <(meson test -C "$cross/arm64" --list 2>/dev/null | sed -n 's/.* \/ //p' |
		grep -vxF "$(printf '%s\n' "${left_out[@]}")")
	((${#tests[@]} > 50))
	meson test -C "$cross/arm64" --no-rebuild --timeout-multiplier 10 "${tests[@]}" >log 2>&1 || {
		tail -n 40 log
		return 1
	}
}

@test "the verbs that need no BPF answer as they do here" {
	cat >arm.json <<-'END'
		{ "defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"],
		  "syscalls": [
		    { "names": ["read", "write", "openat", "mmap", "mmap2"], "action": "SCMP_ACT_ALLOW" },
		    { "names": ["socket"], "action": "SCMP_ACT_ALLOW",
		      "args": [{ "index": 0, "value": 1, "op": "SCMP_CMP_EQ" }] } ] }
	END
	sed 's/"read", //' arm.json >less.json
	for verb in "show --arch aarch64 arm.json socket(AF_UNIX)" \
		"show --arch aarch64 arm.json" "lint --arch aarch64 arm.json" \
		"diff --arch aarch64 less.json arm.json" \
		"merge -q --arch aarch64 -t raw-seccomp -o - less.json arm.json" \
		"convert -q -f crd arm.json" "convert -q --arch aarch64 -f pfc arm.json" \
		"completion bash" "--help"; do
		# shellcheck disable=SC2086  # words
		try "$SNUG" $verb
		here=$status
		mv out here.out
		mv err here.err
		# shellcheck disable=SC2086
		try arm $verb
		status_is "$here"
		diff here.out out
		# times are in front of warnings
		diff <(sed 's/^[0-9:.]* //' here.err) <(sed 's/^[0-9:.]* //' err)
	done
	arm show arm.json 'socket(AF_INET)' | grep -q 'on aarch64, arm:'
	# arm's numbers: the filter of this machine is one for arm64
	arm convert -q -f pfc arm.json >filter.txt
	has filter.txt aarch64
	for file in "$repo"/tests/cases/profiles/valid/*.json; do
		arm show "$file" >out 2>err || {
			cat err
			return 1
		}
	done
}

# Debian's kernel for arm64, unpacked and never installed, and a file system in memory.
@test "on a kernel for arm64: recorded, run, explained; arm64's calls and arm's told apart" {
	local guest=$packages/arm64-guest command

	need_command qemu-system-aarch64 busybox clang ld.lld
	made_once arm64-kernel make_kernel || skip "the kernel cannot be had from apt"
	rm -rf "$guest"
	mkdir -p "$guest"/{bin,proc,sys,dev,tmp}
	cp "$packages/arm64-kernel/bin/busybox" "$cross/snug" "$guest/bin/"
	for command in sh ls cat cp diff grep mkdir mount poweroff printf sed sort; do
		ln -s busybox "$guest/bin/$command"
	done
	clang --target=armv7-linux-gnueabi -O2 -ffreestanding -nostdlib -static -fuse-ld=lld \
		"$repo/tests/packages/arm64/arm32.c" -o "$guest/bin/arm32"
	cp "$repo/tests/packages/arm64/init" "$guest/init"
	(cd "$guest" && find . | busybox cpio -o -H newc 2>/dev/null) | gzip -1 >initrd
	timeout -k 5 1000 qemu-system-aarch64 -M virt -cpu cortex-a72 -accel tcg -m 1024 -smp 1 \
		-display none -serial stdio -no-reboot -kernel "$packages"/arm64-kernel/boot/vmlinuz-* \
		-initrd initrd -append "console=ttyAMA0 quiet loglevel=1 panic=-1" \
		</dev/null 2>&1 | tr -d '\r' >console || true
	sed -n 's/^@@ //p' console >verdicts
	! grep '^not ok' verdicts || return 1
	same "$(grep -c '^ok' verdicts)" 8 || {
		tail -n 30 console
		return 1
	}
}
