/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "base/str.h"
#include "cmd/answer.h"
#include "cmd/show-profile.h"
#include "codec/writer.h"
#include "seccomp/call-args.h"

#include <string.h>

static void write_names(struct snug_writer *w, const char *key, const struct snug_names *names)
{
	snug_writer_member_strings(w, key, (const char *const *)names->items, names->len);
}

static void write_head(struct snug_writer *w, const struct profile_view *v)
{
	static const char *const formats[] = {
		[SNUG_PROFILE_OCI_JSON] = "oci-json",
		[SNUG_PROFILE_CRD_YAML] = "crd-yaml",
		[SNUG_PROFILE_CRD_JSON] = "crd-json",
	};
	const struct snug_seccomp_profile *p = snug_meaning_profile(v->meaning);
	const struct snug_seccomp_env *env = snug_meaning_env(v->meaning);
	CLEANUP(snug_str_done) struct snug_str kernel = SNUG_STR_INIT;
	uint64_t arches = 0;

	VEC_FOREACH (arch, snug_meaning_arches(v->meaning))
		arches |= UINT64_C(1) << *arch;
	show_add_kernel(&kernel, env->kernel_version);
	snug_writer_member_uint(w, "snugShow", 1);
	snug_writer_member_string(w, "kind", "profile");
	snug_writer_member_string(w, "source", v->label);
	snug_writer_member_string(w, "format", formats[p->format]);
	snug_writer_member_string(w, "arch", snug_arch_name(env->arch));
	snug_writer_member_string(w, "kernel", snug_str_text(&kernel));
	show_write_arches(w, "abis", arches);
	answer_write(w, "default", v->digest->default_ret);
	write_names(w, "flags", &p->flags);
	if (p->listener_path)
		snug_writer_member_string(w, "listenerPath", p->listener_path);
	if (p->base_profile_name)
		snug_writer_member_string(w, "baseProfileName", p->base_profile_name);
	if (v->compile_fail)
		snug_writer_member_string(w, "notCompiled", v->compile_fail);
	else
		snug_writer_member_uint(w, "filterInstructions", v->n_insns);
}

static void write_counts(struct snug_writer *w, const struct snug_digest *d)
{
	snug_writer_key(w, "counts");
	snug_writer_begin_object(w);
	snug_writer_member_uint(w, "known", d->n_known);
	snug_writer_member_uint(w, "pass", d->n_always);
	snug_writer_member_uint(w, "passWithSomeArguments", d->n_partly);
	snug_writer_member_uint(w, "onOtherAbis", d->n_elsewhere);
	snug_writer_member_uint(w, "unknown", d->n_unknown);
	snug_writer_end_object(w);
}

static void write_call(struct snug_writer *w, const struct snug_digest_call *c)
{
	snug_writer_begin_object(w);
	snug_writer_member_string(w, "name", c->name);
	snug_writer_member_string(w, "category", snug_category_name(c->category));
	show_write_arches(w, "abis", c->arches);
	snug_writer_key(w, "answers");
	snug_writer_begin_array(w);
	VEC_FOREACH (answer, &c->answers) {
		CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

		snug_writer_begin_object(w);
		answer_write(w, "answer", answer->ret);
		if (!c->is_always) {
			snug_argset_add_text(c->name, &answer->args, &text);
			snug_writer_member_string(w, "when", snug_str_text(&text));
		}
		snug_writer_end_object(w);
	}
	snug_writer_end_array(w);
	snug_writer_end_object(w);
}

static void write_difference(struct snug_writer *w, const struct snug_diff *d, const char *key,
			     enum snug_diff_kind kind)
{
	const char *last = "";

	snug_writer_key(w, key);
	snug_writer_begin_array(w);
	for (int category = 0; category < _SNUG_CATEGORY_MAX; category++) {
		VEC_FOREACH (line, &d->calls) {
			if (line->kind != kind || (int)line->category != category ||
			    strcmp(line->name, last) == 0)
				continue;
			last = line->name;
			snug_writer_string(w, line->name);
		}
	}
	snug_writer_end_array(w);
}

static void write_reference(struct snug_writer *w, const struct profile_view *v)
{
	if (!v->diff)
		return;
	snug_writer_key(w, "beside");
	snug_writer_begin_object(w);
	snug_writer_member_string(w, "profile", v->reference);
	snug_writer_member_bool(w, "same", snug_diff_is_empty(v->diff));
	write_difference(w, v->diff, "more", SNUG_DIFF_B_ALLOWS);
	write_difference(w, v->diff, "fewer", SNUG_DIFF_A_ALLOWS);
	snug_writer_end_object(w);
}

static void write_risks(struct snug_writer *w, const struct snug_findings *risks)
{
	snug_writer_key(w, "risks");
	snug_writer_begin_array(w);
	VEC_FOREACH (f, risks) {
		snug_writer_begin_object(w);
		snug_writer_member_string(w, "rule", f->rule->id);
		snug_writer_member_string(w, "severity", snug_severity_name(f->severity));
		snug_writer_member_string(w, "message", f->message);
		if (f->has_entry)
			snug_writer_member_uint(w, "entry", f->entry);
		write_names(w, "names", &f->names);
		snug_writer_end_object(w);
	}
	snug_writer_end_array(w);
}

void profile_view_add_json(const struct profile_view *view, struct snug_str *out)
{
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(SNUG_DOC_JSON, out);

	snug_writer_begin_object(w);
	write_head(w, view);
	write_counts(w, view->digest);
	snug_writer_key(w, "calls");
	snug_writer_begin_array(w);
	VEC_FOREACH (c, &view->digest->calls)
		write_call(w, c);
	snug_writer_end_array(w);
	write_reference(w, view);
	write_risks(w, view->risks);
	snug_writer_end_object(w);
	snug_writer_finish(w);
}
