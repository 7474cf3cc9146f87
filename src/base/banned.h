/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Forced into every file by the build: calls that have a safer form here do not compile.  A file
 * that includes code which others generate says SNUG_FOREIGN_CODE in its build rule. */
#ifndef SNUG_FOREIGN_CODE
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* macros of glibc's: the last two under clang with _FORTIFY_SOURCE */
#undef basename
#undef strtok
#undef sprintf
#undef vsprintf
#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets strtok strtok_r
#pragma GCC poison atoi atol atoll atof system popen gmtime localtime ctime asctime
#pragma GCC poison mktemp tmpnam tempnam basename dirname
#endif
