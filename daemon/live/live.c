/* live.c - from durable rows to the live core.
 *
 * An event waits here from its submission until the journal's answer, then goes through the core in
 * the order of its sequence. The hard thing is that the core may see only what the ledger holds: so
 * masking and digests are done before the canonical bytes are made, on the very event that is
 * applied later. */
#include "daemon/live/live.h"

#include "daemon/live/checkpoint.h"
#include "daemon/live/restore.h"
#include "lib/base/log.h"
#include "lib/crypto/crypto.h"
#include "lib/redact/redact.h"

#include <event2/event.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define KEY_LENGTH	   32
#define LAST_RESULTS_MS	   5000 /* that the journal may take for the last commit */
#define RESULTS_PER_TURN   1024
#define CHECKPOINT_EVERY_S 60
#define STEP_TOLERANCE_MS  2000 /* a smaller step of the wall clock is adjustment, not an event */

/* One event on its way. */
struct entry {
	struct vg_parsed_event parsed;
	vg_live_done_cb *done;
	void *arg;
	void **kept; /* what masking has put in place of the event's own */
	size_t kept_count, kept_size;
	char lane[VG_JOURNAL_LANE_MAX + 1];
	char title_digest[65];
};

struct vg_live {
	struct vg_live_options options;
	char journal_path[4096];
	struct vg_core *core;
	struct vg_journal *journal;
	struct vg_checkpoint_writer *checkpoint;
	struct event *on_results, *on_second, *on_checkpoint;
	uint8_t key[KEY_LENGTH];
	size_t in_flight;
	int64_t checkpoint_seq;
	int seconds;		 /* since the last checkpoint began */
	int64_t clock_offset_ms; /* wall minus monotonic, as last seen */
	uint64_t masked;
	struct vg_complaint no_checkpoint;
};

static int64_t
wall_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
vg_live_now_ms(const struct vg_live *live)
{
	(void)live;
	return wall_ms();
}

const struct vg_core *
vg_live_core(const struct vg_live *live)
{
	return live->core;
}

struct vg_journal *
vg_live_journal(const struct vg_live *live)
{
	return live->journal;
}

const char *
vg_live_journal_path(const struct vg_live *live)
{
	return live->journal_path;
}

size_t
vg_live_in_flight(const struct vg_live *live)
{
	return live->in_flight;
}

int64_t
vg_live_checkpoint_seq(const struct vg_live *live)
{
	return live->checkpoint_seq;
}

uint64_t
vg_live_masked(const struct vg_live *live)
{
	return live->masked;
}

char *
vg_live_digest(const struct vg_live *live, const char *text, char out[65])
{
	uint8_t digest[VG_SHA256_LEN];

	vg_hmac_sha256(live->key, sizeof(live->key), text, strlen(text), digest);
	return vg_hex(digest, sizeof(digest), out);
}

/* Masking. */

/* Lives as long as the entry. Takes over `memory`, also on failure. */
static int
keep(struct entry *entry, void *memory)
{
	if (memory != NULL && entry->kept_count == entry->kept_size) {
		size_t size = entry->kept_size * 2 + 8;
		void **grown = realloc(entry->kept, size * sizeof(*grown));

		if (grown == NULL) {
			free(memory);
			return VG_ENOMEM;
		}
		entry->kept = grown;
		entry->kept_size = size;
	}
	if (memory == NULL)
		return VG_ENOMEM;
	entry->kept[entry->kept_count++] = memory;
	return 0;
}

static int
mask(struct vg_live *live, struct entry *entry, const char **text)
{
	size_t start, end, length, hits;
	char *clean;

	if (*text == NULL || **text == '\0')
		return 0;
	length = strlen(*text);
	if (vg_redact_find(*text, length, 0, &vg_redact_default, &start, &end) == VG_ID_NONE)
		return 0;
	clean = vg_redact_mask(*text, length, &vg_redact_default, &length, &hits);
	if (keep(entry, clean) != 0)
		return VG_ENOMEM;
	*text = clean;
	live->masked += hits;
	return 0;
}

/* References between tickets are identities: masking them would join strangers. */
static bool
is_reference(enum vg_ticket_field field)
{
	return field == VG_TF_OWN_REF || field == VG_TF_PARENT || field == VG_TF_DUPLICATE_OF ||
	       field == VG_TF_SPLIT_FROM || field == VG_TF_REOPEN_OF || field == VG_TF_OUTAGE ||
	       field == VG_TF_WINDOW || field == VG_TF_ALARM || field == VG_TF_MAJOR_INCIDENT ||
	       field == VG_TF_PROBLEM || field == VG_TF_MUNICIPALITY;
}

static int
mask_ticket(struct vg_live *live, struct entry *entry, struct vg_ticket_body *body)
{
	int rc = mask(live, entry, &body->reason);

	for (int i = 0; rc == 0 && i < VG_TF_COUNT; i++)
		if ((body->fields.set & VG_TF_BIT(i)) &&
		    vg_ticket_field_info[i].form == VG_FORM_STR &&
		    !is_reference((enum vg_ticket_field)i))
			rc = mask(live, entry, &body->fields.text[i]);
	return rc;
}

static int
mask_samples(struct vg_live *live, struct entry *entry, struct vg_samples_body *body)
{
	size_t bytes = body->count * sizeof(*body->sample);
	struct vg_sample *sample;
	int rc;

	if (bytes == 0)
		return 0;
	sample = malloc(bytes);
	if ((rc = keep(entry, sample)) != 0)
		return rc;
	memcpy(sample, body->sample, bytes);
	for (size_t i = 0; rc == 0 && i < body->count; i++)
		rc = mask(live, entry, &sample[i].text);
	body->sample = sample;
	return rc;
}

/* What a notice is known by is not masked but replaced by its digest, or strangers would be taken
 * for repetitions of each other. */
static int
hide_id(struct vg_live *live, struct entry *entry, const char **id)
{
	size_t start, end;
	char *digest;

	if (vg_redact_find(*id, strlen(*id), 0, &vg_redact_default, &start, &end) == VG_ID_NONE)
		return 0;
	digest = malloc(2 * VG_SHA256_LEN + 1);
	if (keep(entry, digest) != 0)
		return VG_ENOMEM;
	*id = vg_live_digest(live, *id, digest);
	live->masked++;
	return 0;
}

/* Names are masked too: the same name stays the same key. */
static int
mask_notices(struct vg_live *live, struct entry *entry, struct vg_notices_body *body)
{
	size_t bytes = body->count * sizeof(*body->notice);
	struct vg_notice *notice;
	int rc;

	if (bytes == 0)
		return 0;
	notice = malloc(bytes);
	if ((rc = keep(entry, notice)) != 0)
		return rc;
	memcpy(notice, body->notice, bytes);
	for (size_t i = 0; rc == 0 && i < body->count; i++)
		if ((rc = mask(live, entry, &notice[i].resource)) == 0 &&
		    (rc = mask(live, entry, &notice[i].type)) == 0 &&
		    (rc = mask(live, entry, &notice[i].qualifier)) == 0 &&
		    (rc = mask(live, entry, &notice[i].text)) == 0 &&
		    (rc = mask(live, entry, &notice[i].detail)) == 0)
			rc = hide_id(live, entry, &notice[i].id);
	body->notice = notice;
	return rc;
}

/* As in notices, so that they meet. */
static int
mask_resources(struct vg_live *live, struct entry *entry, struct vg_resources_body *body)
{
	size_t bytes = body->count * sizeof(*body->row);
	struct vg_resource_row *row = malloc(bytes);
	int rc = keep(entry, row);

	if (rc != 0)
		return rc;
	memcpy(row, body->row, bytes);
	for (size_t i = 0; rc == 0 && i < body->count; i++)
		if ((rc = mask(live, entry, &row[i].name)) == 0 &&
		    (rc = mask(live, entry, &row[i].resource)) == 0)
			rc = mask(live, entry, &row[i].parent);
	body->row = row;
	return rc;
}

/* Whom a decision names it names by function, but people write names. */
static int
mask_act(struct vg_live *live, struct entry *entry, struct vg_act_body *body)
{
	int rc = mask(live, entry, &body->reason);

	return rc != 0 ? rc : mask(live, entry, &body->document);
}

static int
mask_comment(struct vg_live *live, struct entry *entry, struct vg_comment_body *body)
{
	int rc;

	if ((rc = mask(live, entry, &body->cause)) == 0 &&
	    (rc = mask(live, entry, &body->action)) == 0)
		rc = mask(live, entry, &body->owner);
	return rc;
}

/* Anybody reads it. */
static int
mask_disturbance(struct vg_live *live, struct entry *entry, struct vg_disturbance_body *body)
{
	const char **texts[] = {&body->title,	 &body->text,	 &body->advice,
				&body->title_en, &body->text_en, &body->advice_en};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(texts) / sizeof(texts[0]); i++)
		rc = mask(live, entry, texts[i]);
	return rc;
}

static int
mask_body(struct vg_live *live, struct entry *entry)
{
	struct vg_event *event = &entry->parsed.event;
	int rc = 0;

	switch (event->kind) {
	case VG_KIND_TICKET_REPORTED:
	case VG_KIND_TICKET_ESCALATED:
	case VG_KIND_TICKET_ACKNOWLEDGED:
	case VG_KIND_TICKET_CORRECTED:
		return mask_ticket(live, entry, &event->body.ticket);
	case VG_KIND_IMPORT_STARTED:
	case VG_KIND_IMPORT_FINISHED:
	case VG_KIND_IMPORT_REVOKED:
		rc = mask(live, entry, &event->body.import_.file);
		return rc != 0 ? rc : mask(live, entry, &event->body.import_.reason);
	case VG_KIND_INTAKE_QUARANTINED:
		if ((rc = mask(live, entry, &event->body.quarantine.reason)) == 0 &&
		    (rc = mask(live, entry, &event->body.quarantine.value)) == 0)
			rc = mask(live, entry, &event->body.quarantine.payload);
		return rc;
	case VG_KIND_REGISTER_SET:
		return mask(live, entry, &event->body.reg.value);
	case VG_KIND_AGREEMENT_APPLIED:
		return mask(live, entry, &event->body.agreement_reason);
	case VG_KIND_NOTIFICATION_FAILED:
		return mask(live, entry, &event->body.notification.error);
	case VG_KIND_SAMPLES_REPORTED:
		return mask_samples(live, entry, &event->body.samples);
	case VG_KIND_OUTAGE_RECORDED:
	case VG_KIND_OUTAGE_CORRECTED:
	case VG_KIND_OUTAGE_WITHDRAWN:
		return mask(live, entry, &event->body.outage.reason);
	case VG_KIND_WINDOW_PLANNED:
	case VG_KIND_WINDOW_WITHDRAWN:
		if ((rc = mask(live, entry, &event->body.window.name)) == 0 &&
		    (rc = mask(live, entry, &event->body.window.agreed_by)) == 0)
			rc = mask(live, entry, &event->body.window.reason);
		return rc;
	case VG_KIND_ALARMS_REPORTED:
		return mask_notices(live, entry, &event->body.notices);
	case VG_KIND_ALARM_ACKNOWLEDGED:
	case VG_KIND_ALARM_SHELVED:
	case VG_KIND_ALARM_UNSHELVED:
	case VG_KIND_ALARM_CLOSED:
		return mask(live, entry, &event->body.alarm.reason);
	case VG_KIND_RESOURCES_MAPPED:
		return mask_resources(live, entry, &event->body.resources);
	case VG_KIND_PROPOSAL_ACCEPTED:
	case VG_KIND_PROPOSAL_REFUSED:
		return mask(live, entry, &event->body.proposal.reason);
	case VG_KIND_RATE_PROPOSED:
	case VG_KIND_COST_PROPOSED:
	case VG_KIND_OVERRIDE_PROPOSED:
	case VG_KIND_OPENING_PROPOSED:
	case VG_KIND_CLOSE_PROPOSED:
	case VG_KIND_ACT_APPROVED:
	case VG_KIND_ACT_REJECTED:
		return mask_act(live, entry, &event->body.act);
	case VG_KIND_OBJECTION_RAISED:
	case VG_KIND_OBJECTION_DECIDED:
		return mask(live, entry, &event->body.objection.reason);
	case VG_KIND_COMMENT_MADE:
		return mask_comment(live, entry, &event->body.comment);
	case VG_KIND_DISTURBANCE_DRAFTED:
	case VG_KIND_DISTURBANCE_PUBLISHED:
	case VG_KIND_DISTURBANCE_CLOSED:
		return mask_disturbance(live, entry, &event->body.disturbance);
	case VG_KIND_FEEDBACK_ANSWERED:
		return mask(live, entry, &event->body.feedback.answer);
	case VG_KIND_USERS_READ:
		return mask(live, entry, &event->body.users.approver);
	case VG_KIND_FEEDBACK_RECEIVED:
	case VG_KIND_ACCESS_NOTED:
	case VG_KIND_STATEMENT_PUBLISHED:
	case VG_KIND_INVOICE_RECORDED:
	case VG_KIND_INTAKE_RETAKEN:
	case VG_KIND_NOTIFICATION_DELIVERED:
	case VG_KIND_REPORT_MADE:
	case VG_KIND_OUTAGE_APPROVED:
	case VG_KIND_WINDOW_APPROVED:
	case VG_KIND_WINDOW_STARTED:
	case VG_KIND_WINDOW_ENDED:
	case VG_KIND_RAW_SEALED:
	case VG_KIND_JOURNAL_RESTARTED:
	case VG_KIND_CLOCK_STEPPED:
	case VG_KIND_TICK:
	case VG_KIND_COUNT:
		break;
	}
	return 0;
}

static int
mask_event(struct vg_live *live, struct entry *entry)
{
	int rc;

	if ((rc = mask(live, entry, &entry->parsed.title)) != 0 ||
	    (rc = mask(live, entry, &entry->parsed.note)) != 0)
		return rc;
	return mask_body(live, entry);
}

/* Submitting. */

static void
entry_free(struct entry *entry)
{
	vg_parsed_event_free(&entry->parsed);
	for (size_t i = 0; i < entry->kept_count; i++)
		free(entry->kept[i]);
	free(entry->kept);
	free(entry);
}

/* Title and note stay out of the ledger; the row has the digest of the one that was given. */
static void
digest_side_text(const struct vg_live *live, struct entry *entry)
{
	const char *text = entry->parsed.title != NULL ? entry->parsed.title : entry->parsed.note;

	if (text == NULL || *text == '\0')
		return;
	(void)vg_live_digest(live, text, entry->title_digest);
	if (entry->parsed.event.kind == VG_KIND_FEEDBACK_RECEIVED)
		entry->parsed.event.body.feedback.text_digest = entry->title_digest;
	else
		entry->parsed.event.body.ticket.title_digest = entry->title_digest;
}

/* Samples lie in a lane of their source, so that they can be dropped once they are sealed, and
 * notices that were no news in a lane of their own; both are sent again within days, not years. */
static int
choose_lane(struct entry *entry, struct vg_record *record, struct vg_err *err)
{
	const struct vg_event *event = &entry->parsed.event;

	record->lane = VG_LANE_MAIN;
	if (event->kind == VG_KIND_RAW_SEALED) {
		record->sealed_lane = event->body.sealed.lane;
		record->sealed_seq = event->body.sealed.last_seq;
		record->sealed_rows = event->body.sealed.rows;
	}
	if (event->kind == VG_KIND_ALARMS_REPORTED && event->body.notices.repeats) {
		record->lane = VG_LANE_ALARM;
		record->identity_ms = VG_LIVE_BATCH_KNOWN_MS;
	}
	if (event->kind != VG_KIND_SAMPLES_REPORTED)
		return 0;
	if (strlen(event->source) + strlen(VG_LANE_PROBE) > VG_JOURNAL_LANE_MAX)
		return vg_err_set(err, VG_EINVALID,
				  "source: expected at most %zu bytes for a sender of samples",
				  VG_JOURNAL_LANE_MAX - strlen(VG_LANE_PROBE));
	(void)snprintf(entry->lane, sizeof(entry->lane), VG_LANE_PROBE "%s", event->source);
	record->lane = entry->lane;
	record->identity_ms = VG_LIVE_BATCH_KNOWN_MS;
	return 0;
}

static int
to_journal(struct vg_live *live, struct entry *entry, bool own, struct vg_err *err)
{
	const struct vg_event *event = &entry->parsed.event;
	uint8_t salt[16], repeat[VG_SHA256_LEN];
	struct vg_record record = {
		.source = event->source,
		.event_id = event->event_id,
		.repeat_digest = repeat,
		.received_ms = vg_live_now_ms(live),
		.kind = vg_kind_name(event->kind),
		.municipality = event->has_municipality && *event->municipality != '\0'
					? event->municipality
					: NULL,
		.occurred_ms = event->occurred_ms,
		.title = entry->parsed.title,
		.note = entry->parsed.note,
		.own = own,
		.context = entry,
	};
	char *bytes;
	int rc = choose_lane(entry, &record, err);

	if (rc != 0)
		return rc;
	vg_random(salt, sizeof(salt));
	vg_hex(salt, sizeof(salt), entry->parsed.salt);
	bytes = vg_event_ledger_form(event, entry->parsed.salt, &record.length, repeat);
	if (bytes == NULL)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	if (record.length > vg_event_bytes_max(event->kind)) { /* could not be read again */
		free(bytes);
		return vg_err_set(err, VG_ELIMIT,
				  "event: %zu bytes as written down; expected at most %zu",
				  record.length, vg_event_bytes_max(event->kind));
	}
	record.bytes = bytes;
	rc = vg_journal_submit(live->journal, &record, err);
	free(bytes);
	return rc;
}

static int
keep_text(struct entry *entry, const char **text)
{
	char *copy;

	if (*text == NULL)
		return 0;
	if (keep(entry, copy = strdup(*text)) != 0)
		return VG_ENOMEM;
	*text = copy;
	return 0;
}

int
vg_live_submit(struct vg_live *live, struct vg_parsed_event *parsed, bool own,
	       vg_live_done_cb *done, void *arg, struct vg_err *err)
{
	struct entry *entry = calloc(1, sizeof(*entry));
	int rc;

	if (entry == NULL) {
		vg_parsed_event_free(parsed);
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	}
	entry->parsed = *parsed;
	entry->done = done;
	entry->arg = arg;
	/* whose they are may be gone when the row is durable */
	if ((rc = keep_text(entry, &entry->parsed.title)) == 0 &&
	    (rc = keep_text(entry, &entry->parsed.note)) == 0)
		rc = mask_event(live, entry);
	if (rc != 0)
		(void)vg_err_set(err, rc, "out of memory");
	if (rc == 0) {
		digest_side_text(live, entry);
		rc = to_journal(live, entry, own, err);
	}
	if (rc != 0)
		entry_free(entry);
	else
		live->in_flight++;
	return rc;
}

/* By way of its JSON, which is strict. */
static int
copy_event(const struct vg_event *event, struct vg_parsed_event *out, struct vg_err *err)
{
	size_t length;
	char *bytes = vg_event_canonical(event, "", &length);
	int rc;

	if (bytes == NULL)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	rc = vg_event_parse(bytes, length, out, err);
	free(bytes);
	return rc;
}

int
vg_live_submit_event(struct vg_live *live, const struct vg_event *event, const char *title,
		     const char *note, bool own, vg_live_done_cb *done, void *arg,
		     struct vg_err *err)
{
	struct vg_parsed_event parsed;
	int rc = event->kind == VG_KIND_ALARMS_REPORTED ? vg_event_copy_notices(event, &parsed, err)
							: copy_event(event, &parsed, err);

	if (rc != 0)
		return rc;
	parsed.title = title;
	parsed.note = note;
	return vg_live_submit(live, &parsed, own, done, arg, err);
}

static void
submit_own(struct vg_live *live, enum vg_kind kind, const char *note)
{
	struct vg_event event = {
		.kind = kind,
		.occurred_ms = vg_live_now_ms(live),
		.source = VG_OWN_SOURCE,
		.event_id = "",
		.actor = "",
		.import = "",
		.municipality = "",
		.body.note = note,
	};
	struct vg_err err = {0};
	int rc = vg_live_submit_event(live, &event, NULL, NULL, true, NULL, NULL, &err);

	if (rc != 0)
		vg_log(VG_LOG_ERROR, "own_event.lost", VG_LOG_TEXT("kind", vg_kind_name(kind)),
		       VG_LOG_TEXT("note", note), VG_LOG_TEXT("why", vg_err_text(&err, rc)));
}

/* Applying. */

static int64_t
ticket_named(const struct vg_live *live, const struct vg_event *event)
{
	const struct vg_ticket *ticket = NULL;

	if (event->kind == VG_KIND_TICKET_REPORTED)
		ticket = vg_core_ticket_by_ref(live->core, event->source, event->body.ticket.ref);
	else if (event->kind == VG_KIND_TICKET_ESCALATED ||
		 event->kind == VG_KIND_TICKET_ACKNOWLEDGED ||
		 event->kind == VG_KIND_TICKET_CORRECTED)
		ticket = vg_core_ticket_find_text(live->core, event->source,
						  event->body.ticket.ticket);
	return ticket == NULL ? 0 : vg_ticket_id(ticket);
}

static void
apply(struct vg_live *live, struct entry *entry, const struct vg_record_result *record,
      struct vg_live_result *result)
{
	struct vg_event *event = &entry->parsed.event;
	int rc;

	event->seq = record->seq;
	event->received_ms = record->received_ms;
	rc = vg_core_step(live->core, event, &result->verdict);
	if (rc != 0) {
		vg_log(VG_LOG_ERROR, "core.failed", VG_LOG_INT("seq", record->seq),
		       VG_LOG_TEXT("why", "out of memory; a restart replays the row"));
		abort();
	}
	if (entry->parsed.note != NULL && live->options.on_note != NULL)
		live->options.on_note(record->seq, entry->parsed.note, live->options.arg);
	if (entry->parsed.title != NULL && live->options.on_title != NULL &&
	    result->verdict.ticket > 0)
		live->options.on_title(result->verdict.ticket, record->seq, entry->parsed.title,
				       live->options.arg);
}

static void
settle(struct vg_live *live, const struct vg_record_result *record)
{
	struct entry *entry = record->context;
	struct vg_live_result result = {
		.outcome = record->outcome,
		.seq = record->seq,
		.error = record->error,
	};

	if (record->outcome == VG_RECORD_DURABLE)
		apply(live, entry, record, &result);
	else if (record->outcome == VG_RECORD_REPEAT)
		result.verdict.ticket = ticket_named(live, &entry->parsed.event);
	live->in_flight--;
	if (entry->done != NULL)
		entry->done(&result, entry->arg);
	entry_free(entry);
}

static void
on_results(evutil_socket_t fd, short what, void *arg)
{
	struct vg_live *live = arg;
	struct vg_record_result record[RESULTS_PER_TURN];
	size_t count = vg_journal_results(live->journal, record, RESULTS_PER_TURN);

	(void)fd;
	(void)what;
	for (size_t i = 0; i < count; i++)
		settle(live, &record[i]);
	if (count > 0 && live->options.on_applied != NULL)
		live->options.on_applied(live->options.arg);
}

/* Once a second: the tick, the clock's steps, the checkpoint. */

static void
watch_clock(struct vg_live *live)
{
	int64_t offset_ms = wall_ms() - vg_steady_ms();
	int64_t step_ms = offset_ms - live->clock_offset_ms;
	char note[80];

	if (step_ms > -STEP_TOLERANCE_MS && step_ms < STEP_TOLERANCE_MS)
		return;
	live->clock_offset_ms = offset_ms;
	(void)snprintf(note, sizeof(note), "wall clock stepped by %" PRId64 " ms", step_ms);
	submit_own(live, VG_KIND_CLOCK_STEPPED, note);
}

/* Tried again each minute, so one that fails is no loss yet: the journal holds what it lacks. */
static void
complain_of_checkpoint(struct vg_live *live, const char *why)
{
	vg_complain(&live->no_checkpoint, "checkpoint.failed", why, vg_steady_ms());
}

static void
begin_checkpoint(struct vg_live *live)
{
	struct vg_journal_state state;
	struct vg_err err = {0};
	int rc;

	if (vg_core_seq(live->core) == 0 || vg_core_seq(live->core) == live->checkpoint_seq)
		return;
	vg_journal_get_state(live->journal, &state);
	rc = vg_checkpoint_begin(live->checkpoint, live->core, state.instance, &err);
	if (rc != 0 && rc != VG_ELIMIT)
		complain_of_checkpoint(live, vg_err_text(&err, rc));
}

static void
end_checkpoint(struct vg_live *live)
{
	struct vg_err err = {0};
	int64_t seq;
	int rc = vg_checkpoint_end(live->checkpoint, &seq, &err);

	if (rc != 0) {
		complain_of_checkpoint(live, vg_err_text(&err, rc));
	} else if (seq > 0) {
		live->checkpoint_seq = seq;
		complain_of_checkpoint(live, NULL);
	}
}

static void
on_checkpoint(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	end_checkpoint(arg);
}

static void
on_second(evutil_socket_t fd, short what, void *arg)
{
	struct vg_live *live = arg;

	(void)fd;
	(void)what;
	watch_clock(live);
	if (live->in_flight == 0 && vg_core_next_deadline_ms(live->core) <= vg_live_now_ms(live))
		submit_own(live, VG_KIND_TICK, "");
	if (++live->seconds >= CHECKPOINT_EVERY_S) {
		live->seconds = 0;
		begin_checkpoint(live);
	}
}

/* Start and stop. */

/* The key of the digests is made once; without it titles can no longer be matched to their digests.
 */
static int
load_key(struct vg_live *live, struct vg_err *err)
{
	char path[4096];
	int fd, rc = 0;

	(void)snprintf(path, sizeof(path), "%s/digest.key", live->options.state_dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		if (read(fd, live->key, sizeof(live->key)) != (ssize_t)sizeof(live->key))
			rc = vg_err_set(err, VG_EBROKEN, "%s: expected %d bytes", path, KEY_LENGTH);
		(void)close(fd);
		return rc;
	}
	if (errno != ENOENT)
		return vg_err_set(err, -errno, "cannot read %s: %s", path, strerror(errno));
	vg_random(live->key, sizeof(live->key));
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, live->key, sizeof(live->key)) != (ssize_t)sizeof(live->key) ||
	    fsync(fd) != 0)
		rc = vg_err_set(err, VG_EIO, "cannot write %s: %s", path, strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

static int
hook_into_loop(struct vg_live *live, struct vg_err *err)
{
	const struct timeval second = {1, 0};
	struct event_base *base = live->options.base;

	live->on_results = event_new(base, vg_journal_fd(live->journal), EV_READ | EV_PERSIST,
				     on_results, live);
	live->on_second = event_new(base, -1, EV_PERSIST, on_second, live);
	live->on_checkpoint = event_new(base, vg_checkpoint_fd(live->checkpoint),
					EV_READ | EV_PERSIST, on_checkpoint, live);
	if (live->on_results == NULL || live->on_second == NULL || live->on_checkpoint == NULL ||
	    event_priority_set(live->on_results, 0) != 0 ||
	    event_add(live->on_results, NULL) != 0 || event_add(live->on_second, &second) != 0 ||
	    event_add(live->on_checkpoint, NULL) != 0)
		return vg_err_set(err, VG_ENOMEM, "event loop: out of memory");
	return 0;
}

static void
live_free(struct vg_live *live)
{
	if (live->on_results != NULL)
		event_free(live->on_results);
	if (live->on_second != NULL)
		event_free(live->on_second);
	if (live->on_checkpoint != NULL)
		event_free(live->on_checkpoint);
	vg_checkpoint_writer_free(live->checkpoint);
	if (live->journal != NULL)
		vg_journal_close(live->journal);
	if (live->core != NULL)
		vg_core_free(live->core);
	free(live);
}

static int
restore(struct vg_live *live, struct vg_err *err)
{
	const struct vg_restore_options options = {
		.state_dir = live->options.state_dir,
		.journal_path = live->journal_path,
		.conninfo = live->options.conninfo,
		.journal_bytes_max = live->options.journal_bytes_max,
		.journal_keep_ms = live->options.journal_keep_ms,
		.progress = live->options.progress,
	};
	struct vg_restored restored;
	char note[80];
	int rc = vg_restore(&options, &restored, err);

	if (rc != 0)
		return rc;
	live->core = restored.core;
	live->journal = restored.journal;
	live->checkpoint_seq = restored.checkpoint_seq;
	if (restored.restarted_after > 0) {
		(void)snprintf(note, sizeof(note), "new journal after row %" PRId64,
			       restored.restarted_after);
		submit_own(live, VG_KIND_JOURNAL_RESTARTED, note);
	}
	return 0;
}

int
vg_live_start(struct vg_live **out, const struct vg_live_options *options, struct vg_err *err)
{
	struct vg_live *live = calloc(1, sizeof(*live));
	int rc;

	if (live == NULL)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	live->options = *options;
	live->clock_offset_ms = wall_ms() - vg_steady_ms();
	(void)snprintf(live->journal_path, sizeof(live->journal_path), "%s/journal.db",
		       options->state_dir);
	if ((rc = load_key(live, err)) != 0 || (rc = restore(live, err)) != 0)
		goto fail;
	rc = vg_checkpoint_writer_new(&live->checkpoint, options->state_dir, live->journal_path,
				      err);
	if (rc == 0)
		rc = hook_into_loop(live, err);
	if (rc != 0)
		goto fail;
	*out = live;
	return 0;
fail:
	live_free(live);
	return rc;
}

bool
vg_live_settle(struct vg_live *live)
{
	struct pollfd ready = {.fd = vg_journal_fd(live->journal), .events = POLLIN};

	while (live->in_flight > 0 && poll(&ready, 1, LAST_RESULTS_MS) > 0)
		on_results(ready.fd, EV_READ, live);
	return live->in_flight == 0;
}

void
vg_live_stop(struct vg_live *live)
{
	(void)vg_live_settle(live);
	end_checkpoint(live);
	begin_checkpoint(live);
	end_checkpoint(live);
	live_free(live);
}
