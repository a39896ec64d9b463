/* event_alarm_read.c - bodies of alarms: notices, what people do with alarms, what resources are
 * called, and proposals.
 *
 * The hard thing is the row of notices: a thousand objects of up to sixteen members, read for every
 * row of a storm when the ledger is replayed, so each is walked once, and nothing is formatted or
 * allocated for one of them until it is wrong. */
#include "lib/json/notice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "notices[3].severity: expected ..." */
static bool
fail_at(struct vg_reader *reader, size_t row, const char *name, const char *expected)
{
	char member[160];

	(void)snprintf(member, sizeof(member), "notices[%zu].%.100s", row, name);
	vg_reader_fail(reader, member, expected);
	return false;
}

static int
by_name(const void *name, const void *member)
{
	return strcmp(name, ((const struct vg_notice_member *)member)->name);
}

static bool
read_word(struct vg_reader *reader, size_t row, const struct vg_notice_member *member,
	  const json_t *json, unsigned *out)
{
	const char *word = json_string_value(json);
	char name[160];

	for (unsigned i = 0; word != NULL && member->words[i] != NULL; i++)
		if (strcmp(member->words[i], word) == 0) {
			*out = i;
			return true;
		}
	(void)snprintf(name, sizeof(name), "notices[%zu].%s", row, member->name);
	(void)vg_reader_as_word(reader, name, json, member->words);
	return false;
}

static bool
read_member(struct vg_reader *reader, size_t row, const struct vg_notice_member *member,
	    const json_t *json, struct vg_notice *out)
{
	void *value = vg_notice_value(out, member);
	bool sound = false;

	switch (member->form) {
	case VG_NOTICE_TEXT:
	case VG_NOTICE_LINES:
	case VG_NOTICE_ID:
		sound = json_is_string(json) &&
			vg_notice_fits(member, json_string_value(json), json_string_length(json));
		if (sound)
			*(const char **)value = json_string_value(json);
		break;
	case VG_NOTICE_INTEGER:
		sound = json_is_integer(json) && json_integer_value(json) >= member->min &&
			json_integer_value(json) <= member->max;
		if (sound)
			*(int64_t *)value = json_integer_value(json);
		break;
	case VG_NOTICE_WORD:
		return read_word(reader, row, member, json, value);
	case VG_NOTICE_FLAG:
		sound = json_is_boolean(json);
		*(bool *)value = json_is_true(json);
		break;
	}
	return sound || fail_at(reader, row, member->name, member->expected);
}

/* Every member by its name, in whatever order they come. */
static bool
read_members(struct vg_reader *reader, size_t row, const json_t *json, struct vg_notice *out,
	     unsigned *seen)
{
	const struct vg_notice_member *member;
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)json, name, value)
	{
		member = bsearch(name, vg_notice_members, VG_NOTICE_MEMBERS, sizeof(*member),
				 by_name);
		if (member == NULL) {
			reader->rc =
				vg_err_set(reader->err, VG_EINVALID,
					   "%snotices[%zu].%.100s: no such member is known here",
					   reader->path, row, name);
			return false;
		}
		if (!read_member(reader, row, member, value, out))
			return false;
		*seen |= 1U << (member - vg_notice_members);
	}
	return true;
}

static bool
read_notice(struct vg_reader *reader, size_t row, const json_t *json, struct vg_notice *out)
{
	unsigned seen = 0;

	if (!json_is_object(json)) {
		char name[64];

		(void)snprintf(name, sizeof(name), "notices[%zu]", row);
		vg_reader_fail(reader, name, "an object {at_ms, resource, type, severity, ...}");
		return false;
	}
	*out = (struct vg_notice){.count = 1,
				  .resource = "",
				  .type = "",
				  .qualifier = "",
				  .service = "",
				  .municipality = "",
				  .text = "",
				  .rule = "",
				  .peer = "",
				  .detail = "",
				  .id = ""};
	if (!read_members(reader, row, json, out, &seen))
		return false;
	for (size_t i = 0; i < VG_NOTICE_MEMBERS; i++)
		if (vg_notice_members[i].required && (seen & 1U << i) == 0)
			return fail_at(reader, row, vg_notice_members[i].name,
				       "this member, which is missing");
	if ((seen & 1U << VG_NOTICE_LAST_MS) == 0)
		out->last_ms = out->at_ms;
	return out->last_ms >= out->at_ms ||
	       fail_at(reader, row, "last_ms", vg_notice_members[VG_NOTICE_LAST_MS].expected);
}

void
vg_read_notices(struct vg_reader *reader, struct vg_notices_body *body)
{
	const json_t *list = vg_reader_list(reader, "notices", true, VG_NOTICES_MAX);
	size_t count = json_array_size(list);
	struct vg_notice *notice;

	body->repeats = vg_reader_flag(reader, "repeats");
	if ((notice = vg_reader_memory(reader, count, sizeof(*notice))) == NULL)
		return;
	for (size_t i = 0; i < count; i++)
		if (!read_notice(reader, i, json_array_get(list, i), &notice[i]))
			return;
	body->notice = notice;
	body->count = count;
}

/* --- what people do --- */

void
vg_read_alarm(struct vg_reader *reader, enum vg_kind kind, struct vg_alarm_body *body)
{
	*body = (struct vg_alarm_body){.until_ms = INT64_MAX};
	body->alarm = vg_reader_id(reader, "alarm", true, VG_NAME_MAX);
	body->reason = vg_reader_text(reader, "reason", false, VG_TEXT_MAX);
	if (kind == VG_KIND_ALARM_SHELVED)
		body->until_ms =
			vg_reader_int(reader, "until_ms", false, 0, VG_INSTANT_MAX_MS, INT64_MAX);
	if (kind == VG_KIND_ALARM_CLOSED)
		body->false_alarm = vg_reader_flag(reader, "false_alarm");
}

void
vg_read_proposal(struct vg_reader *reader, enum vg_kind kind, struct vg_proposal_body *body)
{
	body->proposal = vg_reader_id(reader, "proposal", true, VG_NAME_MAX);
	body->cause = VG_PARTY_UNKNOWN;
	if (kind == VG_KIND_PROPOSAL_REFUSED) {
		body->reason = vg_reader_name(reader, "reason", VG_TEXT_MAX);
		return;
	}
	body->reason = vg_reader_text(reader, "reason", false, VG_TEXT_MAX);
	body->cause = (enum vg_party)vg_reader_word(reader, "cause", false, vg_party_words,
						    VG_PARTY_UNKNOWN);
}

/* --- resources --- */

/* What all rows' lists of ids may need, in ids and in bytes. */
static void
measure_ids(const json_t *rows, size_t *ids, size_t *bytes)
{
	const json_t *row, *id;
	size_t i, k;

	*ids = *bytes = 0;
	json_array_foreach(rows, i, row)
	{
		const json_t *list = json_object_get(row, "municipalities");

		if (json_array_size(list) > *ids)
			*ids = json_array_size(list);
		json_array_foreach(list, k, id) *bytes += json_string_length(id) + 1;
	}
}

/* The memory of all rows' lists: ids of the row in hand, and the end of the texts so far. */
struct lists {
	const char **id;
	char *at;
};

static const char *
read_ids(struct vg_reader *row, const char *member, struct lists *lists)
{
	const json_t *list = vg_reader_list(row, member, false, VG_SCOPE_TEXT_MAX / 2);
	size_t count = json_array_size(list);
	const char *text = lists->at;

	if (count == 0)
		return "";
	for (size_t i = 0; i < count; i++) {
		char item[64];

		(void)snprintf(item, sizeof(item), "%s[%zu]", member, i);
		lists->id[i] = vg_reader_as_id(row, item, json_array_get(list, i), VG_NAME_MAX);
	}
	if (row->rc != 0)
		return "";
	lists->at = vg_reader_join(row, member, lists->id, count, lists->at) + 1;
	return text;
}

static int
read_row(struct vg_reader *row, struct lists *lists, struct vg_resource_row *out)
{
	if (!json_is_object(row->object))
		return vg_reader_fail(row, "name", "a row {name, ...}, an object");
	out->name = vg_reader_name(row, "name", VG_NAME_MAX);
	out->resource = vg_reader_text(row, "resource", false, VG_NAME_MAX);
	out->service = vg_reader_text(row, "service", false, VG_NAME_MAX);
	if (*out->service != '\0' && !vg_reader_is_id(out->service))
		vg_reader_fail(row, "service", "letters a-z, digits and . _ - only");
	out->municipalities = read_ids(row, "municipalities", lists);
	out->parent = vg_reader_text(row, "parent", false, VG_NAME_MAX);
	out->removed = vg_reader_flag(row, "removed");
	return vg_reader_finish(row);
}

void
vg_read_resources(struct vg_reader *reader, struct vg_resources_body *body)
{
	const json_t *list = vg_reader_list(reader, "resources", true, VG_RESOURCES_MAX);
	size_t count = json_array_size(list), ids, bytes;
	struct vg_resource_row *row = vg_reader_memory(reader, count, sizeof(*row));
	struct lists lists;
	char path[64];

	measure_ids(list, &ids, &bytes);
	lists.id = vg_reader_memory(reader, ids, sizeof(*lists.id));
	lists.at = vg_reader_memory(reader, bytes + count, 1);
	if (reader->rc != 0)
		return;
	if (count == 0)
		vg_reader_fail(reader, "resources", "at least one row {name, ...}");
	for (size_t i = 0; reader->rc == 0 && i < count; i++) {
		struct vg_reader one = {
			.object = json_array_get(list, i), .path = path, .err = reader->err};

		(void)snprintf(path, sizeof(path), "%sresources[%zu].", reader->path, i);
		reader->rc = read_row(&one, &lists, &row[i]);
	}
	body->row = row;
	body->count = count;
}
