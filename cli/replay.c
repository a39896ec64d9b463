/* replay.c - the ledger read again, every row checked on the way into a core.
 *
 * The hard thing is to name the one row that was changed and none of its neighbours: after a row
 * whose chain value does not hold, its successor may rest on the value that is stored or on the one
 * that should be, so both are tried. */
#include "cli/replay.h"

#include "core/avail.h"
#include "lib/civil/civil.h"
#include "lib/alarm/rules.h"
#include "lib/crypto/crypto.h"
#include "lib/json/event_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stdarg.h>
#include <time.h>

#define COMPLAINTS_MAX	 20
#define LANES_MAX	 4096
#define SETTLE_TRIES	 300 /* a minute in all */
#define SETTLE_PAUSE_MS	 200
#define DATABASE_DEFAULT "dbname=vinga user=vinga_reader"

struct reading {
	struct vg_replayed *out;
	int64_t before_ms;
	struct vg_err err;
};

/* Whether the agreement's rules of alarms can be read; they may use the names that ship with the
 * product. */
static bool
check_alarm_rules(const struct vg_agreement *agreement, struct vg_yaml_errors *errors)
{
	struct vg_yaml_errors found = {0};
	struct vg_rules *rules = NULL;

	if (agreement->alarm_files > 0 &&
	    (rules = vg_rules_load(VG_ALARM_RULES, agreement, NULL, &found)) == NULL) {
		vg_yaml_errors_free(errors);
		*errors = found;
		return false;
	}
	vg_rules_free(rules);
	return true;
}

struct vg_agreement *
vg_replay_agreement(const struct vg_cli *cli, const char *directory)
{
	struct vg_yaml_errors errors = {0};
	struct vg_agreement *agreement;

	agreement = vg_agreement_load(directory, (int64_t)time(NULL) * 1000, &errors);
	if (agreement != NULL && !check_alarm_rules(agreement, &errors)) {
		vg_agreement_unref(agreement);
		agreement = NULL;
	}
	for (size_t i = 0; i < errors.count && i < VG_YAML_ERRORS_MAX; i++)
		fprintf(stderr, "%s\n", errors.text[i]);
	if (errors.count > VG_YAML_ERRORS_MAX)
		fprintf(stderr, "and %zu more\n", errors.count - VG_YAML_ERRORS_MAX);
	if (agreement == NULL && errors.count == 0)
		(void)vg_cli_fail(cli, VG_EXIT_MALFORMED, "%s: cannot be read as an agreement",
				  directory);
	vg_yaml_errors_free(&errors);
	return agreement;
}

int
vg_replay_apply(struct vg_core *core, struct vg_agreement *agreement, int64_t seq, int64_t at_ms)
{
	struct vg_event event = {.kind = VG_KIND_AGREEMENT_APPLIED,
				 .seq = seq,
				 .received_ms = at_ms,
				 .occurred_ms = at_ms,
				 .source = "vinga",
				 .event_id = "",
				 .actor = "",
				 .municipality = "",
				 .import = ""};
	struct vg_verdict verdict;

	agreement->seq = seq;
	event.body.agreement = agreement;
	event.body.agreement_reason = "";
	return vg_core_step(core, &event, &verdict);
}

/* One unchanging view: what is appended meanwhile is not seen, by no query. */
static int
begin_view(struct vg_pg *pg, struct vg_err *err)
{
	return vg_pg_exec(pg, "begin isolation level repeatable read read only", NULL, 0, NULL,
			  err);
}

int
vg_replay_open(const struct vg_cli *cli, struct vg_pg **out)
{
	const char *conninfo = vg_cli_value(cli, "database", getenv("VINGA_DATABASE"));
	struct vg_err err = {0};
	int rc = vg_pg_open(out, conninfo != NULL ? conninfo : DATABASE_DEFAULT, "vinga", &err);

	if (rc == 0)
		rc = begin_view(*out, &err);
	return rc == 0 ? 0
		       : vg_cli_fail(cli, VG_EXIT_UNREACHABLE,
				     "%s; --database or VINGA_DATABASE says where it is",
				     vg_err_text(&err, rc));
}

/* The month of reception in UTC: the partition that a row lies in. */
static void
partition(int64_t received_ms, char *out, size_t size)
{
	time_t seconds = (time_t)(received_ms / 1000);
	struct tm utc;

	if (gmtime_r(&seconds, &utc) == NULL || strftime(out, size, "%Y-%m", &utc) == 0)
		(void)snprintf(out, size, "?");
}

static void __attribute__((format(printf, 4, 5)))
complain(struct reading *reading, int64_t seq, int64_t received_ms, const char *format, ...)
{
	char month[16], text[400];
	va_list args;

	if (reading->out->broken++ >= COMPLAINTS_MAX)
		return;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	partition(received_ms, month, sizeof(month));
	printf("ledger row %" PRId64 " (partition %s): %s\n", seq, month, text);
}

static struct vg_replay_lane *
lane_of(struct vg_replayed *out, const char *name)
{
	struct vg_replay_lane *grown;

	for (size_t i = 0; i < out->lanes; i++)
		if (strcmp(out->lane[i].name, name) == 0)
			return &out->lane[i];
	if (out->lanes == LANES_MAX)
		return NULL;
	grown = reallocarray(out->lane, out->lanes + 1, sizeof(*grown));
	if (grown == NULL)
		return NULL;
	out->lane = grown;
	memset(&grown[out->lanes], 0, sizeof(*grown));
	grown[out->lanes].name = strdup(name);
	return grown[out->lanes].name != NULL ? &grown[out->lanes++] : NULL;
}

/* Samples between the lane's last one and this may have been dropped: then the link to them cannot
 * be held against anything, and it is the next seal that holds. */
static bool
loosened(const struct vg_replayed *out, const struct vg_replay_lane *lane)
{
	return strncmp(lane->name, "probe:", 6) == 0 && out->raw.dropped > 0 &&
	       lane->seq < out->raw.last_missing;
}

static int
check_hashes(struct reading *reading, const struct vg_ledger_row *row)
{
	struct vg_replay_lane *lane = lane_of(reading->out, row->lane);
	uint8_t want[VG_SHA256_LEN], other[VG_SHA256_LEN];

	if (lane == NULL)
		return vg_err_set(&reading->err, VG_ENOMEM, "more than %d lanes, or out of memory",
				  LANES_MAX);
	vg_ledger_digest(row->seq, row->received_ms, row->bytes, row->length, want);
	if (memcmp(want, row->d, sizeof(want)) != 0)
		complain(reading, row->seq, row->received_ms,
			 "d is not the digest of its sequence, time and bytes");
	vg_ledger_chain(lane->stored, row->d, want);
	vg_ledger_chain(lane->computed, row->d, other);
	if (memcmp(want, row->h, sizeof(want)) != 0 && memcmp(other, row->h, sizeof(other)) != 0 &&
	    loosened(reading->out, lane))
		memcpy(other, row->h, sizeof(other));
	else if (memcmp(want, row->h, sizeof(want)) != 0 &&
		 memcmp(other, row->h, sizeof(other)) != 0)
		complain(reading, row->seq, row->received_ms,
			 "h does not follow from the row before it in lane %s", row->lane);
	memcpy(lane->stored, row->h, sizeof(lane->stored));
	memcpy(lane->computed, memcmp(other, row->h, sizeof(other)) == 0 ? other : want,
	       sizeof(lane->computed));
	lane->seq = row->seq;
	lane->open_rows++;
	if (strcmp(row->lane, "main") == 0)
		(void)vg_hex(row->h, VG_SHA256_LEN, reading->out->head);
	else
		reading->out->raw.rows++;
	return 0;
}

/* --- seals --- */

/* The lane's part of a seal: count and head of the rows that it covers. */
static int
check_sealed_lane(struct reading *reading, const struct vg_event *event)
{
	const struct vg_sealed_body *body = &event->body.sealed;
	struct vg_replay_lane *lane = lane_of(reading->out, body->lane);
	uint8_t head[VG_DIGEST_LEN];

	if (lane == NULL)
		return vg_err_set(&reading->err, VG_ENOMEM, "more than %d lanes, or out of memory",
				  LANES_MAX);
	if (body->rows == 0)
		return 0;
	if (vg_unhex(body->head, head, sizeof(head)) != 0)
		memset(head, 0, sizeof(head));
	if (lane->open_rows > body->rows ||
	    (lane->seq == body->last_seq && memcmp(lane->stored, head, sizeof(head)) != 0))
		complain(reading, event->seq, event->received_ms,
			 "the seal of lane %s does not fit its rows", body->lane);
	if (lane->open_rows < body->rows && reading->out->raw.dropped == 0)
		complain(reading, event->seq, event->received_ms,
			 "lane %s has %" PRId64 " rows where its seal counts %" PRId64, body->lane,
			 lane->open_rows, body->rows);
	if (lane->open_rows < body->rows)
		lane->gone_until_ms = event->received_ms;
	if (lane->seq < body->last_seq) {
		memcpy(lane->stored, head, sizeof(head));
		memcpy(lane->computed, head, sizeof(head));
		lane->seq = body->last_seq;
	}
	lane->open_rows = 0;
	return 0;
}

/* Whether a run that was computed is of a probe that the seal names, which has them ascending. */
static bool
names_probe(const struct vg_sealed_body *body, const char *probe)
{
	return body->count > 0 && strcmp(probe, body->run[0].probe) >= 0 &&
	       strcmp(probe, body->run[body->count - 1].probe) <= 0;
}

static bool
same_run(const struct vg_sealed_run *a, const struct vg_sealed_run *b)
{
	return strcmp(a->probe, b->probe) == 0 && a->first_ms == b->first_ms &&
	       a->last_ms == b->last_ms && a->count == b->count && a->state == b->state;
}

/* The seal's runs against those of the raw samples, where all of them are there. */
static int
check_sealed_runs(struct reading *reading, const struct vg_event *event)
{
	const struct vg_sealed_body *body = &event->body.sealed;
	const char *colon = strchr(body->lane, ':'), *source = colon != NULL ? colon + 1 : "";
	const struct vg_seal_due due = {source, event->import, body->day};
	struct vg_replay_lane *lane = lane_of(reading->out, body->lane);
	struct vg_sealed_run *run = NULL;
	size_t count = 0, same = 0, own = 0;

	if (lane == NULL || lane->gone_until_ms > body->day * 86400000) {
		reading->out->raw.sealed_days++;
		return 0;
	}
	if (vg_seal_runs(reading->out->core, &due, &run, &count) != 0)
		return vg_err_set(&reading->err, VG_ENOMEM, "out of memory");
	for (size_t i = 0; i < count; i++) {
		if (!names_probe(body, run[i].probe))
			continue;
		same += own < body->count && same_run(&run[i], &body->run[own]);
		own++;
	}
	free(run);
	if (own != body->count || same != own)
		complain(reading, event->seq, event->received_ms,
			 "the sealed runs of %s on UTC day %" PRId64
			 " do not follow from its raw rows",
			 source, body->day);
	reading->out->raw.days++;
	return 0;
}

static int
check_seal(struct reading *reading, const struct vg_event *event)
{
	int rc = check_sealed_lane(reading, event);

	return rc == 0 ? check_sealed_runs(reading, event) : rc;
}

/* What the columns say against what the bytes say. */
static void
check_columns(struct reading *reading, const struct vg_ledger_row *row,
	      const struct vg_parsed_event *parsed)
{
	const struct vg_event *event = &parsed->event;
	const char *municipality = *event->municipality != '\0' ? event->municipality : NULL;
	size_t length = 0;
	char *bytes;

	if (strcmp(row->kind, vg_kind_name(event->kind)) != 0)
		complain(reading, row->seq, row->received_ms,
			 "column kind is not what the bytes say");
	if (strcmp(row->source, event->source) != 0)
		complain(reading, row->seq, row->received_ms,
			 "column source is not what the bytes say");
	if (strcmp(row->event_id, event->event_id) != 0)
		complain(reading, row->seq, row->received_ms,
			 "column event_id is not what the bytes say");
	if (row->occurred_ms != event->occurred_ms)
		complain(reading, row->seq, row->received_ms,
			 "column occurred_ms is not what the bytes say");
	if ((row->municipality == NULL) != (municipality == NULL) ||
	    (municipality != NULL && strcmp(row->municipality, municipality) != 0))
		complain(reading, row->seq, row->received_ms,
			 "column municipality is not what the bytes say");
	bytes = vg_event_canonical(event, parsed->salt, &length);
	if (bytes != NULL && (length != row->length || memcmp(bytes, row->bytes, length) != 0))
		complain(reading, row->seq, row->received_ms,
			 "the bytes are not in canonical form");
	free(bytes);
}

static int
step(struct reading *reading, struct vg_parsed_event *parsed)
{
	struct vg_replayed *out = reading->out;
	struct vg_verdict verdict;

	if (parsed->event.kind == VG_KIND_AGREEMENT_APPLIED)
		parsed->event.body.agreement->seq = parsed->event.seq;
	if (vg_core_step(out->core, &parsed->event, &verdict) != 0)
		return vg_err_set(&reading->err, VG_ENOMEM, "out of memory");
	return out->on_step == NULL
		       ? 0
		       : out->on_step(out, &parsed->event, &verdict, out->arg, &reading->err);
}

/* Numbers without a row: raw rows that were dropped, or rows that somebody took away. */
static void
see_gap(struct reading *reading, const struct vg_ledger_row *row)
{
	struct vg_replay_raw *raw = &reading->out->raw;
	int64_t first = reading->out->seq + 1;

	if (row->seq == first)
		return;
	raw->missing += row->seq - first;
	raw->last_missing = row->seq - 1;
	if (raw->missing > raw->dropped)
		complain(reading, first, row->received_ms, "missing, up to row %" PRId64,
			 row->seq - 1);
}

static int
on_row(const struct vg_ledger_row *row, void *arg)
{
	struct reading *reading = arg;
	struct vg_replayed *out = reading->out;
	struct vg_parsed_event parsed;
	struct vg_err err = {0};
	int rc;

	if (row->received_ms >= reading->before_ms)
		return 0;
	see_gap(reading, row);
	rc = check_hashes(reading, row);
	if (rc != 0)
		return rc;
	if (vg_event_parse(row->bytes, row->length, &parsed, &err) != 0) {
		complain(reading, row->seq, row->received_ms, "the bytes are no event: %s",
			 err.text);
	} else {
		check_columns(reading, row, &parsed);
		parsed.event.seq = row->seq;
		parsed.event.received_ms = row->received_ms;
		if (out->broken == 0 && parsed.event.kind == VG_KIND_RAW_SEALED)
			rc = check_seal(reading, &parsed.event);
		if (rc == 0 && out->broken == 0)
			rc = step(reading, &parsed);
		vg_parsed_event_free(&parsed);
	}
	out->seq = row->seq;
	out->received_ms = row->received_ms;
	return rc;
}

/* The newest rows could have been cut off without a trace in the chain; the position tells. */
static int
check_end(struct reading *reading, struct vg_pg *pg)
{
	struct vg_replayed *out = reading->out;
	struct vg_pg_position position;
	char head[65];
	int rc = vg_pg_position(pg, &position, &reading->err);

	if (rc != 0)
		return rc;
	(void)vg_hex(position.head, sizeof(position.head), head);
	if (position.seq > out->seq &&
	    out->raw.missing + position.seq - out->seq > out->raw.dropped)
		complain(reading, out->seq + 1, out->received_ms,
			 "missing, up to row %" PRId64 " where ledger.position stands",
			 position.seq);
	else if (position.seq == out->seq && strcmp(head, out->head) != 0)
		complain(reading, out->seq, out->received_ms,
			 "the chain ends at %.16s..., ledger.position has %.16s...", out->head,
			 head);
	return 0;
}

int
vg_replay_settle(const struct vg_cli *cli, struct vg_pg *pg)
{
	const struct timespec pause = {.tv_nsec = SETTLE_PAUSE_MS * 1000000};
	struct vg_pg_position position = {0};
	struct vg_err err = {0};
	int rc;

	for (int tries = 0; tries < SETTLE_TRIES; tries++) {
		rc = vg_pg_position(pg, &position, &err);
		if (rc == 0 && position.read_seq == position.seq)
			return 0;
		if (rc == 0)
			rc = vg_pg_exec(pg, "rollback", NULL, 0, NULL, &err);
		(void)nanosleep(&pause, NULL);
		if (rc == 0)
			rc = begin_view(pg, &err);
		if (rc != 0)
			return vg_cli_fail(cli, vg_cli_exit_of(rc), "%s", vg_err_text(&err, rc));
	}
	return vg_cli_fail(cli, VG_EXIT_UNREACHABLE,
			   "the read model stands at ledger row %" PRId64 " of %" PRId64
			   "; try again when `vinga status` says current",
			   position.read_seq, position.seq);
}

static int
begin(struct vg_replayed *at)
{
	if (at->core != NULL)
		return 0;
	memset(at->head, '0', 64);
	at->core = vg_core_new();
	return at->core != NULL ? 0 : VG_ENOMEM;
}

int
vg_replay_ledger(const struct vg_cli *cli, struct vg_pg *pg, const struct vg_as_of *as_of,
		 struct vg_replayed *at)
{
	struct reading reading = {.out = at, .before_ms = as_of->before_ms};
	int rc = begin(at);

	if (rc == 0)
		rc = vg_pg_raw_dropped(pg, &at->raw.dropped, &reading.err);
	if (rc == 0)
		rc = vg_pg_ledger(pg, at->seq, as_of->seq, on_row, &reading, &reading.err);
	if (rc == 0 && as_of->seq == INT64_MAX && as_of->before_ms == INT64_MAX)
		rc = check_end(&reading, pg);
	if (at->broken > COMPLAINTS_MAX)
		printf("and %" PRId64 " more\n", at->broken - COMPLAINTS_MAX);
	if (rc == VG_EBROKEN) {
		at->broken++;
		printf("%s\n", vg_err_text(&reading.err, rc));
		return VG_EXIT_OK;
	}
	if (rc != 0)
		return vg_cli_fail(cli, vg_cli_exit_of(rc), "%s", vg_err_text(&reading.err, rc));
	return VG_EXIT_OK;
}

int
vg_replay_row(const struct vg_cli *cli, struct vg_pg *pg, int64_t seq, struct vg_replayed *at)
{
	const struct vg_as_of as_of = {.seq = seq, .before_ms = INT64_MAX};

	if (seq < at->seq)
		vg_replay_fini(at);
	return vg_replay_ledger(cli, pg, &as_of, at);
}

void
vg_replay_fini(struct vg_replayed *at)
{
	vg_core_free(at->core);
	for (size_t i = 0; i < at->lanes; i++)
		free(at->lane[i].name);
	free(at->lane);
	memset(at, 0, sizeof(*at));
}

int
vg_replay_sound(struct vg_cli *cli, const struct vg_as_of *as_of, struct vg_replayed *out)
{
	struct vg_pg *pg = NULL;
	int rc = vg_replay_open(cli, &pg);

	if (rc == 0)
		rc = vg_replay_ledger(cli, pg, as_of, out);
	vg_pg_close(pg);
	if (rc == 0 && out->broken > 0)
		rc = vg_cli_fail(cli, VG_EXIT_DIFFERS,
				 "the ledger does not hold together; no figure is made from it");
	if (rc == 0 && out->seq == 0)
		rc = vg_cli_fail(cli, VG_EXIT_DIFFERS, "the ledger is empty up to there");
	return rc;
}

int
vg_replay_zone(const struct vg_cli *cli, const struct vg_core *core)
{
	const struct vg_agreement *agreement = vg_core_agreement_latest(core);
	struct vg_err err = {0};
	int rc;

	if (agreement == NULL)
		return vg_cli_fail(cli, VG_EXIT_DIFFERS,
				   "no agreement has been applied up to there");
	rc = vg_civil_set_zone(agreement->zone, &err);
	return rc == 0 ? 0
		       : vg_cli_fail(cli, VG_EXIT_DIFFERS, "%s; give --as-of as a ledger row",
				     err.text);
}
