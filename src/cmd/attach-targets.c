/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/attach-targets.h"

#include "base/err.h"
#include "base/fdio.h"
#include "base/str.h"
#include "cmd/attach-options.h"
#include "cmd/each-path.h"
#include "cmd/identity.h"
#include "cmd/text.h"
#include "oci/cgroup-path.h"
#include "oci/proc.h"
#include "record/recording.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { SHORT_ID = 12, MAX_LABEL = 128 };

void attach_files_done(struct attach_files *f)
{
	output_done(&f->output);
	f->recording = snug_outfile_free(f->recording);
	free(f->path);
	free(f->recording_path);
	f->path = f->recording_path = NULL;
}

int attach_files_open(struct attach_files *f, const struct output_options *options,
		      const char *recording, struct snug_err *err)
{
	int r;

	f->options = *options;
	if (f->path)
		f->options.file = f->path;
	r = output_open(&f->options, &f->output, err);
	if (r < 0 || !recording)
		return r;
	if (!f->recording_path)
		f->recording_path = xstrdup(recording);
	if (snug_outfile_is(f->output.file, f->recording_path))
		return snug_err_set(err, -EINVAL, "-o and --recording both name %s",
				    f->recording_path);
	return sudo_outfile_open(f->recording_path, &f->recording, err);
}

int attach_files_open_each(struct attach_files *f, const struct output_options *options,
			   const char *recording, const char *file_name, struct snug_err *err)
{
	CLEANUP(freep) char *pattern = output_path(options);

	attach_files_done(f);
	f->path = each_path(pattern, file_name, output_extension(options));
	if (recording)
		f->recording_path = each_path(recording, file_name, "json");
	return attach_files_open(f, options, recording, err);
}

static void one_done(struct attach_one *t)
{
	attach_worker_free(t->worker);
	snug_recording_free(t->recording);
	snug_container_done(&t->container);
	attach_files_done(&t->files);
	free(t->cgroup);
	free(t->label);
	free(t->name);
	free(t->file_name);
}

void attach_targets_done(struct attach_targets *t)
{
	VEC_FOREACH (one, &t->all)
		one_done(one);
	VEC_DONE(&t->all);
}

bool attach_targets_has(const struct attach_targets *t, enum attach_state state)
{
	VEC_FOREACH (one, &t->all)
		if (one->state == state)
			return true;
	return false;
}

static void replace(char **place, char *text)
{
	free(*place);
	*place = text;
}

static char *quoted(const char *what, const char *name)
{
	CLEANUP(snug_str_done) struct snug_str shown = SNUG_STR_INIT;

	snug_str_add_printable(&shown, name, strlen(name), MAX_LABEL);
	return xasprintf("%s '%s'", what, snug_str_text(&shown));
}

/* The container's name, or its id in short. */
static char *name_of(const struct snug_container *c)
{
	bool is_hex = strspn(c->id, "0123456789abcdef") == strlen(c->id);

	if (c->name && *c->name)
		return xstrdup(c->name);
	return is_hex ? xstrndup(c->id, SHORT_ID) : xstrdup(c->id);
}

static bool is_file_name_free(const struct attach_targets *t, const struct attach_one *for_one,
			      const char *name)
{
	VEC_FOREACH (one, &t->all)
		if (one != for_one && one->file_name && strcmp(one->file_name, name) == 0)
			return false;
	return true;
}

/* Two pods may have a container of the same name: the second one gets its pod's in front, or its
 * id behind. */
static void set_file_name(const struct attach_targets *t, struct attach_one *one)
{
	const struct snug_container *c = &one->container;

	replace(&one->file_name, each_file_name(one->name));
	if (!is_file_name_free(t, one, one->file_name) && c->pod) {
		CLEANUP(freep) char *both = xasprintf("%s-%s", c->pod, one->name);

		replace(&one->file_name, each_file_name(both));
	}
	if (!is_file_name_free(t, one, one->file_name)) {
		CLEANUP(freep) char *both = xasprintf("%.*s-%.64s", SHORT_ID, c->id, one->name);

		replace(&one->file_name, each_file_name(both));
	}
}

static void set_container(const struct attach_targets *t, struct attach_one *one,
			  const struct snug_container *c)
{
	snug_container_copy(c, &one->container);
	one->what = (struct attach_target){ .kind = ATTACH_CONTAINER,
					    .pid = c->pid,
					    .start_ticks = c->start_ticks };
	replace(&one->name, name_of(c));
	replace(&one->label, quoted("container", one->name));
	set_file_name(t, one);
	one->state = ATTACH_FOUND;
}

void attach_one_forget(struct attach_one *t)
{
	snug_container_done(&t->container);
	replace(&t->file_name, NULL);
	t->state = ATTACH_WAITING;
}

void attach_one_drop(struct attach_one *t)
{
	t->worker = attach_worker_free(t->worker);
	attach_files_done(&t->files);
	t->state = ATTACH_OVER;
}

static bool has_container(const struct attach_targets *t, const struct snug_container *c)
{
	VEC_FOREACH (one, &t->all)
		if (one->container.id && strcmp(one->container.id, c->id) == 0)
			return true;
	return false;
}

static int add_word(struct attach_targets *t, const struct snug_containers *all, const char *word,
		    bool may_wait, struct snug_err *err)
{
	const struct snug_container *c;
	struct attach_one *one;
	int r;

	r = snug_containers_find(all, word, &c, may_wait ? NULL : err);
	if (r == -ENOENT && may_wait) {
		one = VEC_PUSH(&t->all);
		one->word = word;
		one->label = quoted("container", word);
		return 0;
	}
	if (r == -ENOENT && geteuid() != 0)
		return snug_err_wrap(err, r, "only root sees every container");
	if (r < 0)
		return may_wait ? snug_containers_find(all, word, &c, err) : r;
	if (has_container(t, c))
		return 0;
	one = VEC_PUSH(&t->all);
	one->word = word;
	set_container(t, one, c);
	return 0;
}

static int add_words(struct attach_targets *t, const struct snug_containers *all,
		     const struct attach_options *o, struct snug_err *err)
{
	for (size_t i = 0; i < o->containers.len; i++) {
		int r = add_word(t, all, o->containers.items[i], o->wait, err);

		if (r < 0)
			return r;
	}
	return 0;
}

/* A process is a container when it is a container's first one. */
static int add_pid(struct attach_targets *t, const struct snug_containers *all, pid_t pid,
		   struct snug_err *err)
{
	CLEANUP(freep) char *what = xasprintf("process %d", pid);
	struct attach_one *one = VEC_PUSH(&t->all);
	char comm[64];
	ssize_t n;

	VEC_FOREACH (c, all) {
		if (c->pid != pid)
			continue;
		set_container(t, one, c);
		return 0;
	}
	n = snug_proc_read("", pid, "comm", comm, sizeof(comm));
	if (n <= 0)
		return snug_err_set(err, -ESRCH, "there is no process %d", pid);
	comm[strcspn(comm, "\n")] = '\0';
	one->what = (struct attach_target){ .kind = ATTACH_PROCESS, .pid = pid };
	(void)snug_proc_start("", pid, &one->what.start_ticks);
	one->name = xstrdup(comm);
	one->label = quoted(what, comm);
	one->state = ATTACH_FOUND;
	return 0;
}

/* The containers in the cgroup, one by one. */
static int add_containers_of(struct attach_targets *t, const struct snug_containers *all,
			     const struct snug_cgroup_path *path, struct snug_err *err)
{
	CLEANUP(freep) char *shown = NULL;

	VEC_FOREACH (c, all)
		if (snug_cgroup_path_has("", path, c->pid))
			set_container(t, VEC_PUSH(&t->all), c);
	if (t->all.len)
		return 0;
	shown = quoted("cgroup", path->path);
	return snug_err_set(err, -ENOENT, "no container runs in %s; 'snug ps' lists them", shown);
}

static int add_cgroup(struct attach_targets *t, const struct snug_containers *all,
		      const struct attach_options *o, struct snug_err *err)
{
	CLEANUP(snug_cgroup_path_done) struct snug_cgroup_path path = { NULL, NULL, NULL };
	struct attach_one *one;
	int r;

	r = snug_cgroup_path_find("", o->cgroup, &path, err);
	if (r < 0)
		return r;
	if (o->each)
		return add_containers_of(t, all, &path, err);
	one = VEC_PUSH(&t->all);
	one->cgroup = STEAL(path.dir);
	one->what = (struct attach_target){ .kind = ATTACH_CGROUP, .cgroup = one->cgroup };
	one->name = xstrdup(text_basename(path.path));
	one->label = quoted("cgroup", path.path);
	one->state = ATTACH_FOUND;
	return 0;
}

int attach_targets_find(struct attach_targets *t, const struct attach_options *options,
			const struct attach_request *request, struct snug_err *err)
{
	CLEANUP(snug_containers_done) struct snug_containers all = { 0 };
	int r;

	r = snug_containers_list("", &all, err);
	if (r < 0)
		return r;
	if (request->pid)
		return add_pid(t, &all, request->pid, err);
	if (options->cgroup)
		return add_cgroup(t, &all, options, err);
	return add_words(t, &all, options, err);
}

/* The one that waits for a container of @all. */
static int look_for(struct attach_targets *t, struct attach_one *one,
		    const struct snug_containers *all, struct snug_err *err)
{
	const struct snug_container *c;
	int r = snug_containers_find(all, one->word, &c, NULL);

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		r = snug_containers_find(all, one->word, &c, err);
	else if (!has_container(t, c))
		return set_container(t, one, c), 0;
	/* several, or another word has meant it */
	attach_one_drop(one);
	return r;
}

int attach_targets_look(struct attach_targets *t, struct snug_err *err)
{
	CLEANUP(snug_containers_done) struct snug_containers all = { 0 };
	int r = snug_containers_list("", &all, err);
	bool is_listed = r == 0;

	VEC_FOREACH (one, &t->all) {
		if (one->state != ATTACH_WAITING)
			continue;
		if (!is_listed)
			attach_one_drop(one);
		else if (r == 0) /* the others are looked for next time */
			r = look_for(t, one, &all, err);
	}
	return r;
}
