/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Ownership helpers.  Allocation failure aborts: sizes that come from outside are bounded by
 * base/limits.h before anything is allocated, and every program here restarts safely.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Runs @fn on the variable's address when it leaves scope. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

/* Hands an owned pointer over: evaluates to it and leaves NULL behind. */
#define STEAL(ptr)                                                                                 \
	({                                                                                         \
		__typeof__(ptr) *steal_p_ = &(ptr);                                                \
		__typeof__(ptr) steal_v_ = *steal_p_;                                              \
		*steal_p_ = NULL;                                                                  \
		steal_v_;                                                                          \
	})

/* Hands an owned file descriptor over and leaves -EBADF behind. */
int snug_steal_fd(int *fd);

/* Defines `name`, a CLEANUP() function for `type *` variables freed by `free_fn`. */
#define DEFINE_FREEP(type, name, free_fn)                                                          \
	static inline void name(type **p)                                                          \
	{                                                                                          \
		if (*p)                                                                            \
			free_fn(*p);                                                               \
	}

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* malloc and friends that abort when memory is out; the result is never NULL, freed by free(). */
void *xmalloc(size_t n) __attribute__((malloc, alloc_size(1), returns_nonnull));
void *xcalloc(size_t n, size_t size) __attribute__((malloc, alloc_size(1, 2), returns_nonnull));
void *xrealloc_array(void *p, size_t n, size_t size)
	__attribute__((alloc_size(2, 3), returns_nonnull, warn_unused_result));
char *xstrdup(const char *s) __attribute__((malloc, nonnull, returns_nonnull));
/* The same, NULL for NULL. */
char *xstrdup_null(const char *s);
char *xstrndup(const char *s, size_t n) __attribute__((malloc, nonnull, returns_nonnull));
char *xasprintf(const char *fmt, ...) __attribute__((malloc, format(printf, 1, 2)));

/* CLEANUP() for memory from malloc: `CLEANUP(freep) char *s = NULL;`. */
static inline void freep(void *p)
{
	free(*(void **)p);
}

/* CLEANUP() for a file descriptor; negative values are ignored, errno is kept. */
void closep(int *fd);

/* A growable array: `VEC(struct x) v = { 0 };`.  The element owner frees the elements. */
#define VEC(type)                                                                                  \
	struct {                                                                                   \
		type *items;                                                                       \
		size_t len, cap;                                                                   \
	}

/* Appends a zeroed element and evaluates to its address (valid until the next push). */
#define VEC_PUSH(v)                                                                                \
	({                                                                                         \
		if ((v)->len == (v)->cap) {                                                        \
			(v)->cap = (v)->cap ? (v)->cap * 2 : 8;                                    \
			(v)->items = xrealloc_array((v)->items, (v)->cap, sizeof(*(v)->items));    \
		}                                                                                  \
		(v)->items[(v)->len] = (__typeof__(*(v)->items)){ 0 };                             \
		&(v)->items[(v)->len++];                                                           \
	})

/* Takes the element @i out, whose owner has freed or copied it; the others keep their order. */
#define VEC_REMOVE(v, i)                                                                           \
	do {                                                                                       \
		size_t remove_i_ = (i);                                                            \
                                                                                                   \
		(v)->len--;                                                                        \
		memmove(&(v)->items[remove_i_], &(v)->items[remove_i_ + 1],                        \
			((v)->len - remove_i_) * sizeof((v)->items[0]));                           \
	} while (0)

/* Frees the array itself and leaves it empty. */
#define VEC_DONE(v)                                                                                \
	do {                                                                                       \
		free((v)->items);                                                                  \
		(v)->items = NULL;                                                                 \
		(v)->len = (v)->cap = 0;                                                           \
	} while (0)

/* for (each element pointer) */
#define VEC_FOREACH(it, v)                                                                         \
	for (__typeof__((v)->items + 0) it = (v)->items; it && it < (v)->items + (v)->len; it++)

/* Aborts with the place when @cond holds: for our own bugs only, also in release builds. */
#define snug_bug_on(cond)                                                                          \
	do {                                                                                       \
		if (__builtin_expect(!!(cond), 0))                                                 \
			snug_bug(__FILE__, __LINE__, #cond);                                       \
	} while (0)
_Noreturn void snug_bug(const char *file, int line, const char *cond);
