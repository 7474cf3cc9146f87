/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The numbers of JSON (RFC 8259 section 6), which are also the numbers we take from YAML. */
#include "codec/doc.h"

/* How many bytes at @text are one JSON number, 0 when there is none. */
size_t snug_number_scan(const char *text, size_t len);
/* The value of exactly @len bytes that snug_number_scan() took: type and number of @v.  -0 is
 * UINT 0; what has a fraction or an exponent is REAL, even 1.0.  Returns 0, or -ERANGE for an
 * integer that 64 bits cannot hold or a real that is over the range of double. */
int snug_number_parse(const char *text, size_t len, struct snug_doc_value *v);
/* Appends @d (finite) with the fewest digits that read back as the same double and as a real in
 * JSON, YAML 1.1 and YAML 1.2: "1.0", "1.5e-07", whatever the locale. */
void snug_number_format_real(struct snug_str *out, double d);
