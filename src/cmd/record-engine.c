/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/record-engine.h"

#include "base/err.h"
#include "base/mem.h"
#include "cmd/completion-words.h"
#include "cmd/say.h"
#include "record/session.h"

#include <errno.h>
#include <string.h>

int record_engine_check(const char *name, struct snug_err *err)
{
	if (!name || completion_has_value(RECORD_ENGINES, name))
		return 0;
	return snug_err_set(err, -EINVAL, "--engine: '%.64s' is none of auto, bpf and notify",
			    name);
}

int record_engine_needs_bpf(const char *name, const char *option, struct snug_err *err)
{
	if (!name || strcmp(name, "notify") != 0)
		return 0;
	return snug_err_set(err, -EINVAL,
			    "%s needs the engine bpf: the engine notify records a COMMAND that it "
			    "starts, and nothing else",
			    option);
}

static int open_bpf(const struct snug_session_options *opts, struct snug_session **ret,
		    struct snug_err *err)
{
	struct snug_session_options with = *opts;
	int r;

	with.engine = SNUG_SESSION_BPF;
	say_log("Loading bpf module...");
	r = snug_session_new(&with, ret, err);
	if (r < 0)
		return r;
	say_log("Using system btf file");
	say_log("Getting syscalls map");
	say_log("BPF module successfully loaded.");
	say_log("Start BPF recording...");
	return 0;
}

static int open_notify(const struct snug_session_options *opts, struct snug_session **ret,
		       struct snug_err *err)
{
	struct snug_session_options with = *opts;

	with.engine = SNUG_SESSION_NOTIFY;
	return snug_session_new(&with, ret, err);
}

int record_engine_open(const char *name, const struct snug_session_options *opts,
		       struct snug_session **ret, struct snug_err *err)
{
	CLEANUP(snug_err_done) struct snug_err no_notify = SNUG_ERR_INIT;
	CLEANUP(snug_err_done) struct snug_err no_bpf = SNUG_ERR_INIT;
	int r;

	if (name && strcmp(name, "bpf") == 0)
		return open_bpf(opts, ret, err);
	if (name && strcmp(name, "notify") == 0)
		return open_notify(opts, ret, err);
	r = open_bpf(opts, ret, &no_bpf);
	if (r == 0)
		return 0;
	if (open_notify(opts, ret, &no_notify) < 0)
		return snug_err_set(err, r, "%s; and without BPF: %s", snug_err_msg(&no_bpf),
				    snug_err_msg(&no_notify));
	if (!say_is_quiet())
		say_note("recording without BPF, which is slower: %s", snug_err_msg(&no_bpf));
	return 0;
}
