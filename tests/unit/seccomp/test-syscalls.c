/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "seccomp/syscalls-table.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>

#include <linux/audit.h>
#include <linux/version.h>

#include <cmocka.h>
#include <seccomp.h>

static void arch_names_are_inverse(void **state)
{
	(void)state;
	for (int i = 0; i < _SNUG_ARCH_MAX; i++) {
		enum snug_arch arch = (enum snug_arch)i;

		assert_int_equal(snug_arch_from_name(snug_arch_name(arch)), arch);
		assert_int_equal(snug_arch_from_oci_name(snug_arch_oci_name(arch)), arch);
		assert_non_null(snug_arch_go_name(arch));
		/* only x32 shares its audit arch */
		assert_int_equal(snug_arch_from_audit(snug_arch_to_audit(arch)),
				 arch == SNUG_ARCH_X32 ? SNUG_ARCH_X86_64 : arch);
	}
	assert_int_equal(snug_arch_from_name("sparc"), _SNUG_ARCH_INVALID);
	assert_int_equal(snug_arch_from_oci_name("x86_64"), _SNUG_ARCH_INVALID);
	assert_int_equal(snug_arch_from_oci_name("SCMP_ARCH_NATIVE"), SNUG_ARCH_NATIVE);
	assert_int_equal(snug_arch_from_audit(1), _SNUG_ARCH_INVALID);
	assert_int_equal(snug_arch_resolve(SNUG_ARCH_NATIVE, SNUG_ARCH_ARM), SNUG_ARCH_ARM);
	assert_int_equal(snug_arch_resolve(SNUG_ARCH_X86, SNUG_ARCH_ARM), SNUG_ARCH_X86);
}

static void native_arch_is_the_builds(void **state)
{
	(void)state;
	assert_int_equal(snug_arch_to_scmp(snug_arch_native()), seccomp_arch_native());
	assert_int_equal(snug_arch_family(SNUG_ARCH_X32), SNUG_ARCH_X86_64);
	assert_int_equal(snug_arch_family(SNUG_ARCH_ARM), SNUG_ARCH_AARCH64);
	assert_int_equal(snug_arch_family(SNUG_ARCH_RISCV64), SNUG_ARCH_RISCV64);
}

static void numbers_and_names_agree(void **state)
{
	(void)state;
	for (int i = 0; i < _SNUG_ARCH_MAX; i++) {
		enum snug_arch arch = (enum snug_arch)i;
		size_t found = 0;

		for (uint32_t n = 0; n < 1024; n++) {
			uint32_t nr = snug_arch_number_base(arch) + n;
			const char *name = snug_syscall_name(arch, nr);

			if (!name)
				continue;
			found++;
			assert_true(snug_syscall_is_known(name));
			assert_int_equal(snug_syscall_number(arch, name), nr);
		}
		/* from 19 on come those that libseccomp may be too old for */
		if (arch <= SNUG_ARCH_PARISC64)
			assert_in_range(found, 300, 500);
	}
}

static void native_numbers_are_the_headers(void **state)
{
	static const struct {
		const char *name;
		long nr;
	} calls[] = {
		{ "read", SYS_read },
		{ "execve", SYS_execve },
		{ "clone3", SYS_clone3 },
		{ "openat2", SYS_openat2 },
		{ "statx", SYS_statx },
		{ "futex", SYS_futex },
		{ "faccessat2", SYS_faccessat2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		assert_int_equal(snug_syscall_number(snug_arch_native(), calls[i].name),
				 calls[i].nr);
		assert_string_equal(snug_syscall_name(snug_arch_native(), (uint32_t)calls[i].nr),
				    calls[i].name);
	}
}

static void special_abis(void **state)
{
	struct snug_syscall_mux mux;

	(void)state;
	/* x32: with and without its bit */
	assert_string_equal(snug_syscall_name(SNUG_ARCH_X32, 0), "read");
	assert_string_equal(snug_syscall_name(SNUG_ARCH_X32, 0x40000000), "read");
	assert_string_equal(snug_syscall_name(SNUG_ARCH_X32, 512), "rt_sigaction");
	assert_int_equal(snug_syscall_number(SNUG_ARCH_X32, "read"), 0x40000000);
	assert_null(snug_syscall_name(SNUG_ARCH_X86_64, 0x40000000));
	/* i386: a number of its own beside socketcall(2), and only socketcall(2) */
	assert_int_equal(snug_syscall_number(SNUG_ARCH_X86, "socket"), 359);
	assert_string_equal(snug_syscall_name(SNUG_ARCH_X86, 359), "socket");
	assert_int_equal(snug_syscall_number(SNUG_ARCH_X86, "accept"), -ENOENT);
	assert_true(snug_syscall_multiplexer(SNUG_ARCH_X86, "socket", &mux));
	assert_string_equal(mux.parent, "socketcall");
	assert_int_equal(mux.parent_nr, 102);
	assert_int_equal(mux.sub, 1);
	assert_true(snug_syscall_multiplexer(SNUG_ARCH_X86, "shmctl", &mux));
	assert_string_equal(mux.parent, "ipc");
	assert_int_equal(mux.parent_nr, 117);
	assert_int_equal(mux.sub, 24);
	assert_false(snug_syscall_multiplexer(SNUG_ARCH_X86_64, "socket", &mux));
	assert_false(snug_syscall_multiplexer(SNUG_ARCH_X86, "read", &mux));
	/* time64, ARM's private calls, MIPS' offsets */
	assert_int_equal(snug_syscall_number(SNUG_ARCH_X86, "clock_gettime64"), 403);
	assert_int_equal(snug_syscall_number(SNUG_ARCH_X86_64, "clock_gettime64"), -ENOENT);
	assert_string_equal(snug_syscall_name(SNUG_ARCH_ARM, 0x0f0002), "cacheflush");
	assert_int_equal(snug_syscall_number(SNUG_ARCH_ARM, "set_tls"), 0x0f0005);
	assert_null(snug_syscall_name(SNUG_ARCH_AARCH64, 0x0f0002));
	assert_string_equal(snug_syscall_name(SNUG_ARCH_MIPS, 4001), "exit");
	assert_int_equal(snug_syscall_number(SNUG_ARCH_MIPS64, "read"), 5000);
}

static void unknown_calls(void **state)
{
	(void)state;
	assert_null(snug_syscall_name(snug_arch_native(), 9999));
	assert_null(snug_syscall_name(snug_arch_native(), UINT32_MAX));
	assert_null(snug_syscall_name(SNUG_ARCH_X32, UINT32_MAX));
	assert_int_equal(snug_syscall_number(snug_arch_native(), "opne"), -ENOENT);
	assert_int_equal(snug_syscall_number(snug_arch_native(), ""), -ENOENT);
	assert_false(snug_syscall_is_known("opne"));
	assert_false(snug_syscall_is_known(""));
	assert_int_equal(snug_syscall_since("opne"), 0);
	assert_int_equal(snug_syscall_since("read"), 0);
	assert_false(snug_syscall_is_beyond_libseccomp("read"));
	assert_false(snug_syscall_is_beyond_libseccomp("opne"));
}

static void calls_of_the_csv_tables(void **state)
{
	(void)state;
	assert_int_equal(snug_syscall_number(SNUG_ARCH_X86_64, "mseal"), 462);
	assert_int_equal(snug_syscall_number(SNUG_ARCH_X32, "mseal"), 0x40000000 + 462);
	assert_int_equal(snug_syscall_number(SNUG_ARCH_MIPS64N32, "mseal"), 6462);
	assert_string_equal(snug_syscall_name(SNUG_ARCH_X86, 470), "listns");
	assert_string_equal(snug_syscall_name(SNUG_ARCH_X86_64, 335), "uretprobe");
	assert_int_equal(snug_syscall_number(SNUG_ARCH_X86, "uretprobe"), -ENOENT);
	assert_int_equal(snug_syscall_number(SNUG_ARCH_RISCV64, "riscv_hwprobe"), 258);
	assert_int_equal(snug_syscall_since("mseal"), KERNEL_VERSION(6, 10, 0));
	assert_int_equal(snug_syscall_since("clone3"), KERNEL_VERSION(5, 3, 0));
	assert_int_equal(snug_syscall_since("statx"), KERNEL_VERSION(4, 11, 0));
	/* an ABI that libseccomp 2.5 has never heard of has no numbers rather than some */
	if (seccomp_syscall_resolve_name_arch(snug_arch_to_scmp(SNUG_ARCH_LOONGARCH64), "read") ==
	    __NR_SCMP_ERROR)
		assert_int_equal(snug_syscall_number(SNUG_ARCH_LOONGARCH64, "mseal"), -ENOENT);
}

/* Two sources for one fact must not differ, whichever libseccomp is linked. */
static void csv_agrees_with_libseccomp(void **state)
{
	size_t compared = 0;

	(void)state;
	for (size_t i = 0; i < snug_n_syscall_rows; i++) {
		const struct snug_syscall_row *row = &snug_syscall_rows[i];

		if (i)
			assert_true(strcmp(snug_syscall_rows[i - 1].name, row->name) < 0);
		for (int a = 0; a < _SNUG_ARCH_MAX; a++) {
			int nr = seccomp_syscall_resolve_name_arch(
				snug_arch_to_scmp((enum snug_arch)a), row->name);

			if (!(row->abis & UINT64_C(1) << a) || nr < 0)
				continue;
			compared++;
			if ((uint32_t)nr - snug_arch_number_base((enum snug_arch)a) != row->number)
				fail_msg("%s on %s: libseccomp %d, table %u", row->name,
					 snug_arch_name((enum snug_arch)a), nr, row->number);
		}
	}
	assert_true(compared > 500);
}

static void list_of_names(void **state)
{
	const char *const *names = snug_syscall_names();
	size_t n = 0;
	bool has_read = false, has_new = false, has_foreign = false;

	(void)state;
	for (; names[n]; n++) {
		if (n)
			assert_true(strcmp(names[n - 1], names[n]) < 0);
		has_read |= strcmp(names[n], "read") == 0;
		has_new |= strcmp(names[n], "mseal") == 0;
		has_foreign |= strcmp(names[n], "s390_sthyi") == 0;
	}
	assert_true(n > 480);
	assert_true(has_read && has_new && has_foreign);
	assert_ptr_equal(names, snug_syscall_names());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arch_names_are_inverse),
		cmocka_unit_test(native_arch_is_the_builds),
		cmocka_unit_test(numbers_and_names_agree),
		cmocka_unit_test(native_numbers_are_the_headers),
		cmocka_unit_test(special_abis),
		cmocka_unit_test(unknown_calls),
		cmocka_unit_test(calls_of_the_csv_tables),
		cmocka_unit_test(csv_agrees_with_libseccomp),
		cmocka_unit_test(list_of_names),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
