/* SPDX-License-Identifier: Apache-2.0 */
#include "convert/k8s.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "codec/writer.h"
#include "convert/base64.h"
#include "seccomp/profile.h"

#include <errno.h>
#include <string.h>

#define KUBELET_DIR "/var/lib/kubelet/seccomp"

enum {
	MODE = 0644,    /* which is 420 to ignition */
	MAX_LABEL = 63, /* Kubernetes: values of labels, names of containers */
};

/* As pods name it, below KUBELET_DIR. */
static char *localhost_profile(const struct snug_k8s_options *o)
{
	return xasprintf("%s%s.json", o->is_operator ? "operator/" : "", o->name);
}

static void add_comment(struct snug_str *out, const char *what, const char *words)
{
	snug_str_add(out, "# ");
	snug_str_add_printable(out, what, strlen(what), 200);
	snug_str_addf(out, "%s\n", words);
}

/* Where the file has to be that the object names. */
static void add_where(const struct snug_k8s_options *o, struct snug_str *out)
{
	CLEANUP(freep) char *file = localhost_profile(o);

	if (o->is_operator) {
		add_comment(out, o->source, " has to be applied before; the Security Profiles");
		snug_str_addf(out, "# Operator writes it to every node as\n# %s/%s\n", KUBELET_DIR,
			      file);
		snug_str_add(out, "# (its status.localhostProfile says where).\n");
	} else {
		snug_str_addf(out, "# Every node needs the profile as\n# %s/%s:\n", KUBELET_DIR,
			      file);
		add_comment(out, o->source, " in the format raw-seccomp.");
	}
}

static void begin(struct snug_writer *w, const char *key)
{
	snug_writer_key(w, key);
	snug_writer_begin_object(w);
}

static void end(struct snug_writer *w, unsigned n)
{
	while (n--)
		snug_writer_end_object(w);
}

static void begin_list(struct snug_writer *w, const char *key)
{
	snug_writer_key(w, key);
	snug_writer_begin_array(w);
}

static void write_strings(struct snug_writer *w, const char *key, const char *const *items)
{
	begin_list(w, key);
	for (; *items; items++)
		snug_writer_string(w, *items);
	snug_writer_end_array(w);
}

static void write_type(struct snug_writer *w, const char *key, const char *type)
{
	begin(w, key);
	snug_writer_member_string(w, "type", type);
	end(w, 1);
}

static void write_kind(struct snug_writer *w, const char *api, const char *kind)
{
	snug_writer_begin_object(w);
	snug_writer_member_string(w, "apiVersion", api);
	snug_writer_member_string(w, "kind", kind);
}

/* @name for what takes no dots and 63 bytes only. */
static char *label_of(const char *name)
{
	size_t len = strlen(name);
	char *label;

	label = xstrndup(name, len > MAX_LABEL ? MAX_LABEL : len);
	for (char *c = label; *c; c++)
		if (*c == '.')
			*c = '-';
	for (len = strlen(label); len && label[len - 1] == '-'; len--)
		label[len - 1] = '\0';
	return label;
}

void snug_k8s_add_pod(const struct snug_k8s_options *o, struct snug_str *out)
{
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(SNUG_DOC_YAML, out);
	CLEANUP(freep) char *file = localhost_profile(o), *container = label_of(o->name);

	snug_str_add(out, "# A pod whose container runs under the profile; the image is yours to "
			  "name.\n");
	add_where(o, out);
	write_kind(w, "v1", "Pod");
	begin(w, "metadata");
	snug_writer_member_string(w, "name", o->name);
	end(w, 1);
	begin(w, "spec");
	begin_list(w, "containers");
	snug_writer_begin_object(w);
	snug_writer_member_string(w, "name", container);
	snug_writer_member_string(w, "image", "IMAGE");
	begin(w, "securityContext");
	begin(w, "seccompProfile");
	snug_writer_member_string(w, "type", "Localhost");
	snug_writer_member_string(w, "localhostProfile", file);
	end(w, 3);
	snug_writer_end_array(w);
	end(w, 2);
	snug_writer_finish(w);
}

static bool is_label(const char *s)
{
	size_t len = strlen(s);

	if (!len || len > MAX_LABEL)
		return false;
	for (size_t i = 0; i < len; i++) {
		bool is_alnum = (s[i] >= '0' && s[i] <= '9') || (s[i] >= 'a' && s[i] <= 'z') ||
				(s[i] >= 'A' && s[i] <= 'Z');

		if (!is_alnum && (i == 0 || i == len - 1 || !strchr("-_.", s[i])))
			return false;
	}
	return true;
}

static void write_file(struct snug_writer *w, const struct snug_k8s_options *o, const char *json,
		       size_t len)
{
	CLEANUP(snug_str_done) struct snug_str url = SNUG_STR_INIT;
	CLEANUP(freep) char *path = xasprintf(KUBELET_DIR "/%s.json", o->name);

	snug_str_add(&url, "data:text/plain;charset=utf-8;base64,");
	snug_base64_add(json, len, &url);
	snug_writer_begin_object(w);
	begin(w, "contents");
	snug_writer_member_string(w, "source", url.buf);
	end(w, 1);
	snug_writer_member_uint(w, "mode", MODE);
	snug_writer_member_bool(w, "overwrite", true);
	snug_writer_member_string(w, "path", path);
	end(w, 1);
}

int snug_k8s_add_machineconfig(const struct snug_k8s_options *o, const char *role, const char *json,
			       size_t len, struct snug_str *out, struct snug_err *err)
{
	CLEANUP(snug_writer_freep) struct snug_writer *w = NULL;
	CLEANUP(freep) char *long_name = xasprintf("99-seccomp-profile-%s", o->name);
	CLEANUP(freep) char *name = snug_k8s_name(long_name);

	if (!is_label(role))
		return snug_err_set(err, -EINVAL,
				    "'%.64s' is no role of a node (letters, digits, '-', '_', '.'; "
				    "at most %d)",
				    role, MAX_LABEL);
	w = snug_writer_new(SNUG_DOC_YAML, out);
	snug_str_addf(out,
		      "# The nodes restart to get the file; pods then name it in "
		      "securityContext:\n#   seccompProfile: {type: Localhost, "
		      "localhostProfile: %s.json}\n",
		      o->name);
	write_kind(w, "machineconfiguration.openshift.io/v1", "MachineConfig");
	begin(w, "metadata");
	begin(w, "labels");
	snug_writer_member_string(w, "machineconfiguration.openshift.io/role", role);
	end(w, 1);
	snug_writer_member_string(w, "name", name);
	end(w, 1);
	begin(w, "spec");
	begin(w, "config");
	begin(w, "ignition");
	snug_writer_member_string(w, "version", "3.1.0");
	end(w, 1);
	begin(w, "storage");
	begin_list(w, "files");
	write_file(w, o, json, len);
	snug_writer_end_array(w);
	end(w, 4);
	snug_writer_finish(w);
	return 0;
}

/* What OpenShift's restricted-v2 refuses; the profiles are the difference. */
static void write_restrictions(struct snug_writer *w)
{
	static const char *const off[] = {
		"allowHostDirVolumePlugin", "allowHostIPC",
		"allowHostNetwork",         "allowHostPID",
		"allowHostPorts",           "allowPrivilegeEscalation",
		"allowPrivilegedContainer",
	};
	static const char *const caps[] = { "NET_BIND_SERVICE", NULL };
	static const char *const drop[] = { "ALL", NULL };
	static const char *const none[] = { NULL };

	for (size_t i = 0; i < ARRAY_SIZE(off); i++)
		snug_writer_member_bool(w, off[i], false);
	write_strings(w, "allowedCapabilities", caps);
	snug_writer_key(w, "defaultAddCapabilities");
	snug_writer_null(w);
	write_type(w, "fsGroup", "MustRunAs");
	write_strings(w, "groups", none);
	snug_writer_key(w, "priority");
	snug_writer_null(w);
	snug_writer_member_bool(w, "readOnlyRootFilesystem", false);
	write_strings(w, "requiredDropCapabilities", drop);
	write_type(w, "runAsUser", "MustRunAsRange");
	write_type(w, "seLinuxContext", "MustRunAs");
}

void snug_k8s_add_scc(const struct snug_k8s_options *o, struct snug_str *out)
{
	static const char *const volumes[] = { "configMap", "downwardAPI",
					       "emptyDir",  "persistentVolumeClaim",
					       "projected", "secret",
					       NULL };
	static const char *const none[] = { NULL };
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(SNUG_DOC_YAML, out);
	CLEANUP(freep) char *file = localhost_profile(o);
	CLEANUP(freep) char *profile = xasprintf("localhost/%s", file);
	CLEANUP(freep) char *long_name = xasprintf("restricted-v2-%s", o->name);
	CLEANUP(freep) char *name = snug_k8s_name(long_name);
	const char *const profiles[] = { "runtime/default", profile, NULL };

	snug_str_addf(out,
		      "# restricted-v2, which allows the profile besides. For a service "
		      "account:\n# oc adm policy add-scc-to-user %s -z ACCOUNT\n",
		      name);
	add_where(o, out);
	write_kind(w, "security.openshift.io/v1", "SecurityContextConstraints");
	begin(w, "metadata");
	snug_writer_member_string(w, "name", name);
	end(w, 1);
	write_restrictions(w);
	write_strings(w, "seccompProfiles", profiles);
	write_type(w, "supplementalGroups", "RunAsAny");
	write_strings(w, "users", none);
	write_strings(w, "volumes", volumes);
	end(w, 1);
	snug_writer_finish(w);
}
