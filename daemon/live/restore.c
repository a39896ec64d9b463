/* restore.c - the start of the live core.
 *
 * The hard thing is never to start from less than what was acknowledged. A new journal may only
 * begin at 1 when PostgreSQL has answered that its ledger is empty (or there is no database at
 * all); a core may only be built from sources that join without a gap. In every other case the
 * start fails and says which rows are missing; only raw rows that were dropped by their age may be,
 * as many as PostgreSQL's log of that says, and never one of lane main, whose chain is followed. A
 * journal that follows a lost one learns the identities and the lanes of PostgreSQL's rows while
 * they are replayed, so what was taken before is still a repeat. */
#include "daemon/live/restore.h"

#include "core/ut.h"
#include "daemon/live/checkpoint.h"
#include "daemon/live/live.h"
#include "lib/crypto/crypto.h"
#include "lib/json/event_json.h"
#include "lib/pg/pg.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define READ_MAX       4096 /* rows in one short read transaction */
#define PROGRESS_EVERY 20000

/* A row as journal and PostgreSQL both have it. */
struct row {
	int64_t seq, received_ms;
	const char *lane, *bytes;
	size_t length;
	const uint8_t *d, *h;
};

struct lane {
	char name[VG_JOURNAL_LANE_MAX + 1];
	struct vg_journal_lane state;
	UT_hash_handle hh;
};

struct replay {
	const struct vg_restore_options *options;
	struct vg_core *core;
	struct vg_jdb *file;	     /* that is being made, and learns identities; NULL = none */
	struct lane *lanes;	     /* besides main, for that file */
	int64_t received_ms;	     /* of the last row */
	int64_t missing;	     /* rows that PostgreSQL does not have any more */
	uint8_t head[VG_SHA256_LEN]; /* of lane main, as read from PostgreSQL */
	const char *what;
	int rc;
	struct vg_err *err;
};

static int
out_of_memory(const struct replay *replay, int64_t seq)
{
	return vg_err_set(replay->err, VG_ENOMEM, "%s row %" PRId64 ": out of memory", replay->what,
			  seq);
}

static struct lane *
take_lane(struct replay *replay, const char *name)
{
	struct lane *lane;

	HASH_FIND_STR(replay->lanes, name, lane);
	if (lane != NULL || strlen(name) >= sizeof(lane->name) ||
	    (lane = calloc(1, sizeof(*lane))) == NULL)
		return lane;
	memcpy(lane->name, name, strlen(name) + 1);
	HASH_ADD_STR(replay->lanes, name, lane);
	return lane;
}

/* Rows that a seal covers may have been dropped: then it is the seal that knows the lane's head. */
static int
see_seal(struct replay *replay, const struct vg_event *event)
{
	const struct vg_sealed_body *body = &event->body.sealed;
	struct lane *lane = take_lane(replay, body->lane);

	if (lane == NULL)
		return out_of_memory(replay, event->seq);
	if (body->rows == 0)
		return 0;
	if (lane->state.seq <= body->last_seq)
		lane->state.open_rows = 0;
	if (lane->state.seq < body->last_seq) {
		lane->state.seq = body->last_seq;
		if (vg_unhex(body->head, lane->state.head, sizeof(lane->state.head)) != 0)
			return vg_err_set(replay->err, VG_EBROKEN,
					  "%s row %" PRId64 ": head is not 32 bytes long",
					  replay->what, event->seq);
	}
	lane->state.sealed_seq = body->last_seq;
	return 0;
}

static int
see_lane(struct replay *replay, const struct row *row)
{
	struct lane *lane;

	if (strcmp(row->lane, VG_LANE_MAIN) == 0)
		return 0;
	if ((lane = take_lane(replay, row->lane)) == NULL)
		return out_of_memory(replay, row->seq);
	lane->state.seq = row->seq;
	lane->state.open_rows++;
	memcpy(lane->state.head, row->h, sizeof(lane->state.head));
	return 0;
}

static int
continue_lanes(struct replay *replay)
{
	int rc = 0;

	for (struct lane *lane = replay->lanes; rc == 0 && lane != NULL; lane = lane->hh.next)
		rc = vg_journal_continue(replay->file, lane->name, &lane->state, replay->err);
	return rc;
}

static void
lanes_free(struct replay *replay)
{
	struct lane *lane, *next;

	HASH_ITER(hh, replay->lanes, lane, next)
	{
		HASH_DEL(replay->lanes, lane);
		free(lane);
	}
}

static int
remember(const struct replay *replay, const struct vg_event *event)
{
	const bool batch =
		event->kind == VG_KIND_SAMPLES_REPORTED ||
		(event->kind == VG_KIND_ALARMS_REPORTED && event->body.notices.repeats);
	uint8_t digest[VG_SHA256_LEN];
	int rc;

	if (*event->event_id == '\0')
		return 0;
	if ((rc = vg_event_repeat_digest(event, digest)) != 0)
		return out_of_memory(replay, event->seq);
	return vg_journal_remember(replay->file, event->source, event->event_id, event->seq, digest,
				   batch ? event->received_ms + VG_LIVE_BATCH_KNOWN_MS : 0,
				   replay->err);
}

/* What a new journal has to know of a row. */
static int
teach(struct replay *replay, const struct row *row, const struct vg_event *event)
{
	int rc;

	if (replay->file == NULL)
		return 0;
	rc = remember(replay, event);
	if (rc == 0)
		rc = see_lane(replay, row);
	if (rc == 0 && event->kind == VG_KIND_RAW_SEALED)
		rc = see_seal(replay, event);
	return rc;
}

static int
check_digest(const struct replay *replay, const struct row *row)
{
	uint8_t d[VG_SHA256_LEN];

	vg_ledger_digest(row->seq, row->received_ms, row->bytes, row->length, d);
	if (memcmp(d, row->d, sizeof(d)) != 0)
		return vg_err_set(replay->err, VG_EBROKEN,
				  "%s row %" PRId64 ": its digest does not fit its bytes",
				  replay->what, row->seq);
	return 0;
}

static int
apply(struct replay *replay, const struct row *row)
{
	struct vg_parsed_event parsed;
	struct vg_verdict verdict;
	int rc = check_digest(replay, row);

	if (rc != 0)
		return rc;
	rc = vg_event_parse(row->bytes, row->length, &parsed, replay->err);
	if (rc != 0)
		return vg_err_wrap(replay->err, rc, "%s row %" PRId64, replay->what, row->seq);
	parsed.event.seq = row->seq;
	parsed.event.received_ms = row->received_ms;
	rc = vg_core_step(replay->core, &parsed.event, &verdict);
	rc = rc != 0 ? out_of_memory(replay, row->seq) : teach(replay, row, &parsed.event);
	vg_parsed_event_free(&parsed);
	if (rc != 0)
		return rc;
	replay->received_ms = row->received_ms;
	if (replay->options->progress != NULL && row->seq % PROGRESS_EVERY == 0)
		replay->options->progress(replay->what, row->seq);
	return 0;
}

static int
rows_missing(const struct replay *replay, int64_t before_seq)
{
	return vg_err_set(replay->err, VG_EBROKEN,
			  "%s: rows %" PRId64 " to %" PRId64 " are missing", replay->what,
			  vg_core_seq(replay->core) + 1, before_seq - 1);
}

static bool
on_journal_row(const struct vg_journal_row *row, void *arg)
{
	struct replay *replay = arg;

	if (row->seq != vg_core_seq(replay->core) + 1)
		replay->rc = rows_missing(replay, row->seq);
	else
		replay->rc = apply(replay, &(struct row){row->seq, row->received_ms, row->lane,
							 row->bytes, row->length, row->d, row->h});
	return replay->rc == 0;
}

static int
on_ledger_row(const struct vg_ledger_row *row, void *arg)
{
	struct replay *replay = arg;
	const bool main_lane = strcmp(row->lane, VG_LANE_MAIN) == 0;

	if (main_lane)
		vg_ledger_chain(replay->head, row->d, replay->head);
	if (main_lane && memcmp(replay->head, row->h, sizeof(replay->head)) != 0)
		return rows_missing(replay, row->seq);
	replay->missing += row->seq - vg_core_seq(replay->core) - 1;
	return apply(replay, &(struct row){row->seq, row->received_ms, row->lane, row->bytes,
					   row->length, row->d, row->h});
}

static int
replay_journal(struct replay *replay, int64_t to_seq)
{
	struct vg_journal_reader *reader;
	int64_t rows = 1;
	int rc;

	replay->what = "journal";
	rc = vg_journal_reader_open(&reader, replay->options->journal_path, replay->err);
	if (rc != 0)
		return rc;
	while (rc == 0 && rows > 0 && vg_core_seq(replay->core) < to_seq) {
		rows = vg_journal_read(reader, vg_core_seq(replay->core), to_seq, READ_MAX,
				       on_journal_row, replay, replay->err);
		rc = rows < 0 ? (int)rows : replay->rc;
	}
	vg_journal_reader_close(reader);
	if (rc == 0 && vg_core_seq(replay->core) < to_seq)
		rc = vg_err_set(replay->err, VG_EBROKEN,
				"journal: it ends at row %" PRId64 ", expected %" PRId64,
				vg_core_seq(replay->core), to_seq);
	return rc;
}

static int
replay_ledger(struct replay *replay, struct vg_pg *pg, int64_t to_seq)
{
	int64_t dropped = 0;
	int rc;

	replay->what = "ledger";
	rc = vg_pg_ledger(pg, 0, to_seq, on_ledger_row, replay, replay->err);
	if (rc == 0)
		rc = vg_pg_raw_dropped(pg, &dropped, replay->err);
	if (rc == 0 && replay->missing != dropped)
		rc = vg_err_set(replay->err, VG_EBROKEN,
				"ledger: %" PRId64 " rows are missing, and %" PRId64
				" raw ones were dropped by their age (ledger.raw_dropped)",
				replay->missing, dropped);
	if (rc == 0 && vg_core_seq(replay->core) < to_seq)
		rc = vg_err_set(replay->err, VG_EBROKEN,
				"neither journal nor PostgreSQL has rows %" PRId64 " to %" PRId64
				"; restore one of them (vinga doctor)",
				vg_core_seq(replay->core) + 1, to_seq);
	return rc;
}

/* Whether the checkpoint's prefix is this journal's. Its own row may have been trimmed away. */
static bool
joins(const struct vg_checkpoint_mark *mark, const struct vg_journal_state *state, const char *path)
{
	char head[65];

	if (strcmp(mark->instance, state->instance) != 0 || mark->seq > state->last_seq)
		return false;
	if (vg_checkpoint_head_at(path, mark->seq, head))
		return strcmp(head, mark->head) == 0;
	return state->first_seq == mark->seq + 1;
}

/* The rows that the journal does not hold any more. */
static int
replay_before(struct replay *replay, int64_t to_seq)
{
	struct vg_pg *pg;
	int rc = vg_pg_open(&pg, replay->options->conninfo, "vingad start", replay->err);

	if (rc != 0)
		return rc;
	rc = replay_ledger(replay, pg, to_seq);
	vg_pg_close(pg);
	return rc;
}

/* From the newest checkpoint of this journal, or from nothing. */
static int
begin_core(const struct vg_restore_options *options, struct vg_restored *out, struct vg_err *err)
{
	struct vg_checkpoint_mark mark;
	struct vg_journal_state state;

	vg_journal_get_state(out->journal, &state);
	out->core = vg_checkpoint_read(options->state_dir, &mark);
	if (out->core != NULL && joins(&mark, &state, options->journal_path)) {
		out->checkpoint_seq = mark.seq;
		return 0;
	}
	vg_core_free(out->core);
	out->core = vg_core_new();
	return out->core != NULL ? 0 : vg_err_set(err, VG_ENOMEM, "out of memory");
}

static int
build_core(const struct vg_restore_options *options, struct vg_restored *out, struct vg_err *err)
{
	struct replay replay = {.options = options, .err = err};
	struct vg_journal_state state;
	int64_t before; /* last row that the journal does not hold */
	int rc = 0;

	vg_journal_get_state(out->journal, &state);
	if (out->core == NULL && (rc = begin_core(options, out, err)) != 0)
		return rc;
	replay.core = out->core;
	before = state.first_seq - 1;
	if (vg_core_seq(out->core) < before)
		rc = replay_before(&replay, before);
	if (rc == 0)
		rc = replay_journal(&replay, state.last_seq);
	return rc;
}

/* A journal that does not exist yet. */
struct beginning {
	const struct vg_restore_options *options;
	struct vg_restored *out;
};

static int
follow_ledger(const struct beginning *beginning, struct vg_pg *pg, struct vg_jdb *file,
	      struct vg_journal_start *start, struct vg_err *err)
{
	struct replay replay = {.options = beginning->options, .file = file, .err = err};
	struct vg_restored *out = beginning->out;
	struct vg_pg_position position;
	int rc = vg_pg_position(pg, &position, err);

	if (rc != 0 || position.seq == 0)
		return rc;
	if ((out->core = vg_core_new()) == NULL)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	replay.core = out->core;
	rc = replay_ledger(&replay, pg, position.seq);
	if (rc == 0)
		rc = continue_lanes(&replay);
	lanes_free(&replay);
	if (rc != 0)
		return rc;
	out->restarted_after = start->after_seq = position.seq;
	start->received_ms = replay.received_ms;
	memcpy(start->head, position.head, sizeof(start->head));
	return 0;
}

/* It begins after PostgreSQL's last row. */
static int
on_new_journal(struct vg_jdb *file, struct vg_journal_start *start, void *arg, struct vg_err *err)
{
	const struct beginning *beginning = arg;
	struct vg_pg *pg;
	int rc;

	if (*beginning->options->conninfo == '\0')
		return 0;
	rc = vg_pg_open(&pg, beginning->options->conninfo, "vingad start", err);
	if (rc == 0) {
		rc = follow_ledger(beginning, pg, file, start, err);
		vg_pg_close(pg);
	}
	if (rc != 0)
		return vg_err_wrap(err, rc,
				   "no journal at %s, so PostgreSQL must say where the ledger ends",
				   beginning->options->journal_path);
	return 0;
}

int
vg_restore(const struct vg_restore_options *options, struct vg_restored *out, struct vg_err *err)
{
	struct beginning beginning = {options, out};
	const struct vg_journal_options journal = {
		.path = options->journal_path,
		.bytes_max = options->journal_bytes_max,
		.keep_ms = options->journal_keep_ms,
		.on_new = on_new_journal,
		.arg = &beginning,
	};
	int rc;

	memset(out, 0, sizeof(*out));
	rc = vg_journal_open(&out->journal, &journal, err);
	if (rc == 0)
		rc = build_core(options, out, err);
	if (rc != 0) {
		vg_core_free(out->core);
		vg_journal_close(out->journal);
		memset(out, 0, sizeof(*out));
	}
	return rc;
}
