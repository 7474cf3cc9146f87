/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/liveline.h"

#include "base/mem.h"
#include "base/str.h"
#include "cmd/columns.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum { MIN_ROWS = 6, MIN_COLUMNS = 30 };

void liveline_init(struct liveline *l)
{
	const char *term = getenv("TERM");

	*l = (struct liveline){ 0 };
	/* reverse video is a colour to those who want none */
	l->has_colours = columns_has_colours(stderr);
	l->is_wanted = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

static void put(const struct snug_str *s)
{
	(void)!write(STDERR_FILENO, s->buf, s->len);
}

/* We may draw while we are in the foreground and lines are edited by the terminal. */
static bool may_draw(void)
{
	struct termios tio;

	return tcgetpgrp(STDERR_FILENO) == getpgrp() && tcgetattr(STDERR_FILENO, &tio) == 0 &&
	       (tio.c_lflag & ICANON);
}

void liveline_hide(struct liveline *l)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;

	if (!l->is_shown)
		return;
	/* save cursor, whole screen scrolls, clear the last row, restore cursor (VT100) */
	snug_str_addf(&s, "\0337\033[r\033[%u;1H\033[2K\0338", l->rows);
	put(&s);
	l->is_shown = false;
}

void liveline_show(struct liveline *l, const char *text)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;
	struct winsize ws;

	if (!l->is_wanted)
		return;
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &ws) < 0 || ws.ws_row < MIN_ROWS ||
	    ws.ws_col < MIN_COLUMNS || !may_draw()) {
		liveline_hide(l);
		return;
	}
	if (l->is_shown && l->rows != ws.ws_row)
		liveline_hide(l);
	l->rows = ws.ws_row;
	if (!l->is_shown) /* make room first: the cursor may be on the last row */
		snug_str_addf(&s, "\n\033[A\0337\033[1;%ur\0338", l->rows - 1);
	snug_str_addf(&s, "\0337\033[%u;1H\033[2K%s%.*s%s\0338", l->rows,
		      l->has_colours ? "\033[7m" : "", ws.ws_col - 1, text,
		      l->has_colours ? "\033[0m" : "");
	put(&s);
	l->is_shown = true;
}
