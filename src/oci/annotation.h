/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The annotation that asks for a recording, as users of oci-seccomp-bpf-hook write it:
 *
 *	io.containers.trace-syscall = "if:/base.json;of:/profile.json"
 *
 * and behind these, what snug adds: "recording:/facts.json", "base:runc,crun" (whose runtime
 * baselines the profile gets, or "none"), "format:oci" or "format:crd".  Whoever may start a
 * container writes it: it is hostile text.
 */
#include "base/mem.h"

#include <stdbool.h>
#include <stddef.h>

struct snug_err;

#define SNUG_TRACE_ANNOTATION "io.containers.trace-syscall"

struct snug_trace_annotation {
	char *output;         /* "of:": absolute path of the profile */
	char *input;          /* "if:": absolute path of the base profile, or NULL */
	char *recording;      /* absolute path for the facts, or NULL */
	char *format;         /* "oci" or "crd", or NULL */
	VEC(char *) runtimes; /* "base:"; empty: not given */
	bool no_baseline;     /* "base:none" */
};

void snug_trace_annotation_done(struct snug_trace_annotation *a);

/*
 * Reads the annotation's @value (@len bytes).  Paths are trimmed and must be absolute; of a key
 * given twice the last one counts, as with the peer.  -EINVAL with the peer's words where it
 * refuses the same; besides, paths with ".." or control characters, and values over
 * SNUG_LIMIT_ANNOTATION_BYTES are refused.
 */
int snug_trace_annotation_parse(const char *value, size_t len, struct snug_trace_annotation *ret,
				struct snug_err *err) __attribute__((warn_unused_result));
