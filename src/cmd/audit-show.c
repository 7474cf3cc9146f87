/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/audit-show.h"

#include "base/mem.h"
#include "base/str.h"
#include "cmd/columns.h"
#include "cmd/text.h"
#include "codec/writer.h"
#include "seccomp/profile.h"
#include "seccomp/ret.h"

#include <string.h>

#include <linux/seccomp.h>

enum { US_PER_S = 1000000, US_PER_MS = 1000, MAX_SHOWN = 512, SHORT_ID = 12, INDENT = 10 };

static void add_text(struct snug_str *out, const struct snug_audit_text *t)
{
	snug_str_add_printable(out, t->text ? t->text : "?", t->text ? t->len : 1, MAX_SHOWN);
}

static bool is_same(const struct snug_audit_group *a, const struct snug_audit_group *b, int i)
{
	const struct snug_audit_text *ta = &a->texts[i], *tb = &b->texts[i];

	return ta->len == tb->len && (!ta->len || memcmp(ta->text, tb->text, ta->len) == 0);
}

static bool have_one_heading(const struct snug_audit_group *a, const struct snug_audit_group *b)
{
	return is_same(a, b, SNUG_AUDIT_EXE) && is_same(a, b, SNUG_AUDIT_CONTAINER) &&
	       (a->texts[SNUG_AUDIT_EXE].text || is_same(a, b, SNUG_AUDIT_COMM));
}

/* "[web, pod default/shop]": what users call it, else the start of its id */
static void add_container(struct snug_str *out, const struct snug_audit_group *g)
{
	const struct snug_audit_text *t = g->texts;

	if (!t[SNUG_AUDIT_CONTAINER].text)
		return;
	snug_str_add(out, "  [");
	if (t[SNUG_AUDIT_CONTAINER_NAME].text)
		add_text(out, &t[SNUG_AUDIT_CONTAINER_NAME]);
	else
		snug_str_add_printable(out, t[SNUG_AUDIT_CONTAINER].text, SHORT_ID, MAX_SHOWN);
	if (t[SNUG_AUDIT_POD].text) {
		snug_str_add(out, ", pod ");
		if (t[SNUG_AUDIT_POD_NAMESPACE].text) {
			add_text(out, &t[SNUG_AUDIT_POD_NAMESPACE]);
			snug_str_addc(out, '/');
		}
		add_text(out, &t[SNUG_AUDIT_POD]);
	}
	snug_str_addc(out, ']');
}

static void add_program(struct snug_str *out, const struct snug_audit_group *g)
{
	if (g->texts[SNUG_AUDIT_EXE].text) {
		add_text(out, &g->texts[SNUG_AUDIT_EXE]);
		return;
	}
	snug_str_addc(out, '(');
	add_text(out, &g->texts[SNUG_AUDIT_COMM]);
	snug_str_addc(out, ')');
}

static void add_words(struct snug_str *out, const char *before, const struct snug_audit_text *t)
{
	if (!t->text)
		return;
	snug_str_add(out, before);
	add_text(out, t);
}

/* "uname", "uname (x86)", "{ read } file, a_t -> b_t, /etc/shadow", "open /etc/shadow (r), profile
 * web" */
static void add_what(struct snug_str *out, const struct snug_audit_group *g)
{
	const struct snug_audit_text *t = g->texts;
	struct snug_audit_event ev;
	enum snug_arch arch;
	const char *name;
	uint32_t nr;

	switch (g->kind) {
	case SNUG_AUDIT_SECCOMP:
		snug_audit_group_as_event(g, &ev);
		arch = snug_audit_event_arch(&ev, &nr);
		name = snug_audit_event_call(&ev);
		if (name)
			snug_str_add(out, name);
		else
			snug_str_addf(out, "call %d", (int)nr);
		if (arch == _SNUG_ARCH_INVALID)
			snug_str_addf(out, " (arch %x)", g->audit_arch);
		else if (arch != snug_arch_native())
			snug_str_addf(out, " (%s)", snug_arch_name(arch));
		if (g->has_code && g->code == SECCOMP_RET_KILL_THREAD)
			snug_str_add(out, ", its thread alone");
		return;
	case SNUG_AUDIT_SELINUX:
		add_words(out, "SELinux { ", &t[SNUG_AUDIT_PERMS]);
		add_words(out, " } ", &t[SNUG_AUDIT_TCLASS]);
		add_words(out, " ", &t[SNUG_AUDIT_NAME]);
		add_words(out, ", ", &t[SNUG_AUDIT_SCONTEXT]);
		add_words(out, " -> ", &t[SNUG_AUDIT_TCONTEXT]);
		return;
	case SNUG_AUDIT_APPARMOR:
	case _SNUG_AUDIT_KIND_MAX:
		add_words(out, "AppArmor ", &t[SNUG_AUDIT_SCONTEXT]);
		add_words(out, " ", &t[SNUG_AUDIT_NAME]);
		add_words(out, ", mask ", &t[SNUG_AUDIT_PERMS]);
		add_words(out, ", profile ", &t[SNUG_AUDIT_TCONTEXT]);
		return;
	}
}

static const char *outcome(const struct snug_audit_group *g)
{
	struct snug_audit_event ev;

	snug_audit_group_as_event(g, &ev);
	return snug_audit_event_outcome(&ev);
}

void audit_add_heading(struct snug_str *out)
{
	snug_str_add(out, "EXECUTABLE\n"
			  "   COUNT  FIRST                LAST                 OUTCOME   WHAT\n");
}

void audit_add_rows(struct snug_str *out, const struct snug_audit_group *group,
		    const struct snug_audit_group *before, unsigned width)
{
	CLEANUP(snug_str_done) struct snug_str head = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	char first[32], last[32];

	if (!before || !have_one_heading(group, before)) {
		add_program(&head, group);
		add_container(&text, group);
		columns_add_tail(out, snug_str_text(&head), snug_str_text(&text), INDENT, width);
		snug_str_clear(&head);
		snug_str_clear(&text);
	}
	text_format_local(first, group->first_us);
	text_format_local(last, group->last_us);
	snug_str_addf(&head, "%8llu  %-19s  %-19s  %-8s  ", (unsigned long long)group->count, first,
		      last, outcome(group));
	add_what(&text, group);
	columns_add_tail(out, snug_str_text(&head), snug_str_text(&text), INDENT, width);
}

void audit_add_event(struct snug_str *out, const struct snug_audit_event *ev,
		     const struct snug_audit_group *group)
{
	char time[32];

	text_format_local(time, ev->time_us);
	snug_str_add(out, time);
	if (ev->time_us)
		snug_str_addf(out, ".%03u", (unsigned)(ev->time_us % US_PER_S / US_PER_MS));
	if (ev->pid != SNUG_AUDIT_UNSET)
		snug_str_addf(out, "  %7u  ", ev->pid);
	else
		snug_str_add(out, "        -  ");
	add_program(out, group);
	add_container(out, group);
	snug_str_addf(out, "  %s  ", outcome(group));
	add_what(out, group);
	snug_str_addc(out, '\n');
}

static void add_member(struct snug_writer *w, const char *key, const struct snug_audit_text *t)
{
	text_write_bytes(w, key, t->text, t->len);
}

static void add_time(struct snug_writer *w, const char *key, uint64_t us)
{
	if (us)
		text_write_utc(w, key, us);
}

static void add_seccomp(struct snug_writer *w, const struct snug_audit_group *g)
{
	struct snug_audit_event ev;
	enum snug_arch arch;
	const char *name;
	uint32_t nr;

	snug_audit_group_as_event(g, &ev);
	arch = snug_audit_event_arch(&ev, &nr);
	name = snug_audit_event_call(&ev);
	if (name)
		snug_writer_member_string(w, "syscall", name);
	snug_writer_key(w, "nr");
	snug_writer_int(w, (int32_t)nr);
	if (arch == _SNUG_ARCH_INVALID)
		snug_writer_member_uint(w, "auditArch", g->audit_arch);
	else
		snug_writer_member_string(w, "arch", snug_arch_name(arch));
	if (g->has_code && snug_ret_action(g->code) != _SNUG_ACTION_INVALID)
		snug_writer_member_string(w, "action", snug_action_name(snug_ret_action(g->code)));
}

void audit_add_json(struct snug_str *out, const struct snug_audit_group *g)
{
	static const char *const selinux[] = { "verdict",  "perms",  "scontext",
					       "tcontext", "tclass", "name" };
	static const char *const apparmor[] = { "verdict", "mask",  "operation",
						"profile", "class", "name" };
	CLEANUP(snug_str_done) struct snug_str line = SNUG_STR_INIT;
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(SNUG_DOC_JSON, &line);
	const char *const *keys = g->kind == SNUG_AUDIT_SELINUX ? selinux : apparmor;

	snug_writer_begin_object(w);
	snug_writer_member_string(w, "type", snug_audit_kind_name(g->kind));
	add_member(w, "executable", &g->texts[SNUG_AUDIT_EXE]);
	add_member(w, "comm", &g->texts[SNUG_AUDIT_COMM]);
	if (g->pid != SNUG_AUDIT_UNSET)
		snug_writer_member_uint(w, "pid", g->pid);
	add_member(w, "containerId", &g->texts[SNUG_AUDIT_CONTAINER]);
	add_member(w, "container", &g->texts[SNUG_AUDIT_CONTAINER_NAME]);
	add_member(w, "pod", &g->texts[SNUG_AUDIT_POD]);
	add_member(w, "namespace", &g->texts[SNUG_AUDIT_POD_NAMESPACE]);
	if (g->kind == SNUG_AUDIT_SECCOMP)
		add_seccomp(w, g);
	else
		for (size_t i = 0; i < ARRAY_SIZE(selinux); i++)
			add_member(w, keys[i], &g->texts[SNUG_AUDIT_VERDICT + i]);
	snug_writer_member_string(w, "outcome", outcome(g));
	snug_writer_member_uint(w, "count", g->count);
	add_time(w, "first", g->first_us);
	add_time(w, "last", g->last_us);
	snug_writer_end_object(w);
	snug_writer_finish(w);
	text_add_json_line(out, &line);
}
