/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "seccomp/arch.h"

#include <stdint.h>

/* Which seccomp ABI the engines' small number (enum snug_bpf_abi) stands for on this machine. */
enum snug_arch snug_arch_of_bpf_abi(uint32_t abi);
