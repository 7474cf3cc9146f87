/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The parts of the page; only for src/report/page*.c. */
#include "report/model.h"

struct snug_str;

/* page.css and page.js as they stand between their tags, and their hashes for the content security
 * policy ("sha256-..."); made by tools/gen-text and tools/gen-csp-hash. */
extern const char snug_report_css[], snug_report_css_hash[];
extern const char snug_report_js[], snug_report_js_hash[];

/* Appends @text as HTML text or the value of a quoted attribute: the one way by which a text from
 * outside gets into the page. */
void page_add_text(struct snug_str *out, const char *text);
/* "1 call", "2 calls" */
void page_add_count(struct snug_str *out, uint64_t n, const char *noun);
/* "<span class="word v-allowed">allowed</span>" */
void page_add_word(struct snug_str *out, const char *class, const char *text);

/* A section with its heading opens; the caller closes it. */
void page_open_section(struct snug_str *out, const char *id, const char *heading);

/* The sections; those that have nothing to say add nothing. */
void page_add_figures(struct snug_str *out, const struct snug_report *r);
void page_add_profiles(struct snug_str *out, const struct snug_report *r);
void page_add_recordings(struct snug_str *out, const struct snug_report *r);
void page_add_denials(struct snug_str *out, const struct snug_report *r);
void page_add_findings(struct snug_str *out, const struct snug_report *r);
/* Stops early when @out is over @max bytes. */
void page_add_calls(struct snug_str *out, const struct snug_report *r, size_t max);

/* Whether more may have been refused than the denials have. */
bool page_denials_are_partial(const struct snug_report_denials *d);

/* The discovery curve as SVG; nothing when no time is known.  @id is for its title. */
void page_add_curve(struct snug_str *out, const struct snug_report_recording *r, size_t id);
