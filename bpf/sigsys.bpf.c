// SPDX-License-Identifier: Dual BSD/GPL
/*
 * Tells which call seccomp killed or trapped a process for.  The kernel forces SIGSYS on it with
 * si_code SYS_SECCOMP; the number and the ABI are in the siginfo (kernel/seccomp.c,
 * kernel/signal.c force_sig_seccomp(); sigaction(2)).  Its layout is ABI, so no relocation is
 * needed, and a program that is never killed pays nothing: the tracepoint fires for signals only.
 *
 * Whose descendant the process is has to be asked here: when user space reads of it, it may be
 * gone.
 */
#include <linux/bpf.h>

#include "sigsys_info.h"
#include "snug_abi.h"
#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <stdbool.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 << 10);
} snug_sigsys_ring SEC(".maps");

/* Who watches: its descendants are watched.  The kernel's own number, which inside a PID namespace
 * only the kernel can tell. */
__u32 snug_own_tgid;

/* Run once by user space (BPF_PROG_TEST_RUN), never attached. */
SEC("raw_tp/sys_enter")
int snug_who_am_i(struct bpf_raw_tracepoint_args *ctx)
{
	snug_own_tgid = bpf_get_current_pid_tgid() >> 32;
	return 0;
}

/*
 * 1 when the current task's process is a child of its watcher, 2 when it is a descendant further
 * down, 0 when it is none.  Memory is read by helper and not through typed pointers, because for
 * each typed step of the loop the verifier searches all of the kernel's types: half a millisecond.
 */
static __always_inline __u32 kinship(void)
{
	enum { MAX_DEPTH = 64 };
	const struct task_struct *task = (const void *)bpf_get_current_task();

	for (__u32 i = 0; i < MAX_DEPTH; i++) {
		if (BPF_CORE_READ(task, tgid) <= 1)
			return 0;
		task = BPF_CORE_READ(task, real_parent);
		if ((__u32)BPF_CORE_READ(task, tgid) == snug_own_tgid)
			return i == 0 ? 1 : 2;
	}
	return 0;
}

SEC("raw_tp/signal_generate")
int snug_sigsys(struct bpf_raw_tracepoint_args *ctx)
{
	const void *siginfo = (const void *)ctx->args[1];
	struct sigsys_info info;
	struct snug_news *n;
	__u32 kin;
	__u64 id;

	/* 0 and 1 stand for SEND_SIG_NOINFO and SEND_SIG_PRIV (linux/sched/signal.h) */
	if ((int)ctx->args[0] != SIGSYS_NR || ctx->args[1] <= 1)
		return 0;
	if (bpf_probe_read_kernel(&info, sizeof(info), siginfo) || info.code != CODE_SYS_SECCOMP)
		return 0;
	kin = kinship();
	if (!kin)
		return 0;
	n = bpf_ringbuf_reserve(&snug_sigsys_ring, sizeof(*n), 0);
	if (!n)
		return 0;
	id = bpf_get_current_pid_tgid();
	n->type = SNUG_NEWS_SIGSYS;
	n->gen = kin;
	n->time_ns = bpf_ktime_get_ns();
	n->pid = (__u32)(id >> 32);
	n->tid = (__u32)id;
	n->abi = info.arch;
	n->nr = (__u32)info.syscall;
	bpf_get_current_comm(n->comm, sizeof(n->comm));
	bpf_ringbuf_submit(n, 0);
	return 0;
}
