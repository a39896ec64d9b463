/* render.c - events as text: one line of JSON each, and in front of it their name. */
#include "daemon/feed/render.h"

#include "daemon/api/api.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 1024
#define LINE_MAX   128

/* Text that grows; what fails is seen at the end. */
struct text {
	char *bytes;
	size_t length, room;
	bool failed;
};

static int
put_bytes(const char *bytes, size_t length, void *arg)
{
	struct text *text = arg;
	size_t room = text->room == 0 ? ROOM_FIRST : text->room;
	char *grown;

	while (room - text->length < length)
		room *= 2;
	if (room != text->room) {
		grown = realloc(text->bytes, room);
		if (grown == NULL) {
			text->failed = true;
			return -1;
		}
		text->bytes = grown;
		text->room = room;
	}
	memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
	return 0;
}

static void __attribute__((format(printf, 2, 3)))
put_line(struct text *text, const char *format, ...)
{
	char line[LINE_MAX];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	(void)put_bytes(line, strlen(line), text);
}

/* Steals the object; NULL = out of memory. */
static void
put_event(struct text *text, const char *name, json_t *object)
{
	put_line(text, "event: %s\ndata: ", name);
	if (json_dump_callback(object, put_bytes, text, JSON_COMPACT | JSON_SORT_KEYS) != 0)
		text->failed = true;
	(void)put_bytes("\n\n", 2, text);
	json_decref(object);
}

static void
put_resync(struct text *text, const char *reason)
{
	put_event(text, "resync", json_pack("{s:s}", "reason", reason));
}

static json_t *
place_json(const struct vg_feed_place *place)
{
	return json_pack("{s:s, s:I, s:I, s:o}", "epoch", place->epoch, "turn",
			 (json_int_t)place->turn, "seq", (json_int_t)place->seq, "asof",
			 vg_json_time(place->now_ms));
}

static void
put_place(struct text *text, const char *name, const struct vg_feed_place *place)
{
	put_line(text, "id: %s.%" PRIu64 "\n", place->epoch, place->turn);
	put_event(text, name, place_json(place));
}

/* Frees the text. */
static struct vg_turn *
turn_of(struct text *text)
{
	struct vg_turn *turn = text->failed ? NULL : vg_turn_new(text->length);

	if (turn != NULL)
		memcpy(turn->text, text->bytes, text->length);
	free(text->bytes);
	return turn;
}

struct vg_turn *
vg_render_hello(const struct vg_feed_place *place, const char *reason)
{
	struct text text = {.bytes = NULL};

	put_line(&text, "retry: %d\n", VG_FEED_RETRY_MS);
	put_place(&text, "hello", place);
	if (reason != NULL)
		put_resync(&text, reason);
	return turn_of(&text);
}

struct vg_turn *
vg_render_beat(const struct vg_feed_place *place)
{
	struct text text = {.bytes = NULL};

	put_event(&text, "beat",
		  json_pack("{s:I, s:o}", "seq", (json_int_t)place->seq, "asof",
			    vg_json_time(place->now_ms)));
	return turn_of(&text);
}

/* The rows that changed. */
static void
put_states(struct text *text, const struct vg_board *board, const char *municipality)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < board->rows; i++) {
		const struct vg_board_row *row = &board->row[i];

		if (row->changed &&
		    (*municipality == '\0' || strcmp(row->cell.municipality, municipality) == 0))
			json_array_append_new(rows, vg_json_cell(&row->cell));
	}
	if (json_array_size(rows) > 0)
		put_event(text, "state", json_pack("{s:o}", "cells", rows));
	else
		json_decref(rows);
}

static void
put_topic(struct text *text, const struct vg_changes *changes, enum vg_topic topic,
	  const char *municipality)
{
	const bool tickets = topic == VG_TOPIC_TICKET;
	const size_t most = tickets ? VG_FEED_TICKETS_MAX : VG_FEED_IDS_MAX;
	int64_t left_out = changes->left_out[topic];
	json_t *rows = json_array();

	/* how much others have is not told */
	if (*municipality != '\0' && left_out > 0)
		left_out = 1;
	for (size_t i = 0; i < changes->count; i++) {
		struct vg_change *change = &changes->change[i];

		if (change->topic != topic || !vg_change_concerns(changes, change, municipality))
			continue;
		if (json_array_size(rows) == most)
			left_out++;
		else if (tickets)
			text->failed |=
				json_array_append(rows, vg_change_row(changes, change)) != 0;
		else
			json_array_append_new(rows, json_string(change->id));
	}
	if (json_array_size(rows) > 0 || left_out > 0)
		put_event(text, vg_topic_name(topic),
			  json_pack("{s:o, s:I}", tickets ? "tickets" : "changed", rows, "left_out",
				    (json_int_t)left_out));
	else
		json_decref(rows);
}

static const char *
resync_reason(const struct vg_feed_news *news)
{
	if (news->changes->agreement)
		return "another version of the agreement";
	return news->states == VG_BOARD_OTHER ? "other services or municipalities" : NULL;
}

int
vg_render_turn(const struct vg_feed_news *news, const struct vg_feed_place *place,
	       const char *municipality, struct vg_turn **out)
{
	const char *reason = resync_reason(news);
	struct text text = {.bytes = NULL};

	*out = NULL;
	if (reason == NULL && news->states == VG_BOARD_CHANGED)
		put_states(&text, news->board, municipality);
	for (int topic = 0; reason == NULL && topic < VG_TOPIC_COUNT; topic++)
		put_topic(&text, news->changes, (enum vg_topic)topic, municipality);
	if (reason == NULL && text.length > VG_FEED_TURN_BYTES_MAX)
		reason = "too much at once";
	if (reason != NULL) {
		text.length = 0;
		put_resync(&text, reason);
	}
	if (text.length == 0 && !text.failed)
		return 0;
	put_place(&text, "turn", place);
	*out = turn_of(&text);
	return *out == NULL ? VG_ENOMEM : 0;
}
