/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A recording: the facts of one observation, and only facts (docs/recording.md describes the
 * document).  Profiles are derived from recordings; see derive.h.
 */
#include "base/mem.h"
#include "seccomp/arg-filters.h"
#include "seccomp/syscalls.h"

#include <stdbool.h>
#include <stdint.h>

struct snug_err;
struct snug_str;
struct snug_writer;

#define SNUG_RECORDING_VERSION 1

/* Who made a call; 0 is as good as SNUG_BY_MAIN. */
enum {
	SNUG_BY_MAIN = 1u << 0, /* the target: a command, a container's program, and descendants */
	SNUG_BY_ENTERED = 1u << 1, /* what came into the container from outside: `podman exec` */
};

/* In a value whose mask has the lower 32 bits: what was above them in the register was neither the
 * int's sign nor zeros.  The kernel ignores it, a filter sees it. */
#define SNUG_RECORDING_ODD_UPPER (UINT64_C(1) << 32)

struct snug_recording_tuple {
	unsigned by; /* SNUG_BY_* */
	uint64_t values[SNUG_ARG_SPEC_MAX];
};

/* The arguments that a call was made with.  What was looked at is a fact, too: a later table may
 * look at more. */
struct snug_recording_args {
	struct snug_arg_spec spec; /* .n is 0: not looked at, nothing is known */
	/* SNUG_BY_* of those whose tuples are not all here: they were too many, or some were lost
	 */
	unsigned cut_by;
	VEC(struct snug_recording_tuple) tuples; /* distinct, sorted by values */
};

struct snug_recording_call {
	enum snug_arch arch;
	uint32_t nr;       /* without __X32_SYSCALL_BIT */
	unsigned by;       /* SNUG_BY_* */
	char *name;        /* NULL when no table knows the number */
	bool has_first;    /* whether the next three are known: news can be lost, the call cannot */
	uint64_t first_us; /* after the start */
	uint32_t pid;
	char *comm;
	struct snug_recording_args args;
};

/* A call that seccomp refused, with one kind of answer. */
struct snug_recording_denial {
	enum snug_arch arch;
	uint32_t nr;     /* without __X32_SYSCALL_BIT */
	uint32_t result; /* record/denied.h */
	unsigned by;     /* SNUG_BY_* */
	char *name;      /* NULL when no table knows the number */
	uint64_t count;
	/* the first time */
	uint64_t first_us;
	uint32_t pid;
	char *comm;
};

struct snug_recording_exec {
	uint64_t at_us;
	uint32_t pid;
	char *comm;
	char *path; /* as given to execve(2) */
	bool entered;
};

/* What is known of the container that was recorded; strings may be NULL. */
struct snug_recording_container {
	char *id, *name, *image;
	char *runtime; /* "runc" */
	char *seccomp; /* mode of its program when it was executed: "none", "strict", "filter" */
	uint32_t pid;  /* of its first process, as the initial PID namespace numbers it; or 0 */
};

/* Calls that a runtime makes behind the filter before it executes the container's program: known
 * beforehand, and not observed. */
struct snug_recording_baseline {
	char *label; /* "runc 1.1.5" */
	VEC(char *) names;
};

enum snug_exit_kind {
	SNUG_EXIT_NONE, /* there was no command, or it has not ended */
	SNUG_EXIT_CODE,
	SNUG_EXIT_SIGNAL,
};

/* What is missing, counted; all zero: the recording is complete. */
struct snug_recording_losses {
	uint64_t news, tasks, numbers, misses;
	uint64_t execs;     /* over SNUG_LIMIT_RECORDING_EXECS */
	uint64_t denials;   /* of too many different kinds */
	uint64_t arguments; /* tuples; then every call that is looked at is cut */
};

struct snug_recording {
	char *engine; /* "bpf" */
	enum snug_arch arch;
	char *kernel; /* uname -r */
	char *start;  /* RFC 3339, UTC, microseconds */
	uint64_t duration_us;
	VEC(char *) command;
	struct snug_recording_container *container; /* NULL: none */
	bool command_is_cut; /* over SNUG_LIMIT_RECORDING_WORDS, or a word over its limit */
	enum snug_exit_kind exit_kind;
	uint32_t exit_value;
	bool attached;      /* to what ran already: what it did before is not known */
	bool stopped_early; /* the user ended it while the target lived */
	/* Whether a task was under a seccomp filter; and since when calls were looked for that got
	 * an errno from it, if they were. */
	bool has_filter, watched_denials;
	uint64_t denials_from_us;
	struct snug_recording_losses lost;
	VEC(struct snug_recording_call) calls;    /* sorted by arch, then number */
	VEC(struct snug_recording_denial) denied; /* sorted by arch, number, result */
	VEC(struct snug_recording_exec) execs;    /* in order of time */
	VEC(struct snug_recording_baseline) baselines;
};

struct snug_recording *snug_recording_new(void);
struct snug_recording *snug_recording_free(struct snug_recording *r);
DEFINE_FREEP(struct snug_recording, snug_recording_freep, snug_recording_free)

/* The call, added when it was not there; borrowed until the next one is added. */
struct snug_recording_call *snug_recording_call(struct snug_recording *r, enum snug_arch arch,
						uint32_t nr);
/* The denial, added when it was not there; borrowed until the next one is added. */
struct snug_recording_denial *snug_recording_denial(struct snug_recording *r, enum snug_arch arch,
						    uint32_t nr, uint32_t result);
/* Whether only what came into the container from outside made the call. */
bool snug_recording_call_is_foreign(const struct snug_recording_call *c);
/* The container's facts, all empty when there were none; to be filled in. */
struct snug_recording_container *snug_recording_container(struct snug_recording *r);
/* A baseline; @names are copied. */
void snug_recording_add_baseline(struct snug_recording *r, const char *label,
				 const char *const *names, size_t n);
void snug_recording_sort(struct snug_recording *r);
/* Whether nothing was lost that a profile needs or a fact depends on. */
bool snug_recording_is_complete(const struct snug_recording *r);

/* Appends the document, deterministic. */
void snug_recording_write(const struct snug_recording *r, struct snug_str *out);
/* The members "complete" and "lost" of that document, for others that have them too. */
void snug_recording_write_losses(const struct snug_recording *r, struct snug_writer *w);
/* The members "filtered", "denialsFromUs" and "denied", as far as there is something to say. */
void snug_recording_write_denials(const struct snug_recording *r, struct snug_writer *w);
/* The member "execs". */
void snug_recording_write_execs(const struct snug_recording *r, struct snug_writer *w);
/* Reads a document of any version up to SNUG_RECORDING_VERSION; @name is for messages.  A name that
 * contradicts its number in our own table is an error: nothing enters a profile under a wrong name.
 * -EINVAL with file:line:col and path; -E2BIG over a limit. */
int snug_recording_parse(const char *name, const char *text, size_t len,
			 struct snug_recording **ret, struct snug_err *err)
	__attribute__((warn_unused_result));
/* For text that may be something else: 1 with *ret; 0 when it is no JSON document with the mark of
 * a recording; errors as above. */
int snug_recording_parse_if_one(const char *name, const char *text, size_t len,
				struct snug_recording **ret, struct snug_err *err)
	__attribute__((warn_unused_result));
/* The same from a file, "-" is standard input. */
int snug_recording_read(const char *path, struct snug_recording **ret, struct snug_err *err)
	__attribute__((warn_unused_result));
