/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* One descriptor over a Unix socket (unix(7), SCM_RIGHTS). */

/* Sends @fd with one byte of data; never SIGPIPE.  0 or negative errno.  Async-signal-safe. */
int snug_fd_send(int socket, int fd);
/* The descriptor that comes next (close-on-exec; the caller's), -EAGAIN as long as it is under way,
 * or -ENOENT when the other end is closed or has sent something else.  Never blocks. */
int snug_fd_receive(int socket);
