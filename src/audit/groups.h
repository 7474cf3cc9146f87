/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Equal events counted together: by executable, container, and what was asked for. */
#include "audit/event.h"
#include "base/mem.h"

struct snug_audit_groups;
struct snug_enriched;

enum snug_audit_group_text {
	SNUG_AUDIT_EXE, /* absent when the record has none; then comm is what it goes by */
	SNUG_AUDIT_COMM,
	SNUG_AUDIT_CONTAINER, /* id */
	SNUG_AUDIT_VERDICT,   /* SELinux's or AppArmor's word */
	SNUG_AUDIT_PERMS,     /* SELinux; AppArmor: denied or requested mask */
	SNUG_AUDIT_SCONTEXT,  /* SELinux; AppArmor: operation */
	SNUG_AUDIT_TCONTEXT,  /* SELinux; AppArmor: profile */
	SNUG_AUDIT_TCLASS,
	SNUG_AUDIT_NAME, /* the object */
	/* what follows is not compared: it is that of the first event */
	SNUG_AUDIT_CONTAINER_NAME,
	SNUG_AUDIT_POD,
	SNUG_AUDIT_POD_NAMESPACE,
	_SNUG_AUDIT_GROUP_TEXT_MAX,
};

struct snug_audit_group {
	enum snug_audit_kind kind;
	uint32_t audit_arch, nr, code; /* seccomp */
	bool has_code, is_permissive;
	uint64_t count;
	uint64_t first_us, last_us; /* 0: no record told */
	uint32_t pid;               /* of the last one */
	struct snug_audit_text texts[_SNUG_AUDIT_GROUP_TEXT_MAX];
};

struct snug_audit_groups *snug_audit_groups_new(void);
struct snug_audit_groups *snug_audit_groups_free(struct snug_audit_groups *g);
DEFINE_FREEP(struct snug_audit_groups, snug_audit_groups_freep, snug_audit_groups_free)

/* @who may be NULL. */
void snug_audit_groups_add(struct snug_audit_groups *g, const struct snug_audit_event *ev,
			   const struct snug_enriched *who);
/* All of them, by executable, container, kind and name; borrowed until the next event. */
const struct snug_audit_group *const *snug_audit_groups_sort(struct snug_audit_groups *g,
							     size_t *ret_len);
/* Events that made a group too many (SNUG_LIMIT_AUDIT_GROUPS, SNUG_LIMIT_AUDIT_GROUP_BYTES) and
 * are in none. */
uint64_t snug_audit_groups_left_out(const struct snug_audit_groups *g);
/* The group as if it were an event, for what is said about those; borrows. */
void snug_audit_group_as_event(const struct snug_audit_group *group, struct snug_audit_event *ret);
/* The same the other way round, for what is said about groups; borrows. */
void snug_audit_group_of_event(const struct snug_audit_event *ev, const struct snug_enriched *who,
			       struct snug_audit_group *ret);
