/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Every size that comes from outside has its limit here. */

enum {
	SNUG_LIMIT_DOC_BYTES = 1 << 20,         /* a profile or CRD file */
	SNUG_LIMIT_RECORDING_BYTES = 16 << 20,  /* a recording file */
	SNUG_LIMIT_DOC_DEPTH = 64,              /* nesting of arrays and objects */
	SNUG_LIMIT_DOC_NODES = 1 << 18,         /* values in one document */
	SNUG_LIMIT_STRING_BYTES = 64 << 10,     /* one string of a document */
	SNUG_LIMIT_WARNINGS = 100,              /* warnings over one document */
	SNUG_LIMIT_PROFILE_ENTRIES = 4096,      /* syscalls[] of a profile */
	SNUG_LIMIT_PROFILE_NAMES = 16384,       /* names over all entries */
	SNUG_LIMIT_PROFILE_LIST = 256,          /* architectures, flags, capabilities, ... */
	SNUG_LIMIT_NAME_BYTES = 128,            /* one syscall, architecture or flag name */
	SNUG_LIMIT_RECORDINGS = 4096,           /* recordings in one derive */
	SNUG_LIMIT_RECORDING_CALLS = 16384,     /* calls in one recording */
	SNUG_LIMIT_RECORDING_TUPLES = 1024,     /* of one call's arguments, by one side */
	SNUG_LIMIT_RECORDING_EXECS = 32768,     /* executed programs kept in one recording */
	SNUG_LIMIT_RECORDING_DENIALS = 4096,    /* different denials in one recording */
	SNUG_LIMIT_NOTIFY_EXECS = 1024,         /* programs being executed at the same time */
	SNUG_LIMIT_RECORDING_WORDS = 1024,      /* of the command, kept in one recording */
	SNUG_LIMIT_RECORDING_WORD_BYTES = 4096, /* of one such word */
	SNUG_LIMIT_RECORDING_BASELINES = 64,    /* of runtimes, in one recording */
	SNUG_LIMIT_ANNOTATION_BYTES = 16384,    /* the value of one annotation */
	SNUG_LIMIT_CONTAINERS = 4096,           /* on one host */
	SNUG_LIMIT_AUDIT_LINE_BYTES = 64 << 10, /* a longer line of a log is no record */
	SNUG_LIMIT_AUDIT_GROUPS = 16384,        /* different events of one audit */
	SNUG_LIMIT_AUDIT_GROUP_BYTES = 8 << 20, /* of all of them */
	SNUG_LIMIT_WATCH_GROUPS = 4096,         /* different denials of one watch */
	SNUG_LIMIT_ARGSET_BOXES = 4096,         /* in one set of argument vectors */
	SNUG_LIMIT_INPUTS = 4096,               /* files of one merge or check */
	SNUG_LIMIT_MERGE_BOXES = 64,            /* of one call's arguments, while it is merged */
	SNUG_LIMIT_REFUSALS = 512,              /* different refused calls of one run */
	SNUG_LIMIT_MERGE_ALL_BOXES = 8192,      /* or more, but of all such calls together */
	SNUG_LIMIT_REPORT_PROFILES = 8,         /* side by side in one report */
	SNUG_LIMIT_REPORT_RECORDINGS = 64,      /* in one report */
	SNUG_LIMIT_REPORT_CURVES = 8,           /* drawn for the first of them */
	SNUG_LIMIT_REPORT_EXECS = 10,           /* marked on one curve */
	SNUG_LIMIT_REPORT_ARGS = 256,           /* combinations of one call's arguments */
	SNUG_LIMIT_REPORT_DENIALS = 2048,       /* listed in one report */
	SNUG_LIMIT_REPORT_FINDINGS = 2048,      /* listed in one report */
	SNUG_LIMIT_REPORT_BYTES = 32 << 20,     /* of the page */
};
