/* SPDX-License-Identifier: Apache-2.0 */
/* plain: a few calls and one line of output; built both dynamic and static. */
#include "program.h"

int main(void)
{
	make_call(SYS_getsid);
	make_call(SYS_fsync);
	say("plain\n");
	return 5;
}
