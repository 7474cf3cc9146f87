/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* One call that was made, with its arguments, as a C programmer would write it. */
#include "seccomp/argset.h"

#include <stddef.h>
#include <stdint.h>

struct snug_str;

/* The memory of the one who made the call. */
struct snug_call_memory {
	/* How many bytes were read at @address, at most @size, or negative errno. */
	long (*read)(void *data, uint64_t address, void *buf, size_t size);
	void *data;
};

/*
 * Appends "openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC)", "connect(3, {AF_INET
 * 127.0.0.1:80}, 16)".  File names and socket addresses are read with @memory; it may be NULL, and
 * what it cannot read is "...", as all other memory is.  What is read is escaped, cut, and no more
 * than a hint: threads of the program may change it at any time.  @bits: how many of an argument
 * count on the call's ABI, 32 or 64.
 */
void snug_call_add_values(const char *call, const uint64_t args[SNUG_N_ARGS], unsigned bits,
			  const struct snug_call_memory *memory, struct snug_str *out);
