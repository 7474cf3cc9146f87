/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The member "args" of a call in the document. */
#include "codec/decode.h"
#include "record/recording.h"

struct snug_writer;

/* Nothing when the call's arguments were not looked at. */
void snug_recording_args_write(const struct snug_recording_call *c, struct snug_writer *w);
/* @dst is the call; its .args must be empty.  Who made it, and whether tuples of all are there, is
 * for snug_argument_facts_end(). */
int snug_recording_args_decode(struct snug_decode *d, const struct snug_doc_value *v, void *dst);
