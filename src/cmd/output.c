/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/output.h"

#include "base/err.h"
#include "base/fdio.h"
#include "base/str.h"
#include "cmd/identity.h"
#include "cmd/say.h"
#include "seccomp/filter.h"

#include <errno.h>
#include <string.h>

static int parse_type(const char *type, enum snug_profile_format *ret, struct snug_err *err)
{
	if (!type || strcmp(type, "seccomp") == 0)
		*ret = SNUG_PROFILE_CRD_YAML;
	else if (strcmp(type, "raw-seccomp") == 0)
		*ret = SNUG_PROFILE_OCI_JSON;
	else if (strcmp(type, "apparmor") == 0 || strcmp(type, "raw-apparmor") == 0 ||
		 strcmp(type, "all") == 0)
		return snug_err_set(err, -EINVAL,
				    "unsupported type: %s: this snug makes 'seccomp' and "
				    "'raw-seccomp' profiles, AppArmor ones not yet",
				    type);
	else
		return snug_err_set(err, -EINVAL,
				    "unsupported type: %.64s (use 'seccomp' or 'raw-seccomp')",
				    type);
	return 0;
}

static int check_base(const struct output_options *options, struct snug_err *err)
{
	int r = 0;

	for (size_t i = 0; !options->no_base && i < options->base.len && r == 0; i++)
		r = snug_derive_check_name("--base-syscalls", options->base.items[i], err);
	return r;
}

int output_parse_args_level(const char *text, enum snug_args_level *ret, struct snug_err *err)
{
	CLEANUP(freep) char *hint = NULL;

	*ret = SNUG_ARGS_OFF;
	if (!text)
		return 0;
	if (snug_args_level_from_name(*text ? text : "security", ret) == 0)
		return 0;
	hint = snug_str_did_you_mean(snug_str_nearest(text, snug_args_level_names()));
	return snug_err_set(err, -EINVAL, "--args: '%.64s' is not off, security or all%s", text,
			    hint);
}

bool output_looks_at_args(const struct output_options *options)
{
	enum snug_args_level level;

	return output_parse_args_level(options->args, &level, NULL) == 0 && level != SNUG_ARGS_OFF;
}

static int parse_clone3(const char *text, bool *ret_is_enosys, struct snug_err *err)
{
	*ret_is_enosys = text && strcmp(text, "enosys") == 0;
	if (!text || *ret_is_enosys || strcmp(text, "allow") == 0)
		return 0;
	return snug_err_set(err, -EINVAL, "--clone3: '%.64s' is not allow or enosys", text);
}

int output_check(const struct output_options *options, struct snug_err *err)
{
	enum snug_profile_format format;
	enum snug_args_level level;
	bool is_enosys;
	int r;

	r = parse_type(options->type, &format, err);
	if (r == 0)
		r = output_parse_args_level(options->args, &level, err);
	if (r == 0)
		r = parse_clone3(options->clone3, &is_enosys, err);
	return r < 0 ? r : check_base(options, err);
}

const char *output_extension(const struct output_options *options)
{
	enum snug_profile_format format;

	return parse_type(options->type, &format, NULL) == 0 && format == SNUG_PROFILE_OCI_JSON
		       ? "json"
		       : "yaml";
}

char *output_path(const struct output_options *options)
{
	const char *tmp = getenv("TMPDIR");

	if (options->file)
		return xstrdup(options->file);
	return xasprintf("%s/profile.%s", tmp && *tmp ? tmp : "/tmp", output_extension(options));
}

int output_open(const struct output_options *options, struct output *ret, struct snug_err *err)
{
	struct output o = { .options = options };
	int r;

	r = output_check(options, err);
	if (r < 0)
		return r;
	(void)parse_type(options->type, &o.format, NULL);
	o.path = output_path(options);
	r = sudo_outfile_open(o.path, &o.file, err);
	if (r < 0) {
		free(o.path);
		return r;
	}
	*ret = o;
	return 0;
}

void output_done(struct output *o)
{
	o->file = snug_outfile_free(o->file);
	free(o->path);
	o->path = NULL;
}

static void join(struct snug_str *out, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		snug_str_addf(out, "%s%s", i ? ", " : "", names[i]);
}

/* What takes part besides the recorded calls. */
struct additions {
	struct snug_derive_baselines baselines; /* borrowed from the recordings */
	const char *const *base;
	size_t n_base;
};

static void additions_done(struct additions *a)
{
	VEC_DONE(&a->baselines);
}

/* Returns whether every recording has a baseline. */
static bool add_baselines(struct additions *a, const struct snug_recording *const *recordings,
			  size_t n)
{
	bool all = n > 0;

	for (size_t i = 0; i < n; i++) {
		all &= recordings[i]->baselines.len > 0;
		snug_derive_add_baselines(recordings[i], &a->baselines);
	}
	return all;
}

static void find_additions(const struct output_options *opts,
			   const struct snug_recording *const *recordings, size_t n,
			   struct additions *ret)
{
	if (opts->no_base)
		return;
	if (!add_baselines(ret, recordings, n) && !opts->base.is_set) {
		ret->base = snug_base_syscalls();
		while (ret->base[ret->n_base])
			ret->n_base++;
	}
	if (opts->base.is_set) {
		ret->base = (const char *const *)opts->base.items;
		ret->n_base = opts->base.len;
	}
}

bool output_has_base(const struct output_options *options,
		     const struct snug_recording *const *recordings, size_t n)
{
	CLEANUP(additions_done) struct additions add = { 0 };

	find_additions(options, recordings, n, &add);
	return add.base != NULL;
}

/* The labels of all baselines, each once. */
static void add_labels(struct snug_str *out, const struct additions *a)
{
	VEC_FOREACH (b, &a->baselines) {
		bool is_new = true;

		for (size_t i = 0; &a->baselines.items[i] < b; i++)
			is_new &= strcmp(a->baselines.items[i].label, b->label) != 0;
		if (is_new)
			snug_str_addf(out, "%s%s", out->len ? ", " : "", b->label);
	}
}

static void tell(const struct additions *a, const struct snug_derived *d)
{
	CLEANUP(snug_str_done) struct snug_str labels = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	join(&text, d->recorded.items, d->recorded.len);
	say_log("Got syscalls: %s", snug_str_text(&text));
	snug_str_clear(&text);
	join(&text, d->added.items, d->added.len);
	if (a->base)
		say_log("Adding base syscalls: %s", snug_str_text(&text));
	if (a->baselines.len) {
		snug_str_clear(&text);
		join(&text, d->baseline.items, d->baseline.len);
		add_labels(&labels, a);
		say_log("Adding syscalls of %s: %s", snug_str_text(&labels), snug_str_text(&text));
	}
	VEC_FOREACH (u, &d->unnamed)
		say_warn("call number %u (%s) has no name that this snug knows: it is in the "
			 "recording, and not in the profile",
			 u->nr, snug_arch_name(u->arch));
}

static int derive(const struct output_options *opts, enum snug_profile_format format,
		  const char *name, const struct snug_recording *const *recordings, size_t n,
		  const struct additions *add, struct snug_derived *ret, struct snug_err *err)
{
	struct snug_derive_policy policy = {
		.name = name,
		.base = add->base,
		.n_base = add->n_base,
		.baselines = add->baselines.items,
		.n_baselines = add->baselines.len,
		.no_entered = opts->no_entered,
		.signed_values = format != SNUG_PROFILE_OCI_JSON,
	};

	(void)output_parse_args_level(opts->args, &policy.args, NULL);
	(void)parse_clone3(opts->clone3, &policy.clone3_is_enosys, NULL);
	return snug_derive(recordings, n, &policy, ret, err);
}

int output_derive(const struct output_options *options, const char *name,
		  const struct snug_recording *const *recordings, size_t n,
		  struct snug_derived *ret, struct snug_err *err)
{
	CLEANUP(additions_done) struct additions add = { 0 };

	find_additions(options, recordings, n, &add);
	return derive(options, SNUG_PROFILE_OCI_JSON, name, recordings, n, &add, ret, err);
}

/* A name costs an instruction or two, a combination of arguments several. */
static void warn_of_size(const struct snug_seccomp_profile *p, enum snug_arch arch)
{
	CLEANUP(snug_err_done) struct snug_err reason = SNUG_ERR_INIT;
	const struct snug_seccomp_env env = { .arch = arch };
	struct snug_seccomp_filter filter = { 0 };

	if (snug_seccomp_filter_compile(p, &env, NULL, NULL, &filter, &reason) == -E2BIG)
		say_warn("the profile is too large for a filter: %s (fewer recordings in one, or "
			 "--args=off)",
			 snug_err_msg(&reason));
	snug_seccomp_filter_done(&filter);
}

int output_write_recording(struct snug_outfile *file, const char *path,
			   const struct snug_recording *recording, struct snug_err *err)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	int r;

	if (!file)
		return 0;
	snug_recording_write(recording, &text);
	snug_outfile_add(file, text.buf, text.len);
	r = snug_outfile_commit(file, err);
	if (r == 0)
		say_log("Wrote recording to: %s", path);
	return r;
}

int output_write(struct output *o, const char *name, const struct snug_recording *const *recordings,
		 size_t n, struct snug_derived *ret, struct snug_err *err)
{
	CLEANUP(snug_derived_done) struct snug_derived d = { 0 };
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	CLEANUP(additions_done) struct additions add = { 0 };
	const struct output_options *opts = o->options;
	int r;

	find_additions(opts, recordings, n, &add);
	r = derive(opts, o->format, name, recordings, n, &add, &d, err);
	if (r < 0)
		return r;
	tell(&add, &d);
	if (output_looks_at_args(opts))
		warn_of_size(d.profile, snug_arch_family(recordings[0]->arch));
	r = snug_seccomp_profile_write(d.profile, o->format, &text, err);
	if (r < 0)
		return r;
	snug_outfile_add(o->file, text.buf, text.len);
	r = snug_outfile_commit(o->file, err);
	if (r < 0)
		return r;
	say_log("Wrote seccomp profile to: %s", o->path);
	if (ret) {
		*ret = d;
		d = (struct snug_derived){ 0 };
	}
	return 0;
}
