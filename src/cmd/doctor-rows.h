/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What this host offers, one row a fact; found by trying where that does no harm. */
#include "base/mem.h"

enum doctor_state {
	DOCTOR_YES,
	DOCTOR_NO,
	DOCTOR_INFO, /* neither good nor bad */
};

struct doctor_row {
	const char *group; /* "kernel", "bpf", "seccomp", ... */
	const char *name;
	enum doctor_state state;
	char *detail; /* owned; for NO: the reason and what would help */
};

struct doctor_rows {
	VEC(struct doctor_row) rows;
};

void doctor_collect(struct doctor_rows *rows);
void doctor_rows_done(struct doctor_rows *rows);
