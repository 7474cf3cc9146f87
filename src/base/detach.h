/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* A process that stays behind for others and must be in nobody's way. */

/* In a process that was forked for it: no terminal, no directory, no signals but those that cannot
 * be blocked, no descriptors but @fd and @other (-1: none); the standard streams lead nowhere.
 * @name, at most 15 bytes, is how it is listed. */
void snug_detach(const char *name, int fd, int other);
