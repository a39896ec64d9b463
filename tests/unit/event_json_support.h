/* Events of one kind or another as JSON: what is refused, and the one spelling of what is not. */
#ifndef VG_TEST_EVENT_JSON_SUPPORT_H
#define VG_TEST_EVENT_JSON_SUPPORT_H

#include "lib/json/event_json.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SALT "00112233445566778899aabbccddeeff"

/* The event of a kind with this body. */
static char *
event_of(const char *kind, const char *body)
{
	char *text;

	if (asprintf(&text,
		     "{\"v\":1,\"kind\":\"%s\",\"occurred_ms\":5,\"source\":\"s\",\"event_id\":"
		     "\"e\",\"body\":%s}",
		     kind, body) < 0)
		abort();
	return text;
}

static void
parse(const char *kind, const char *body, struct vg_parsed_event *out)
{
	char *text = event_of(kind, body);
	struct vg_err err = {0};

	if (vg_event_parse(text, strlen(text), out, &err) != 0)
		fail_msg("%s %s: %s", kind, body, err.text);
	free(text);
}

struct refusal {
	const char *kind, *body, *want; /* part of the message */
};

static void
expect_refusals(const struct refusal *refusals, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *text = event_of(refusals[i].kind, refusals[i].body);
		struct vg_parsed_event parsed;
		struct vg_err err = {0};
		int rc = vg_event_parse(text, strlen(text), &parsed, &err);

		if (rc != VG_EINVALID || strstr(err.text, refusals[i].want) == NULL)
			fail_msg("%s: rc %d, \"%s\"; expected \"%s\"", refusals[i].body, rc,
				 err.text, refusals[i].want);
		free(text);
	}
}

struct spelling {
	const char *kind, *body, *canonical; /* NULL = as it is */
};

/* However it was written, and read again. */
static void
expect_one_spelling(const struct spelling *spellings, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct spelling *s = &spellings[i];
		const char *want = s->canonical != NULL ? s->canonical : s->body;
		struct vg_parsed_event parsed, again;
		uint8_t one[32], other[32];
		char *bytes, *same;
		size_t length;

		parse(s->kind, s->body, &parsed);
		bytes = vg_event_canonical(&parsed.event, SALT, &length);
		assert_non_null(bytes);
		if (strncmp(bytes, "{\"body\":", 8) != 0 ||
		    strncmp(bytes + 8, want, strlen(want)) != 0 ||
		    strncmp(bytes + 8 + strlen(want), ",\"event_id\"", 11) != 0)
			fail_msg("%s: expected %s", bytes, want);
		assert_int_equal(vg_event_parse(bytes, length, &again, NULL), 0);
		same = vg_event_canonical(&again.event, SALT, &length);
		assert_string_equal(bytes, same);
		assert_int_equal(vg_event_repeat_digest(&parsed.event, one), 0);
		assert_int_equal(vg_event_repeat_digest(&again.event, other), 0);
		assert_memory_equal(one, other, sizeof(one));
		free(bytes);
		free(same);
		vg_parsed_event_free(&parsed);
		vg_parsed_event_free(&again);
	}
}

static void
expect_what_a_library_writes(const struct spelling *spellings, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct vg_parsed_event parsed;
		char *bytes, *again;
		json_t *object;
		size_t length;

		parse(spellings[i].kind, spellings[i].body, &parsed);
		bytes = vg_event_canonical(&parsed.event, SALT, &length);
		object = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(object);
		again = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
		assert_string_equal(bytes, again);
		free(again);
		json_decref(object);
		free(bytes);
		vg_parsed_event_free(&parsed);
	}
}

#endif
