/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names that programs choose are shown as UTF-8, once control characters are escaped.  A terminal
 * that takes each byte for a character sees other characters, and control characters again: 0x9b,
 * the second byte of a harmless letter, begins a command there (ECMA-48, CSI).  So both streams get
 * a writer that lets only ASCII through, at the one place that all output passes.
 */
#include "cmd/terminal.h"

#include "base/mem.h"
#include "base/str.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool terminal_is_utf8(void)
{
	const char *value = getenv("LC_ALL");

	if (!value || !*value)
		value = getenv("LC_CTYPE");
	if (!value || !*value)
		value = getenv("LANG");
	return value && (strcasestr(value, "utf-8") || strcasestr(value, "utf8"));
}

/* The descriptor is the cookie.  Returns @size, or 0 after an error, as fopencookie(3) wants it. */
static ssize_t write_ascii(void *cookie, const char *text, size_t size)
{
	CLEANUP(snug_str_done) struct snug_str ascii = SNUG_STR_INIT;
	int fd = (int)(intptr_t)cookie;
	size_t done = 0;

	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < 0x80)
			snug_str_addc(&ascii, (char)c);
		else
			snug_str_addf(&ascii, "\\x%02x", c);
	}
	while (done < ascii.len) {
		ssize_t n = write(fd, ascii.buf + done, ascii.len - done);

		if (n < 0 && errno != EINTR)
			return 0;
		done += n > 0 ? (size_t)n : 0;
	}
	return (ssize_t)size;
}

static void let_ascii_through(FILE **stream, int fd, int buffering)
{
	cookie_io_functions_t functions = { .write = write_ascii };
	FILE *f;

	if (!isatty(fd))
		return;
	f = fopencookie((void *)(intptr_t)fd, "w", functions);
	if (!f || setvbuf(f, NULL, buffering, BUFSIZ) != 0)
		abort(); /* out of memory */
	*stream = f;
}

void terminal_init(void)
{
	if (terminal_is_utf8())
		return;
	let_ascii_through(&stdout, STDOUT_FILENO, _IOLBF);
	let_ascii_through(&stderr, STDERR_FILENO, _IOLBF);
}
