/* SPDX-License-Identifier: Apache-2.0 */
#include "runc-filter.h"

#include "base/fdio.h"
#include "base/limits.h"
#include "base/mem.h"
#include "seccomp/argset.h"
#include "seccomp/ret.h"
#include "seccomp/rules.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <seccomp.h>

enum {
	API_LEVEL = 5, /* every action, whatever kernel this is */
};

uint32_t ret_of(const struct snug_seccomp_entry *e)
{
	uint32_t ret;

	assert_int_equal(snug_action_ret(e->action, &e->errno_ret, e->errno_name, &ret), 0);
	return ret;
}

static struct scmp_arg_cmp comparison(const struct snug_seccomp_arg *arg)
{
	static const enum scmp_compare ops[] = {
		[SNUG_CMP_NE] = SCMP_CMP_NE,
		[SNUG_CMP_LT] = SCMP_CMP_LT,
		[SNUG_CMP_LE] = SCMP_CMP_LE,
		[SNUG_CMP_EQ] = SCMP_CMP_EQ,
		[SNUG_CMP_GE] = SCMP_CMP_GE,
		[SNUG_CMP_GT] = SCMP_CMP_GT,
		[SNUG_CMP_MASKED_EQ] = SCMP_CMP_MASKED_EQ,
	};

	return (struct scmp_arg_cmp){ arg->index, ops[arg->op], arg->value, arg->value_two };
}

static int add_rules(scmp_filter_ctx ctx, const struct snug_seccomp_entry *e, int nr)
{
	struct scmp_arg_cmp cmps[SNUG_N_ARGS];
	int r = 0;

	if (snug_entry_any_arg_is_enough(e)) {
		for (size_t i = 0; i < e->args.len && r == 0; i++) {
			cmps[0] = comparison(&e->args.items[i]);
			r = seccomp_rule_add_array(ctx, ret_of(e), nr, 1, cmps);
		}
		return r;
	}
	for (size_t i = 0; i < e->args.len; i++)
		cmps[i] = comparison(&e->args.items[i]);
	return seccomp_rule_add_array(ctx, ret_of(e), nr, (unsigned int)e->args.len, cmps);
}

static int add_entries(scmp_filter_ctx ctx, const struct snug_seccomp_profile *p,
		       uint32_t default_ret)
{
	VEC_FOREACH (e, &p->entries) {
		if (ret_of(e) == default_ret)
			continue;
		VEC_FOREACH (name, &e->names) {
			int nr = seccomp_syscall_resolve_name(*name), r;

			if (nr == __NR_SCMP_ERROR)
				continue;
			r = add_rules(ctx, e, nr);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

static int build_here(const struct snug_seccomp_profile *p, uint32_t default_ret, int fd)
{
	scmp_filter_ctx ctx;
	int r;

	(void)seccomp_api_set(API_LEVEL);
	ctx = seccomp_init(default_ret);
	if (!ctx)
		return -EINVAL;
	VEC_FOREACH (arch, &p->arches) {
		r = seccomp_arch_add(ctx, snug_arch_to_scmp(*arch));
		if (r < 0 && r != -EEXIST)
			return r;
	}
	r = add_entries(ctx, p, default_ret);
	return r < 0 ? r : seccomp_export_bpf(ctx, fd);
}

static void read_program(struct runc_filter *f, int fd)
{
	CLEANUP(freep) char *bytes = NULL;
	size_t len;

	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(snug_read_fd(fd, "the filter", SNUG_LIMIT_DOC_BYTES, &bytes, &len, NULL),
			 0);
	f->n_insns = len / sizeof(*f->insns);
	f->insns = xcalloc(f->n_insns, sizeof(*f->insns));
	memcpy(f->insns, bytes, len);
}

int runc_filter_build(const struct snug_seccomp_profile *p, uint32_t default_ret,
		      struct runc_filter *ret)
{
	CLEANUP(closep) int fd = memfd_create("runc-way", MFD_CLOEXEC);
	const struct rlimit one_second = { 1, 1 };
	int status = 0;
	pid_t pid;

	assert_true(fd >= 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)setrlimit(RLIMIT_CPU, &one_second);
		_exit(-build_here(p, default_ret, fd));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status))
		return -ETIME;
	if (WEXITSTATUS(status) == 0)
		read_program(ret, fd);
	return -WEXITSTATUS(status);
}

void runc_filter_done(struct runc_filter *f)
{
	free(f->insns);
	*f = (struct runc_filter){ 0 };
}
