/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Names of files of which there is one for each container. */

/* A file's name made of a container's, which may be anything: letters, digits, '.', '_' and '-'
 * stay, other bytes become '_', as does a dot or dash at the start; at most 100 bytes. */
char *each_file_name(const char *container);
/* Where the file of @name goes: into @pattern as NAME.@extension when that is a directory or ends
 * with a slash, else beside it, with "-NAME" before the extension: web.json, web-NAME.json. */
char *each_path(const char *pattern, const char *name, const char *extension);
