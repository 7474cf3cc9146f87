/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/ps-table.h"

#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct snug_container web = {
	.id = (char[]){ ID },
	.name = (char[]){ "web" },
	.image = (char[]){ "registry.example/shop/nginx:1.25" },
	.engine = (char[]){ "podman" },
	.runtime = (char[]){ "crun" },
	.pid = 4711,
	.seccomp_mode = 2,
};
static struct snug_container plain = {
	.id = (char[]){ "plain" }, .runtime = (char[]){ "runc" }, .pid = 7, .seccomp_mode = 0
};
static struct snug_container unknown = { .id = (char[]){ ID },
					 .engine = (char[]){ "containerd" },
					 .pid = 8,
					 .pod = (char[]){ "shop-1" },
					 .pod_namespace = (char[]){ "prod" },
					 .seccomp_mode = -1 };
static struct snug_container hostile = { .id = (char[]){ "x" },
					 .name = (char[]){ "a\033[2J\nb\xc3\xbc\xff" },
					 .image = (char[]){ "" },
					 .pid = 9,
					 .seccomp_mode = 1 };

static void table_is(const struct ps_row *rows, size_t n, unsigned width, const char *expected)
{
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;

	ps_add_table(&out, rows, n, width);
	assert_string_equal(snug_str_text(&out), expected);
}

static void tables(void **state)
{
	const struct ps_row rows[] = { { &web, PS_RECORDING_YES }, { &plain, PS_RECORDING_NO } };

	(void)state;
	table_is(NULL, 0, 80, "NAME  IMAGE  RUNTIME  PID  SECCOMP  RECORDING\n");
	table_is(
		rows, 2, 0,
		"NAME   IMAGE                             RUNTIME        PID   SECCOMP  RECORDING\n"
		"web    registry.example/shop/nginx:1.25  crun (podman)  4711  filter   yes\n"
		"plain  -                                 runc           7     none     no\n");
	/* as wide as it can be without cutting, and one less */
	table_is(rows, 1, 79,
		 "NAME  IMAGE                             RUNTIME        PID   SECCOMP  RECORDING\n"
		 "web   registry.example/shop/nginx:1.25  crun (podman)  4711  filter   yes\n");
	table_is(rows, 1, 78,
		 "NAME  IMAGE                            RUNTIME        PID   SECCOMP  RECORDING\n"
		 "web   ...stry.example/shop/nginx:1.25  crun (podman)  4711  filter   yes\n");
	/* not below twelve */
	table_is(rows, 1, 40,
		 "NAME  IMAGE         RUNTIME        PID   SECCOMP  RECORDING\n"
		 "web   ...ginx:1.25  crun (podman)  4711  filter   yes\n");
}

static void pods_and_unknown(void **state)
{
	const struct ps_row rows[] = { { &unknown, PS_RECORDING_UNKNOWN } };

	(void)state;
	table_is(rows, 1, 80,
		 "NAME          IMAGE  RUNTIME       PID  POD          SECCOMP  RECORDING\n"
		 "0123456789ab  -      (containerd)  8    prod/shop-1  -        -\n");
}

static void hostile_names(void **state)
{
	const struct ps_row rows[] = { { &hostile, PS_RECORDING_NO } };

	(void)state;
	table_is(rows, 1, 80,
		 "NAME                IMAGE  RUNTIME  PID  SECCOMP  RECORDING\n"
		 "a\\x1b[2J\\x0ab\xc3\xbc\\xff  -      -        9    strict   no\n");
}

static void json(void **state)
{
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;
	const struct ps_row rows[] = { { &unknown, PS_RECORDING_UNKNOWN },
				       { &plain, PS_RECORDING_YES } };

	(void)state;
	ps_add_json(&out, rows, 2);
	assert_string_equal(snug_str_text(&out), "[\n"
						 "  {\n"
						 "    \"id\": \"" ID "\",\n"
						 "    \"engine\": \"containerd\",\n"
						 "    \"pod\": \"shop-1\",\n"
						 "    \"namespace\": \"prod\",\n"
						 "    \"pid\": 8\n"
						 "  },\n"
						 "  {\n"
						 "    \"id\": \"plain\",\n"
						 "    \"runtime\": \"runc\",\n"
						 "    \"pid\": 7,\n"
						 "    \"seccomp\": \"none\",\n"
						 "    \"recording\": true\n"
						 "  }\n"
						 "]\n");
	snug_str_clear(&out);
	ps_add_json(&out, NULL, 0);
	assert_string_equal(snug_str_text(&out), "[]\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables),
		cmocka_unit_test(pods_and_unknown),
		cmocka_unit_test(hostile_names),
		cmocka_unit_test(json),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
