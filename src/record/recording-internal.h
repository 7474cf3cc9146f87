/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* How the parts of the recording's document are shared out: recording-json.c, and
 * recording-denials.c for what seccomp refused. */
#include "seccomp/arch.h"

#include <stddef.h>
#include <stdint.h>

struct snug_decode;
struct snug_doc_value;
struct snug_recording;
struct snug_writer;

/* Which recording and ABI the elements of an array belong to. */
struct snug_recording_abi {
	struct snug_recording *recording;
	enum snug_arch arch;
};

/* Decodes an object with one array for each ABI: calls @one for each element, with a struct
 * snug_recording_abi as its @dst. */
int snug_recording_decode_abis(struct snug_decode *d, const struct snug_doc_value *v, size_t limit,
			       int (*one)(struct snug_decode *d, const struct snug_doc_value *v,
					  void *dst),
			       struct snug_recording *r);
/* Whether @name may stand at the call. */
int snug_recording_check_name(struct snug_decode *d, const struct snug_doc_value *v,
			      enum snug_arch arch, uint32_t nr, const char *name);
/* "only", "also"; @dst is unsigned, SNUG_BY_*. */
int snug_recording_decode_by(struct snug_decode *d, const struct snug_doc_value *v, void *dst);
/* Writes such an object's arrays: before each element with its @arch, at the end with
 * _SNUG_ARCH_INVALID, which *last is before the first. */
void snug_recording_write_abi(struct snug_writer *w, int *last, int arch);

/* The member "denied"; @dst is the recording. */
int snug_recording_decode_denied(struct snug_decode *d, const struct snug_doc_value *v, void *dst);
