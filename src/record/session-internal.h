/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* How a session and its engine share it.  session-bpf.c and session-notify.c have the engines.
 */
#include "record/session.h"

struct snug_child;
struct snug_child_options;
struct snug_engine;
struct snug_losses;
struct snug_news;
struct snug_notify_engine;
struct snug_target;

/* What an engine does for a session. */
struct snug_session_ops {
	const char *name; /* as recordings have it */
	int (*open)(struct snug_session *s, struct snug_err *err);
	void (*close)(struct snug_session *s); /* also when it was not opened */
	int (*poll_fd)(const struct snug_session *s);
	/* tells snug_session_on_news(), or returns negative errno */
	int (*dispatch)(struct snug_session *s);
	bool (*is_waiting)(const struct snug_session *s);
	uint64_t (*n_tasks)(const struct snug_session *s);
	void (*stop)(struct snug_session *s);
	/* from now on; NULL: it cannot */
	int (*watch_denials)(struct snug_session *s, struct snug_err *err);
	/* after the last dispatch: adds what was seen to s->recording */
	void (*collect)(struct snug_session *s, struct snug_losses *ret_lost);
};

extern const struct snug_session_ops snug_session_bpf_ops, snug_session_notify_ops;

struct snug_session {
	const struct snug_session_ops *ops;
	struct snug_engine *engine;        /* BPF */
	struct snug_target *target;        /* BPF */
	struct snug_notify_engine *notify; /* notify */
	struct snug_recording *recording;  /* until finish */
	struct snug_session_options opts;
	uint64_t start_ns; /* CLOCK_MONOTONIC of the first exec */
	bool has_started;
	bool is_attached;                /* to what runs already */
	bool wants_denials, is_watching; /* what gets an errno */
	uint64_t watching_ns;            /* since when, CLOCK_MONOTONIC */
	uint32_t mntns;                  /* of the process that was armed or attached */
};

/* News of an engine become facts; @data is the session. */
void snug_session_on_news(void *data, const struct snug_news *n, const char *exec_path);
/* A call that was made (enum snug_side, enum snug_bpf_abi); @data is the session. */
void snug_session_keep_call(void *data, uint32_t side, uint32_t abi, uint32_t nr);
uint64_t snug_session_since_start_us(const struct snug_session *s, uint64_t at_ns);
