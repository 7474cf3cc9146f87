/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* OCI JSON byte for byte as oci-seccomp-bpf-hook writes it. */
struct snug_seccomp_profile;
struct snug_str;

/* Appends @p on one line, without a line feed: every entry has all of args, comment, includes and
 * excludes, and '<', '>', '&', U+2028 and U+2029 are escaped, as Go's encoding/json does.  Fields
 * of a custom resource have no place in it. */
void snug_seccomp_profile_write_compact(const struct snug_seccomp_profile *p, struct snug_str *out);
