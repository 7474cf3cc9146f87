/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/say.h"

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
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	talk = how;
	is_terminal = isatty(STDERR_FILENO);
	has_colours =
		is_terminal && !(no_color && *no_color) && !(term && strcmp(term, "dumb") == 0);
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

static void vline(const char *prefix, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

static void vline(const char *prefix, const char *fmt, va_list ap)
{
	fputs(prefix, stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
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

void say_warn(const char *fmt, ...)
{
	va_list ap;

	if (!is_terminal)
		clock_prefix();
	va_start(ap, fmt);
	vline("snug: warning: ", fmt, ap);
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

const char *say_bold(void)
{
	return has_colours ? "\033[1m" : "";
}

const char *say_red(void)
{
	return has_colours ? "\033[31m" : "";
}

const char *say_dim(void)
{
	return has_colours ? "\033[2m" : "";
}

const char *say_plain(void)
{
	return has_colours ? "\033[0m" : "";
}
