/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/number.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* glibc hands out its built-in object for "C": nothing is allocated, nothing to free */
static locale_t c_locale(void)
{
	static locale_t c;

	if (!c)
		c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	snug_bug_on(!c);
	return c;
}

static size_t digits(const char *text, size_t len, size_t i)
{
	size_t start = i;

	while (i < len && text[i] >= '0' && text[i] <= '9')
		i++;
	return i - start;
}

size_t snug_number_scan(const char *text, size_t len)
{
	size_t i = 0, n;

	if (i < len && text[i] == '-')
		i++;
	n = digits(text, len, i);
	if (!n)
		return 0;
	i += text[i] == '0' ? 1 : n;
	if (i < len && text[i] == '.') {
		n = digits(text, len, i + 1);
		if (!n)
			return i;
		i += 1 + n;
	}
	if (i < len && (text[i] == 'e' || text[i] == 'E')) {
		size_t sign = i + 1 < len && (text[i + 1] == '+' || text[i + 1] == '-');

		n = digits(text, len, i + 1 + sign);
		if (n)
			i += 1 + sign + n;
	}
	return i;
}

static int parse_integer(const char *text, size_t len, struct snug_doc_value *v)
{
	bool negative = text[0] == '-';
	uint64_t u = 0;

	for (size_t i = negative; i < len; i++) {
		if (__builtin_mul_overflow(u, 10, &u) ||
		    __builtin_add_overflow(u, (uint64_t)(text[i] - '0'), &u))
			return -ERANGE;
	}
	if (negative && u > (uint64_t)INT64_MAX + 1)
		return -ERANGE;
	if (negative && u) {
		v->type = SNUG_DOC_INT;
		v->i = -(int64_t)(u - 1) - 1;
	} else {
		v->type = SNUG_DOC_UINT;
		v->u = u;
	}
	return 0;
}

int snug_number_parse(const char *text, size_t len, struct snug_doc_value *v)
{
	CLEANUP(freep) char *copy = NULL;
	double d;

	if (digits(text, len, text[0] == '-') + (text[0] == '-') == len)
		return parse_integer(text, len, v);
	copy = xstrndup(text, len);
	d = strtod_l(copy, NULL, c_locale());
	if (!isfinite(d))
		return -ERANGE;
	v->type = SNUG_DOC_REAL;
	v->d = d;
	return 0;
}

void snug_number_format_real(struct snug_str *out, double d)
{
	locale_t old = uselocale(c_locale());
	const char *exponent;
	char buf[64];

	snug_bug_on(!isfinite(d));
	for (int precision = 15; precision <= 17; precision++) {
		snprintf(buf, sizeof(buf), "%.*g", precision, d);
		if (strtod_l(buf, NULL, c_locale()) == d)
			break;
	}
	uselocale(old);
	exponent = strchr(buf, 'e');
	if (!exponent)
		exponent = buf + strlen(buf);
	snug_str_addn(out, buf, (size_t)(exponent - buf));
	/* without a point "100" would be an integer and "1e+20" a string of YAML 1.1 */
	if (!memchr(buf, '.', (size_t)(exponent - buf)))
		snug_str_add(out, ".0");
	snug_str_add(out, exponent);
}
