/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The system call filter of a systemd unit as a profile: SystemCallFilter=,
 * SystemCallErrorNumber=, SystemCallArchitectures= and SystemCallLog= (systemd.exec(5)), read as
 * systemd 252 reads them.
 */
#include "convert/systemd-lines.h" /* snug_is_systemd_unit() */
#include "seccomp/profile.h"

#include <stddef.h>

struct snug_err;

/*
 * Reads a unit file, or a drop-in, or several of them one behind the other.  @name is for messages
 * and becomes the profile's source.  The settings count in [Service], [Socket], [Mount] and [Swap].
 *
 * What systemd ignores with a warning is ignored with a warning: names and architectures that are
 * not known, lines without '='.  Groups are those of data/systemd-groups.csv; other systemds may
 * have others.  A unit's other settings can filter calls as well (RestrictNamespaces=, ...): those
 * are not looked at, which one warning says.
 *
 * A unit without SystemCallArchitectures= filters every ABI of its machine, whichever that is: the
 * profile has an archMap for it.
 *
 * @opts may be NULL; strict makes errors of unknown names and groups.  0 with *ret the caller's;
 * -ENODATA when the unit filters nothing; -EINVAL with file:line; -E2BIG.
 */
int snug_systemd_unit_parse(const char *name, const char *text, size_t len,
			    const struct snug_seccomp_read_options *opts,
			    struct snug_seccomp_profile **ret, struct snug_err *err)
	__attribute__((warn_unused_result));
