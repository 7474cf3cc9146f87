/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/probe.h"

#include "base/err.h"
#include "base/mem.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* libbpf has one print hook for the process, so this state has to be one for the process too. */
static char first_warning[512];

static int on_libbpf_print(enum libbpf_print_level level, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

static int on_libbpf_print(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	/* the first warning is the cause, what follows are its consequences; the rlimit is none:
	 * since Linux 5.11, before what we need, BPF memory counts for the cgroup */
	if (level == LIBBPF_WARN && !first_warning[0] && !strstr(fmt, "RLIMIT_MEMLOCK")) {
		vsnprintf(first_warning, sizeof(first_warning), fmt, ap);
		first_warning[strcspn(first_warning, "\n")] = '\0';
	}
	return 0;
}

void snug_probe_quiet_libbpf(void)
{
	libbpf_set_print(on_libbpf_print);
	first_warning[0] = '\0';
}

bool snug_probe_is_disabled(const char *feature)
{
	const char *list = getenv("SNUG_TEST_DISABLE");
	size_t len = strlen(feature);

	while (list && *list) {
		size_t n = strcspn(list, ",");

		if (n == len && strncmp(list, feature, n) == 0)
			return true;
		list += n + (list[n] == ',');
	}
	return false;
}

bool snug_probe_is_host_pid_namespace(void)
{
	enum { PROC_PID_INIT_INO = 0xEFFFFFFC }; /* include/linux/proc_ns.h */
	struct stat st;

	return stat("/proc/self/ns/pid", &st) == 0 && st.st_ino == (ino_t)PROC_PID_INIT_INO;
}

uint64_t snug_probe_capabilities(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	if (syscall(SYS_capget, &head, data) < 0)
		return 0;
	return (uint64_t)data[1].effective << 32 | data[0].effective;
}

static bool has_cap(uint64_t caps, unsigned cap)
{
	return caps >> cap & 1;
}

bool snug_probe_may_use_bpf(void)
{
	uint64_t caps = snug_probe_capabilities();

	return has_cap(caps, CAP_SYS_ADMIN) ||
	       (has_cap(caps, CAP_BPF) && has_cap(caps, CAP_PERFMON));
}

int snug_probe_bpf_engine(const char *what, struct snug_err *err)
{
	union bpf_attr attr = { 0 };

	if (snug_probe_is_disabled("bpf"))
		return snug_err_set(err, -EOPNOTSUPP,
				    "%s needs BPF, which SNUG_TEST_DISABLE turns off", what);
	if (!snug_probe_may_use_bpf())
		return snug_err_set(err, -EPERM,
				    "%s needs root, or the capabilities CAP_BPF and CAP_PERFMON: "
				    "run it with sudo ('snug doctor' shows what this host offers)",
				    what);
	/* an attr that no command takes: EINVAL or EFAULT from a kernel that has bpf(2) */
	if (syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr)) < 0 &&
	    (errno == ENOSYS || errno == EPERM))
		return snug_err_set(err, -EOPNOTSUPP, "%s needs bpf(2), which %s", what,
				    errno == ENOSYS
					    ? "this kernel does not have (CONFIG_BPF_SYSCALL; "
					      "'snug doctor' shows what it has)"
					    : "is forbidden here: a container needs CAP_BPF and "
					      "CAP_PERFMON and a seccomp profile that allows bpf "
					      "('snug doctor' shows what is there)");
	if (access("/sys/kernel/btf/vmlinux", R_OK) < 0 || snug_probe_is_disabled("btf"))
		return snug_err_set(
			err, -EOPNOTSUPP,
			"%s needs the kernel's type information "
			"/sys/kernel/btf/vmlinux: boot a kernel built with "
			"CONFIG_DEBUG_INFO_BTF, as Debian's, Ubuntu's and Fedora's are; "
			"in a container, mount /sys ('snug doctor' shows what this host offers)",
			what);
	return 0;
}

int snug_probe_explain_bpf(int r, struct snug_err *err)
{
	const char *why = first_warning[0] ? first_warning : strerror(-r);

	if (r == -EPERM || r == -EACCES)
		return snug_err_set(err, r,
				    "the kernel refuses to load the BPF programs (%s): kernel "
				    "lockdown, a container's limits, or a kernel before 5.12 "
				    "('snug doctor' shows which)",
				    why);
	return snug_err_set(err, r, "cannot load the BPF programs: %s ('snug doctor' shows why)",
			    why);
}

static const struct {
	const char *name;
	enum bpf_prog_type prog;
	enum bpf_attach_type attach;
	const char *target;
} attach_types[_SNUG_ATTACH_MAX] = {
	[SNUG_ATTACH_RAW_TP] = { "raw_tp", BPF_PROG_TYPE_RAW_TRACEPOINT, 0, "sys_enter" },
	[SNUG_ATTACH_TP_BTF] = { "tp_btf", BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP, "sys_enter" },
	[SNUG_ATTACH_FENTRY] = { "fentry", BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY,
				 "security_file_open" },
	[SNUG_ATTACH_LSM] = { "lsm", BPF_PROG_TYPE_LSM, BPF_LSM_MAC, "file_open" },
};

const char *snug_attach_name(enum snug_attach a)
{
	return attach_types[a].name;
}

int snug_probe_attach(enum snug_attach a)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	const char *target = attach_types[a].target;
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = attach_types[a].attach);
	CLEANUP(closep) int prog = -EBADF;
	CLEANUP(closep) int link = -EBADF;
	int id;

	snug_probe_quiet_libbpf();
	if (a != SNUG_ATTACH_RAW_TP) {
		id = libbpf_find_vmlinux_btf_id(target, attach_types[a].attach);
		if (id < 0)
			return id;
		opts.attach_btf_id = (uint32_t)id;
		target = NULL;
	}
	prog = bpf_prog_load(attach_types[a].prog, "snug_probe", "Dual BSD/GPL", insns,
			     ARRAY_SIZE(insns), &opts);
	if (prog < 0)
		return -errno;
	link = bpf_raw_tracepoint_open(target, prog);
	return link < 0 ? -errno : 0;
}

int snug_probe_task_storage(void)
{
	int r;

	snug_probe_quiet_libbpf();
	r = libbpf_probe_bpf_map_type(BPF_MAP_TYPE_TASK_STORAGE, NULL);
	if (r < 0)
		return r;
	return r ? 0 : -EOPNOTSUPP;
}

const char *snug_probe_libbpf_version(void)
{
	const char *v = libbpf_version_string();

	return *v == 'v' ? v + 1 : v;
}
