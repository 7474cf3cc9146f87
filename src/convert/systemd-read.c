/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The four settings are lists that later assignments change or reset; at the end, what they say
 * about each call that is known becomes entries.  The lists are arrays over the sorted names of all
 * calls, so that a file of nothing but groups takes no more time or memory than its words allow.
 *
 * systemd loads SystemCallFilter= and SystemCallLog= as two filters, and the kernel follows the
 * stricter one (seccomp(2)): a call is logged when it would have been allowed.
 */
#include "convert/systemd-read.h"

#include "base/err.h"
#include "base/limits.h"
#include "base/parse.h"
#include "base/str.h"
#include "convert/systemd-lines.h"
#include "convert/systemd-words.h"
#include "seccomp/names.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BLANKS " \t\n\r"

enum {
	MAX_ERRNO = 4095, /* systemd's; libseccomp takes one less */
	MAX_GROUP_DEPTH = 8,
	/* instead of an errno */
	NOT_LISTED = -2,
	NO_ERRNO = -1,
	KILL = INT_MAX,
};

/* SystemCallFilter= or SystemCallLog=. */
struct list {
	bool is_set;
	bool is_inverted; /* the first assignment began with ~ */
	unsigned line;    /* of that one */
	int *values;      /* for each of unit.calls; owned */
};

struct unit {
	const char *name;
	const struct snug_seccomp_read_options *opts;
	struct snug_err *err;
	unsigned n_warnings;
	unsigned line;

	const char *const *calls;
	size_t n_calls;
	size_t n_words; /* in lists so far */
	struct list filter, log;
	int error; /* SystemCallErrorNumber=, or KILL */
	struct snug_arches arches;
	struct snug_str others; /* settings that filter too */
};

static void unit_done(struct unit *u)
{
	free(u->filter.values);
	free(u->log.values);
	VEC_DONE(&u->arches);
	snug_str_done(&u->others);
}

static void warn_text(struct unit *u, const char *text)
{
	CLEANUP(freep) char *more = NULL;

	if (!u->opts || !u->opts->warn || u->n_warnings > SNUG_LIMIT_WARNINGS)
		return;
	if (u->n_warnings++ == SNUG_LIMIT_WARNINGS)
		more = xasprintf("%s: more warnings are left out", u->name);
	u->opts->warn(u->opts->warn_data, more ? more : text);
}

__attribute__((format(printf, 4, 5))) static int ignore(struct unit *u, bool is_strict,
							const char *word, const char *fmt, ...)
{
	CLEANUP(snug_str_done) struct snug_str shown = SNUG_STR_INIT;
	CLEANUP(freep) char *what = NULL, *text = NULL;
	va_list ap;

	snug_str_add_printable(&shown, word, strlen(word), SNUG_LIMIT_NAME_BYTES);
	va_start(ap, fmt);
	if (vasprintf(&what, fmt, ap) < 0)
		what = NULL;
	va_end(ap);
	text = xasprintf("%s:%u: %s '%s'", u->name, u->line, what ? what : "?",
			 snug_str_text(&shown));
	if (is_strict && u->opts && u->opts->strict)
		return snug_err_set(u->err, -EINVAL, "%s", text);
	snug_str_clear(&shown);
	snug_str_addf(&shown, "%s is ignored, as systemd does", text);
	warn_text(u, snug_str_text(&shown));
	return 0;
}

/* words */

static int compare_call(const void *key, const void *item)
{
	return strcmp(key, *(const char *const *)item);
}

/* The place of @name in u->calls, or -1. */
static ptrdiff_t find_call(const struct unit *u, const char *name)
{
	const char *const *found =
		bsearch(name, u->calls, u->n_calls, sizeof(*u->calls), compare_call);

	return found ? found - u->calls : -1;
}

/* "EPERM", "1"; 0 as well.  -EINVAL when it is none. */
static int parse_errno(const char *word)
{
	uint32_t named = snug_errno_from_name(word);
	uint64_t value;

	if (named)
		return (int)named;
	if (snug_parse_u64(word, MAX_ERRNO, &value) < 0)
		return -EINVAL;
	return (int)value;
}

/* As systemd does it: what is assigned the way the list began is put on it, with its errno; what is
 * assigned the other way is taken off, unless it has an errno, which stands on a list that allows
 * too. */
static void put_call(struct list *list, size_t call, bool is_inverted, int value)
{
	if (is_inverted == list->is_inverted || (is_inverted && value >= 0))
		list->values[call] = value;
	else
		list->values[call] = NOT_LISTED;
}

static void put_group(struct unit *u, struct list *list, const char *const *members,
		      bool is_inverted, int value, unsigned depth)
{
	for (; *members && depth < MAX_GROUP_DEPTH; members++) {
		ptrdiff_t call;

		if (**members == '@') {
			put_group(u, list, snug_systemd_group_members(*members), is_inverted, value,
				  depth + 1);
			continue;
		}
		call = find_call(u, *members);
		if (call >= 0)
			put_call(list, (size_t)call, is_inverted, value);
	}
}

static int put_name(struct unit *u, struct list *list, const char *name, bool is_inverted,
		    int value)
{
	const char *const *members;
	ptrdiff_t call;

	if (*name == '@') {
		members = snug_systemd_group_members(name);
		if (!members)
			return ignore(u, true, name, "unknown group");
		put_group(u, list, members, is_inverted, value, 0);
		return 0;
	}
	call = find_call(u, name);
	if (call < 0)
		return ignore(u, true, name, "unknown syscall");
	put_call(list, (size_t)call, is_inverted, value);
	return 0;
}

/* "name", "@group", and in a filter "name:EPERM", "name:kill". */
static int put_word(struct unit *u, struct list *list, char *word, bool is_inverted)
{
	char *colon = strchr(word, ':');
	int value = NO_ERRNO;

	if (++u->n_words > SNUG_LIMIT_PROFILE_NAMES)
		return snug_err_set(u->err, -E2BIG, "%s:%u: over %d names", u->name, u->line,
				    SNUG_LIMIT_PROFILE_NAMES);
	if (colon && (list == &u->log || !is_inverted))
		return ignore(u, false, word, "only a call that is refused can have an errno:");
	if (colon) {
		value = strcmp(colon + 1, "kill") == 0 ? KILL : parse_errno(colon + 1);
		if (value < 0 || colon == word)
			return ignore(u, false, word, "bad errno:");
		*colon = '\0';
	}
	return put_name(u, list, word, is_inverted, value);
}

/* Calls @each for every word of @value, which it cuts up. */
static int each_word(struct unit *u, char *value, void *data,
		     int (*each)(struct unit *u, char *word, void *data))
{
	int r = 0;

	while (r == 0) {
		size_t len;
		bool is_last;

		value += strspn(value, BLANKS);
		len = strcspn(value, BLANKS);
		if (!len)
			break;
		is_last = !value[len];
		value[len] = '\0';
		r = each(u, value, data);
		value += len + !is_last;
	}
	return r;
}

/* settings */

struct assignment {
	struct list *list;
	bool is_inverted;
};

static int put_list_word(struct unit *u, char *word, void *data)
{
	const struct assignment *a = data;

	return put_word(u, a->list, word, a->is_inverted);
}

static void list_reset(struct list *list)
{
	free(list->values);
	*list = (struct list){ 0 };
}

static void list_begin(struct unit *u, struct list *list, bool is_inverted)
{
	*list = (struct list){ .is_set = true, .is_inverted = is_inverted, .line = u->line };
	list->values = xcalloc(u->n_calls, sizeof(*list->values));
	for (size_t i = 0; i < u->n_calls; i++)
		list->values[i] = NOT_LISTED;
	if (list == &u->filter && !is_inverted)
		put_group(u, list, snug_systemd_group_members("@default"), false, NO_ERRNO, 0);
}

static int assign_list(struct unit *u, struct list *list, char *value)
{
	struct assignment a = { .list = list, .is_inverted = *value == '~' };

	if (!*value) {
		list_reset(list);
		return 0;
	}
	if (!list->is_set)
		list_begin(u, list, a.is_inverted);
	return each_word(u, value + a.is_inverted, &a, put_list_word);
}

static int assign_error(struct unit *u, const char *value)
{
	int error = !*value || strcmp(value, "kill") == 0 ? KILL : parse_errno(value);

	if (error <= 0)
		return ignore(u, false, value, "bad SystemCallErrorNumber=");
	u->error = error;
	return 0;
}

static int add_arch(struct unit *u, char *word, void *data)
{
	enum snug_arch arch = snug_systemd_arch_from_name(word);

	(void)data;
	if (arch == _SNUG_ARCH_INVALID)
		return ignore(u, false, word, "unknown architecture");
	VEC_FOREACH (known, &u->arches)
		if (*known == arch)
			return 0;
	*VEC_PUSH(&u->arches) = arch;
	return 0;
}

static bool is_off(const char *value)
{
	static const char *const words[] = { "", "0", "no", "n", "false", "f", "off" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcasecmp(value, words[i]) == 0)
			return true;
	return false;
}

/* Those that systemd.exec(5) says a filter of calls about. */
static void look_at_other(struct unit *u, const char *key, const char *value)
{
	static const char *const others[] = {
		"LockPersonality",      "MemoryDenyWriteExecute",  "PrivateDevices",
		"ProtectClock",         "ProtectHostname",         "ProtectKernelLogs",
		"ProtectKernelModules", "RestrictAddressFamilies", "RestrictNamespaces",
		"RestrictRealtime",     "RestrictSUIDSGID",
	};
	CLEANUP(freep) char *shown = xasprintf("%s=", key);

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (strcmp(key, others[i]) != 0 || is_off(value) ||
		    strstr(snug_str_text(&u->others), shown))
			continue;
		snug_str_addf(&u->others, "%s%s", u->others.len ? ", " : "", shown);
	}
}

static int assign(struct unit *u, const char *key, char *value)
{
	if (strcmp(key, "SystemCallFilter") == 0)
		return assign_list(u, &u->filter, value);
	if (strcmp(key, "SystemCallLog") == 0)
		return assign_list(u, &u->log, value);
	if (strcmp(key, "SystemCallErrorNumber") == 0)
		return assign_error(u, value);
	if (strcmp(key, "SystemCallArchitectures") == 0) {
		if (!*value)
			u->arches.len = 0;
		return each_word(u, value, NULL, add_arch);
	}
	look_at_other(u, key, value);
	return 0;
}

static int read_setting(void *data, unsigned line, const char *key, char *value)
{
	struct unit *u = data;

	u->line = line;
	return key ? assign(u, key, value) : ignore(u, false, value, "no setting:");
}

/* the profile */

struct answer {
	enum snug_action action;
	int error; /* of ERRNO */
};

static struct answer refusal(int value)
{
	if (value == KILL)
		return (struct answer){ SNUG_ACTION_KILL_PROCESS, 0 };
	return (struct answer){ SNUG_ACTION_ERRNO, value };
}

static struct answer answer_of(const struct unit *u, int in_filter, int in_log)
{
	const struct answer allow = { SNUG_ACTION_ALLOW, 0 }, log = { SNUG_ACTION_LOG, 0 };

	if (u->filter.is_set) {
		if (in_filter >= 0)
			return refusal(in_filter);
		if ((in_filter == NOT_LISTED) != u->filter.is_inverted)
			return refusal(u->error);
	}
	if (u->log.is_set && (in_log == NOT_LISTED) == u->log.is_inverted)
		return log;
	return allow;
}

static bool is_entry_of(const struct snug_seccomp_entry *e, struct answer a)
{
	return e->action == a.action &&
	       (a.action != SNUG_ACTION_ERRNO || e->errno_ret.value == (uint32_t)a.error);
}

static void add_call(struct unit *u, struct snug_seccomp_profile *p, const char *name,
		     struct answer a)
{
	struct snug_seccomp_entry *entry = NULL;

	VEC_FOREACH (e, &p->entries)
		if (is_entry_of(e, a))
			entry = e;
	if (!entry) {
		entry = VEC_PUSH(&p->entries);
		entry->action = a.action;
		entry->errno_ret.is_set = a.action == SNUG_ACTION_ERRNO;
		entry->errno_ret.value = (uint32_t)a.error;
		entry->line = u->filter.is_set ? u->filter.line : u->log.line;
		entry->col = 1;
	}
	*VEC_PUSH(&entry->names) = xstrdup(name);
}

/* Without SystemCallArchitectures= there is a filter for each ABI of the machine. */
static void add_all_arches(struct snug_seccomp_profile *p)
{
	for (int head = 0; head < _SNUG_ARCH_MAX; head++) {
		struct snug_seccomp_arch_map *map = NULL;

		for (int sub = 0; sub < _SNUG_ARCH_MAX; sub++) {
			if (sub == head || (int)snug_arch_family((enum snug_arch)sub) != head)
				continue;
			if (!map) {
				map = VEC_PUSH(&p->arch_map);
				map->arch = (enum snug_arch)head;
			}
			*VEC_PUSH(&map->sub_arches) = (enum snug_arch)sub;
		}
	}
}

static void add_arches(struct unit *u, struct snug_seccomp_profile *p)
{
	if (!u->arches.len) {
		add_all_arches(p);
		return;
	}
	/* libseccomp has it in every filter */
	*VEC_PUSH(&p->arches) = SNUG_ARCH_NATIVE;
	VEC_FOREACH (arch, &u->arches)
		if (*arch != SNUG_ARCH_NATIVE)
			*VEC_PUSH(&p->arches) = *arch;
}

static struct snug_seccomp_profile *make_profile(struct unit *u)
{
	struct answer otherwise = answer_of(u, NOT_LISTED, NOT_LISTED);
	struct snug_seccomp_profile *p = snug_seccomp_profile_new(u->name, otherwise.action);

	p->format = SNUG_PROFILE_OCI_JSON;
	p->default_errno_ret.is_set = otherwise.action == SNUG_ACTION_ERRNO;
	p->default_errno_ret.value = (uint32_t)otherwise.error;
	add_arches(u, p);
	for (size_t i = 0; i < u->n_calls; i++) {
		struct answer a = answer_of(u, u->filter.is_set ? u->filter.values[i] : NOT_LISTED,
					    u->log.is_set ? u->log.values[i] : NOT_LISTED);

		if (a.action != otherwise.action || a.error != otherwise.error)
			add_call(u, p, u->calls[i], a);
	}
	return p;
}

static int parse(struct unit *u, const char *text, size_t len, struct snug_seccomp_profile **ret)
{
	CLEANUP(freep) char *others = NULL;
	int r;

	r = snug_systemd_each_setting(u->name, text, len, read_setting, u, u->err);
	if (r < 0)
		return r;
	if (!u->filter.is_set && !u->log.is_set && !u->arches.len)
		return snug_err_set(
			u->err, -ENODATA,
			"%s: the unit filters no calls: it has no SystemCallFilter=", u->name);
	if (u->others.len) {
		others = xasprintf("%s: %s: this filters calls too, and is not in the profile",
				   u->name, u->others.buf);
		warn_text(u, others);
	}
	*ret = make_profile(u);
	return 0;
}

int snug_systemd_unit_parse(const char *name, const char *text, size_t len,
			    const struct snug_seccomp_read_options *opts,
			    struct snug_seccomp_profile **ret, struct snug_err *err)
{
	struct unit u = { .name = name, .opts = opts, .err = err, .error = KILL };
	int r;

	u.calls = snug_syscall_names();
	while (u.calls[u.n_calls])
		u.n_calls++;
	r = parse(&u, text, len, ret);
	unit_done(&u);
	return r;
}
