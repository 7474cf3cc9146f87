/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Puts `snug hook` where container engines look for hooks (oci-hooks(5)), and takes it away. */
struct snug_err;
struct snug_str;

/* The one folder that podman and CRI-O look into when nobody says otherwise: the default of
 * hooks_dir in containers.conf(5) and crio.conf(5).  That for the administrator,
 * /etc/containers/oci/hooks.d, is read only where hooks_dir names it: podman 4.3 reads the default
 * and no other. */
#define HOOKS_DIR "/usr/share/containers/oci/hooks.d"

/* Appends the hook's configuration for the snug at @path. */
void hook_config(const char *path, struct snug_str *out);
/* Writes it to @dir/snug.json; @dir must exist or be HOOKS_DIR.  Warns when the hook of
 * oci-seccomp-bpf-hook would fire for the same annotation. */
int hook_install(const char *dir, struct snug_err *err);
/* Removes @dir/snug.json, if it is ours; 0 also when there is none. */
int hook_uninstall(const char *dir, struct snug_err *err);
