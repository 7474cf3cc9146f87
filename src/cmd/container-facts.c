/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/container-facts.h"

#include "base/err.h"
#include "base/str.h"
#include "cmd/options.h"
#include "cmd/ps-table.h"
#include "cmd/say.h"
#include "oci/baseline.h"
#include "oci/config.h"
#include "oci/containers.h"
#include "record/recording.h"
#include "seccomp/names.h"

#include <errno.h>
#include <string.h>

static void add_known_runtimes(struct snug_str *out)
{
	const char *const *known = snug_baseline_runtimes();

	for (size_t i = 0; known[i]; i++)
		snug_str_addf(out, "%s%s", i ? " and " : "", known[i]);
}

int container_check_runtimes(const struct snug_list *runtimes, struct snug_err *err)
{
	CLEANUP(snug_str_done) struct snug_str known = SNUG_STR_INIT;

	add_known_runtimes(&known);
	for (size_t i = 0; i < runtimes->len; i++) {
		const char *name = runtimes->items[i];

		if (strcmp(name, "none") == 0 && runtimes->len > 1)
			return snug_err_set(err, -EINVAL,
					    "--runtime: 'none' and others exclude each other");
		if (strcmp(name, "none") != 0 && !snug_baseline_is_known(name))
			return snug_err_set(err, -EINVAL,
					    "--runtime: '%.64s' was never measured, %s were", name,
					    snug_str_text(&known));
	}
	return 0;
}

void container_add_facts(struct snug_recording *r, const struct snug_container *c, int seccomp_mode)
{
	struct snug_recording_container *facts = snug_recording_container(r);

	facts->id = xstrdup(c->id);
	facts->name = xstrdup_null(c->name);
	facts->image = xstrdup_null(c->image);
	facts->runtime = xstrdup_null(c->runtime);
	facts->pid = (uint32_t)c->pid;
	facts->seccomp = xstrdup_null(ps_seccomp_name(seccomp_mode));
}

static bool has_entered(const struct snug_recording *r)
{
	VEC_FOREACH (call, &r->calls)
		if (call->by & SNUG_BY_ENTERED)
			return true;
	return false;
}

static void add_baseline(struct snug_recording *r, const struct container_needs *n,
			 const char *runtime)
{
	const struct snug_baseline_query q = {
		.runtime = runtime,
		.no_new_privs = n->config.no_new_privs,
		.is_root = n->config.is_root,
		.has_terminal = n->config.has_terminal,
		.with_exec = !n->no_entered && has_entered(r),
	};
	CLEANUP(snug_baseline_done) struct snug_baseline b = { 0 };
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(freep) char *label = NULL;

	if (snug_baseline_find(&q, &b, &err) < 0) {
		n->warn(NULL, snug_err_msg(&err));
		return;
	}
	label = xasprintf("%s %s", runtime, b.version);
	snug_recording_add_baseline(r, label, b.names.items, b.names.len);
}

bool container_add_needs(struct snug_recording *r, const struct container_needs *n)
{
	for (size_t i = 0; i < n->n_runtimes; i++)
		add_baseline(r, n, n->runtimes[i]);
	if (n->n_runtimes)
		return true;
	if (n->runtime && snug_baseline_is_known(n->runtime)) {
		add_baseline(r, n, n->runtime);
		return true;
	}
	for (const char *const *known = snug_baseline_runtimes(); *known; known++)
		add_baseline(r, n, *known);
	return false;
}

static void warn_not_measured(const char *runtime)
{
	CLEANUP(snug_str_done) struct snug_str known = SNUG_STR_INIT;

	add_known_runtimes(&known);
	say_warn("the container's runtime%s%s%s was never measured: the profile gets what %s need "
		 "(--runtime changes that)",
		 runtime ? " '" : "", runtime ? runtime : "", runtime ? "'" : "",
		 snug_str_text(&known));
}

void container_add_baselines(struct snug_recording *r, const struct snug_container *c,
			     const struct snug_list *runtimes, bool no_entered)
{
	struct container_needs n = {
		.runtime = c ? c->runtime : NULL,
		.config = { SNUG_KNOWN_NOT, SNUG_KNOWN_NOT, SNUG_KNOWN_NOT, 0, 0 },
		.runtimes = runtimes->items,
		.n_runtimes = runtimes->len,
		.no_entered = no_entered,
		.warn = say_warn_text,
	};

	if (runtimes->len == 1 && strcmp(runtimes->items[0], "none") == 0)
		return;
	if (!c && !runtimes->len)
		return;
	if (c && c->bundle && *c->bundle == '/')
		snug_oci_config_read(c->bundle, snug_capability_from_name, &n.config);
	if (!container_add_needs(r, &n))
		warn_not_measured(n.runtime);
}
