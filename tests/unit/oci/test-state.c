/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "oci/state.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void refused(const char *text, const char *words)
{
	CLEANUP(snug_oci_state_done) struct snug_oci_state s = { 0 };
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	assert_int_equal(snug_oci_state_parse(text, strlen(text), &s, &err), -EINVAL);
	if (!strstr(snug_err_msg(&err), words))
		fail_msg("'%s' is not in: %s", words, snug_err_msg(&err));
}

static void a_state(void **state)
{
	static const char text[] =
		"{\"ociVersion\":\"1.0.2\",\"id\":\"web\",\"status\":\"creating\",\"pid\":4711,"
		"\"bundle\":\"/run/b\",\"new\":[1],\"annotations\":{"
		"\"io.containers.trace-syscall\":\"of:/a\",\"io.kubernetes.pod.name\":\"p\","
		"\"io.kubernetes.cri.sandbox-name\":\"q\"}}";
	CLEANUP(snug_oci_state_done) struct snug_oci_state s = { 0 };

	(void)state;
	assert_int_equal(snug_oci_state_parse(text, strlen(text), &s, NULL), 0);
	assert_string_equal(s.id, "web");
	assert_string_equal(s.status, "creating");
	assert_string_equal(s.bundle, "/run/b");
	assert_int_equal(s.pid, 4711);
	assert_string_equal(s.annotation, "of:/a");
	assert_string_equal(s.pod, "p");
	assert_null(s.image);
}

static void little_is_needed(void **state)
{
	CLEANUP(snug_oci_state_done) struct snug_oci_state s = { 0 };

	(void)state;
	assert_int_equal(snug_oci_state_parse("{\"pid\":1}", 9, &s, NULL), 0);
	assert_int_equal(s.pid, 1);
	assert_null(s.annotation);
	assert_null(s.id);
}

static void what_is_no_state(void **state)
{
	(void)state;
	refused("", "the container's state: nothing on standard input");
	refused("[]", "expected an object, got an array");
	refused("{\"pid\":", "the container's state:1:8");
	refused("{}", "invalid PID 0 (must be greater than 0)");
	refused("{\"pid\":0}", "invalid PID 0 (must be greater than 0)");
	refused("{\"pid\":-5}", "invalid PID -5 (must be greater than 0)");
	refused("{\"pid\":\"1\"}", "invalid PID 0 (must be greater than 0)");
	refused("{\"pid\":4294967297}", "invalid PID 0 (must be greater than 0)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_state),
		cmocka_unit_test(little_is_needed),
		cmocka_unit_test(what_is_no_state),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
