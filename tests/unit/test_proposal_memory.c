/* Out of memory while alarms are listened to, proposed from and counted: with the n-th allocation
 * failing, for every n. The failure is told, nothing leaks (the sanitizer watches), and the core
 * can still be freed. */
#include "tests/unit/memory_support.h"
#include "tests/unit/proposal_support.h"

/* Sequence 1 is the agreement, so line i has sequence i + 2; a line without a notice decides on the
 * proposals that the first two made. */
static const char *const lines[] = {
	"srv1 host-down critical service=vard in=1480",
	"srv1 host-down critical service=arkiv in=1489 cat=performance",
	"srv2 host-down critical service=vard in=1489",
	"srv3 host-down critical",
	"srv4 host-down critical service=arkiv in=1489",
	"accept 32",
	"refuse 96",
	"srv5 host-down critical service=vard transient",
	"srv1 host-down cleared",
	"srv2 host-down cleared",
};

static int
step(struct vg_core *core, struct vg_event *event)
{
	return vg_core_step(core, event, NULL);
}

static int
say(struct vg_core *core, int64_t seq, const char *line)
{
	struct vg_event event = support_event(seq, at_ms(seq), "e");
	struct vg_notice notice;
	char store[256], name[32];

	if (strncmp(line, "accept ", 7) == 0 || strncmp(line, "refuse ", 7) == 0) {
		snprintf(name, sizeof(name), "F-%s", line + 7);
		event.kind = line[0] == 'a' ? VG_KIND_PROPOSAL_ACCEPTED : VG_KIND_PROPOSAL_REFUSED;
		event.body.proposal = (struct vg_proposal_body){
			.proposal = name, .reason = "test", .cause = VG_PARTY_VGR};
		return step(core, &event);
	}
	notice = voice_notice(line, seq, store);
	event.kind = VG_KIND_ALARMS_REPORTED;
	event.body.notices = (struct vg_notices_body){.count = 1, .notice = &notice};
	return step(core, &event);
}

static int
live(struct vg_core *core, struct vg_agreement *agreement)
{
	struct vg_event event = support_event(1, at_ms(0), "agreement");
	struct vg_alarm_effect effect;
	int rc;

	event.kind = VG_KIND_AGREEMENT_APPLIED;
	event.body.agreement = agreement;
	rc = step(core, &event);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]) && rc == 0; i++)
		rc = say(core, (int64_t)i + 2, lines[i]);
	if (rc == 0)
		rc = vg_core_alarm_effect(core, at_ms(0), at_ms(60), "", "", &effect);
	return rc;
}

static int
run(struct vg_core *core, void *agreement)
{
	int rc = live(core, agreement);

	if (rc == 0) {
		assert_int_equal(vg_core_proposal(core, 32)->state, VG_PROPOSAL_ACCEPTED);
		assert_int_equal(vg_core_proposal(core, 96)->state, VG_PROPOSAL_REFUSED);
	}
	return rc;
}

static void
every_allocation_may_fail(void **state)
{
	struct vg_agreement *agreement = voice_agreement("1");

	(void)state;
	fail_each_allocation(run, agreement, 100);
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
