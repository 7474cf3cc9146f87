/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Lists of words: `const char *words[]`, with a length or with a NULL at the end. */
#include <stdbool.h>
#include <stddef.h>

/* For qsort(3) and bsearch(3) over `const char *` elements. */
int snug_words_compare(const void *a, const void *b);
/* Sorts and drops duplicates, of words that the list does not own; returns how many are left. */
size_t snug_words_sort(const char **words, size_t n);

/* Whether one of the @n words is @word, in any order. */
bool snug_words_have(const char *const *words, size_t n, const char *word);
/* The place of @word in @words (NULL-terminated), or -1. */
int snug_words_index(const char *const *words, const char *word);

/* Whether two words are the same; NULL is one of its own. */
bool snug_words_equal(const char *a, const char *b);
