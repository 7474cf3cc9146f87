/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/pairs.h"

#include "base/mem.h"

bool snug_audit_pairs_is_second(struct snug_audit_pairs *p, const uint64_t key[2], bool is_printed)
{
	size_t at;

	for (size_t i = 0; i < SNUG_AUDIT_PAIRS; i++) {
		if (p->seen[i].key[0] != key[0] || p->seen[i].key[1] != key[1] ||
		    p->seen[i].is_printed == is_printed)
			continue;
		p->seen[i].key[0] = p->seen[i].key[1] = 0;
		return true;
	}
	at = p->n++ % SNUG_AUDIT_PAIRS;
	p->seen[at].key[0] = key[0];
	p->seen[at].key[1] = key[1];
	p->seen[at].is_printed = is_printed;
	return false;
}

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0x9E3779B97F4A7C15);
	return h ^ h >> 29;
}

static uint64_t mix_text(uint64_t h, const struct snug_audit_text *t)
{
	h = mix(h, t->len);
	for (size_t i = 0; t->text && i < t->len; i++)
		h = mix(h, (unsigned char)t->text[i]);
	return h;
}

void snug_audit_pairs_key(const struct snug_audit_event *ev, uint64_t ret[2])
{
	const struct snug_audit_text *const texts[] = {
		&ev->comm,     &ev->exe,    &ev->verdict,   &ev->perms,   &ev->scontext,
		&ev->tcontext, &ev->tclass, &ev->operation, &ev->profile, &ev->name,
	};
	uint64_t h = mix((uint64_t)ev->kind, (uint64_t)ev->nr << 32 | ev->audit_arch);

	h = mix(mix(h, ev->ip), (uint64_t)ev->code << 32 | ev->uid);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		h = mix_text(h, texts[i]);
	ret[0] = h;
	ret[1] = (uint64_t)ev->pid + 1; /* never 0 */
}
