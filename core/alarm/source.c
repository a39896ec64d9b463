/* alarm/source.c - who sends alarms, and who has been silent for too long.
 *
 * Whom the agreement expects to hear from is watched from its application on, so that a source
 * which never says anything is found too. The hard thing is that silence is told by an alarm of the
 * core's own, raised by time alone, which has to come out the same at every replay: it is raised by
 * the first event at or after the instant, of which a tick is one. */
#include "core/core_private.h"

#include <stdio.h>
#include <string.h>

/* How long the source may be silent by a version; INT64_MAX = for ever. */
static int64_t
silence_by(const struct vg_agreement *agreement, const char *source)
{
	size_t low = 0, high = agreement != NULL ? agreement->alarm_silences : 0;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = strcmp(agreement->alarm_silence[mid].source, source);

		if (order == 0)
			return agreement->alarm_silence[mid].silence_ms;
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return INT64_MAX;
}

static int64_t
silence_ms(const struct vg_core *core, const char *source, int64_t at_ms)
{
	return silence_by(vg_core_agreement_at(core, at_ms), source);
}

/* When the next version begins that expects to hear from the source; INT64_MAX = none. */
static int64_t
next_version_ms(const struct vg_core *core, const char *source)
{
	int64_t next_ms = INT64_MAX;

	for (size_t i = 0; i < core->versions; i++) {
		const struct vg_agreement *agreement = core->version[i]->agreement;

		if (agreement->valid_from_ms > core->received_ms &&
		    agreement->valid_from_ms < next_ms &&
		    silence_by(agreement, source) != INT64_MAX)
			next_ms = agreement->valid_from_ms;
	}
	return next_ms;
}

static struct vg_item *
find_source(const struct vg_core *core, const char *source)
{
	struct vg_item key = {.of.alarm_source.source = source};

	return vg_item_find(core, VG_OBJECT_ALARM_SOURCE, &key);
}

static int64_t
due_ms(const struct vg_core *core, const struct vg_alarm_source *source, int64_t at_ms)
{
	return vg_after_ms(source->received_ms, silence_ms(core, source->source, at_ms));
}

bool
vg_alarm_source_is_news(const struct vg_core *core, const char *source, int64_t now_ms)
{
	const struct vg_item *item = find_source(core, source);

	if (item == NULL)
		return core->items[VG_OBJECT_ALARM_SOURCE].n < VG_CORE_SOURCES_MAX;
	return item->of.alarm_source.silent ||
	       due_ms(core, &item->of.alarm_source, now_ms) <= now_ms;
}

/* NULL in *out: there is no room for one more. */
static int
put_source(struct vg_core *core, const char *name, int64_t expected_ms, struct vg_item **out)
{
	struct vg_alarm_source source = {.source = name, .received_ms = expected_ms};

	*out = find_source(core, name);
	if (*out != NULL || core->items[VG_OBJECT_ALARM_SOURCE].n >= VG_CORE_SOURCES_MAX)
		return 0;
	return vg_item_add(core, VG_OBJECT_ALARM_SOURCE, &source, out);
}

/* A silent one is looked at now: it has been heard. */
static int
watch(struct vg_core *core, const struct vg_alarm_source *source)
{
	int64_t at_ms = due_ms(core, source, core->received_ms);

	if (source->silent)
		at_ms = core->received_ms;
	return at_ms == INT64_MAX ? 0
				  : vg_watch_put(core, VG_WATCH_SOURCE, "", source->source, at_ms);
}

int
vg_alarm_source_heard(struct vg_core *core, const struct vg_event *event)
{
	const struct vg_notices_body *body = &event->body.notices;
	struct vg_alarm_source *source;
	struct vg_item *item;
	int rc = put_source(core, event->source, core->received_ms, &item);

	if (rc != 0 || item == NULL)
		return rc;
	source = &item->of.alarm_source;
	source->received_ms = core->received_ms;
	source->events++;
	for (size_t i = 0; i < body->count; i++) {
		if (__builtin_add_overflow(source->notices, body->notice[i].count,
					   &source->notices))
			source->notices = INT64_MAX;
	}
	vg_item_mark(core, item);
	return watch(core, source);
}

int
vg_alarm_sources_expect(struct vg_core *core, const struct vg_agreement *agreement)
{
	const struct vg_items *items = &core->items[VG_OBJECT_ALARM_SOURCE];
	int64_t from_ms = agreement->valid_from_ms;
	struct vg_item *item;
	int rc = 0;

	if (from_ms < core->received_ms)
		from_ms = core->received_ms;
	for (size_t i = 0; i < agreement->alarm_silences && rc == 0; i++)
		rc = put_source(core, agreement->alarm_silence[i].source, from_ms, &item);
	for (size_t i = 0; i < items->n && rc == 0; i++)
		rc = vg_watch_put(core, VG_WATCH_SOURCE, "", items->item[i]->of.alarm_source.source,
				  core->received_ms);
	return rc;
}

/* Raises or clears the alarm about a source. */
static int
tell(struct vg_core *core, const struct vg_alarm_source *source, bool silent)
{
	char text[VG_AGREEMENT_TEXT_MAX + 64];
	struct vg_notice notice = {.at_ms = core->received_ms,
				   .last_ms = core->received_ms,
				   .count = 1,
				   .resource = source->source,
				   .type = "source-silent",
				   .qualifier = "",
				   .severity = silent ? VG_SEVERITY_MAJOR : VG_SEVERITY_CLEARED,
				   .category = VG_ALARM_AVAILABILITY,
				   .service = "",
				   .municipality = "",
				   .text = text,
				   .rule = "",
				   .peer = "",
				   .detail = "",
				   .id = ""};

	if (silent)
		snprintf(text, sizeof(text), "no event from %.*s for %lld s", VG_AGREEMENT_TEXT_MAX,
			 source->source,
			 (long long)(silence_ms(core, source->source, core->received_ms) / 1000));
	else
		snprintf(text, sizeof(text), "heard of %.*s", VG_AGREEMENT_TEXT_MAX,
			 source->source);
	return vg_alarm_own(core, &notice);
}

int
vg_look_at_source(struct vg_core *core, struct vg_watch *watch)
{
	struct vg_item *item = find_source(core, watch->subject);
	struct vg_alarm_source *source = &item->of.alarm_source;
	int64_t at_ms = due_ms(core, source, core->received_ms);
	int64_t next_ms = next_version_ms(core, watch->subject);
	bool silent = at_ms <= core->received_ms;
	int rc = 0;

	if (silent != source->silent && (rc = tell(core, source, silent)) == 0) {
		source->silent = silent;
		vg_item_mark(core, item);
	}
	if (!silent && at_ms < next_ms)
		next_ms = at_ms;
	return vg_look_next(core, watch, rc, next_ms);
}
