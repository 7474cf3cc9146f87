/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What a report says, before it is a page: a pure function of profiles, recordings and denials.
 * Texts in it are printable (snug_str_add_printable()) and bounded, unless marked raw.
 */
#include "record/recording.h"
#include "report/denials.h"
#include "seccomp/category.h"
#include "seccomp/digest.h"
#include "seccomp/lint.h"
#include "seccomp/meaning.h"

struct snug_err;
struct snug_str;

/* What a report is made of; all borrowed, and outliving the model. */
struct snug_report_profile_input {
	const char *label; /* raw */
	const struct snug_seccomp_profile *profile;
	bool is_reference;  /* a well-known profile that nobody asked for: the last one */
	bool is_well_known; /* that, or a well-known profile that somebody named */
	bool is_derived;    /* of the recordings, because no profile was given: the first one */
};
struct snug_report_recording_input {
	const char *label; /* raw */
	const struct snug_recording *recording;
};
struct snug_report_input {
	const char *title; /* raw; NULL: the first profile's name */
	struct snug_seccomp_env env;
	const struct snug_report_profile_input
		*profiles; /* at least one; the first is the subject */
	size_t n_profiles;
	const struct snug_report_recording_input *recordings;
	size_t n_recordings;
	struct snug_report_denials *denials; /* NULL: none; moved from */
};

enum snug_report_verdict {
	SNUG_REPORT_PASSES,
	SNUG_REPORT_SOMETIMES, /* it depends on the arguments */
	SNUG_REPORT_ASKS,      /* another process decides: NOTIFY, TRACE */
	SNUG_REPORT_REFUSED,
	_SNUG_REPORT_VERDICT_MAX,
};
/* "allowed", "sometimes", "asks", "refused": for filters and attributes. */
const char *snug_report_verdict_name(enum snug_report_verdict v);

/* What one profile says about one call. */
struct snug_report_answer {
	enum snug_report_verdict verdict;
	bool is_named; /* else it is the default */
	char *text;    /* "allowed", "EPERM", "killed" */
	char *args;    /* with SOMETIMES: "socket(AF_INET|AF_INET6, ...)"; else NULL */
};

/* Why the subject allows a call. */
enum snug_report_origin {
	SNUG_REPORT_NO_ORIGIN, /* it does not, or there is no recording to ask */
	SNUG_REPORT_WORKLOAD,  /* the recorded program made it */
	SNUG_REPORT_ENTERED,   /* only what entered the container made it */
	SNUG_REPORT_RUNTIME,   /* the container's runtime needs it */
	SNUG_REPORT_BASE,      /* it is in the base set for runtimes */
	SNUG_REPORT_NOT_SEEN,  /* none of that: allowed, but never made */
	_SNUG_REPORT_ORIGIN_MAX,
};
/* "workload", "entered", "runtime", "base", "unseen"; "" for none. */
const char *snug_report_origin_name(enum snug_report_origin o);

/* The first time that a call was made in any of the recordings. */
struct snug_report_first {
	uint64_t at_us;
	uint32_t pid;
	char *comm;
	size_t recording;
};

/* The arguments that a call was seen with in all recordings: what recordings have of them, each
 * combination once. */
struct snug_report_args {
	char **items; /* "TCGETS", "(AF_INET, SOCK_STREAM, IPPROTO_IP)" */
	size_t len, cap;
	bool has_more;          /* over SNUG_LIMIT_REPORT_ARGS */
	bool is_cut;            /* a recording does not have all that it saw */
	size_t n_known;         /* recorded calls that were looked at; 0: nothing is known */
	size_t n_not_looked_at; /* and those that were not: other recordings, other ABIs */
};

struct snug_report_call {
	const char *key;     /* raw: how the profiles spell it; NULL: a number without a name */
	enum snug_arch arch; /* of a number without a name; nr is that number */
	uint32_t nr;
	char *name;
	enum snug_category category;
	bool is_native; /* the report's architecture has it; else other ABIs do, or no table knows
			 */
	bool is_known;
	struct snug_report_answer *answers; /* one a profile */
	enum snug_report_origin origin;
	char *runtime; /* "runc 1.1.5": has it in its baseline; or NULL */
	bool has_first;
	struct snug_report_first first;
	size_t n_recordings;   /* that made it */
	size_t last_recording; /* of these */
	struct snug_report_args seen_args;
	uint64_t n_denied; /* how often the denials have it */
	bool is_risky;     /* the subject's lint has a finding of the group "risk" about it */
	bool differs;      /* the profiles do not answer alike; with several given ones, these */
	/* made in a recording, and the subject refuses it, whatever the arguments are or with some
	 * that were recorded */
	bool is_broken;
	/* made, and whether the subject lets it pass depends on arguments that were not recorded,
	 * or on another process */
	bool depends;
};

struct snug_report_profile {
	char *label;
	bool is_reference, is_well_known, is_derived;
	struct snug_meaning *meaning;
	struct snug_digest digest;
	struct snug_findings findings; /* none of the reference's */
	size_t n_risky;                /* different calls in findings of the group "risk" */
	/* Calls that this one lets pass and the subject does not, and the other way round; not of
	 * the subject itself, nor where !is_compared (why: compare_fail). */
	bool is_compared;
	size_t n_more, n_fewer;
	char *compare_fail;
};

enum snug_report_moment_kind {
	SNUG_REPORT_EXEC,
	SNUG_REPORT_LISTENS, /* the first listen(2) */
	SNUG_REPORT_SERVES,  /* the first accept(2) or accept4(2) */
};
struct snug_report_moment {
	enum snug_report_moment_kind kind;
	uint64_t at_us;
	size_t n_known; /* calls known by then */
	char *what;     /* the path, or the call */
	uint32_t pid;
};

struct snug_report_recording {
	char *label, *command; /* command may be NULL */
	const struct snug_recording *recording;
	size_t n_new; /* calls that no recording before had */
	struct {
		struct snug_report_moment *items; /* in order of time */
		size_t len, cap;
	} moments;
	size_t n_more_execs; /* that are not among the moments */
};

struct snug_report {
	char *title;
	struct snug_seccomp_env env;
	struct {
		struct snug_report_profile *items;
		size_t len, cap;
	} profiles;
	struct {
		struct snug_report_recording *items;
		size_t len, cap;
	} recordings;
	struct {
		struct snug_report_call *items; /* by category, then name */
		size_t len, cap;
	} calls;
	struct snug_report_denials denials;
	size_t n_seen;     /* calls made in any recording */
	size_t n_unseen;   /* that the subject lets pass, always or sometimes, and none made */
	size_t n_broken;   /* made, and refused by the subject */
	size_t n_depends;  /* made, not among these, and not known to pass */
	uint64_t n_denied; /* refused calls, all in all */
};

/* -E2BIG over SNUG_LIMIT_REPORT_*, or when conditions cannot be taken apart; as
 * snug_meaning_new(). */
int snug_report_build(struct snug_report_input *in, struct snug_report *ret, struct snug_err *err)
	__attribute__((warn_unused_result));
void snug_report_done(struct snug_report *r);

/* Appends the report as JSON, as snug-report(1) describes it; deterministic. */
void snug_report_write_json(const struct snug_report *r, struct snug_str *out);

/* @text as the model's texts are: printable, at most some hundred bytes. */
char *snug_report_printable(const char *text);
