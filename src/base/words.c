/* SPDX-License-Identifier: Apache-2.0 */
#include "base/words.h"

#include <stdlib.h>
#include <string.h>

int snug_words_compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

size_t snug_words_sort(const char **words, size_t n)
{
	size_t kept = 0;

	if (!n)
		return 0;
	qsort(words, n, sizeof(*words), snug_words_compare);
	for (size_t i = 1; i < n; i++)
		if (strcmp(words[i], words[kept]) != 0)
			words[++kept] = words[i];
	return kept + 1;
}

bool snug_words_have(const char *const *words, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

int snug_words_index(const char *const *words, const char *word)
{
	for (int i = 0; words[i]; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return -1;
}

bool snug_words_equal(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}
