/* Builders for tests of what alarms say together: the world of object_support.h, in which a major
 * incident needs two municipalities, and one-line notices of alarms.
 *
 * "srv1 host-down critical" is said by source "zabbix"; words after it: service=, in= (a
 * municipality), cat=, and transient. */
#ifndef VG_TEST_PROPOSAL_SUPPORT_H
#define VG_TEST_PROPOSAL_SUPPORT_H

#include "core/alarm.h"
#include "tests/unit/object_support.h"

SUPPORT struct vg_agreement *
voice_agreement(const char *version)
{
	struct vg_agreement *agreement = object_agreement(version);

	agreement->duty[0].occasions |= VG_OCCASION_ALARM;
	agreement->duty[1].occasions |= VG_OCCASION_ALARM;
	agreement->alarm_transient_ms = HOUR_MS;
	agreement->major_municipalities = 2;
	agreement->major_window_ms = 15 * MINUTE_MS;
	return agreement;
}

SUPPORT struct world
voice_world(void)
{
	return (struct world){.core = support_core(voice_agreement("1")), .seq = 1};
}

SUPPORT int
voice_word(const char *const *words, const char *word)
{
	for (int i = 0; words[i] != NULL; i++) {
		if (strcmp(words[i], word) == 0)
			return i;
	}
	fail_msg("no such word: %s", word);
	return -1;
}

/* Reads one notice; its strings are kept in `store`. */
SUPPORT struct vg_notice
voice_notice(const char *line, int64_t minutes, char store[256])
{
	struct vg_notice notice = {.at_ms = at_ms(minutes),
				   .last_ms = at_ms(minutes),
				   .count = 1,
				   .qualifier = "",
				   .category = VG_ALARM_AVAILABILITY,
				   .service = "",
				   .municipality = "",
				   .text = "text",
				   .rule = "",
				   .peer = "",
				   .detail = "",
				   .id = ""};
	char *word, *rest;

	assert_true(strlen(line) < 256);
	memcpy(store, line, strlen(line) + 1);
	notice.resource = strtok_r(store, " ", &rest);
	notice.type = strtok_r(NULL, " ", &rest);
	notice.severity =
		(enum vg_severity)voice_word(vg_severity_words, strtok_r(NULL, " ", &rest));
	while ((word = strtok_r(NULL, " ", &rest)) != NULL) {
		if (strncmp(word, "service=", 8) == 0)
			notice.service = word + 8;
		else if (strncmp(word, "in=", 3) == 0)
			notice.municipality = word + 3;
		else if (strncmp(word, "cat=", 4) == 0)
			notice.category = (enum vg_alarm_category)voice_word(
				vg_alarm_category_words, word + 4);
		else if (strcmp(word, "transient") == 0)
			notice.transient = true;
		else
			fail_msg("no such word: %s", word);
	}
	return notice;
}

SUPPORT enum vg_verdict_code
voices(struct world *world, int64_t minutes, const struct vg_notice *notice, size_t count)
{
	struct vg_event event = world_event(world, VG_KIND_ALARMS_REPORTED, minutes);

	event.source = "zabbix";
	event.body.notices = (struct vg_notices_body){.count = count, .notice = notice};
	return world_step(world, &event);
}

/* The alarm that one notice raised or changed; NULL = none. */
SUPPORT const struct vg_alarm *
voice(struct world *world, int64_t minutes, const char *line)
{
	char store[256];
	struct vg_notice notice = voice_notice(line, minutes, store);

	assert_true(voices(world, minutes, &notice, 1) <= VG_VERDICT_FLAGGED);
	return vg_core_alarm_of(world->core, notice.resource, notice.type, "");
}

/* What a person does with an alarm; until: minutes, of shelving, -1 = without end. */
SUPPORT void
act(struct world *world, enum vg_kind kind, const struct vg_alarm *alarm, int64_t minutes,
    int64_t until)
{
	struct vg_event event = world_event(world, kind, minutes);
	char name[32];

	snprintf(name, sizeof(name), "A-%lld", (long long)alarm->id);
	event.body.alarm = (struct vg_alarm_body){.alarm = name,
						  .reason = "a reason",
						  .until_ms = until < 0 ? INT64_MAX : at_ms(until)};
	if (world_step(world, &event) > VG_VERDICT_FLAGGED)
		fail_msg("%s of %s: %s", vg_kind_name(kind), name, world->verdict.text);
}

/* Time passes to the next thing that is due. */
SUPPORT void
tick_due(struct world *world)
{
	struct vg_event event = world_event(world, VG_KIND_TICK, world->now);

	event.received_ms = vg_core_next_deadline_ms(world->core);
	assert_true(event.received_ms < INT64_MAX);
	event.body.note = "";
	world_step(world, &event);
	world->now = (event.received_ms - WORLD_START_MS) / MINUTE_MS + 1;
}

SUPPORT size_t
how_many(const struct world *world, enum vg_object_type type)
{
	size_t n = 0;

	while (vg_core_item(world->core, type, n) != NULL)
		n++;
	return n;
}

#endif
