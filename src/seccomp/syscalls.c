/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libseccomp answers both ways, but for a number it makes a new string each time and searches its
 * whole table; so the answers are kept, one table for each ABI, from the first question to the end
 * of the process.  For names its perfect hash is asked directly.
 *
 * libseccomp gives negative numbers to names that the ABI does not have (-10000 and below) and to
 * those it has behind socketcall(2) (-100 - sub-call) or ipc(2) (-200 - sub-call), even where they
 * also have a number of their own; -1 means that it has never heard of the name.  Only such names
 * come from data/.
 */
#include "seccomp/syscalls.h"

#include "base/mem.h"
#include "base/words.h"
#include "seccomp/syscalls-table.h"

#include <errno.h>
#include <string.h>

#include <seccomp.h>

enum {
	TABLE_SIZE = 1024,
	PRIVATE_SIZE = 16,
	ARM_PRIVATE_BASE = 0x0f0000, /* __ARM_NR_BASE */
	LAST_PSEUDO = -11000,        /* well below libseccomp's last */
};

struct table {
	bool is_built;
	const char *names[TABLE_SIZE];           /* by number, less the ABI's base */
	const char *private_names[PRIVATE_SIZE]; /* __ARM_NR_* */
};

static int resolve(enum snug_arch arch, const char *name)
{
	return seccomp_syscall_resolve_name_arch(snug_arch_to_scmp(arch), name);
}

static bool is_arch_in_libseccomp(enum snug_arch arch)
{
	return resolve(arch, "read") != __NR_SCMP_ERROR;
}

static bool is_in_libseccomp(const char *name)
{
	return resolve(snug_arch_native(), name) != __NR_SCMP_ERROR;
}

static int compare_row(const void *key, const void *row)
{
	return strcmp(key, ((const struct snug_syscall_row *)row)->name);
}

static const struct snug_syscall_row *find_row(const char *name)
{
	return bsearch(name, snug_syscall_rows, snug_n_syscall_rows, sizeof(snug_syscall_rows[0]),
		       compare_row);
}

static void add_rows(struct table *t, enum snug_arch arch)
{
	for (size_t i = 0; i < snug_n_syscall_rows; i++) {
		const struct snug_syscall_row *row = &snug_syscall_rows[i];

		if (!(row->abis & UINT64_C(1) << arch) || is_in_libseccomp(row->name))
			continue;
		snug_bug_on(row->number >= TABLE_SIZE);
		if (!t->names[row->number])
			t->names[row->number] = row->name;
	}
}

static const struct table *table_of(enum snug_arch arch)
{
	static struct table tables[_SNUG_ARCH_MAX];
	struct table *t;

	snug_bug_on((int)arch < 0 || arch >= _SNUG_ARCH_MAX);
	t = &tables[arch];
	if (t->is_built)
		return t;
	t->is_built = true;
	if (!is_arch_in_libseccomp(arch))
		return t;
	for (int i = 0; i < TABLE_SIZE; i++)
		t->names[i] = seccomp_syscall_resolve_num_arch(
			snug_arch_to_scmp(arch), (int)snug_arch_number_base(arch) + i);
	for (int i = 0; arch == SNUG_ARCH_ARM && i < PRIVATE_SIZE; i++)
		t->private_names[i] = seccomp_syscall_resolve_num_arch(snug_arch_to_scmp(arch),
								       ARM_PRIVATE_BASE + i);
	add_rows(t, arch);
	return t;
}

const char *snug_syscall_name(enum snug_arch arch, uint32_t nr)
{
	const struct table *t = table_of(arch);
	uint32_t base = snug_arch_number_base(arch);

	if (arch == SNUG_ARCH_X32)
		nr |= base;
	if (nr >= base && nr - base < TABLE_SIZE)
		return t->names[nr - base];
	if (nr >= ARM_PRIVATE_BASE && nr - ARM_PRIVATE_BASE < PRIVATE_SIZE)
		return t->private_names[nr - ARM_PRIVATE_BASE];
	return NULL;
}

static bool is_multiplexed(int pseudo)
{
	return pseudo <= -101 && pseudo >= -299;
}

/* The number of a call that libseccomp prefers to see as multiplexed. */
static int64_t direct_number(enum snug_arch arch, const char *name)
{
	const struct table *t = table_of(arch);

	for (uint32_t i = 0; i < TABLE_SIZE; i++)
		if (t->names[i] && strcmp(t->names[i], name) == 0)
			return snug_arch_number_base(arch) + i;
	return -ENOENT;
}

int64_t snug_syscall_number(enum snug_arch arch, const char *name)
{
	const struct snug_syscall_row *row;
	int nr = resolve(arch, name);

	if (nr >= 0)
		return nr;
	if (is_multiplexed(nr))
		return direct_number(arch, name);
	if (nr != __NR_SCMP_ERROR || !is_arch_in_libseccomp(arch) || is_in_libseccomp(name))
		return -ENOENT;
	row = find_row(name);
	if (!row || !(row->abis & UINT64_C(1) << arch))
		return -ENOENT;
	return snug_arch_number_base(arch) + row->number;
}

bool snug_syscall_multiplexer(enum snug_arch arch, const char *name, struct snug_syscall_mux *ret)
{
	int pseudo = resolve(arch, name);
	struct snug_syscall_mux mux;
	int nr;

	if (!is_multiplexed(pseudo))
		return false;
	mux.parent = pseudo > -200 ? "socketcall" : "ipc";
	mux.mask = pseudo > -200 ? UINT32_MAX : 0xffff;
	mux.sub = (uint32_t)(-pseudo % 100);
	nr = resolve(arch, mux.parent);
	if (nr < 0)
		return false;
	mux.parent_nr = (uint32_t)nr;
	*ret = mux;
	return true;
}

bool snug_syscall_is_on(enum snug_arch arch, const char *name)
{
	struct snug_syscall_mux mux;

	return snug_syscall_number(arch, name) >= 0 || snug_syscall_multiplexer(arch, name, &mux);
}

const char *const snug_syscall_mux_parents[] = { "socketcall", "ipc", NULL };

bool snug_syscall_is_mux_parent(const char *name)
{
	return snug_words_index(snug_syscall_mux_parents, name) >= 0;
}

bool snug_syscall_is_known(const char *name)
{
	return is_in_libseccomp(name) || find_row(name);
}

uint32_t snug_syscall_since(const char *name)
{
	const struct snug_syscall_row *row = find_row(name);

	return row ? row->since : 0;
}

bool snug_syscall_is_beyond_libseccomp(const char *name)
{
	return !is_in_libseccomp(name) && find_row(name);
}

const char *const *snug_syscall_names(void)
{
	static VEC(const char *) names;

	if (names.len)
		return names.items;
	/* the native table has every name libseccomp knows, with a pseudo number where need be */
	for (int nr = -1; nr > LAST_PSEUDO; nr--) {
		char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, nr);

		if (name)
			*VEC_PUSH(&names) = name;
	}
	for (uint32_t nr = 0; nr < TABLE_SIZE; nr++) {
		const char *name = snug_syscall_name(snug_arch_native(), nr);

		if (name)
			*VEC_PUSH(&names) = name;
	}
	for (size_t i = 0; i < snug_n_syscall_rows; i++)
		*VEC_PUSH(&names) = snug_syscall_rows[i].name;
	names.len = snug_words_sort(names.items, names.len);
	*VEC_PUSH(&names) = NULL;
	return names.items;
}
