/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/fields.h"

#include "base/mem.h"

#include <string.h>

enum {
	TAIL = 0x1d
}; /* auditd puts its own reading of the numbers behind it (log_format ENRICHED) */

static bool is_end_of_word(char c)
{
	return c == ' ' || c == TAIL || c == '\n' || c == '\t' || c == '\r';
}

/* Where auditd's tail begins in a number that it sticks to.  Its 0x1d may have been dropped on the
 * way ("code=0x7ffc0000AUID="unset""), or be written as syslog daemons (#035) and viewers (^]) do.
 */
static const char *cut_tail(const char *start, const char *end)
{
	static const char *const tails[] = { "AUID=", "ARCH=", "#035", "^]", "\\x1d", "\\035" };

	for (size_t i = 0; i < ARRAY_SIZE(tails); i++) {
		const char *at = memmem(start, (size_t)(end - start), tails[i], strlen(tails[i]));

		if (at)
			end = at;
	}
	return end;
}

bool snug_audit_fields_next(struct snug_audit_fields *f, struct snug_audit_field *ret)
{
	while (f->at < f->end) {
		const char *start, *p = f->at;

		while (p < f->end && is_end_of_word(*p) && *p != TAIL)
			p++;
		for (start = p; p < f->end && *p != '=' && !is_end_of_word(*p); p++)
			;
		if (p == f->end || *p == TAIL) {
			f->at = f->end;
			return false;
		}
		f->at = p;
		if (*p != '=')
			continue;
		ret->key = (struct snug_audit_text){ start, (size_t)(p - start) };
		start = ++p;
		ret->is_quoted = p < f->end && *p == '"';
		if (ret->is_quoted) {
			start++;
			p = memchr(start, '"', (size_t)(f->end - start));
			p = p ? p : f->end; /* cut */
			ret->value = (struct snug_audit_text){ start, (size_t)(p - start) };
			f->at = p < f->end ? p + 1 : p;
			return true;
		}
		while (p < f->end && !is_end_of_word(*p))
			p++;
		ret->value = (struct snug_audit_text){ start, (size_t)(p - start) };
		f->at = p;
		return true;
	}
	return false;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* The kernel writes upper-case digits, two a byte. */
static bool is_hex(const struct snug_audit_text *t)
{
	if (!t->len || t->len % 2)
		return false;
	for (size_t i = 0; i < t->len; i++)
		if (hex_digit(t->text[i]) < 0)
			return false;
	return true;
}

struct snug_audit_text snug_audit_fields_text(const struct snug_audit_field *field,
					      struct snug_audit_event *ev)
{
	const struct snug_audit_text *raw = &field->value;
	struct snug_audit_text text;

	if (field->is_quoted || !is_hex(raw) ||
	    raw->len / 2 > sizeof(ev->scratch) - ev->scratch_len)
		return *raw;
	text = (struct snug_audit_text){ ev->scratch + ev->scratch_len, raw->len / 2 };
	for (size_t i = 0; i < raw->len; i += 2)
		ev->scratch[ev->scratch_len++] =
			(char)(hex_digit(raw->text[i]) << 4 | hex_digit(raw->text[i + 1]));
	return text;
}

static bool parse_digits(const char *p, const char *end, unsigned base, uint64_t max, uint64_t *ret)
{
	uint64_t v = 0;

	if (p == end)
		return false;
	for (; p < end; p++) {
		int d = hex_digit(*p);

		if (d < 0 || (unsigned)d >= base || __builtin_mul_overflow(v, base, &v) ||
		    __builtin_add_overflow(v, (uint64_t)d, &v) || v > max)
			return false;
	}
	*ret = v;
	return true;
}

static bool parse(const char *p, const char *end, unsigned base, uint64_t max, uint64_t *ret)
{
	return parse_digits(p, end, base, max, ret) ||
	       parse_digits(p, cut_tail(p, end), base, max, ret);
}

bool snug_audit_fields_number(const struct snug_audit_text *t, uint64_t max, uint64_t *ret)
{
	const char *end = t->text + t->len;

	return parse(t->text, end, 10, max, ret);
}

bool snug_audit_fields_hex(const struct snug_audit_text *t, uint64_t max, uint64_t *ret)
{
	const char *p = t->text, *end = p + t->len;

	if (end - p > 2 && p[0] == '0' && p[1] == 'x')
		p += 2;
	return parse(p, end, 16, max, ret);
}

bool snug_audit_fields_take(const char **p, const char *end, char stop, uint64_t max, uint64_t *ret)
{
	enum { MAX_DIGITS = 24 };
	size_t n = (size_t)(end - *p);
	const char *at = memchr(*p, stop, n > MAX_DIGITS ? MAX_DIGITS : n);
	struct snug_audit_text t = { *p, at ? (size_t)(at - *p) : 0 };

	if (!at || !snug_audit_fields_number(&t, max, ret))
		return false;
	*p = at + 1;
	return true;
}
