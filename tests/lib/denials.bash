# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What tests/programs/denials does, for tests that watch it being refused or logged.

# The 32 calls, as "ABI NAME", sorted.
denials() {
	{
		printf 'x86_64 %s\n' getsid getpgid sched_getparam sched_getscheduler capget sysinfo times \
			ustat dup3 pipe2 eventfd2 inotify_init1 splice tee vmsplice sync_file_range \
			fallocate fadvise64 readahead timerfd_create signalfd4 memfd_create epoll_create1 \
			getpeername getsockname listen shutdown flock
		printf 'x86 %s\n' getuid32 getgid32 geteuid32 getegid32
	} | LC_ALL=C sort
}

# denials_profile ACTION [ERRNO]: an OCI profile that answers them so and allows the rest
denials_profile() {
	denials | jq -Rs --arg action "$1" --argjson errno "${2:-null}" '{
		defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
		syscalls: [{names: split("\n") | map(select(. != "") | split(" ")[1]) | unique,
			action: $action} + if $errno == null then {} else {errnoRet: $errno} end]}'
}
