/* Alarms in the core alone: raised, repeated, cleared, and what an active one takes in memory.
 *
 * Alarms like those of a switch: a resource with its component, a type, a text of some 60 bytes, in
 * rows of a thousand notices. Memory is what the allocator gave, not what was asked for. The limit
 * in the same run is a copy of the notices' own bytes. usage: bench_alarms [ALARMS] */
#include "core/alarm.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define START_MS  INT64_C(1790000000000)
#define AIM_BYTES 1024

struct texts {
	char resource[48], text[80];
};

static int64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static struct vg_notice
notice_of(struct texts *texts, long i, enum vg_severity severity, int64_t at_ms)
{
	(void)snprintf(texts->resource, sizeof(texts->resource), "sw-%ld.example.net/gi0-%ld",
		       i / 48, i % 48);
	(void)snprintf(texts->text, sizeof(texts->text),
		       "Link down on GigabitEthernet0/%ld (admin up, oper down)", i % 48);
	return (struct vg_notice){
		.at_ms = at_ms,
		.last_ms = at_ms,
		.count = 1,
		.resource = texts->resource,
		.type = "link-down",
		.qualifier = "",
		.severity = severity,
		.category = VG_ALARM_AVAILABILITY,
		.service = "",
		.municipality = "",
		.text = texts->text,
		.rule = "standard/linkDown",
		.peer = "192.0.2.7",
		.detail = "IF-MIB::ifIndex.3 = 3\nIF-MIB::ifOperStatus.3 = down(2)",
		.id = "",
	};
}

/* One notice for each alarm, in rows of a thousand. Returns ns, or -1. */
static int64_t
tell_all(struct vg_core *core, long alarms, enum vg_severity severity, bool repeats)
{
	static struct vg_notice notice[VG_NOTICES_MAX];
	static struct texts texts[VG_NOTICES_MAX];
	int64_t spent_ns = 0;

	for (long i = 0; i < alarms;) {
		const int64_t seq = vg_core_seq(core) + 1, at_ms = START_MS + seq;
		struct vg_event event = {
			.kind = VG_KIND_ALARMS_REPORTED,
			.seq = seq,
			.received_ms = at_ms,
			.occurred_ms = at_ms,
			.source = "snmp",
			.event_id = "",
			.actor = "",
			.municipality = "",
			.import = "",
			.body.notices = {.repeats = repeats, .notice = notice},
		};
		size_t n = 0;
		int64_t start_ns;

		for (; n < VG_NOTICES_MAX && i < alarms; n++, i++)
			notice[n] = notice_of(&texts[n], i, severity, at_ms);
		event.body.notices.count = n;
		start_ns = now_ns();
		if (vg_core_step(core, &event, NULL) != 0)
			return -1;
		spent_ns += now_ns() - start_ns;
	}
	return spent_ns;
}

static int64_t
copy_all(long alarms)
{
	struct texts texts;
	const struct vg_notice notice = notice_of(&texts, 0, VG_SEVERITY_MAJOR, START_MS);
	const size_t length = strlen(notice.resource) + strlen(notice.text) +
			      strlen(notice.detail) + strlen(notice.rule) + sizeof(notice);
	char *bytes = calloc((size_t)alarms, length);
	int64_t start_ns = now_ns(), spent_ns;

	if (bytes == NULL)
		return -1;
	for (long i = 0; i < alarms; i++)
		memset(bytes + (size_t)i * length, (int)i, length);
	spent_ns = now_ns() - start_ns;
	free(bytes);
	return spent_ns;
}

static void
tell(const char *what, long alarms, int64_t spent_ns, int64_t limit_ns)
{
	printf("alarms %s, core alone: %.0f/s; writing as many bytes %.0f/s; ratio %.2f\n", what,
	       (double)alarms * 1e9 / (double)spent_ns, (double)alarms * 1e9 / (double)limit_ns,
	       (double)limit_ns / (double)spent_ns);
}

int
main(int argc, char **argv)
{
	const long alarms = argc > 1 ? atol(argv[1]) : 200000;
	struct vg_core *core = vg_core_new();
	int64_t raised_ns, repeated_ns, cleared_ns, limit_ns = copy_all(alarms);
	size_t before, taken, own;

	if (core == NULL || alarms < 1 || limit_ns < 0)
		return EXIT_FAILURE;
	before = mallinfo2().uordblks + mallinfo2().hblkhd;
	raised_ns = tell_all(core, alarms, VG_SEVERITY_MAJOR, false);
	taken = mallinfo2().uordblks + mallinfo2().hblkhd - before;
	own = vg_core_memory_bytes(core);
	repeated_ns = tell_all(core, alarms, VG_SEVERITY_MAJOR, true);
	if (raised_ns < 0 || repeated_ns < 0 || vg_core_alarms_open_count(core) != (size_t)alarms) {
		fputs("bench_alarms: not every alarm is open\n", stderr);
		return EXIT_FAILURE;
	}
	cleared_ns = tell_all(core, alarms, VG_SEVERITY_CLEARED, false);
	if (cleared_ns < 0 || vg_core_alarms_open_count(core) != 0) {
		fputs("bench_alarms: not every alarm was cleared\n", stderr);
		return EXIT_FAILURE;
	}
	tell("raised", alarms, raised_ns, limit_ns);
	tell("repeated", alarms, repeated_ns, limit_ns);
	tell("cleared", alarms, cleared_ns, limit_ns);
	printf("memory of an active alarm: %.0f bytes by the allocator, %.0f by the core's own "
	       "account; aim "
	       "under %d\n",
	       (double)taken / (double)alarms, (double)own / (double)alarms, AIM_BYTES);
	vg_core_free(core);
	return EXIT_SUCCESS;
}
