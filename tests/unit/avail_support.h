/* Builders for tests of availability: a small agreement, a life written as one line an event, and
 * what comes out of it as text. */
#ifndef VG_TEST_AVAIL_SUPPORT_H
#define VG_TEST_AVAIL_SUPPORT_H

#include "tests/unit/core_support.h"

#include "core/avail.h"

#define SECOND_MS INT64_C(1000)

/* Agreements. One service in two municipalities unless said; 24x7, target 99.8 %. */

struct rule_line {
	const char *agent, *name;
	int interval_s; /* 0 = trace */
	const char *service;
	const char *channel; /* NULL = every one */
	const char *municipality;
	bool central;
};

SUPPORT void
avail_add_service(struct vg_agreement *agreement, const char *id, bool component)
{
	struct vg_service *service;

	agreement->service =
		realloc(agreement->service, (agreement->services + 1) * sizeof(*service));
	assert_non_null(agreement->service);
	service = &agreement->service[agreement->services++];
	*service = (struct vg_service){.id = support_copy(id),
				       .name = support_copy(id),
				       .component = component,
				       .hours = vg_agreement_cal(agreement, "24x7"),
				       .target_ppm = component ? -1 : 998000};
}

SUPPORT struct vg_agreement *
avail_agreement(void)
{
	struct vg_agreement *agreement = support_agreement_over(2025, 2028);

	free(agreement->service[0].id);
	free(agreement->service[0].name);
	agreement->services = 0;
	avail_add_service(agreement, "journal", false);
	vg_agreement_set_defaults(agreement);
	return agreement;
}

SUPPORT int
compare_probe_rules(const void *a, const void *b)
{
	const struct vg_probe_rule *x = a, *y = b;
	int order = strcmp(x->agent, y->agent);

	return order != 0 ? order : strcmp(x->name, y->name);
}

/* municipality NULL = a reference target. */
SUPPORT void
avail_add_probe(struct vg_agreement *agreement, const struct rule_line *line)
{
	struct vg_probe_rule *rule;

	agreement->probe = realloc(agreement->probe, (agreement->probes + 1) * sizeof(*rule));
	assert_non_null(agreement->probe);
	rule = &agreement->probe[agreement->probes++];
	*rule = (struct vg_probe_rule){
		.agent = support_copy(line->agent),
		.name = support_copy(line->name),
		.reference = line->municipality == NULL,
		.trace = line->interval_s == 0,
		.channel =
			line->channel != NULL ? vg_agreement_channel(agreement, line->channel) : -1,
		.municipality = support_copy(line->municipality != NULL ? line->municipality : ""),
		.vantage = line->central ? VG_VANTAGE_CENTRAL : VG_VANTAGE_LOCAL,
		.interval_ms = (line->interval_s != 0 ? line->interval_s : 60) * SECOND_MS,
	};
	if (line->municipality != NULL)
		rule->service = (uint32_t)(vg_agreement_service(agreement, line->service) -
					   agreement->service);
	qsort(agreement->probe, agreement->probes, sizeof(*rule), compare_probe_rules);
}

SUPPORT void
avail_add_channel(struct vg_agreement *agreement, const char *id)
{
	agreement->channel = realloc(agreement->channel,
				     (agreement->channels + 1) * sizeof(*agreement->channel));
	assert_non_null(agreement->channel);
	agreement->channel[agreement->channels++] =
		(struct vg_access_channel){support_copy(id), support_copy(id)};
}

SUPPORT void
avail_add_edge(struct vg_agreement *agreement, const char *service, const char *needs, bool hard)
{
	struct vg_service *from = (struct vg_service *)vg_agreement_service(agreement, service);
	const struct vg_service *to = vg_agreement_service(agreement, needs);

	from->edge = realloc(from->edge, (from->edges + 1) * sizeof(*from->edge));
	assert_non_null(from->edge);
	from->edge[from->edges++] = (struct vg_edge){(uint32_t)(to - agreement->service), hard};
}

/* Lives. */

struct avail_world {
	struct vg_core *core;
	int64_t seq, batch;
	int64_t now_ms; /* received; never falls */
	struct vg_verdict verdict;
};

SUPPORT struct avail_world
avail_world(struct vg_agreement *agreement)
{
	return (struct avail_world){.core = support_core(agreement), .seq = 1};
}

SUPPORT struct vg_event
avail_event(struct avail_world *world, enum vg_kind kind, int64_t received_ms)
{
	static char event_id[32];
	struct vg_event event;

	if (received_ms > world->now_ms)
		world->now_ms = received_ms;
	snprintf(event_id, sizeof(event_id), "e%lld", (long long)world->seq + 1);
	event = support_event(++world->seq, world->now_ms, event_id);
	memset(&event.body, 0, sizeof(event.body));
	event.kind = kind;
	return event;
}

SUPPORT enum vg_verdict_code
avail_step(struct avail_world *world, const struct vg_event *event)
{
	assert_int_equal(vg_core_step(world->core, event, &world->verdict), 0);
	return world->verdict.code;
}

SUPPORT void
avail_tick(struct avail_world *world, int64_t at_ms)
{
	struct vg_event event = avail_event(world, VG_KIND_TICK, at_ms);

	event.body.note = "";
	avail_step(world, &event);
}

/* A batch of one source; import "" = live. */
SUPPORT enum vg_verdict_code
avail_report(struct avail_world *world, const char *source, const char *import, int64_t received_ms,
	     const struct vg_sample *sample, size_t count)
{
	struct vg_event event = avail_event(world, VG_KIND_SAMPLES_REPORTED, received_ms);

	event.source = source;
	event.import = import;
	event.body.samples = (struct vg_samples_body){.boot_id = "b",
						      .batch = ++world->batch,
						      .sent_ms = received_ms,
						      .count = count,
						      .sample = sample};
	return avail_step(world, &event);
}

SUPPORT struct vg_sample
avail_sample(const char *probe, int64_t at_ms, char state)
{
	static const char words[] = "owcu";

	return (struct vg_sample){.probe = probe,
				  .at_ms = at_ms,
				  .state = (enum vg_sample_state)(strchr(words, state) - words),
				  .latency_ms = -1,
				  .text = ""};
}

/* One sample a step from from_ms on, as the letters say: o, w, c, u; anything else = none. */
SUPPORT void
avail_run(struct avail_world *world, const char *source, const char *probe, int64_t from_ms,
	  int64_t step_ms, const char *letters)
{
	for (size_t i = 0; letters[i] != '\0'; i++) {
		int64_t at_ms = from_ms + (int64_t)i * step_ms;
		struct vg_sample sample;

		if (strchr("owcu", letters[i]) == NULL)
			continue;
		sample = avail_sample(probe, at_ms, letters[i]);
		avail_report(world, source, "", at_ms, &sample, 1);
	}
}

/* The same state all the way, [from_ms, to_ms). */
SUPPORT void
avail_fill(struct avail_world *world, const char *source, const char *probe, int64_t from_ms,
	   int64_t to_ms, int64_t step_ms, char state)
{
	struct vg_sample sample[200];
	size_t n = 0;

	for (int64_t at_ms = from_ms; at_ms < to_ms; at_ms += step_ms) {
		sample[n++] = avail_sample(probe, at_ms, state);
		if (n == 200 || at_ms + step_ms >= to_ms) {
			avail_report(world, source, "", at_ms, sample, n);
			n = 0;
		}
	}
}

/* An outage record; its id. to_ms INT64_MAX = open. */
SUPPORT int64_t
avail_record(struct avail_world *world, enum vg_outage_effect effect, const char *service,
	     const char *channel, const char *municipalities, int64_t from_ms, int64_t to_ms,
	     enum vg_party cause)
{
	struct vg_event event = avail_event(world, VG_KIND_OUTAGE_RECORDED, world->now_ms);

	event.body.outage = (struct vg_outage_body){.outage = "",
						    .effect = effect,
						    .service = service,
						    .channel = channel,
						    .municipalities = municipalities,
						    .from_ms = from_ms,
						    .to_ms = to_ms,
						    .cause = cause,
						    .reason = "test",
						    .source = "",
						    .probe = ""};
	if (avail_step(world, &event) > VG_VERDICT_FLAGGED)
		fail_msg("record: %s", world->verdict.text);
	return event.seq;
}

SUPPORT void
avail_approve(struct avail_world *world, enum vg_kind kind, const char *id)
{
	struct vg_event event = avail_event(world, kind, world->now_ms);

	event.actor = "second";
	if (kind == VG_KIND_OUTAGE_APPROVED)
		event.body.outage.outage = id;
	else
		event.body.window.window = id;
	if (avail_step(world, &event) > VG_VERDICT_FLAGGED)
		fail_msg("approval of %s: %s", id, world->verdict.text);
}

/* A planned window of these services and channels, "" = all, agreed to; its series. */
SUPPORT int64_t
avail_window_of(struct avail_world *world, const char *services, const char *channels,
		int64_t from_ms, int64_t to_ms)
{
	struct vg_event event = avail_event(world, VG_KIND_WINDOW_PLANNED, world->now_ms);
	int64_t time[1][2] = {{from_ms, to_ms}};

	event.body.window = (struct vg_window_body){.window = "",
						    .name = "w",
						    .services = services,
						    .channels = channels,
						    .municipalities = "",
						    .category = VG_WINDOW_PLANNED,
						    .announced_ms = -1,
						    .agreed_by = "1489",
						    .rrule = "",
						    .uid = "",
						    .reason = "test",
						    .times = 1,
						    .time = time};
	if (avail_step(world, &event) > VG_VERDICT_FLAGGED)
		fail_msg("window: %s", world->verdict.text);
	return event.seq;
}

SUPPORT int64_t
avail_window(struct avail_world *world, const char *services, int64_t from_ms, int64_t to_ms)
{
	return avail_window_of(world, services, "", from_ms, to_ms);
}

SUPPORT void
avail_approve_window(struct avail_world *world, int64_t series)
{
	char id[32];

	snprintf(id, sizeof(id), "W-%lld", (long long)series);
	avail_approve(world, VG_KIND_WINDOW_APPROVED, id);
}

/* Figures. */

SUPPORT void
avail_keep_cell(const struct vg_avail_cell *cell, void *arg)
{
	*(struct vg_avail_cell *)arg = *cell;
}

SUPPORT struct vg_avail_cell
avail_cell_of(const struct vg_core *core, int year, int month, int64_t eval_ms, const char *channel,
	      const char *municipality)
{
	struct vg_scope filter = {"journal", channel, municipality};
	struct vg_avail_cell cell = {.from_ms = -1};

	assert_int_equal(vg_avail_month(core, year * 12 + month - 1, -1, eval_ms, &filter,
					avail_keep_cell, &cell),
			 0);
	assert_int_equal(cell.period_s, (cell.to_ms - cell.from_ms) / 1000);
	assert_int_equal(cell.period_s, cell.outside_s + cell.excluded_s + cell.base_s);
	assert_int_equal(cell.base_s, cell.up_s + cell.external_s + cell.degraded_s + cell.down_s +
					      cell.unknown_s);
	return cell;
}

/* Pieces as "U60 D120*": seconds by state, with marks: ! rewritten, ~ flapping, ? pending,
 * * provisional, [cause] [record] [root]. */
struct avail_text {
	char at[4000];
	size_t n;
	int64_t end_ms;
};

SUPPORT void
avail_tell_piece(const struct vg_avail_piece *piece, void *arg)
{
	struct avail_text *text = arg;

	assert_true(piece->from_ms < piece->to_ms && piece->from_ms % 1000 == 0 &&
		    piece->to_ms % 1000 == 0);
	assert_true(text->end_ms == 0 || text->end_ms == piece->from_ms);
	text->end_ms = piece->to_ms;
	text->n += (size_t)snprintf(
		text->at + text->n, sizeof(text->at) - text->n, "%s%c%lld%s%s%s%s%s%s%s%s",
		text->n > 0 ? " " : "", "UNXD"[piece->state],
		(long long)(piece->to_ms - piece->from_ms) / 1000, piece->rewritten ? "!" : "",
		piece->flapping ? "~" : "", piece->pending ? "?" : "",
		piece->provisional ? "*" : "", piece->cause != VG_PARTY_UNKNOWN ? "/" : "",
		piece->cause != VG_PARTY_UNKNOWN ? vg_party_words[piece->cause] : "",
		piece->root[0] != '\0' ? "@" : "", piece->root);
	assert_true(text->n < sizeof(text->at));
}

SUPPORT const char *
avail_timeline(const struct avail_world *world, const char *channel, const char *municipality,
	       int64_t from_ms, int64_t to_ms, struct avail_text *text)
{
	struct vg_scope scope = {"journal", channel, municipality};

	*text = (struct avail_text){.n = 0};
	assert_int_equal(vg_timeline(world->core, &scope, from_ms, to_ms, avail_tell_piece, text),
			 0);
	assert_int_equal(text->end_ms, to_ms);
	return text->at;
}

#endif
