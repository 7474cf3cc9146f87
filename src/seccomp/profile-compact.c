/* SPDX-License-Identifier: Apache-2.0 */
#include "seccomp/profile-compact.h"

#include "base/str.h"
#include "seccomp/profile.h"

#include <inttypes.h>
#include <string.h>

static bool is_line_separator(const unsigned char *s)
{
	return s[0] == 0xe2 && s[1] == 0x80 && (s[2] == 0xa8 || s[2] == 0xa9);
}

/* encoding/json of Go 1.19, in Debian 12: \b and \f are hexadecimal there. */
static void add_char(struct snug_str *out, unsigned char c)
{
	switch (c) {
	case '"':
		snug_str_add(out, "\\\"");
		break;
	case '\\':
		snug_str_add(out, "\\\\");
		break;
	case '\n':
		snug_str_add(out, "\\n");
		break;
	case '\r':
		snug_str_add(out, "\\r");
		break;
	case '\t':
		snug_str_add(out, "\\t");
		break;
	default:
		if (c < ' ' || c == '<' || c == '>' || c == '&')
			snug_str_addf(out, "\\u%04x", c);
		else
			snug_str_addc(out, (char)c);
	}
}

static void add_string(struct snug_str *out, const char *text)
{
	snug_str_addc(out, '"');
	for (const unsigned char *s = (const unsigned char *)text; *s; s++) {
		if (is_line_separator(s)) {
			snug_str_addf(out, "\\u%04x", 0x2000 + (s[2] & 0x3f));
			s += 2;
		} else {
			add_char(out, *s);
		}
	}
	snug_str_addc(out, '"');
}

/* ,"key": with a comma when something stands in front of it in the object */
static void add_key(struct snug_str *out, const char *key)
{
	if (out->len && out->buf[out->len - 1] != '{')
		snug_str_addc(out, ',');
	add_string(out, key);
	snug_str_addc(out, ':');
}

static void add_member(struct snug_str *out, const char *key, const char *value)
{
	add_key(out, key);
	add_string(out, value);
}

static void add_number(struct snug_str *out, const char *key, uint64_t value)
{
	add_key(out, key);
	snug_str_addf(out, "%" PRIu64, value);
}

static void add_names(struct snug_str *out, const char *key, const struct snug_names *names)
{
	add_key(out, key);
	snug_str_addc(out, '[');
	VEC_FOREACH (name, names) {
		if (name != names->items)
			snug_str_addc(out, ',');
		add_string(out, *name);
	}
	snug_str_addc(out, ']');
}

static void add_arches(struct snug_str *out, const char *key, const struct snug_arches *arches)
{
	add_key(out, key);
	snug_str_addc(out, '[');
	VEC_FOREACH (arch, arches) {
		if (arch != arches->items)
			snug_str_addc(out, ',');
		add_string(out, snug_arch_oci_name(*arch));
	}
	snug_str_addc(out, ']');
}

static void add_condition(struct snug_str *out, const char *key,
			  const struct snug_seccomp_condition *c)
{
	add_key(out, key);
	snug_str_addc(out, '{');
	if (c->caps.len)
		add_names(out, "caps", &c->caps);
	if (c->arches.len)
		add_names(out, "arches", &c->arches);
	if (c->min_kernel)
		add_member(out, "minKernel", c->min_kernel);
	snug_str_addc(out, '}');
}

static void add_args(struct snug_str *out, const struct snug_seccomp_entry *e)
{
	add_key(out, "args");
	snug_str_addc(out, '[');
	VEC_FOREACH (arg, &e->args) {
		if (arg != e->args.items)
			snug_str_addc(out, ',');
		snug_str_addc(out, '{');
		add_number(out, "index", arg->index);
		add_number(out, "value", arg->value);
		add_number(out, "valueTwo", arg->value_two);
		add_member(out, "op", snug_cmp_name(arg->op));
		snug_str_addc(out, '}');
	}
	snug_str_addc(out, ']');
}

static void add_entry(struct snug_str *out, const struct snug_seccomp_entry *e)
{
	snug_str_addc(out, '{');
	if (e->is_legacy_name && e->names.len == 1)
		add_member(out, "name", e->names.items[0]);
	else if (e->names.len)
		add_names(out, "names", &e->names);
	add_member(out, "action", snug_action_name(e->action));
	add_args(out, e);
	add_member(out, "comment", e->comment ? e->comment : "");
	add_condition(out, "includes", &e->includes);
	add_condition(out, "excludes", &e->excludes);
	if (e->errno_ret.is_set)
		add_number(out, "errnoRet", e->errno_ret.value);
	if (e->errno_name)
		add_member(out, "errno", e->errno_name);
	snug_str_addc(out, '}');
}

static void add_arch_map(struct snug_str *out, const struct snug_seccomp_profile *p)
{
	add_key(out, "archMap");
	snug_str_addc(out, '[');
	VEC_FOREACH (map, &p->arch_map) {
		if (map != p->arch_map.items)
			snug_str_addc(out, ',');
		snug_str_addc(out, '{');
		add_member(out, "architecture", snug_arch_oci_name(map->arch));
		add_arches(out, "subArchitectures", &map->sub_arches);
		snug_str_addc(out, '}');
	}
	snug_str_addc(out, ']');
}

void snug_seccomp_profile_write_compact(const struct snug_seccomp_profile *p, struct snug_str *out)
{
	snug_str_addc(out, '{');
	add_member(out, "defaultAction", snug_action_name(p->default_action));
	if (p->default_errno_ret.is_set)
		add_number(out, "defaultErrnoRet", p->default_errno_ret.value);
	if (p->default_errno_name)
		add_member(out, "defaultErrno", p->default_errno_name);
	if (p->arches.len)
		add_arches(out, "architectures", &p->arches);
	if (p->arch_map.len)
		add_arch_map(out, p);
	add_key(out, "syscalls");
	snug_str_addc(out, '[');
	VEC_FOREACH (e, &p->entries) {
		if (e != p->entries.items)
			snug_str_addc(out, ',');
		add_entry(out, e);
	}
	snug_str_addc(out, ']');
	if (p->flags.len)
		add_names(out, "flags", &p->flags);
	if (p->listener_path)
		add_member(out, "listenerPath", p->listener_path);
	if (p->listener_metadata)
		add_member(out, "listenerMetadata", p->listener_metadata);
	snug_str_addc(out, '}');
}
