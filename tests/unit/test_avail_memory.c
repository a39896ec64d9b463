/* Out of memory in availability: samples, seals and everything that reads them, with the n-th
 * allocation failing, for every n. The failure is told, nothing leaks, and the core can be freed.
 */
#include "tests/unit/avail_support.h"
#include "tests/unit/memory_support.h"

/* The life: each act is one event. */

static int64_t seq;

static struct vg_event
event_of(enum vg_kind kind, int64_t received_ms)
{
	struct vg_event event = support_event(++seq, received_ms, "e");

	memset(&event.body, 0, sizeof(event.body));
	event.kind = kind;
	return event;
}

static int
report_some(struct vg_core *core, const char *import, int64_t from_ms, const char *letters)
{
	static const char *const probes[] = {"app", "gate", "net", "web"};
	struct vg_sample sample[64];
	struct vg_event event = event_of(VG_KIND_SAMPLES_REPORTED, from_ms + DAY_MS);
	size_t n = 0;

	for (size_t i = 0; letters[i] != '\0'; i++) {
		sample[n] = avail_sample(probes[i % 4], from_ms + (int64_t)(i / 4) * MINUTE_MS,
					 letters[i]);
		sample[n++].text = "HTTP 503";
	}
	event.source = "a";
	event.import = import;
	event.body.samples = (struct vg_samples_body){.boot_id = "b", .count = n, .sample = sample};
	return vg_core_step(core, &event, NULL);
}

static int
record_cause(struct vg_core *core, int64_t from_ms, enum vg_outage_effect effect)
{
	struct vg_event event = event_of(VG_KIND_OUTAGE_RECORDED, from_ms + 2 * DAY_MS);

	event.body.outage = (struct vg_outage_body){
		.outage = "",
		.effect = effect,
		.service = "journal",
		.channel = "",
		.municipalities = "",
		.from_ms = from_ms,
		.to_ms = effect == VG_EFFECT_CAUSE ? INT64_MAX : from_ms + 30000,
		.cause = effect == VG_EFFECT_REFUTE ? VG_PARTY_UNKNOWN : VG_PARTY_VGR,
		.reason = "test",
		.source = "",
		.probe = ""};
	return vg_core_step(core, &event, NULL);
}

static int
seal_all(struct vg_core *core)
{
	struct vg_seal_due due;
	int rc = 0;

	while (rc == 0 && vg_seal_next(core, INT64_MAX / 2, &due)) {
		struct vg_event event = event_of(VG_KIND_RAW_SEALED, vg_core_received_ms(core));
		struct vg_sealed_run *run;
		size_t count;

		if ((rc = vg_seal_runs(core, &due, &run, &count)) != 0)
			return rc;
		event.import = due.import;
		event.body.sealed = (struct vg_sealed_body){.lane = "probe:a",
							    .day = due.day,
							    .last_seq = event.seq - 1,
							    .head = "",
							    .count = count,
							    .run = run};
		rc = vg_core_step(core, &event, NULL);
		free(run);
	}
	return rc;
}

static int
live(struct vg_core *core, struct vg_agreement *const version[2], int64_t start_ms)
{
	struct vg_event event = event_of(VG_KIND_AGREEMENT_APPLIED, start_ms);
	int rc;

	event.body.agreement = version[0];
	if ((rc = vg_core_step(core, &event, NULL)) != 0 ||
	    (rc = report_some(core, "", start_ms, "oooocccococccocooooocoocooooo")) != 0 ||
	    (rc = report_some(core, "", start_ms - 30000, "oooocccc")) != 0 ||
	    (rc = report_some(core, "i1", start_ms + DAY_MS, "oowwooo")) != 0 ||
	    (rc = record_cause(core, start_ms + 60000, VG_EFFECT_CAUSE)) != 0 ||
	    (rc = record_cause(core, start_ms + 90000, VG_EFFECT_REFUTE)) != 0 ||
	    (rc = record_cause(core, start_ms + 300000, VG_EFFECT_DOWN)) != 0 ||
	    (rc = seal_all(core)) != 0 ||
	    (rc = report_some(core, "", start_ms + 15000, "cccc")) != 0 ||
	    (rc = report_some(core, "", start_ms + DAY_MS, "oooocccc")) != 0)
		return rc;
	event = event_of(VG_KIND_AGREEMENT_APPLIED, start_ms + 3 * DAY_MS);
	event.body.agreement = version[1];
	return vg_core_step(core, &event, NULL);
}

/* Everything that reads it. */

static void
ignore_cell(const struct vg_avail_cell *cell, void *arg)
{
	(void)cell;
	(void)arg;
}

static void
ignore_piece(const struct vg_avail_piece *piece, void *arg)
{
	(void)piece;
	(void)arg;
}

static void
ignore_outage(const struct vg_outage_seen *outage, void *arg)
{
	(void)outage;
	(void)arg;
}

static void
ignore_run(const struct vg_run *run, void *arg)
{
	(void)run;
	(void)arg;
}

static int
read_all(const struct vg_core *core, int64_t start_ms)
{
	struct vg_scope scope = {"journal", NULL, "1480"};
	int64_t now_ms = vg_core_received_ms(core);
	struct vg_avail_now now;
	int rc;

	if ((rc = save_and_load(core)) != 0 ||
	    (rc = vg_avail_month(core, 2026 * 12 + 10, -1, now_ms, NULL, ignore_cell, NULL)) != 0 ||
	    (rc = vg_timeline(core, &scope, start_ms + 150000, now_ms, ignore_piece, NULL)) != 0 ||
	    (rc = vg_avail_at(core, &scope, start_ms + 200000, &now)) != 0 ||
	    (rc = vg_outages_seen(core, start_ms + 100000, now_ms, NULL, ignore_outage, NULL)) != 0)
		return rc;
	return vg_probe_runs(core, "a", "app", 0, now_ms, ignore_run, NULL);
}

static struct vg_agreement *
channelled(const char *version)
{
	static const struct rule_line lines[] = {{"a", "app", 60, "journal", "app", "1480", true},
						 {"a", "web", 60, "journal", "web", "1480", true},
						 {"a", "net", 60, "net", NULL, "*", true},
						 {"a", "gate", 60, NULL, NULL, NULL, false}};
	struct vg_agreement *agreement = avail_agreement();

	free(agreement->version);
	agreement->version = support_copy(version);
	avail_add_service(agreement, "net", true);
	avail_add_edge(agreement, "journal", "net", true);
	avail_add_channel(agreement, "app");
	avail_add_channel(agreement, "web");
	agreement->service[0].channels = 3;
	for (size_t i = 0; i < 4; i++)
		avail_add_probe(agreement, &lines[i]);
	return agreement;
}

static int
run(struct vg_core *core, void *versions)
{
	int64_t start_ms = support_at("2026-11-02 10:00");
	int rc;

	seq = 0;
	rc = live(core, versions, start_ms);
	return rc != 0 ? rc : read_all(core, start_ms);
}

static void
every_allocation_may_fail(void **state)
{
	struct vg_agreement *version[2] = {channelled("1"), channelled("2")};

	(void)state;
	version[1]->probe[0].interval_ms = 120000;
	version[1]->valid_from_ms = support_at("2026-11-02 10:03");
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
