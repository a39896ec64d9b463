/* Foreign JSON: strictly parsed, read by dotted paths, scalars as text. What it means is the
 * reader's business. */
#ifndef VG_JSON_DOCUMENT_H
#define VG_JSON_DOCUMENT_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct vg_document;
struct vg_document_node; /* borrowed from its document */

/* Duplicate keys, bad UTF-8, NUL characters, deep nesting and anything after the value are
 * VG_EINVALID, with line and column. The caller caps the length. Freed with vg_document_free. */
VG_MUST_CHECK int vg_document_parse(struct vg_document **out, const char *bytes, size_t length,
				    struct vg_err *err);
void vg_document_free(struct vg_document *document);
const struct vg_document_node *vg_document_root(const struct vg_document *document);

/* The member of that very name or, when there is none, what the path leads to: names and list
 * indexes between dots
 * ("issue.fields.labels.0"). NULL = nothing there, or null. */
const struct vg_document_node *vg_document_find(const struct vg_document_node *node,
						const char *path);

bool vg_document_is_list(const struct vg_document_node *node);

#define VG_DOCUMENT_NUMBER_MAX 32
/* A scalar as text: strings as they are, true and false, numbers in digits. NULL for lists and
 * objects. `number` is the memory for numbers; else the text is borrowed. */
const char *vg_document_text(const struct vg_document_node *node,
			     char number[VG_DOCUMENT_NUMBER_MAX]);

/* The node as compact JSON, members as they came; malloc'ed. NULL = out of memory. */
char *vg_document_compact(const struct vg_document_node *node);

/* Calls on_item for each item of a list or member of an object of objects, in order; false when it
 * is neither. on_item returns false to stop. */
typedef bool vg_document_item_cb(const struct vg_document_node *item, void *arg);
bool vg_document_each(const struct vg_document_node *node, vg_document_item_cb *on_item, void *arg);

/* Canonical JSON (sorted, no white space) of an object of texts and integers; malloc'ed. NULL = out
 * of memory, or a text is not UTF-8. Keys must differ. */
struct vg_document_member {
	const char *key;
	const char *text; /* NULL: `number` counts */
	long long number;
};
char *vg_document_write(const struct vg_document_member *member, size_t count);

#endif
