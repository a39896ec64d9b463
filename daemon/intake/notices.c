/* notices.c - from what listeners and webhooks heard to rows of the ledger.
 *
 * The hard thing is order. Two rows are made at a time for a source, one of news and one of
 * repeats, and other sources may speak of the same alarm: so whoever would add to an alarm that
 * stands in another row in the making first lets all of those go, in the order in which they were
 * begun; and what follows news that is not durable yet is news, whatever the core says by now. */
#include "daemon/intake/notices.h"

#include "core/index.h"
#include "core/ut.h"
#include "daemon/intake/lot.h"
#include "lib/alarm/oid_names.h"
#include "lib/base/log.h"

#include <event2/event.h>

#include <stdlib.h>
#include <string.h>

#define ROWS_IN_FLIGHT 2     /* one being committed, one waiting for it */
#define MARKS	       65536 /* a power of two */

/* Somebody's notices, from add to done: they may lie in several rows. */
struct parcel {
	vg_notices_done_cb *done;
	void *arg;
	size_t rows; /* it lies in and that are not durable yet; one more while it is being added */
	int64_t seq;
	int error;
};

/* A row: in the making (in `open`), or on its way to the journal. */
struct row {
	struct row *prev, *next; /* utlist */
	struct vg_notices *notices;
	char *source, *actor;
	bool repeats;
	uint32_t number;
	struct vg_lot *lot;
	struct parcel **parcel;
	size_t parcels, parcels_size;
	uint32_t *mark; /* of each notice that was put in */
	size_t marks, marks_size;
	int64_t taken; /* notices, counts not among them */
};

/* What is under way about the alarms of one hash. */
struct mark {
	uint32_t news; /* notices in rows of news that are not durable */
	uint32_t row;  /* number of the row in the making that has the newest one */
};

struct vg_notices {
	struct vg_notices_options options;
	struct event *flush;
	struct row *open;
	size_t in_flight; /* rows */
	size_t waiting;
	uint32_t numbers;
	struct vg_rules *rules;
	struct vg_oid_names *names;
	int64_t rules_seq; /* of the agreement they were made with; -1 = not yet */
	struct mark mark[MARKS];
};

/* --- rules --- */

static void
tell_errors(struct vg_yaml_errors *errors)
{
	for (size_t i = 0; i < errors->count && i < VG_YAML_ERRORS_MAX; i++)
		vg_log(VG_LOG_ERROR, "rules.wrong", VG_LOG_TEXT("why", errors->text[i]));
	vg_yaml_errors_free(errors);
}

struct vg_rules *
vg_notices_rules(struct vg_notices *notices)
{
	const struct vg_agreement *agreement =
		vg_core_agreement_latest(vg_live_core(notices->options.live));
	int64_t seq = agreement == NULL ? 0 : agreement->seq;
	struct vg_yaml_errors errors = {0};
	struct vg_rules *rules;

	if (notices->rules_seq == seq)
		return notices->rules;
	rules = vg_rules_load(notices->options.rules, agreement, notices->names, &errors);
	tell_errors(&errors);
	notices->rules_seq = seq;
	if (rules != NULL) {
		vg_rules_free(notices->rules);
		notices->rules = rules;
	}
	return notices->rules;
}

/* --- parcels and rows --- */

static void
parcel_leave(struct parcel *parcel)
{
	if (--parcel->rows > 0)
		return;
	if (parcel->done != NULL)
		parcel->done(parcel->error != 0 ? 0 : parcel->seq, parcel->error, parcel->arg);
	free(parcel);
}

static void
row_free(struct row *row)
{
	vg_lot_free(row->lot);
	free(row->source);
	free(row->actor);
	free(row->parcel);
	free(row->mark);
	free(row);
}

static struct row *
row_new(struct vg_notices *notices, const char *source, const char *actor, bool repeats)
{
	struct row *row = calloc(1, sizeof(*row));

	if (row == NULL)
		return NULL;
	row->notices = notices;
	row->repeats = repeats;
	row->source = strdup(source);
	row->actor = strdup(actor);
	row->lot = vg_lot_new();
	if (row->source == NULL || row->actor == NULL || row->lot == NULL) {
		row_free(row);
		return NULL;
	}
	if (++notices->numbers == 0)
		notices->numbers = 1;
	row->number = notices->numbers;
	DL_APPEND(notices->open, row);
	return row;
}

static struct row *
row_for(struct vg_notices *notices, const char *source, const char *actor, bool repeats)
{
	struct row *row;

	DL_FOREACH(notices->open, row)
	{
		if (row->repeats == repeats && strcmp(row->source, source) == 0 &&
		    strcmp(row->actor, actor) == 0)
			return row;
	}
	return row_new(notices, source, actor, repeats);
}

/* The row is durable, or never will be. */
static void
end_row(struct row *row, int64_t seq, int error)
{
	struct vg_notices *notices = row->notices;

	notices->waiting -= (size_t)row->taken;
	for (size_t i = 0; i < row->marks && !row->repeats; i++)
		notices->mark[row->mark[i]].news--;
	for (size_t i = 0; i < row->parcels; i++) {
		struct parcel *parcel = row->parcel[i];

		if (error != 0)
			parcel->error = error;
		else
			parcel->seq = seq > parcel->seq ? seq : parcel->seq;
		parcel_leave(parcel);
	}
	row_free(row);
}

static void flush_open(struct vg_notices *notices);

static void
on_durable(const struct vg_live_result *result, void *arg)
{
	struct row *row = arg;
	struct vg_notices *notices = row->notices;

	notices->in_flight--;
	end_row(row, result->seq, result->outcome == VG_RECORD_FAILED ? result->error : 0);
	if (notices->in_flight < ROWS_IN_FLIGHT)
		flush_open(notices);
}

static void
send_row(struct row *row)
{
	struct vg_notices *notices = row->notices;
	struct vg_parsed_event parsed = {0};
	struct vg_event *event = &parsed.event;
	struct vg_err err = {0};
	int rc;

	DL_DELETE(notices->open, row);
	for (size_t i = 0; i < row->marks; i++)
		if (notices->mark[row->mark[i]].row == row->number)
			notices->mark[row->mark[i]].row = 0;
	event->kind = VG_KIND_ALARMS_REPORTED;
	event->occurred_ms = vg_live_now_ms(notices->options.live);
	event->source = row->source;
	event->event_id = "";
	event->actor = row->actor;
	event->municipality = "";
	event->import = "";
	event->body.notices.repeats = row->repeats;
	event->body.notices.notice = vg_lot_notices(row->lot, &event->body.notices.count);
	rc = vg_live_submit(notices->options.live, &parsed, strcmp(row->source, VG_OWN_SOURCE) == 0,
			    on_durable, row, &err);
	if (rc == 0) {
		notices->in_flight++;
		return;
	}
	vg_log(VG_LOG_ERROR, "notices.lost", VG_LOG_TEXT("source", row->source),
	       VG_LOG_INT("notices", row->taken), VG_LOG_TEXT("why", vg_err_text(&err, rc)));
	end_row(row, 0, rc);
}

static void
flush_open(struct vg_notices *notices)
{
	while (notices->open != NULL)
		send_row(notices->open);
}

static void
on_flush(evutil_socket_t fd, short what, void *arg)
{
	struct vg_notices *notices = arg;

	(void)fd;
	(void)what;
	if (notices->in_flight < ROWS_IN_FLIGHT)
		flush_open(notices);
}

/* --- adding --- */

/* Which alarm it is, as far as the registers know now. */
static uint32_t
mark_of(const struct vg_core *core, const struct vg_notice *notice)
{
	char resource[VG_RESOURCE_TEXT_SIZE];
	const char *const key[] = {resource, notice->type, notice->qualifier};
	uint64_t hash = VG_INDEX_HASH;

	vg_core_resource_name(core, notice->resource, resource);
	for (size_t i = 0; i < sizeof(key) / sizeof(key[0]); i++)
		hash = vg_index_hash(hash, key[i], strlen(key[i]));
	return (uint32_t)(hash ^ hash >> 32) % MARKS;
}

static int
note_in_row(struct row *row, struct parcel *parcel, uint32_t mark)
{
	if (row->marks == row->marks_size) {
		size_t size = row->marks_size * 2 + 16;
		uint32_t *grown = reallocarray(row->mark, size, sizeof(*grown));

		if (grown == NULL)
			return VG_ENOMEM;
		row->mark = grown;
		row->marks_size = size;
	}
	if (row->parcels == row->parcels_size) {
		size_t size = row->parcels_size * 2 + 16;
		struct parcel **grown = reallocarray(row->parcel, size, sizeof(*grown));

		if (grown == NULL)
			return VG_ENOMEM;
		row->parcel = grown;
		row->parcels_size = size;
	}
	row->mark[row->marks++] = mark;
	if (row->parcels == 0 || row->parcel[row->parcels - 1] != parcel) {
		row->parcel[row->parcels++] = parcel;
		parcel->rows++;
	}
	return 0;
}

static int
put(struct vg_notices *notices, struct parcel *parcel, const char *source, const char *actor,
    const struct vg_notice *notice)
{
	const struct vg_core *core = vg_live_core(notices->options.live);
	uint32_t at = mark_of(core, notice);
	struct mark *mark = &notices->mark[at];
	bool repeats =
		mark->news == 0 && !vg_core_notice_is_news(core, source, notice,
							   vg_live_now_ms(notices->options.live));
	struct row *row = row_for(notices, source, actor, repeats);
	int rc;

	if (row == NULL)
		return VG_ENOMEM;
	if (mark->row != 0 && mark->row != row->number) {
		flush_open(notices);
		row = row_for(notices, source, actor, repeats);
	}
	rc = row == NULL ? VG_ENOMEM : vg_lot_put(row->lot, notice);
	if (rc == 1) {
		flush_open(notices);
		row = row_for(notices, source, actor, repeats);
		rc = row == NULL ? VG_ENOMEM : vg_lot_put(row->lot, notice);
	}
	if (rc == 0)
		rc = note_in_row(row, parcel, at);
	if (rc != 0)
		return rc;
	row->taken++;
	notices->waiting++;
	mark->news += !repeats;
	mark->row = row->number;
	return 0;
}

/* A source's clock may go before ours; a notice is never from the future. */
static struct vg_notice
in_time(const struct vg_notice *notice, int64_t now_ms)
{
	struct vg_notice timed = *notice;

	if (timed.at_ms < 0 || timed.at_ms > now_ms)
		timed.at_ms = now_ms;
	if (timed.last_ms < timed.at_ms || timed.last_ms > now_ms)
		timed.last_ms = timed.at_ms;
	return timed;
}

int
vg_notices_add(struct vg_notices *notices, const char *source, const char *actor,
	       const struct vg_notice *notice, size_t count, vg_notices_done_cb *done, void *arg,
	       struct vg_err *err)
{
	const int64_t now_ms = vg_live_now_ms(notices->options.live);
	struct parcel *parcel;
	int rc = 0;

	VG_ASSERT(count > 0 && count <= VG_NOTICES_MAX);
	if (notices->waiting + count > VG_NOTICES_WAITING_MAX)
		return vg_err_set(err, VG_EFULL,
				  "%zu notices wait for the journal; at most %d are taken",
				  notices->waiting, VG_NOTICES_WAITING_MAX);
	parcel = calloc(1, sizeof(*parcel));
	if (parcel == NULL)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	parcel->done = done;
	parcel->arg = arg;
	parcel->rows = 1;
	for (size_t i = 0; i < count && parcel->error == 0; i++) {
		const struct vg_notice timed = in_time(&notice[i], now_ms);

		parcel->error = put(notices, parcel, source, actor, &timed);
	}
	event_active(notices->flush, EV_TIMEOUT, 0);
	if (--parcel->rows == 0) { /* nothing of it is on its way */
		rc = vg_err_set(err, parcel->error, "notices: %s",
				vg_err_text(NULL, parcel->error));
		free(parcel);
	}
	return rc;
}

static void
on_own_lost(int64_t seq, int error, void *arg)
{
	(void)seq;
	(void)arg;
	if (error != 0)
		vg_log(VG_LOG_ERROR, "own_notice.lost",
		       VG_LOG_TEXT("why", vg_err_text(NULL, error)));
}

void
vg_notices_own(struct vg_notices *notices, const char *resource, const char *type,
	       enum vg_severity severity, int64_t count, const char *text)
{
	const struct vg_notice notice = {
		.at_ms = vg_live_now_ms(notices->options.live),
		.count = count,
		.resource = resource,
		.type = type,
		.qualifier = "",
		.severity = severity,
		.category = VG_ALARM_AVAILABILITY,
		.service = "",
		.municipality = "",
		.text = text,
		.rule = "",
		.peer = "",
		.detail = "",
		.id = "",
	};
	struct vg_err err = {0};
	int rc = vg_notices_add(notices, VG_OWN_SOURCE, "", &notice, 1, on_own_lost, NULL, &err);

	on_own_lost(0, rc, NULL);
}

bool
vg_notices_has_room(const struct vg_notices *notices)
{
	return notices->waiting < VG_NOTICES_WAITING_MAX / 4 * 3;
}

size_t
vg_notices_waiting(const struct vg_notices *notices)
{
	return notices->waiting;
}

/* --- start and stop --- */

int
vg_notices_new(struct vg_notices **out, const struct vg_notices_options *options,
	       struct vg_err *err)
{
	struct vg_notices *notices = calloc(1, sizeof(*notices));
	int rc = 0;

	if (notices == NULL)
		return vg_err_set(err, VG_ENOMEM, "notices: out of memory");
	notices->options = *options;
	notices->rules_seq = -1;
	notices->flush = event_new(options->base, -1, 0, on_flush, notices);
	if (notices->flush == NULL)
		rc = vg_err_set(err, VG_ENOMEM, "event loop: out of memory");
	else if (*options->oid_names != '\0')
		rc = vg_oid_names_load(&notices->names, &options->oid_names, 1, err);
	if (rc == 0 && vg_notices_rules(notices) == NULL)
		rc = vg_err_set(err, VG_EINVALID, "alarm rules: see what is wrong above");
	if (rc != 0)
		vg_notices_free(notices);
	else
		*out = notices;
	return rc;
}

void
vg_notices_free(struct vg_notices *notices)
{
	if (notices == NULL)
		return;
	while (notices->open != NULL) {
		struct row *row = notices->open;

		DL_DELETE(notices->open, row);
		end_row(row, 0, VG_EIO);
	}
	if (notices->flush != NULL)
		event_free(notices->flush);
	vg_rules_free(notices->rules);
	vg_oid_names_free(notices->names);
	free(notices);
}
