/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What `snug record` attaches to: from words to containers, and the files of each. */
#include "cmd/attach-worker.h"
#include "cmd/output.h"
#include "oci/containers.h"

struct attach_options;
struct attach_request;
struct snug_outfile;

/* Output files, open. */
struct attach_files {
	struct output_options options; /* as given, with another file; borrowed members */
	struct output output;
	char *path, *recording_path;
	struct snug_outfile *recording;
};
int attach_files_open(struct attach_files *f, const struct output_options *options,
		      const char *recording, struct snug_err *err);
/* Those of one of several containers: cmd/each-path.h says where. */
int attach_files_open_each(struct attach_files *f, const struct output_options *options,
			   const char *recording, const char *file_name, struct snug_err *err);
void attach_files_done(struct attach_files *f);

enum attach_state {
	ATTACH_WAITING, /* for a container of that name */
	ATTACH_FOUND,
	ATTACH_RECORDING,
	ATTACH_OVER,
};

struct attach_one {
	enum attach_state state;
	const char *word; /* what the user calls it, if that is a container; borrowed */
	struct attach_target what;
	struct snug_container container; /* id is NULL: none */
	char *cgroup;                    /* its directory, or NULL */
	char *label;                     /* for people: "container 'web'"; printable */
	char *name;                      /* of the profile */
	char *file_name;                 /* safe, and no other target's */
	struct attach_files files;       /* with --each */
	/* for record-attach.c */
	struct attach_worker *worker;
	uint64_t end_us; /* CLOCK_MONOTONIC; 0: open end */
	bool is_asked_to_end;
	struct snug_recording *recording;
};

struct attach_targets {
	VEC(struct attach_one) all;
};
void attach_targets_done(struct attach_targets *t);

/* All targets of the options.  Words that mean the same container give one target.  -ENOENT and
 * -EINVAL as snug_containers_find() and snug_cgroup_path_find(). */
int attach_targets_find(struct attach_targets *t, const struct attach_options *options,
			const struct attach_request *request, struct snug_err *err);
/* Looks for the containers of those that wait: they become FOUND.  It is no error when there are
 * none; one whose word means several, with -EINVAL, and all that wait when containers cannot be
 * listed, are dropped. */
int attach_targets_look(struct attach_targets *t, struct snug_err *err);
/* Back from FOUND to WAITING. */
void attach_one_forget(struct attach_one *t);
/* It is over, and nothing was recorded. */
void attach_one_drop(struct attach_one *t);
bool attach_targets_has(const struct attach_targets *t, enum attach_state state);
