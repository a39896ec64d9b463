/* Out of memory: a life with every kind of event, then everything that reads a core, with the n-th
 * allocation failing, for every n. The failure is told, nothing leaks (the sanitizer watches), and
 * the core can still be freed. */
#include "tests/unit/memory_support.h"
#include "tests/unit/object_support.h"

#include "core/profile.h"
#include "lib/rows/rows.h"

/* The life. */

struct act {
	enum vg_kind kind;
	const char *ref; /* ticket, import, outage record or window */
	int64_t minutes;
	const char *words; /* fields or samples, "" = none */
	const char *also;  /* another reference of the ticket, or another actor; NULL = none */
	const char *import;
	int64_t number; /* the row, notification or quarantined fact that it is about */
};

#define NEW "status=new line=1 priority=P3 municipality=1489 source_status=New"

#define ALL_DOWN "arkiv=critical katalog=critical web=critical gateway=ok"

/* Sequence 1 is the agreement, so act i has sequence i + 2. */
static const struct act acts[] = {
	{VG_KIND_TICKET_REPORTED, "T1", 10, NEW, "X1", "", 0},
	{VG_KIND_TICKET_REPORTED, "T2", 11, NEW " opened_ms=5 group=a problem=T5 outage=O-1", NULL,
	 "", 0},
	{VG_KIND_TICKET_REPORTED, "T3", 12,
	 "status=new line=1 priority=P1 municipality=- problem=T2 major_incident=T5", NULL, "", 0},
	{VG_KIND_TICKET_ESCALATED, "T1", 20, "group=vgr", NULL, "", 0}, /* 5 */
	{VG_KIND_TICKET_ESCALATED, "T2", 21, "", NULL, "", 0},
	{VG_KIND_NOTIFICATION_FAILED, "", 22, "", NULL, "", 5 * 16},
	{VG_KIND_NOTIFICATION_DELIVERED, "", 23, "", NULL, "", 5 * 16},
	{VG_KIND_TICKET_ACKNOWLEDGED, "T1", 30, "", NULL, "", 0},
	{VG_KIND_TICKET_REPORTED, "T1", 35, "status=pending pending_reason=pending_requester", NULL,
	 "", 0},
	{VG_KIND_TICKET_REPORTED, "T1", 60, "status=resolved source_status=Done", NULL, "", 0},
	{VG_KIND_TICKET_CORRECTED, "T1", 61, "priority=P2", NULL, "", 11},
	{VG_KIND_IMPORT_STARTED, "i1", 62, "", NULL, "", 0},
	{VG_KIND_TICKET_REPORTED, "T4", 63, NEW, NULL, "i1", 0},
	{VG_KIND_INTAKE_QUARANTINED, "", 64, "", NULL, "i1", 0}, /* 15 */
	{VG_KIND_INTAKE_RETAKEN, "", 65, "", NULL, "", 15},
	{VG_KIND_IMPORT_FINISHED, "i1", 66, "", NULL, "", 0},
	{VG_KIND_IMPORT_REVOKED, "i1", 67, "", NULL, "", 0},
	{VG_KIND_TICKET_REPORTED, "T2", 70, "status=in_progress", "T3", "", 0}, /* joins them */
	{VG_KIND_TICKET_REPORTED, "T5", 70, NEW, NULL, "", 0},
	{VG_KIND_TICKET_REPORTED, "T5", 71, "group=a", NULL, "", 0},
	{VG_KIND_TICKET_REPORTED, "T5", 72, "group=b", NULL, "", 0},
	{VG_KIND_TICKET_REPORTED, "T2", 73, "group=c", "T5", "", 0}, /* more facts than fit */
	{VG_KIND_USERS_READ, "", 71, "", NULL, "", 130},
	{VG_KIND_USERS_READ, "", 72, "", NULL, "", 131},
	{VG_KIND_REGISTER_SET, "", 73, "", NULL, "", 0},
	{VG_KIND_REGISTER_SET, "", 74, "", NULL, "", 1},
	{VG_KIND_REPORT_MADE, "", 75, "", NULL, "", 0},
	{VG_KIND_JOURNAL_RESTARTED, "", 76, "", NULL, "", 0},
	{VG_KIND_CLOCK_STEPPED, "", 77, "", NULL, "", 0}, /* 30 */
	{VG_KIND_SAMPLES_REPORTED, "", 78, ALL_DOWN, NULL, "", 0},
	{VG_KIND_SAMPLES_REPORTED, "", 79, ALL_DOWN, NULL, "", 0},
	{VG_KIND_SAMPLES_REPORTED, "", 80, ALL_DOWN, NULL, "", 0}, /* confirmed: raised */
	{VG_KIND_OUTAGE_RECORDED, "", 81, "", NULL, "", 0},
	{VG_KIND_OUTAGE_CORRECTED, "O-34", 82, "", NULL, "", 0},
	{VG_KIND_OUTAGE_APPROVED, "O-34", 83, "", "bo", "", 0},
	{VG_KIND_SAMPLES_REPORTED, "", 84, "web=ok gateway=critical", NULL, "", 0},
	{VG_KIND_WINDOW_PLANNED, "", 85, "", NULL, "", 0},
	{VG_KIND_WINDOW_APPROVED, "W-38", 86, "", "bo", "", 0},
	{VG_KIND_WINDOW_STARTED, "W-38.0", 91, "", NULL, "", 0}, /* 40 */
	{VG_KIND_SAMPLES_REPORTED, "", 92, "web=ok gateway=critical", NULL, "", 0},
	{VG_KIND_TICK, "", 140, "", NULL, "", 0}, /* the agent is silent, the window over */
	{VG_KIND_WINDOW_ENDED, "W-38.0", 145, "", NULL, "", 0},
	{VG_KIND_WINDOW_WITHDRAWN, "W-38", 146, "", NULL, "", 0},
	{VG_KIND_OUTAGE_WITHDRAWN, "O-34", 147, "", NULL, "", 0},
	{VG_KIND_SAMPLES_REPORTED, "", 148, "web=ok", NULL, "", 0},
	{VG_KIND_TICK, "", DAYS(40), "", NULL, "", 0}, /* deadlines fire, the month turns */
	{VG_KIND_AGREEMENT_APPLIED, "", DAYS(40), "", NULL, "", 2},
};
enum { ACTS = sizeof acts / sizeof acts[0], CROWD = 40 };

static void
fill_ticket(const struct act *act, struct vg_event *event, char store[256])
{
	event->body.ticket = (struct vg_ticket_body){.ref = act->ref,
						     .ticket = act->ref,
						     .title_digest = "digest",
						     .reason = "test",
						     .voids = act->number,
						     .also_count = act->also != NULL,
						     .also = {{"tool", act->also}}};
	support_fields(&event->body.ticket.fields, act->words, store);
}

/* The tables that a filled body borrows. */
struct store {
	char text[256];
	struct vg_sample sample[8];
};

static const int64_t window_times[][2] = {
	{WORLD_START_MS + 90 * MINUTE_MS, WORLD_START_MS + 120 * MINUTE_MS},
	{WORLD_START_MS + 20 * DAY_MS, WORLD_START_MS + 21 * DAY_MS}};

static void
fill_availability(const struct act *act, struct vg_event *event, struct store *store)
{
	if (act->also != NULL)
		event->actor = act->also;
	if (act->kind == VG_KIND_SAMPLES_REPORTED) {
		event->source = "agent-1489";
		event->body.samples = (struct vg_samples_body){
			.boot_id = act->minutes < 84 ? "b1" : "b2",
			.batch = act->minutes,
			.sent_ms = event->received_ms,
			.count = support_samples(store->sample, act->minutes, act->words,
						 store->text),
			.sample = store->sample};
	} else if (act->kind >= VG_KIND_WINDOW_PLANNED) {
		event->body.window = window_body(window_times, 2);
		event->body.window.window = act->ref;
		event->body.window.reason = "a reason";
		event->body.window.at_ms = event->occurred_ms;
	} else {
		event->body.outage = outage_body(78, -1);
		event->body.outage.outage = act->ref;
		event->body.outage.set = VG_OUTAGE_SET_CAUSE;
		if (act->kind == VG_KIND_OUTAGE_CORRECTED)
			event->body.outage.cause = VG_PARTY_VGR;
	}
}

static void
fill_body(const struct act *act, struct vg_event *event, struct store *store)
{
	if (act->kind <= VG_KIND_TICKET_CORRECTED)
		fill_ticket(act, event, store->text);
	else if (act->kind <= VG_KIND_IMPORT_REVOKED)
		event->body.import_ = (struct vg_import_body){
			act->ref, "tool", "f.csv", "sha", "sha", "", 3, 2, 1, 0};
	else if (act->kind <= VG_KIND_INTAKE_RETAKEN)
		event->body.quarantine = (struct vg_quarantine_body){
			"m", "unknown", "state", "-100", "{}", act->number};
	else if (act->kind == VG_KIND_USERS_READ)
		event->body.users = (struct vg_users_body){support_days(2016, 1, 1), act->number, 0,
							   "licensed", ""};
	else if (act->kind == VG_KIND_REGISTER_SET)
		event->body.reg =
			(struct vg_register_body){"contacts", "k", act->number, INT64_MAX, "{}"};
	else if (act->kind >= VG_KIND_SAMPLES_REPORTED && act->kind <= VG_KIND_WINDOW_WITHDRAWN)
		fill_availability(act, event, store);
	else if (act->kind == VG_KIND_REPORT_MADE)
		event->body.report = (struct vg_report_body){.month = JANUARY,
							     .as_of_seq = 9,
							     .head = "head",
							     .model_sha256 = "sha",
							     .scope = ""};
	else
		event->body.notification =
			(struct vg_notification_body){act->number, "refused", event->occurred_ms};
}

static int
do_act(struct vg_core *core, const struct act *act, int64_t seq)
{
	struct store store;
	char id[32];
	struct vg_event event;
	struct vg_verdict verdict;
	int rc;

	snprintf(id, sizeof id, "e%lld", (long long)seq);
	event = support_event(seq, at_ms(act->minutes), id);
	event.kind = act->kind;
	event.import = act->import;
	event.has_municipality = act->kind == VG_KIND_USERS_READ;
	event.municipality = "1489";
	fill_body(act, &event, &store);
	rc = vg_core_step(core, &event, &verdict);
	if (rc == 0 && verdict.code > VG_VERDICT_FLAGGED)
		fail_msg("event %lld: %s", (long long)seq, verdict.text);
	return rc;
}

static int
apply_version(struct vg_core *core, struct vg_agreement *agreement, int64_t seq, int64_t minutes)
{
	struct vg_event event = support_event(seq, at_ms(minutes), "agreement");
	struct vg_verdict verdict;

	event.kind = VG_KIND_AGREEMENT_APPLIED;
	event.body.agreement = agreement;
	return vg_core_step(core, &event, &verdict);
}

/* Enough tickets for the tables to grow. */
static int
report_crowd(struct vg_core *core)
{
	int rc = 0;

	for (int i = 0; i < CROWD && rc == 0; i++) {
		char ref[16];
		struct act act = {VG_KIND_TICKET_REPORTED, ref, DAYS(41) + i, NEW, NULL, "", 0};

		snprintf(ref, sizeof ref, "C%d", i);
		rc = do_act(core, &act, ACTS + 2 + i);
	}
	return rc;
}

static int
live(struct vg_core *core, struct vg_agreement *const version[2])
{
	int rc = apply_version(core, version[0], 1, 0);

	for (int i = 0; i < ACTS && rc == 0; i++) {
		if (acts[i].kind == VG_KIND_AGREEMENT_APPLIED)
			rc = apply_version(core, version[1], i + 2, acts[i].minutes);
		else
			rc = do_act(core, &acts[i], i + 2);
	}
	return rc != 0 ? rc : report_crowd(core);
}

/* Everything that reads a core. */

static void
ignore_cell(const struct vg_kpi_cell *cell, void *arg)
{
	(void)cell;
	(void)arg;
}

static void
ignore_availability(const struct vg_avail_cell *cell, void *arg)
{
	(void)cell;
	(void)arg;
}

static int
read_all(const struct vg_core *core)
{
	static const char *const cals[] = {"24x7", "vardag_0730_1630"};
	struct vg_profile profile;
	struct vg_rows rows;
	int rc;

	if ((rc = save_and_load(core)) != 0 ||
	    (rc = vg_kpi_month(core, JANUARY, vg_core_received_ms(core), NULL, vg_kpi_stored_splits,
			       5, ignore_cell, NULL, NULL)) != 0 ||
	    (rc = vg_avail_month(core, JANUARY, -1, vg_core_received_ms(core), NULL,
				 ignore_availability, NULL)) != 0 ||
	    (rc = vg_profile_make(core, cals, 2, &profile)) != 0)
		return rc;
	vg_profile_fini(&profile);
	if ((rc = vg_rows_collect(core, 0, vg_core_received_ms(core), SIZE_MAX, &rows)) != 0)
		return rc;
	vg_rows_free(&rows);
	return 0;
}

static int
run(struct vg_core *core, void *versions)
{
	int rc = live(core, versions);

	return rc != 0 ? rc : read_all(core);
}

static void
every_allocation_may_fail(void **state)
{
	struct vg_agreement *version[2] = {object_agreement("1"), object_agreement("2")};

	(void)state;
	fail_each_allocation(run, version, 500);
	vg_agreement_unref(version[0]);
	vg_agreement_unref(version[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
