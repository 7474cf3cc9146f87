/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What the views of `snug show` share: where and how they print. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct snug_str;
struct snug_writer;

struct show_style {
	unsigned width;
	bool has_colours; /* bold headings; on a terminal only */
	bool is_utf8;     /* line drawing and braille */
};

/* The style that fits standard output. */
struct show_style show_style_of_stdout(void);

/* Where facts and lists begin, behind their names. */
enum { SHOW_INDENT = 2, SHOW_START = 16 };

/* Appends @text as a terminal may be shown it. */
void show_add_printable(struct snug_str *out, const char *text);
/* Appends "Heading:" in bold on a line of its own, behind an empty one; @heading is printable. */
void show_add_heading(struct snug_str *out, const struct show_style *style, const char *heading);
/* Appends "  name        text", wrapped; @text is printable. */
void show_add_fact(struct snug_str *out, const struct show_style *style, const char *name,
		   const char *text);
/* Appends "1 call", "2 calls". */
void show_add_count(struct snug_str *out, size_t n, const char *noun);
/* Appends "x86_64, x86"; bit n = enum snug_arch n. */
void show_add_arches(struct snug_str *out, uint64_t arches);
/* Writes the member @key as an array of their names. */
void show_write_arches(struct snug_writer *w, const char *key, uint64_t arches);
/* Appends "6.1.0" of KERNEL_VERSION(). */
void show_add_kernel(struct snug_str *out, uint32_t version);
