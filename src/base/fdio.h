/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Whole files: read under a limit, written so that a reader sees the old or the new content. */
#include "base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct snug_err;

/* Reads @fd to its end.  *ret is NUL-terminated behind *ret_len bytes and the caller's to free.
 * Returns 0, -E2BIG over @limit bytes, or what read(2) said. @name is for the message only. */
int snug_read_fd(int fd, const char *name, size_t limit, char **ret, size_t *ret_len,
		 struct snug_err *err);

/* Reads the file @path, or standard input when @path is "-". */
int snug_read_file(const char *path, size_t limit, char **ret, size_t *ret_len,
		   struct snug_err *err);

/* Reads the regular file @path.  For names that others chose: what is no regular file (-EINVAL), as
 * a FIFO that nobody writes to, is not waited for. */
int snug_read_regular(const char *path, size_t limit, char **ret, size_t *ret_len,
		      struct snug_err *err);

/* A copy of @fd that is closed at exec and is no standard stream; -1 with errno. */
int snug_dup_fd(int fd);

struct stat;
/* Whether both are of one file, by whatever names (inode(7)). */
bool snug_is_same_file(const struct stat *a, const struct stat *b);

/* Writes all of @data; resumes after short writes and EINTR.  Returns 0 or negative errno. */
int snug_write_all(int fd, const void *data, size_t len);

/*
 * A file in the making.  snug_outfile_open() proves at once that the result can be written there
 * (an early error is worth more than one after an hour of recording); snug_outfile_commit()
 * replaces the target by temporary file, fsync and rename.  What is no regular file ("-",
 * /dev/stdout, a pipe, a terminal) is written to directly at commit.  Without a commit the target
 * stays as it was.
 */
struct snug_outfile;

/* @path: where the result goes, "-" for standard output; symbolic links are followed, so that the
 * file behind a link is replaced and not the link.  A new file gets 0666 less the umask, an
 * existing one keeps its mode.  The caller owns *ret. */
int snug_outfile_open(const char *path, struct snug_outfile **ret, struct snug_err *err);
/* Whose the file becomes when it is new and in a directory of @uid's, who could have made it there
 * as well; anywhere else it is this process's. */
void snug_outfile_give(struct snug_outfile *f, uid_t uid, gid_t gid);
/* Whether committing @f would replace the file @path, however that is written. */
bool snug_outfile_is(const struct snug_outfile *f, const char *path);
/* What fs.protected_regular forbids (sysctl, proc(5)): 0, or -EACCES when @path is a file of
 * another user in a directory where everybody may create files.  @name is for the message. */
int snug_check_shared_dir(const char *path, const char *name, struct snug_err *err);
/* Sets the content, once or several times (it is appended). */
void snug_outfile_add(struct snug_outfile *f, const void *data, size_t len);
/* Makes the content visible.  0, or negative errno with the old content untouched. */
int snug_outfile_commit(struct snug_outfile *f, struct snug_err *err);
/* Gives up what was not committed; NULL is fine; returns NULL. */
struct snug_outfile *snug_outfile_free(struct snug_outfile *f);
DEFINE_FREEP(struct snug_outfile, snug_outfile_freep, snug_outfile_free)
