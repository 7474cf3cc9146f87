/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/say.h"

#include "base/mem.h"
#include "base/str.h"
#include "cmd/columns.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* How a program talks is one decision for the whole process. */
static enum snug_talk talk = SNUG_TALK_NORMAL;
static bool is_terminal, has_colours;

void say_init(enum snug_talk how)
{
	talk = how;
	is_terminal = isatty(STDERR_FILENO);
	has_colours = columns_has_colours(stderr);
}

bool say_is_terminal(void)
{
	return is_terminal;
}

bool say_is_quiet(void)
{
	return talk == SNUG_TALK_QUIET;
}

static void clock_prefix(void)
{
	struct timespec ts;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &ts);
	localtime_r(&ts.tv_sec, &tm);
	fprintf(stderr, "%02d:%02d:%02d.%06ld ", tm.tm_hour, tm.tm_min, tm.tm_sec,
		ts.tv_nsec / 1000);
}

/* One line, whatever names it quotes: control characters are escaped, but not what earlier escapes
 * left behind. */
static void add_shown(struct snug_str *out, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\\");

		snug_str_add_printable(out, text, n, n);
		text += n;
		if (*text) {
			snug_str_addc(out, '\\');
			text++;
		}
	}
}

static void vline(const char *prefix, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

static void vline(const char *prefix, const char *fmt, va_list ap)
{
	CLEANUP(snug_str_done) struct snug_str shown = SNUG_STR_INIT;
	CLEANUP(freep) char *text = NULL;

	if (vasprintf(&text, fmt, ap) < 0)
		abort();
	add_shown(&shown, text);
	fprintf(stderr, "%s%s\n", prefix, snug_str_text(&shown));
	fflush(stderr);
}

void say_log(const char *fmt, ...)
{
	va_list ap;

	if (talk == SNUG_TALK_QUIET || (is_terminal && talk != SNUG_TALK_VERBOSE))
		return;
	clock_prefix();
	va_start(ap, fmt);
	vline("", fmt, ap);
	va_end(ap);
}

void say_person(const char *fmt, ...)
{
	va_list ap;

	if (talk == SNUG_TALK_QUIET || !is_terminal)
		return;
	va_start(ap, fmt);
	vline("", fmt, ap);
	va_end(ap);
}

void say_strong(const char *strong, const char *fmt, ...)
{
	CLEANUP(freep) char *prefix = NULL;
	va_list ap;

	if (talk == SNUG_TALK_QUIET || !is_terminal)
		return;
	prefix = xasprintf("%s%s%s ", has_colours ? "\033[1m" : "", strong,
			   has_colours ? "\033[0m" : "");
	va_start(ap, fmt);
	vline(prefix, fmt, ap);
	va_end(ap);
}

void say_warn(const char *fmt, ...)
{
	va_list ap;

	if (!is_terminal)
		clock_prefix();
	va_start(ap, fmt);
	vline("snug: warning: ", fmt, ap);
	va_end(ap);
}

void say_note(const char *fmt, ...)
{
	va_list ap;

	if (!is_terminal)
		clock_prefix();
	va_start(ap, fmt);
	vline("snug: ", fmt, ap);
	va_end(ap);
}

void say_error(const char *fmt, ...)
{
	va_list ap;

	if (!is_terminal)
		clock_prefix();
	va_start(ap, fmt);
	vline(is_terminal ? "snug: " : "Unable to run: ", fmt, ap);
	va_end(ap);
}

void say_warn_text(void *unused, const char *text)
{
	(void)unused;
	say_warn("%s", text);
}
