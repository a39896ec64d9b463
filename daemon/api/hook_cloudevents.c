/* hook_cloudevents.c - CloudEvents to documents.
 *
 * In binary mode the attributes are headers, percent-encoded, and the body is the data alone; the
 * other modes carry both in JSON. All become the structured form, so that a mapping need not know
 * how an event came. */
#include "daemon/api/hook_cloudevents.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define STRUCTURED    "application/cloudevents+json"
#define BATCHED	      "application/cloudevents-batch+json"
#define ATTRIBUTE_MAX 2000 /* bytes of a header's value */

static bool
type_is(const struct vg_head *head, const char *want)
{
	const char *type = vg_head_header(head, "Content-Type");
	size_t length = type == NULL ? 0 : strcspn(type, "; ");

	return length == strlen(want) && strncasecmp(type, want, length) == 0;
}

bool
vg_cloudevents_are(const struct vg_head *head)
{
	return type_is(head, STRUCTURED) || type_is(head, BATCHED) ||
	       vg_head_header(head, "ce-specversion") != NULL;
}

/* --- binary mode --- */

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A header's value, its %XX decoded; what does not stand for a byte stays as it is. NULL: not
 * UTF-8, or too long. */
static json_t *
attribute(const char *text)
{
	char out[ATTRIBUTE_MAX];
	size_t used = 0;

	for (; *text != '\0'; text++) {
		if (used == sizeof(out))
			return NULL;
		if (*text == '%' && hex_digit(text[1]) >= 0 && hex_digit(text[2]) >= 0) {
			out[used++] = (char)(hex_digit(text[1]) * 16 + hex_digit(text[2]));
			text += 2;
		} else {
			out[used++] = *text;
		}
	}
	return memchr(out, '\0', used) != NULL ? NULL : json_stringn(out, used);
}

static bool
is_json(const struct vg_head *head)
{
	const char *type = vg_head_header(head, "Content-Type");
	size_t length = type == NULL ? 0 : strcspn(type, "; ");

	return type_is(head, "application/json") || type_is(head, "text/json") ||
	       (length > 5 && strncasecmp(type + length - 5, "+json", 5) == 0);
}

static json_t *
read_binary(const struct vg_head *head, const char *body, size_t length, struct vg_err *err)
{
	json_t *event = json_object(), *data = NULL;
	json_error_t why;

	for (size_t i = 0; i < head->headers; i++) {
		const char *name = head->header[i].name;
		char lower[64];
		size_t used = 0;

		if (strncasecmp(name, "ce-", 3) != 0 || strlen(name + 3) >= sizeof(lower))
			continue;
		for (name += 3; *name != '\0'; name++)
			lower[used++] = *name >= 'A' && *name <= 'Z' ? (char)(*name | 0x20) : *name;
		lower[used] = '\0';
		if (strcmp(lower, "data") != 0)
			(void)json_object_set_new(event, lower, attribute(head->header[i].value));
	}
	if (is_json(head) && length > 0) {
		data = json_loadb(body, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
		if (data == NULL) {
			(void)vg_err_set(err, VG_EINVALID, "line %d, column %d: expected JSON",
					 why.line, why.column);
			json_decref(event);
			return NULL;
		}
	} else if (memchr(body, '\0', length) ==
		   NULL) { /* bytes that are no text say nothing here */
		data = json_stringn(body, length);
	}
	if (data != NULL)
		(void)json_object_set_new(event, "data", data);
	return event;
}

/* --- events --- */

static const char *
text_of(const json_t *event, const char *member)
{
	const char *text = json_string_value(json_object_get(event, member));

	return text == NULL ? "" : text;
}

static int
check_event(const json_t *event, size_t index, struct vg_err *err)
{
	static const char *const required[] = {"id", "source", "type"};

	if (!json_is_object(event))
		return vg_err_set(err, VG_EINVALID, "event %zu: expected an object", index + 1);
	if (strcmp(text_of(event, "specversion"), "1.0") != 0)
		return vg_err_set(err, VG_EINVALID, "event %zu: specversion: expected \"1.0\"",
				  index + 1);
	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++)
		if (*text_of(event, required[i]) == '\0')
			return vg_err_set(err, VG_EINVALID, "event %zu: %s: expected a text",
					  index + 1, required[i]);
	return 0;
}

/* False: stop. */
static bool
hand_over(const json_t *event, vg_cloudevent_cb *on_event, void *arg, int *rc, struct vg_err *err)
{
	char *document = json_dumps(event, JSON_COMPACT);
	bool go_on;

	if (document == NULL) {
		*rc = vg_err_set(err, VG_ENOMEM, "out of memory");
		return false;
	}
	go_on = on_event(&(struct vg_cloudevent){.id = text_of(event, "id"),
						 .source = text_of(event, "source"),
						 .type = text_of(event, "type"),
						 .document = document,
						 .length = strlen(document)},
			 arg);
	free(document);
	return go_on;
}

static json_t *
read_events(const struct vg_head *head, const char *body, size_t length, struct vg_err *err)
{
	json_error_t why;
	json_t *root;

	if (!type_is(head, STRUCTURED) && !type_is(head, BATCHED))
		return read_binary(head, body, length, err);
	root = json_loadb(body, length, JSON_REJECT_DUPLICATES, &why);
	if (root == NULL)
		(void)vg_err_set(err, VG_EINVALID, "line %d, column %d: expected JSON", why.line,
				 why.column);
	else if (json_is_array(root) == type_is(head, BATCHED))
		return root;
	else
		(void)vg_err_set(err, VG_EINVALID, "expected %s, as the Content-Type says",
				 json_is_array(root) ? "one event" : "a list of events");
	json_decref(root);
	return NULL;
}

int
vg_cloudevents_read(const struct vg_head *head, const char *body, size_t length,
		    vg_cloudevent_cb *on_event, void *arg, struct vg_err *err)
{
	json_t *root = read_events(head, body, length, err);
	size_t count;
	int rc = 0;

	if (root == NULL)
		return VG_EINVALID;
	count = json_is_array(root) ? json_array_size(root) : 1;
	if (count > VG_CLOUDEVENTS_MAX)
		rc = vg_err_set(err, VG_ELIMIT, "expected at most %d events", VG_CLOUDEVENTS_MAX);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = check_event(json_is_array(root) ? json_array_get(root, i) : root, i, err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		if (!hand_over(json_is_array(root) ? json_array_get(root, i) : root, on_event, arg,
			       &rc, err))
			break;
	json_decref(root);
	return rc;
}
