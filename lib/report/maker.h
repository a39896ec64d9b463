/* Building JSON without a check after each member. Private to lib/report. */
#ifndef VG_REPORT_MAKER_H
#define VG_REPORT_MAKER_H

#include "lib/base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Setting members; one failed allocation is remembered and makes the whole object NULL in the end.
 */
struct maker {
	bool failed;
};

static inline void
put(struct maker *maker, json_t *object, const char *member, json_t *value)
{
	if (json_object_set_new_nocheck(object, member, value) != 0)
		maker->failed = true;
}

static inline void
put_int(struct maker *maker, json_t *object, const char *member, int64_t value)
{
	put(maker, object, member, json_integer(value));
}

/* An instant or a length that may not exist. */
static inline void
put_known(struct maker *maker, json_t *object, const char *member, int64_t value)
{
	if (value >= 0)
		put_int(maker, object, member, value);
}

static inline void
put_text(struct maker *maker, json_t *object, const char *member, const char *text)
{
	if (text != NULL && *text != '\0')
		put(maker, object, member, json_string(text));
}

static inline void
append(struct maker *maker, json_t *array, json_t *value)
{
	if (json_array_append_new(array, value) != 0)
		maker->failed = true;
}

/* The made value, or NULL with *err; takes it over either way. */
static inline json_t *
made(struct maker *maker, json_t *value, struct vg_err *err)
{
	if (!maker->failed && value != NULL)
		return value;
	json_decref(value);
	(void)vg_err_set(err, VG_ENOMEM, "out of memory");
	return NULL;
}

#endif
