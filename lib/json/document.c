/* document.c - foreign JSON through jansson, and flat objects back.
 *
 * The one trap is a member whose own name has dots in it, as in an object that was written from
 * paths: such a member comes before the path of the same spelling. */
#include "lib/json/document.h"

#include <jansson.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_MAX 200

struct vg_document {
	json_t *root;
};

static const json_t *
json_of(const struct vg_document_node *node)
{
	return (const json_t *)node;
}

static const struct vg_document_node *
node_of(const json_t *json)
{
	return (const struct vg_document_node *)json;
}

int
vg_document_parse(struct vg_document **out, const char *bytes, size_t length, struct vg_err *err)
{
	struct vg_document *document = malloc(sizeof(*document));
	json_error_t error;

	if (document == NULL)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	document->root = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &error);
	if (document->root == NULL) {
		const char *quote =
			strstr(error.text,
			       " near "); /* the input's own words must not get into a message */

		free(document);
		return vg_err_set(
			err, VG_EINVALID, "not JSON at line %d column %d: %.*s", error.line,
			error.column,
			(int)(quote != NULL ? quote - error.text : (ptrdiff_t)strlen(error.text)),
			error.text);
	}
	*out = document;
	return 0;
}

void
vg_document_free(struct vg_document *document)
{
	if (document == NULL)
		return;
	json_decref(document->root);
	free(document);
}

const struct vg_document_node *
vg_document_root(const struct vg_document *document)
{
	return node_of(document->root);
}

static const json_t *
child(const json_t *json, const char *key)
{
	char *end;
	unsigned long index;

	if (!json_is_array(json))
		return json_object_get(json, key);
	index = strtoul(key, &end, 10);
	return key[0] >= '0' && key[0] <= '9' && *end == '\0' ? json_array_get(json, index) : NULL;
}

static const json_t *
walk(const json_t *json, const char *path)
{
	while (json != NULL) {
		size_t length = strcspn(path, ".");
		char key[KEY_MAX + 1];

		if (length > KEY_MAX)
			return NULL;
		memcpy(key, path, length);
		key[length] = '\0';
		json = child(json, key);
		if (path[length] == '\0')
			break;
		path += length + 1;
	}
	return json;
}

const struct vg_document_node *
vg_document_find(const struct vg_document_node *node, const char *path)
{
	const json_t *json = json_object_get(json_of(node), path);

	if (json == NULL)
		json = walk(json_of(node), path);
	return json_is_null(json) ? NULL : node_of(json);
}

bool
vg_document_is_list(const struct vg_document_node *node)
{
	return json_is_array(json_of(node));
}

const char *
vg_document_text(const struct vg_document_node *node, char number[VG_DOCUMENT_NUMBER_MAX])
{
	const json_t *json = json_of(node);

	switch (json_typeof(json)) {
	case JSON_STRING:
		return json_string_value(json);
	case JSON_INTEGER:
		(void)snprintf(number, VG_DOCUMENT_NUMBER_MAX, "%lld",
			       (long long)json_integer_value(json));
		return number;
	case JSON_REAL:
		(void)snprintf(number, VG_DOCUMENT_NUMBER_MAX, "%.15g", json_real_value(json));
		return number;
	case JSON_TRUE:
		return "true";
	case JSON_FALSE:
		return "false";
	case JSON_NULL:
		return "";
	case JSON_OBJECT:
	case JSON_ARRAY:
		break;
	}
	return NULL;
}

char *
vg_document_compact(const struct vg_document_node *node)
{
	return json_dumps(json_of(node), JSON_COMPACT | JSON_ENCODE_ANY);
}

bool
vg_document_each(const struct vg_document_node *node, vg_document_item_cb *on_item, void *arg)
{
	json_t *json = (json_t *)(uintptr_t)json_of(node), *item;
	const char *key;
	size_t i;

	if (json_is_array(json)) {
		json_array_foreach(json, i, item) if (!on_item(node_of(item), arg)) break;
		return true;
	}
	json_object_foreach(json, key, item) if (!on_item(node_of(item), arg)) break;
	return json_is_object(json);
}

char *
vg_document_write(const struct vg_document_member *member, size_t count)
{
	json_t *object = json_object();
	char *text = NULL;

	for (size_t i = 0; i < count; i++) {
		json_t *value = member[i].text != NULL ? json_string(member[i].text)
						       : json_integer(member[i].number);

		if (json_object_set_new(object, member[i].key, value) != 0)
			goto out;
	}
	text = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
out:
	json_decref(object);
	return text;
}
