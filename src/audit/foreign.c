/* SPDX-License-Identifier: Apache-2.0 */
/*
 * To read such a file line by line would find nothing in it, or names with backslashes, and say so
 * as if that were what happened.
 *
 * How they begin: RFC 1952, xz's and LZ4's file format, RFC 8878, bzip2(1), journal-def.h of
 * systemd, Unicode's byte order marks.
 */
#include "audit/foreign.h"

#include "base/mem.h"

#include <stdbool.h>
#include <string.h>

#define MAGIC(bytes) bytes, sizeof(bytes) - 1

static const struct {
	const char *bytes;
	size_t len;
	struct snug_audit_foreign is;
} kinds[] = {
	{ MAGIC("\x1f\x8b"), { "compressed by gzip", "gzip -dc FILE" } },
	{ MAGIC("\xfd\x37\x7a\x58\x5a"), { "compressed by xz", "xz -dc FILE" } },
	{ MAGIC("\x28\xb5\x2f\xfd"), { "compressed by zstd", "zstd -dc FILE" } },
	{ MAGIC("BZh"), { "compressed by bzip2", "bzip2 -dc FILE" } },
	{ MAGIC("\x04\x22\x4d\x18"), { "compressed by lz4", "lz4 -dc FILE" } },
	{ MAGIC("LPKSHHRH"), { "a file of journald's own", "journalctl --file FILE -o export" } },
	{ MAGIC("\xff\xfe"), { "UTF-16", "iconv -f UTF-16 -t UTF-8 FILE" } },
	{ MAGIC("\xfe\xff"), { "UTF-16", "iconv -f UTF-16 -t UTF-8 FILE" } },
};

static const struct snug_audit_foreign json = {
	"JSON", "journalctl -o export, or for the lines in it: jq -r .log FILE,"
};

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && memchr(" \t\r\n", *p, 4))
		p++;
	return p;
}

/* The permissions in a record of SELinux, "{ read }", have no quotes. */
static bool is_json(const char *text, const char *end)
{
	const char *p = skip_blanks(text, end);

	if (p == end || *p != '{')
		return false;
	p = skip_blanks(p + 1, end);
	return p < end && *p == '"';
}

const struct snug_audit_foreign *snug_audit_foreign_find(const char *text, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (len >= kinds[i].len && memcmp(text, kinds[i].bytes, kinds[i].len) == 0)
			return &kinds[i].is;
	return is_json(text, text + len) ? &json : NULL;
}
