/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/output.h"

#include "base/err.h"
#include "base/fdio.h"
#include "base/str.h"
#include "cmd/say.h"

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
	for (size_t i = 0; !options->no_base && i < options->base.len; i++) {
		const char *name = options->base.items[i], *near;

		if (snug_syscall_is_known(name))
			continue;
		near = snug_str_nearest(name, snug_syscall_names());
		return snug_err_set(err, -EINVAL, "--base-syscalls: unknown syscall '%.64s'%s%s%s",
				    name, near ? " (did you mean '" : "", near ? near : "",
				    near ? "'?)" : "");
	}
	return 0;
}

int output_check(const struct output_options *options, struct snug_err *err)
{
	enum snug_profile_format format;
	int r;

	r = parse_type(options->type, &format, err);
	return r < 0 ? r : check_base(options, err);
}

int output_open(const struct output_options *options, struct output *ret, struct snug_err *err)
{
	const char *tmp = getenv("TMPDIR");
	struct output o = { .options = options };
	int r;

	r = output_check(options, err);
	if (r < 0)
		return r;
	(void)parse_type(options->type, &o.format, NULL);
	if (options->file)
		o.path = xstrdup(options->file);
	else
		o.path = xasprintf("%s/profile.%s", tmp && *tmp ? tmp : "/tmp",
				   o.format == SNUG_PROFILE_OCI_JSON ? "json" : "yaml");
	r = snug_outfile_open(o.path, &o.file, err);
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

static void tell(const struct output *o, const struct snug_derived *d)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	join(&text, d->recorded.items, d->recorded.len);
	say_log("Got syscalls: %s", snug_str_text(&text));
	snug_str_clear(&text);
	join(&text, d->added.items, d->added.len);
	if (!o->options->no_base)
		say_log("Adding base syscalls: %s", snug_str_text(&text));
	VEC_FOREACH (u, &d->unnamed)
		say_warn("call number %u (%s) has no name that this snug knows: it is in the "
			 "recording, and not in the profile",
			 u->nr, snug_arch_name(u->arch));
}

int output_write(struct output *o, const char *name, const struct snug_recording *const *recordings,
		 size_t n, struct snug_derived *ret, struct snug_err *err)
{
	CLEANUP(snug_derived_done) struct snug_derived d = { 0 };
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	const struct output_options *opts = o->options;
	struct snug_derive_policy policy = { .name = name };
	int r;

	if (!opts->no_base && opts->base.is_set) {
		policy.base = (const char *const *)opts->base.items;
		policy.n_base = opts->base.len;
	} else if (!opts->no_base) {
		policy.base = snug_base_syscalls();
		while (policy.base[policy.n_base])
			policy.n_base++;
	}
	r = snug_derive(recordings, n, &policy, &d, err);
	if (r < 0)
		return r;
	tell(o, &d);
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
