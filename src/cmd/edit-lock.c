/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Of two who read a file and then replace it, the second would undo what the first has done.  The
 * lock lies on the file itself, because nothing else is sure to be there, and that file is
 * replaced: who has got the lock looks whether the file still has its name, and if not takes the
 * next one's.
 */
#include "cmd/edit-lock.h"

#include "base/err.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "trace/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROUND_MS = 20, MAX_ROUNDS = 500 };

static bool has_name(int fd, const char *path)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && stat(path, &b) == 0 && snug_is_same_file(&a, &b);
}

int edit_lock(const char *path, int *ret, struct snug_err *err)
{
	unsigned max = snug_probe_is_disabled("lock-wait") ? 1 : MAX_ROUNDS;
	struct stat st;

	*ret = -EBADF;
	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	for (unsigned i = 0; i < max; i++) {
		CLEANUP(closep) int fd = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);

		bool is_free = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;

		/* who reads the file will say what is wrong with it */
		if (!is_free && errno != EWOULDBLOCK)
			return 0;
		if (is_free && has_name(fd, path)) {
			*ret = snug_steal_fd(&fd);
			return 0;
		}
		(void)poll(NULL, 0, ROUND_MS);
	}
	return snug_err_set(err, -EBUSY,
			    "%s: another 'snug amend' is at it, or somebody else keeps it locked "
			    "(flock): nothing is written",
			    path);
}
