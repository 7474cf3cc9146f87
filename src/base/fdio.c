/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A result is kept in memory until its commit.  The temporary file lies beside the target, where
 * rename(2) replaces that in one step.  What is no regular file is written to as it is, at commit;
 * a target that another file is bound over cannot be replaced, and is refused when it is opened.
 */
#include "base/fdio.h"

#include "base/err.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int snug_read_fd(int fd, const char *name, size_t limit, char **ret, size_t *ret_len,
		 struct snug_err *err)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;
	char chunk[16384];

	for (;;) {
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return snug_err_errno(err, "%s: cannot read", name);
		if (n == 0)
			break;
		if (s.len + (size_t)n > limit)
			return snug_err_set(err, -E2BIG, "%s: larger than the limit of %zu bytes",
					    name, limit);
		snug_str_addn(&s, chunk, (size_t)n);
	}
	*ret_len = s.len;
	*ret = snug_str_take(&s);
	return 0;
}

int snug_read_file(const char *path, size_t limit, char **ret, size_t *ret_len,
		   struct snug_err *err)
{
	CLEANUP(closep) int fd = -EBADF;

	if (strcmp(path, "-") == 0)
		return snug_read_fd(STDIN_FILENO, "<stdin>", limit, ret, ret_len, err);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return snug_err_errno(err, "%s: cannot open", path);
	return snug_read_fd(fd, path, limit, ret, ret_len, err);
}

int snug_read_regular(const char *path, size_t limit, char **ret, size_t *ret_len,
		      struct snug_err *err)
{
	CLEANUP(closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return snug_err_errno(err, "%s: cannot open", path);
	if (!S_ISREG(st.st_mode))
		return snug_err_set(err, -EINVAL, "%s: is not a regular file", path);
	return snug_read_fd(fd, path, limit, ret, ret_len, err);
}

bool snug_is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

int snug_dup_fd(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

int snug_write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

struct snug_outfile {
	char *name;   /* as the user wrote it */
	char *target; /* the file behind symbolic links; NULL when written to directly */
	char *tmp;    /* exists from open to commit or free; NULL when written to directly */
	int fd;
	bool is_new;    /* there was no such file */
	bool has_owner; /* who gets it when it is new, if the directory is theirs */
	uid_t uid;
	gid_t gid;
	struct snug_str content;
};

/*
 * In a directory where everybody may create files (/tmp), what another user has put there must
 * neither redirect us nor end up with our content under their ownership: the rules of the sysctls
 * fs.protected_symlinks and fs.protected_regular (proc(5)), which rename(2) does not know.
 */
int snug_check_shared_dir(const char *path, const char *name, struct snug_err *err)
{
	const char *slash = strrchr(path, '/');
	CLEANUP(freep) char *dir = NULL;
	struct stat d, f;

	dir = slash ? xasprintf("%.*s/", (int)(slash - path), path) : xstrdup(".");
	if (stat(dir, &d) < 0 || lstat(path, &f) < 0)
		return 0;
	if (!(d.st_mode & S_ISVTX) || !(d.st_mode & (S_IWGRP | S_IWOTH)) || f.st_uid == geteuid() ||
	    f.st_uid == d.st_uid)
		return 0;
	return snug_err_set(err, -EACCES,
			    "%s: belongs to another user (uid %u) in a directory that all may "
			    "write to: remove it, or name another file",
			    name, f.st_uid);
}

/* Follows symbolic links by hand, because the last component may not exist yet. */
static int resolve_target(const char *path, char **ret, struct snug_err *err)
{
	enum { MAX_LINKS = 40 };
	CLEANUP(freep) char *cur = xstrdup(path);

	for (int i = 0; i < MAX_LINKS; i++) {
		char link[PATH_MAX];
		ssize_t n = readlink(cur, link, sizeof(link) - 1);
		char *slash, *next;
		int r;

		r = snug_check_shared_dir(cur, path, err);
		if (r < 0)
			return r;
		if (n < 0) {
			*ret = STEAL(cur);
			return 0;
		}
		link[n] = '\0';
		slash = strrchr(cur, '/');
		if (link[0] == '/' || !slash)
			next = xstrdup(link);
		else
			next = xasprintf("%.*s/%s", (int)(slash - cur), cur, link);
		free(cur);
		cur = next;
	}
	return snug_err_set(err, -ELOOP, "%s: too many symbolic links", path);
}

static int open_direct(struct snug_outfile *f, struct snug_err *err)
{
	/* the descriptor itself: opening /dev/stdout anew fails on a socket, and on a file that
	 * only whoever started us may open */
	if (strcmp(f->name, "-") == 0 || strcmp(f->name, "/dev/stdout") == 0)
		f->fd = snug_dup_fd(STDOUT_FILENO);
	else
		f->fd = open(f->name, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_APPEND);
	if (f->fd < 0)
		return snug_err_errno(err, "%s: cannot write", f->name);
	return 0;
}

/* A file that is bound over another, as containers' files are: rename(2) says EBUSY. */
static bool is_mount_point(const char *path)
{
	struct statx stx;

	return statx(AT_FDCWD, path, 0, STATX_TYPE, &stx) == 0 &&
	       (stx.stx_attributes & stx.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT);
}

static int open_temp(struct snug_outfile *f, const struct stat *old, struct snug_err *err)
{
	const char *slash = strrchr(f->target, '/');
	size_t dir_len = slash ? (size_t)(slash - f->target) + 1 : 0;
	mode_t mask;

	if (old && access(f->target, W_OK) < 0)
		return snug_err_errno(err, "%s: cannot write", f->name);
	if (old && is_mount_point(f->target))
		return snug_err_set(err, -EBUSY,
				    "%s: is a mount point, which no file can replace: name a file "
				    "in a directory",
				    f->name);
	f->tmp = xasprintf("%.*s.snug-XXXXXX", (int)dir_len, f->target);
	f->fd = mkostemp(f->tmp, O_CLOEXEC);
	if (f->fd < 0) {
		int saved = errno;

		free(STEAL(f->tmp));
		errno = saved;
		return snug_err_errno(err, "%s: cannot create a file in its directory", f->name);
	}
	mask = umask(0);
	umask(mask);
	if (fchmod(f->fd, old ? old->st_mode & 07777 : 0666 & ~mask) < 0)
		return snug_err_errno(err, "%s: cannot set the mode", f->name);
	/* best effort, as an editor does: only root can give the file back to its owner */
	if (old && fchown(f->fd, old->st_uid, old->st_gid) < 0)
		(void)fchmod(f->fd, old->st_mode & 0777);
	return 0;
}

/* Names of open descriptors may lead to a regular file that someone else holds open: renaming over
 * it would take the content from under them. */
static bool is_descriptor(const char *path)
{
	return strcmp(path, "/dev/stdout") == 0 || strcmp(path, "/dev/stderr") == 0 ||
	       snug_str_has_prefix(path, "/dev/fd/") || snug_str_has_prefix(path, "/proc/");
}

int snug_outfile_open(const char *path, struct snug_outfile **ret, struct snug_err *err)
{
	CLEANUP(snug_outfile_freep) struct snug_outfile *f = xcalloc(1, sizeof(*f));
	struct stat st;
	bool exists;
	int r;

	f->fd = -EBADF;
	f->name = xstrdup(path);
	if (!*path)
		return snug_err_set(err, -EINVAL, "no filename provided");
	exists = strcmp(path, "-") != 0 && stat(path, &st) == 0;
	if (exists && S_ISDIR(st.st_mode))
		return snug_err_set(err, -EISDIR, "%s: is a directory", path);
	if (strcmp(path, "-") == 0 || (exists && !S_ISREG(st.st_mode)) || is_descriptor(path)) {
		r = open_direct(f, err);
	} else {
		r = resolve_target(path, &f->target, err);
		if (r == 0)
			r = open_temp(f, exists ? &st : NULL, err);
		f->is_new = !exists;
	}
	if (r < 0)
		return r;
	*ret = STEAL(f);
	return 0;
}

static bool stat_dir_of(const char *path, struct stat *ret)
{
	const char *slash = strrchr(path, '/');
	CLEANUP(freep)
	char *dir = slash ? xasprintf("%.*s/", (int)(slash - path), path) : xstrdup(".");

	return stat(dir, ret) == 0;
}

static const char *last_component(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool snug_outfile_is(const struct snug_outfile *f, const char *path)
{
	CLEANUP(freep) char *other = NULL;
	struct stat a, b;

	if (!f->target || strcmp(path, "-") == 0 || resolve_target(path, &other, NULL) < 0)
		return false;
	/* hard links are two names and stay two files: one is replaced, the other is not */
	return strcmp(last_component(f->target), last_component(other)) == 0 &&
	       stat_dir_of(f->target, &a) && stat_dir_of(other, &b) && snug_is_same_file(&a, &b);
}

void snug_outfile_add(struct snug_outfile *f, const void *data, size_t len)
{
	snug_str_addn(&f->content, data, len);
}

void snug_outfile_give(struct snug_outfile *f, uid_t uid, gid_t gid)
{
	f->has_owner = true;
	f->uid = uid;
	f->gid = gid;
}

/* Asked of the finished file, and not of its path before: the owner of a directory can put another
 * in its place meanwhile, and must not get a file in a directory of somebody else's. */
static bool is_alone_in_a_directory_of(const struct snug_outfile *f)
{
	const char *slash = strrchr(f->target, '/');
	CLEANUP(freep)
	char *path = slash ? xasprintf("%.*s/", (int)(slash - f->target), f->target) : xstrdup(".");
	CLEANUP(closep) int dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat d, entry, file;

	return dir >= 0 && fstat(dir, &d) == 0 && d.st_uid == f->uid && fstat(f->fd, &file) == 0 &&
	       fstatat(dir, last_component(f->target), &entry, AT_SYMLINK_NOFOLLOW) == 0 &&
	       snug_is_same_file(&entry, &file) && file.st_nlink == 1;
}

int snug_outfile_commit(struct snug_outfile *f, struct snug_err *err)
{
	int r;

	r = snug_write_all(f->fd, f->content.buf, f->content.len);
	if (r < 0)
		return snug_err_set(err, r, "%s: cannot write: %s", f->name, strerror(-r));
	if (!f->tmp)
		return 0;
	if (fsync(f->fd) < 0)
		return snug_err_errno(err, "%s: cannot write", f->name);
	if (rename(f->tmp, f->target) < 0)
		return snug_err_errno(err, "%s: cannot replace", f->name);
	free(STEAL(f->tmp));
	if (f->is_new && f->has_owner && is_alone_in_a_directory_of(f))
		(void)!fchown(f->fd, f->uid, f->gid); /* best effort, the file is there */
	return 0;
}

struct snug_outfile *snug_outfile_free(struct snug_outfile *f)
{
	if (!f)
		return NULL;
	if (f->tmp)
		(void)unlink(f->tmp);
	closep(&f->fd);
	free(f->tmp);
	free(f->target);
	free(f->name);
	snug_str_done(&f->content);
	free(f);
	return NULL;
}
