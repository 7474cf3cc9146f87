/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * One live line at the bottom of the terminal while a command runs above it: the last row is taken
 * out of the scrolling region, so that the command's output never meets it.  A command that takes
 * the terminal for itself (raw mode) has it for itself.
 */
#include <stdbool.h>

struct liveline {
	bool is_wanted; /* standard error is a terminal that can do it */
	bool has_colours;
	bool is_shown;
	unsigned rows;
};

void liveline_init(struct liveline *l);
void liveline_show(struct liveline *l, const char *text);
/* Gives the row back; safe to call at any time. */
void liveline_hide(struct liveline *l);
