/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The algebra of argument vectors, worked out by hand, and where it gives up.  test-argset-laws.c
 * has it against brute force.
 */
#include "base/limits.h"
#include "random-profile.h"
#include "seccomp/arg-range.h"
#include "seccomp/argset.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct snug_seccomp_arg cond(uint32_t index, enum snug_cmp op, uint64_t value, uint64_t two)
{
	return (struct snug_seccomp_arg){
		.index = index, .op = op, .value = value, .value_two = two
	};
}

static void add(struct snug_argset *s, uint32_t index, enum snug_cmp op, uint64_t value,
		uint64_t two)
{
	const struct snug_seccomp_arg c = cond(index, op, value, two);

	snug_argset_add_conds(s, &c, 1, 64);
}

static struct snug_arg_range range(uint64_t lo, uint64_t hi, uint64_t mask, uint64_t value)
{
	struct snug_arg_range r = { 0 };

	assert_true(snug_arg_range_make(lo, hi, mask, value, &r));
	return r;
}

static void assert_range(struct snug_arg_range r, uint64_t lo, uint64_t hi, uint64_t mask,
			 uint64_t value)
{
	const struct snug_arg_range want = { lo, hi, mask, value };

	if (!snug_arg_range_equal(&r, &want))
		fail_msg("[%#llx, %#llx] mask %#llx value %#llx", (unsigned long long)r.lo,
			 (unsigned long long)r.hi, (unsigned long long)r.mask,
			 (unsigned long long)r.value);
}

static void ranges_are_canonical(void **state)
{
	const uint64_t max = UINT64_MAX;
	struct snug_arg_range r;

	(void)state;
	assert_range(range(0, max, 0, 0), 0, max, 0, 0);
	assert_range(range(0, max, max, 7), 7, 7, 0, 0);
	assert_range(range(0, max, ~15ull, 32), 32, 47, 0, 0);
	assert_range(range(40, max, ~15ull, 32), 40, 47, 0, 0);
	assert_range(range(0, max, 6, 4), 0, max, 6, 4);
	assert_range(range(4, max - 2, 6, 4), 0, max, 6, 4);
	assert_range(range(5, max, 6, 4), 5, max - 2, 6, 4);
	assert_range(range(6, max, 6, 4), 12, max - 2, 6, 4);
	/* the interval fixes some bits, the pattern others */
	assert_range(range(0x100, 0x1ff, 0x101, 0x101), 0, UINT32_MAX, 0xffffff01, 0x101);
	assert_range(range(0x100, 0x1fc, 0x101, 0x101), 0x101, 0x1fb, 1, 1);
	/* two members, however said */
	assert_range(range(1, 3, 1, 1), 0, UINT32_MAX, 0xfffffffd, 1);
	assert_range(range(0, 4, 1, 1), 0, UINT32_MAX, 0xfffffffd, 1);
	/* 32 bits */
	assert_range(range(0, UINT32_MAX, 6, 4), 0, UINT32_MAX, 6, 4);
	assert_range(range(0, max, 0xffffffff00000006, 4), 0, UINT32_MAX, 6, 4);
	assert_range(range(1ull << 32, max, ~0ull << 32 | 1, 1ull << 32), 0, max, ~0ull << 32 | 1,
		     1ull << 32);
	assert_false(snug_arg_range_make(5, 4, 0, 0, &r));
	assert_false(snug_arg_range_make(0, max, 1, 2, &r));
	assert_false(snug_arg_range_make(9, 11, 3, 0, &r));
	assert_false(snug_arg_range_make(max, max, 1, 0, &r));
}

static void conditions_become_sets(void **state)
{
	CLEANUP(snug_argset_done) struct snug_argset s = { 0 };
	const struct snug_seccomp_arg six[] = {
		cond(0, SNUG_CMP_NE, 1, 0), cond(1, SNUG_CMP_NE, 1, 0), cond(2, SNUG_CMP_NE, 1, 0),
		cond(3, SNUG_CMP_NE, 1, 0), cond(4, SNUG_CMP_NE, 1, 0), cond(5, SNUG_CMP_NE, 1, 0),
	};
	uint64_t args[SNUG_N_ARGS] = { 0 };

	(void)state;
	/* what cannot hold */
	add(&s, 0, SNUG_CMP_LT, 0, 0);
	add(&s, 0, SNUG_CMP_GT, UINT64_MAX, 0);
	add(&s, 0, SNUG_CMP_MASKED_EQ, 1, 2);
	assert_true(snug_argset_is_empty(&s));
	assert_false(snug_argset_sample(&s, args));
	snug_argset_add_conds(&s, &(struct snug_seccomp_arg){ 0, SNUG_CMP_EQ, 1ull << 32, 0, 0 }, 1,
			      32);
	assert_true(snug_argset_is_empty(&s));
	/* one range where one is enough */
	add(&s, 0, SNUG_CMP_NE, 0, 0);
	assert_int_equal(s.len, 1);
	add(&s, 0, SNUG_CMP_NE, UINT64_MAX, 0);
	assert_int_equal(s.len, 2);
	snug_argset_done(&s);
	snug_argset_add_conds(&s, six, 6, 64);
	assert_int_equal(s.len, 64);
	assert_true(snug_argset_contains(&s, args));
	args[4] = 1;
	assert_false(snug_argset_contains(&s, args));
	snug_argset_done(&s);
	/* 32 bits: what does not fit is not there */
	snug_argset_add_conds(&s, &(struct snug_seccomp_arg){ 0, SNUG_CMP_NE, 1ull << 32, 0, 0 }, 1,
			      32);
	assert_int_equal(s.len, 1);
	assert_range(s.items[0].args[0], 0, UINT32_MAX, 0, 0);
	args[5] = 1ull << 32;
	assert_false(snug_argset_contains(&s, args));
	/* a set added to itself */
	snug_argset_add(&s, &s);
	assert_int_equal(s.len, 2);
}

static void simplify_finds_the_large_boxes(void **state)
{
	CLEANUP(snug_argset_done) struct snug_argset s = { 0 };
	const struct snug_seccomp_arg around[][2] = {
		{ cond(0, SNUG_CMP_LT, 7, 0), cond(1, SNUG_CMP_EQ, 5, 0) },
		{ cond(0, SNUG_CMP_GT, 7, 0), cond(1, SNUG_CMP_EQ, 5, 0) },
	};

	(void)state;
	for (uint64_t v = 0; v < 16; v++)
		add(&s, 3, SNUG_CMP_EQ, v * 7 % 16, 0);
	snug_argset_simplify(&s);
	assert_int_equal(s.len, 1);
	assert_range(s.items[0].args[3], 0, 15, 0, 0);
	add(&s, 3, SNUG_CMP_GT, 3, 0);
	add(&s, 2, SNUG_CMP_EQ, 3, 0);
	snug_argset_simplify(&s);
	assert_int_equal(s.len, 1);
	assert_range(s.items[0].args[3], 0, UINT64_MAX, 0, 0);
	snug_argset_done(&s);
	/* patterns: (x & 6) == 4 and (x & 6) == 6 are (x & 4) == 4 */
	add(&s, 0, SNUG_CMP_MASKED_EQ, 6, 6);
	add(&s, 0, SNUG_CMP_MASKED_EQ, 6, 4);
	snug_argset_simplify(&s);
	assert_int_equal(s.len, 1);
	assert_range(s.items[0].args[0], 0, UINT64_MAX, 4, 4);
	snug_argset_done(&s);
	/* across the gap that another box fills */
	snug_argset_add_conds(&s, around[0], 2, 64);
	snug_argset_add_conds(&s, around[1], 2, 64);
	add(&s, 0, SNUG_CMP_EQ, 7, 0);
	snug_argset_simplify(&s);
	assert_int_equal(s.len, 2);
	snug_argset_done(&s);
	/* two values stay two values */
	add(&s, 0, SNUG_CMP_EQ, 2, 0);
	add(&s, 0, SNUG_CMP_EQ, 10, 0);
	snug_argset_simplify(&s);
	assert_int_equal(s.len, 2);
}

static void assert_conds(const struct snug_argset *s, size_t n, const char *words)
{
	struct snug_arg_conds_list l = { 0 };
	CLEANUP(freep) char *text = xstrdup("");

	assert_int_equal(snug_argset_to_conds(s, n, &l), 0);
	VEC_FOREACH (c, &l) {
		for (size_t i = 0; i < c->len; i++) {
			const struct snug_seccomp_arg *a = &c->items[i];
			char *longer = xasprintf("%s%sa%u %s %#llx", text, i ? " " : "", a->index,
						 snug_cmp_name(a->op) + strlen("SCMP_CMP_"),
						 (unsigned long long)a->value);

			assert_int_equal(a->has_value_two, a->op == SNUG_CMP_MASKED_EQ);
			free(text);
			text = longer;
			if (!a->has_value_two)
				continue;
			longer = xasprintf("%s %#llx", text, (unsigned long long)a->value_two);
			free(text);
			text = longer;
		}
		char *longer = xasprintf("%s;", text);

		free(text);
		text = longer;
	}
	assert_string_equal(text, words);
	assert_int_equal(l.len, n);
	snug_arg_conds_list_done(&l);
	if (n)
		assert_int_equal(snug_argset_to_conds(s, n - 1, &l), -E2BIG);
	assert_null(l.items);
}

/* One condition on argument 0 that reads back as itself. */
static void assert_one(enum snug_cmp op, uint64_t value, uint64_t two, const char *words)
{
	CLEANUP(snug_argset_done) struct snug_argset s = { 0 };

	add(&s, 0, op, value, two);
	assert_conds(&s, 1, words);
}

static void sets_become_conditions(void **state)
{
	CLEANUP(snug_argset_done) struct snug_argset s = { 0 };
	const struct snug_seccomp_arg two[] = { cond(0, SNUG_CMP_NE, 3, 0),
						cond(4, SNUG_CMP_NE, 9, 0) };

	(void)state;
	assert_conds(&s, 0, "");
	snug_argset_add_all(&s, 64);
	assert_conds(&s, 1, ";");
	snug_argset_done(&s);
	assert_one(SNUG_CMP_NE, 0, 0, "a0 NE 0;");
	assert_one(SNUG_CMP_NE, 7, 0, "a0 NE 0x7;");
	assert_one(SNUG_CMP_NE, UINT64_MAX, 0, "a0 NE 0xffffffffffffffff;");
	assert_one(SNUG_CMP_LT, 7, 0, "a0 LE 0x6;");
	assert_one(SNUG_CMP_LE, 0, 0, "a0 EQ 0;");
	assert_one(SNUG_CMP_EQ, 5, 0, "a0 EQ 0x5;");
	assert_one(SNUG_CMP_GE, 2, 0, "a0 GE 0x2;");
	assert_one(SNUG_CMP_GT, 2, 0, "a0 GE 0x3;");
	assert_one(SNUG_CMP_MASKED_EQ, 0x7e020000, 0, "a0 MASKED_EQ 0x7e020000 0;");
	assert_one(SNUG_CMP_MASKED_EQ, UINT64_MAX, 4, "a0 EQ 0x4;");
	assert_one(SNUG_CMP_MASKED_EQ, ~15ull, 0x20, "a0 MASKED_EQ 0xfffffffffffffff0 0x20;");
	assert_one(SNUG_CMP_MASKED_EQ, ~0ull << 32 | 1, 1, "a0 MASKED_EQ 0xffffffff00000001 0x1;");
	snug_argset_add_conds(&s, two, 2, 64);
	assert_conds(&s, 1, "a0 NE 0x3 a4 NE 0x9;");
	snug_argset_done(&s);
	snug_argset_add_conds(&s, (struct snug_seccomp_arg[]){ cond(0, SNUG_CMP_GE, 5, 0) }, 1, 64);
	snug_argset_add_conds(&s, two, 0, 64);
	s.items[1].args[0] = range(3, 4, 0, 0);
	s.items[0].args[0] = range(5, 16, 0, 0);
	assert_conds(&s, 4,
		     "a0 EQ 0x3;a0 MASKED_EQ 0xfffffffffffffffc 0x4;"
		     "a0 MASKED_EQ 0xfffffffffffffff8 0x8;a0 EQ 0x10;");
	/* with a pattern */
	s.items[1].args[0] = s.items[0].args[0] = range(3, 12, 3, 1);
	assert_conds(&s, 2, "a0 EQ 0x5;a0 EQ 0x9;");
	s.items[1].args[0] = s.items[0].args[0] = range(8, 19, 1, 1);
	assert_conds(&s, 4,
		     "a0 EQ 0x9;a0 EQ 0xb;a0 MASKED_EQ 0xfffffffffffffffd 0xd;"
		     "a0 MASKED_EQ 0xfffffffffffffffd 0x11;");
}

static void longest_list_of_blocks(void **state)
{
	CLEANUP(snug_argset_done) struct snug_argset s = { 0 };
	struct snug_arg_conds_list l = { 0 };

	(void)state;
	snug_argset_add_all(&s, 64);
	s.items[0].args[1] = range(1, UINT64_MAX - 1, 0, 0);
	assert_int_equal(snug_argset_to_conds(&s, 126, &l), 0);
	assert_int_equal(l.len, 126);
	snug_arg_conds_list_done(&l);
	/* the product of six would be billions */
	for (unsigned i = 0; i < SNUG_N_ARGS; i++)
		s.items[0].args[i] = range(1, UINT64_MAX - 1, 0, 0);
	assert_int_equal(snug_argset_to_conds(&s, SNUG_LIMIT_PROFILE_ENTRIES, &l), -E2BIG);
	assert_null(l.items);
	assert_int_equal(snug_argset_to_conds(&s, SIZE_MAX >> 24, &l), -E2BIG);
}

/* @n boxes that meet each other everywhere and are hard to put together. */
static void hostile_set(struct random_source *r, size_t n, struct snug_argset *ret)
{
	*ret = (struct snug_argset){ 0 };
	while (ret->len < n) {
		struct snug_seccomp_arg conds[SNUG_N_ARGS];

		for (uint32_t i = 0; i < SNUG_N_ARGS; i++) {
			uint64_t mask = random_u64(r) & random_u64(r) & random_u64(r);

			conds[i] = cond(i, SNUG_CMP_MASKED_EQ, mask, random_u64(r) & mask);
		}
		snug_argset_add_conds(ret, conds, SNUG_N_ARGS, 64);
	}
}

static void too_much_is_refused_soon(void **state)
{
	CLEANUP(snug_argset_done) struct snug_argset all = { 0 };
	struct snug_argset a, b, ret = { 0 };
	struct random_source r;

	(void)state;
	random_init(&r);
	hostile_set(&r, 4096, &a);
	hostile_set(&r, 4096, &b);
	snug_argset_add_all(&all, 64);
	alarm(300); /* hours otherwise, whatever the machine */
	assert_int_equal(snug_argset_subtract(&all, &a, &ret), -E2BIG);
	assert_null(ret.items);
	assert_int_equal(snug_argset_is_subset(&a, &b), 0);
	assert_int_equal(snug_argset_is_subset(&all, &a), 0);
	snug_argset_simplify(&a);
	snug_argset_done(&a);
	snug_argset_done(&b);
	/* each of one meets each of the other, and all of it is different */
	for (uint64_t i = 0; i < 4096; i++) {
		add(&a, 0, SNUG_CMP_EQ, i * 3, 0);
		add(&b, 1, SNUG_CMP_EQ, i * 3, 0);
	}
	assert_int_equal(snug_argset_intersect(&a, &b, &ret), -E2BIG);
	assert_null(ret.items);
	/* many boxes, but few at the end */
	assert_int_equal(snug_argset_intersect(&a, &a, &ret), 0);
	assert_int_equal(ret.len, 4096);
	snug_argset_done(&ret);
	assert_int_equal(snug_argset_subtract(&all, &a, &ret), 0);
	assert_int_equal(ret.len, 4096);
	assert_int_equal(snug_argset_is_subset(&ret, &a), 0);
	assert_int_equal(snug_argset_is_subset(&a, &all), 1);
	alarm(0);
	snug_argset_done(&ret);
	snug_argset_done(&a);
	snug_argset_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_are_canonical),
		cmocka_unit_test(conditions_become_sets),
		cmocka_unit_test(simplify_finds_the_large_boxes),
		cmocka_unit_test(sets_become_conditions),
		cmocka_unit_test(longest_list_of_blocks),
		cmocka_unit_test(too_much_is_refused_soon),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
