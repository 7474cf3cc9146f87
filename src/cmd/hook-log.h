/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* A hook speaks to the runtime on standard error and to the host's log (syslog(3)); once it is
 * detached, to the log only. */
#include <syslog.h>

void hook_log_open(void);
/* From now on nobody reads standard error. */
void hook_log_detach(void);
/* @priority: LOG_INFO, LOG_WARNING, LOG_ERR.  Hostile bytes are escaped. */
void hook_log(int priority, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Adapter for functions that take a warn callback. */
void hook_log_warning(void *unused, const char *text);
