/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/hook-log.h"

#include "base/mem.h"
#include "base/str.h"
#include "cmd/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MAX_LINE = 4096 };

static bool is_detached;

void hook_log_open(void)
{
	openlog("snug", LOG_PID, LOG_DAEMON);
}

void hook_log_detach(void)
{
	is_detached = true;
}

void hook_log(int priority, const char *fmt, ...)
{
	CLEANUP(snug_str_done) struct snug_str shown = SNUG_STR_INIT;
	CLEANUP(freep) char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	snug_str_add_printable(&shown, text, strlen(text), MAX_LINE);
	syslog(priority, "%s", snug_str_text(&shown));
	if (is_detached)
		return;
	if (priority == LOG_ERR)
		say_error("hook: %s", text);
	else if (priority == LOG_WARNING)
		say_warn("hook: %s", text);
	else
		say_log("%s", text);
}

void hook_log_warning(void *unused, const char *text)
{
	(void)unused;
	hook_log(LOG_WARNING, "%s", text);
}
