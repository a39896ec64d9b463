/* seal.c - days of samples, sealed.
 *
 * The hard thing is that a seal speaks of a state: the runs are the core's, the count and the head
 * are the lane's, and both must be of the same instant, or a sample that came between them would be
 * in the lane and in no run. So nothing is on its way while a seal is made, and the seal is the
 * next thing that the ledger gets. */
#include "daemon/live/seal.h"

#include "core/avail.h"
#include "lib/base/log.h"
#include "lib/crypto/crypto.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENVELOPE_BYTES 4096 /* of a raw.sealed, besides its runs, at most */
#define RUN_BYTES      80 /* of a run as JSON: two instants, a state, a count, and what is between */
#define RETRY_MS       60000

struct vg_sealer {
	struct vg_live *live;
	struct vg_journal_reader *reader;
	int64_t not_before_ms; /* steady; after a failure */
	uint64_t days;
	struct vg_complaint failed;
};

int
vg_sealer_new(struct vg_sealer **out, struct vg_live *live, struct vg_err *err)
{
	struct vg_sealer *sealer = calloc(1, sizeof(*sealer));
	int rc;

	if (sealer == NULL)
		return vg_err_set(err, VG_ENOMEM, "sealing: out of memory");
	sealer->live = live;
	rc = vg_journal_reader_open(&sealer->reader, vg_live_journal_path(live), err);
	if (rc != 0) {
		free(sealer);
		return rc;
	}
	*out = sealer;
	return 0;
}

void
vg_sealer_free(struct vg_sealer *sealer)
{
	if (sealer == NULL)
		return;
	vg_journal_reader_close(sealer->reader);
	free(sealer);
}

uint64_t
vg_sealer_days(const struct vg_sealer *sealer)
{
	return sealer->days;
}

/* How many of the runs go into one event: whole probes, at least one. */
static size_t
one_part(const struct vg_sealed_run *run, size_t count)
{
	size_t bytes = ENVELOPE_BYTES, end = 0;

	while (end < count) {
		size_t next = end;

		while (next < count && strcmp(run[next].probe, run[end].probe) == 0)
			next++;
		bytes += strlen(run[end].probe) + (next - end) * RUN_BYTES;
		if (end > 0 && bytes > VG_SEAL_BYTES_MAX)
			break;
		end = next;
	}
	return end;
}

/* One event, and its way through journal and core. */
static int
submit(struct vg_sealer *sealer, const struct vg_seal_due *due, const struct vg_sealed_body *body,
       struct vg_err *err)
{
	const struct vg_event event = {
		.kind = VG_KIND_RAW_SEALED,
		.occurred_ms = vg_live_now_ms(sealer->live),
		.source = VG_OWN_SOURCE,
		.event_id = "",
		.actor = "",
		.import = due->import,
		.municipality = "",
		.body.sealed = *body,
	};
	int rc = vg_live_submit_event(sealer->live, &event, NULL, NULL, true, NULL, NULL, err);

	if (rc == 0 && !vg_live_settle(sealer->live))
		rc = vg_err_set(err, VG_EIO, "the journal does not answer");
	return rc;
}

/* The lane's rows since the seal before go into the first event. */
static int
seal_runs(struct vg_sealer *sealer, const struct vg_seal_due *due, const struct vg_sealed_run *run,
	  size_t count, struct vg_err *err)
{
	char lane[VG_JOURNAL_LANE_MAX + 1], head[VG_HEX_LEN(VG_SHA256_LEN)];
	struct vg_sealed_body body = {.lane = lane, .day = due->day, .head = head};
	struct vg_journal_lane at;
	size_t done = 0;
	int rc;

	(void)snprintf(lane, sizeof(lane), VG_LANE_PROBE "%s", due->source);
	rc = vg_journal_read_lane(sealer->reader, lane, &at, err);
	if (rc != 0)
		return rc;
	(void)vg_hex(at.head, sizeof(at.head), head);
	if (at.open_rows > 0) {
		body.rows = at.open_rows;
		body.first_seq = at.sealed_seq + 1;
		body.last_seq = at.seq;
	}
	do {
		body.run = run + done;
		body.count = one_part(run + done, count - done);
		rc = submit(sealer, due, &body, err);
		done += body.count;
		body.rows = body.first_seq = body.last_seq = 0;
	} while (rc == 0 && done < count);
	return rc;
}

/* False when nothing is due, or it did not succeed. */
static bool
seal_one(struct vg_sealer *sealer)
{
	const struct vg_core *core = vg_live_core(sealer->live);
	struct vg_sealed_run *run = NULL;
	struct vg_seal_due due;
	struct vg_err err = {0};
	size_t count = 0;
	int rc;

	if (!vg_seal_next(core, vg_live_now_ms(sealer->live), &due) ||
	    !vg_live_settle(sealer->live) ||
	    !vg_seal_next(core, vg_live_now_ms(sealer->live), &due))
		return false;
	rc = vg_seal_runs(core, &due, &run, &count);
	if (rc == 0)
		rc = seal_runs(sealer, &due, run, count, &err);
	free(run);
	vg_complain(&sealer->failed, "seal.failed", rc == 0 ? NULL : vg_err_text(&err, rc),
		    vg_steady_ms());
	if (rc != 0)
		sealer->not_before_ms = vg_steady_ms() + RETRY_MS;
	else
		sealer->days++;
	return rc == 0;
}

void
vg_sealer_turn(struct vg_sealer *sealer)
{
	const int64_t until_ms = vg_steady_ms() + VG_SEAL_TURN_MS;

	if (vg_steady_ms() < sealer->not_before_ms)
		return;
	while (seal_one(sealer) && vg_steady_ms() < until_ms)
		continue;
}
