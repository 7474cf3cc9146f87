/* SPDX-License-Identifier: Apache-2.0 */
#include "record/refusals.h"

#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct snug_seccomp_profile *parse(const char *text)
{
	struct snug_seccomp_profile *p;

	assert_int_equal(snug_seccomp_profile_parse("p.json", text, strlen(text), NULL, &p, NULL),
			 0);
	return p;
}

static const char socket_profile[] =
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"socket\"],"
	"\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,\"value\":2,\"op\":\"SCMP_CMP_EQ\"},"
	"{\"index\":2,\"value\":0,\"op\":\"SCMP_CMP_EQ\"}]}]}";

/* Refuses @name as the profile's meaning does. */
static struct snug_refusal *refuse(struct snug_refusals *all, const struct snug_seccomp_profile *p,
				   enum snug_arch arch, const char *name,
				   const uint64_t args[SNUG_N_ARGS], bool *is_new)
{
	const struct snug_seccomp_env env = { .arch = SNUG_ARCH_X86_64 };
	uint32_t nr = (uint32_t)snug_syscall_number(arch, name);
	struct snug_decision d;

	assert_int_equal(snug_seccomp_decide(p, &env, arch, nr, args, &d, NULL), 0);
	return snug_refusals_count(all, p, arch, nr, args, &d, is_new);
}

#define ARGS(...) ((const uint64_t[SNUG_N_ARGS]){ __VA_ARGS__ })

static void counts(void **state)
{
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *p = parse(socket_profile);
	CLEANUP(snug_refusals_done) struct snug_refusals all = { 0 };
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	bool is_new;

	(void)state;
	assert_int_equal(snug_profile_args_of(p, "socket"), 5);
	assert_int_equal(snug_profile_args_of(p, "uname"), 0);
	/* no entry looks at uname's arguments */
	(void)refuse(&all, p, SNUG_ARCH_X86_64, "uname", ARGS(1), &is_new);
	assert_true(is_new);
	assert_int_equal(refuse(&all, p, SNUG_ARCH_X86_64, "uname", ARGS(2), &is_new)->count, 2);
	assert_false(is_new);
	/* of socket's it looks at the first and the third */
	(void)refuse(&all, p, SNUG_ARCH_X86_64, "socket", ARGS(38, 5, 0), &is_new);
	assert_true(is_new);
	(void)refuse(&all, p, SNUG_ARCH_X86_64, "socket", ARGS(38, 6, 0), &is_new);
	assert_false(is_new);
	(void)refuse(&all, p, SNUG_ARCH_X86_64, "socket", ARGS(16, 5, 9), &is_new);
	assert_true(is_new);
	(void)refuse(&all, p, SNUG_ARCH_X32, "uname", ARGS(1), &is_new);
	assert_true(is_new);
	/* i386's arguments have 32 bits, whatever a 64-bit program leaves above them */
	(void)refuse(&all, p, SNUG_ARCH_X86, "socket", ARGS(1ull << 40 | 38, 5, 0), &is_new);
	assert_true(is_new);
	(void)refuse(&all, p, SNUG_ARCH_X86, "socket", ARGS(2ull << 40 | 38, 5, 0), &is_new);
	assert_false(is_new);
	assert_int_equal(all.len, 5);
	assert_int_equal(all.items[3].nr, 63);
	for (size_t i = 0; i < all.len; i++) {
		CLEANUP(snug_call_question_done) struct snug_call_question q = { 0 };

		snug_refusal_question(&all.items[i], &q);
		snug_call_question_add_text(&q, &text);
		snug_str_addc(&text, ' ');
	}
	assert_string_equal(snug_str_text(&text),
			    "uname socket(AF_ALG, _, IPPROTO_IP) socket(AF_NETLINK, _, 9) uname "
			    "socket(AF_ALG, _, IPPROTO_IP) ");
}

/* i386 makes socket calls through one that has their number in its first argument. */
static void behind_another(void **state)
{
	CLEANUP(snug_seccomp_profile_freep)
	struct snug_seccomp_profile *p = parse(
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[\"SCMP_ARCH_X86\"]}");
	CLEANUP(snug_refusals_done) struct snug_refusals all = { 0 };
	CLEANUP(snug_refusals_done) struct snug_refusals back = { 0 };
	CLEANUP(snug_call_question_done) struct snug_call_question q = { 0 };
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	bool is_new;

	(void)state;
	(void)refuse(&all, p, SNUG_ARCH_X86, "socketcall", ARGS(1, 0x1000), &is_new);
	(void)refuse(&all, p, SNUG_ARCH_X86, "socketcall", ARGS(3, 0x1000), &is_new);
	(void)refuse(&all, p, SNUG_ARCH_X86, "socketcall", ARGS(99), &is_new);
	(void)refuse(&all, p, SNUG_ARCH_X86, "ipc", ARGS(0x10001), &is_new);
	assert_int_equal(all.len, 4);
	assert_string_equal(snug_refusal_name(&all.items[0]), "socket");
	assert_string_equal(snug_refusal_name(&all.items[1]), "connect");
	assert_string_equal(snug_refusal_name(&all.items[2]), "socketcall");
	assert_string_equal(snug_refusal_name(&all.items[3]), "semop");
	snug_refusals_write(&all, "p", &text);
	assert_int_equal(snug_refusals_parse("f", text.buf, text.len, &back, NULL), 0);
	snug_refusal_question(&back.items[1], &q);
	assert_string_equal(q.name, "connect");
	assert_false(q.known[0]);
}

static void has_a_limit(void **state)
{
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *p = parse(socket_profile);
	CLEANUP(snug_refusals_done) struct snug_refusals all = { 0 };
	const struct snug_decision d = { .ret = 0x50001 };
	bool is_new;

	(void)state;
	for (uint32_t i = 0; i < SNUG_LIMIT_REFUSALS; i++)
		assert_non_null(snug_refusals_count(&all, p, SNUG_ARCH_X86_64, 100000 + i, ARGS(0),
						    &d, &is_new));
	assert_null(snug_refusals_count(&all, p, SNUG_ARCH_X86_64, 1, ARGS(0), &d, &is_new));
	assert_false(is_new);
	assert_int_equal(all.n_more, 1);
	assert_non_null(
		snug_refusals_count(&all, p, SNUG_ARCH_X86_64, 100000, ARGS(0), &d, &is_new));
}

static void round_trip(void **state)
{
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *p = parse(socket_profile);
	CLEANUP(snug_refusals_done) struct snug_refusals all = { 0 };
	CLEANUP(snug_refusals_done) struct snug_refusals back = { 0 };
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str again = SNUG_STR_INIT;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	static const char other[] = "{\"a\":\"\\\"snugRefusals\\\"\"}";
	struct snug_refusal *r;
	bool is_new;

	(void)state;
	r = refuse(&all, p, SNUG_ARCH_X86_64, "uname", ARGS(1), &is_new);
	r->comm = xstrdup("a \"b\"\n");
	r->text = xstrdup("uname(...)");
	r->pid = 77;
	(void)refuse(&all, p, SNUG_ARCH_X86_64, "socket", ARGS(UINT64_MAX, 5, 0), &is_new);
	all.n_more = 3;
	snug_refusals_write(&all, "p.json", &text);
	assert_true(snug_is_refusals(text.buf, text.len));
	assert_false(snug_is_refusals(other, strlen(other)));
	if (snug_refusals_parse("f", text.buf, text.len, &back, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
	assert_int_equal(back.len, 2);
	assert_string_equal(back.items[0].comm, r->comm);
	assert_int_equal(back.items[1].known_args, 5);
	assert_true(back.items[1].args[0] == UINT64_MAX);
	snug_refusals_write(&back, "p.json", &again);
	assert_string_equal(snug_str_text(&text), snug_str_text(&again));
}

static void refuses(const char *text, int code, const char *words)
{
	CLEANUP(snug_refusals_done) struct snug_refusals r = { 0 };
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	assert_int_equal(snug_refusals_parse("f", text, strlen(text), &r, &err), code);
	if (!strstr(snug_err_msg(&err), words))
		fail_msg("'%s' is not in: %s", words, snug_err_msg(&err));
}

#define ONE(members) "{\"snugRefusals\":1,\"refused\":[{" members "}]}"
#define UNAME        "\"arch\":\"x86_64\",\"nr\":63,\"action\":\"SCMP_ACT_ERRNO\""

static void bad_documents(void **state)
{
	(void)state;
	refuses("{", -EINVAL, "f:1:2");
	refuses("{\"refused\":[]}", -EINVAL, "snugRefusals");
	refuses("{\"snugRefusals\":2,\"refused\":[]}", -EINVAL, "newer snug");
	refuses("{\"snugRefusals\":0,\"refused\":[]}", -EINVAL, "expected a version");
	refuses("{\"snugRefusals\":1}", -EINVAL, "refused");
	refuses(ONE("\"nr\":1"), -EINVAL, "arch");
	refuses(ONE("\"arch\":\"z80\""), -EINVAL, "expected an architecture");
	refuses(ONE(UNAME ",\"name\":\"open\""), -EINVAL,
		"call 63 of x86_64 is not this, but uname");
	refuses(ONE("\"arch\":\"x86_64\",\"nr\":1,\"action\":\"ERRNO\""), -EINVAL,
		"did you mean 'SCMP_ACT_ERRNO'");
	refuses(ONE(UNAME ",\"args\":[{\"index\":6,\"value\":1}]"), -EINVAL, "0 to 5");
	refuses(ONE(UNAME ",\"errnoRet\":70000"), -EINVAL, "errnoRet");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts),        cmocka_unit_test(behind_another),
		cmocka_unit_test(has_a_limit),   cmocka_unit_test(round_trip),
		cmocka_unit_test(bad_documents),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
