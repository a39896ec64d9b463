/* Out of memory: a life of alarms with every way in which they change, then everything that reads
 * them, with the n-th allocation failing, for every n. The failure is told, nothing leaks (the
 * sanitizer watches), and the core can still be freed. */
#include "tests/unit/alarm_support.h"
#include "tests/unit/memory_support.h"

#include "core/core_private.h"

/* The life. */

static const struct act {
	enum vg_kind kind;
	int64_t minutes;
	const char *source; /* of notices; the alarm of an act */
	const char *words;
} acts[] = {
	{VG_KIND_ALARMS_REPORTED, 10, "snmp",
	 "a/1 x major cat=availability svc=vard mun=1489;a/2 x critical;b y minor transient"},
	{VG_KIND_RESOURCES_MAPPED, 11, "", ""}, /* nothing known yet */
	{VG_KIND_ALARMS_REPORTED, 12, "zabbix",
	 "sw x critical cat=availability svc=vard mun=1480;a/1 x major text=joined;c x minor"},
	{VG_KIND_ALARM_SHELVED, 13, "A-2048", "wait"},
	{VG_KIND_ALARM_UNSHELVED, 14, "A-2048", ""},
	{VG_KIND_ALARM_ACKNOWLEDGED, 15, "A-2048", ""},
	{VG_KIND_WINDOW_PLANNED, 16, "", ""},
	{VG_KIND_RESOURCES_MAPPED, 17, "", "c a/1 arkiv"},
	{VG_KIND_ALARMS_REPORTED, 18, "snmp", "a/1 x cleared text=up;sw x major"},
	{VG_KIND_ALARMS_REPORTED, 90, "snmp", "b y minor;a/1 x minor;sw x minor svc=vard"},
	{VG_KIND_ALARM_CLOSED, 91, "A-2049", "no fault"},
	{VG_KIND_ALARMS_REPORTED, 92, "snmp", "sw x cleared;a/1 x cleared"},
	{VG_KIND_ALARMS_REPORTED, 93, "beat", "n1 x minor"},
	{VG_KIND_ALARMS_REPORTED, 94, "beat", "n2 x minor"},
	{VG_KIND_ALARMS_REPORTED, 95, "beat", "n3 x minor"},
	{VG_KIND_TICK, 200, "", ""}, /* "beat" is silent */
};
enum { ACTS = sizeof(acts) / sizeof(acts[0]) };

static const int64_t window_times[][2] = {
	{WORLD_START_MS + 60 * DAY_MS, WORLD_START_MS + 60 * DAY_MS + HOUR_MS}};

static void
fill(const struct act *act, struct vg_event *event, struct vg_notice notice[NOTICES_MAX],
     struct vg_resource_row *row, char *store)
{
	memcpy(store, act->words, strlen(act->words) + 1);
	if (act->kind == VG_KIND_ALARMS_REPORTED) {
		event->source = act->source;
		event->body.notices = (struct vg_notices_body){
			.count = support_notices(notice, act->minutes, store), .notice = notice};
	} else if (act->kind == VG_KIND_RESOURCES_MAPPED) {
		*row = (struct vg_resource_row){.name = act->words[0] != '\0' ? "c" : "sw",
						.resource = act->words[0] != '\0' ? "a/1" : "",
						.service = "arkiv",
						.municipalities = "1480 1489",
						.parent = "core-router"};
		event->body.resources = (struct vg_resources_body){1, row};
	} else if (act->kind == VG_KIND_WINDOW_PLANNED) {
		event->body.window = window_body(window_times, 1);
	} else if (act->kind == VG_KIND_TICK) {
		event->body.note = "";
	} else {
		event->body.alarm = (struct vg_alarm_body){
			.alarm = act->source, .reason = act->words, .until_ms = INT64_MAX};
	}
}

static int
do_act(struct vg_core *core, const struct act *act, int64_t seq)
{
	struct vg_event event = support_event(seq, at_ms(act->minutes), "e");
	struct vg_notice notice[NOTICES_MAX];
	struct vg_resource_row row;
	struct vg_verdict verdict;
	char store[256];
	int rc;

	event.kind = act->kind;
	fill(act, &event, notice, &row, store);
	rc = vg_core_step(core, &event, &verdict);
	if (rc == 0 && verdict.code > VG_VERDICT_FLAGGED)
		fail_msg("event %lld: %s", (long long)seq, verdict.text);
	return rc;
}

static int
live(struct vg_core *core, struct vg_agreement *agreement)
{
	struct vg_event event = support_event(1, at_ms(0), "agreement");
	struct vg_verdict verdict;
	int rc;

	core->alarms.most = 9; /* so that some give way */
	core->alarms.changes_most = 12;
	event.kind = VG_KIND_AGREEMENT_APPLIED;
	event.body.agreement = agreement;
	rc = vg_core_step(core, &event, &verdict);
	for (int i = 0; i < ACTS && rc == 0; i++)
		rc = do_act(core, &acts[i], i + 2);
	return rc;
}

/* Everything that reads alarms. */

static bool
ignore_unmapped(const struct vg_unmapped *unmapped, void *arg)
{
	(void)unmapped;
	(void)arg;
	return true;
}

static int
read_all(const struct vg_core *core)
{
	int rc = vg_core_unmapped(core, ignore_unmapped, NULL);

	return rc != 0 ? rc : save_and_load(core);
}

static int
run(struct vg_core *core, void *agreement)
{
	int rc = live(core, agreement);

	return rc != 0 ? rc : read_all(core);
}

static void
every_allocation_may_fail(void **state)
{
	struct vg_agreement *agreement = expecting(alarm_agreement("1"), "beat", 30);

	(void)state;
	fail_each_allocation(run, agreement, 300);
	vg_agreement_unref(agreement);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
