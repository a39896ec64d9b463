/* event_reader.c - one JSON object read member by member.
 *
 * What a reader takes it names, so that the end can say which member nobody knew. After the first
 * error every further reading gives a harmless value; the caller asks once, at the end. */
#include "lib/json/event_reader.h"

#include "lib/civil/civil.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
vg_reader_fail(struct vg_reader *reader, const char *member, const char *expected)
{
	if (reader->rc == 0)
		reader->rc = vg_err_set(reader->err, VG_EINVALID, "%s%s: expected %s", reader->path,
					member, expected);
	return reader->rc;
}

void *
vg_reader_keep(struct vg_reader *reader, void *memory)
{
	struct vg_held *held = reader->held;

	VG_ASSERT(held->count < VG_HELD_MAX);
	if (memory != NULL)
		held->memory[held->count++] = memory;
	else if (reader->rc == 0)
		reader->rc = vg_err_set(reader->err, VG_ENOMEM, "out of memory");
	return memory;
}

void *
vg_reader_memory(struct vg_reader *reader, size_t count, size_t size)
{
	return reader->rc != 0 ? NULL : vg_reader_keep(reader, calloc(count + 1, size));
}

const json_t *
vg_reader_take(struct vg_reader *reader, const char *member, bool required)
{
	const json_t *value = json_object_get(reader->object, member);

	if (value == NULL) {
		if (required)
			vg_reader_fail(reader, member, "this member, which is missing");
		return NULL;
	}
	VG_ASSERT(reader->taken < VG_READER_MEMBERS_MAX);
	reader->name[reader->taken++] = member;
	return value;
}

bool
vg_reader_is_clean(const char *text, bool lines)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c < 0x20 && !(lines && (c == '\n' || c == '\t' || c == '\r'))) || c == 0x7f)
			return false;
	}
	return true;
}

const char *
vg_reader_as_text(struct vg_reader *reader, const char *member, const json_t *value, size_t max,
		  bool lines)
{
	char expected[64];

	if (!json_is_string(value)) {
		vg_reader_fail(reader, member, "a string");
		return "";
	}
	if (json_string_length(value) > max) {
		(void)snprintf(expected, sizeof(expected), "at most %zu bytes", max);
		vg_reader_fail(reader, member, expected);
		return "";
	}
	if (!vg_reader_is_clean(json_string_value(value), lines)) {
		vg_reader_fail(reader, member, "text without control characters");
		return "";
	}
	return json_string_value(value);
}

bool
vg_reader_is_id(const char *text)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

	return *text != '\0' && text[strspn(text, allowed)] == '\0';
}

const char *
vg_reader_as_id(struct vg_reader *reader, const char *member, const json_t *value, size_t max)
{
	const char *text = vg_reader_as_text(reader, member, value, max, false);

	if (reader->rc == 0 && !vg_reader_is_id(text))
		vg_reader_fail(reader, member, "letters a-z, digits and . _ - only");
	return text;
}

int
vg_reader_as_word(struct vg_reader *reader, const char *member, const json_t *value,
		  const char *const *words)
{
	const char *text = json_is_string(value) ? json_string_value(value) : "";
	char expected[200];
	size_t used = 0;

	for (int i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], text) == 0)
			return i;
	for (int i = 0; words[i] != NULL && used < sizeof(expected); i++)
		used += (size_t)snprintf(expected + used, sizeof(expected) - used, "%s%s",
					 i == 0			? ""
					 : words[i + 1] == NULL ? " or "
								: ", ",
					 words[i]);
	vg_reader_fail(reader, member, expected);
	return 0;
}

const char *
vg_reader_text(struct vg_reader *reader, const char *member, bool required, size_t max)
{
	const json_t *value = vg_reader_take(reader, member, required);

	return value == NULL ? "" : vg_reader_as_text(reader, member, value, max, false);
}

const char *
vg_reader_name(struct vg_reader *reader, const char *member, size_t max)
{
	const char *text = vg_reader_text(reader, member, true, max);

	if (*text == '\0')
		vg_reader_fail(reader, member, "text that is not empty");
	return text;
}

const char *
vg_reader_id(struct vg_reader *reader, const char *member, bool required, size_t max)
{
	const json_t *value = vg_reader_take(reader, member, required);

	return value == NULL ? "" : vg_reader_as_id(reader, member, value, max);
}

int
vg_reader_word(struct vg_reader *reader, const char *member, bool required,
	       const char *const *words, int fallback)
{
	const json_t *value = vg_reader_take(reader, member, required);

	return value == NULL ? fallback : vg_reader_as_word(reader, member, value, words);
}

const char *
vg_reader_hex(struct vg_reader *reader, const char *member, bool required, size_t digits)
{
	const char *text = vg_reader_text(reader, member, required, digits);
	char expected[48];

	if ((*text != '\0' || required) &&
	    (strlen(text) != digits || strspn(text, "0123456789abcdef") != digits)) {
		(void)snprintf(expected, sizeof(expected), "%zu lower-case hex digits", digits);
		vg_reader_fail(reader, member, expected);
	}
	return text;
}

int64_t
vg_reader_as_int(struct vg_reader *reader, const char *member, const json_t *value, int64_t min,
		 int64_t max)
{
	char expected[96];

	if (!json_is_integer(value) || json_integer_value(value) < min ||
	    json_integer_value(value) > max) {
		(void)snprintf(expected, sizeof(expected), "an integer from %lld to %lld",
			       (long long)min, (long long)max);
		vg_reader_fail(reader, member, expected);
		return min;
	}
	return json_integer_value(value);
}

int64_t
vg_reader_int(struct vg_reader *reader, const char *member, bool required, int64_t min, int64_t max,
	      int64_t fallback)
{
	const json_t *value = vg_reader_take(reader, member, required);

	return value == NULL ? fallback : vg_reader_as_int(reader, member, value, min, max);
}

int
vg_reader_finish(struct vg_reader *reader)
{
	const char *key;
	json_t *value;

	if (reader->rc != 0)
		return reader->rc;
	json_object_foreach((json_t *)(uintptr_t)reader->object, key, value)
	{
		size_t i;

		for (i = 0; i < reader->taken; i++)
			if (strcmp(reader->name[i], key) == 0)
				break;
		if (i == reader->taken)
			return vg_err_set(reader->err, VG_EINVALID,
					  "%s%.100s: no such member is known here", reader->path,
					  key);
	}
	return 0;
}

int64_t
vg_reader_day(struct vg_reader *reader, const char *member)
{
	const char *text = vg_reader_text(reader, member, true, 10);
	int year, month, day, used = 0;

	if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used) != 3 || used != 10 ||
	    text[used] != '\0' || !vg_civil_valid_date(year, month, day)) {
		vg_reader_fail(reader, member, "a date as 2026-01-31");
		return 0;
	}
	return vg_civil_days(year, month, day);
}

int
vg_reader_month(struct vg_reader *reader, const char *member)
{
	const char *text = vg_reader_text(reader, member, true, 7);
	int year = 0, month = 0;

	if (strlen(text) != 7 || strspn(text, "0123456789") != 4 ||
	    strspn(text + 5, "0123456789") != 2 || sscanf(text, "%4d-%2d", &year, &month) != 2 ||
	    year < 1970 || month < 1 || month > 12) {
		vg_reader_fail(reader, member, "a month as 2026-01");
		return 0;
	}
	return year * 12 + month - 1;
}

bool
vg_reader_flag(struct vg_reader *reader, const char *member)
{
	const json_t *value = vg_reader_take(reader, member, false);

	if (value != NULL && !json_is_boolean(value))
		vg_reader_fail(reader, member, "true or false");
	return json_is_true(value);
}

/* --- lists --- */

const json_t *
vg_reader_list(struct vg_reader *reader, const char *member, bool required, size_t max)
{
	const json_t *list = vg_reader_take(reader, member, required);
	char expected[64];

	if (list == NULL || (json_is_array(list) && json_array_size(list) <= max))
		return list;
	(void)snprintf(expected, sizeof(expected), "a list of at most %zu", max);
	vg_reader_fail(reader, member, expected);
	return NULL;
}

static int
by_text(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

char *
vg_reader_join(struct vg_reader *reader, const char *member, const char **id, size_t count,
	       char *text)
{
	char *at = text;
	size_t length = 0;

	qsort(id, count, sizeof(*id), by_text);
	for (size_t i = 0; i < count; i++)
		length += strlen(id[i]) + 1;
	*at = '\0';
	if (length > VG_SCOPE_TEXT_MAX) {
		vg_reader_fail(reader, member, "ids of at most 4000 bytes together");
		return at;
	}
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && strcmp(id[i - 1], id[i]) == 0)
			continue;
		if (at != text)
			*at++ = ' ';
		at = stpcpy(at, id[i]);
	}
	return at;
}

const char *
vg_reader_ids(struct vg_reader *reader, const char *member)
{
	const json_t *list = vg_reader_list(reader, member, false, VG_SCOPE_TEXT_MAX / 2);
	size_t count = json_array_size(list);
	const char **id;
	char *text;

	if (count == 0 || (id = vg_reader_memory(reader, count, sizeof(*id))) == NULL ||
	    (text = vg_reader_memory(reader, VG_SCOPE_TEXT_MAX, 1)) == NULL)
		return "";
	for (size_t i = 0; i < count; i++) {
		char item[64];

		(void)snprintf(item, sizeof(item), "%s[%zu]", member, i);
		id[i] = vg_reader_as_id(reader, item, json_array_get(list, i), VG_NAME_MAX);
	}
	if (reader->rc == 0)
		(void)vg_reader_join(reader, member, id, count, text);
	return reader->rc == 0 ? text : "";
}
