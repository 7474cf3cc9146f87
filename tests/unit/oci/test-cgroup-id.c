/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/cgroup-id.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void found(const char *text, const char *id, const char *engine)
{
	struct snug_cgroup_id got;

	if (!snug_cgroup_id_find(text, strlen(text), &got))
		fail_msg("no id in %s", text);
	assert_string_equal(got.id, id);
	if (engine)
		assert_string_equal(got.engine, engine);
	else
		assert_null(got.engine);
}

static void none(const char *text)
{
	struct snug_cgroup_id got;

	if (snug_cgroup_id_find(text, strlen(text), &got))
		fail_msg("%s in %s", got.id, text);
}

static void engines(void **state)
{
	(void)state;
	found("0::/machine.slice/libpod-" A ".scope\n", A, "podman");
	found("0::/machine.slice/libpod-" A ".scope/container\n", A, "podman");
	found("12:pids:/libpod_parent/libpod-" A "\n0::/\n", A, "podman");
	found("0::/system.slice/docker-" A ".scope\n", A, "docker");
	found("9:memory:/docker/" A "\n", A, "docker");
	found("0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1_2.slice/"
	      "cri-containerd-" A ".scope\n",
	      A, "containerd");
	found("0::/system.slice/containerd.service/kubepods-besteffort-pod3.slice:cri-containerd:" A
	      "\n",
	      A, "containerd");
	found("0::/kubepods.slice/kubepods-pod4.slice/crio-" A ".scope\n", A, "cri-o");
	found("4:cpu:/kubepods/burstable/pod5/" A "\n", A, NULL);
}

static void the_innermost(void **state)
{
	(void)state;
	/* a node of kind, which is a container itself */
	found("0::/system.slice/docker-" A ".scope/kubelet.slice/kubelet-kubepods.slice/"
	      "cri-containerd-" B ".scope\n",
	      B, "containerd");
	/* some hierarchies say less than others */
	found("3:a:/docker/" A "\n2:b:/docker/" A "/kubepods/pod1/" B "\n1:c:/docker/" A "\n", B,
	      NULL);
}

static void no_container(void **state)
{
	(void)state;
	none("");
	none("0::/\n");
	none("0::/user.slice/user-0.slice/session-1.scope\n");
	none("0::/machine.slice/libpod-conmon-" A ".scope\n");
	none("0::/kubepods.slice/crio-conmon-" A ".scope\n");
	none("0::/x/" A "a\n"); /* 65 digits */
	none("0::/x/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n");
	none("\n\n\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(engines),
		cmocka_unit_test(the_innermost),
		cmocka_unit_test(no_container),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
