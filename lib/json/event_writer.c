/* event_writer.c - canonical JSON, byte by byte.
 *
 * One object's members are collected in any order, sorted by name and written. What is written here
 * must never change: stored rows are found again by their bytes. */
#include "lib/json/event_writer.h"

#include "lib/civil/civil.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *
reserve(struct vg_json_text *text, size_t length)
{
	if (text->failed)
		return NULL;
	if (text->length + length + 1 > text->size) {
		size_t size = (text->length + length + 1) * 2;
		char *bytes = realloc(text->bytes, size);

		if (bytes == NULL) {
			text->failed = true;
			return NULL;
		}
		text->bytes = bytes;
		text->size = size;
	}
	return text->bytes + text->length;
}

void
vg_put_bytes(struct vg_json_text *text, const char *bytes, size_t length)
{
	char *at = reserve(text, length);

	if (at == NULL)
		return;
	memcpy(at, bytes, length);
	at[length] = '\0';
	text->length += length;
}

void
vg_put_char(struct vg_json_text *text, char c)
{
	char *at = reserve(text, 1);

	if (at == NULL)
		return;
	at[0] = c;
	at[1] = '\0';
	text->length++;
}

static void
put_escape(struct vg_json_text *text, unsigned char c)
{
	static const char plain[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt";
	const char *known = c != '\0' ? strchr(plain, c) : NULL;
	char escape[8] = "\\";

	if (known != NULL)
		escape[1] = letter[known - plain];
	else
		(void)snprintf(escape, sizeof(escape), "\\u%04X", c);
	vg_put_bytes(text, escape, strlen(escape));
}

#define EACH_BYTE(value) (UINT64_C(0x0101010101010101) * (value))

/* Whether one of the eight bytes is a quote, a backslash or below the space; all eight at once. */
static bool
needs_escape(const char *bytes)
{
	uint64_t x, quote, backslash;

	memcpy(&x, bytes, sizeof(x));
	quote = x ^ EACH_BYTE('"');
	backslash = x ^ EACH_BYTE('\\');
	return ((((x - EACH_BYTE(0x20)) & ~x) | ((quote - EACH_BYTE(1)) & ~quote) |
		 ((backslash - EACH_BYTE(1)) & ~backslash)) &
		EACH_BYTE(0x80)) != 0;
}

/* Only what JSON demands is escaped: the quote, the backslash and what lies below the space. */
void
vg_put_string(struct vg_json_text *text, const char *string)
{
	const char *from = string, *end = string + strlen(string);

	vg_put_char(text, '"');
	while (string < end) {
		unsigned char c = (unsigned char)*string;

		if (end - string >= 8 && !needs_escape(string)) {
			string += 8;
		} else if (c >= 0x20 && c != '"' && c != '\\') {
			string++;
		} else {
			vg_put_bytes(text, from, (size_t)(string - from));
			put_escape(text, c);
			from = ++string;
		}
	}
	vg_put_bytes(text, from, (size_t)(string - from));
	vg_put_char(text, '"');
}

void
vg_put_integer(struct vg_json_text *text, int64_t number)
{
	char digits[24], *at = digits + sizeof(digits);
	uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

	do
		*--at = (char)('0' + rest % 10);
	while ((rest /= 10) > 0);
	if (number < 0)
		*--at = '-';
	vg_put_bytes(text, at, (size_t)(digits + sizeof(digits) - at));
}

void
vg_put_next(struct vg_json_text *text, size_t index)
{
	if (index > 0)
		vg_put_char(text, ',');
}

void
vg_put_id(struct vg_json_text *text, const char *id, size_t length)
{
	vg_put_char(text, '"');
	vg_put_bytes(text, id, length);
	vg_put_char(text, '"');
}

void
vg_put_ids(struct vg_json_text *text, const char *ids)
{
	vg_put_char(text, '[');
	for (size_t i = 0; *ids != '\0'; i++) {
		size_t length = strcspn(ids, " ");

		vg_put_next(text, i);
		vg_put_id(text, ids, length);
		ids += length + (ids[length] == ' ');
	}
	vg_put_char(text, ']');
}

void
vg_add(struct vg_members *members, const char *name, enum vg_member_form form, int64_t number,
       const char *text)
{
	VG_ASSERT(members->count < VG_MEMBERS_MAX);
	members->member[members->count++] = (struct vg_member){name, form, number, text};
}

void
vg_add_integer(struct vg_members *members, const char *name, int64_t number)
{
	vg_add(members, name, VG_MEMBER_INTEGER, number, NULL);
}

void
vg_add_string(struct vg_members *members, const char *name, const char *text)
{
	vg_add(members, name, VG_MEMBER_STRING, 0, text);
}

void
vg_add_text(struct vg_members *members, const char *name, const char *text)
{
	if (text != NULL && *text != '\0')
		vg_add_string(members, name, text);
}

void
vg_add_ids(struct vg_members *members, const char *name, const char *ids)
{
	if (*ids != '\0')
		vg_put_ids(vg_add_json(members, name), ids);
}

struct vg_json_text *
vg_add_json(struct vg_members *members, const char *name)
{
	VG_ASSERT(members->texts < VG_MEMBERS_TEXT_MAX);
	vg_add(members, name, VG_MEMBER_TEXT, (int64_t)members->texts, NULL);
	return &members->text[members->texts++];
}

void
vg_add_day(struct vg_members *members, const char *name, int64_t day)
{
	char text[16];
	int y, m, d;

	vg_civil_from_days(day, &y, &m, &d);
	(void)snprintf(text, sizeof(text), "%04d-%02d-%02d", y, m, d);
	vg_put_string(vg_add_json(members, name), text);
}

void
vg_add_month(struct vg_members *members, const char *name, int month)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "%04d-%02d", month / 12, month % 12 + 1);
	vg_put_string(vg_add_json(members, name), text);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct vg_member *)a)->name, ((const struct vg_member *)b)->name);
}

static void
put_written(struct vg_json_text *text, struct vg_json_text *written)
{
	if (written->failed)
		text->failed = true;
	else
		vg_put_bytes(text, written->bytes, written->length);
	free(written->bytes);
	*written = (struct vg_json_text){0};
}

static void
put_value(struct vg_json_text *text, struct vg_members *members, const struct vg_member *member)
{
	switch (member->form) {
	case VG_MEMBER_INTEGER:
		vg_put_integer(text, member->number);
		break;
	case VG_MEMBER_STRING:
		vg_put_string(text, member->text);
		break;
	case VG_MEMBER_BOOLEAN:
		vg_put_bytes(text, member->number ? "true" : "false", member->number ? 4 : 5);
		break;
	case VG_MEMBER_NOTHING:
		vg_put_bytes(text, "null", 4);
		break;
	case VG_MEMBER_RAW:
		vg_put_bytes(text, member->text, strlen(member->text));
		break;
	case VG_MEMBER_TEXT:
		put_written(text, &members->text[member->number]);
		break;
	}
}

void
vg_put_object(struct vg_json_text *text, struct vg_members *members)
{
	qsort(members->member, members->count, sizeof(members->member[0]), by_name);
	vg_put_char(text, '{');
	for (size_t i = 0; i < members->count; i++) {
		vg_put_next(text, i);
		vg_put_char(text, '"');
		vg_put_bytes(text, members->member[i].name, strlen(members->member[i].name));
		vg_put_bytes(text, "\":", 2);
		put_value(text, members, &members->member[i]);
	}
	vg_put_char(text, '}');
}
