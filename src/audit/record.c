/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A log has many lines that are none of ours, so a line is first asked for its type, by memmem(3)
 * and without looking at its words.  Fields are found by tables; the kernel writes them in one
 * order, so the look-up of a key begins behind the one before.  The first of two equal keys counts;
 * what a program chose cannot look like a key (audit/fields.h).
 *
 * The forms are those of audit_seccomp() and audit_log_end() in kernel/audit*.c,
 * security/selinux/avc.c, security/apparmor/audit.c, and of what auditd and journald make of them.
 */
#include "audit/record.h"

#include "audit/fields.h"
#include "base/mem.h"

#include <string.h>

#include <linux/audit.h>

/* security/apparmor: not in linux/audit.h of every system */
enum { APPARMOR_FIRST = 1501, APPARMOR_LAST = 1507 };

/* CONTEXT: the last one counts.  Who decides in user space (systemd, D-Bus) quotes a command line
 * as it is, in front of the three that libselinux appends. */
enum value_type { TEXT, RAW, CONTEXT, U32, S32, HEX32, HEX64, FLAG };

struct key {
	const char *name;
	enum value_type type;
	size_t offset;
};

#define KEY(name, type, field)                                                                     \
	{                                                                                          \
		name, type, offsetof(struct snug_audit_event, field)                               \
	}

static const struct key seccomp_keys[] = {
	KEY("auid", U32, auid),   KEY("uid", U32, uid),           KEY("gid", U32, gid),
	KEY("subj", RAW, subj),   KEY("pid", U32, pid),           KEY("comm", TEXT, comm),
	KEY("exe", TEXT, exe),    KEY("sig", U32, sig),           KEY("arch", HEX32, audit_arch),
	KEY("syscall", S32, nr),  KEY("compat", FLAG, is_compat), KEY("ip", HEX64, ip),
	KEY("code", HEX32, code),
};

static const struct key selinux_keys[] = {
	KEY("pid", U32, pid),
	KEY("uid", U32, uid),
	KEY("auid", U32, auid),
	KEY("comm", TEXT, comm),
	KEY("exe", TEXT, exe),
	KEY("path", TEXT, name),
	KEY("scontext", CONTEXT, scontext),
	KEY("tcontext", CONTEXT, tcontext),
	KEY("tclass", CONTEXT, tclass),
	KEY("permissive", FLAG, is_permissive),
};

static const struct key apparmor_keys[] = {
	KEY("apparmor", RAW, verdict),
	KEY("operation", RAW, operation),
	KEY("profile", TEXT, profile),
	KEY("name", TEXT, name),
	KEY("pid", U32, pid),
	KEY("comm", TEXT, comm),
	KEY("requested_mask", RAW, requested),
	KEY("denied_mask", RAW, denied_mask),
	KEY("fsuid", U32, uid),
};

/* What fill() goes through the fields with. */
struct filler {
	struct snug_audit_event *ev;
	const struct key *keys;
	size_t n_keys, next;
	uint32_t seen; /* bit i: keys[i] had a value that makes sense */
};

static bool is_word(const struct snug_audit_text *t, const char *word)
{
	size_t n = strlen(word);

	return t->len == n && memcmp(t->text, word, n) == 0;
}

static bool set_number(void *at, const struct key *key, struct snug_audit_text t)
{
	bool is_negative = key->type == S32 && t.len && *t.text == '-';
	uint64_t v;

	if (is_negative) {
		t.text++;
		t.len--;
	}
	if (key->type == HEX32 || key->type == HEX64) {
		if (!snug_audit_fields_hex(&t, key->type == HEX32 ? UINT32_MAX : UINT64_MAX, &v))
			return false;
	} else if (!snug_audit_fields_number(&t, is_negative ? INT32_MAX : UINT32_MAX, &v)) {
		return false;
	}
	if (key->type == HEX64)
		*(uint64_t *)at = v;
	else if (key->type == FLAG)
		*(bool *)at = v;
	else
		*(uint32_t *)at = is_negative ? -(uint32_t)v : (uint32_t)v;
	return true;
}

static void set(struct filler *f, size_t i, const struct snug_audit_field *field)
{
	const struct key *key = &f->keys[i];
	void *at = (char *)f->ev + key->offset;

	if (f->seen & 1u << i && key->type != CONTEXT)
		return;
	if (key->type == RAW || key->type == CONTEXT)
		*(struct snug_audit_text *)at = field->value;
	else if (key->type == TEXT)
		*(struct snug_audit_text *)at = snug_audit_fields_text(field, f->ev);
	else if (!set_number(at, key, field->value))
		return;
	f->seen |= 1u << i;
}

static bool has(const struct filler *f, const char *name)
{
	for (size_t i = 0; i < f->n_keys; i++)
		if (strcmp(f->keys[i].name, name) == 0)
			return f->seen & 1u << i;
	return false;
}

/* One field; false when the table does not have it. */
static bool take(struct filler *f, const struct snug_audit_field *field)
{
	for (size_t n = 0, i = f->next; n < f->n_keys; n++, i = i + 1 < f->n_keys ? i + 1 : 0) {
		if (!is_word(&field->key, f->keys[i].name))
			continue;
		set(f, i, field);
		f->next = i + 1 < f->n_keys ? i + 1 : 0;
		return true;
	}
	return false;
}

static enum snug_audit_verdict parse_seccomp(const char *body, size_t len,
					     struct snug_audit_event *ev)
{
	struct snug_audit_fields fields = { body, body + len };
	struct filler f = { .ev = ev, .keys = seccomp_keys, .n_keys = ARRAY_SIZE(seccomp_keys) };
	struct snug_audit_field field;
	bool is_cut = false;

	ev->kind = SNUG_AUDIT_SECCOMP;
	while (snug_audit_fields_next(&fields, &field)) {
		(void)take(&f, &field); /* "ses" and what newer kernels add */
		/* the kernel writes more behind it: digits may be missing */
		is_cut = is_word(&field.key, "syscall") &&
			 field.value.text + field.value.len == body + len;
	}
	ev->has_code = has(&f, "code");
	return !is_cut && has(&f, "pid") && has(&f, "arch") && has(&f, "syscall")
		       ? SNUG_AUDIT_EVENT
		       : SNUG_AUDIT_DAMAGED;
}

/* "avc:  denied  { read write } for ..."; @body begins with "avc:". */
static bool parse_perms(const char *body, size_t len, struct snug_audit_event *ev)
{
	const char *end = body + len, *p = body + strlen("avc:"), *open, *close;

	while (p < end && *p == ' ')
		p++;
	open = memchr(p, '{', (size_t)(end - p));
	close = open ? memchr(open, '}', (size_t)(end - open)) : NULL;
	if (!close)
		return false;
	ev->verdict.text = p;
	while (p < open && *p != ' ')
		p++;
	ev->verdict.len = (size_t)(p - ev->verdict.text);
	for (p = open + 1; p < close && *p == ' '; p++)
		;
	while (close > p && close[-1] == ' ')
		close--;
	ev->perms = (struct snug_audit_text){ p, (size_t)(close - p) };
	return true;
}

/* A D-Bus daemon's or systemd's own decision has the asking process as "spid", and its own pid and
 * executable. */
static void take_other(struct snug_audit_event *ev, const struct snug_audit_field *field,
		       bool *ret_asks)
{
	uint64_t v;

	if (is_word(&field->key, "name") && !ev->name.text)
		ev->name = snug_audit_fields_text(field, ev);
	if (!*ret_asks && is_word(&field->key, "spid") &&
	    snug_audit_fields_number(&field->value, INT32_MAX, &v)) {
		ev->pid = (uint32_t)v;
		*ret_asks = true;
	}
}

static enum snug_audit_verdict parse_selinux(const char *body, size_t len,
					     struct snug_audit_event *ev)
{
	struct snug_audit_fields fields = { body, body + len };
	struct filler f = { .ev = ev, .keys = selinux_keys, .n_keys = ARRAY_SIZE(selinux_keys) };
	const char *avc = memmem(body, len, "avc:", 4);
	struct snug_audit_field field;
	bool asks = false;

	ev->kind = SNUG_AUDIT_SELINUX;
	if (!parse_perms(avc, (size_t)(body + len - avc), ev))
		return SNUG_AUDIT_DAMAGED;
	while (snug_audit_fields_next(&fields, &field))
		if (!take(&f, &field))
			take_other(ev, &field, &asks);
	if (asks)
		ev->exe = (struct snug_audit_text){ 0 };
	return has(&f, "scontext") && has(&f, "tcontext") && has(&f, "tclass") ? SNUG_AUDIT_EVENT
									       : SNUG_AUDIT_DAMAGED;
}

static enum snug_audit_verdict parse_apparmor(const char *body, size_t len,
					      struct snug_audit_event *ev)
{
	const char *tail = memchr(body, 0x1d, len), *end = tail ? tail : body + len, *extra = end;
	struct snug_audit_fields fields = { body, end };
	struct filler f = { .ev = ev, .keys = apparmor_keys, .n_keys = ARRAY_SIZE(apparmor_keys) };
	struct snug_audit_field field;

	ev->kind = SNUG_AUDIT_APPARMOR;
	while (snug_audit_fields_next(&fields, &field)) {
		(void)take(&f, &field);
		if (extra == end && is_word(&field.key, "comm"))
			extra = fields.at;
		if (!ev->name.text && is_word(&field.key, "capname"))
			ev->name = field.value;
	}
	if (!has(&f, "apparmor") || !has(&f, "operation"))
		return SNUG_AUDIT_DAMAGED;
	/* loading of profiles, and hints */
	if (is_word(&ev->verdict, "STATUS") || is_word(&ev->verdict, "HINT"))
		return SNUG_AUDIT_OTHER;
	while (extra < end && *extra == ' ')
		extra++;
	if (extra < end)
		ev->extra = (struct snug_audit_text){ extra, (size_t)(end - extra) };
	return SNUG_AUDIT_EVENT;
}

static void clear(struct snug_audit_event *ev)
{
	/* not the scratch: it is large, and nobody reads what was not written */
	memset(ev, 0, offsetof(struct snug_audit_event, scratch));
	ev->pid = ev->uid = ev->gid = ev->auid = SNUG_AUDIT_UNSET;
}

static bool has_prefix(const char *p, const char *end, const char *prefix)
{
	size_t n = strlen(prefix);

	return (size_t)(end - p) >= n && memcmp(p, prefix, n) == 0;
}

/* "audit(1612299677.115:549067): "; moves *p behind it. */
static bool take_stamp(const char **p, const char *end, uint64_t *ret_us, uint64_t *ret_serial)
{
	enum { US_PER_S = 1000000, US_PER_MS = 1000, MAX_MS = 999 };
	const char *at = *p;
	uint64_t s, ms, serial;

	if (!has_prefix(at, end, "audit("))
		return false;
	at += strlen("audit(");
	if (!snug_audit_fields_take(&at, end, '.', UINT64_MAX / US_PER_S - 1, &s) ||
	    !snug_audit_fields_take(&at, end, ':', MAX_MS, &ms) ||
	    !snug_audit_fields_take(&at, end, ')', UINT64_MAX, &serial) ||
	    !has_prefix(at, end, ":"))
		return false;
	*ret_us = s * US_PER_S + ms * US_PER_MS;
	*ret_serial = serial;
	*p = at + 1;
	return true;
}

/* "audit(11/20/26 14:39:01.115:549067) : ", in any locale: ausearch -i */
static bool is_in_words(const char *p, const char *end)
{
	const char *close = memchr(p, ')', (size_t)(end - p > 64 ? 64 : end - p));

	return has_prefix(p, end, "audit(") && close && memchr(p, ' ', (size_t)(close - p));
}

static enum snug_audit_verdict parse_avc(const char *body, size_t len, struct snug_audit_event *ev)
{
	const char *end = body + len, *p = body;

	while (p < end && *p == ' ')
		p++;
	if (has_prefix(p, end, "apparmor="))
		return parse_apparmor(p, (size_t)(end - p), ev);
	if (has_prefix(p, end, "avc:"))
		return parse_selinux(p, (size_t)(end - p), ev);
	return SNUG_AUDIT_OTHER; /* another security module's */
}

static enum snug_audit_verdict parse_typed(uint32_t type, const char *body, size_t len,
					   struct snug_audit_event *ev)
{
	if (type == AUDIT_SECCOMP)
		return parse_seccomp(body, len, ev);
	if (type == AUDIT_AVC)
		return parse_avc(body, len, ev);
	if (type == AUDIT_USER_AVC)
		return memmem(body, len, "avc:", 4) ? parse_selinux(body, len, ev)
						    : SNUG_AUDIT_OTHER;
	if (type >= APPARMOR_FIRST && type <= APPARMOR_LAST)
		return parse_apparmor(body, len, ev);
	return SNUG_AUDIT_OTHER;
}

/* Which type of record the word names; 0 for those that are none of ours. */
static uint32_t type_of(const struct snug_audit_text *word)
{
	struct snug_audit_text digits = *word;
	uint64_t v;

	if (is_word(word, "SECCOMP"))
		return AUDIT_SECCOMP;
	if (is_word(word, "AVC"))
		return AUDIT_AVC;
	if (is_word(word, "USER_AVC"))
		return AUDIT_USER_AVC;
	if (has_prefix(word->text, word->text + word->len, "APPARMOR"))
		return APPARMOR_FIRST;
	if (has_prefix(word->text, word->text + word->len, "UNKNOWN[") &&
	    word->text[word->len - 1] == ']') {
		digits.text += strlen("UNKNOWN[");
		digits.len -= strlen("UNKNOWN[]");
	}
	if (!snug_audit_fields_number(&digits, UINT32_MAX, &v))
		return 0;
	if (v == AUDIT_SECCOMP || v == AUDIT_AVC || v == AUDIT_USER_AVC ||
	    (v >= APPARMOR_FIRST && v <= APPARMOR_LAST))
		return (uint32_t)v;
	return 0;
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* Behind the first "type=" that is a word of its own, or NULL. */
static const char *find_type(const char *line, const char *end)
{
	static const char key[] = "type=";
	const char *p = line;

	if (has_prefix(line, end, key))
		return line + sizeof(key) - 1;
	while ((p = memmem(p, (size_t)(end - p), key, sizeof(key) - 1))) {
		if (!is_name_char(p[-1]))
			return p + sizeof(key) - 1;
		p += sizeof(key) - 1;
	}
	return NULL;
}

static struct snug_audit_text take_word(const char *p, const char *end)
{
	const char *start = p;

	while (p < end && *p != ' ')
		p++;
	return (struct snug_audit_text){ start, (size_t)(p - start) };
}

/* "audit[4711]: SECCOMP auid=..." without a stamp: journald's own line, in the forms of
 * journalctl(1) for people. */
static enum snug_audit_verdict parse_journald(const char *line, const char *end,
					      struct snug_audit_event *ret)
{
	const char *p = memmem(line, (size_t)(end - line), "audit[", 6);
	struct snug_audit_text word;
	uint64_t pid;
	uint32_t type;

	if (!p)
		return SNUG_AUDIT_OTHER;
	p += strlen("audit[");
	if (!snug_audit_fields_take(&p, end, ']', INT32_MAX, &pid) || !has_prefix(p, end, ": "))
		return SNUG_AUDIT_OTHER;
	word = take_word(p + 2, end);
	type = word.len ? type_of(&word) : 0;
	if (!type)
		return SNUG_AUDIT_OTHER;
	clear(ret);
	p = word.text + word.len;
	return parse_typed(type, p, (size_t)(end - p), ret);
}

/* Where the stamp is behind the word of the type. */
static const char *behind_type(const struct snug_audit_text *word, const char *end)
{
	const char *p = word->text + word->len;

	if (p < end)
		p++;
	return has_prefix(p, end, "msg=") ? p + strlen("msg=") : p;
}

enum snug_audit_verdict snug_audit_record_parse(const char *line, size_t len,
						struct snug_audit_event *ret)
{
	const char *end = line + len, *p = find_type(line, end);
	struct snug_audit_text word;
	uint32_t type;

	if (!p)
		return parse_journald(line, end, ret);
	word = take_word(p, end);
	type = word.len ? type_of(&word) : 0;
	if (!type)
		return SNUG_AUDIT_OTHER;
	p = behind_type(&word, end);
	clear(ret);
	if (!take_stamp(&p, end, &ret->time_us, &ret->serial))
		return is_in_words(p, end) ? SNUG_AUDIT_WORDS : SNUG_AUDIT_DAMAGED;
	return parse_typed(type, p, (size_t)(end - p), ret);
}

bool snug_audit_record_continue(const char *line, size_t len, struct snug_audit_event *ev)
{
	const char *end = line + len, *p = find_type(line, end);
	struct snug_audit_fields fields = { .end = end };
	struct snug_audit_field field;
	struct snug_audit_text word;
	uint64_t time_us, serial;

	if (!p)
		return false;
	word = take_word(p, end);
	fields.at = behind_type(&word, end);
	if (!take_stamp(&fields.at, end, &time_us, &serial) || time_us != ev->time_us ||
	    serial != ev->serial)
		return false;
	if (!is_word(&word, "SYSCALL") && !is_word(&word, "1300"))
		return true;
	while (!ev->exe.text && snug_audit_fields_next(&fields, &field))
		if (is_word(&field.key, "exe"))
			ev->exe = snug_audit_fields_text(&field, ev);
	return true;
}

enum snug_audit_verdict snug_audit_record_parse_body(uint32_t type, const char *body, size_t len,
						     struct snug_audit_event *ret)
{
	const char *p = body;

	clear(ret);
	(void)take_stamp(&p, body + len, &ret->time_us, &ret->serial); /* journald takes it away */
	return parse_typed(type, p, (size_t)(body + len - p), ret);
}

/* The number between @before and @behind. */
static uint64_t find_count(const char *line, const char *end, const char *before,
			   const char *behind)
{
	const char *p = memmem(line, (size_t)(end - line), before, strlen(before));
	uint64_t n;

	if (!p)
		return 0;
	p += strlen(before);
	return snug_audit_fields_take(&p, end, ' ', UINT32_MAX, &n) && has_prefix(p, end, behind)
		       ? n
		       : 0;
}

uint64_t snug_audit_record_lost(const char *line, size_t len, bool *ret_total)
{
	const char *end = line + len;
	uint64_t n;

	*ret_total = false;
	if (has_prefix(line, end, "type=")) /* auditd's log, which may be large */
		return 0;
	/* kauditd_..., before Linux 4.10 audit_... */
	n = find_count(line, end, "_printk_skb: ", "callbacks suppressed");
	if (!n)
		n = find_count(line, end, "Missed ", "kernel messages");
	if (n)
		return n;
	n = find_count(line, end, "audit: audit_lost=", "");
	*ret_total = n;
	return n;
}
