/* SPDX-License-Identifier: Apache-2.0 */
/* The filter that asks for everything, read by an interpreter of its own; and the kernel's view. */
#include "notify/ask.h"

#include "base/err.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* What @ask answers; fails the test on anything but the four kinds of instructions it is made of.
 */
static uint32_t answer(const struct snug_ask *ask, uint32_t arch, uint32_t nr)
{
	uint32_t a = 0;

	for (unsigned i = 0; i < ask->n_insns; i++) {
		const struct sock_filter *f = &ask->insns[i];

		if (f->code == (BPF_RET | BPF_K))
			return f->k;
		if (f->code == (BPF_LD | BPF_W | BPF_ABS)) {
			assert_true(f->k == offsetof(struct seccomp_data, arch) ||
				    f->k == offsetof(struct seccomp_data, nr));
			a = f->k == offsetof(struct seccomp_data, arch) ? arch : nr;
			continue;
		}
		assert_int_equal(f->code, BPF_JMP | BPF_JEQ | BPF_K);
		i += a == f->k ? f->jt : f->jf;
	}
	fail_msg("the filter has no end");
	return 0;
}

static void test_all_but_exempt(void **state)
{
	const struct snug_ask_exempt exempt[] = {
		{ AUDIT_ARCH_X86_64, 15 },
		{ AUDIT_ARCH_X86_64, 0x40000000 | 513 },
		{ AUDIT_ARCH_I386, 119 },
		{ AUDIT_ARCH_I386, 173 },
	};
	static const uint32_t archs[] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386, AUDIT_ARCH_AARCH64,
					  AUDIT_ARCH_ARM, 0 };
	struct snug_ask ask;

	(void)state;
	snug_ask_init(&ask, exempt, ARRAY_SIZE(exempt));
	for (size_t i = 0; i < ARRAY_SIZE(archs); i++) {
		for (uint32_t n = 0; n < 2048; n++) {
			uint32_t nr = n < 1024 ? n : 0x40000000 | (n - 1024), want;

			want = SECCOMP_RET_USER_NOTIF;
			for (size_t j = 0; j < ARRAY_SIZE(exempt); j++)
				if (exempt[j].audit_arch == archs[i] && exempt[j].nr == nr)
					want = SECCOMP_RET_ALLOW;
			assert_int_equal(answer(&ask, archs[i], nr), want);
		}
		assert_int_equal(answer(&ask, archs[i], UINT32_MAX), SECCOMP_RET_USER_NOTIF);
	}
}

static void test_largest(void **state)
{
	struct snug_ask_exempt exempt[SNUG_ASK_MAX_EXEMPT];
	struct snug_ask ask;

	(void)state;
	for (uint32_t i = 0; i < SNUG_ASK_MAX_EXEMPT; i++)
		exempt[i] = (struct snug_ask_exempt){ AUDIT_ARCH_X86_64, i };
	snug_ask_init(&ask, exempt, SNUG_ASK_MAX_EXEMPT);
	assert_int_equal(answer(&ask, AUDIT_ARCH_X86_64, SNUG_ASK_MAX_EXEMPT - 1),
			 SECCOMP_RET_ALLOW);
	assert_int_equal(answer(&ask, AUDIT_ARCH_X86_64, SNUG_ASK_MAX_EXEMPT),
			 SECCOMP_RET_USER_NOTIF);
}

static int exit_status(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		assert_int_equal(errno, EINTR);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Twice in one process: a listener and a second one, which the kernel does not have. */
static void test_probe(void **state)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	int fds_before, fds_after;
	pid_t pid;

	(void)state;
	fds_before = dup(0);
	close(fds_before);
	if (snug_ask_probe(&err) < 0) {
		print_message("# skip: %s\n", snug_err_msg(&err));
		skip();
	}
	fds_after = dup(0);
	close(fds_after);
	assert_int_equal(fds_before, fds_after);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct sock_filter insns[] = {
			BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
			BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_acct, 0, 1),
			BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
			BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		};
		struct snug_ask ask = { .flags = SECCOMP_FILTER_FLAG_NEW_LISTENER,
					.n_insns = ARRAY_SIZE(insns) };
		int r;

		memcpy(ask.insns, insns, sizeof(insns));
		if (snug_ask_install(&ask) < 0)
			_exit(1);
		r = snug_ask_probe(&err);
		_exit(r == -EBUSY && strstr(snug_err_msg(&err), "has a listener already") ? 0 : 2);
	}
	assert_int_equal(exit_status(pid), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_but_exempt),
		cmocka_unit_test(test_largest),
		cmocka_unit_test(test_probe),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
