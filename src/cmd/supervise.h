/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Waits for a command and stands aside: signals that someone sends to snug are passed on, those
 * that the terminal sends reach the command by themselves, stopping and continuing works for the
 * shell as if the command were its child.
 */
#include <stdbool.h>

struct snug_child;
struct snug_err;

struct supervise {
	struct snug_child *child; /* started; NULL to wait for a signal only */
	int fd;                   /* on_ready is called when it is readable; -1: none */
	void (*on_ready)(void *data);
	int tick_ms; /* on_tick at least this often; 0: never */
	void (*on_tick)(void *data);
	/* Called before snug itself stops with the command, to leave the terminal clean; or NULL.
	 */
	void (*on_stop)(void *data);
	/* Asked when the command has ended, after each event: may we go?  NULL: yes.  Without a
	 * child asked all the time; NULL: not before a signal. */
	bool (*may_end)(void *data);
	void *data;

	/* results */
	int wstatus;      /* wait(2) status of the child, -1 without one */
	bool interrupted; /* SIGINT, SIGTERM, SIGHUP or SIGQUIT came for us */
};

/* Blocks the signals; call before the child is forked. */
void supervise_prepare(void);
/* Returns when everything is over, or negative errno. */
int supervise_run(struct supervise *s, struct snug_err *err);
/* The exit status that a shell would give a wait(2) status: code, or 128 + signal. */
int supervise_exit_status(int wstatus);
