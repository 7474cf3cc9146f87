/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/state.h"

#include "base/err.h"
#include "base/limits.h"
#include "codec/doc.h"
#include "oci/annotation.h"

#include <errno.h>
#include <string.h>

/* Under which annotations engines put the names that people use: CRI-O and podman, containerd. */
static const struct {
	const char *key;
	size_t offset;
} names[] = {
	{ "io.container.manager.name", offsetof(struct snug_oci_state, name) },
	{ "io.kubernetes.cri-o.ContainerName", offsetof(struct snug_oci_state, name) },
	{ "io.kubernetes.cri.container-name", offsetof(struct snug_oci_state, name) },
	{ "io.kubernetes.container.name", offsetof(struct snug_oci_state, name) },
	{ "io.kubernetes.cri-o.ImageName", offsetof(struct snug_oci_state, image) },
	{ "io.kubernetes.cri.image-name", offsetof(struct snug_oci_state, image) },
	{ "org.opencontainers.image.ref.name", offsetof(struct snug_oci_state, image) },
	{ "io.kubernetes.pod.name", offsetof(struct snug_oci_state, pod) },
	{ "io.kubernetes.cri.sandbox-name", offsetof(struct snug_oci_state, pod) },
	{ "io.kubernetes.pod.namespace", offsetof(struct snug_oci_state, pod_namespace) },
	{ "io.kubernetes.cri.sandbox-namespace", offsetof(struct snug_oci_state, pod_namespace) },
};

void snug_oci_state_done(struct snug_oci_state *s)
{
	free(s->id);
	free(s->bundle);
	free(s->status);
	free(s->annotation);
	free(s->name);
	free(s->image);
	free(s->pod);
	free(s->pod_namespace);
	*s = (struct snug_oci_state){ 0 };
}

static char *copy_string(const struct snug_doc_value *object, const char *key)
{
	const char *text = snug_doc_get_string(object, key);

	return xstrdup_null(text);
}

static void take_annotations(const struct snug_doc_value *annotations, struct snug_oci_state *s)
{
	s->annotation = copy_string(annotations, SNUG_TRACE_ANNOTATION);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char **name = (char **)((char *)s + names[i].offset);

		if (!*name)
			*name = copy_string(annotations, names[i].key);
	}
}

static int take_pid(const struct snug_doc_value *state, struct snug_oci_state *s,
		    struct snug_err *err)
{
	const struct snug_doc_value *pid = snug_doc_get(state, "pid");
	long long value = 0;

	if (pid && pid->type == SNUG_DOC_UINT && pid->u <= INT32_MAX)
		value = (long long)pid->u;
	else if (pid && pid->type == SNUG_DOC_INT)
		value = pid->i;
	if (value <= 0)
		return snug_err_set(err, -EINVAL, "invalid PID %lld (must be greater than 0)",
				    value);
	s->pid = (uint32_t)value;
	return 0;
}

int snug_oci_state_parse(const char *text, size_t len, struct snug_oci_state *ret,
			 struct snug_err *err)
{
	CLEANUP(snug_oci_state_done) struct snug_oci_state s = { 0 };
	CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;
	const struct snug_doc_value *root;
	int r;

	if (len == 0)
		return snug_err_set(err, -EINVAL,
				    "the container's state: nothing on standard "
				    "input");
	r = snug_json_parse("the container's state", text, len, SNUG_LIMIT_DOC_BYTES, &doc, err);
	if (r < 0)
		return r;
	root = snug_doc_root(doc, 0);
	if (root->type != SNUG_DOC_OBJECT)
		return snug_err_set(err, -EINVAL,
				    "the container's state: expected an object, got "
				    "%s",
				    snug_doc_type_name(root->type));
	r = take_pid(root, &s, err);
	if (r < 0)
		return r;
	s.id = copy_string(root, "id");
	s.bundle = copy_string(root, "bundle");
	s.status = copy_string(root, "status");
	if (snug_doc_get(root, "annotations"))
		take_annotations(snug_doc_get(root, "annotations"), &s);
	*ret = s;
	s = (struct snug_oci_state){ 0 };
	return 0;
}
