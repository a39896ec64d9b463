/* notice.c - what a notice may say, whoever made it.
 *
 * Notices come as JSON, and by the hundred thousand from listeners that make them directly. The
 * hard thing is that both must obey one law, or the ledger would hold rows that nobody can read
 * again: so the law is a table, and copying checks by it as reading does. */
#include "lib/json/notice.h"

#include "lib/base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_MAX 1000000000

#define LINE	"a text of at most 200 bytes without control characters"
#define NAME	"a text of 1 to 200 bytes without control characters"
#define ID	"letters a-z, digits and . _ - only, at most 200"
#define INSTANT "an integer from 0 to 4102444800000"

#define KEY(member) "\"" #member "\":"
#define M(member, form, required, min, max, words, expected)                                       \
	{                                                                                          \
#member, KEY(member), sizeof(KEY(member)) - 1, VG_NOTICE_##form, required,         \
			offsetof(struct vg_notice, member), min, max, words, expected              \
	}

const struct vg_notice_member vg_notice_members[VG_NOTICE_MEMBERS] = {
	M(at_ms, INTEGER, true, 0, VG_INSTANT_MAX_MS, NULL, INSTANT),
	M(category, WORD, false, 0, VG_ALARM_CATEGORY_COUNT - 1, vg_alarm_category_words, ""),
	M(count, INTEGER, false, 1, COUNT_MAX, NULL, "an integer from 1 to 1000000000"),
	M(detail, LINES, false, 0, VG_NOTICE_DETAIL_MAX, NULL,
	  "a text of at most 4000 bytes without control characters but line ends and tabs"),
	M(id, TEXT, false, 0, VG_NAME_MAX, NULL, LINE),
	M(last_ms, INTEGER, false, 0, VG_INSTANT_MAX_MS, NULL, INSTANT ", not before at_ms"),
	M(municipality, ID, false, 0, VG_NAME_MAX, NULL, ID),
	M(peer, TEXT, false, 0, VG_NAME_MAX, NULL, LINE),
	M(qualifier, TEXT, false, 0, VG_NAME_MAX, NULL, LINE),
	M(resource, TEXT, true, 1, VG_NAME_MAX, NULL, NAME),
	M(rule, TEXT, false, 0, VG_NAME_MAX, NULL, LINE),
	M(service, ID, false, 0, VG_NAME_MAX, NULL, ID),
	M(severity, WORD, true, 0, VG_SEVERITY_COUNT - 1, vg_severity_words, ""),
	M(text, TEXT, false, 0, VG_TEXT_MAX, NULL,
	  "a text of at most 2000 bytes without control characters"),
	M(transient, FLAG, false, 0, 1, NULL, "true or false"),
	M(type, TEXT, true, 1, VG_NAME_MAX, NULL, NAME),
};

bool
vg_notice_is_text(const struct vg_notice_member *member)
{
	return member->form == VG_NOTICE_TEXT || member->form == VG_NOTICE_LINES ||
	       member->form == VG_NOTICE_ID;
}

bool
vg_notice_fits(const struct vg_notice_member *member, const char *text, size_t length)
{
	if (length < (size_t)member->min || length > (size_t)member->max)
		return false;
	if (member->form == VG_NOTICE_ID)
		return length == 0 || vg_reader_is_id(text);
	return vg_reader_is_clean(text, member->form == VG_NOTICE_LINES);
}

/* --- copying --- */

static const char *
copy(char **at, const char *text)
{
	const char *copied = *at;

	if (*text == '\0')
		return "";
	*at = stpcpy(*at, text) + 1;
	return copied;
}

static bool
is_sound(const struct vg_notice *notice, const struct vg_notice_member *member, size_t *bytes)
{
	const void *value = vg_notice_value(notice, member);
	const char *text;
	size_t length;

	switch (member->form) {
	case VG_NOTICE_TEXT:
	case VG_NOTICE_LINES:
	case VG_NOTICE_ID:
		text = *(const char *const *)value;
		length = strlen(text);
		*bytes += length + 1;
		return vg_notice_fits(member, text, length) &&
		       vg_utf8_valid(text, length) == length;
	case VG_NOTICE_INTEGER:
		return *(const int64_t *)value >= member->min &&
		       *(const int64_t *)value <= member->max;
	case VG_NOTICE_WORD:
		return *(const unsigned *)value <= (unsigned)member->max;
	case VG_NOTICE_FLAG:
		break;
	}
	return true;
}

/* Adds the bytes of its texts to *bytes. */
static int
check(const struct vg_notice *notice, size_t index, size_t *bytes, struct vg_err *err)
{
	for (size_t i = 0; i < VG_NOTICE_MEMBERS; i++) {
		const struct vg_notice_member *member = &vg_notice_members[i];

		if (!is_sound(notice, member, bytes) ||
		    (i == VG_NOTICE_LAST_MS && notice->last_ms < notice->at_ms))
			return vg_err_set(err, VG_EINVALID, "body.notices[%zu].%s: expected %s",
					  index, member->name, member->expected);
	}
	return 0;
}

static void
copy_texts(struct vg_notice *notice, char **at)
{
	for (size_t i = 0; i < VG_NOTICE_MEMBERS; i++)
		if (vg_notice_is_text(&vg_notice_members[i])) {
			const char **text = vg_notice_value(notice, &vg_notice_members[i]);

			*text = copy(at, *text);
		}
}

static int
check_envelope(const struct vg_event *event, size_t *bytes, struct vg_err *err)
{
	const struct {
		const char *name, *text;
		size_t max;
	} texts[] = {{"source", event->source, VG_NAME_MAX},
		     {"event_id", event->event_id, VG_EVENT_ID_MAX},
		     {"actor", event->actor, VG_NAME_MAX},
		     {"import", event->import, VG_NAME_MAX},
		     {"municipality", event->municipality, VG_NAME_MAX}};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		size_t length = strlen(texts[i].text);

		if (length > texts[i].max || !vg_reader_is_clean(texts[i].text, false) ||
		    vg_utf8_valid(texts[i].text, length) != length)
			return vg_err_set(err, VG_EINVALID, "%s: expected " LINE, texts[i].name);
		*bytes += length + 1;
	}
	return 0;
}

/* The notices and behind them all texts, in one piece of memory. */
static struct vg_notice *
copy_all(const struct vg_event *event, size_t bytes, struct vg_parsed_event *out)
{
	size_t size = event->body.notices.count * sizeof(struct vg_notice);
	struct vg_notice *notice = malloc(size + bytes);
	char *at = (char *)notice + size;

	if (notice == NULL)
		return NULL;
	if (size > 0)
		memcpy(notice, event->body.notices.notice, size);
	for (size_t i = 0; i < event->body.notices.count; i++)
		copy_texts(&notice[i], &at);
	out->event = *event;
	out->event.source = copy(&at, event->source);
	out->event.event_id = copy(&at, event->event_id);
	out->event.actor = copy(&at, event->actor);
	out->event.import = copy(&at, event->import);
	out->event.municipality = copy(&at, event->municipality);
	out->event.body.notices.notice = notice;
	return notice;
}

int
vg_event_copy_notices(const struct vg_event *event, struct vg_parsed_event *out, struct vg_err *err)
{
	const struct vg_notices_body *body = &event->body.notices;
	struct vg_held *held;
	size_t bytes = 1;
	int rc = check_envelope(event, &bytes, err);

	VG_ASSERT(event->kind == VG_KIND_ALARMS_REPORTED && body->count <= VG_NOTICES_MAX);
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; rc == 0 && i < body->count; i++)
		rc = check(&body->notice[i], i, &bytes, err);
	if (rc != 0)
		return rc;
	if ((held = calloc(1, sizeof(*held))) == NULL ||
	    (held->memory[0] = copy_all(event, bytes, out)) == NULL) {
		free(held);
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	}
	held->count = 1;
	out->json = held;
	return 0;
}
