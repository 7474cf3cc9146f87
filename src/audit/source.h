/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Where events come from: the kernel's netlink group, its log, files, pipes.  One loop for all:
 *
 *	while ((r = snug_audit_source_next(s, &ev, &err)) == SNUG_AUDIT_GOT)
 *		...
 *	SNUG_AUDIT_WAIT: poll(2) snug_audit_source_fd() for POLLIN, at most
 *	snug_audit_source_timeout_ms(), and ask again
 *	SNUG_AUDIT_END: there will be no more
 */
#include "audit/event.h"
#include "base/mem.h"

struct snug_audit_source;
struct snug_err;

enum snug_audit_source_flag {
	SNUG_AUDIT_FOLLOW = 1u << 0,   /* wait for more at the end, also across rotation */
	SNUG_AUDIT_FROM_NOW = 1u << 1, /* leave out what is there already */
};

/* What could not be told as events. */
struct snug_audit_counts {
	uint64_t lost;      /* records that the kernel threw away before we could read them */
	bool is_lost_bound; /* that is how many records of any kind: at most so many were events */
	uint64_t overlong;  /* lines over SNUG_LIMIT_AUDIT_LINE_BYTES */
	uint64_t damaged;   /* cut or garbled records of events */
	uint64_t in_words;  /* records that ausearch has interpreted */
	uint64_t gaps;      /* truncations of a log, with who knows how many lines */
};

enum snug_audit_got { SNUG_AUDIT_WAIT, SNUG_AUDIT_GOT, SNUG_AUDIT_END };

/* The audit subsystem's multicast group (AUDIT_NLGRP_READLOG): needs CAP_AUDIT_READ, no auditd, and
 * disturbs none.  From now on.  -EPERM, -EOPNOTSUPP. */
int snug_audit_source_open_netlink(struct snug_audit_source **ret, struct snug_err *err)
	__attribute__((warn_unused_result));
/* /dev/kmsg: has them while no auditd takes them. */
int snug_audit_source_open_kmsg(unsigned flags, struct snug_audit_source **ret,
				struct snug_err *err) __attribute__((warn_unused_result));
/* A log file, or the journal's export format, which is told by how it begins. */
int snug_audit_source_open_file(const char *path, unsigned flags, struct snug_audit_source **ret,
				struct snug_err *err) __attribute__((warn_unused_result));
/* The same from a descriptor, which stays the caller's: a pipe, standard input. @name is for
 * messages. */
int snug_audit_source_open_fd(int fd, const char *name, struct snug_audit_source **ret,
			      struct snug_err *err) __attribute__((warn_unused_result));
/* What tells soonest what happens from now on: the netlink group, else the kernel's log, else
 * auditd's log, else syslog's.  For root the first will do; -EPERM names all that were tried. */
int snug_audit_source_open_live(struct snug_audit_source **ret, struct snug_err *err)
	__attribute__((warn_unused_result));

/* As the functions' names say: "audit netlink group", "/dev/kmsg", a path. */
const char *snug_audit_source_name(const struct snug_audit_source *s);
int snug_audit_source_fd(const struct snug_audit_source *s);
int snug_audit_source_timeout_ms(const struct snug_audit_source *s);
/* One of enum snug_audit_got, or negative errno.  *ret_ev is valid until the next call. */
int snug_audit_source_next(struct snug_audit_source *s, struct snug_audit_event *ret_ev,
			   struct snug_err *err) __attribute__((warn_unused_result));
/* So far. */
struct snug_audit_counts snug_audit_source_counts(struct snug_audit_source *s);
struct snug_audit_source *snug_audit_source_free(struct snug_audit_source *s);
DEFINE_FREEP(struct snug_audit_source, snug_audit_source_freep, snug_audit_source_free)
