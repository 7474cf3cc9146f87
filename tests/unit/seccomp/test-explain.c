/* SPDX-License-Identifier: Apache-2.0 */
#include "seccomp/explain.h"

#include "base/err.h"
#include "base/mem.h"
#include "random-profile.h"
#include "seccomp/ret.h"
#include "seccomp/rules.h"
#include "seccomp/syscalls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <linux/seccomp.h>
#include <linux/version.h>

#include <cmocka.h>

enum { N_PROFILES = 200, N_CALLS = 40 };

static const struct snug_seccomp_env host_x86 = {
	.arch = SNUG_ARCH_X86_64,
	.kernel_version = KERNEL_VERSION(6, 1, 0),
};

struct fixture {
	struct snug_seccomp_profile *profile;
	struct snug_meaning *meaning;
	struct snug_call_question question;
	struct snug_explanation explanation;
};

static void fixture_done(struct fixture *f)
{
	snug_explanation_done(&f->explanation);
	snug_call_question_done(&f->question);
	f->meaning = snug_meaning_free(f->meaning);
	f->profile = snug_seccomp_profile_free(f->profile);
}

static void understand(struct fixture *f)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	if (snug_meaning_new(f->profile, &host_x86, NULL, &f->meaning, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
}

static void ask(struct fixture *f, const char *question)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	snug_explanation_done(&f->explanation);
	snug_call_question_done(&f->question);
	if (snug_call_question_parse(question, &f->question, &err) < 0 ||
	    snug_explain(f->meaning, &f->question, &f->explanation, &err) < 0)
		fail_msg("%s: %s", question, snug_err_msg(&err));
}

static const char text[] =
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"architectures\": [\"SCMP_ARCH_X86_64\"],\n"
	"\"syscalls\": [\n"
	"{\"names\": [\"socket\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\":\n"
	" [{\"index\": 0, \"value\": 2, \"op\": \"SCMP_CMP_EQ\"}]},\n"
	"{\"names\": [\"read\", \"socket\"], \"action\": \"SCMP_ACT_KILL\", \"args\":\n"
	" [{\"index\": 0, \"value\": 3, \"op\": \"SCMP_CMP_GE\"},\n"
	"  {\"index\": 1, \"value\": 1, \"op\": \"SCMP_CMP_EQ\"}]},\n"
	"{\"names\": [\"socket\"], \"action\": \"SCMP_ACT_ERRNO\", \"args\":\n"
	" [{\"index\": 2, \"value\": 7, \"op\": \"SCMP_CMP_EQ\"},\n"
	"  {\"index\": 2, \"value\": 8, \"op\": \"SCMP_CMP_EQ\"}], \"errnoRet\": 22},\n"
	"{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ERRNO\"},\n"
	"{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\"},\n"
	"{\"names\": [\"read\"], \"action\": \"SCMP_ACT_LOG\"},\n"
	"{\"names\": [\"read\"], \"action\": \"SCMP_ACT_LOG\",\n"
	" \"excludes\": {\"arches\": [\"amd64\"]}}]}";

static void parse(struct fixture *f)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	if (snug_seccomp_profile_parse("p", text, strlen(text), NULL, &f->profile, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
	understand(f);
}

static void known_arguments_have_one_answer(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };
	const struct snug_explained_abi *abi;

	(void)state;
	parse(&f);
	ask(&f, "socket(2, 1, 0)");
	assert_int_equal(f.explanation.abis.len, 1);
	abi = f.explanation.abis.items;
	assert_int_equal(abi->arches, 1u << SNUG_ARCH_X86_64);
	assert_null(abi->through);
	assert_int_equal(abi->outcomes.len, 1);
	assert_int_equal(abi->outcomes.items[0].decision.ret, SECCOMP_RET_ALLOW);
	assert_int_equal(abi->outcomes.items[0].decision.entry, 0);

	assert_int_equal(f.explanation.notes.len, 3);
	assert_int_equal(f.explanation.notes.items[0].role, SNUG_ENTRY_DECIDES);
	assert_string_equal(f.explanation.notes.items[0].conds, "family == AF_INET");
	assert_int_equal(f.explanation.notes.items[1].role, SNUG_ENTRY_ARGS_FAIL);
	assert_int_equal(f.explanation.notes.items[1].name_index, 1);
	assert_string_equal(f.explanation.notes.items[1].conds,
			    "family >= AF_AX25 && type == SOCK_STREAM");
	assert_int_equal(f.explanation.notes.items[2].role, SNUG_ENTRY_ARGS_FAIL);
	assert_true(f.explanation.notes.items[2].is_or);
	assert_string_equal(f.explanation.notes.items[2].conds,
			    "protocol == 7 || protocol == IPPROTO_EGP");
}

static void stricter_entries_come_first(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	parse(&f);
	ask(&f, "socket(2, 1, 7)");
	assert_int_equal(f.explanation.abis.items[0].outcomes.len, 1);
	assert_int_equal(f.explanation.abis.items[0].outcomes.items[0].decision.ret,
			 SECCOMP_RET_ERRNO | 22);
	assert_int_equal(f.explanation.notes.items[0].role, SNUG_ENTRY_IS_BEHIND);
	assert_int_equal(f.explanation.notes.items[2].role, SNUG_ENTRY_DECIDES);

	/* nothing holds */
	ask(&f, "socket(1, 1, 1)");
	assert_int_equal(f.explanation.abis.items[0].outcomes.items[0].decision.by,
			 SNUG_BY_DEFAULT);
}

static void unknown_arguments_have_all_answers(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };
	const struct snug_explained_abi *abi;

	(void)state;
	parse(&f);
	ask(&f, "socket(_, _, 6)");
	abi = f.explanation.abis.items;
	assert_int_equal(abi->outcomes.len, 3);
	assert_int_equal(abi->outcomes.items[0].decision.ret, SECCOMP_RET_KILL_THREAD);
	assert_int_equal(abi->outcomes.items[1].decision.ret, SECCOMP_RET_ALLOW);
	assert_int_equal(abi->outcomes.items[2].decision.by, SNUG_BY_DEFAULT);
	assert_int_equal(f.explanation.notes.items[2].role, SNUG_ENTRY_ARGS_FAIL);
}

static void entries_without_effect_say_why(void **state)
{
	static const enum snug_entry_role roles[] = { SNUG_ENTRY_HAS_ARGS,
						      SNUG_ENTRY_REPEATS_DEFAULT,
						      SNUG_ENTRY_DECIDES, SNUG_ENTRY_IS_LATER,
						      SNUG_ENTRY_DOES_NOT_APPLY };
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	parse(&f);
	ask(&f, "read");
	assert_int_equal(f.explanation.notes.len, ARRAY_SIZE(roles));
	for (size_t i = 0; i < ARRAY_SIZE(roles); i++)
		assert_int_equal(f.explanation.notes.items[i].role, roles[i]);
	ask(&f, "stat64");
	assert_int_equal(f.explanation.abis.len, 0);
	assert_int_equal(f.explanation.notes.len, 0);
	ask(&f, "write(1)");
	assert_int_equal(f.explanation.abis.items[0].outcomes.items[0].decision.by,
			 SNUG_BY_DEFAULT);
}

/* Every vector that the question covers gets the answer of the one outcome that has it. */
static void check_vector(const struct fixture *f, const uint64_t args[SNUG_N_ARGS], bool is_known)
{
	VEC_FOREACH (abi, &f->explanation.abis) {
		for (int a = 0; a < _SNUG_ARCH_MAX && !abi->through; a++) {
			enum snug_arch arch = (enum snug_arch)a;
			uint64_t cut[SNUG_N_ARGS];
			size_t n = 0;
			int64_t nr;

			if (!(abi->arches & UINT64_C(1) << a))
				continue;
			nr = snug_syscall_number(arch, f->question.name);
			assert_true(nr >= 0);
			for (int i = 0; i < SNUG_N_ARGS; i++)
				cut[i] = snug_arch_arg_bits(arch) == 32 ? (uint32_t)args[i]
									: args[i];
			if (is_known)
				assert_int_equal(abi->outcomes.len, 1);
			/* the sets of a merged row are those of its first ABI */
			if (abi->outcomes.len > 1 && abi->arches & (abi->arches - 1))
				continue;
			VEC_FOREACH (o, &abi->outcomes) {
				if (abi->outcomes.len > 1 && !snug_argset_contains(&o->args, cut))
					continue;
				assert_int_equal(
					o->decision.ret,
					snug_meaning_decide(f->meaning, arch, (uint32_t)nr, cut)
						.ret);
				n++;
			}
			assert_int_equal(n, 1);
		}
	}
}

static void explanations_agree_with_decisions(void **state)
{
	struct random_source r;

	(void)state;
	random_init(&r);
	for (int i = 0; i < N_PROFILES; i++) {
		CLEANUP(fixture_done) struct fixture f = { .profile = random_filter(&r) };

		understand(&f);
		for (int k = 0; k < N_CALLS; k++) {
			CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
			uint64_t args[SNUG_N_ARGS];
			uint32_t n_known = random_below(&r, 2) ? SNUG_N_ARGS : random_below(&r, 6);

			snug_explanation_done(&f.explanation);
			snug_call_question_done(&f.question);
			f.question.name = xstrdup(random_call_name(&r));
			for (uint32_t a = 0; a < SNUG_N_ARGS; a++) {
				args[a] = random_edge(&r);
				f.question.known[a] = a < n_known;
				f.question.args[a] = a < n_known ? args[a] : 0;
			}
			if (snug_explain(f.meaning, &f.question, &f.explanation, &err) < 0)
				fail_msg("%s", snug_err_msg(&err));
			check_vector(&f, args, n_known == SNUG_N_ARGS);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_arguments_have_one_answer),
		cmocka_unit_test(stricter_entries_come_first),
		cmocka_unit_test(unknown_arguments_have_all_answers),
		cmocka_unit_test(entries_without_effect_say_why),
		cmocka_unit_test(explanations_agree_with_decisions),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
