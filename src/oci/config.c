/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/config.h"

#include "base/fdio.h"
#include "base/limits.h"
#include "codec/doc.h"

#include <string.h>

static const struct snug_doc_value *member(const struct snug_doc_value *object, const char *key)
{
	return object ? snug_doc_get(object, key) : NULL;
}

/* A flag that is left out is off. */
static enum snug_known flag(const struct snug_doc_value *process, const char *key)
{
	const struct snug_doc_value *v = member(process, key);

	return v && v->type == SNUG_DOC_BOOL && v->b ? SNUG_KNOWN_YES : SNUG_KNOWN_NO;
}

static void take_caps(const struct snug_doc_value *list, int (*number)(const char *name),
		      struct snug_oci_config *ret)
{
	if (!list || list->type != SNUG_DOC_ARRAY)
		return;
	ret->has_caps = true;
	for (size_t i = 0; i < list->array.len; i++) {
		const struct snug_doc_value *v = &list->array.items[i];
		int bit = v->type == SNUG_DOC_STRING ? number(v->str.text) : -1;

		if (bit >= 0 && bit < 64)
			ret->caps |= UINT64_C(1) << bit;
	}
}

void snug_oci_config_read(const char *bundle, int (*number)(const char *name),
			  struct snug_oci_config *ret)
{
	CLEANUP(freep) char *path = xasprintf("%s/config.json", bundle);
	CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;
	CLEANUP(freep) char *text = NULL;
	const struct snug_doc_value *process, *uid, *linux_part, *seccomp;
	size_t len;

	*ret = (struct snug_oci_config){
		.no_new_privs = SNUG_KNOWN_NOT,
		.is_root = SNUG_KNOWN_NOT,
		.has_terminal = SNUG_KNOWN_NOT,
	};
	if (snug_read_regular(path, SNUG_LIMIT_DOC_BYTES, &text, &len, NULL) < 0 ||
	    snug_json_parse(path, text, len, SNUG_LIMIT_DOC_BYTES, &doc, NULL) < 0)
		return;
	linux_part = snug_doc_get(snug_doc_root(doc, 0), "linux");
	seccomp = linux_part && linux_part->type == SNUG_DOC_OBJECT ? member(linux_part, "seccomp")
								    : NULL;
	ret->has_seccomp = seccomp && seccomp->type == SNUG_DOC_OBJECT;
	process = snug_doc_get(snug_doc_root(doc, 0), "process");
	if (!process || process->type != SNUG_DOC_OBJECT)
		return;
	ret->no_new_privs = flag(process, "noNewPrivileges");
	ret->has_terminal = flag(process, "terminal");
	uid = member(member(process, "user"), "uid");
	ret->is_root = !uid || (uid->type == SNUG_DOC_UINT && uid->u == 0) ? SNUG_KNOWN_YES
									   : SNUG_KNOWN_NO;
	take_caps(member(member(process, "capabilities"), "bounding"), number, ret);
}
