/* SPDX-License-Identifier: Apache-2.0 */
#include "record/bpf-abi.h"

#include "snug_abi.h"

enum snug_arch snug_arch_of_bpf_abi(uint32_t abi)
{
	enum snug_arch native = snug_arch_native();

	if (abi == SNUG_ABI_NATIVE)
		return native;
	if (abi == SNUG_ABI_X32)
		return SNUG_ARCH_X32;
	return native == SNUG_ARCH_AARCH64 ? SNUG_ARCH_ARM : SNUG_ARCH_X86;
}
