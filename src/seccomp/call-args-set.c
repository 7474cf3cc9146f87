/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sets of argument vectors in C terms.  A set is a list of boxes; boxes that differ in one argument
 * only become one row, whose arguments are lists of ranges: {AF_INET, AF_INET6} x all.  Then each
 * list finds its shortest words: one value, several, all but some, flags that are there or not.
 */
#include "base/limits.h"
#include "base/str.h"
#include "seccomp/arg-range.h"
#include "seccomp/call-args-internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
	MAX_SIMPLIFIED = 256, /* boxes; of more, the first */
	MAX_BOXES = 96,       /* looked at; more are "..." */
	MAX_TEXT_BYTES = 240, /* then no further row is begun */
	MAX_MISSING = 24,     /* values, for "all but these" */
	MAX_SPREAD = 255,     /* between the values of one range that are listed */
	MAX_PARTS = 256,      /* of what is left out, while it is looked for */
	MAX_FEW = 8,          /* constants that are listed, and not told as a range */
	MAX_FEW_WORDS = 4,    /* words of flags that are */
	MAX_OPEN_BITS = 3,    /* of an enumeration's pattern, whose values are then listed */
};

struct ranges {
	struct snug_arg_range *items;
	size_t len, cap;
};

struct row {
	struct ranges args[SNUG_N_ARGS];
};

struct rows {
	struct row *items;
	size_t len, cap;
};

static void ranges_done(struct ranges *l)
{
	VEC_DONE(l);
}

static void row_done(struct row *r)
{
	for (unsigned i = 0; i < SNUG_N_ARGS; i++)
		VEC_DONE(&r->args[i]);
}

static void rows_done(struct rows *rows)
{
	VEC_FOREACH (r, rows)
		row_done(r);
	VEC_DONE(rows);
}

static bool ranges_equal(const struct ranges *a, const struct ranges *b)
{
	if (a->len != b->len)
		return false;
	for (size_t i = 0; i < a->len; i++)
		if (!snug_arg_range_equal(&a->items[i], &b->items[i]))
			return false;
	return true;
}

static int compare_ranges(const void *a, const void *b)
{
	return snug_arg_range_compare(a, b);
}

/* Joins @b to @a when they differ in at most one argument. */
static bool row_join(struct row *a, struct row *b)
{
	int differs = -1;

	for (int i = 0; i < SNUG_N_ARGS; i++) {
		if (ranges_equal(&a->args[i], &b->args[i]))
			continue;
		if (differs >= 0)
			return false;
		differs = i;
	}
	if (differs >= 0) {
		struct ranges *to = &a->args[differs];

		VEC_FOREACH (r, &b->args[differs])
			*VEC_PUSH(to) = *r;
		qsort(to->items, to->len, sizeof(to->items[0]), compare_ranges);
	}
	row_done(b);
	return true;
}

static bool join_once(struct rows *rows)
{
	bool any = false;

	for (size_t i = 0; i < rows->len; i++) {
		for (size_t k = i + 1; k < rows->len;) {
			if (!row_join(&rows->items[i], &rows->items[k])) {
				k++;
				continue;
			}
			VEC_REMOVE(rows, k);
			any = true;
		}
	}
	return any;
}

static void rows_from(const struct snug_argset *set, struct rows *rows)
{
	for (size_t i = 0; i < set->len && i < MAX_BOXES; i++) {
		struct row *r = VEC_PUSH(rows);

		for (unsigned k = 0; k < SNUG_N_ARGS; k++)
			*VEC_PUSH(&r->args[k]) = set->items[i].args[k];
	}
	while (join_once(rows))
		;
}

/* What all arguments of a call stay under, on an ABI of 32 or 64 bits. */
static uint64_t largest_of(const struct snug_argset *set)
{
	VEC_FOREACH (box, set)
		for (unsigned i = 0; i < SNUG_N_ARGS; i++)
			if (box->args[i].hi > UINT32_MAX)
				return UINT64_MAX;
	return UINT32_MAX;
}

/* Whether nothing is said about the upper half of the argument. */
static bool ignores_upper_half(const struct snug_argset *set, unsigned index)
{
	VEC_FOREACH (box, set) {
		const struct snug_arg_range *r = &box->args[index];

		if (r->lo || r->hi != UINT64_MAX || r->mask > UINT32_MAX)
			return false;
	}
	return true;
}

/* Values of an argument at whose lower half alone the set looks become values of 32 bits, which
 * have plainer words. */
static bool narrow(const char *call, struct snug_argset *set, unsigned index)
{
	const struct snug_call_arg *arg = snug_call_arg(call, index);

	if (arg->kind == SNUG_ARG_FLAGS || !snug_arg_is_whole(arg, UINT32_MAX) ||
	    !ignores_upper_half(set, index))
		return false;
	VEC_FOREACH (box, set) {
		struct snug_arg_range *r = &box->args[index];

		(void)snug_arg_range_make(0, UINT32_MAX, r->mask, r->value, r);
	}
	return true;
}

struct writer {
	const char *call;
	uint64_t largest[SNUG_N_ARGS];
	uint64_t max; /* the largest of the argument at hand */
	struct snug_str *out;
};

/* Profiles may name calls that are none. */
static void add_call_name(const struct writer *w)
{
	snug_str_add_printable(w->out, w->call, strlen(w->call), SNUG_LIMIT_NAME_BYTES);
}

static bool is_interval(const struct snug_arg_range *r)
{
	return r->mask == 0;
}

static bool is_pattern(const struct writer *w, const struct snug_arg_range *r)
{
	return r->mask && r->lo == 0 && r->hi == w->max;
}

static bool is_everything(const struct writer *w, const struct ranges *l)
{
	return l->len == 1 && is_interval(&l->items[0]) && l->items[0].lo == 0 &&
	       l->items[0].hi == w->max;
}

/*
 * Whether the list is all but {x & mask == value}: what is left of everything without a pattern is
 * a range for each of its bits, where that bit is the other one and those before it are as they
 * were.
 */
static bool is_all_but_pattern(const struct writer *w, const struct ranges *l, uint64_t *mask,
			       uint64_t *value)
{
	uint64_t last = 0;

	*mask = *value = 0;
	for (size_t n = 0; n < l->len; n++) {
		const struct snug_arg_range *next = NULL;

		/* the one with the fewest bits that has all bits so far and one more */
		VEC_FOREACH (r, l) {
			uint64_t more = r->mask & ~*mask;

			if (is_pattern(w, r) && (r->mask & *mask) == *mask && more &&
			    (more & (more - 1)) == 0 && (r->value & *mask) == *value)
				next = r;
		}
		if (!next)
			return false;
		last = next->mask & ~*mask;
		*mask |= last;
		*value |= ~next->value & last;
	}
	return l->len > 0;
}

/* What @l leaves out of everything; false when that is too much to be looked at. */
static bool find_rest(const struct writer *w, const struct ranges *l, struct ranges *ret)
{
	*VEC_PUSH(ret) = (struct snug_arg_range){ .hi = w->max };
	VEC_FOREACH (r, l) {
		struct ranges next = { 0 };

		VEC_FOREACH (part, ret) {
			struct snug_arg_range pieces[SNUG_ARG_RANGE_PIECES];
			size_t n = snug_arg_range_subtract(part, r, pieces);

			for (size_t k = 0; k < n; k++)
				*VEC_PUSH(&next) = pieces[k];
		}
		VEC_DONE(ret);
		*ret = next;
		if (ret->len > MAX_PARTS)
			return false;
	}
	return true;
}

static int compare_values(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The values of @l, sorted; how many, or 0 when they are over MAX_MISSING. */
static size_t list_values(const struct ranges *l, uint64_t values[MAX_MISSING])
{
	size_t n = 0;

	VEC_FOREACH (r, l) {
		uint64_t value, last;

		snug_arg_range_ends(r, &value, &last);
		if (last - value > MAX_SPREAD)
			return 0;
		for (;; value++) {
			if (snug_arg_range_contains(r, value)) {
				if (n == MAX_MISSING)
					return 0;
				values[n++] = value;
			}
			if (value == last)
				break;
		}
	}
	if (n)
		qsort(values, n, sizeof(values[0]), compare_values);
	return n;
}

/* "!= A" or "not A|B" when a few values only are left out. */
static bool add_all_but_values(const struct writer *w, const struct snug_call_arg *arg,
			       const struct ranges *l)
{
	CLEANUP(ranges_done) struct ranges rest = { 0 };
	uint64_t missing[MAX_MISSING];
	size_t n = 0;

	/* ">= 1" is plainer where the number is one */
	if (l->len == 1 && (arg->kind != SNUG_ARG_ENUM || !is_interval(&l->items[0])))
		return false;
	if (find_rest(w, l, &rest))
		n = list_values(&rest, missing);
	if (n == 0 || (n > 1 && l->len == 1))
		return false;
	if (n == 1)
		snug_str_add(w->out, "!= ");
	else
		snug_str_add(w->out, arg->kind == SNUG_ARG_FLAGS ? "none of " : "not ");
	for (size_t i = 0; i < n; i++) {
		if (i)
			snug_str_add(w->out, arg->kind == SNUG_ARG_FLAGS ? " or " : "|");
		snug_arg_add_value(arg, missing[i], w->out);
	}
	return true;
}

/* One end of an interval; flags have no order that says anything. */
static void add_end(const struct writer *w, const struct snug_call_arg *arg, uint64_t value)
{
	if (arg->kind == SNUG_ARG_FLAGS)
		snug_str_addf(w->out, "%#" PRIx64, value);
	else
		snug_arg_add_value(arg, value, w->out);
}

/* "F_GETFD|F_SETFD": values that are one pattern by chance. */
static bool add_pattern_values(const struct writer *w, const struct snug_call_arg *arg,
			       const struct snug_arg_range *r)
{
	uint64_t open = ~r->mask & (arg->is_int ? UINT32_MAX : UINT64_MAX), bits = open;
	uint64_t value = 0;
	unsigned n = 0;

	if (arg->kind != SNUG_ARG_ENUM || !is_pattern(w, r) || r->value > UINT32_MAX || !open)
		return false;
	for (; bits; bits &= bits - 1)
		n++;
	if (n > MAX_OPEN_BITS)
		return false;
	/* all subsets of the open bits, in order */
	do {
		snug_str_add(w->out, value ? "|" : "");
		snug_arg_add_value(arg, r->value | value, w->out);
		value = (value - open) & open;
	} while (value);
	return true;
}

/* "AF_UNIX|AF_INET", "O_RDONLY or O_WRONLY": that their numbers are neighbours says nothing. */
static bool add_few_values(const struct writer *w, const struct snug_call_arg *arg,
			   const struct snug_arg_range *r)
{
	bool is_flags = arg->kind == SNUG_ARG_FLAGS;

	if (!(arg->kind == SNUG_ARG_ENUM || (is_flags && arg->set)) || !is_interval(r) ||
	    r->hi - r->lo >= (is_flags ? MAX_FEW_WORDS : MAX_FEW))
		return false;
	for (uint64_t value = r->lo;; value++) {
		snug_arg_add_value(arg, value, w->out);
		if (value == r->hi)
			return true;
		snug_str_add(w->out, is_flags ? " or " : "|");
	}
}

static void add_range(const struct writer *w, const struct snug_call_arg *arg,
		      const struct snug_arg_range *r)
{
	if (add_pattern_values(w, arg, r))
		return;
	if (is_pattern(w, r)) {
		snug_arg_add_pattern(arg, r->mask, r->value, false, w->out);
		return;
	}
	if (add_few_values(w, arg, r))
		return;
	if (r->lo == r->hi) {
		snug_arg_add_value(arg, r->lo, w->out);
	} else if (r->lo == 0) {
		snug_str_add(w->out, "<= ");
		add_end(w, arg, r->hi);
	} else if (r->hi == w->max) {
		snug_str_add(w->out, ">= ");
		add_end(w, arg, r->lo);
	} else {
		add_end(w, arg, r->lo);
		snug_str_add(w->out, "..");
		add_end(w, arg, r->hi);
	}
	if (!is_interval(r))
		snug_str_addf(w->out, " & %#" PRIx64 " == %#" PRIx64, r->mask, r->value);
}

static void add_ranges(const struct writer *w, const struct snug_call_arg *arg,
		       const struct ranges *l)
{
	uint64_t mask, value;

	if (is_everything(w, l)) {
		snug_str_addc(w->out, '_');
		return;
	}
	if (add_all_but_values(w, arg, l))
		return;
	if (l->len > 1 && is_all_but_pattern(w, l, &mask, &value)) {
		snug_arg_add_pattern(arg, mask, value, true, w->out);
		return;
	}
	for (size_t i = 0; i < l->len; i++) {
		if (w->out->len > MAX_TEXT_BYTES + MAX_TEXT_BYTES / 2) {
			snug_str_add(w->out, arg->kind == SNUG_ARG_FLAGS ? " or ..." : "|...");
			return;
		}
		if (i)
			snug_str_add(w->out, arg->kind == SNUG_ARG_FLAGS ? " or " : "|");
		add_range(w, arg, &l->items[i]);
	}
}

static bool is_everything_of(const struct writer *w, const struct row *r, unsigned index)
{
	struct writer at = *w;

	at.max = w->largest[index];
	return is_everything(&at, &r->args[index]);
}

/* "clone without CLONE_NEW*": the only condition is one on flags.  False when it is not. */
static bool add_as_phrase(const struct writer *w, const struct row *r, unsigned last)
{
	CLEANUP(snug_str_done) struct snug_str words = SNUG_STR_INIT;
	const struct snug_call_arg *arg = snug_call_arg(w->call, last);
	struct writer to_words = *w;

	for (unsigned i = 0; i < last; i++)
		if (!is_everything_of(w, r, i))
			return false;
	to_words.out = &words;
	to_words.max = w->largest[last];
	add_ranges(&to_words, arg, &r->args[last]);
	if (!snug_str_has_prefix(snug_str_text(&words), "with"))
		return false;
	add_call_name(w);
	snug_str_addf(w->out, " %s", snug_str_text(&words));
	return true;
}

/* What an option is called depends on its level. */
static const struct snug_call_arg *arg_of(const struct writer *w, const struct row *r,
					  unsigned index)
{
	static const struct snug_call_arg any_option = { SNUG_ARG_VALUE, "optname", NULL, true };
	const struct ranges *level = &r->args[1];

	if (index == 2 &&
	    (strcmp(w->call, "setsockopt") == 0 || strcmp(w->call, "getsockopt") == 0) &&
	    !(level->len == 1 && level->items[0].lo == SOL_SOCKET &&
	      level->items[0].hi == SOL_SOCKET))
		return &any_option;
	return snug_call_arg(w->call, index);
}

static void add_row(struct writer *w, const struct row *r)
{
	int n_args = snug_call_n_args(w->call);
	int last = SNUG_N_ARGS - 1;

	while (last >= 0 && is_everything_of(w, r, (unsigned)last))
		last--;
	if (last >= 0 && add_as_phrase(w, r, (unsigned)last))
		return;
	add_call_name(w);
	snug_str_addc(w->out, '(');
	for (int i = 0; i <= last; i++) {
		if (i)
			snug_str_add(w->out, ", ");
		w->max = w->largest[i];
		add_ranges(w, arg_of(w, r, (unsigned)i), &r->args[i]);
	}
	if (last + 1 < (n_args < 0 ? SNUG_N_ARGS : n_args))
		snug_str_add(w->out, last < 0 ? "..." : ", ...");
	snug_str_addc(w->out, ')');
}

void snug_argset_add_text(const char *call, const struct snug_argset *set, struct snug_str *out)
{
	CLEANUP(snug_argset_done) struct snug_argset plain = { 0 };
	CLEANUP(rows_done) struct rows rows = { 0 };
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	struct writer w = { .call = call, .out = &text };
	bool is_cut = false, is_part;
	uint64_t largest;

	snug_argset_copy(&plain, set);
	is_part = plain.len > MAX_SIMPLIFIED;
	if (is_part)
		plain.len = MAX_SIMPLIFIED;
	largest = largest_of(&plain);
	for (unsigned i = 0; i < SNUG_N_ARGS; i++)
		w.largest[i] = narrow(call, &plain, i) ? UINT32_MAX : largest;
	snug_argset_simplify(&plain);
	is_part = is_part || plain.len > MAX_BOXES;
	rows_from(&plain, &rows);
	if (!rows.len) {
		snug_str_add(&text, "no ");
		add_call_name(&w);
	}
	for (size_t i = 0; i < rows.len && !is_cut; i++) {
		is_cut = text.len > MAX_TEXT_BYTES;
		snug_str_add(&text, i ? " or " : "");
		if (is_cut)
			snug_str_add(&text, "...");
		else
			add_row(&w, &rows.items[i]);
	}
	if (is_part && !is_cut)
		snug_str_add(&text, " or ...");
	snug_str_add(out, snug_str_text(&text));
}
