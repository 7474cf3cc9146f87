/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What the fuzz targets share: the properties that hold for every document. */
#include "codec/doc.h"

#include <stddef.h>
#include <stdint.h>

struct snug_err;

/* libFuzzer's entry; each target defines it.  Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Aborts unless the error of a refused input is usable: @r is -EINVAL or -E2BIG and so is
 * err->code, the words are one line of printable text and begin with @prefix.  Clears @err. */
void fuzz_check_err(int r, struct snug_err *err, const char *prefix);
/* Aborts unless every value of @doc keeps what codec/doc.h says, and the document written in each
 * syntax that can hold it reads back equal and writes the same text again. */
void fuzz_check_doc(const struct snug_doc *doc);
/* Aborts unless another reader of JSON takes @data too and understands @root by it.  Does nothing
 * where that reader is not installed. */
void fuzz_check_oracle(const uint8_t *data, size_t size, const struct snug_doc_value *root);
