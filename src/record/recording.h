/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A recording: the facts of one observation, and only facts (docs/recording.md describes the
 * document).  Profiles are derived from recordings; see derive.h.
 */
#include "base/mem.h"
#include "seccomp/syscalls.h"

#include <stdbool.h>
#include <stdint.h>

struct snug_err;
struct snug_str;

#define SNUG_RECORDING_VERSION 1

struct snug_recording_call {
	enum snug_arch arch;
	uint32_t nr;       /* without __X32_SYSCALL_BIT */
	char *name;        /* NULL when no table knows the number */
	bool has_first;    /* whether the next three are known: news can be lost, the call cannot */
	uint64_t first_us; /* after the start */
	uint32_t pid;
	char *comm;
};

struct snug_recording_exec {
	uint64_t at_us;
	uint32_t pid;
	char *comm;
	char *path; /* as given to execve(2) */
};

enum snug_exit_kind {
	SNUG_EXIT_NONE, /* there was no command, or it has not ended */
	SNUG_EXIT_CODE,
	SNUG_EXIT_SIGNAL,
};

/* What is missing, counted; all zero: the recording is complete. */
struct snug_recording_losses {
	uint64_t news, tasks, numbers, misses, execs; /* execs: over SNUG_LIMIT_RECORDING_EXECS */
};

struct snug_recording {
	char *engine; /* "bpf" */
	enum snug_arch arch;
	char *kernel; /* uname -r */
	char *start;  /* RFC 3339, UTC, microseconds */
	uint64_t duration_us;
	VEC(char *) command;
	bool command_is_cut; /* over SNUG_LIMIT_RECORDING_WORDS, or a word over its limit */
	enum snug_exit_kind exit_kind;
	uint32_t exit_value;
	bool stopped_early; /* the user ended it while the target lived */
	struct snug_recording_losses lost;
	VEC(struct snug_recording_call) calls; /* sorted by arch, then number */
	VEC(struct snug_recording_exec) execs; /* in order of time */
};

struct snug_recording *snug_recording_new(void);
struct snug_recording *snug_recording_free(struct snug_recording *r);
DEFINE_FREEP(struct snug_recording, snug_recording_freep, snug_recording_free)

/* The call, added when it was not there; borrowed until the next one is added. */
struct snug_recording_call *snug_recording_call(struct snug_recording *r, enum snug_arch arch,
						uint32_t nr);
void snug_recording_sort(struct snug_recording *r);
/* Whether nothing was lost that a profile needs or a fact depends on. */
bool snug_recording_is_complete(const struct snug_recording *r);

/* Appends the document, deterministic. */
void snug_recording_write(const struct snug_recording *r, struct snug_str *out);
/* Reads a document of any version up to SNUG_RECORDING_VERSION; @name is for messages.  A name that
 * contradicts its number in our own table is an error: nothing enters a profile under a wrong name.
 * -EINVAL with file:line:col and path; -E2BIG over a limit. */
int snug_recording_parse(const char *name, const char *text, size_t len,
			 struct snug_recording **ret, struct snug_err *err)
	__attribute__((warn_unused_result));
/* Whether @text is such a document, valid or not, and nothing else. */
bool snug_is_recording(const char *text, size_t len);
/* The same from a file, "-" is standard input. */
int snug_recording_read(const char *path, struct snug_recording **ret, struct snug_err *err)
	__attribute__((warn_unused_result));
