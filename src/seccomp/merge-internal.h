/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What the files of merge share; merge.c says how they work together. */
#include "seccomp/merge-pieces.h"
#include "seccomp/merge.h"

/* How exact the entries of one name are.  Each step is stricter than the one before. */
enum snug_merge_level {
	SNUG_MERGE_EXACT,
	SNUG_MERGE_COARSE,   /* no other errno than the default's where that is stricter */
	SNUG_MERGE_COMMON,   /* of a union, the part that all profiles agree on */
	SNUG_MERGE_CONSTANT, /* one answer, the strictest of a profile, whatever the arguments are
			      */
};

/* An input names a call. */
struct snug_merge_use {
	const char *name; /* borrowed from the input */
	uint32_t input;
	bool is_plain; /* without a look at its arguments; then @ret is the answer */
	uint32_t ret;
};

/* An entry of the result, for one name. */
struct snug_merge_entry {
	uint32_t ret;
	struct snug_arg_conds conds;
};
struct snug_merge_entries {
	struct snug_merge_entry *items;
	size_t len, cap;
};

struct snug_merge_name {
	const char *name; /* borrowed from an input */
	size_t first_use; /* in uses, @n_uses of them */
	size_t n_uses;
	bool is_plain;    /* no input looks at its arguments */
	bool is_parent;   /* a multiplexer on some ABI of the result: merge-mux.c has its entries */
	bool has_twin;    /* another name has its number on some ABI */
	bool is_constant; /* one answer, @ret, for all arguments */
	uint32_t ret;
	/* Written as a condition and its opposite, because an answer without conditions would hold
	 * behind a multiplexer too. */
	bool is_split;
	enum snug_merge_level level;
	bool is_done;            /* @entries are those of @level */
	const char *why;         /* of the level; static */
	enum snug_arch why_arch; /* or INVALID */
	struct snug_merge_entries entries;
};

/* Two answers of one action to a call, of which one is lost. */
struct snug_merge_conflict {
	uint32_t kept, lost;
	const char *name;
};

/* Where the result is stricter than it should be. */
struct snug_merge_stricter {
	const struct snug_merge_name *name;
	enum snug_arch arch;
	struct snug_merge_mismatch at;
};

struct snug_merger {
	const struct snug_meaning *const *inputs;
	size_t n_inputs;
	const struct snug_merge_options *opts;
	struct snug_merged *out;
	struct snug_err *err;
	uint32_t default_ret;
	bool has_lowered_default;  /* to EPERM, for want of a place for ENOSYS */
	bool has_notify;           /* there is one listener that NOTIFY can mean */
	struct snug_arches arches; /* of this kernel, that the result lists; the native one first */
	struct snug_arches other_arches; /* of other kernels */
	size_t max_boxes;                /* of one call, where profiles have many conditions */
	VEC(struct snug_merge_use) uses;
	VEC(struct snug_merge_name) names; /* sorted */
	VEC(struct snug_merge_conflict) conflicts;
	VEC(struct snug_merge_stricter) stricter;
	struct snug_seccomp_profile *draft; /* the entries so far; owned */
	struct snug_meaning *result;        /* of draft, owned */
};

/* merge.c */
void snug_merge_note(struct snug_merger *m, bool is_inexact, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The file name of an input, escaped; the caller frees. */
char *snug_merge_source(const struct snug_merger *m, size_t input);

/* merge-names.c */
/* Finds m->names. */
void snug_merge_collect_names(struct snug_merger *m);
/* Fills the entries of @name at its level, or at the next that can be written down.  -E2BIG with
 * words when an input itself cannot be taken apart. */
int snug_merge_name(struct snug_merger *m, struct snug_merge_name *name);
struct snug_merge_name *snug_merge_find_name(struct snug_merger *m, const char *name);
/* The answer of @input to every call that it does not name. */
struct snug_merge_answer snug_merge_default_of(const struct snug_merger *m, size_t input);
/* An input's answer as merging takes it: without a listener to notify, NOTIFY counts as what can be
 * answered instead, ERRNO(EPERM); and a default that cannot be written down as what is. */
uint32_t snug_merge_ret(const struct snug_merger *m, const struct snug_decision *decision);
/* The same for a plain use. */
uint32_t snug_merge_use_ret(const struct snug_merger *m, const struct snug_merge_use *use);
/* The strictest of what the cells get by snug_merge_ret(); ALLOW when there is none. */
uint32_t snug_merge_strictest(const struct snug_merger *m, const struct snug_cells *cells);
/* Makes @name stricter, because of @why, on @arch (or INVALID). */
void snug_merge_next_level(struct snug_merger *m, struct snug_merge_name *name, const char *why,
			   enum snug_arch arch);
/* Writes @pieces down, without what has the answer of the default.  -E2BIG over
 * snug_merge_pieces_max(). */
int snug_merge_write_pieces(const struct snug_merger *m, const struct snug_merge_pieces *pieces,
			    struct snug_merge_entries *ret);

/* merge-write.c */
/* Makes m->draft of the entries of all names, and m->result. */
int snug_merge_write(struct snug_merger *m);
/* How a profile spells the data of @ret. */
void snug_merge_set_errno(uint32_t ret, struct snug_errno_ret *to);

/* merge-mux.c */
/* Gives the multiplexers of m->arches their entries, once all other names have theirs, and writes.
 */
int snug_merge_place_muxes(struct snug_merger *m);

/* merge-check.c */
/* What the first @n_inputs together answer to a number of an ABI that the result lists: those of
 * them that know the ABI.  -E2BIG without words. */
int snug_merge_wanted(const struct snug_merger *m, size_t n_inputs, enum snug_arch arch,
		      uint32_t nr, struct snug_merge_pieces *ret);
/* Compares the result with the inputs on every ABI.  Returns 1 when something was too lax and has
 * been made stricter (a name went to its next level, an ABI was left out): then all has to be
 * written anew.  0 when it is fine. */
int snug_merge_check(struct snug_merger *m);
/* Whether another name has the same number on some ABI of the result. */
bool snug_merge_has_twin(const struct snug_merger *m, const struct snug_merge_name *name);
/* Compares it on the ABIs of other kernels, once it is final.  Those of a kernel where something is
 * too lax are no longer listed, and a note says so: entries are made for one kernel. */
int snug_merge_check_others(struct snug_merger *m);
/* Notes for what is stricter than it should be. */
void snug_merge_note_inexact(struct snug_merger *m);
/* Whether the result means what the first input does. */
bool snug_merge_is_first(struct snug_merger *m);

/* merge-fields.c */
/* Everything beside the entries: default, architectures, flags, listener, base profile. */
void snug_merge_fields(struct snug_merger *m);
/* Whether they are the first input's. */
bool snug_merge_is_same_fields(const struct snug_merger *m);
/* The architectures, once it is known which of this kernel's can stay. */
void snug_merge_write_arches(struct snug_merger *m);
