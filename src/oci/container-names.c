/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/container-names.h"

#include "base/fdio.h"
#include "base/limits.h"
#include "base/str.h"
#include "codec/doc.h"
#include "oci/containers.h"

#include <stddef.h>
#include <string.h>

/* Annotations of config.json (runtime-spec) that engines set. */
static const struct {
	const char *key;
	size_t offset;
	const char *engine;
} annotations[] = {
	{ "io.kubernetes.cri.container-name", offsetof(struct snug_container, name), "containerd" },
	{ "io.kubernetes.cri.image-name", offsetof(struct snug_container, image), "containerd" },
	{ "io.kubernetes.cri.sandbox-name", offsetof(struct snug_container, pod), "containerd" },
	{ "io.kubernetes.cri.sandbox-namespace", offsetof(struct snug_container, pod_namespace),
	  "containerd" },
	{ "nerdctl/name", offsetof(struct snug_container, name), "containerd" },
	{ "io.kubernetes.cri-o.ContainerName", offsetof(struct snug_container, name), "cri-o" },
	{ "io.kubernetes.cri-o.ImageName", offsetof(struct snug_container, image), "cri-o" },
	{ "io.kubernetes.container.name", offsetof(struct snug_container, name), NULL },
	{ "io.kubernetes.pod.name", offsetof(struct snug_container, pod), NULL },
	{ "io.kubernetes.pod.namespace", offsetof(struct snug_container, pod_namespace), NULL },
};

/* The field at @offset, taken only when it is empty. */
static void fill(struct snug_container *c, size_t offset, const char *value)
{
	char **field = (char **)((char *)c + offset);

	if (!*field && value && *value)
		*field = xstrdup(value);
}

static struct snug_doc *read_json(const char *path)
{
	CLEANUP(freep) char *text = NULL;
	struct snug_doc *doc = NULL;
	size_t len;

	if (snug_read_regular(path, SNUG_LIMIT_RECORDING_BYTES, &text, &len, NULL) < 0 ||
	    snug_json_parse(path, text, len, SNUG_LIMIT_RECORDING_BYTES, &doc, NULL) < 0)
		return NULL;
	return doc;
}

static void from_bundle(const char *root, struct snug_container *c)
{
	CLEANUP(freep) char *path = xasprintf("%s%s/config.json", root, c->bundle);
	CLEANUP(snug_doc_freep) struct snug_doc *doc = read_json(path);
	const struct snug_doc_value *notes;

	if (!doc)
		return;
	notes = snug_doc_get(snug_doc_root(doc, 0), "annotations");
	for (size_t i = 0; notes && i < ARRAY_SIZE(annotations); i++) {
		const char *value = snug_doc_get_string(notes, annotations[i].key);

		fill(c, annotations[i].offset, value);
		if (value)
			fill(c, offsetof(struct snug_container, engine), annotations[i].engine);
	}
}

/* One element of podman's containers.json: the image's name is inside a string of JSON. */
static void from_podman_entry(struct snug_container *c, const struct snug_doc_value *entry)
{
	const struct snug_doc_value *names = snug_doc_get(entry, "names");
	const char *metadata = snug_doc_get_string(entry, "metadata");
	CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;

	if (names && names->type == SNUG_DOC_ARRAY && names->array.len &&
	    names->array.items[0].type == SNUG_DOC_STRING)
		fill(c, offsetof(struct snug_container, name), names->array.items[0].str.text);
	fill(c, offsetof(struct snug_container, engine), "podman");
	if (metadata && snug_json_parse("metadata", metadata, strlen(metadata),
					SNUG_LIMIT_DOC_BYTES, &doc, NULL) == 0)
		fill(c, offsetof(struct snug_container, image),
		     snug_doc_get_string(snug_doc_root(doc, 0), "image-name"));
}

/* podman's bundle is STORAGE/overlay-containers/ID/userdata, and its list lies beside ID. */
static void from_podman(const char *root, struct snug_container *c)
{
	CLEANUP(freep) char *path = NULL;
	CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;
	const char *cut = strstr(c->bundle, "-containers/");
	const struct snug_doc_value *list;

	if (!cut)
		return;
	cut = strchr(cut, '/');
	path = xasprintf("%s%.*s/containers.json", root, (int)(cut - c->bundle), c->bundle);
	doc = read_json(path);
	list = doc ? snug_doc_root(doc, 0) : NULL;
	for (size_t i = 0; list && list->type == SNUG_DOC_ARRAY && i < list->array.len; i++) {
		const char *id = snug_doc_get_string(&list->array.items[i], "id");

		if (id && strcmp(id, c->id) == 0)
			from_podman_entry(c, &list->array.items[i]);
	}
}

static void from_docker(const char *root, struct snug_container *c)
{
	CLEANUP(freep)
	char *path = xasprintf("%s/var/lib/docker/containers/%.128s/config.v2.json", root, c->id);
	CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;
	const struct snug_doc_value *config;
	const char *name;

	/* an id is a folder's name here, and came from a folder's name or from hex digits */
	if (strchr(c->id, '/'))
		return;
	doc = read_json(path);
	if (!doc)
		return;
	name = snug_doc_get_string(snug_doc_root(doc, 0), "Name");
	config = snug_doc_get(snug_doc_root(doc, 0), "Config");
	fill(c, offsetof(struct snug_container, name), name && *name == '/' ? name + 1 : name);
	if (config)
		fill(c, offsetof(struct snug_container, image),
		     snug_doc_get_string(config, "Image"));
	fill(c, offsetof(struct snug_container, engine), "docker");
}

void snug_container_find_names(const char *root, struct snug_container *c)
{
	if (c->bundle && *c->bundle == '/') {
		from_bundle(root, c);
		from_podman(root, c);
	}
	from_docker(root, c);
}
