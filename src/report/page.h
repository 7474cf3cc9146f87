/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The report as one HTML page that needs nothing else: style and script are in it, and its content
 * security policy forbids everything besides (docs/design/0009-report.md). */
struct snug_err;
struct snug_report;
struct snug_str;

/* Appends the page; deterministic.  @generator: what made it, "snug 0.1.0".  -E2BIG over
 * SNUG_LIMIT_REPORT_BYTES. */
int snug_report_write_page(const struct snug_report *r, const char *generator, struct snug_str *out,
			   struct snug_err *err) __attribute__((warn_unused_result));
