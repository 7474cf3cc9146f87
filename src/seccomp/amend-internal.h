/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Single steps on a profile and its text at once; each leaves both in agreement or fails. */
#include "seccomp/amend.h"

struct snug_amend_state {
	const char *name; /* of the text */
	const struct snug_amend_options *opts;
	struct snug_str text;
	struct snug_seccomp_profile *p; /* what the text says */
	struct snug_err *err;
};

int snug_amend_parse(struct snug_amend_state *s);
void snug_amend_state_done(struct snug_amend_state *s);

int snug_amend_insert_name(struct snug_amend_state *s, size_t entry, const char *name);
/* With its last name the entry goes; then *ret_gone. */
int snug_amend_remove_name(struct snug_amend_state *s, size_t entry, size_t name_index,
			   bool *ret_gone);
/* Takes over what @e owns, also when it fails. */
int snug_amend_add_entry(struct snug_amend_state *s, struct snug_seccomp_entry *e);
int snug_amend_set_default(struct snug_amend_state *s, enum snug_action action);
