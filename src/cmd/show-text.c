/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/show-text.h"

#include "base/str.h"
#include "cmd/columns.h"
#include "cmd/terminal.h"
#include "codec/writer.h"
#include "seccomp/arch.h"

#include <stdio.h>
#include <string.h>

struct show_style show_style_of_stdout(void)
{
	return (struct show_style){
		.width = columns_width(stdout),
		.has_colours = columns_has_colours(stdout),
		.is_utf8 = terminal_is_utf8(),
	};
}

void show_add_printable(struct snug_str *out, const char *text)
{
	snug_str_add_printable(out, text, strlen(text), strlen(text));
}

void show_add_heading(struct snug_str *out, const struct show_style *style, const char *heading)
{
	snug_str_addf(out, style->has_colours ? "\n\033[1m%s:\033[0m\n" : "\n%s:\n", heading);
}

void show_add_fact(struct snug_str *out, const struct show_style *style, const char *name,
		   const char *text)
{
	columns_add_list(out, name, &text, 1, SHOW_INDENT, SHOW_START, style->width);
}

void show_add_count(struct snug_str *out, size_t n, const char *noun)
{
	snug_str_addf(out, "%zu %s%s", n, noun, n == 1 ? "" : "s");
}

void show_add_arches(struct snug_str *out, uint64_t arches)
{
	bool is_first = true;

	for (int i = 0; i < _SNUG_ARCH_MAX; i++) {
		if (!(arches & UINT64_C(1) << i))
			continue;
		snug_str_addf(out, "%s%s", is_first ? "" : ", ", snug_arch_name((enum snug_arch)i));
		is_first = false;
	}
}

void show_write_arches(struct snug_writer *w, const char *key, uint64_t arches)
{
	snug_writer_key(w, key);
	snug_writer_begin_array(w);
	for (int i = 0; i < _SNUG_ARCH_MAX; i++)
		if (arches & UINT64_C(1) << i)
			snug_writer_string(w, snug_arch_name((enum snug_arch)i));
	snug_writer_end_array(w);
}

void show_add_kernel(struct snug_str *out, uint32_t version)
{
	snug_str_addf(out, "%u.%u.%u", version >> 16, version >> 8 & 255, version & 255);
}
