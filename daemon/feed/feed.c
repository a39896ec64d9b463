/* feed.c - readers, and the turns that they are sent.
 *
 * Readers who may see the same share a scope: its turns, numbered without holes, its ring and its
 * epoch, which says whether a number is of this scope's life. A reader is a connection and nothing
 * else: what it has not yet got is held by the server, by reference to the turns.
 *
 * The hard thing is what a reader may miss. Where the feed stands (the state table, the last row
 * looked at) is common to all scopes, so who joins between two turns is told, in the next one, a
 * little more than it needs, never less; and who comes back gets every turn since, or `resync`. */
#include "daemon/feed/feed.h"

#include "core/ut.h"
#include "daemon/api/picture.h"
#include "daemon/feed/render.h"
#include "lib/base/log.h"
#include "lib/crypto/crypto.h"

#include <event2/event.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TURN_SHARE 20 /* turns take one part of so many of the loop's time at most */

struct scope {
	char municipality[VG_NAME_MAX + 1]; /* "" = everything */
	char epoch[VG_EPOCH_LENGTH + 1];
	struct vg_ring ring;
	struct reader *readers;
	int64_t read_ms; /* steady: when the last reader left */
	UT_hash_handle hh;
};

struct reader {
	struct vg_feed *feed;
	struct scope *scope;
	struct vg_request *stream;
	uint64_t session; /* 0 = not by one */
	struct reader *prev, *next;
};

struct vg_feed {
	struct vg_api *api;
	struct event *turn, *heartbeat;
	struct scope *scopes;
	struct vg_board board;
	int64_t told_seq;  /* changes up to it are in turns */
	int64_t turned_ms; /* steady */
	int64_t rest_ms;   /* from one turn to the next at least */
	bool hurried;	   /* the next turn does not wait for the second */
	struct vg_feed_counts counts;
};

/* Readers. */

static void
reader_free(struct reader *reader)
{
	struct scope *scope = reader->scope;

	DL_DELETE(scope->readers, reader);
	reader->feed->counts.readers--;
	scope->read_ms = vg_steady_ms();
	free(reader);
}

static void
on_gone(void *arg)
{
	reader_free(arg);
}

static void
cut(struct reader *reader)
{
	reader->feed->counts.cut++;
	vg_stream_cut(reader->stream);
	reader_free(reader);
}

static void
on_sent(const void *bytes, size_t length, void *arg)
{
	(void)bytes;
	(void)length;
	vg_turn_drop(arg);
}

/* False: it was too slow, and is no more. */
static bool
send_turn(struct reader *reader, struct vg_turn *turn)
{
	if (vg_stream_send(reader->stream, turn->text, turn->length, on_sent, vg_turn_hold(turn)) <=
	    VG_FEED_WAITING_MAX)
		return true;
	cut(reader);
	return false;
}

static void
send_to_all(struct scope *scope, struct vg_turn *turn)
{
	struct reader *reader, *next;

	DL_FOREACH_SAFE(scope->readers, reader, next)
	(void)send_turn(reader, turn);
}

/* Scopes. */

static void
scope_free(struct vg_feed *feed, struct scope *scope)
{
	HASH_DEL(feed->scopes, scope);
	feed->counts.scopes--;
	vg_ring_fini(&scope->ring);
	free(scope);
}

static struct scope *
scope_new(struct vg_feed *feed, const char *municipality)
{
	struct scope *scope = calloc(1, sizeof(*scope));
	uint8_t epoch[VG_EPOCH_LENGTH / 2];

	if (scope == NULL)
		return NULL;
	(void)snprintf(scope->municipality, sizeof(scope->municipality), "%s", municipality);
	vg_random(epoch, sizeof(epoch));
	(void)vg_hex(epoch, sizeof(epoch), scope->epoch);
	scope->read_ms = vg_steady_ms();
	HASH_ADD_STR(feed->scopes, municipality, scope);
	if (scope->hh.tbl == NULL) {
		free(scope);
		return NULL;
	}
	feed->counts.scopes++;
	return scope;
}

static struct vg_feed_place
place_of(const struct vg_feed *feed, const struct scope *scope, uint64_t turn)
{
	return (struct vg_feed_place){.epoch = scope->epoch,
				      .turn = turn,
				      .seq = vg_core_seq(vg_live_core(feed->api->live)),
				      .now_ms = vg_live_now_ms(feed->api->live)};
}

/* Turns. */

static enum vg_board_news
look(struct vg_feed *feed)
{
	const struct vg_picture *picture = vg_picture_now(feed->api);

	if (picture == NULL)
		return VG_BOARD_OTHER;
	vg_board_begin(&feed->board);
	for (size_t i = 0; i < picture->cells; i++)
		vg_board_put(&feed->board, &picture->cell[i]);
	return vg_board_end(&feed->board);
}

/* Without memory for their turn the readers of a scope are cut off: they come back, and to another
 * epoch. */
static void
tell(struct vg_feed *feed, struct scope *scope, const struct vg_feed_news *news)
{
	const struct vg_feed_place place = place_of(feed, scope, scope->ring.last + 1);
	struct vg_turn *turn;

	if (vg_render_turn(news, &place, scope->municipality, &turn) != 0) {
		while (scope->readers != NULL)
			cut(scope->readers);
		scope_free(feed, scope);
	} else if (turn != NULL) {
		feed->counts.turns++;
		vg_ring_put(&scope->ring, turn);
		send_to_all(scope, turn);
	}
}

static void
tell_all(struct vg_feed *feed)
{
	struct vg_changes changes;
	struct vg_feed_news news = {.board = &feed->board, .changes = &changes};
	struct scope *scope, *next;

	/* what memory did not suffice for is told in the next turn */
	if (vg_changes_make(&changes, feed->api, feed->told_seq) == 0) {
		feed->told_seq = vg_core_seq(vg_live_core(feed->api->live));
		news.states = look(feed);
		HASH_ITER(hh, feed->scopes, scope, next)
		tell(feed, scope, &news);
	}
	vg_changes_fini(&changes);
}

static void
forget_unread(struct vg_feed *feed)
{
	const int64_t now_ms = vg_steady_ms();
	struct scope *scope, *next;

	HASH_ITER(hh, feed->scopes, scope, next)
	{
		if (scope->readers == NULL && now_ms - scope->read_ms > VG_FEED_KEPT_MS)
			scope_free(feed, scope);
	}
}

static int64_t
longer(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void
set_turn(struct vg_feed *feed, int64_t wait_ms)
{
	const struct timeval wait = {wait_ms / 1000, wait_ms % 1000 * 1000};

	(void)evtimer_add(feed->turn, &wait);
}

static void
on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct vg_feed *feed = arg;

	(void)fd;
	(void)what;
	feed->hurried = false;
	feed->turned_ms = vg_steady_ms();
	forget_unread(feed);
	if (feed->scopes == NULL)
		return;
	tell_all(feed);
	feed->rest_ms = longer(VG_FEED_TURN_MS, TURN_SHARE * (vg_steady_ms() - feed->turned_ms));
	set_turn(feed, longer(VG_FEED_LOOK_MS, feed->rest_ms));
}

void
vg_feed_poke(struct vg_feed *feed)
{
	int64_t wait_ms;

	if (feed->scopes == NULL || feed->hurried)
		return;
	feed->hurried = true;
	wait_ms = feed->turned_ms + feed->rest_ms - vg_steady_ms();
	set_turn(feed, longer(wait_ms, 0));
}

/* Who is told nothing for want of memory will soon ask why. */
static void
on_heartbeat(evutil_socket_t fd, short what, void *arg)
{
	struct vg_feed *feed = arg;
	struct scope *scope, *next;

	(void)fd;
	(void)what;
	HASH_ITER(hh, feed->scopes, scope, next)
	{
		const struct vg_feed_place place = place_of(feed, scope, scope->ring.last);
		struct vg_turn *beat = scope->readers == NULL ? NULL : vg_render_beat(&place);

		if (beat == NULL)
			continue;
		send_to_all(scope, beat);
		vg_turn_drop(beat);
	}
}

/* Joining. */

/* The turn that a reader has seen last, by its id; false when that is of another life, or more has
 * come since than it may be sent at once. */
static bool
find_seen(const struct scope *scope, const char *id, uint64_t *turn)
{
	const size_t length = strlen(scope->epoch);
	char *end;

	if (strncmp(id, scope->epoch, length) != 0 || id[length] != '.' || id[length + 1] < '0' ||
	    id[length + 1] > '9')
		return false;
	*turn = strtoull(id + length + 1, &end, 10);
	return *end == '\0' && vg_ring_has_after(&scope->ring, *turn);
}

/* The first scope of all starts where the core stands now. */
static struct scope *
find_scope(struct vg_feed *feed, const char *municipality)
{
	const bool first = feed->scopes == NULL;
	struct scope *scope;

	HASH_FIND_STR(feed->scopes, municipality, scope);
	if (scope != NULL || feed->counts.scopes == VG_FEED_SCOPES_MAX)
		return scope;
	scope = scope_new(feed, municipality);
	if (scope != NULL && first) {
		feed->told_seq = vg_core_seq(vg_live_core(feed->api->live));
		(void)look(feed);
		set_turn(feed, VG_FEED_LOOK_MS);
	}
	return scope;
}

/* Says where the stream stands, and what has come since the reader saw it. */
static void
greet(struct reader *reader, const char *last_id)
{
	struct vg_feed *feed = reader->feed;
	struct scope *scope = reader->scope;
	uint64_t seen = scope->ring.last;
	const bool missed = last_id != NULL && !find_seen(scope, last_id, &seen);
	const struct vg_feed_place place = place_of(feed, scope, missed ? scope->ring.last : seen);
	struct vg_turn *hello = vg_render_hello(
		&place, missed ? "turns were missed that are no longer kept" : NULL);
	bool there;

	feed->counts.resyncs += missed;
	if (hello == NULL) {
		cut(reader);
		return;
	}
	there = send_turn(reader, hello);
	vg_turn_drop(hello);
	for (uint64_t n = place.turn; there && n < scope->ring.last; n++)
		there = send_turn(reader, vg_ring_get(&scope->ring, n + 1));
}

void
vg_feed_join(struct vg_feed *feed, struct vg_call *call, const char *municipality,
	     const char *last_id)
{
	static const char headers[] = "Cache-Control: no-store\r\nX-Accel-Buffering: no\r\n";
	struct reader *reader = NULL;
	struct scope *scope = NULL;
	char seen[64] = "";

	if (feed->counts.readers < VG_FEED_READERS_MAX)
		scope = find_scope(feed, municipality);
	if (scope != NULL)
		reader = calloc(1, sizeof(*reader));
	if (reader == NULL) {
		vg_reply_problem(call->request, 503, "%zu read the live stream already",
				 feed->counts.readers);
		return;
	}
	if (last_id != NULL) /* it lies in the request, which is no more in a moment */
		(void)snprintf(seen, sizeof(seen), "%s", last_id);
	*reader = (struct reader){
		.feed = feed, .scope = scope, .stream = call->request, .session = call->session};
	if (!vg_request_stream(call->request, "text/event-stream", headers, on_gone, reader)) {
		free(reader);
		return;
	}
	DL_APPEND(scope->readers, reader);
	feed->counts.readers++;
	greet(reader, last_id == NULL ? NULL : seen);
}

void
vg_feed_end(struct vg_feed *feed, uint64_t session)
{
	struct scope *scope, *next_scope;
	struct reader *reader, *next;

	HASH_ITER(hh, feed->scopes, scope, next_scope)
	{
		DL_FOREACH_SAFE(scope->readers, reader, next)
		{
			if (session != 0 && reader->session != session)
				continue;
			vg_stream_end(reader->stream);
			reader_free(reader);
		}
	}
}

/* Life. */

void
vg_feed_get_counts(const struct vg_feed *feed, struct vg_feed_counts *out)
{
	*out = feed->counts;
}

int
vg_feed_new(struct vg_feed **out, struct event_base *base, struct vg_api *api, struct vg_err *err)
{
	static const struct timeval every = {VG_FEED_HEARTBEAT_MS / 1000, 0};
	struct vg_feed *feed = calloc(1, sizeof(*feed));

	if (feed != NULL) {
		feed->api = api;
		feed->turn = evtimer_new(base, on_turn, feed);
		feed->heartbeat = event_new(base, -1, EV_PERSIST, on_heartbeat, feed);
	}
	if (feed == NULL || feed->turn == NULL || feed->heartbeat == NULL ||
	    event_add(feed->heartbeat, &every) != 0) {
		vg_feed_free(feed);
		return vg_err_set(err, VG_ENOMEM, "event loop: out of memory");
	}
	*out = feed;
	return 0;
}

void
vg_feed_free(struct vg_feed *feed)
{
	struct scope *scope, *next;

	if (feed == NULL)
		return;
	HASH_ITER(hh, feed->scopes, scope, next)
	scope_free(feed, scope);
	vg_board_fini(&feed->board);
	if (feed->turn != NULL)
		event_free(feed->turn);
	if (feed->heartbeat != NULL)
		event_free(feed->heartbeat);
	free(feed);
}
