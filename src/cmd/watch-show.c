/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/watch-show.h"

#include "base/str.h"
#include "base/words.h"
#include "cmd/text.h"
#include "cmd/watch-groups.h"
#include "codec/writer.h"
#include "record/denied.h"

#include <inttypes.h>
#include <string.h>

enum { US_PER_S = 1000000, US_PER_MS = 1000, MAX_SHOWN = 512, SHORT_ID = 12 };

static void add_text(struct snug_str *out, const char *text)
{
	snug_str_add_printable(out, text, strlen(text), MAX_SHOWN);
}

static void add_program(struct snug_str *out, const struct watch_group *g)
{
	if (g->exe) {
		add_text(out, g->exe);
		return;
	}
	snug_str_addc(out, '(');
	add_text(out, g->comm ? g->comm : "?");
	snug_str_addc(out, ')');
}

/* "[web, pod default/shop]": what users call it, else the start of its id */
static void add_container(struct snug_str *out, const struct watch_group *g)
{
	if (!g->container_id)
		return;
	snug_str_add(out, "  [");
	if (g->container)
		add_text(out, g->container);
	else
		snug_str_addn(out, g->container_id, SHORT_ID);
	if (g->pod) {
		snug_str_add(out, ", pod ");
		if (g->pod_namespace) {
			add_text(out, g->pod_namespace);
			snug_str_addc(out, '/');
		}
		add_text(out, g->pod);
	}
	snug_str_addc(out, ']');
}

/* "EPERM     uname (x86)" */
static void add_what(struct snug_str *out, const struct watch_group *g)
{
	CLEANUP(snug_str_done) struct snug_str result = SNUG_STR_INIT;

	snug_result_add_name(&result, g->result);
	snug_str_addf(out, "%-8s  ", snug_str_text(&result));
	if (g->name)
		snug_str_add(out, g->name);
	else
		snug_str_addf(out, "call %d", (int)g->nr);
	if (g->arch != snug_arch_native())
		snug_str_addf(out, " (%s)", snug_arch_name(g->arch));
}

static uint64_t count_of(const struct watch_group *g)
{
	return g->count ? g->count : 1;
}

void watch_add_line(struct snug_str *out, const struct watch_group *g)
{
	char time[32];

	text_format_local(time, g->first_us);
	snug_str_addf(out, "%s.%03u  %7u  ", time, (unsigned)(g->first_us % US_PER_S / US_PER_MS),
		      g->pid);
	add_program(out, g);
	add_container(out, g);
	snug_str_add(out, "  ");
	add_what(out, g);
	if (count_of(g) > 1)
		snug_str_addf(out, "  (%" PRIu64 " times)", count_of(g));
	snug_str_addc(out, '\n');
}

void watch_add_heading(struct snug_str *out)
{
	snug_str_add(out, "EXECUTABLE\n"
			  "   COUNT  FIRST                LAST                 ANSWER    CALL\n");
}

void watch_add_rows(struct snug_str *out, const struct watch_group *g,
		    const struct watch_group *before)
{
	char first[32], last[32];

	if (!before || !snug_words_equal(g->exe, before->exe) ||
	    !snug_words_equal(g->container_id, before->container_id) ||
	    (!g->exe && !snug_words_equal(g->comm, before->comm))) {
		add_program(out, g);
		add_container(out, g);
		snug_str_addc(out, '\n');
	}
	text_format_local(first, g->first_us);
	text_format_local(last, g->last_us);
	snug_str_addf(out, "%8" PRIu64 "  %-19s  %-19s  ", count_of(g), first, last);
	add_what(out, g);
	snug_str_addc(out, '\n');
}

static void add_member(struct snug_writer *w, const char *key, const char *text)
{
	text_write_bytes(w, key, text, text ? strlen(text) : 0);
}

void watch_add_json(struct snug_str *out, const struct watch_group *g)
{
	CLEANUP(snug_str_done) struct snug_str line = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str result = SNUG_STR_INIT;
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(SNUG_DOC_JSON, &line);

	snug_result_add_name(&result, g->result);
	snug_writer_begin_object(w);
	snug_writer_member_string(w, "type", "denial");
	text_write_utc(w, "time", g->first_us);
	text_write_utc(w, "last", g->last_us);
	snug_writer_member_uint(w, "pid", g->pid);
	add_member(w, "comm", g->comm);
	add_member(w, "exe", g->exe);
	add_member(w, "containerId", g->container_id);
	add_member(w, "container", g->container);
	add_member(w, "pod", g->pod);
	add_member(w, "namespace", g->pod_namespace);
	snug_writer_member_string(w, "arch", snug_arch_name(g->arch));
	snug_writer_key(w, "nr");
	snug_writer_int(w, (int32_t)g->nr);
	if (g->name)
		snug_writer_member_string(w, "syscall", g->name);
	snug_writer_member_string(w, "result", snug_str_text(&result));
	snug_writer_member_uint(w, "count", count_of(g));
	snug_writer_end_object(w);
	snug_writer_finish(w);
	text_add_json_line(out, &line);
}
