/* windows.c - service windows: planned, approved, run, withdrawn, and as a calendar.
 *
 * A recurring window is walked out to its occurrences here, at the edge, since the core knows no
 * calendar: the event holds the instants, and the rule only as what they came from. */
#include "daemon/api/calendar.h"
#include "daemon/api/judge.h"

#include "lib/ical/ical.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Lists. */

static json_t *
window_json(const struct vg_window *window)
{
	char series[32], id[64];
	json_t *row;

	(void)snprintf(series, sizeof(series), "W-%" PRId64, window->series);
	(void)snprintf(id, sizeof(id), "%s.%" PRId64, series, window->n);
	row = json_pack(
		"{s:s, s:s, s:I, s:s, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o}", "id", id, "series",
		series, "n", (json_int_t)window->n, "name", window->name, "services",
		vg_judge_ids(window->services), "channels", vg_judge_ids(window->channels),
		"municipalities", vg_judge_ids(window->municipalities), "from",
		vg_json_time(window->from_ms), "to", vg_json_time(window->to_ms), "category",
		vg_category_words[window->category], "planned", vg_json_time(window->planned_ms),
		"announced", vg_json_time(window->announced_ms));
	json_object_update_new(
		row,
		json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:o, s:o, s:b, s:s, s:s, s:s}",
			  "agreed_by", window->agreed_by, "rrule", window->rrule, "uid",
			  window->uid, "reason", window->reason, "author", window->author,
			  "approved_by", window->approved_by, "waits",
			  *window->approved_by == '\0' && !window->withdrawn, "started",
			  vg_json_time(window->started_ms), "ended", vg_json_time(window->ended_ms),
			  "withdrawn", window->withdrawn, "withdrawn_by", window->withdrawn_by,
			  "withdrawn_reason", window->withdrawn_reason, "withdrawal_approved_by",
			  window->withdrawal_approved_by));
	return row;
}

static bool
may_see(const struct vg_call *call, const struct vg_window *window)
{
	return *call->who->municipality == '\0' ||
	       vg_judge_has_id(window->municipalities, call->who->municipality);
}

/* Those of a month, or all that have not ended. */
void
vg_get_windows(struct vg_call *call)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	const struct vg_window *window;
	int64_t from_ms = vg_live_now_ms(call->api->live), to_ms = INT64_MAX;
	json_t *rows;
	int month;

	if (vg_call_query(call, "month") != NULL &&
	    !vg_judge_month(call, true, &month, &from_ms, &to_ms))
		return;
	rows = json_array();
	for (size_t i = 0; (window = vg_core_item(core, VG_OBJECT_WINDOW, i)) != NULL; i++)
		if (window->from_ms < to_ms && window->to_ms > from_ms && may_see(call, window))
			json_array_append_new(rows, window_json(window));
	vg_reply_json(call->request, 200,
		      json_pack("{s:o, s:I, s:o}", "windows", rows, "seq",
				(json_int_t)vg_core_seq(core), "asof",
				vg_json_time(vg_live_now_ms(call->api->live))));
}

static bool
shows(const struct vg_window *window, const void *arg)
{
	return may_see(arg, window);
}

void
vg_get_windows_ics(struct vg_call *call)
{
	char *text = vg_calendar(vg_live_core(call->api->live), vg_live_now_ms(call->api->live),
				 shows, call);

	if (text == NULL)
		vg_reply_json(call->request, 503, NULL);
	else
		vg_request_reply(call->request, 200, "text/calendar; charset=utf-8",
				 "Cache-Control: no-store\r\n", text, strlen(text));
	free(text);
}

/* Planning. */

/* An end of an occurrence, as an instant in milliseconds or as ISO time. */
static bool
read_instant(const json_t *value, int64_t *at_ms)
{
	struct vg_err err = {0};

	if (json_is_integer(value))
		*at_ms = json_integer_value(value);
	return json_is_integer(value) ||
	       (json_is_string(value) && vg_parse_time(json_string_value(value), at_ms, &err));
}

/* "times" with ISO times becomes instants; what is malformed is left to the event's parser. */
static void
settle_times(json_t *times)
{
	for (size_t i = 0; i < json_array_size(times); i++) {
		json_t *pair = json_array_get(times, i);

		for (size_t end = 0; end < json_array_size(pair); end++) {
			int64_t at_ms;

			if (read_instant(json_array_get(pair, end), &at_ms))
				json_array_set_new(pair, end, json_integer(at_ms));
		}
	}
}

/* The occurrences from a first one; false: the call is answered. */
static bool
put_times(struct vg_call *call, json_t *object, int64_t from_ms, int64_t to_ms)
{
	const json_t *rule = json_object_get(object, "rrule");
	int64_t time[VG_ICAL_TIMES_MAX][2] = {{from_ms, to_ms}};
	json_t *times;
	struct vg_err err = {0};
	size_t count = 1;
	bool open;
	int rc = 0;

	if (json_is_string(rule) && *json_string_value(rule) != '\0')
		rc = vg_ical_expand(from_ms, to_ms, json_string_value(rule), time, &count, &open,
				    &err);
	if (rc != 0) {
		vg_reply_problem(call->request, 422, "rrule: %s", vg_err_text(&err, rc));
		return false;
	}
	times = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(
			times, json_pack("[I, I]", (json_int_t)time[i][0], (json_int_t)time[i][1]));
	json_object_set_new(object, "times", times);
	return true;
}

static bool
settle_window(struct vg_call *call, json_t *object)
{
	int64_t from_ms, to_ms;
	bool single;

	if (!vg_judge_time(call, object, "announced", "announced_ms"))
		return false;
	settle_times(json_object_get(object, "times"));
	single = json_object_get(object, "from") != NULL || json_object_get(object, "to") != NULL;
	if (!single)
		return true;
	if (json_object_get(object, "times") != NULL ||
	    !read_instant(json_object_get(object, "from"), &from_ms) ||
	    !read_instant(json_object_get(object, "to"), &to_ms)) {
		vg_reply_problem(call->request, 422,
				 "from: expected from and to as times, and no list of times "
				 "beside them");
		return false;
	}
	json_object_del(object, "from");
	json_object_del(object, "to");
	return put_times(call, object, from_ms, to_ms);
}

void
vg_post_window(struct vg_call *call)
{
	json_t *object = vg_call_object(call);

	if (object == NULL)
		return;
	if (settle_window(call, object))
		vg_take_named(call, VG_KIND_WINDOW_PLANNED, object, "window", "W-");
	else
		json_decref(object);
}

/* What happens to it. */

static bool
is_known(struct vg_call *call)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	const struct vg_window *window = NULL;
	int64_t series, n;

	if (vg_judge_id(call->param[0], 'W', &series, &n))
		window = vg_core_window(core, series, n < 0 ? 0 : n);
	if (window != NULL && may_see(call, window))
		return true;
	vg_reply_problem(call->request, 404,
			 "no window %.40s; expected W-<number> or W-<number>.<occurrence>",
			 call->param[0]);
	return false;
}

static void
post_about(struct vg_call *call, enum vg_kind kind)
{
	const bool moment = kind == VG_KIND_WINDOW_STARTED || kind == VG_KIND_WINDOW_ENDED;
	json_t *object;

	if (!is_known(call) || (object = vg_call_object(call)) == NULL)
		return;
	json_object_set_new(object, "window", json_string(call->param[0]));
	if (moment && !vg_judge_time(call, object, "at", "at_ms")) {
		json_decref(object);
		return;
	}
	if (moment && json_object_get(object, "at_ms") == NULL)
		json_object_set_new(object, "at_ms", json_integer(vg_live_now_ms(call->api->live)));
	vg_take_command(call, kind, object);
}

void
vg_post_window_approve(struct vg_call *call)
{
	post_about(call, VG_KIND_WINDOW_APPROVED);
}

void
vg_post_window_start(struct vg_call *call)
{
	post_about(call, VG_KIND_WINDOW_STARTED);
}

void
vg_post_window_end(struct vg_call *call)
{
	post_about(call, VG_KIND_WINDOW_ENDED);
}

void
vg_post_window_withdraw(struct vg_call *call)
{
	post_about(call, VG_KIND_WINDOW_WITHDRAWN);
}
