/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What became of the arguments when a profile was derived, told to a person or to a script. */
#include "record/derive.h"

struct snug_writer;

/* Nothing when the profile was not to look at arguments. */
void args_summary_print(const struct snug_derived *d);
/* Members of an object that is begun: "args" with the level and the counts. */
void args_summary_write(struct snug_writer *w, const struct snug_derived *d);
