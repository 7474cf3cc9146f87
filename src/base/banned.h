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

#undef basename
#undef strtok
#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets strtok strtok_r
#pragma GCC poison atoi atol atoll atof system popen gmtime localtime ctime asctime
#pragma GCC poison mktemp tmpnam tempnam basename dirname
#endif
