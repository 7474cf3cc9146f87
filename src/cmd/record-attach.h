/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* `snug record` of what runs already: containers, a process, a control group. */
#include "cmd/attach-options.h"
#include "cmd/output.h"

struct record_attach {
	const struct attach_options *options;
	const struct attach_request *request;
	const struct output_options *output;
	const char *recording; /* or NULL */
	bool is_json;
	bool denials; /* watched for from the start */
};

/* From the options to the written files.  Returns the exit status; @err is set when one thing went
 * wrong for all, other failures have been told. */
int record_attach(const struct record_attach *job, struct snug_err *err);
