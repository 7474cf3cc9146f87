/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include "base/mem.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 1, 0))) static char *format(const char *fmt, va_list ap)
{
	char *s;

	if (vasprintf(&s, fmt, ap) < 0)
		return NULL;
	return s;
}

int snug_err_set(struct snug_err *err, int code, const char *fmt, ...)
{
	va_list ap;

	snug_bug_on(code >= 0);
	if (!err)
		return code;
	snug_bug_on(err->code);
	err->code = code;
	va_start(ap, fmt);
	err->msg = format(fmt, ap);
	va_end(ap);
	return code;
}

int snug_err_errno(struct snug_err *err, const char *fmt, ...)
{
	int code = errno ? -errno : -EIO;
	CLEANUP(freep) char *what = NULL;
	va_list ap;

	if (!err)
		return code;
	va_start(ap, fmt);
	what = format(fmt, ap);
	va_end(ap);
	return snug_err_set(err, code, "%s: %s", what, strerror(-code));
}

int snug_err_wrap(struct snug_err *err, int code, const char *fmt, ...)
{
	CLEANUP(freep) char *what = NULL;
	va_list ap;
	char *msg;

	if (!err)
		return code;
	va_start(ap, fmt);
	what = format(fmt, ap);
	va_end(ap);
	msg = xasprintf("%s: %s", what, err->msg ? err->msg : strerror(-code));
	free(err->msg);
	err->msg = msg;
	err->code = code;
	return code;
}

const char *snug_err_msg(const struct snug_err *err)
{
	if (err->msg)
		return err->msg;
	return strerror(err->code < 0 ? -err->code : err->code);
}

void snug_err_done(struct snug_err *err)
{
	if (!err)
		return;
	free(err->msg);
	*err = (struct snug_err)SNUG_ERR_INIT;
}
