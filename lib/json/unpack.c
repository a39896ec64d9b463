/* unpack.c - checked steps of reading an agreement's JSON.
 *
 * Each step says what it found wrong with the part that is being read, so that the readers
 * themselves are lists of steps. */
#include "lib/json/unpack.h"

#include "lib/json/event_reader.h"

#include <string.h>

#define INSTANT_MAX_MS INT64_C(253402300799999) /* the end of year 9999 */

static int
refuse_saying(const struct vg_unpack *r, const char *saying, const char *what)
{
	if (r->index == VG_UNPACK_WHOLE)
		return vg_err_set(r->err, VG_EINVALID, "agreement.%s: %s%s", r->where, saying,
				  what);
	return vg_err_set(r->err, VG_EINVALID, "agreement.%s[%zu]: %s%s", r->where, r->index,
			  saying, what);
}

int
vg_unpack_refuse(const struct vg_unpack *r, const char *expected)
{
	return refuse_saying(r, "expected ", expected);
}

void
vg_unpack_enter(struct vg_unpack *r, const char *where)
{
	r->where = where;
	r->index = VG_UNPACK_WHOLE;
}

int
vg_unpack_no_memory(const struct vg_unpack *r)
{
	return vg_err_set(r->err, VG_ENOMEM, "agreement: out of memory");
}

int
vg_unpack(const struct vg_unpack *r, const json_t *json, const char *format, ...)
{
	json_error_t error;
	va_list args;
	int rc;

	va_start(args, format);
	/* The value is only read; the parameter is not const for the sake of the "o" forms. */
	rc = json_vunpack_ex((json_t *)(uintptr_t)json, &error, JSON_STRICT, format, args);
	va_end(args);
	if (rc == 0)
		return 0;
	return refuse_saying(r, "", error.text);
}

int
vg_unpack_list(struct vg_unpack *r, const char *where, const json_t *json, size_t max,
	       size_t *count)
{
	vg_unpack_enter(r, where);
	if (!json_is_array(json))
		return vg_unpack_refuse(r, "a list");
	if (json_array_size(json) > max)
		return vg_err_set(r->err, VG_ELIMIT,
				  "agreement.%s: expected at most %zu, found %zu", where, max,
				  json_array_size(json));
	*count = json_array_size(json);
	return 0;
}

int
vg_unpack_text(const struct vg_unpack *r, const char *text, char **out)
{
	if (strlen(text) > VG_AGREEMENT_TEXT_MAX)
		return vg_unpack_refuse(r, "texts of at most 200 bytes");
	for (const char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return vg_unpack_refuse(r, "texts without control characters");
	return (*out = strdup(text)) == NULL ? vg_unpack_no_memory(r) : 0;
}

int
vg_unpack_id(const struct vg_unpack *r, const char *text, char **out)
{
	if (!vg_reader_is_id(text))
		return vg_unpack_refuse(r, "ids of letters a-z, digits and . _ - only");
	return vg_unpack_text(r, text, out);
}

int
vg_unpack_range(const struct vg_unpack *r, int64_t value, int64_t min, int64_t max,
		const char *expected)
{
	return value < min || value > max ? vg_unpack_refuse(r, expected) : 0;
}

int
vg_unpack_instant(const struct vg_unpack *r, int64_t ms)
{
	return vg_unpack_range(r, ms, -INSTANT_MAX_MS, INSTANT_MAX_MS,
			       "instants in ms before the year 10000");
}

int
vg_unpack_element(struct vg_unpack *r, const json_t *list, size_t index, int64_t min, int64_t max,
		  int64_t *out)
{
	const json_t *value = json_array_get(list, index);

	r->index = index;
	if (!json_is_integer(value))
		return vg_unpack_refuse(r, "an integer");
	*out = json_integer_value(value);
	return vg_unpack_range(r, *out, min, max, "an integer in its range");
}

int
vg_unpack_word(const struct vg_unpack *r, const char *word, const char *const *words, int *out)
{
	for (int i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], word) == 0) {
			*out = i;
			return 0;
		}
	return vg_unpack_refuse(r, "a known word");
}
