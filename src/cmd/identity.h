/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Who a command runs as when snug itself was started with sudo(8). */
#include <stdbool.h>
#include <sys/types.h>

struct snug_err;
struct snug_outfile;

struct sudo_identity {
	bool is_set; /* root, with valid SUDO_UID, SUDO_GID and SUDO_USER */
	uid_t uid;
	gid_t gid;
	char **envp; /* the environment without SUDO_*, with HOME and USER of that user;
			NULL-terminated */
};

/* 0 with is_set false when there is nothing to drop; negative errno when sudo's variables are there
 * but make no identity. */
int sudo_identity_find(struct sudo_identity *ret, struct snug_err *err);
void sudo_identity_done(struct sudo_identity *id);

/* snug_outfile_open(), for files that verbs make: under sudo, a new file in a directory of the user
 * who called is that user's, who is going to amend it without sudo. */
int sudo_outfile_open(const char *path, struct snug_outfile **ret, struct snug_err *err);
