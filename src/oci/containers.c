/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Three passes.  The runtimes' state folders say which containers there are, with process and
 * bundle.  The process list finds those of other runtimes: processes outside of our mount namespace
 * in a control group that carries an id.  container-names.c finds what their users call them.
 * All of these are other programs' files: read under limits, and left out when they make no sense.
 * What users write below /run/user is believed about processes of their own only.
 */
#include "oci/containers.h"

#include "base/err.h"
#include "base/fdio.h"
#include "base/limits.h"
#include "base/parse.h"
#include "base/str.h"
#include "codec/doc.h"
#include "oci/cgroup-id.h"
#include "oci/container-names.h"
#include "oci/proc.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where runtimes keep a folder for each container, and the file in it.  A "*" is one more level. */
static const struct {
	const char *folder;
	const char *file;
	const char *runtime;
	const char *engine; /* or NULL: the folder is for everybody */
} states[] = {
	{ "/run/runc", "state.json", "runc", NULL },
	{ "/run/crun", "status", "crun", NULL },
	{ "/run/containerd/runc/*", "state.json", "runc", "containerd" },
	{ "/run/docker/runtime-runc/*", "state.json", "runc", "docker" },
	{ "/run/docker/runtime-crun/*", "status", "crun", "docker" },
	{ "/run/user/*/runc", "state.json", "runc", NULL },
	{ "/run/user/*/crun", "status", "crun", NULL },
};

struct lister {
	const char *root;
	struct snug_containers *all;
	struct snug_err *err;
	uint64_t host_mntns, host_userns;
	size_t n_of_users; /* containers that users' own files tell of */
};

enum { MAX_OF_USERS = SNUG_LIMIT_CONTAINERS / 4 };

void snug_container_done(struct snug_container *c)
{
	free(c->id);
	free(c->name);
	free(c->image);
	free(c->engine);
	free(c->runtime);
	free(c->pod);
	free(c->pod_namespace);
	free(c->bundle);
	*c = (struct snug_container){ 0 };
}

void snug_container_copy(const struct snug_container *c, struct snug_container *ret)
{
	*ret = *c;
	ret->id = xstrdup_null(c->id);
	ret->name = xstrdup_null(c->name);
	ret->image = xstrdup_null(c->image);
	ret->engine = xstrdup_null(c->engine);
	ret->runtime = xstrdup_null(c->runtime);
	ret->pod = xstrdup_null(c->pod);
	ret->pod_namespace = xstrdup_null(c->pod_namespace);
	ret->bundle = xstrdup_null(c->bundle);
}

void snug_containers_done(struct snug_containers *all)
{
	VEC_FOREACH (c, all)
		snug_container_done(c);
	VEC_DONE(all);
}

static struct snug_container *find_id(const struct snug_containers *all, const char *id)
{
	VEC_FOREACH (c, all)
		if (strcmp(c->id, id) == 0)
			return c;
	return NULL;
}

static int add(struct lister *l, struct snug_container *c)
{
	if (l->all->len == SNUG_LIMIT_CONTAINERS)
		return snug_err_set(l->err, -E2BIG, "over %d containers", SNUG_LIMIT_CONTAINERS);
	*VEC_PUSH(l->all) = *c;
	*c = (struct snug_container){ 0 };
	return 0;
}

/* The process is the one that the state speaks of, and not another one with its pid. */
static bool look_at_process(const struct lister *l, struct snug_container *c, uint64_t start)
{
	if (c->pid <= 0 || !snug_proc_start(l->root, c->pid, &c->start_ticks))
		return false;
	if (start && start != c->start_ticks)
		return false;
	if (!snug_proc_namespace(l->root, c->pid, "mnt", &c->mntns))
		return false;
	c->seccomp_mode = snug_proc_seccomp_mode(l->root, c->pid);
	return true;
}

static uint64_t get_uint(const struct snug_doc_value *object, const char *key)
{
	const struct snug_doc_value *v = snug_doc_get(object, key);

	return v && v->type == SNUG_DOC_UINT ? v->u : 0;
}

/* runc has it among its labels: "bundle=/path". */
static const char *runc_bundle(const struct snug_doc_value *state)
{
	const struct snug_doc_value *config = snug_doc_get(state, "config");
	const struct snug_doc_value *labels = config ? snug_doc_get(config, "labels") : NULL;

	for (size_t i = 0; labels && labels->type == SNUG_DOC_ARRAY && i < labels->array.len; i++) {
		const struct snug_doc_value *label = &labels->array.items[i];

		if (label->type == SNUG_DOC_STRING &&
		    snug_str_has_prefix(label->str.text, "bundle="))
			return label->str.text + strlen("bundle=");
	}
	return NULL;
}

/* Whether the state at @path is one that its user may have made up. */
static bool is_users(const char *path, size_t kind)
{
	struct stat st;

	return snug_str_has_prefix(states[kind].folder, "/run/user/") &&
	       (stat(path, &st) < 0 || st.st_uid != 0);
}

/* A container without root is in a user namespace, as no process of the host is; and it is not yet
 * listed under another name.  All users together leave room for the others. */
static bool is_believed(const struct lister *l, pid_t pid)
{
	uint64_t userns;

	VEC_FOREACH (c, l->all)
		if (c->pid == pid)
			return false;
	return l->n_of_users < MAX_OF_USERS && snug_proc_namespace(l->root, pid, "user", &userns) &&
	       userns != l->host_userns;
}

/* A container from the state at @path; 0 also when it is none. */
static int add_state(struct lister *l, const char *path, const char *id, size_t kind)
{
	CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;
	CLEANUP(freep) char *text = NULL;
	struct snug_container c = { 0 };
	const struct snug_doc_value *root;
	const char *bundle;
	uint64_t pid, start;
	bool of_user;
	size_t len;
	int r = 0;

	if (find_id(l->all, id) ||
	    snug_read_regular(path, SNUG_LIMIT_DOC_BYTES, &text, &len, NULL) < 0)
		return 0;
	if (snug_json_parse(path, text, len, SNUG_LIMIT_DOC_BYTES, &doc, NULL) < 0)
		return 0;
	root = snug_doc_root(doc, 0);
	/* crun, then runc */
	pid = get_uint(root, "pid");
	start = get_uint(root, "process-start-time");
	if (!pid) {
		pid = get_uint(root, "init_process_pid");
		start = get_uint(root, "init_process_start");
	}
	bundle = snug_doc_get_string(root, "bundle");
	bundle = bundle ? bundle : runc_bundle(root);
	if (pid == 0 || pid > INT32_MAX)
		return 0;
	of_user = is_users(path, kind);
	if (of_user && !is_believed(l, (pid_t)pid))
		return 0;
	c.pid = (pid_t)pid;
	c.id = xstrdup(id);
	c.runtime = xstrdup(states[kind].runtime);
	c.engine = xstrdup_null(states[kind].engine);
	c.bundle = xstrdup_null(bundle);
	if (look_at_process(l, &c, start)) {
		l->n_of_users += of_user;
		r = add(l, &c);
	}
	snug_container_done(&c);
	return r;
}

/* Calls itself for each folder that a "*" stands for, then looks at each container's folder. */
static int scan(struct lister *l, const char *folder, const char *rest, size_t kind)
{
	DIR *dir = opendir(folder);
	struct dirent *de;
	int r = 0;

	while (dir && r == 0 && (de = readdir(dir))) {
		CLEANUP(freep) char *path = NULL;

		if (de->d_name[0] == '.')
			continue;
		if (rest) {
			const char *star = strchr(rest, '*');

			path = xasprintf("%s/%s%.*s", folder, de->d_name,
					 (int)(star ? (size_t)(star - rest) : strlen(rest)), rest);
			r = scan(l, path, star ? star + 1 : NULL, kind);
		} else {
			path = xasprintf("%s/%s/%s", folder, de->d_name, states[kind].file);
			r = add_state(l, path, de->d_name, kind);
		}
	}
	if (dir)
		closedir(dir);
	return r;
}

/* The folder of states[i]; *ret_below is what stands behind its "*", or NULL when it has none. */
static char *folder_of(const char *root, size_t i, const char **ret_below)
{
	const char *star = strchr(states[i].folder, '*');
	size_t n = star ? (size_t)(star - states[i].folder) - 1 : strlen(states[i].folder);

	*ret_below = star ? star + 1 : NULL;
	return xasprintf("%s%.*s", root, (int)n, states[i].folder);
}

static int scan_states(struct lister *l)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(states) && r == 0; i++) {
		const char *below;
		CLEANUP(freep) char *folder = folder_of(l->root, i, &below);

		r = scan(l, folder, below, i);
	}
	return r;
}

/* A process in a container of a runtime that keeps its state elsewhere: the first of them stands
 * for the container. */
static int add_process(struct lister *l, pid_t pid)
{
	struct snug_container c = { .pid = pid }, *known;
	struct snug_cgroup_id found;
	char text[8192];
	ssize_t n = snug_proc_read(l->root, pid, "cgroup", text, sizeof(text));
	int r = 0;

	if (n <= 0 || !snug_cgroup_id_find(text, (size_t)n, &found))
		return 0;
	known = find_id(l->all, found.id);
	if (known) {
		if (!known->engine && found.engine)
			known->engine = xstrdup(found.engine);
		if (known->runtime)
			return 0;
	}
	if (!look_at_process(l, &c, 0) || c.mntns == l->host_mntns)
		return 0;
	if (known) {
		if (c.start_ticks < known->start_ticks) {
			known->pid = c.pid;
			known->start_ticks = c.start_ticks;
			known->mntns = c.mntns;
			known->seccomp_mode = c.seccomp_mode;
		}
		return 0;
	}
	c.id = xstrdup(found.id);
	c.engine = xstrdup_null(found.engine);
	r = add(l, &c);
	snug_container_done(&c);
	return r;
}

static int scan_processes(struct lister *l)
{
	CLEANUP(freep) char *path = xasprintf("%s/proc", l->root);
	DIR *dir = opendir(path);
	struct dirent *de;
	uint64_t pid;
	int r = 0;

	while (dir && r == 0 && (de = readdir(dir)))
		if (snug_parse_u64(de->d_name, INT32_MAX, &pid) == 0)
			r = add_process(l, (pid_t)pid);
	if (dir)
		closedir(dir);
	return r;
}

/* Mixes in when entries of the folder changed; of a folder for "*", those below, too. */
static void stamp(const char *folder, const char *rest, uint64_t *hash)
{
	struct dirent *de;
	struct stat st;
	DIR *dir;

	if (stat(folder, &st) < 0)
		return;
	*hash = (*hash ^ (uint64_t)st.st_mtim.tv_sec ^ (uint64_t)st.st_mtim.tv_nsec << 30 ^
		 st.st_ino) *
		0x100000001b3;
	dir = rest ? opendir(folder) : NULL;
	while (dir && (de = readdir(dir))) {
		CLEANUP(freep) char *path = xasprintf("%s/%s%s", folder, de->d_name, rest);

		if (de->d_name[0] != '.')
			stamp(path, NULL, hash);
	}
	if (dir)
		closedir(dir);
}

uint64_t snug_containers_stamp(const char *root)
{
	uint64_t hash = 0xcbf29ce484222325; /* FNV-1a, 64 bits */

	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		const char *below;
		CLEANUP(freep) char *folder = folder_of(root, i, &below);

		stamp(folder, below, &hash);
	}
	return hash;
}

static int compare(const void *a, const void *b)
{
	const struct snug_container *ca = a, *cb = b;

	return strcmp(ca->id, cb->id);
}

int snug_containers_list(const char *root, struct snug_containers *ret, struct snug_err *err)
{
	CLEANUP(snug_containers_done) struct snug_containers all = { 0 };
	struct lister l = { .root = root, .all = &all, .err = err };
	int r;

	if (!snug_proc_namespace(root, *root ? 1 : getpid(), "mnt", &l.host_mntns))
		l.host_mntns = 0;
	if (!snug_proc_namespace(root, *root ? 1 : getpid(), "user", &l.host_userns))
		l.host_userns = 0;
	r = scan_states(&l);
	if (r == 0)
		r = scan_processes(&l);
	if (r < 0)
		return r;
	VEC_FOREACH (c, &all)
		snug_container_find_names(root, c);
	if (all.len)
		qsort(all.items, all.len, sizeof(*all.items), compare);
	*ret = all;
	all = (struct snug_containers){ 0 };
	return 0;
}

static bool is_named(const struct snug_container *c, const char *word)
{
	size_t n;

	if (strcmp(c->id, word) == 0 || (c->name && strcmp(c->name, word) == 0))
		return true;
	n = c->pod ? strlen(c->pod) : 0;
	return n && c->name && strncmp(word, c->pod, n) == 0 && word[n] == '/' &&
	       strcmp(word + n + 1, c->name) == 0;
}

static int not_found(const struct snug_containers *all, const char *word, struct snug_err *err)
{
	CLEANUP(snug_str_done) struct snug_str shown = SNUG_STR_INIT;
	VEC(const char *) names = { 0 };
	CLEANUP(freep) char *hint = NULL;

	VEC_FOREACH (c, all)
		*VEC_PUSH(&names) = c->name ? c->name : c->id;
	*VEC_PUSH(&names) = NULL;
	hint = snug_str_did_you_mean(snug_str_nearest(word, names.items));
	snug_str_add_printable(&shown, word, strlen(word), 128);
	(void)snug_err_set(err, -ENOENT, "no container '%s' runs here%s; 'snug ps' lists them",
			   snug_str_text(&shown), hint);
	VEC_DONE(&names);
	return -ENOENT;
}

int snug_containers_find(const struct snug_containers *all, const char *word,
			 const struct snug_container **ret, struct snug_err *err)
{
	const struct snug_container *found = NULL, *start = NULL;
	size_t n = strlen(word), n_found = 0, n_start = 0;

	VEC_FOREACH (c, all) {
		if (is_named(c, word)) {
			found = c;
			n_found++;
		} else if (n && strncmp(c->id, word, n) == 0) {
			start = c;
			n_start++;
		}
	}
	if (n_found == 1 || (n_found == 0 && n_start == 1)) {
		*ret = n_found ? found : start;
		return 0;
	}
	if (n_found + n_start == 0)
		return not_found(all, word, err);
	return snug_err_set(err, -EINVAL,
			    "'%.128s' means %zu containers: give the id, or POD/NAME ('snug ps')",
			    word, n_found ? n_found : n_start);
}
