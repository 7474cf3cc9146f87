/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/args-summary.h"

#include "base/str.h"
#include "cmd/say.h"
#include "codec/writer.h"

enum { MAX_NAMED = 7 };

static size_t n_open(const struct snug_derived *d, enum snug_open_reason reason)
{
	size_t n = 0;

	VEC_FOREACH (open, &d->open)
		n += open->reason == reason;
	return n;
}

static void add_name(struct snug_str *out, const char *name, size_t i, size_t n)
{
	if (i < MAX_NAMED)
		snug_str_addf(out, "%s%s", i ? ", " : "", name);
	else if (i == MAX_NAMED)
		snug_str_addf(out, " and %zu more", n - i);
}

static void add_open(struct snug_str *out, const struct snug_derived *d,
		     enum snug_open_reason reason)
{
	size_t i = 0, n = n_open(d, reason);

	VEC_FOREACH (open, &d->open)
		if (open->reason == reason)
			add_name(out, open->name, i++, n);
}

/* One line for each reason, with its way out. */
static void print_open(const struct snug_derived *d)
{
	static const char *const whys[] = {
		[SNUG_OPEN_BASE] = "the base set has them: -n or -b NAMES is without it",
		[SNUG_OPEN_NOT_RECORDED] = "recorded without arguments: snug record --args",
		[SNUG_OPEN_TOO_MANY] = "too many different ones, or some were lost",
		[SNUG_OPEN_ELSEWHERE] = "made on an ABI that passes them in another way",
		[SNUG_OPEN_BEHIND_MUX] = "made through socketcall or ipc, which hide them",
		[SNUG_OPEN_EVERY_VALUE] = "every value was recorded",
	};

	for (int i = 0; i < _SNUG_OPEN_MAX; i++) {
		CLEANUP(snug_str_done) struct snug_str names = SNUG_STR_INIT;

		add_open(&names, d, (enum snug_open_reason)i);
		if (names.len)
			say_person("with any arguments: %s (%s)", snug_str_text(&names), whys[i]);
	}
}

static void print_leaky(const struct snug_derived *d)
{
	CLEANUP(snug_str_done) struct snug_str names = SNUG_STR_INIT;
	size_t i = 0;

	VEC_FOREACH (name, &d->leaky)
		add_name(&names, *name, i++, d->leaky.len);
	if (names.len)
		say_person("an ABI that is listed has arguments of these in memory or in another "
			   "place, where no condition holds them: %s",
			   snug_str_text(&names));
}

void args_summary_print(const struct snug_derived *d)
{
	if (d->args == SNUG_ARGS_OFF)
		return;
	if (!d->conditional.len && d->open.len &&
	    n_open(d, SNUG_OPEN_NOT_RECORDED) + n_open(d, SNUG_OPEN_BASE) == d->open.len)
		say_warn("--args: no arguments were recorded (snug record --args does it): the "
			 "profile allows calls with any");
	say_person("%zu calls are allowed with the recorded arguments only, by %zu entries",
		   d->conditional.len, d->n_conditions);
	print_open(d);
	print_leaky(d);
	if (d->has_clone3)
		say_person("clone3 is allowed, and no filter sees its flags: --clone3=enosys makes "
			   "libraries use clone");
}

static void write_open(struct snug_writer *w, const struct snug_derived *d)
{
	snug_writer_key(w, "open");
	snug_writer_begin_array(w);
	VEC_FOREACH (open, &d->open) {
		snug_writer_begin_object(w);
		snug_writer_member_string(w, "name", open->name);
		snug_writer_member_string(w, "reason", snug_open_reason_name(open->reason));
		snug_writer_end_object(w);
	}
	snug_writer_end_array(w);
}

void args_summary_write(struct snug_writer *w, const struct snug_derived *d)
{
	if (d->args == SNUG_ARGS_OFF)
		return;
	snug_writer_key(w, "args");
	snug_writer_begin_object(w);
	snug_writer_member_string(w, "level", snug_args_level_names()[d->args]);
	snug_writer_member_uint(w, "conditional", d->conditional.len);
	snug_writer_member_uint(w, "entries", d->n_conditions);
	write_open(w, d);
	snug_writer_member_strings(w, "leaky", d->leaky.items, d->leaky.len);
	snug_writer_member_bool(w, "clone3", d->has_clone3);
	snug_writer_end_object(w);
}
