/* event_alarm_write.c - canonical bodies of alarms.
 *
 * Every row of a storm is written here while it waits to become durable: a notice is put straight
 * into the text, its members in the order of the table, which is that of their names. */
#include "lib/json/event_writer.h"

#include "lib/json/notice.h"

#include <string.h>

/* What absence says too is not said. */
static bool
is_stated(const struct vg_notice *notice, const struct vg_notice_member *member)
{
	const void *value = vg_notice_value(notice, member);

	if (member->required)
		return true;
	switch (member->form) {
	case VG_NOTICE_TEXT:
	case VG_NOTICE_LINES:
	case VG_NOTICE_ID:
		return **(const char *const *)value != '\0';
	case VG_NOTICE_INTEGER:
		return member == &vg_notice_members[VG_NOTICE_LAST_MS]
			       ? notice->last_ms != notice->at_ms
			       : notice->count != 1;
	case VG_NOTICE_WORD:
		return *(const unsigned *)value != 0;
	case VG_NOTICE_FLAG:
		return *(const bool *)value;
	}
	return true;
}

static void
put_value(struct vg_json_text *text, const struct vg_notice *notice,
	  const struct vg_notice_member *member)
{
	const void *value = vg_notice_value(notice, member);
	const char *word;

	switch (member->form) {
	case VG_NOTICE_TEXT:
	case VG_NOTICE_LINES:
		vg_put_string(text, *(const char *const *)value);
		break;
	case VG_NOTICE_ID:
		word = *(const char *const *)value;
		vg_put_id(text, word, strlen(word));
		break;
	case VG_NOTICE_INTEGER:
		vg_put_integer(text, *(const int64_t *)value);
		break;
	case VG_NOTICE_WORD:
		word = member->words[*(const unsigned *)value];
		vg_put_id(text, word, strlen(word));
		break;
	case VG_NOTICE_FLAG:
		vg_put_bytes(text, "true", 4);
		break;
	}
}

static void
put_notice(struct vg_json_text *text, const struct vg_notice *notice)
{
	size_t stated = 0;

	vg_put_char(text, '{');
	for (size_t i = 0; i < VG_NOTICE_MEMBERS; i++) {
		const struct vg_notice_member *member = &vg_notice_members[i];

		if (!is_stated(notice, member))
			continue;
		vg_put_next(text, stated++);
		vg_put_bytes(text, member->key, member->key_length);
		put_value(text, notice, member);
	}
	vg_put_char(text, '}');
}

void
vg_add_notices(struct vg_members *members, const struct vg_notices_body *body)
{
	struct vg_json_text *text = vg_add_json(members, "notices");

	vg_put_char(text, '[');
	for (size_t i = 0; i < body->count; i++) {
		vg_put_next(text, i);
		put_notice(text, &body->notice[i]);
	}
	vg_put_char(text, ']');
	if (body->repeats)
		vg_add(members, "repeats", VG_MEMBER_BOOLEAN, 1, NULL);
}

void
vg_add_alarm(struct vg_members *members, enum vg_kind kind, const struct vg_alarm_body *body)
{
	vg_add_string(members, "alarm", body->alarm);
	vg_add_text(members, "reason", body->reason);
	if (kind == VG_KIND_ALARM_SHELVED && body->until_ms != INT64_MAX)
		vg_add_integer(members, "until_ms", body->until_ms);
	if (kind == VG_KIND_ALARM_CLOSED && body->false_alarm)
		vg_add(members, "false_alarm", VG_MEMBER_BOOLEAN, 1, NULL);
}

void
vg_add_resources(struct vg_members *members, const struct vg_resources_body *body)
{
	struct vg_json_text *text = vg_add_json(members, "resources");

	vg_put_char(text, '[');
	for (size_t i = 0; i < body->count; i++) {
		const struct vg_resource_row *row = &body->row[i];
		struct vg_members one = {.count = 0};

		vg_put_next(text, i);
		vg_add_string(&one, "name", row->name);
		vg_add_text(&one, "resource", row->resource);
		vg_add_text(&one, "service", row->service);
		vg_add_ids(&one, "municipalities", row->municipalities);
		vg_add_text(&one, "parent", row->parent);
		if (row->removed)
			vg_add(&one, "removed", VG_MEMBER_BOOLEAN, 1, NULL);
		vg_put_object(text, &one);
	}
	vg_put_char(text, ']');
}

void
vg_add_proposal(struct vg_members *members, enum vg_kind kind, const struct vg_proposal_body *body)
{
	vg_add_string(members, "proposal", body->proposal);
	vg_add_text(members, "reason", body->reason);
	if (kind == VG_KIND_PROPOSAL_ACCEPTED && body->cause != VG_PARTY_UNKNOWN)
		vg_add_string(members, "cause", vg_party_words[body->cause]);
}
