/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/each-path.h"

#include "base/mem.h"

#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_NAME = 100 };

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '_' || c == '-';
}

char *each_file_name(const char *container)
{
	char *name = xstrndup(container, MAX_NAME);

	for (char *p = name; *p; p++)
		if (!is_plain(*p) || (p == name && (*p == '.' || *p == '-')))
			*p = '_';
	if (*name)
		return name;
	free(name);
	return xstrdup("_");
}

static bool is_directory(const char *path)
{
	size_t n = strlen(path);
	struct stat st;

	return (n && path[n - 1] == '/') || (stat(path, &st) == 0 && S_ISDIR(st.st_mode));
}

char *each_path(const char *pattern, const char *name, const char *extension)
{
	const char *base = strrchr(pattern, '/'), *dot;
	size_t n = strlen(pattern);

	if (is_directory(pattern))
		return xasprintf("%s%s%s.%s", pattern, pattern[n - 1] == '/' ? "" : "/", name,
				 extension);
	base = base ? base + 1 : pattern;
	dot = strrchr(base, '.');
	if (!dot || dot == base)
		dot = pattern + n;
	return xasprintf("%.*s-%s%s", (int)(dot - pattern), pattern, name, dot);
}
