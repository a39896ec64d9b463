/* alarms.c - alarms over HTTP: the list of what needs a look, one alarm with its history, what
 * people do with it, who sends alarms, and what alarms did for the region.
 *
 * The hard thing is the list in a storm: 200,000 alarms may be open, and how one stands now costs
 * more to know than what it holds. So they are put in order by what they hold, and only as many as
 * the page needs are looked at. */
#include "daemon/api/alarms.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_DEFAULT  100
#define PAGE_MAX      1000
#define LOOKED_AT_MAX 20000 /* alarms of one page, shown or not */
#define CURSOR_STEP   8	    /* cursor: id * CURSOR_STEP + severity; names a place in either order */
_Static_assert(VG_SEVERITY_COUNT <= CURSOR_STEP, "a severity fits beside the id");

/* Lists. */

struct page {
	struct vg_alarm_filter filter;
	int64_t limit, cursor, looked_at; /* cursor: 0 = from the beginning */
	int64_t next;			  /* 0 = the end was reached */
	json_t *rows;
};

/* False when the page is full or has looked at enough. */
static bool
look_at(struct page *page, const struct vg_alarm *alarm)
{
	struct vg_alarm_now now;

	vg_alarm_at(page->filter.core, alarm, page->filter.now_ms, &now);
	if (vg_alarm_filter_stands(&page->filter, &now))
		json_array_append_new(page->rows, vg_json_alarm(page->filter.core, alarm, &now));
	if ((int64_t)json_array_size(page->rows) < page->limit && ++page->looked_at < LOOKED_AT_MAX)
		return true;
	page->next = alarm->id * CURSOR_STEP + alarm->severity;
	return false;
}

/* Whether it stands after the page before. */
static bool
is_after(const struct vg_alarm *alarm, int64_t cursor)
{
	const int severity = (int)(cursor % CURSOR_STEP);

	return cursor == 0 || alarm->severity < severity ||
	       (alarm->severity == severity && alarm->id < cursor / CURSOR_STEP);
}

/* Open alarms that may be in the page, in order of their raising. */
struct candidates {
	const struct page *page;
	const struct vg_alarm **alarm;
	uint8_t *severity; /* of each: what lies together is quicker to go through again */
	size_t count;
	size_t of_severity[VG_SEVERITY_COUNT];
};

static bool
on_open(const struct vg_alarm *alarm, void *arg)
{
	struct candidates *c = arg;

	if (!is_after(alarm, c->page->cursor) || !vg_alarm_filter_fits(&c->page->filter, alarm))
		return true;
	c->of_severity[alarm->severity]++;
	c->severity[c->count] = (uint8_t)alarm->severity;
	c->alarm[c->count++] = alarm;
	return true;
}

/* The worst first, and of these the newest. */
static void
look_at_all(struct page *page, const struct candidates *c)
{
	for (int severity = VG_SEVERITY_COUNT - 1; severity >= 0; severity--) {
		size_t left = c->of_severity[severity];

		for (size_t i = c->count; left > 0 && i-- > 0;) {
			if (c->severity[i] != severity)
				continue;
			left--;
			if (!look_at(page, c->alarm[i]))
				return;
		}
	}
}

/* False when memory is out. */
static bool
list_open(struct page *page)
{
	const size_t open = vg_core_alarms_open_count(page->filter.core);
	struct candidates c = {.page = page,
			       .alarm = calloc(open + 1, sizeof(const struct vg_alarm *)),
			       .severity = calloc(open + 1, 1)};
	const bool room = c.alarm != NULL && c.severity != NULL;

	if (room) {
		vg_core_alarms_open(page->filter.core, on_open, &c);
		look_at_all(page, &c);
	}
	free(c.alarm);
	free(c.severity);
	return room;
}

/* How many instances have an id below this. They stand in the core by id. */
static size_t
count_below(const struct vg_core *core, int64_t id)
{
	size_t low = 0, high = vg_item_count(core, VG_OBJECT_ALARM);

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const struct vg_alarm *alarm = vg_core_item(core, VG_OBJECT_ALARM, middle);

		if (alarm->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Every instance, the newest first. */
static void
list_all(struct page *page)
{
	const int64_t below = page->cursor == 0 ? INT64_MAX : page->cursor / CURSOR_STEP;
	size_t i = count_below(page->filter.core, below);

	while (i-- > 0) {
		const struct vg_alarm *alarm = vg_core_item(page->filter.core, VG_OBJECT_ALARM, i);

		if (vg_alarm_filter_fits(&page->filter, alarm)) {
			if (!look_at(page, alarm))
				return;
		} else if (++page->looked_at >= LOOKED_AT_MAX) {
			page->next = alarm->id * CURSOR_STEP;
			return;
		}
	}
}

void
vg_get_alarms(struct vg_call *call)
{
	const char *group = vg_call_query(call, "group");
	struct page page = {.limit = PAGE_DEFAULT};

	if (!vg_alarm_filter_read(call, &page.filter) ||
	    !vg_call_number(call, "limit", 1, PAGE_MAX, &page.limit) ||
	    !vg_call_number(call, "cursor", 0, INT64_MAX, &page.cursor))
		return;
	if (group != NULL) {
		vg_reply_alarm_groups(call, &page.filter, group);
		return;
	}
	page.rows = json_array();
	if (page.filter.stage != VG_ALARMS_ACTIVE) {
		list_all(&page);
	} else if (!list_open(&page)) {
		json_decref(page.rows);
		vg_reply_json(call->request, 503, NULL);
		return;
	}
	vg_reply_json(call->request, 200,
		      vg_json_with_seq(call, json_pack("{s:o, s:o}", "alarms", page.rows, "next",
						       page.next == 0 ? json_null()
								      : json_integer(page.next))));
}

/* One alarm. */

const struct vg_alarm *
vg_call_alarm(struct vg_call *call)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	const struct vg_alarm *alarm = vg_core_alarm_named(core, call->param[0]);

	if (alarm != NULL && vg_alarm_concerns(core, alarm, call->who->municipality,
					       vg_live_now_ms(call->api->live)))
		return alarm;
	vg_reply_problem(call->request, 404, "no alarm %.40s; expected A-<number>", call->param[0]);
	return NULL;
}

static bool
on_change(const struct vg_alarm_change *change, void *arg)
{
	const bool act = change->severity < 0;

	json_array_append_new(
		arg,
		json_pack("{s:o, s:o, s:o, s:o, s:s, s:s, s:o, s:I}", "at",
			  vg_json_time(change->at_ms), "received",
			  vg_json_time(change->received_ms), "severity",
			  act ? json_null() : json_string(vg_severity_words[change->severity]),
			  "operator",
			  act ? json_string(vg_operator_words[change->operator_]) : json_null(),
			  "actor", change->actor, "text", change->text, "until",
			  vg_json_time(act && change->operator_ == VG_OPERATOR_SHELVED
					       ? change->until_ms
					       : -1),
			  "seq", (json_int_t)vg_alarm_change_seq(change)));
	return true;
}

/* Proposals of its service that name it. */
static json_t *
proposals_of(const struct vg_core *core, const struct vg_alarm *alarm)
{
	const struct vg_proposal *proposal;
	json_t *list = json_array();
	char name[VG_ALARM_NAME_MAX];

	vg_alarm_name(alarm->id, name);
	for (size_t i = 0; (proposal = vg_core_item(core, VG_OBJECT_PROPOSAL, i)) != NULL; i++)
		if (strcmp(proposal->service, alarm->service) == 0 &&
		    vg_judge_has_id(proposal->alarms, name))
			json_array_append_new(list, json_sprintf("F-%" PRId64, proposal->id));
	return list;
}

void
vg_get_alarm(struct vg_call *call)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	const struct vg_alarm *alarm = vg_call_alarm(call);
	struct vg_alarm_now now;
	json_t *object, *history;

	if (alarm == NULL)
		return;
	vg_alarm_at(core, alarm, vg_live_now_ms(call->api->live), &now);
	object = vg_json_alarm(core, alarm, &now);
	history = json_array();
	vg_core_alarm_history(core, alarm, on_change, history);
	json_object_set_new(object, "history", history);
	json_object_set_new(object, "proposals", proposals_of(core, alarm));
	json_object_set_new(object, "raised_seq", json_integer(alarm->id / VG_ALARM_ID_STEP));
	vg_reply_json(call->request, 200, vg_json_with_seq(call, object));
}

/* Acts. */

static void
post_about(struct vg_call *call, enum vg_kind kind)
{
	json_t *object;

	if (vg_call_alarm(call) == NULL || (object = vg_call_object(call)) == NULL)
		return;
	json_object_set_new(object, "alarm", json_string(call->param[0]));
	if (json_is_null(json_object_get(object, "until"))) /* without end, as when it is absent */
		json_object_del(object, "until");
	if (vg_judge_time(call, object, "until", "until_ms"))
		vg_take_command(call, kind, object);
	else
		json_decref(object);
}

void
vg_post_alarm_acknowledge(struct vg_call *call)
{
	post_about(call, VG_KIND_ALARM_ACKNOWLEDGED);
}

void
vg_post_alarm_shelve(struct vg_call *call)
{
	post_about(call, VG_KIND_ALARM_SHELVED);
}

void
vg_post_alarm_unshelve(struct vg_call *call)
{
	post_about(call, VG_KIND_ALARM_UNSHELVED);
}

void
vg_post_alarm_close(struct vg_call *call)
{
	post_about(call, VG_KIND_ALARM_CLOSED);
}

/* Who sends alarms. Who is bound to a municipality sees its own source. */
void
vg_get_alarm_sources(struct vg_call *call)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	const struct vg_alarm_source *source;
	json_t *rows = json_array();

	for (size_t i = 0; (source = vg_core_item(core, VG_OBJECT_ALARM_SOURCE, i)) != NULL; i++)
		if (*call->who->municipality == '\0' ||
		    strcmp(source->source, call->who->source) == 0)
			json_array_append_new(
				rows,
				json_pack("{s:s, s:o, s:I, s:I, s:b}", "source", source->source,
					  "received", vg_json_time(source->received_ms), "notices",
					  (json_int_t)source->notices, "events",
					  (json_int_t)source->events, "silent", source->silent));
	vg_reply_json(call->request, 200,
		      vg_json_with_seq(call, json_pack("{s:o}", "sources", rows)));
}

/* What alarms did. */

static json_t *
share_ppm(int64_t part, int64_t whole)
{
	return whole == 0 ? json_null() : json_integer(part * 1000000 / whole);
}

static json_t *
seconds(int64_t ms)
{
	return ms < 0 ? json_null() : json_integer(ms / 1000);
}

static json_t *
effect_json(const struct vg_alarm_effect *e)
{
	json_t *by_severity = json_object();
	json_t *object;

	for (int i = VG_SEVERITY_COUNT - 1; i > VG_SEVERITY_CLEARED; i--)
		json_object_set_new(by_severity, vg_severity_words[i],
				    json_integer(e->by_severity[i]));
	object = json_pack("{s:I, s:o, s:I, s:I, s:I, s:I, s:o}", "alarms", (json_int_t)e->alarms,
			   "by_severity", by_severity, "notices", (json_int_t)e->notices, "tickets",
			   (json_int_t)e->tickets, "closed", (json_int_t)e->closed, "false_alarms",
			   (json_int_t)e->false_alarms, "false_share_ppm",
			   share_ppm(e->false_alarms, e->closed));
	json_object_update_new(
		object,
		json_pack("{s:I, s:o, s:o, s:o}", "acknowledged", (json_int_t)e->acknowledged,
			  "ack_mean_s",
			  seconds(e->acknowledged > 0 ? e->ack_sum_ms / e->acknowledged : -1),
			  "ack_median_s", seconds(e->ack_median_ms), "ack_max_s",
			  seconds(e->ack_max_ms)));
	json_object_update_new(object,
			       json_pack("{s:I, s:I, s:I, s:o}", "outages", (json_int_t)e->outages,
					 "outages_ticketed", (json_int_t)e->outages_ticketed,
					 "detected_first", (json_int_t)e->detected_first,
					 "detected_share_ppm",
					 share_ppm(e->detected_first, e->outages_ticketed)));
	return object;
}

/* An end of the stretch; false: the call is answered. */
static bool
read_end(struct vg_call *call, const char *name, int64_t *at_ms)
{
	const char *text = vg_call_query(call, name);
	struct vg_err err = {0};

	if (text != NULL && vg_parse_time(text, at_ms, &err))
		return true;
	vg_reply_problem(call->request, 400,
			 "%s: expected a time as 2026-11-20T08:30:00Z, and both from and to", name);
	return false;
}

static bool
read_stretch(struct vg_call *call, int64_t *from_ms, int64_t *to_ms)
{
	int month;

	if (vg_call_query(call, "from") == NULL && vg_call_query(call, "to") == NULL)
		return vg_judge_month(call, false, &month, from_ms, to_ms);
	if (!read_end(call, "from", from_ms) || !read_end(call, "to", to_ms))
		return false;
	if (*from_ms < *to_ms)
		return true;
	vg_reply_problem(call->request, 400, "to: expected a time after from");
	return false;
}

void
vg_get_alarm_effect(struct vg_call *call)
{
	const int64_t now_ms = vg_live_now_ms(call->api->live);
	struct vg_alarm_effect effect;
	struct vg_scope scope;
	int64_t from_ms, to_ms;
	json_t *object;
	int rc;

	if (!vg_judge_filter(call, &scope) || !read_stretch(call, &from_ms, &to_ms))
		return;
	if (to_ms > now_ms)
		to_ms = now_ms > from_ms ? now_ms : from_ms;
	rc = vg_core_alarm_effect(vg_live_core(call->api->live), from_ms, to_ms,
				  scope.service != NULL ? scope.service : "",
				  scope.municipality != NULL ? scope.municipality : "", &effect);
	if (rc != 0) {
		vg_reply_json(call->request, 503, NULL);
		return;
	}
	object = effect_json(&effect);
	json_object_set_new(object, "from", vg_json_time(from_ms));
	json_object_set_new(object, "to", vg_json_time(to_ms));
	json_object_set_new(object, "service",
			    scope.service == NULL ? json_null() : json_string(scope.service));
	json_object_set_new(object, "municipality",
			    scope.municipality == NULL ? json_null()
						       : json_string(scope.municipality));
	vg_reply_json(call->request, 200, vg_json_with_seq(call, object));
}
