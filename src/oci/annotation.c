/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The peer takes one or two parts, "if:" and "of:" in any order.  What snug adds stands behind them
 * and is taken off first, so that everything else meets the peer's rules and its words.
 */
#include "oci/annotation.h"

#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"

#include <errno.h>
#include <string.h>

enum { MAX_PARTS = 16 };

struct part {
	const char *text;
	size_t len;
};

struct parts {
	struct part items[MAX_PARTS];
	size_t len;
};

void snug_trace_annotation_done(struct snug_trace_annotation *a)
{
	free(a->output);
	free(a->input);
	free(a->recording);
	free(a->format);
	VEC_FOREACH (r, &a->runtimes)
		free(*r);
	VEC_DONE(&a->runtimes);
	*a = (struct snug_trace_annotation){ 0 };
}

static bool has_key(const struct part *p, const char *key)
{
	size_t n = strlen(key);

	return p->len >= n && memcmp(p->text, key, n) == 0;
}

static bool is_ours(const struct part *p)
{
	return has_key(p, "recording:") || has_key(p, "base:") || has_key(p, "format:");
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* What stands behind the key, without white space around it. */
static struct part value_of(const struct part *p)
{
	const char *colon = memchr(p->text, ':', p->len);
	struct part v = { colon + 1, p->len - (size_t)(colon + 1 - p->text) };

	for (; v.len && is_blank(*v.text); v.len--)
		v.text++;
	while (v.len && is_blank(v.text[v.len - 1]))
		v.len--;
	return v;
}

static int fail(struct snug_err *err, const char *what, const char *text, size_t len)
{
	CLEANUP(snug_str_done) struct snug_str shown = SNUG_STR_INIT;

	snug_str_add_printable(&shown, text, len, 256);
	return snug_err_set(err, -EINVAL, "invalid annotation: %s: \"%s\"", what,
			    snug_str_text(&shown));
}

/* A component that is "..": what a path means must not depend on what it passes through. */
static bool climbs(const struct part *v)
{
	for (size_t i = 0; i + 2 < v->len; i++) {
		const char *c = v->text + i;

		if (c[0] == '/' && c[1] == '.' && c[2] == '.' && (i + 3 == v->len || c[3] == '/'))
			return true;
	}
	return false;
}

static bool has_control(const struct part *v)
{
	for (size_t i = 0; i < v->len; i++)
		if ((unsigned char)v->text[i] < ' ' || v->text[i] == 0x7f)
			return true;
	return false;
}

static int take_path(const struct part *p, const char *what, char **ret, struct snug_err *err)
{
	CLEANUP(freep) char *words = NULL;
	struct part v = value_of(p);

	if (!v.len || v.text[0] != '/') {
		words = xasprintf("%s file path must be absolute", what);
		return fail(err, words, v.text, v.len);
	}
	if (has_control(&v))
		return fail(err, "a path must not hold control characters", v.text, v.len);
	if (climbs(&v))
		return fail(err, "a path must not hold '..'", v.text, v.len);
	free(*ret);
	*ret = xstrndup(v.text, v.len);
	return 0;
}

static int take_base(const struct part *p, struct snug_trace_annotation *a, struct snug_err *err)
{
	struct part v = value_of(p);
	const char *at = v.text, *end = v.text + v.len;

	VEC_FOREACH (r, &a->runtimes)
		free(*r);
	a->runtimes.len = 0;
	a->no_baseline = v.len == 4 && memcmp(v.text, "none", 4) == 0;
	if (a->no_baseline)
		return 0;
	for (;;) {
		const char *comma = memchr(at, ',', (size_t)(end - at));
		size_t n = (size_t)((comma ? comma : end) - at);

		if (n == 0 || n > 32)
			return fail(err, "base: takes runtimes (runc,crun) or none", v.text, v.len);
		*VEC_PUSH(&a->runtimes) = xstrndup(at, n);
		if (!comma)
			return 0;
		at = comma + 1;
	}
}

static int take_format(const struct part *p, struct snug_trace_annotation *a, struct snug_err *err)
{
	struct part v = value_of(p);

	if (!(v.len == 3 && (memcmp(v.text, "oci", 3) == 0 || memcmp(v.text, "crd", 3) == 0)))
		return fail(err, "format: takes oci or crd", v.text, v.len);
	free(a->format);
	a->format = xstrndup(v.text, v.len);
	return 0;
}

static int take_ours(const struct part *p, struct snug_trace_annotation *a, struct snug_err *err)
{
	if (has_key(p, "recording:"))
		return take_path(p, "recording", &a->recording, err);
	if (has_key(p, "base:"))
		return take_base(p, a, err);
	return take_format(p, a, err);
}

static int take_peers(const struct part *p, struct snug_trace_annotation *a, struct snug_err *err)
{
	if (has_key(p, "of:"))
		return take_path(p, "output", &a->output, err);
	if (has_key(p, "if:"))
		return take_path(p, "input", &a->input, err);
	return snug_err_set(err, -EINVAL,
			    "invalid annotation: must start \"if:\" or \"of:\" prefix");
}

static bool split(const char *value, size_t len, struct parts *ret)
{
	const char *at = value, *end = value + len;

	ret->len = 0;
	for (;;) {
		const char *semi = memchr(at, ';', (size_t)(end - at));

		if (ret->len == MAX_PARTS)
			return false;
		ret->items[ret->len++] = (struct part){ at, (size_t)((semi ? semi : end) - at) };
		if (!semi)
			return true;
		at = semi + 1;
	}
}

static int take_parts(const struct parts *parts, struct snug_trace_annotation *a,
		      struct snug_err *err)
{
	size_t n_peers = parts->len;
	int r = 0;

	while (n_peers && is_ours(&parts->items[n_peers - 1]))
		n_peers--;
	if (n_peers > 2)
		return -E2BIG;
	for (size_t i = 0; i < n_peers && r == 0; i++)
		r = take_peers(&parts->items[i], a, err);
	for (size_t i = n_peers; i < parts->len && r == 0; i++)
		r = take_ours(&parts->items[i], a, err);
	return r;
}

int snug_trace_annotation_parse(const char *value, size_t len, struct snug_trace_annotation *ret,
				struct snug_err *err)
{
	CLEANUP(snug_trace_annotation_done) struct snug_trace_annotation a = { 0 };
	struct parts parts;
	int r = -E2BIG;

	if (len > SNUG_LIMIT_ANNOTATION_BYTES)
		return snug_err_set(err, -EINVAL, "invalid annotation: %zu bytes, over %d", len,
				    SNUG_LIMIT_ANNOTATION_BYTES);
	if (split(value, len, &parts))
		r = take_parts(&parts, &a, err);
	if (r == -E2BIG)
		return fail(err, "more than one semi-colon", value, len);
	if (r < 0)
		return r;
	if (!a.output)
		return snug_err_set(err, -EINVAL,
				    "invalid annotation: providing output file is mandatory");
	*ret = a;
	a = (struct snug_trace_annotation){ 0 };
	return 0;
}
