/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make-recordings N DIRECTORY
 *
 * Writes N recordings, DIRECTORY/NNNN.rec, and the profiles that follow from them, NNNN.json.  Each
 * has the calls that every program makes and some dozens more, chosen by a fixed sequence of
 * pseudo-random numbers: N recordings are the same each time.
 */
#include "base/err.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/str.h"
#include "record/derive.h"

#include <errno.h>
#include <stdio.h>

enum { MAX_FILES = 10000, N_CHOSEN = 60 };

static const char *const usual[] = {
	"read",     "write",     "close",      "fstat",      "lseek",           "mmap",
	"mprotect", "munmap",    "brk",        "pread64",    "rt_sigaction",    "rt_sigprocmask",
	"execve",   "access",    "arch_prctl", "openat",     "set_tid_address", "set_robust_list",
	"rseq",     "prlimit64", "getrandom",  "exit_group", "newfstatat",      "rt_sigreturn",
};

/* xorshift64, Marsaglia 2003 */
static uint64_t next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void add_call(struct snug_recording *r, uint32_t nr, uint64_t *state)
{
	struct snug_recording_call *call = snug_recording_call(r, SNUG_ARCH_X86_64, nr);

	if (call->has_first)
		return;
	call->has_first = true;
	call->first_us = next(state) % 1000000;
	call->pid = 1000;
	call->comm = xstrdup("program");
}

static struct snug_recording *make(uint64_t *state)
{
	struct snug_recording *r = snug_recording_new();

	r->arch = SNUG_ARCH_X86_64;
	r->kernel = xstrdup("6.1.0");
	r->start = xstrdup("2026-01-01T00:00:00.000000Z");
	r->duration_us = 1000000;
	*VEC_PUSH(&r->command) = xstrdup("program");
	r->exit_kind = SNUG_EXIT_CODE;
	for (size_t i = 0; i < ARRAY_SIZE(usual); i++)
		add_call(r, (uint32_t)snug_syscall_number(SNUG_ARCH_X86_64, usual[i]), state);
	for (int i = 0; i < N_CHOSEN; i++)
		add_call(r, (uint32_t)(next(state) % 330), state);
	snug_recording_sort(r);
	return r;
}

static int save(const char *directory, size_t i, const char *suffix, const struct snug_str *text,
		struct snug_err *err)
{
	CLEANUP(freep) char *path = xasprintf("%s/%04zu.%s", directory, i, suffix);
	FILE *f = fopen(path, "we");
	bool is_written = f && fwrite(text->buf, 1, text->len, f) == text->len;

	if (f && fclose(f) != 0)
		is_written = false;
	return is_written ? 0 : snug_err_set(err, -EIO, "%s: cannot write", path);
}

static int save_both(const char *directory, size_t i, const struct snug_recording *r,
		     struct snug_err *err)
{
	CLEANUP(snug_derived_done) struct snug_derived d = { 0 };
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	const struct snug_derive_policy policy = { .name = "program" };
	int ret;

	snug_recording_write(r, &text);
	ret = save(directory, i, "rec", &text, err);
	if (ret == 0)
		ret = snug_derive(&r, 1, &policy, &d, err);
	snug_str_clear(&text);
	if (ret == 0)
		ret = snug_seccomp_profile_write(d.profile, SNUG_PROFILE_OCI_JSON, &text, err);
	return ret < 0 ? ret : save(directory, i, "json", &text, err);
}

int main(int argc, char **argv)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	uint64_t n = 0, state = 88172645463325252u;

	if (argc != 3 || snug_parse_u64(argv[1], MAX_FILES, &n) < 0 || n == 0) {
		fprintf(stderr, "usage: make-recordings 1..%d DIRECTORY\n", MAX_FILES);
		return 2;
	}
	for (size_t i = 0; i < n; i++) {
		CLEANUP(snug_recording_freep) struct snug_recording *r = make(&state);

		if (save_both(argv[2], i, r, &err) < 0) {
			fprintf(stderr, "make-recordings: %s\n", snug_err_msg(&err));
			return 1;
		}
	}
	return 0;
}
