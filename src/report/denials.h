/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What profiles refused in real runs, as a report shows it: the document of `snug run --json`, the
 * lines of `snug audit --json` and `snug watch --json`, and what recordings have of it.
 */
#include "base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct snug_err;
struct snug_recording;

/* Texts are printable (snug_str_add_printable()), bounded and owned. */
struct snug_report_denial {
	char *call; /* the name of a system call as tables have it; NULL: none is known */
	char *what; /* "openat(AT_FDCWD, "/etc/passwd", O_RDONLY)", "uname", "SELinux { read }" */
	char *program; /* "/usr/bin/curl", "curl", or NULL */
	char *outcome; /* "EPERM", "killed", "logged", ... */
	uint64_t count;
	char *first, *last; /* when, as the source has it; or NULL */
	size_t source;      /* which of the report's files: n_sources of snug_report_denials */
};

struct snug_report_denials {
	struct snug_report_denial *items;
	size_t len, cap;
	size_t n_sources;     /* files that were read */
	uint64_t n_more;      /* different ones that are not listed */
	uint64_t n_not_noted; /* refused calls that recordings could not note */
	/* Recordings in which calls that got an errno were not watched for, and those in which they
	 * were not from the start. */
	size_t n_unwatched, n_late;
};

void snug_report_denials_done(struct snug_report_denials *d);

/* Whether @text is one of the three, valid or not, rather than a profile or a recording. */
bool snug_report_is_denials(const char *text, size_t len);
/* Appends what @text tells; @name is for messages.  -EINVAL names file and line; what is over
 * SNUG_LIMIT_REPORT_DENIALS is counted only. */
int snug_report_denials_add(struct snug_report_denials *d, const char *name, const char *text,
			    size_t len, struct snug_err *err) __attribute__((warn_unused_result));
/* Appends what @r has, if it says anything about refused calls; @label is printable. */
void snug_report_denials_add_recording(struct snug_report_denials *d, const char *label,
				       const struct snug_recording *r);
