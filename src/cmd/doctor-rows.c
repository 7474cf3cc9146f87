/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/doctor-rows.h"

#include "base/child.h"
#include "base/err.h"
#include "base/fdio.h"
#include "base/str.h"
#include "cmd/kernel-log.h"
#include "record/session.h"
#include "trace/denials.h"
#include "trace/probe.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

static void add(struct doctor_rows *rows, const char *group, const char *name,
		enum doctor_state state, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

static void add(struct doctor_rows *rows, const char *group, const char *name,
		enum doctor_state state, const char *fmt, ...)
{
	struct doctor_row *row = VEC_PUSH(&rows->rows);
	va_list ap;

	row->group = group;
	row->name = name;
	row->state = state;
	va_start(ap, fmt);
	if (vasprintf(&row->detail, fmt, ap) < 0)
		row->detail = xstrdup("");
	va_end(ap);
}

void doctor_rows_done(struct doctor_rows *rows)
{
	VEC_FOREACH (row, &rows->rows)
		free(row->detail);
	VEC_DONE(&rows->rows);
}

/* The first line of a small file, or NULL. */
static char *first_line(const char *path)
{
	enum { MAX = 4096 };
	char *text;
	size_t len;

	if (snug_read_file(path, MAX, &text, &len, NULL) < 0)
		return NULL;
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static void collect_kernel(struct doctor_rows *rows)
{
	struct utsname uts;

	if (uname(&uts) == 0)
		add(rows, "kernel", "release", DOCTOR_INFO, "%s %s", uts.release, uts.machine);
	if (access("/sys/kernel/btf/vmlinux", R_OK) == 0)
		add(rows, "kernel", "BTF", DOCTOR_YES, "/sys/kernel/btf/vmlinux");
	else
		add(rows, "kernel", "BTF", DOCTOR_NO,
		    "no /sys/kernel/btf/vmlinux: needs a kernel with CONFIG_DEBUG_INFO_BTF, and "
		    "/sys mounted");
}

static void collect_privileges(struct doctor_rows *rows)
{
	static const struct {
		const char *name;
		unsigned bit;
	} caps[] = {
		{ "CAP_SYS_ADMIN", CAP_SYS_ADMIN },
		{ "CAP_BPF", CAP_BPF },
		{ "CAP_PERFMON", CAP_PERFMON },
	};
	uint64_t have = snug_probe_capabilities();

	add(rows, "privileges", "uid", DOCTOR_INFO, "%u", geteuid());
	for (size_t i = 0; i < ARRAY_SIZE(caps); i++) {
		bool yes = have >> caps[i].bit & 1;

		add(rows, "privileges", caps[i].name, yes ? DOCTOR_YES : DOCTOR_NO, "%s",
		    yes ? "" : "not held: use sudo, or grant it");
	}
}

static void collect_bpf(struct doctor_rows *rows)
{
	static const char *const uses[_SNUG_ATTACH_MAX] = {
		[SNUG_ATTACH_RAW_TP] = "used: which call a program was killed for",
		[SNUG_ATTACH_TP_BTF] = "used: recording",
		[SNUG_ATTACH_FENTRY] = "not used",
		[SNUG_ATTACH_LSM] = "not used",
	};
	int r = snug_probe_task_storage();

	add(rows, "bpf", "task storage", r == 0 ? DOCTOR_YES : DOCTOR_NO, "%s",
	    r == 0 ? "used: recording" : "recording needs it: Linux 5.12, and CAP_BPF");
	for (int a = 0; a < _SNUG_ATTACH_MAX; a++) {
		r = snug_probe_attach((enum snug_attach)a);
		if (r == 0)
			add(rows, "bpf", snug_attach_name((enum snug_attach)a), DOCTOR_YES, "%s",
			    uses[a]);
		else
			add(rows, "bpf", snug_attach_name((enum snug_attach)a), DOCTOR_NO, "%s; %s",
			    strerror(-r), uses[a]);
	}
}

static void collect_seccomp(struct doctor_rows *rows)
{
	static const struct {
		const char *name, *since;
		unsigned flag;
	} flags[] = {
		{ "TSYNC", "3.17", SECCOMP_FILTER_FLAG_TSYNC },
		{ "LOG", "4.14", SECCOMP_FILTER_FLAG_LOG },
		{ "SPEC_ALLOW", "4.17", SECCOMP_FILTER_FLAG_SPEC_ALLOW },
		{ "WAIT_KILLABLE_RECV", "5.19",
		  SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV | SECCOMP_FILTER_FLAG_NEW_LISTENER },
	};
	CLEANUP(freep) char *actions = first_line("/proc/sys/kernel/seccomp/actions_avail");
	struct seccomp_notif_sizes sizes;
	bool yes;

	add(rows, "seccomp", "actions", actions ? DOCTOR_YES : DOCTOR_NO, "%s",
	    actions ? actions
		    : "no /proc/sys/kernel/seccomp: a kernel without CONFIG_SECCOMP_FILTER");
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		/* without a program: EFAULT from a kernel that knows the flag (seccomp(2)) */
		yes = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags[i].flag, NULL) < 0 &&
		      errno == EFAULT;
		add(rows, "seccomp", flags[i].name, yes ? DOCTOR_YES : DOCTOR_NO, "flag%s%s",
		    yes ? "" : ": needs Linux ", yes ? "" : flags[i].since);
	}
	yes = syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) == 0;
	add(rows, "seccomp", "user notification", yes ? DOCTOR_YES : DOCTOR_NO, "%s",
	    yes ? "" : "needs Linux 5.0");
}

static void collect_audit(struct doctor_rows *rows)
{
	CLEANUP(closep) int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);
	CLEANUP(freep) char *lsms = first_line("/sys/kernel/security/lsm");

	if (fd >= 0)
		add(rows, "audit", "kernel", DOCTOR_YES, "%s",
		    access("/run/auditd.pid", F_OK) == 0 ? "auditd runs" : "auditd does not run");
	else
		add(rows, "audit", "kernel", DOCTOR_NO, "%s: no audit socket", strerror(errno));
	if (lsms)
		add(rows, "lsm", "active", DOCTOR_INFO, "%s", lsms);
	else
		add(rows, "lsm", "active", DOCTOR_INFO,
		    "unknown: /sys/kernel/security is not mounted");
}

static void collect_cgroup(struct doctor_rows *rows)
{
	struct statfs fs;

	if (statfs("/sys/fs/cgroup", &fs) < 0)
		add(rows, "cgroup", "version", DOCTOR_NO, "/sys/fs/cgroup is not there");
	else if (fs.f_type == CGROUP2_SUPER_MAGIC)
		add(rows, "cgroup", "version", DOCTOR_INFO, "2");
	else if (access("/sys/fs/cgroup/unified/cgroup.procs", F_OK) == 0)
		add(rows, "cgroup", "version", DOCTOR_INFO, "1 and 2 (hybrid)");
	else
		add(rows, "cgroup", "version", DOCTOR_INFO, "1");
}

static void collect_runtimes(struct doctor_rows *rows)
{
	static const char *const names[] = { "runc",   "crun",       "youki",   "podman",
					     "docker", "containerd", "nerdctl", "crio" };
	CLEANUP(snug_str_done) struct snug_str found = SNUG_STR_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP(freep) char *path = NULL;

		if (snug_path_find(names[i], &path) == 0)
			snug_str_addf(&found, "%s%s", found.len ? " " : "", names[i]);
	}
	add(rows, "containers", "runtimes", DOCTOR_INFO, "%s",
	    found.len ? snug_str_text(&found) : "none found in PATH");
}

static void collect_death_verdict(struct doctor_rows *rows)
{
	CLEANUP(closep) int log = kernel_log_open();

	if (snug_probe_attach(SNUG_ATTACH_RAW_TP) == 0)
		add(rows, "snug", "tell a killed call", DOCTOR_YES, "with BPF (raw_tp)");
	else if (log >= 0)
		add(rows, "snug", "tell a killed call", DOCTOR_YES,
		    "from the kernel's log, unless auditd takes its records");
	else
		add(rows, "snug", "tell a killed call", DOCTOR_NO,
		    "needs root, or a readable kernel log (sysctl kernel.dmesg_restrict=0): else "
		    "'snug run' cannot say which call a program was killed for");
}

static void collect_denials_verdict(struct doctor_rows *rows, bool can_record)
{
	CLEANUP(snug_denials_freep) struct snug_denials *denials = NULL;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	if (!can_record)
		add(rows, "snug", "watch denials", DOCTOR_NO,
		    "needs what recording needs; 'snug run --explain' does not, and 'snug audit' "
		    "reads what the kernel logs");
	else if (snug_denials_open(&denials, &err) < 0)
		add(rows, "snug", "watch denials", DOCTOR_NO, "%s", snug_err_msg(&err));
	else
		add(rows, "snug", "watch denials", DOCTOR_YES, "with BPF (tp_btf), without audit");
}

/* What snug will do with all that. */
static void collect_verdict(struct doctor_rows *rows)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(snug_err_done) struct snug_err no_notify = SNUG_ERR_INIT;
	bool can_filter = access("/proc/sys/kernel/seccomp/actions_avail", F_OK) == 0;
	bool can_record = false;

	if (snug_probe_bpf_engine("recording", &err) < 0)
		add(rows, "snug", "record", DOCTOR_NO, "%s", snug_err_msg(&err));
	else if (snug_probe_attach(SNUG_ATTACH_TP_BTF) < 0)
		add(rows, "snug", "record", DOCTOR_NO,
		    "the kernel refuses tp_btf programs (see the rows 'bpf')");
	else
		can_record = true;
	if (can_record)
		add(rows, "snug", "record", DOCTOR_YES, "with the BPF engine (tp_btf)");
	collect_denials_verdict(rows, can_record);
	if (snug_session_probe_notify(&no_notify) < 0)
		add(rows, "snug", "record a command", DOCTOR_NO, "without privileges: %s",
		    snug_err_msg(&no_notify));
	else
		add(rows, "snug", "record a command", DOCTOR_YES,
		    "without privileges, with the engine notify");
	add(rows, "snug", "run", can_filter ? DOCTOR_YES : DOCTOR_NO, "%s",
	    can_filter ? "with a seccomp filter" : "the kernel has no seccomp filters");
	collect_death_verdict(rows);
}

void doctor_collect(struct doctor_rows *rows)
{
	collect_kernel(rows);
	collect_privileges(rows);
	collect_bpf(rows);
	collect_seccomp(rows);
	collect_audit(rows);
	collect_cgroup(rows);
	collect_runtimes(rows);
	collect_verdict(rows);
}
