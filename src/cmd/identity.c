/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/identity.h"

#include "base/err.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The home folder from a line in passwd(5) form, or NULL. */
static char *home_of_line(const char *line)
{
	const char *p = line;

	for (int colons = 0; colons < 5; colons++) {
		p = strchr(p, ':');
		if (!p)
			return NULL;
		p++;
	}
	return xstrndup(p, strcspn(p, ":\n"));
}

static char *home_from_passwd(uid_t uid)
{
	FILE *f = fopen("/etc/passwd", "re");
	char *home = NULL;
	struct passwd *pw;

	if (!f)
		return NULL;
	while (!home && (pw = fgetpwent(f))) {
		if (pw->pw_uid == uid)
			home = xstrdup(pw->pw_dir);
	}
	fclose(f);
	return home;
}

/* Users that are not in /etc/passwd (LDAP, ...): getent(1) knows what a static program cannot. */
static char *home_from_getent(uid_t uid)
{
	CLEANUP(freep) char *number = xasprintf("%u", uid);
	char getent[] = "getent", db[] = "passwd", path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	char *argv[] = { getent, db, number, NULL }, *envp[] = { path, NULL };
	posix_spawn_file_actions_t actions;
	char line[1024];
	ssize_t n;
	int fds[2], status;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return NULL;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
	status = posix_spawn(&pid, "/usr/bin/getent", &actions, NULL, argv, envp);
	posix_spawn_file_actions_destroy(&actions);
	close(fds[1]);
	n = status == 0 ? read(fds[0], line, sizeof(line) - 1) : -1;
	close(fds[0]);
	if (status == 0)
		(void)waitpid(pid, &status, 0);
	if (n <= 0)
		return NULL;
	line[n] = '\0';
	return home_of_line(line);
}

static char **drop_environment(const char *user, const char *home)
{
	VEC(char *) env = { 0 };

	for (char **e = environ; *e; e++) {
		if (snug_str_has_prefix(*e, "SUDO_") || snug_str_has_prefix(*e, "HOME=") ||
		    snug_str_has_prefix(*e, "USER="))
			continue;
		*VEC_PUSH(&env) = xstrdup(*e);
	}
	*VEC_PUSH(&env) = xasprintf("HOME=%s", home);
	*VEC_PUSH(&env) = xasprintf("USER=%s", user);
	(void)VEC_PUSH(&env); /* the NULL */
	return env.items;
}

/* Whether SUDO_UID and SUDO_GID are numbers. */
static bool find_ids(uid_t *ret_uid, gid_t *ret_gid)
{
	const char *uid_text = getenv("SUDO_UID"), *gid_text = getenv("SUDO_GID");
	uint64_t uid, gid;

	if (!uid_text || !gid_text || snug_parse_u64(uid_text, UINT32_MAX - 1, &uid) < 0 ||
	    snug_parse_u64(gid_text, UINT32_MAX - 1, &gid) < 0)
		return false;
	*ret_uid = (uid_t)uid;
	*ret_gid = (gid_t)gid;
	return true;
}

int sudo_identity_find(struct sudo_identity *ret, struct snug_err *err)
{
	const char *user = getenv("SUDO_USER");
	CLEANUP(freep) char *home = NULL;
	uid_t uid;
	gid_t gid;

	*ret = (struct sudo_identity){ 0 };
	if (geteuid() != 0 || (!getenv("SUDO_UID") && !getenv("SUDO_GID") && !user))
		return 0;
	if (!user || !*user || !find_ids(&uid, &gid))
		return snug_err_set(err, -EINVAL,
				    "SUDO_UID, SUDO_GID and SUDO_USER do not make an identity");
	home = home_from_passwd(uid);
	if (!home)
		home = home_from_getent(uid);
	if (!home)
		home = xstrdup("/"); /* what login(1) does; better than staying root */
	ret->is_set = true;
	ret->uid = uid;
	ret->gid = gid;
	ret->envp = drop_environment(user, home);
	return 0;
}

void sudo_identity_done(struct sudo_identity *id)
{
	for (char **e = id->envp; e && *e; e++)
		free(*e);
	free(id->envp);
	id->envp = NULL;
}

int sudo_outfile_open(const char *path, struct snug_outfile **ret, struct snug_err *err)
{
	uid_t uid;
	gid_t gid;
	int r = snug_outfile_open(path, ret, err);

	if (r == 0 && geteuid() == 0 && find_ids(&uid, &gid))
		snug_outfile_give(*ret, uid, gid);
	return r;
}
