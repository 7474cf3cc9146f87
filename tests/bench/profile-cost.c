/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile-cost TIMES PROFILE
 *
 * Reads PROFILE, resolves what its entries say about each call, and compiles it, again and again in
 * this one process.  Prints the medians in milliseconds of reading, resolving, compiling (which
 * resolves, too) and of reading plus compiling, the largest resident set in KiB after the first
 * time, and the number of instructions: "0.61 0.35 4.20 4.80 3512 716".  Conditions are resolved
 * for this machine and a program without capabilities.
 */
#include "base/err.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "base/parse.h"
#include "seccomp/filter.h"
#include "seccomp/rules.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { MAX_TIMES = 1000 };

struct cost {
	double read, resolve, compile, total;
};

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int once(const char *path, const struct snug_seccomp_env *env, struct cost *cost,
		unsigned *n_insns, struct snug_err *err)
{
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *p = NULL;
	CLEANUP(snug_verdicts_done) struct snug_verdicts verdicts = { 0 };
	CLEANUP(snug_seccomp_filter_done) struct snug_seccomp_filter filter = { 0 };
	struct snug_rules_warn warn = { 0 };
	double begin = now_ms(), after_read, after_resolve;
	int r;

	r = snug_seccomp_profile_read(path, NULL, &p, err);
	if (r < 0)
		return r;
	after_read = now_ms();
	r = snug_rules_resolve(p, env, NULL, &warn, &verdicts, err);
	if (r < 0)
		return r;
	after_resolve = now_ms();
	r = snug_seccomp_filter_compile(p, env, NULL, NULL, &filter, err);
	if (r < 0)
		return r;
	cost->read = after_read - begin;
	cost->resolve = after_resolve - after_read;
	cost->compile = now_ms() - after_resolve;
	cost->total = cost->read + cost->compile;
	*n_insns = filter.n_insns;
	return 0;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Of the member at @offset. */
static double median(const struct cost *costs, size_t n, size_t offset)
{
	static double values[MAX_TIMES];

	for (size_t i = 0; i < n; i++)
		memcpy(&values[i], (const char *)&costs[i] + offset, sizeof(values[i]));
	qsort(values, n, sizeof(values[0]), compare);
	return values[n / 2];
}

/* Not getrusage(2): its maximum begins with that of the process which called execve. */
static uint64_t peak_kib(void)
{
	CLEANUP(freep) char *text = NULL;
	uint64_t kib;
	size_t len;
	char *line;

	if (snug_read_file("/proc/self/status", 65536, &text, &len, NULL) < 0)
		return 0;
	line = strstr(text, "\nVmHWM:");
	if (!line)
		return 0;
	line += strcspn(line, "0123456789");
	line[strspn(line, "0123456789")] = '\0';
	return snug_parse_u64(line, UINT64_MAX, &kib) < 0 ? 0 : kib;
}

int main(int argc, char **argv)
{
	static struct cost costs[MAX_TIMES];
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct snug_seccomp_env env;
	unsigned n_insns = 0;
	uint64_t times = 0, peak = 0;

	if (argc != 3 || snug_parse_u64(argv[1], MAX_TIMES, &times) < 0 || times == 0) {
		fprintf(stderr, "usage: profile-cost 1..%d PROFILE\n", MAX_TIMES);
		return 2;
	}
	snug_seccomp_env_init_host(&env);
	env.caps = 0;
	for (size_t i = 0; i < times; i++) {
		if (once(argv[2], &env, &costs[i], &n_insns, &err) < 0) {
			fprintf(stderr, "profile-cost: %s\n", snug_err_msg(&err));
			return 1;
		}
		if (i == 0)
			peak = peak_kib();
	}
	printf("%.3f %.3f %.3f %.3f %" PRIu64 " %u\n",
	       median(costs, times, offsetof(struct cost, read)),
	       median(costs, times, offsetof(struct cost, resolve)),
	       median(costs, times, offsetof(struct cost, compile)),
	       median(costs, times, offsetof(struct cost, total)), peak, n_insns);
	return 0;
}
