/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The algebra of argument vectors against brute force.  In the small world, conditions compare with
 * values below 8, so that arguments from 0 to 15 show everything: those from 8 on stand for all
 * larger ones with the same three lowest bits.
 */
#include "random-profile.h"
#include "seccomp/arg-range.h"
#include "seccomp/argset.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum {
	WORLD = 16, /* values of an argument */
	N_POINTS = WORLD * WORLD * WORLD,
	MAX_ENTRIES = 5,
	MAX_WRITTEN = 300, /* which bounds the time only */
};

/* Entries: each a conjunction, together a union. */
struct entries {
	struct snug_arg_conds items[MAX_ENTRIES];
	size_t len;
};

static bool cond_holds(const struct snug_seccomp_arg *cond, const uint64_t args[SNUG_N_ARGS])
{
	uint64_t x = args[cond->index];

	switch ((int)cond->op) {
	case SNUG_CMP_NE:
		return x != cond->value;
	case SNUG_CMP_LT:
		return x < cond->value;
	case SNUG_CMP_LE:
		return x <= cond->value;
	case SNUG_CMP_EQ:
		return x == cond->value;
	case SNUG_CMP_GE:
		return x >= cond->value;
	case SNUG_CMP_GT:
		return x > cond->value;
	default:
		return (x & cond->value) == cond->value_two;
	}
}

static bool conds_hold(const struct snug_arg_conds *c, const uint64_t args[SNUG_N_ARGS])
{
	for (size_t i = 0; i < c->len; i++)
		if (!cond_holds(&c->items[i], args))
			return false;
	return true;
}

static bool entries_hold(const struct entries *e, const uint64_t args[SNUG_N_ARGS])
{
	for (size_t i = 0; i < e->len; i++)
		if (conds_hold(&e->items[i], args))
			return true;
	return false;
}

static void point(unsigned n, uint64_t args[SNUG_N_ARGS])
{
	memset(args, 0, SNUG_N_ARGS * sizeof(*args));
	args[0] = n % WORLD;
	args[2] = n / WORLD % WORLD;
	args[5] = n / WORLD / WORLD;
}

static uint64_t small_value(struct random_source *r)
{
	return random_below(r, WORLD / 2);
}

static void random_conds(struct random_source *r, struct snug_arg_conds *c,
			 uint64_t (*value)(struct random_source *))
{
	static const uint32_t indexes[] = { 0, 2, 5 };

	c->len = 0;
	for (size_t i = 0; i < ARRAY_SIZE(indexes); i++) {
		if (random_below(r, 3) == 0 || (indexes[i] == 5 && random_below(r, 4)))
			continue;
		c->items[c->len++] = (struct snug_seccomp_arg){
			.index = indexes[i],
			.op = (enum snug_cmp)random_below(r, _SNUG_CMP_MAX),
			.value = value(r),
			.value_two = value(r),
		};
		/* most bits of a mask fit */
		if (random_below(r, 4))
			c->items[c->len - 1].value_two &= c->items[c->len - 1].value;
	}
}

static void random_entries(struct random_source *r, struct entries *e,
			   uint64_t (*value)(struct random_source *))
{
	e->len = random_below(r, MAX_ENTRIES + 1);
	for (size_t i = 0; i < e->len; i++)
		random_conds(r, &e->items[i], value);
}

static void check_range(const struct snug_arg_range *r)
{
	struct snug_arg_range again;

	assert_true(r->lo <= r->hi);
	assert_int_equal(r->value & ~r->mask, 0);
	assert_true(snug_arg_range_make(r->lo, r->hi, r->mask, r->value, &again));
	assert_true(snug_arg_range_equal(r, &again));
}

/* What always holds. */
static void check_set(const struct snug_argset *s)
{
	uint64_t args[SNUG_N_ARGS];

	VEC_FOREACH (box, s)
		for (size_t i = 0; i < SNUG_N_ARGS; i++)
			check_range(&box->args[i]);
	assert_int_equal(snug_argset_sample(s, args), !snug_argset_is_empty(s));
	assert_true(snug_argset_is_empty(s) || snug_argset_contains(s, args));
}

static void set_of(const struct entries *e, unsigned bits, struct snug_argset *ret)
{
	*ret = (struct snug_argset){ 0 };
	for (size_t i = 0; i < e->len; i++)
		snug_argset_add_conds(ret, e->items[i].items, e->items[i].len, bits);
	check_set(ret);
}

static void set_of_list(const struct snug_arg_conds_list *l, struct snug_argset *ret)
{
	*ret = (struct snug_argset){ 0 };
	VEC_FOREACH (c, l)
		snug_argset_add_conds(ret, c->items, c->len, 64);
}

/* Every interval with every pattern over eight values. */
static void small_ranges(void **state)
{
	(void)state;
	for (unsigned n = 0; n < 1u << 12; n++) {
		uint64_t lo = n % 8, hi = n / 8 % 8, mask = n / 64 % 8, value = n / 512 % 8;
		struct snug_arg_range r = { 0 };
		uint64_t first = UINT64_MAX, last = 0, ends[2];

		for (uint64_t x = 0; x < 8; x++) {
			if (x < lo || x > hi || (x & mask) != value)
				continue;
			first = first < x ? first : x;
			last = x;
		}
		assert_int_equal(snug_arg_range_make(lo, hi, mask, value, &r), first <= last);
		if (first > last)
			continue;
		check_range(&r);
		snug_arg_range_ends(&r, &ends[0], &ends[1]);
		assert_int_equal(ends[0], first);
		assert_int_equal(ends[1], last);
		for (uint64_t x = 0; x < 9; x++)
			assert_int_equal(snug_arg_range_contains(&r, x),
					 x >= lo && x <= hi && (x & mask) == value);
	}
}

/* Sets that know every point of the world. */
static void fill(const struct snug_argset *s, bool has[N_POINTS])
{
	uint64_t args[SNUG_N_ARGS];

	for (unsigned i = 0; i < N_POINTS; i++) {
		point(i, args);
		has[i] = snug_argset_contains(s, args);
	}
}

static void assert_has(const struct snug_argset *s, const bool has[N_POINTS], const char *what)
{
	uint64_t args[SNUG_N_ARGS];

	check_set(s);
	for (unsigned i = 0; i < N_POINTS; i++) {
		point(i, args);
		if (snug_argset_contains(s, args) != has[i])
			fail_msg("%s: (%llu, %llu, %llu) should be %s it", what,
				 (unsigned long long)args[0], (unsigned long long)args[2],
				 (unsigned long long)args[5], has[i] ? "in" : "out of");
	}
}

static void check_simplify(struct random_source *r, const struct snug_argset *s,
			   const bool has[N_POINTS])
{
	struct snug_argset once, shuffled;

	snug_argset_copy(&once, s);
	snug_argset_simplify(&once);
	assert_has(&once, has, "simplify");
	assert_true(once.len <= s->len);
	assert_int_equal(snug_argset_equal(&once, s), 1);
	/* the order of the boxes does not matter */
	snug_argset_copy(&shuffled, s);
	for (size_t i = shuffled.len; i > 1; i--) {
		size_t j = random_below(r, (uint32_t)i);
		struct snug_arg_box box = shuffled.items[i - 1];

		shuffled.items[i - 1] = shuffled.items[j];
		shuffled.items[j] = box;
	}
	snug_argset_simplify(&shuffled);
	assert_int_equal(once.len, shuffled.len);
	if (once.len)
		assert_memory_equal(once.items, shuffled.items, once.len * sizeof(*once.items));
	snug_argset_done(&shuffled);
	snug_argset_done(&once);
}

/* False when there are too many. */
static bool check_conds(const struct snug_argset *s)
{
	struct snug_arg_conds_list l = { 0 };
	struct snug_argset again;
	int r = snug_argset_to_conds(s, MAX_WRITTEN, &l);

	if (r == -E2BIG)
		return false;
	assert_int_equal(r, 0);
	VEC_FOREACH (c, &l) {
		for (size_t i = 1; i < c->len; i++)
			assert_true(c->items[i - 1].index < c->items[i].index);
	}
	set_of_list(&l, &again);
	assert_int_equal(snug_argset_equal(s, &again), 1);
	snug_argset_done(&again);
	snug_arg_conds_list_done(&l);
	return true;
}

static void check_subset(const struct snug_argset *a, const bool has_a[N_POINTS],
			 const struct snug_argset *b, const bool has_b[N_POINTS])
{
	bool is_subset = true, is_equal = true;

	for (unsigned i = 0; i < N_POINTS; i++) {
		is_subset &= !has_a[i] || has_b[i];
		is_equal &= has_a[i] == has_b[i];
	}
	assert_int_equal(snug_argset_is_subset(a, b), is_subset);
	assert_int_equal(snug_argset_equal(a, b), is_equal);
}

/* Whether what is left of one set without another can be written down, too. */
static bool check_pair(struct random_source *r, const struct entries *ea, const struct entries *eb)
{
	static bool has_a[N_POINTS], has_b[N_POINTS], want[N_POINTS];
	struct snug_argset a, b, both = { 0 }, less = { 0 }, sum;
	uint64_t args[SNUG_N_ARGS];
	bool is_written;

	set_of(ea, 64, &a);
	set_of(eb, 64, &b);
	for (unsigned i = 0; i < N_POINTS; i++) {
		point(i, args);
		has_a[i] = entries_hold(ea, args);
		has_b[i] = entries_hold(eb, args);
	}
	assert_has(&a, has_a, "conditions");
	assert_has(&b, has_b, "conditions");
	assert_int_equal(snug_argset_intersect(&a, &b, &both), 0);
	assert_int_equal(snug_argset_subtract(&a, &b, &less), 0);
	snug_argset_copy(&sum, &less);
	snug_argset_add(&sum, &both);
	for (unsigned i = 0; i < N_POINTS; i++)
		want[i] = has_a[i] && has_b[i];
	assert_has(&both, want, "intersect");
	for (unsigned i = 0; i < N_POINTS; i++)
		want[i] = has_a[i] && !has_b[i];
	assert_has(&less, want, "subtract");
	check_simplify(r, &less, want);
	is_written = check_conds(&less);
	/* (a - b) and (a and b) are a */
	assert_int_equal(snug_argset_equal(&sum, &a), 1);
	check_subset(&a, has_a, &b, has_b);
	check_subset(&less, want, &a, has_a);
	fill(&sum, want);
	check_simplify(r, &sum, want);
	assert_true(check_conds(&b));
	snug_argset_done(&a);
	snug_argset_done(&b);
	snug_argset_done(&both);
	snug_argset_done(&less);
	snug_argset_done(&sum);
	return is_written;
}

static void operations_agree_with_brute_force(void **state)
{
	struct random_source r;
	unsigned n_written = 0;

	(void)state;
	random_init(&r);
	for (int i = 0; i < 1500; i++) {
		struct entries a, b;

		random_entries(&r, &a, small_value);
		random_entries(&r, &b, small_value);
		n_written += check_pair(&r, &a, &b);
	}
	/* the rest is products of intervals with patterns */
	assert_true(n_written > 1000);
}

static void random_point(struct random_source *r, uint64_t args[SNUG_N_ARGS])
{
	memset(args, 0, SNUG_N_ARGS * sizeof(*args));
	args[0] = random_edge(r);
	args[2] = random_edge(r);
	args[5] = random_below(r, 2) ? 0 : random_edge(r);
}

/* Fails when they are not; false when that cannot be found out. */
static bool must_equal(const struct snug_argset *a, const struct snug_argset *b)
{
	int r = snug_argset_equal(a, b);

	assert_true(r == 1 || r == -E2BIG);
	return r == 1;
}

/* The same, at the edges of the values. */
static bool check_edges(struct random_source *r, unsigned bits, unsigned *n_unknown)
{
	struct entries ea, eb;
	CLEANUP(snug_argset_done) struct snug_argset a = { 0 }, b = { 0 }, sum = { 0 };
	CLEANUP(snug_argset_done) struct snug_argset both = { 0 }, less = { 0 };
	uint64_t args[SNUG_N_ARGS];
	bool is_written = false;

	random_entries(r, &ea, random_edge);
	random_entries(r, &eb, random_edge);
	set_of(&ea, bits, &a);
	set_of(&eb, bits, &b);
	if (snug_argset_intersect(&a, &b, &both) < 0 || snug_argset_subtract(&a, &b, &less) < 0) {
		++*n_unknown;
		return false;
	}
	check_set(&both);
	check_set(&less);
	if (bits == 64)
		is_written = check_conds(&less);
	snug_argset_copy(&sum, &less);
	snug_argset_add(&sum, &both);
	*n_unknown += !must_equal(&sum, &a);
	snug_argset_simplify(&sum);
	*n_unknown += !must_equal(&sum, &a);
	for (int k = 0; k < 200; k++) {
		bool has_a, has_b;

		random_point(r, args);
		for (unsigned i = 0; i < SNUG_N_ARGS && bits == 32; i++)
			args[i] &= UINT32_MAX;
		has_a = entries_hold(&ea, args);
		has_b = entries_hold(&eb, args);
		assert_int_equal(snug_argset_contains(&a, args), has_a);
		assert_int_equal(snug_argset_contains(&both, args), has_a && has_b);
		assert_int_equal(snug_argset_contains(&less, args), has_a && !has_b);
		assert_int_equal(snug_argset_contains(&sum, args), has_a);
	}
	return is_written;
}

static void edges_of_64_bits(void **state)
{
	struct random_source r;
	unsigned n_written = 0, n_unknown = 0;

	(void)state;
	random_init(&r);
	for (int i = 0; i < 600; i++)
		n_written += check_edges(&r, i % 4 ? 64 : 32, &n_unknown);
	/* the rest is products of intervals with two ends */
	assert_true(n_written > 300);
	assert_true(n_unknown < 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_ranges),
		cmocka_unit_test(operations_agree_with_brute_force),
		cmocka_unit_test(edges_of_64_bits),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
