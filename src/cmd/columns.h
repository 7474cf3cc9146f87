/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Lists that a person reads: wrapped at the terminal's width, in columns. */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct snug_str;

/* The terminal's width, within reason (40 to 120); 80 when @f is no terminal. */
unsigned columns_width(FILE *f);
/* For tables of which a line is a row, as scripts like it: the terminal's width, and no limit when
 * @f is no terminal. */
unsigned columns_row_width(FILE *f);
/* Whether @f is a terminal that shall have colours (NO_COLOR, TERM). */
bool columns_has_colours(FILE *f);

/*
 * Appends lines like
 *
 *	  files      access, chmod, chown,
 *	             open
 *
 * with @head at column @indent, and the @n @items from column @start on.  An item that is wider
 * than the whole column is broken at its blanks, and if need be behind '|'; no other one is.  Items
 * and head must be printable.
 */
void columns_add_list(struct snug_str *out, const char *head, const char *const *items, size_t n,
		      unsigned indent, unsigned start, unsigned width);
/* The same for one @text, which is broken at its blanks, behind a @head that is indented already;
 * one of exactly @start columns ends with the blank it needs. */
void columns_add_row(struct snug_str *out, const char *head, const char *text, unsigned start,
		     unsigned width);
/* One row of a table whose last column, @text, may be too wide for it: behind @head when all fits
 * @width, else on lines of its own from column @indent on. */
void columns_add_tail(struct snug_str *out, const char *head, const char *text, unsigned indent,
		      unsigned width);
