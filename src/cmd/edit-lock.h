/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* For verbs that read a file, change the text and put it in the file's place. */
struct snug_err;

/*
 * Waits until nobody else edits @path, at most ten seconds.  *ret is a descriptor that keeps others
 * away until it is closed; or -EBADF where that is not to be had (no regular file, a file system
 * without locks).  -EBUSY: somebody is at it all the time.
 */
int edit_lock(const char *path, int *ret, struct snug_err *err) __attribute__((warn_unused_result));
