/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What this host's kernel offers to the BPF engine, found by trying, not by version. */
#include <stdbool.h>
#include <stdint.h>

struct snug_err;

/* Sends libbpf's chatter to a small buffer, whose first warning snug_probe_explain_bpf() quotes. */
void snug_probe_quiet_libbpf(void);

/* Whether this process has the capabilities that loading our programs takes: CAP_BPF and
 * CAP_PERFMON, or CAP_SYS_ADMIN. */
bool snug_probe_may_use_bpf(void);

/* Checks what can be checked without loading anything: privileges, BTF, the bpf(2) call itself.
 * 0, or -EPERM / -EOPNOTSUPP with what is missing, for @what ("recording"), and the way out.  Takes
 * microseconds. */
int snug_probe_bpf_engine(const char *what, struct snug_err *err);

/* Turns the failure @r (negative errno) of loading or attaching into words; returns @r. */
int snug_probe_explain_bpf(int r, struct snug_err *err);

/* Whether SNUG_TEST_DISABLE, a comma-separated list, names @feature ("bpf", "btf", "sigsys").  It
 * can only take features away, so that tests reach the paths of lesser hosts. */
bool snug_probe_is_disabled(const char *feature);

/* Whether this process sees the processes of the whole host (pid_namespaces(7)). */
bool snug_probe_is_host_pid_namespace(void);

/* The effective capabilities of this process, one bit each (capabilities(7)). */
uint64_t snug_probe_capabilities(void);

enum snug_attach {
	SNUG_ATTACH_RAW_TP,
	SNUG_ATTACH_TP_BTF,
	SNUG_ATTACH_FENTRY,
	SNUG_ATTACH_LSM,
	_SNUG_ATTACH_MAX,
};

/* "raw_tp", ... */
const char *snug_attach_name(enum snug_attach a);
/* Loads and attaches an empty program.  0 or negative errno; slow (reads the kernel's BTF). */
int snug_probe_attach(enum snug_attach a);
/* Whether the kernel has the map type of task-local storage (Linux 5.11).  0 or negative errno. */
int snug_probe_task_storage(void);

/* "1.1.2", as linked; static memory. */
const char *snug_probe_libbpf_version(void);
