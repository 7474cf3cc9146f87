/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What the terminal can show: characters of UTF-8, or only ASCII. */
#include <stdbool.h>

/* Whether the locale's character set is UTF-8: the first of LC_ALL, LC_CTYPE and LANG that is not
 * empty, as setlocale(3) takes it, says so. */
bool terminal_is_utf8(void);
/* From now on, standard output and standard error print bytes over 0x7f as \xNN where they are
 * terminals that do not take UTF-8.  Before anything is printed; what is no terminal gets each byte
 * as it is. */
void terminal_init(void);
