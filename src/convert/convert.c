/* SPDX-License-Identifier: Apache-2.0 */
#include "convert/convert.h"

#include "base/err.h"
#include "base/str.h"
#include "convert/bpf-text.h"
#include "convert/k8s.h"
#include "convert/resolve.h"
#include "convert/systemd-write.h"

#include <errno.h>
#include <string.h>

#include <linux/audit.h>

struct converter {
	const struct snug_seccomp_profile *p;
	const struct snug_convert_options *opts;
	struct snug_str *out;
	struct snug_err *err;
};

static void warn(struct converter *c, const char *what, const char *words)
{
	CLEANUP(freep) char *text = xasprintf("%s: %s%s", c->p->source, what, words);

	if (c->opts->warn)
		c->opts->warn(c->opts->warn_data, text);
}

static bool is_crd(const struct snug_seccomp_profile *p)
{
	return p->format != SNUG_PROFILE_OCI_JSON;
}

/* profiles */

static int write_plain(struct converter *c, enum snug_profile_format format, struct snug_str *out)
{
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *plain = NULL;
	bool is_kept = format == SNUG_PROFILE_CRD_YAML && is_crd(c->p);

	if (!is_kept && snug_profile_is_dialect(c->p))
		plain = snug_profile_resolve(c->p, &c->opts->env);
	return snug_seccomp_profile_write(plain ? plain : c->p, format, out, c->err);
}

static int to_seccomp(struct converter *c)
{
	return write_plain(c, SNUG_PROFILE_CRD_YAML, c->out);
}

static int to_raw_seccomp(struct converter *c)
{
	int r = write_plain(c, SNUG_PROFILE_OCI_JSON, c->out);

	if (r == 0 && c->p->state)
		warn(c, "spec.state", " is left out: OCI JSON has no place for it");
	return r;
}

static int to_systemd(struct converter *c)
{
	return snug_systemd_unit_write(c->p, &c->opts->env, c->opts->warn, c->opts->warn_data,
				       c->out, c->err);
}

/* programs */

static bool is_little_endian(enum snug_arch arch)
{
	return snug_arch_to_audit(arch) & __AUDIT_ARCH_LE;
}

static int compile(struct converter *c, struct snug_str *pfc, struct snug_seccomp_filter *ret)
{
	if (c->p->base_profile_name && *c->p->base_profile_name)
		return snug_err_set(c->err, -EOPNOTSUPP,
				    "%s: spec.baseProfileName: a program has no place for this",
				    c->p->source);
	return snug_seccomp_filter_compile_pfc(c->p, &c->opts->env, c->opts->warn,
					       c->opts->warn_data, pfc, ret, c->err);
}

static int to_pfc(struct converter *c)
{
	CLEANUP(snug_seccomp_filter_done) struct snug_seccomp_filter f = { 0 };
	int r = compile(c, c->out, &f);

	if (r < 0)
		return r;
	snug_str_addf(c->out, "#\n# the program: %u instructions\n#\n", f.n_insns);
	snug_bpf_add_text(f.insns, f.n_insns, is_little_endian(c->opts->env.arch), "#", c->out);
	return 0;
}

static int to_bpf(struct converter *c)
{
	CLEANUP(snug_seccomp_filter_done) struct snug_seccomp_filter f = { 0 };
	int r = compile(c, NULL, &f);

	if (r < 0)
		return r;
	for (size_t i = 0; i < f.n_insns; i++) {
		struct sock_filter insn = f.insns[i];

		if (is_little_endian(c->opts->env.arch) != is_little_endian(snug_arch_native())) {
			insn.code = __builtin_bswap16(insn.code);
			insn.k = __builtin_bswap32(insn.k);
		}
		snug_str_addn(c->out, &insn, sizeof(insn));
	}
	VEC_FOREACH (flag, &c->p->flags)
		warn(c, *flag, " is for seccomp(2), and not in the program");
	if (f.needs_listener)
		warn(c, "SCMP_ACT_NOTIFY",
		     ": the program has to be loaded with SECCOMP_FILTER_FLAG_NEW_LISTENER");
	return 0;
}

/* objects */

static struct snug_k8s_options k8s_options(const struct converter *c, const char *name)
{
	return (struct snug_k8s_options){ name, is_crd(c->p), c->p->source };
}

static int to_pod(struct converter *c)
{
	CLEANUP(freep) char *name = snug_k8s_name(c->p->name ? c->p->name : "");
	struct snug_k8s_options o = k8s_options(c, name);

	snug_k8s_add_pod(&o, c->out);
	return 0;
}

static int to_scc(struct converter *c)
{
	CLEANUP(freep) char *name = snug_k8s_name(c->p->name ? c->p->name : "");
	struct snug_k8s_options o = k8s_options(c, name);

	snug_k8s_add_scc(&o, c->out);
	return 0;
}

static int to_machineconfig(struct converter *c)
{
	CLEANUP(freep) char *name = snug_k8s_name(c->p->name ? c->p->name : "");
	CLEANUP(snug_str_done) struct snug_str json = SNUG_STR_INIT;
	struct snug_k8s_options o = k8s_options(c, name);
	int r = write_plain(c, SNUG_PROFILE_OCI_JSON, &json);

	if (r < 0)
		return r;
	return snug_k8s_add_machineconfig(&o, c->opts->role ? c->opts->role : "worker", json.buf,
					  json.len, c->out, c->err);
}

/* all of them */

static const char *const format_names[_SNUG_CONVERT_MAX + 1] = {
	[SNUG_CONVERT_SECCOMP] = "seccomp",
	[SNUG_CONVERT_RAW_SECCOMP] = "raw-seccomp",
	[SNUG_CONVERT_SYSTEMD] = "systemd",
	[SNUG_CONVERT_PFC] = "pfc",
	[SNUG_CONVERT_BPF] = "bpf",
	[SNUG_CONVERT_POD] = "pod",
	[SNUG_CONVERT_MACHINECONFIG] = "machineconfig",
	[SNUG_CONVERT_SCC] = "scc",
};

const char *snug_convert_format_name(enum snug_convert_format format)
{
	snug_bug_on((int)format < 0 || format >= _SNUG_CONVERT_MAX);
	return format_names[format];
}

enum snug_convert_format snug_convert_format_from_name(const char *name)
{
	for (int i = 0; i < _SNUG_CONVERT_MAX; i++)
		if (strcmp(format_names[i], name) == 0)
			return (enum snug_convert_format)i;
	if (strcmp(name, "crd") == 0)
		return SNUG_CONVERT_SECCOMP;
	return strcmp(name, "oci") == 0 ? SNUG_CONVERT_RAW_SECCOMP : _SNUG_CONVERT_INVALID;
}

const char *const *snug_convert_format_names(void)
{
	return format_names;
}

int snug_convert(const struct snug_seccomp_profile *p, enum snug_convert_format format,
		 const struct snug_convert_options *opts, struct snug_str *out,
		 struct snug_err *err)
{
	static int (*const functions[])(struct converter * c) = {
		[SNUG_CONVERT_SECCOMP] = to_seccomp,
		[SNUG_CONVERT_RAW_SECCOMP] = to_raw_seccomp,
		[SNUG_CONVERT_SYSTEMD] = to_systemd,
		[SNUG_CONVERT_PFC] = to_pfc,
		[SNUG_CONVERT_BPF] = to_bpf,
		[SNUG_CONVERT_POD] = to_pod,
		[SNUG_CONVERT_MACHINECONFIG] = to_machineconfig,
		[SNUG_CONVERT_SCC] = to_scc,
	};
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	struct converter c = { p, opts, &text, err };
	int r;

	snug_bug_on((int)format < 0 || format >= _SNUG_CONVERT_MAX);
	r = functions[format](&c);
	if (r == 0)
		snug_str_addn(out, text.buf, text.len);
	return r;
}
