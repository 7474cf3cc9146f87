/* SPDX-License-Identifier: Apache-2.0 */
/* Names and images are other programs' text: escaped before they are measured. */
#include "cmd/ps-table.h"

#include "base/str.h"
#include "codec/writer.h"

#include <string.h>

enum column { NAME, IMAGE, RUNTIME, PID, POD, SECCOMP, RECORDING, N_COLUMNS };
enum { SHORT_ID = 12, MAX_CELL = 256, MIN_IMAGE = 12, GAP = 2 };

static const char *const headings[N_COLUMNS] = {
	"NAME", "IMAGE", "RUNTIME", "PID", "POD", "SECCOMP", "RECORDING",
};

struct line {
	char *cells[N_COLUMNS];
};

struct table {
	VEC(struct line) lines;
	size_t widths[N_COLUMNS]; /* 0: the column is not shown */
};

static void table_done(struct table *t)
{
	VEC_FOREACH (line, &t->lines)
		for (size_t i = 0; i < N_COLUMNS; i++)
			free(line->cells[i]);
	VEC_DONE(&t->lines);
}

const char *ps_seccomp_name(int mode)
{
	static const char *const names[] = { "none", "strict", "filter" };

	return mode >= 0 && mode < (int)ARRAY_SIZE(names) ? names[mode] : NULL;
}

/* Escaped, and "-" for nothing. */
static char *cell(const char *text)
{
	struct snug_str s = SNUG_STR_INIT;

	if (!text || !*text)
		return xstrdup("-");
	snug_str_add_printable(&s, text, strlen(text), MAX_CELL);
	return snug_str_take(&s);
}

static char *short_id(const char *id)
{
	CLEANUP(freep) char *cut = xstrndup(id, SHORT_ID);
	size_t n = strspn(id, "0123456789abcdef");

	/* plain runtimes have names for ids */
	return cell(n == strlen(id) && n > SHORT_ID ? cut : id);
}

static char *runtime_cell(const struct snug_container *c)
{
	CLEANUP(freep) char *both = NULL;

	if (!c->engine)
		return cell(c->runtime);
	both = c->runtime ? xasprintf("%s (%s)", c->runtime, c->engine)
			  : xasprintf("(%s)", c->engine);
	return cell(both);
}

static char *pod_cell(const struct snug_container *c)
{
	CLEANUP(freep) char *both = NULL;

	if (!c->pod || !c->pod_namespace)
		return cell(c->pod);
	both = xasprintf("%s/%s", c->pod_namespace, c->pod);
	return cell(both);
}

static void fill(struct line *line, const struct ps_row *row)
{
	static const char *const recording[] = { "no", "yes", "-" };
	const struct snug_container *c = row->container;

	line->cells[NAME] = c->name && *c->name ? cell(c->name) : short_id(c->id);
	line->cells[IMAGE] = cell(c->image);
	line->cells[RUNTIME] = runtime_cell(c);
	line->cells[PID] = xasprintf("%d", c->pid);
	line->cells[POD] = pod_cell(c);
	line->cells[SECCOMP] = cell(ps_seccomp_name(c->seccomp_mode));
	line->cells[RECORDING] = xstrdup(recording[row->recording]);
}

/* Columns, not bytes. */
static size_t width_of(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

static void measure(struct table *t, bool has_pods)
{
	for (size_t i = 0; i < N_COLUMNS; i++) {
		t->widths[i] = 0;
		if (i == POD && !has_pods)
			continue;
		t->widths[i] = strlen(headings[i]);
		VEC_FOREACH (line, &t->lines) {
			size_t width = width_of(line->cells[i]);

			if (width > t->widths[i])
				t->widths[i] = width;
		}
	}
}

/* Keeps the last @width columns: of an image, these tell it from others. */
static void cut_start(char **text, size_t width)
{
	static const char dots[] = "...";
	size_t has = width_of(*text);
	const char *p = *text;
	char *cut;

	if (has <= width)
		return;
	for (size_t drop = has - width + strlen(dots); drop; drop--)
		do
			p++;
		while (((unsigned char)*p & 0xc0) == 0x80);
	cut = xasprintf("%s%s", dots, p);
	free(*text);
	*text = cut;
}

static void shrink_images(struct table *t, unsigned width)
{
	size_t sum = 0, over;

	for (size_t i = 0; i < N_COLUMNS; i++)
		sum += t->widths[i] ? t->widths[i] + GAP : 0;
	sum -= GAP;
	if (!width || sum <= width || t->widths[IMAGE] <= MIN_IMAGE)
		return;
	over = sum - width;
	t->widths[IMAGE] =
		t->widths[IMAGE] > MIN_IMAGE + over ? t->widths[IMAGE] - over : MIN_IMAGE;
	VEC_FOREACH (line, &t->lines)
		cut_start(&line->cells[IMAGE], t->widths[IMAGE]);
}

static void add_line(struct snug_str *out, const struct table *t, const char *const *cells)
{
	size_t blanks = 0;

	for (size_t i = 0; i < N_COLUMNS; i++) {
		if (!t->widths[i])
			continue;
		snug_str_addf(out, "%*s%s", (int)blanks, "", cells[i]);
		blanks = t->widths[i] - width_of(cells[i]) + GAP;
	}
	snug_str_addc(out, '\n');
}

void ps_add_table(struct snug_str *out, const struct ps_row *rows, size_t n, unsigned width)
{
	CLEANUP(table_done) struct table t = { 0 };
	bool has_pods = false;

	for (size_t i = 0; i < n; i++) {
		fill(VEC_PUSH(&t.lines), &rows[i]);
		has_pods |= rows[i].container->pod != NULL;
	}
	measure(&t, has_pods);
	shrink_images(&t, width);
	add_line(out, &t, headings);
	VEC_FOREACH (line, &t.lines)
		add_line(out, &t, (const char *const *)line->cells);
}

static void add_known(struct snug_writer *w, const char *key, const char *value)
{
	if (value && *value)
		snug_writer_member_string(w, key, value);
}

void ps_add_json(struct snug_str *out, const struct ps_row *rows, size_t n)
{
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(SNUG_DOC_JSON, out);

	snug_writer_begin_array(w);
	for (size_t i = 0; i < n; i++) {
		const struct snug_container *c = rows[i].container;

		snug_writer_begin_object(w);
		snug_writer_member_string(w, "id", c->id);
		add_known(w, "name", c->name);
		add_known(w, "image", c->image);
		add_known(w, "runtime", c->runtime);
		add_known(w, "engine", c->engine);
		add_known(w, "pod", c->pod);
		add_known(w, "namespace", c->pod_namespace);
		add_known(w, "bundle", c->bundle);
		snug_writer_member_uint(w, "pid", (uint64_t)c->pid);
		add_known(w, "seccomp", ps_seccomp_name(c->seccomp_mode));
		if (rows[i].recording != PS_RECORDING_UNKNOWN)
			snug_writer_member_bool(w, "recording",
						rows[i].recording == PS_RECORDING_YES);
		snug_writer_end_object(w);
	}
	snug_writer_end_array(w);
	snug_writer_finish(w);
}
