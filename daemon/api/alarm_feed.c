/* alarm_feed.c - the live list's changes, by long poll.
 *
 * A waiter knows a sequence; it is answered with the alarms that changed after it, each once, as it
 * stands now. Nothing is queued for anybody: the core's objects stand in a list by their last
 * change, and what a waiter has not seen is the end of that list. So a storm makes answers larger,
 * never more, and a slow reader costs nobody anything.
 *
 * The hard thing is what to tell of a storm. Of 10,000 changed alarms an answer has 500 at most:
 * first one of each type, the worst first, so that nothing new is buried, then the rest by
 * severity; and all of them are in the exact counts of their types. */
#include "daemon/api/alarm_feed.h"

#include "core/ut.h"
#include "daemon/api/alarms.h"
#include "lib/base/log.h"

#include <event2/event.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_DEFAULT_S 25
#define WAIT_MAX_S     60
#define LIMIT_DEFAULT  100
#define LIMIT_MAX      500
#define WALK_MAX       20000  /* alarms of one answer; what changed after them is the next one's */
#define OBJECTS_MAX    200000 /* changed things of any kind that are looked at for one answer */
#define COUNTS_MS      1000   /* who only misses repeats is told of them after so long */
#define TICK_MS	       200
#define TURN_MAX       16 /* answers of one turn of the loop */

struct waiter {
	struct vg_api *api;
	struct vg_request *request;
	struct vg_alarm_filter filter;
	int64_t after_seq, looked_seq; /* nothing in between is news */
	int64_t started_ms, until_ms;  /* by the steady clock */
	int64_t limit;
	bool has_counts; /* something has changed, but only how often it was said */
	struct waiter *prev, *next;
};

struct vg_alarm_feed {
	struct event *turn, *tick;
	struct waiter *waiters; /* the one that has waited longest for a look stands first */
	size_t count;
	bool released;
};

/* What changed. */

/* Of one type. */
struct kind {
	const char *type;
	int64_t changed, raised, ended;
	const struct vg_alarm *worst;
	UT_hash_handle hh;
};

struct found {
	const struct vg_alarm *alarm;
	bool first; /* stands for its type */
};

struct changes {
	const struct vg_alarm_filter *filter;
	int64_t after_seq, seq; /* seq: where the next answer goes on */
	struct found *found;
	size_t count, room, looked_at;
	struct kind *kinds;
	bool cut, failed;
};

static bool
is_newly_raised(const struct vg_alarm *alarm, int64_t after_seq)
{
	return alarm->id / VG_ALARM_ID_STEP > after_seq;
}

/* The one that says most of its type: the worst, and of these the newest. */
static bool
is_worse(const struct vg_alarm *alarm, const struct vg_alarm *than)
{
	return alarm->severity != than->severity ? alarm->severity > than->severity
						 : alarm->id > than->id;
}

static struct kind *
kind_of(struct changes *changes, const char *type)
{
	struct kind *kind;

	HASH_FIND_STR(changes->kinds, type, kind);
	if (kind != NULL || (kind = calloc(1, sizeof(*kind))) == NULL)
		return kind;
	kind->type = type;
	HASH_ADD_KEYPTR(hh, changes->kinds, kind->type, strlen(kind->type), kind);
	if (kind->hh.tbl != NULL)
		return kind;
	free(kind);
	return NULL;
}

static bool
make_room(struct changes *changes)
{
	const size_t room = changes->room == 0 ? 64 : changes->room * 2;
	struct found *found;

	if (changes->count < changes->room)
		return true;
	found = realloc(changes->found, room * sizeof(*found));
	if (found == NULL)
		return false;
	changes->found = found;
	changes->room = room;
	return true;
}

static bool
put_change(struct changes *changes, const struct vg_alarm *alarm)
{
	struct kind *kind = kind_of(changes, alarm->type);

	if (kind == NULL || !make_room(changes))
		return false;
	kind->changed++;
	kind->raised += is_newly_raised(alarm, changes->after_seq);
	kind->ended += alarm->cleared_ms != -1;
	if (kind->worst == NULL || is_worse(alarm, kind->worst))
		kind->worst = alarm;
	changes->found[changes->count++] = (struct found){.alarm = alarm};
	return true;
}

/* An answer ends between two events, never within one. */
static bool
on_changed(const struct vg_object *object, void *arg)
{
	struct changes *changes = arg;

	if ((changes->count >= WALK_MAX || changes->looked_at >= OBJECTS_MAX) &&
	    object->changed_seq > changes->seq) {
		changes->cut = true;
		return false;
	}
	changes->seq = object->changed_seq;
	changes->looked_at++;
	if (object->type == VG_OBJECT_ALARM &&
	    vg_alarm_filter_fits(changes->filter, object->of.alarm))
		changes->failed = !put_change(changes, object->of.alarm);
	return !changes->failed;
}

static int
by_weight(const void *a, const void *b)
{
	const struct found *one = a, *other = b;

	if (one->first != other->first)
		return one->first ? -1 : 1;
	return is_worse(one->alarm, other->alarm) ? -1 : 1;
}

static void
gather(struct changes *changes)
{
	vg_core_changed_since(changes->filter->core, changes->after_seq, on_changed, changes);
	if (!changes->cut)
		changes->seq = vg_core_seq(changes->filter->core);
	for (size_t i = 0; i < changes->count; i++) {
		struct found *found = &changes->found[i];
		const struct kind *kind;

		HASH_FIND_STR(changes->kinds, found->alarm->type, kind);
		found->first = kind != NULL && kind->worst == found->alarm;
	}
	if (changes->count > 1)
		qsort(changes->found, changes->count, sizeof(*changes->found), by_weight);
}

/* Answers. */

static json_t *
alarms_json(const struct changes *changes, int64_t limit)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < changes->count && (int64_t)i < limit; i++) {
		const struct vg_alarm *alarm = changes->found[i].alarm;
		struct vg_alarm_now now;
		json_t *row;

		vg_alarm_at(changes->filter->core, alarm, changes->filter->now_ms, &now);
		row = vg_json_alarm(changes->filter->core, alarm, &now);
		json_object_set_new(row, "raised_now",
				    json_boolean(is_newly_raised(alarm, changes->after_seq)));
		json_array_append_new(rows, row);
	}
	return rows;
}

/* Takes the kinds apart. */
static json_t *
kinds_json(struct changes *changes)
{
	json_t *rows = json_array();
	struct kind *kind, *next;

	HASH_ITER(hh, changes->kinds, kind, next)
	{
		json_array_append_new(rows,
				      json_pack("{s:s, s:s, s:I, s:I, s:I}", "type", kind->type,
						"worst", vg_severity_words[kind->worst->severity],
						"changed", (json_int_t)kind->changed, "raised",
						(json_int_t)kind->raised, "ended",
						(json_int_t)kind->ended));
		HASH_DEL(changes->kinds, kind);
		free(kind);
	}
	return rows;
}

static void
answer(struct waiter *waiter)
{
	struct changes changes = {.filter = &waiter->filter,
				  .after_seq = waiter->after_seq,
				  .seq = waiter->after_seq};
	json_t *rows, *kinds;

	waiter->filter.now_ms = vg_live_now_ms(waiter->api->live);
	gather(&changes);
	rows = alarms_json(&changes, waiter->limit);
	kinds = kinds_json(&changes);
	if (changes.failed) {
		json_decref(rows);
		json_decref(kinds);
		vg_reply_json(waiter->request, 503, NULL);
	} else {
		vg_reply_json(waiter->request, 200,
			      json_pack("{s:I, s:o, s:o, s:I, s:b, s:o}", "seq",
					(json_int_t)changes.seq, "alarms", rows, "kinds", kinds,
					"left_out",
					(json_int_t)(changes.count - json_array_size(rows)), "more",
					changes.cut, "asof", vg_json_time(waiter->filter.now_ms)));
	}
	free(changes.found);
}

/* Waiting. */

struct look {
	const struct vg_alarm_filter *filter;
	int64_t after_seq;
	size_t looked_at;
	bool news, counts;
};

static bool
on_look(const struct vg_object *object, void *arg)
{
	struct look *look = arg;
	const struct vg_alarm *alarm = NULL;
	bool news = object->type == VG_OBJECT_ALARM_CHANGE;

	if (++look->looked_at > OBJECTS_MAX) { /* answered, and asked again from further on */
		look->news = true;
		return false;
	}
	if (object->type == VG_OBJECT_ALARM_CHANGE) {
		alarm = vg_core_alarm(look->filter->core, object->of.alarm_change->alarm);
	} else if (object->type == VG_OBJECT_ALARM) {
		news = is_newly_raised(object->of.alarm, look->after_seq);
		if (news || !look->counts)
			alarm = object->of.alarm;
	}
	if (alarm == NULL || !vg_alarm_filter_fits(look->filter, alarm))
		return true;
	look->news = news;
	look->counts = true;
	return !news;
}

/* Whether there is something to tell now. */
static bool
is_due(struct waiter *waiter, int64_t now_ms)
{
	struct look look = {.filter = &waiter->filter, .after_seq = waiter->looked_seq};

	if (now_ms >= waiter->until_ms)
		return true;
	vg_core_changed_since(waiter->filter.core, waiter->looked_seq, on_look, &look);
	waiter->looked_seq = vg_core_seq(waiter->filter.core);
	waiter->has_counts |= look.counts;
	return look.news || (waiter->has_counts && now_ms >= waiter->started_ms + COUNTS_MS);
}

static void
let_go(struct vg_alarm_feed *feed, struct waiter *waiter)
{
	DL_DELETE(feed->waiters, waiter);
	feed->count--;
	answer(waiter);
	free(waiter);
}

static void
on_turn(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval soon = {0, 0};
	struct vg_alarm_feed *feed = arg;
	const int64_t now_ms = vg_steady_ms();
	size_t answered = 0;

	(void)fd;
	(void)what;
	for (size_t left = feed->count; left > 0 && answered < TURN_MAX; left--) {
		struct waiter *waiter = feed->waiters;

		if (is_due(waiter, now_ms)) {
			let_go(feed, waiter);
			answered++;
		} else { /* to the end: the next turn goes on with the others */
			DL_DELETE(feed->waiters, waiter);
			DL_APPEND(feed->waiters, waiter);
		}
	}
	if (answered == TURN_MAX)
		(void)event_add(feed->turn, &soon);
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct vg_alarm_feed *feed = arg;

	on_turn(fd, what, feed);
	if (feed->count == 0)
		(void)event_del(feed->tick);
}

void
vg_alarms_applied(struct vg_api *api)
{
	static const struct timeval soon = {0, 0};

	if (api->feed != NULL && api->feed->count > 0 &&
	    evtimer_pending(api->feed->turn, NULL) == 0)
		(void)event_add(api->feed->turn, &soon);
}

void
vg_alarms_release(struct vg_api *api)
{
	if (api->feed == NULL)
		return;
	api->feed->released = true;
	while (api->feed->waiters != NULL)
		let_go(api->feed, api->feed->waiters);
}

/* Who asks without a sequence wants to know where to begin. */
void
vg_get_alarm_changes(struct vg_call *call)
{
	static const struct timeval tick = {0, TICK_MS * 1000};
	struct vg_alarm_feed *feed = call->api->feed;
	const int64_t now_ms = vg_steady_ms();
	int64_t after_seq = -1, wait_s = WAIT_DEFAULT_S, limit = LIMIT_DEFAULT;
	struct vg_alarm_filter filter;
	struct waiter *waiter;

	if (!vg_alarm_filter_read(call, &filter) ||
	    !vg_call_number(call, "after", 0, INT64_MAX, &after_seq) ||
	    !vg_call_number(call, "wait", 0, WAIT_MAX_S, &wait_s) ||
	    !vg_call_number(call, "limit", 1, LIMIT_MAX, &limit))
		return;
	if (feed->count == VG_ALARM_WAITERS_MAX) {
		vg_reply_problem(call->request, 503, "%d wait for changes already",
				 VG_ALARM_WAITERS_MAX);
		return;
	}
	if ((waiter = calloc(1, sizeof(*waiter))) == NULL) {
		vg_reply_json(call->request, 503, NULL);
		return;
	}
	if (after_seq < 0 || after_seq > vg_core_seq(filter.core)) {
		after_seq = vg_core_seq(filter.core);
		wait_s = 0;
	}
	*waiter = (struct waiter){.api = call->api,
				  .request = call->request,
				  .filter = filter,
				  .after_seq = after_seq,
				  .looked_seq = after_seq,
				  .started_ms = now_ms,
				  .until_ms = now_ms + wait_s * 1000,
				  .limit = limit};
	DL_APPEND(feed->waiters, waiter);
	feed->count++;
	if (feed->released || is_due(waiter, now_ms))
		let_go(feed, waiter);
	else if (evtimer_pending(feed->tick, NULL) == 0)
		(void)event_add(feed->tick, &tick);
}

/* Life. */

size_t
vg_alarm_feed_waiting(const struct vg_alarm_feed *feed)
{
	return feed == NULL ? 0 : feed->count;
}

int
vg_alarm_feed_new(struct vg_alarm_feed **out, struct event_base *base, struct vg_err *err)
{
	struct vg_alarm_feed *feed = calloc(1, sizeof(*feed));

	if (feed != NULL) {
		feed->turn = evtimer_new(base, on_turn, feed);
		feed->tick = event_new(base, -1, EV_PERSIST, on_tick, feed);
	}
	if (feed == NULL || feed->turn == NULL || feed->tick == NULL) {
		vg_alarm_feed_free(feed);
		return vg_err_set(err, VG_ENOMEM, "event loop: out of memory");
	}
	*out = feed;
	return 0;
}

void
vg_alarm_feed_free(struct vg_alarm_feed *feed)
{
	struct waiter *waiter, *next;

	if (feed == NULL)
		return;
	DL_FOREACH_SAFE(feed->waiters, waiter, next)
	free(waiter);
	if (feed->turn != NULL)
		event_free(feed->turn);
	if (feed->tick != NULL)
		event_free(feed->tick);
	free(feed);
}
