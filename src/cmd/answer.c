/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/answer.h"

#include "codec/writer.h"
#include "seccomp/ret.h"

void answer_write(struct snug_writer *w, const char *key, uint32_t ret)
{
	enum snug_action action = snug_ret_action(ret);

	snug_writer_key(w, key);
	snug_writer_begin_object(w);
	snug_writer_member_string(w, "action", snug_action_name(action));
	if (action == SNUG_ACTION_ERRNO || action == SNUG_ACTION_TRACE)
		snug_writer_member_uint(w, "errnoRet", snug_ret_data(ret));
	snug_writer_end_object(w);
}
