/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/filter.h"

#include "audit/enrich.h"
#include "base/parse.h"

#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <string.h>
#include <time.h>

enum { US_PER_S = 1000000 };

static bool fits_name(char *const *patterns, const char *name, bool is_path)
{
	const char *slash = is_path ? strrchr(name, '/') : NULL, *last = slash ? slash + 1 : name;

	for (; *patterns; patterns++)
		if (fnmatch(*patterns, strchr(*patterns, '/') ? name : last, 0) == 0)
			return true;
	return false;
}

static bool fits_text(char *const *patterns, const struct snug_audit_text *t, bool is_path)
{
	/* what the kernel puts behind an executable that was replaced (fs/d_path.c) */
	static const char mark[] = " (deleted)";
	const size_t mark_len = sizeof(mark) - 1;
	char text[PATH_MAX];

	if (!patterns)
		return true;
	if (!t->text || t->len >= sizeof(text))
		return false;
	memcpy(text, t->text, t->len);
	text[t->len] = '\0';
	if (fits_name(patterns, text, is_path))
		return true;
	if (!is_path || t->len < mark_len || strcmp(text + t->len - mark_len, mark) != 0)
		return false;
	text[t->len - mark_len] = '\0';
	return fits_name(patterns, text, is_path);
}

static bool fits_pid(const struct snug_audit_filter *f, uint32_t pid)
{
	if (!f->n_pids)
		return true;
	for (size_t i = 0; i < f->n_pids; i++)
		if (f->pids[i] == pid)
			return true;
	return false;
}

static bool is_container(const char *word, const struct snug_enriched *who)
{
	size_t n;

	if (!*word || !*who->container)
		return false;
	if (strncmp(who->container, word, strlen(word)) == 0 ||
	    (who->name && strcmp(who->name, word) == 0))
		return true;
	n = who->pod ? strlen(who->pod) : 0;
	if (!n || strncmp(word, who->pod, n) != 0)
		return false;
	return !word[n] || (word[n] == '/' && who->name && strcmp(word + n + 1, who->name) == 0);
}

bool snug_audit_filter_fits_event(const struct snug_audit_filter *f,
				  const struct snug_audit_event *ev)
{
	/* of an event without a time nothing can be said against it */
	if (f->since_us && ev->time_us && ev->time_us < f->since_us)
		return false;
	if (f->kinds && !(f->kinds & 1u << ev->kind))
		return false;
	return fits_pid(f, ev->pid) && fits_text(f->comms, &ev->comm, false) &&
	       fits_text(f->exes, &ev->exe, true);
}

bool snug_audit_filter_fits(const struct snug_audit_filter *f, const struct snug_audit_event *ev,
			    const struct snug_enriched *who)
{
	if (!snug_audit_filter_fits_event(f, ev))
		return false;
	if (!f->containers)
		return true;
	for (char *const *word = f->containers; who && *word; word++)
		if (is_container(*word, who))
			return true;
	return false;
}

static bool take(const char **p, unsigned digits, int min, int max, int *ret)
{
	int v = 0;

	for (unsigned i = 0; i < digits; i++, (*p)++) {
		if (**p < '0' || **p > '9')
			return false;
		v = v * 10 + (**p - '0');
	}
	*ret = v;
	return v >= min && v <= max;
}

static bool take_char(const char **p, const char *wanted)
{
	if (!**p || !strchr(wanted, **p))
		return false;
	(*p)++;
	return true;
}

/* ".115" behind seconds. */
static bool take_fraction(const char **p, uint64_t *ret_us)
{
	uint64_t us = 0, unit = US_PER_S / 10;

	if (!take_char(p, "."))
		return true;
	if (**p < '0' || **p > '9')
		return false;
	for (; **p >= '0' && **p <= '9'; (*p)++, unit /= 10)
		us += (uint64_t)(**p - '0') * unit;
	*ret_us = us;
	return true;
}

/* "Z", "+02:00", "-0330", or nothing. */
static bool take_zone(const char **p, bool *ret_is_given, int *ret_east_s)
{
	int sign, hours, minutes;

	*ret_east_s = 0;
	*ret_is_given = **p;
	if (!**p || take_char(p, "Z"))
		return true;
	sign = **p == '-' ? -1 : 1;
	if (!take_char(p, "+-") || !take(p, 2, 0, 14, &hours))
		return false;
	(void)take_char(p, ":");
	if (!take(p, 2, 0, 59, &minutes))
		return false;
	*ret_east_s = sign * (hours * 60 + minutes) * 60;
	return true;
}

/* "2026-11-20[ 14:39[:01[.115]]][Z]" */
static int parse_date(const char *p, uint64_t *ret_us)
{
	struct tm tm = { .tm_isdst = -1 };
	uint64_t fraction_us = 0;
	bool has_zone;
	int day, east_s;
	time_t t;

	if (!take(&p, 4, 1970, 9999, &tm.tm_year) || !take_char(&p, "-") ||
	    !take(&p, 2, 1, 12, &tm.tm_mon) || !take_char(&p, "-") ||
	    !take(&p, 2, 1, 31, &tm.tm_mday))
		return -EINVAL;
	if (take_char(&p, " T")) {
		if (!take(&p, 2, 0, 23, &tm.tm_hour) || !take_char(&p, ":") ||
		    !take(&p, 2, 0, 59, &tm.tm_min))
			return -EINVAL;
		if (take_char(&p, ":") &&
		    (!take(&p, 2, 0, 60, &tm.tm_sec) || !take_fraction(&p, &fraction_us)))
			return -EINVAL;
	}
	if (!take_zone(&p, &has_zone, &east_s) || *p)
		return -EINVAL;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	day = tm.tm_mday;
	t = has_zone ? timegm(&tm) : mktime(&tm);
	if (t < east_s || tm.tm_mday != day) /* the 30th of February */
		return -EINVAL;
	*ret_us = (uint64_t)(t - east_s) * US_PER_S + fraction_us;
	return 0;
}

/* Behind the @ of "@1795326566.115". */
static int parse_seconds(const char *word, uint64_t *ret_us)
{
	size_t n = strspn(word, "0123456789");
	const char *rest = word + n;
	uint64_t s, fraction_us = 0;
	char digits[24];

	if (n >= sizeof(digits) || !take_fraction(&rest, &fraction_us) || *rest)
		return -EINVAL;
	memcpy(digits, word, n);
	digits[n] = '\0';
	if (snug_parse_u64(digits, UINT64_MAX / US_PER_S - 1, &s) < 0)
		return -EINVAL;
	*ret_us = s * US_PER_S + fraction_us;
	return 0;
}

static int start_of_day(uint64_t now_us, uint64_t *ret_us)
{
	time_t now = (time_t)(now_us / US_PER_S);
	struct tm tm;

	if (!localtime_r(&now, &tm))
		return -EINVAL;
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	tm.tm_isdst = -1;
	now = mktime(&tm);
	if (now < 0)
		return -EINVAL;
	*ret_us = (uint64_t)now * US_PER_S;
	return 0;
}

int snug_audit_since_parse(const char *word, uint64_t now_us, uint64_t *ret_us)
{
	uint64_t v;

	if (strcmp(word, "today") == 0)
		return start_of_day(now_us, ret_us);
	if (*word == '@')
		return parse_seconds(word + 1, ret_us);
	/* seconds since 1970 without the @ would be as many seconds ago */
	if (*word && !word[strspn(word, "0123456789")])
		return -EINVAL;
	if (snug_parse_duration(word, now_us, &v) == 0) {
		*ret_us = now_us - v;
		return 0;
	}
	return parse_date(word, ret_us);
}
