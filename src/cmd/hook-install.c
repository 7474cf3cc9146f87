/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/hook-install.h"

#include "base/err.h"
#include "base/fdio.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "cmd/say.h"
#include "codec/doc.h"
#include "codec/writer.h"
#include "oci/annotation.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where engines look unasked, and where they are often told to. */
static const char *const hook_dirs[] = { HOOKS_DIR, "/etc/containers/oci/hooks.d" };

void hook_config(const char *path, struct snug_str *out)
{
	static const char *const args[] = { "snug", "hook" }, *const stages[] = { "prestart" };
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(SNUG_DOC_JSON, out);

	snug_writer_begin_object(w);
	snug_writer_member_string(w, "version", "1.0.0");
	snug_writer_key(w, "hook");
	snug_writer_begin_object(w);
	snug_writer_member_string(w, "path", path);
	snug_writer_member_strings(w, "args", args, ARRAY_SIZE(args));
	snug_writer_end_object(w);
	snug_writer_key(w, "when");
	snug_writer_begin_object(w);
	snug_writer_key(w, "annotations");
	snug_writer_begin_object(w);
	snug_writer_member_string(w, "^io\\.containers\\.trace-syscall$", ".*");
	snug_writer_end_object(w);
	snug_writer_end_object(w);
	snug_writer_member_strings(w, "stages", stages, ARRAY_SIZE(stages));
	snug_writer_end_object(w);
	snug_writer_finish(w);
}

/* The program that runs now, as the engine will find it. */
static int own_path(char *path, size_t size, struct snug_err *err)
{
	ssize_t n = readlink("/proc/self/exe", path, size - 1);

	if (n < 0)
		return snug_err_errno(err, "/proc/self/exe");
	path[n] = '\0';
	return 0;
}

/* Whether @text is a hook that fires for our annotation and is not snug's own. */
static bool is_rival(const char *name, const char *text, size_t len)
{
	CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;
	const struct snug_doc_value *when, *hook;
	const char *path;

	if (snug_json_parse(name, text, len, SNUG_LIMIT_DOC_BYTES, &doc, NULL) < 0)
		return false;
	hook = snug_doc_get(snug_doc_root(doc, 0), "hook");
	when = snug_doc_get(snug_doc_root(doc, 0), "when");
	path = hook ? snug_doc_get_string(hook, "path") : NULL;
	if (!path || !when || !snug_doc_get(when, "annotations"))
		return false;
	return strstr(path, "oci-seccomp-bpf-hook");
}

static void warn_of_rivals(const char *dir_path)
{
	DIR *dir = opendir(dir_path);
	struct dirent *de;

	while (dir && (de = readdir(dir))) {
		CLEANUP(freep) char *path = xasprintf("%s/%s", dir_path, de->d_name);
		CLEANUP(freep) char *text = NULL;
		size_t len;

		if (de->d_name[0] == '.' ||
		    snug_read_regular(path, SNUG_LIMIT_DOC_BYTES, &text, &len, NULL) < 0)
			continue;
		if (is_rival(path, text, len))
			say_warn("%s: oci-seccomp-bpf-hook answers the same annotation (%s): "
				 "remove one of the two, or containers are recorded twice",
				 path, SNUG_TRACE_ANNOTATION);
	}
	if (dir)
		closedir(dir);
}

/* HOOKS_DIR and what is above it; any other folder has to be there. */
static int make_hooks_dir(struct snug_err *err)
{
	char path[] = HOOKS_DIR;
	int r = 0;

	/* the first that cannot be made is the reason */
	for (char *slash = path + 1; r == 0 && (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			r = snug_err_errno(err, "%s: cannot be made", path);
		*slash = '/';
	}
	if (r == 0 && mkdir(path, 0755) < 0 && errno != EEXIST)
		r = snug_err_errno(err, "%s: cannot be made", path);
	return r;
}

int hook_install(const char *dir, struct snug_err *err)
{
	CLEANUP(freep) char *path = xasprintf("%s/snug.json", dir);
	CLEANUP(snug_outfile_freep) struct snug_outfile *file = NULL;
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	char self[PATH_MAX];
	int r;

	r = own_path(self, sizeof(self), err);
	if (r < 0)
		return r;
	if (strcmp(dir, HOOKS_DIR) == 0)
		r = make_hooks_dir(err);
	if (r == 0)
		r = snug_outfile_open(path, &file, err);
	if (r < 0)
		return r;
	hook_config(self, &text);
	snug_outfile_add(file, text.buf, text.len);
	r = snug_outfile_commit(file, err);
	if (r < 0)
		return r;
	say_person("hook: %s", path);
	say_log("Installed the hook: %s", path);
	for (size_t i = 0; i < ARRAY_SIZE(hook_dirs); i++)
		if (strcmp(dir, hook_dirs[i]) != 0)
			warn_of_rivals(hook_dirs[i]);
	warn_of_rivals(dir);
	return 0;
}

/* Removing somebody else's file by its name would be bad manners. */
static int check_ours(const char *path, struct snug_err *err)
{
	CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;
	CLEANUP(freep) char *text = NULL;
	const struct snug_doc_value *hook, *args;
	size_t len;
	int r;

	r = snug_read_regular(path, SNUG_LIMIT_DOC_BYTES, &text, &len, err);
	if (r == 0)
		r = snug_json_parse(path, text, len, SNUG_LIMIT_DOC_BYTES, &doc, err);
	if (r < 0)
		return r;
	hook = snug_doc_get(snug_doc_root(doc, 0), "hook");
	args = hook ? snug_doc_get(hook, "args") : NULL;
	if (!args || args->type != SNUG_DOC_ARRAY || args->array.len < 2 ||
	    args->array.items[1].type != SNUG_DOC_STRING ||
	    strcmp(args->array.items[1].str.text, "hook") != 0)
		return snug_err_set(err, -EINVAL, "%s: is not a hook of snug's; it stays", path);
	return 0;
}

int hook_uninstall(const char *dir, struct snug_err *err)
{
	CLEANUP(freep) char *path = xasprintf("%s/snug.json", dir);
	int r;

	if (access(path, F_OK) < 0 && errno == ENOENT) {
		say_person("no hook: %s", path);
		return 0;
	}
	r = check_ours(path, err);
	if (r < 0)
		return r;
	if (unlink(path) < 0)
		return snug_err_errno(err, "%s", path);
	say_person("removed: %s", path);
	say_log("Removed the hook: %s", path);
	return 0;
}
