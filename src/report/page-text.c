/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "report/page-internal.h"

#include <inttypes.h>
#include <string.h>

void page_add_text(struct snug_str *out, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "&<>\"'");

		snug_str_addn(out, text, n);
		text += n;
		if (!*text)
			return;
		/* by number: every HTML and XML knows these */
		snug_str_addf(out, "&#%d;", *text);
		text++;
	}
}

void page_add_count(struct snug_str *out, uint64_t n, const char *noun)
{
	snug_str_addf(out, "%" PRIu64 " %s%s", n, noun, n == 1 ? "" : "s");
}

void page_add_word(struct snug_str *out, const char *class, const char *text)
{
	snug_str_addf(out, "<span class=\"word %s\">", class);
	page_add_text(out, text);
	snug_str_add(out, "</span>");
}

void page_open_section(struct snug_str *out, const char *id, const char *heading)
{
	snug_str_addf(out, "<section id=\"%s\" aria-labelledby=\"h-%s\">\n<h2 id=\"h-%s\">", id, id,
		      id);
	page_add_text(out, heading);
	snug_str_add(out, "</h2>\n");
}
