/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/args-summary.h"

#include "base/str.h"
#include "cmd/say.h"
#include "codec/writer.h"

enum { MAX_NAMED = 5 };

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

/* Kept short on a terminal, and as a line of a log elsewhere. */
static void tell(const char *what, const struct snug_str *names)
{
	if (!names->len)
		return;
	if (say_is_terminal())
		say_person("%s: %s", what, snug_str_text(names));
	else
		say_log("%s: %s", what, snug_str_text(names));
}

/* One line for each reason, with its way out. */
static void print_open(const struct snug_derived *d)
{
	static const char *const whys[] = {
		[SNUG_OPEN_BASE] = "with any arguments (of the base set; -n or -b is without it)",
		[SNUG_OPEN_RUNTIME] = "with any arguments (the container's runtime needs that)",
		[SNUG_OPEN_NOT_RECORDED] = "with any arguments (none were recorded)",
		[SNUG_OPEN_TOO_MANY] = "with any arguments (too many different ones)",
		[SNUG_OPEN_ELSEWHERE] = "with any arguments (another ABI has them elsewhere)",
		[SNUG_OPEN_BEHIND_MUX] = "with any arguments (made through socketcall or ipc)",
		[SNUG_OPEN_EVERY_VALUE] = "with any arguments (all values were recorded)",
	};

	for (int i = 0; i < _SNUG_OPEN_MAX; i++) {
		CLEANUP(snug_str_done) struct snug_str names = SNUG_STR_INIT;

		add_open(&names, d, (enum snug_open_reason)i);
		tell(whys[i], &names);
	}
}

static void print_leaky(const struct snug_derived *d)
{
	CLEANUP(snug_str_done) struct snug_str names = SNUG_STR_INIT;
	size_t i = 0;

	VEC_FOREACH (name, &d->leaky)
		add_name(&names, *name, i++, d->leaky.len);
	tell("a listed ABI hides the arguments of", &names);
}

void args_summary_print(const struct snug_derived *d)
{
	CLEANUP(snug_str_done) struct snug_str names = SNUG_STR_INIT;

	if (d->args == SNUG_ARGS_OFF)
		return;
	if (!d->has_arg_facts)
		say_warn("--args: no arguments were recorded: the profile allows calls with any "
			 "(snug record --args records them)");
	for (size_t i = 0; i < d->conditional.len; i++)
		add_name(&names, d->conditional.items[i], i, d->conditional.len);
	tell("with the recorded arguments only", &names);
	print_open(d);
	print_leaky(d);
	if (!d->has_clone3)
		return;
	snug_str_clear(&names);
	snug_str_add(&names, "clone3; --clone3=enosys makes libraries use clone");
	tell("no filter sees the flags of", &names);
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
