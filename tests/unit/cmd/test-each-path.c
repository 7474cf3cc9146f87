/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/each-path.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void names(void **state)
{
	static const struct {
		const char *container, *name;
	} cases[] = {
		{ "web", "web" },
		{ "k8s_web_shop-1.2", "k8s_web_shop-1.2" },
		{ "..", "_." },
		{ "../../etc/passwd", "_._.._etc_passwd" },
		{ "/", "_" },
		{ "", "_" },
		{ "-rf", "_rf" },
		{ ".hidden", "_hidden" },
		{ "a b\n\033c\xc3\xbc", "a_b__c__" },
	};
	char many[300];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *name = each_file_name(cases[i].container);

		assert_string_equal(name, cases[i].name);
	}
	memset(many, 'x', sizeof(many));
	many[sizeof(many) - 1] = '\0';
	CLEANUP(freep) char *cut = each_file_name(many);
	assert_int_equal(strlen(cut), 100);
}

static void paths(void **state)
{
	static const struct {
		const char *pattern, *path;
	} cases[] = {
		{ "out/", "out/NAME.json" },
		{ "/", "/NAME.json" },
		{ "/tmp", "/tmp/NAME.json" },
		{ "web.json", "web-NAME.json" },
		{ "web", "web-NAME" },
		{ "a.d/web", "a.d/web-NAME" },
		{ "a.d/web.tar.gz", "a.d/web.tar-NAME.gz" },
		{ ".web", ".web-NAME" },
		{ "x/.web", "x/.web-NAME" },
		{ "web.", "web-NAME." },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *path = each_path(cases[i].pattern, "NAME", "json");

		assert_string_equal(path, cases[i].path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(paths),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
