/* Builders for tests of alarms: notices as one line of words, what people do, and an alarm as one
 * line of words back.
 *
 * "sw1/Gi1 link-down major" is a notice of this minute; behind it may stand q=QUALIFIER
 * cat=CATEGORY svc=SERVICE mun=CODE n=COUNT at=MINUTE last=MINUTE text=WORD and transient. Several
 * of one event are parted by ";". */
#ifndef VG_TEST_ALARM_SUPPORT_H
#define VG_TEST_ALARM_SUPPORT_H

#include "core/alarm.h"
#include "tests/unit/object_support.h"

#define NOTICES_MAX 16

SUPPORT struct vg_agreement *
alarm_agreement(const char *version)
{
	struct vg_agreement *agreement = object_agreement(version);

	vg_agreement_set_defaults(agreement);
	return agreement;
}

/* Expects to hear from a source at least so often. */
SUPPORT struct vg_agreement *
expecting(struct vg_agreement *agreement, const char *source, int64_t minutes)
{
	agreement->alarm_silences = 1;
	agreement->alarm_silence = support_array(1, sizeof(*agreement->alarm_silence));
	agreement->alarm_silence[0] =
		(struct vg_alarm_silence){support_copy(source), minutes * MINUTE_MS};
	return agreement;
}

SUPPORT struct world
alarm_world(void)
{
	return (struct world){.core = support_core(alarm_agreement("1")), .seq = 1};
}

SUPPORT int
alarm_word(const char *const words[], const char *word)
{
	int i = 0;

	while (words[i] != NULL && strcmp(words[i], word) != 0)
		i++;
	if (words[i] == NULL)
		fail_msg("no word %s", word);
	return i;
}

SUPPORT void
notice_word(struct vg_notice *notice, char *word)
{
	char *value = strchr(word, '=');

	if (strcmp(word, "transient") == 0) {
		notice->transient = true;
		return;
	}
	assert_non_null(value);
	*value++ = '\0';
	if (strcmp(word, "q") == 0)
		notice->qualifier = value;
	else if (strcmp(word, "cat") == 0)
		notice->category =
			(enum vg_alarm_category)alarm_word(vg_alarm_category_words, value);
	else if (strcmp(word, "svc") == 0)
		notice->service = value;
	else if (strcmp(word, "mun") == 0)
		notice->municipality = value;
	else if (strcmp(word, "text") == 0)
		notice->text = value;
	else if (strcmp(word, "n") == 0)
		notice->count = strtoll(value, NULL, 10);
	else if (strcmp(word, "at") == 0)
		notice->at_ms = notice->last_ms = at_ms(strtoll(value, NULL, 10));
	else if (strcmp(word, "last") == 0)
		notice->last_ms = at_ms(strtoll(value, NULL, 10));
	else
		fail_msg("no part %s of a notice", word);
}

/* Reads one notice; `line` is cut up and must outlive it. */
SUPPORT struct vg_notice
support_notice(char *line, int64_t minutes)
{
	struct vg_notice notice = {.at_ms = at_ms(minutes),
				   .last_ms = at_ms(minutes),
				   .count = 1,
				   .qualifier = "",
				   .service = "",
				   .municipality = "",
				   .text = "",
				   .rule = "",
				   .peer = "",
				   .detail = "",
				   .id = ""};
	char *rest, *word;

	notice.resource = strtok_r(line, " ", &rest);
	notice.type = strtok_r(NULL, " ", &rest);
	word = strtok_r(NULL, " ", &rest);
	assert_non_null(word);
	notice.severity = (enum vg_severity)alarm_word(vg_severity_words, word);
	while ((word = strtok_r(NULL, " ", &rest)) != NULL)
		notice_word(&notice, word);
	return notice;
}

SUPPORT size_t
support_notices(struct vg_notice notice[NOTICES_MAX], int64_t minutes, char *lines)
{
	char *rest, *line;
	size_t n = 0;

	for (line = strtok_r(lines, ";", &rest); line != NULL; line = strtok_r(NULL, ";", &rest)) {
		assert_true(n < NOTICES_MAX);
		notice[n++] = support_notice(line, minutes);
	}
	return n;
}

SUPPORT enum vg_verdict_code
alarms_event(struct world *world, const char *source, int64_t minutes, const char *lines)
{
	struct vg_event event = world_event(world, VG_KIND_ALARMS_REPORTED, minutes);
	struct vg_notice notice[NOTICES_MAX];
	char store[1024];

	assert_true(strlen(lines) < sizeof(store));
	memcpy(store, lines, strlen(lines) + 1);
	event.source = source;
	event.body.notices = (struct vg_notices_body){
		.count = support_notices(notice, minutes, store), .notice = notice};
	return world_step(world, &event);
}

/* A person's act on an alarm, "A-1024". until: minutes, -1 = until taken off the shelf. */
SUPPORT enum vg_verdict_code
alarm_act(struct world *world, enum vg_kind kind, const char *alarm, int64_t minutes,
	  const char *reason, int64_t until)
{
	struct vg_event event = world_event(world, kind, minutes);

	event.body.alarm = (struct vg_alarm_body){
		.alarm = alarm, .reason = reason, .until_ms = until < 0 ? INT64_MAX : at_ms(until)};
	return world_step(world, &event);
}

/* Rows of the register, each "name resource service municipalities parent", "-" = nothing, a fourth
 * part "1480,1489" = a list; "name removed" takes one out. Parted by ";". */
SUPPORT enum vg_verdict_code
resources_event(struct world *world, int64_t minutes, const char *lines)
{
	struct vg_event event = world_event(world, VG_KIND_RESOURCES_MAPPED, minutes);
	struct vg_resource_row row[NOTICES_MAX];
	char store[1024], *rest, *line;
	size_t n = 0;

	assert_true(strlen(lines) < sizeof(store));
	memcpy(store, lines, strlen(lines) + 1);
	for (line = strtok_r(store, ";", &rest); line != NULL; line = strtok_r(NULL, ";", &rest)) {
		const char *part[5] = {"", "", "", "", ""};
		char *words;
		size_t parts = 0;

		for (char *word = strtok_r(line, " ", &words); word != NULL && parts < 5;
		     word = strtok_r(NULL, " ", &words))
			part[parts++] = strcmp(word, "-") == 0 ? "" : word;
		for (char *at = (char *)part[3]; *at != '\0'; at++)
			*at = *at == ',' ? ' ' : *at;
		assert_true(n < NOTICES_MAX);
		row[n++] = (struct vg_resource_row){.name = part[0],
						    .resource = part[1],
						    .service = part[2],
						    .municipalities = part[3],
						    .parent = part[4]};
		if (strcmp(part[1], "removed") == 0) {
			row[n - 1].resource = "";
			row[n - 1].removed = true;
		}
	}
	event.body.resources = (struct vg_resources_body){n, row};
	return world_step(world, &event);
}

/* The newest alarm of a key, which must be there. */
SUPPORT const struct vg_alarm *
alarm_of(const struct world *world, const char *resource, const char *type)
{
	const struct vg_alarm *alarm = vg_core_alarm_of(world->core, resource, type, "");

	if (alarm == NULL)
		fail_msg("no alarm %s of %s", type, resource);
	return alarm;
}

SUPPORT struct vg_alarm_now
alarm_now(const struct world *world, const char *resource, const char *type)
{
	struct vg_alarm_now now;

	vg_alarm_at(world->core, alarm_of(world, resource, type), at_ms(world->now), &now);
	return now;
}

/* "A-3072 sw1/Gi1 major 2x changes=1 active shown". */
SUPPORT void
assert_alarm(const struct world *world, const char *resource, const char *type, const char *wanted)
{
	const struct vg_alarm *alarm = alarm_of(world, resource, type);
	struct vg_alarm_now now = alarm_now(world, resource, type);
	char text[512];

	snprintf(text, sizeof(text), "A-%lld %s %s %lldx changes=%lld %s %s", (long long)alarm->id,
		 alarm->resource, vg_severity_words[alarm->severity], (long long)alarm->count,
		 (long long)alarm->changes, now.active ? "active" : "ended",
		 vg_alarm_hidden_words[now.hidden]);
	assert_string_equal(text, wanted);
}

#endif
