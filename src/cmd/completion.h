/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The scripts that `snug completion` prints: completion.bash, .zsh and .fish in this directory,
 * with tables made from the verbs.  Appended to @out. */
struct completion_input;
struct snug_str;

void completion_bash(const struct completion_input *in, struct snug_str *out);
void completion_zsh(const struct completion_input *in, struct snug_str *out);
void completion_fish(const struct completion_input *in, struct snug_str *out);
