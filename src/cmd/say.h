/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What snug tells people, on standard error.  On a terminal: short sentences.  Elsewhere: one line
 * an event with a clock in front ("10:08:25.591945 Wrote seccomp profile to: web.yaml"), for logs.
 * Control characters in what is quoted come out as \xNN.
 */
#include <stdbool.h>

enum snug_talk {
	SNUG_TALK_QUIET, /* errors and warnings only */
	SNUG_TALK_NORMAL,
	SNUG_TALK_VERBOSE, /* the log lines on a terminal too */
};

void say_init(enum snug_talk talk);
bool say_is_terminal(void);
bool say_is_quiet(void);
/* A log line: shown when standard error is no terminal, or with -v. */
void say_log(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* A sentence for a person: shown on a terminal only. */
void say_person(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The same with @strong in front, bold where the terminal can (and NO_COLOR is not set). */
void say_strong(const char *strong, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Always shown. */
void say_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* What happened to the command, no failure of ours. */
void say_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void say_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Adapter for functions that take a warn callback. */
void say_warn_text(void *unused, const char *text);
