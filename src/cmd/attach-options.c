/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/attach-options.h"

#include "base/err.h"
#include "base/parse.h"
#include "cmd/container-facts.h"

#include <errno.h>

bool attach_is_wanted(const struct attach_options *o)
{
	return o->containers.is_set || o->pid || o->cgroup;
}

/* An option that says nothing without another one. */
static int check_partner(bool is_set, bool has_partner, const char *name, const char *partners,
			 struct snug_err *err)
{
	if (!is_set || has_partner)
		return 0;
	return snug_err_set(err, -EINVAL, "%s is for %s", name, partners);
}

static int check_partners(const struct attach_options *o, struct snug_err *err)
{
	static const char all[] = "--container, --pid and --cgroup";
	bool is_wanted = attach_is_wanted(o);
	int r;

	r = check_partner(o->wait, o->containers.is_set, "--wait", "--container", err);
	if (r == 0)
		r = check_partner(o->each, o->containers.is_set || o->cgroup, "--each",
				  "--container and --cgroup", err);
	if (r == 0)
		r = check_partner(o->duration, is_wanted, "--duration", all, err);
	if (r == 0)
		r = check_partner(o->runtimes.is_set, is_wanted, "--runtime", all, err);
	if (r == 0)
		r = check_partner(o->no_entered, is_wanted, "--no-entered", all, err);
	return r;
}

static int check_values(const struct attach_options *o, struct attach_request *ret,
			struct snug_err *err)
{
	uint64_t pid = 0;

	if (o->containers.is_set && !o->containers.len)
		return snug_err_set(err, -EINVAL, "--container: no name given");
	if (o->pid && (snug_parse_u64(o->pid, INT32_MAX, &pid) < 0 || pid == 0))
		return snug_err_set(err, -EINVAL, "--pid: '%.64s' is no process id", o->pid);
	ret->pid = (pid_t)pid;
	if (o->duration && (snug_parse_duration(o->duration, INT64_MAX, &ret->duration_us) < 0 ||
			    ret->duration_us == 0))
		return snug_err_set(err, -EINVAL,
				    "--duration: '%.64s' is no length of time (use 10s, 5m, 1h30m)",
				    o->duration);
	return container_check_runtimes(&o->runtimes, err);
}

int attach_check(const struct attach_options *o, struct attach_request *ret, struct snug_err *err)
{
	struct attach_request request = { 0, 0 };
	int r;

	if (o->containers.is_set + !!o->pid + !!o->cgroup > 1)
		return snug_err_set(err, -EINVAL,
				    "--container, --pid and --cgroup exclude each other");
	r = check_partners(o, err);
	if (r == 0)
		r = check_values(o, &request, err);
	if (r == 0)
		*ret = request;
	return r;
}

void attach_options_done(struct attach_options *o)
{
	snug_list_done(&o->containers);
	snug_list_done(&o->runtimes);
}
