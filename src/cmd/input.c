/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/input.h"

#include "base/err.h"
#include "base/fdio.h"
#include "base/limits.h"
#include "base/str.h"
#include "cmd/say.h"
#include "cmd/text.h"
#include "convert/systemd-read.h"
#include "record/derive.h"
#include "seccomp/condition.h"
#include "seccomp/names.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <linux/capability.h>

/* What a container has that asked for nothing: the capabilities that both Docker and podman give
 * (docs.docker.com/engine/security, containers.conf(5): default_capabilities). */
static const int container_caps[] = {
	CAP_CHOWN,   CAP_DAC_OVERRIDE,     CAP_FOWNER,     CAP_FSETID,
	CAP_KILL,    CAP_NET_BIND_SERVICE, CAP_SETFCAP,    CAP_SETGID,
	CAP_SETPCAP, CAP_SETUID,           CAP_SYS_CHROOT,
};

struct well_known {
	const char *name;
	const char *paths[3]; /* the first that is there; NULL-terminated */
	const char *package;
};

static const struct well_known well_known[] = {
	{ "docker-default",
	  { "/usr/share/containers/seccomp.json", "/etc/containers/seccomp.json", NULL },
	  "golang-github-containers-common (Debian) or containers-common (Fedora)" },
};

const char *const *input_well_known_names(void)
{
	static const char *names[ARRAY_SIZE(well_known) + 1];

	for (size_t i = 0; i < ARRAY_SIZE(well_known); i++)
		names[i] = well_known[i].name;
	return names;
}

bool input_is_well_known_path(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(well_known); i++)
		for (size_t j = 0; well_known[i].paths[j]; j++)
			if (strcmp(well_known[i].paths[j], path) == 0)
				return true;
	return false;
}

static uint64_t all_caps(void)
{
	const char *const *names = snug_capability_names();
	unsigned n = 0;

	while (names[n])
		n++;
	return (UINT64_C(1) << n) - 1;
}

/* One word of --caps: a set, or a capability as people write it. */
static int add_caps(const char *word, const struct snug_seccomp_env *host, uint64_t *caps,
		    struct snug_err *err)
{
	CLEANUP(freep) char *upper = NULL;
	CLEANUP(freep) char *hint = NULL;
	int bit;

	if (strcmp(word, "none") == 0)
		return 0;
	if (strcmp(word, "all") == 0) {
		*caps |= all_caps();
		return 0;
	}
	if (strcmp(word, "host") == 0) {
		*caps |= host->caps;
		return 0;
	}
	if (strcmp(word, "container") == 0) {
		for (size_t i = 0; i < ARRAY_SIZE(container_caps); i++)
			*caps |= UINT64_C(1) << container_caps[i];
		return 0;
	}
	upper = xasprintf("%s%s", strncasecmp(word, "CAP_", 4) == 0 ? "" : "CAP_", word);
	for (char *c = upper; *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	bit = snug_capability_from_name(upper);
	if (bit < 0) {
		hint = snug_str_did_you_mean(snug_str_nearest(upper, snug_capability_names()));
		return snug_err_set(err, -EINVAL,
				    "--caps: unknown capability '%.64s'%s (or: container, "
				    "host, all, none)",
				    word, hint);
	}
	*caps |= UINT64_C(1) << bit;
	return 0;
}

static enum snug_arch arch_from_any_name(const char *name)
{
	enum snug_arch arch = snug_arch_from_name(name);

	if (arch == _SNUG_ARCH_INVALID)
		arch = snug_arch_from_oci_name(name);
	for (int i = 0; arch == _SNUG_ARCH_INVALID && i < _SNUG_ARCH_MAX; i++)
		if (strcmp(snug_arch_go_name((enum snug_arch)i), name) == 0)
			arch = (enum snug_arch)i;
	return arch == SNUG_ARCH_NATIVE ? snug_arch_native() : arch;
}

static int set_arch(const char *name, struct snug_seccomp_env *env, struct snug_err *err)
{
	enum snug_arch arch = arch_from_any_name(name);
	CLEANUP(freep) char *hint = NULL;

	if (arch == _SNUG_ARCH_INVALID) {
		hint = snug_str_did_you_mean(snug_str_nearest(name, snug_arch_go_names()));
		return snug_err_set(err, -EINVAL, "--arch: unknown architecture '%.64s'%s", name,
				    hint);
	}
	/* no kernel is x32 or n32 */
	env->arch = snug_arch_is_ilp32_of_64(arch) ? snug_arch_family(arch) : arch;
	return 0;
}

int env_options_resolve(const struct env_options *options, struct snug_seccomp_env *ret,
			struct snug_err *err)
{
	struct snug_seccomp_env host, env;
	int r = 0;

	snug_seccomp_env_init_host(&host);
	env = host;
	env.caps = 0;
	if (options->arch)
		r = set_arch(options->arch, &env, err);
	if (r == 0 && options->kernel &&
	    snug_kernel_version_parse(options->kernel, &env.kernel_version) < 0)
		r = snug_err_set(err, -EINVAL, "--kernel: '%.64s' is no version (6.1, 5.10.0)",
				 options->kernel);
	if (r == 0 && !options->caps.is_set)
		r = add_caps("container", &host, &env.caps, err);
	for (size_t i = 0; r == 0 && i < options->caps.len; i++)
		r = add_caps(options->caps.items[i], &host, &env.caps, err);
	if (r == 0)
		*ret = env;
	return r;
}

void env_options_done(struct env_options *options)
{
	snug_list_done(&options->caps);
}

void input_done(struct input *in)
{
	free(in->label);
	free(in->other);
	in->profile = snug_seccomp_profile_free(in->profile);
	in->recording = snug_recording_free(in->recording);
	*in = (struct input){ 0 };
}

static int find_well_known(const char *name, const char **ret_path, struct snug_err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(well_known); i++) {
		const struct well_known *w = &well_known[i];

		if (strcmp(w->name, name) != 0)
			continue;
		for (size_t j = 0; w->paths[j]; j++) {
			if (access(w->paths[j], R_OK) != 0)
				continue;
			*ret_path = w->paths[j];
			return 1;
		}
		return snug_err_set(err, -ENOENT,
				    "%s: this machine has no %s; install %s, or name a file", name,
				    w->paths[0], w->package);
	}
	return 0;
}

static void warn_of_unnamed(const struct snug_derived *d, const char *label)
{
	enum { MAX_SHOWN = 10 };

	for (size_t i = 0; i < d->unnamed.len && i < MAX_SHOWN; i++)
		say_warn("%s: call number %u (%s) has no name that this snug knows", label,
			 d->unnamed.items[i].nr, snug_arch_name(d->unnamed.items[i].arch));
	if (d->unnamed.len > MAX_SHOWN)
		say_warn("%s: and %zu more calls without a name", label,
			 d->unnamed.len - MAX_SHOWN);
}

/* The profile that allows exactly what was recorded. */
static int profile_of(const struct snug_recording *recording, const char *label,
		      struct snug_seccomp_profile **ret, struct snug_err *err)
{
	CLEANUP(snug_derived_done) struct snug_derived d = { 0 };
	/* the arguments that were recorded, as they go into profiles */
	struct snug_derive_policy policy = { .name = "recording", .args = SNUG_ARGS_SECURITY };
	int r;

	if (recording->command.len)
		policy.name = text_basename(recording->command.items[0]);
	r = snug_derive(&recording, 1, &policy, &d, err);
	if (r < 0)
		return snug_err_wrap(err, r, "%s", label);
	if (!snug_recording_is_complete(recording))
		say_warn("%s: the recording is incomplete", label);
	warn_of_unnamed(&d, label);
	free(d.profile->source);
	d.profile->source = xstrdup(label);
	*ret = STEAL(d.profile);
	return 0;
}

static int understand(const char *text, size_t len, bool keep_unknown, struct input *in,
		      struct snug_err *err)
{
	const struct snug_seccomp_read_options opts = {
		.warn = say_warn_text,
		.keep_unknown = keep_unknown,
	};
	int r;

	if (snug_is_systemd_unit(text, len))
		return snug_systemd_unit_parse(in->label, text, len, &opts, &in->profile, err);
	r = snug_recording_parse_if_one(in->label, text, len, &in->recording, err);
	if (r < 0)
		return r;
	if (r == 0)
		return snug_seccomp_profile_parse(in->label, text, len, &opts, &in->profile, err);
	return profile_of(in->recording, in->label, &in->profile, err);
}

void input_add_hint(const char *name, struct snug_err *err)
{
	const char *near = snug_str_nearest(name, input_well_known_names());
	CLEANUP(freep) char *hint = NULL;
	CLEANUP(freep) char *words = NULL;

	if (!err || !near || strchr(name, '/'))
		return;
	hint = snug_str_did_you_mean(near);
	words = xstrdup(snug_err_msg(err));
	snug_err_done(err);
	(void)snug_err_set(err, -ENOENT, "%s%s", words, hint);
}

int input_find(const char *name, const char **ret, struct snug_err *err)
{
	const char *path = name;
	int r;

	r = find_well_known(name, &path, err);
	if (r < 0)
		return r;
	*ret = path;
	return 0;
}

static int read_input(const char *path, bool keep_unknown,
		      bool (*is_other)(const char *text, size_t len), struct input *ret,
		      struct snug_err *err)
{
	static bool stdin_is_read;
	CLEANUP(input_done) struct input in = { 0 };
	CLEANUP(freep) char *text = NULL;
	bool is_stdin = strcmp(path, "-") == 0;
	const char *file = path;
	size_t len;
	int r;

	r = find_well_known(path, &file, err);
	if (r < 0)
		return r;
	if (is_stdin && stdin_is_read)
		return snug_err_set(err, -EINVAL, "-: standard input can be read only once");
	stdin_is_read |= is_stdin;
	in.is_well_known = r > 0;
	in.label = xstrdup(is_stdin ? "<stdin>" : path);
	r = snug_read_file(file, SNUG_LIMIT_RECORDING_BYTES, &text, &len, err);
	if (r == -ENOENT)
		input_add_hint(path, err);
	if (r == 0 && is_other && is_other(text, len)) {
		in.other = STEAL(text);
		in.other_len = len;
	} else if (r == 0) {
		r = understand(text, len, keep_unknown, &in, err);
	}
	if (r < 0)
		return r;
	*ret = in;
	in = (struct input){ 0 };
	return 0;
}

int input_read(const char *path, struct input *ret, struct snug_err *err)
{
	return read_input(path, false, NULL, ret, err);
}

int input_read_keep_unknown(const char *path, struct input *ret, struct snug_err *err)
{
	return read_input(path, true, NULL, ret, err);
}

int input_read_or_other(const char *path, bool (*is_other)(const char *text, size_t len),
			struct input *ret, struct snug_err *err)
{
	return read_input(path, true, is_other, ret, err);
}
