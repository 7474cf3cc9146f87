/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * One error convention for every module.
 *
 * A function that can fail for more than one reason returns int: 0 (or a documented positive
 * value) on success, a negative errno on failure, and takes a `struct snug_err *err` as its last
 * parameter.  The return value alone says whether it failed; err carries words for a human.
 * err may be NULL.  On success err is untouched.
 *
 * Codes in use: EINVAL bad input, ENOENT no such thing, EEXIST, EPERM/EACCES, EOPNOTSUPP the
 * kernel or the build lacks the feature, E2BIG over one of our limits, EPROTO, EIO, EUCLEAN
 * stored state is damaged.
 */
#include <stdbool.h>

struct snug_err {
	int code;  /* negative errno, 0 = unset */
	char *msg; /* owned */
};

#define SNUG_ERR_INIT                                                                              \
	{                                                                                          \
		0, NULL                                                                            \
	}

/* Records a failure and returns @code, so that `return snug_err_set(err, -EINVAL, "...")` works.
 * @code is a negative errno.  Setting an error that is already set is a bug of the caller. */
int snug_err_set(struct snug_err *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Like snug_err_set() with -errno as the code; ": <strerror>" is appended to the message. */
int snug_err_errno(struct snug_err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Prefixes "<text>: " while an error travels up; returns @code, which is the callee's result.
 * When the callee gave no words, strerror(-@code) stands in for them. */
int snug_err_wrap(struct snug_err *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The words of @err, or strerror of its code; never NULL; borrowed until the next call on @err. */
const char *snug_err_msg(const struct snug_err *err);

/* Frees the message and makes @err reusable.  Idempotent; NULL is fine. */
void snug_err_done(struct snug_err *err);
