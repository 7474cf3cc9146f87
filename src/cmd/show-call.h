/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What `snug show FILE CALL` prints: why a profile answers a call as it does. */
#include "cmd/show-text.h"
#include "seccomp/explain.h"

struct call_view {
	const struct snug_meaning *meaning;
	const struct snug_call_question *question;
	const struct snug_explanation *explanation;
};

void call_view_add_text(const struct call_view *view, const struct show_style *style,
			struct snug_str *out);
/* Writes one object; the caller has the frame around it. */
void call_view_write(const struct call_view *view, struct snug_writer *w);
