/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "base/limits.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;
	int r;

	r = snug_json_parse("in", (const char *)data, size, SNUG_LIMIT_DOC_BYTES, &doc, &err);
	if (r < 0) {
		fuzz_check_err(r, &err, "in:");
		return 0;
	}
	fuzz_check_doc(doc);
	fuzz_check_oracle(data, size, snug_doc_root(doc, 0));
	return 0;
}
