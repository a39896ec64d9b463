/* Builders for tests of outage records, service windows and signals: a world with channels, probes
 * and duties, one-line statements of people about it, and what an agent samples in it.
 *
 * Services: vard (channels mobile and published_app), katalog (a component that vard needs hard),
 * arkiv (no channel). Agent agent-1489 measures vard and arkiv in 1489, katalog everywhere, and has
 * a reference of its own, gateway. A slot is one minute. */
#ifndef VG_TEST_OBJECT_SUPPORT_H
#define VG_TEST_OBJECT_SUPPORT_H

#include "core/avail.h"
#include "tests/unit/core_support.h"

SUPPORT void
object_services(struct vg_agreement *agreement)
{
	static const struct {
		const char *id;
		uint32_t channels;
		bool component;
	} rows[] = {{"arkiv", 0, false}, {"katalog", 0, true}, {"vard", 3, false}};

	free(agreement->service[0].id);
	free(agreement->service[0].name);
	free(agreement->service);
	agreement->services = 3;
	agreement->service = support_array(3, sizeof agreement->service[0]);
	for (size_t i = 0; i < 3; i++)
		agreement->service[i] =
			(struct vg_service){.id = support_copy(rows[i].id),
					    .name = support_copy(rows[i].id),
					    .channels = rows[i].channels,
					    .component = rows[i].component,
					    .hours = vg_agreement_cal(agreement, "24x7"),
					    .target_ppm = 998000};
	agreement->service[2].edges = 1;
	agreement->service[2].edge = support_array(1, sizeof agreement->service[2].edge[0]);
	agreement->service[2].edge[0] = (struct vg_edge){.service = 1, .hard = true};
	agreement->channels = 2;
	agreement->channel = support_array(2, sizeof agreement->channel[0]);
	agreement->channel[0] =
		(struct vg_access_channel){support_copy("mobile"), support_copy("Mobil")};
	agreement->channel[1] = (struct vg_access_channel){support_copy("published_app"),
							   support_copy("Publicerad app")};
}

SUPPORT void
object_probes(struct vg_agreement *agreement)
{
	static const struct {
		const char *name, *municipality;
		uint32_t service;
		bool reference;
		enum vg_vantage vantage;
	} rows[] = {
		{"arkiv", "1489", 0, false, VG_VANTAGE_LOCAL},
		{"gateway", "", 0, true, VG_VANTAGE_LOCAL},
		{"katalog", "*", 1, false, VG_VANTAGE_LOCAL},
		{"web", "1489", 2, false, VG_VANTAGE_LOCAL},
	};

	agreement->probes = sizeof rows / sizeof rows[0];
	agreement->probe = support_array(agreement->probes, sizeof agreement->probe[0]);
	for (size_t i = 0; i < agreement->probes; i++)
		agreement->probe[i] =
			(struct vg_probe_rule){.agent = support_copy("agent-1489"),
					       .name = support_copy(rows[i].name),
					       .reference = rows[i].reference,
					       .service = rows[i].service,
					       .channel = -1,
					       .municipality = support_copy(rows[i].municipality),
					       .vantage = rows[i].vantage,
					       .interval_ms = MINUTE_MS};
}

SUPPORT struct vg_agreement *
object_agreement(const char *version)
{
	struct vg_agreement *agreement = world_agreement(version);

	object_services(agreement);
	object_probes(agreement);
	agreement->duty[0].occasions |= VG_OCCASION_OUTAGE | VG_OCCASION_WINDOW;
	agreement->duty[1].occasions |= VG_OCCASION_OUTAGE;
	agreement->slot_ms = MINUTE_MS;
	agreement->confirm_slots = 2;
	agreement->join_gap_s = 300;
	agreement->flap_changes = 5;
	agreement->flap_window_ms = 10 * MINUTE_MS;
	agreement->coverage_ppm = 950000;
	agreement->window_notice_days = 10;
	return agreement;
}

SUPPORT struct world
object_world(void)
{
	return (struct world){.core = support_core(object_agreement("1")), .seq = 1};
}

/* An outage of vard for all, an hour long, that tests change as they need. */
SUPPORT struct vg_outage_body
outage_body(int64_t from, int64_t to)
{
	return (struct vg_outage_body){.service = "vard",
				       .channel = "",
				       .municipalities = "",
				       .from_ms = at_ms(from),
				       .to_ms = to < 0 ? INT64_MAX : at_ms(to),
				       .reason = "a reason",
				       .source = "",
				       .probe = ""};
}

SUPPORT enum vg_verdict_code
outage_event(struct world *world, enum vg_kind kind, const struct vg_outage_body *body,
	     const char *actor, int64_t minutes)
{
	struct vg_event event = world_event(world, kind, minutes);

	event.actor = actor;
	event.body.outage = *body;
	return world_step(world, &event);
}

/* A command about a record that needs no more than its name. */
SUPPORT enum vg_verdict_code
outage_command(struct world *world, enum vg_kind kind, const char *name, const char *actor,
	       int64_t minutes)
{
	struct vg_outage_body body = {.outage = name, .reason = "a reason"};

	return outage_event(world, kind, &body, actor, minutes);
}

/* A planned window for everything, announced in good time; its occurrences are left to the test. */
SUPPORT struct vg_window_body
window_body(const int64_t (*time)[2], size_t times)
{
	return (struct vg_window_body){.name = "Uppgradering",
				       .services = "",
				       .channels = "",
				       .municipalities = "",
				       .announced_ms = -1,
				       .agreed_by = "",
				       .rrule = "",
				       .uid = "",
				       .reason = "",
				       .times = times,
				       .time = time};
}

SUPPORT enum vg_verdict_code
window_event(struct world *world, enum vg_kind kind, const struct vg_window_body *body,
	     const char *actor, int64_t minutes)
{
	struct vg_event event = world_event(world, kind, minutes);

	event.actor = actor;
	event.body.window = *body;
	return world_step(world, &event);
}

/* A command about a window; at: minutes, of started and ended. */
SUPPORT enum vg_verdict_code
window_command(struct world *world, enum vg_kind kind, const char *name, const char *actor,
	       int64_t minutes, int64_t at)
{
	struct vg_window_body body = {.window = name, .reason = "a reason", .at_ms = at_ms(at)};

	return window_event(world, kind, &body, actor, minutes);
}

/* Reads "web=critical gateway=ok" as samples of this minute; returns how many. The names are kept
 * in `store`. */
SUPPORT size_t
support_samples(struct vg_sample sample[8], int64_t minutes, const char *text, char store[256])
{
	char *word, *rest;
	size_t n = 0;

	assert_true(strlen(text) < 256);
	memcpy(store, text, strlen(text) + 1);
	for (word = strtok_r(store, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
		char *state = strchr(word, '=');
		int known = 0;

		assert_true(state != NULL && n < 8);
		*state++ = '\0';
		while (strcmp(vg_sample_words[known], state) != 0)
			assert_non_null(vg_sample_words[++known]);
		sample[n++] = (struct vg_sample){.probe = word,
						 .at_ms = at_ms(minutes),
						 .state = (enum vg_sample_state)known,
						 .latency_ms = -1,
						 .text = ""};
	}
	return n;
}

/* A batch of agent-1489's, all sampled at this minute. */
SUPPORT enum vg_verdict_code
samples_event(struct world *world, int64_t minutes, const char *text)
{
	struct vg_event event = world_event(world, VG_KIND_SAMPLES_REPORTED, minutes);
	struct vg_sample sample[8];
	char store[256];

	event.source = "agent-1489";
	event.body.samples =
		(struct vg_samples_body){.boot_id = "b1",
					 .batch = world->seq,
					 .sent_ms = event.received_ms,
					 .count = support_samples(sample, minutes, text, store),
					 .sample = sample};
	return world_step(world, &event);
}

/* A batch each minute of [from, to). */
SUPPORT void
samples_until(struct world *world, int64_t from, int64_t to, const char *text)
{
	for (int64_t minute = from; minute < to; minute++)
		samples_event(world, minute, text);
}

/* Time passes, and nothing comes. */
SUPPORT void
tick(struct world *world, int64_t minutes)
{
	struct vg_event event = world_event(world, VG_KIND_TICK, minutes);

	event.body.note = "";
	world_step(world, &event);
}

SUPPORT void
assert_refused(const struct world *world, const char *part)
{
	if (world->verdict.code != VG_VERDICT_REFUSED || strstr(world->verdict.text, part) == NULL)
		fail_msg("expected a refusal with \"%s\", got %d \"%s\"", part, world->verdict.code,
			 world->verdict.text);
}

SUPPORT struct marked
marked_since(const struct world *world, int64_t seq)
{
	struct marked marked = {0};

	vg_core_changed_since(world->core, seq, count_marked, &marked);
	return marked;
}

#endif
