/* checkpoint/probe.c - probes, their strands and days, as bytes and back.
 *
 * What was sealed and what is raw is written; the runs that both give are made again, so a damaged
 * checkpoint cannot hold runs that no samples give. Everything ascends, so instants are written as
 * steps from the one before. */
#include "core/checkpoint/private.h"

#include <stdlib.h>

/* Runs in order, inside the day. */
static void
codec_sealed(struct vg_codec *codec, struct vg_strand_day *day)
{
	int64_t at_ms = day->day * VG_PROBE_DAY_MS, end_ms = at_ms + VG_PROBE_DAY_MS;
	size_t count = day->sealed_runs;

	vg_codec_count(codec, &count, VG_PROBE_DAY_MS);
	if (codec->loading) {
		day->sealed_run = vg_codec_array(codec, count, sizeof(*day->sealed_run));
		day->sealed_runs = day->sealed_run != NULL ? count : 0;
	}
	for (size_t i = 0; i < day->sealed_runs && codec->rc == 0; i++) {
		struct vg_run *run = &day->sealed_run[i];
		int64_t step_ms = run->first_ms - at_ms, length_ms = run->last_ms - run->first_ms;

		vg_codec_number(codec, &step_ms, i > 0, end_ms - 1 - at_ms);
		vg_codec_number(codec, &length_ms, 0, end_ms - 1 - at_ms - step_ms);
		VG_CODEC(codec, run->count, 0, INT64_MAX / 2);
		VG_CODEC(codec, run->state, 0, VG_SAMPLE_STATE_COUNT - 1);
		if (codec->rc != 0)
			return;
		run->first_ms = at_ms + step_ms;
		run->last_ms = at_ms = run->first_ms + length_ms;
		run->sealed = true;
	}
}

static void
codec_raw(struct vg_codec *codec, const struct vg_core *core, struct vg_strand_day *day)
{
	size_t count = day->raws;
	int64_t at = 0, seq = 0;

	vg_codec_count(codec, &count, SIZE_MAX / 2);
	if (codec->loading) {
		day->raw = vg_codec_array(codec, count, sizeof(*day->raw));
		day->raws = day->raws_size = day->raw != NULL ? count : 0;
	}
	for (size_t i = 0; i < day->raws && codec->rc == 0; i++) {
		struct vg_raw *raw = &day->raw[i];
		int64_t step = (int64_t)raw->at - at, seq_step = raw->seq - seq;

		vg_codec_number(codec, &step, 0, VG_PROBE_DAY_MS - 1 - at);
		vg_codec_number(codec, &seq_step, 1 - seq, core->seq - seq);
		VG_CODEC(codec, raw->state, 0, VG_SAMPLE_STATE_COUNT - 1);
		if (codec->rc != 0)
			return;
		at += step;
		seq += seq_step;
		raw->at = (uint32_t)at;
		raw->seq = seq;
	}
}

/* What follows from a loaded day. */
static void
derive_day(struct vg_codec *codec, struct vg_core *core, struct vg_strand_day *day)
{
	const struct vg_run *run;
	size_t runs;

	vg_codec_require(codec, day->sealed_runs + day->raws > 0);
	if (codec->rc != 0)
		return;
	core->probes.bytes += day->sealed_runs * sizeof(*day->sealed_run);
	if (day->raws > 0)
		codec->rc = vg_day_derive(day);
	if (codec->rc != 0)
		return;
	vg_day_set_open(core, day, day->raws > 0);
	run = vg_day_runs(day, &runs);
	if (run[0].first_ms < core->probes.first_ms)
		core->probes.first_ms = run[0].first_ms;
}

static void
codec_days(struct vg_codec *codec, struct vg_core *core, struct vg_strand *strand)
{
	size_t count = strand->days;
	int64_t number = INT32_MIN;

	vg_codec_count(codec, &count, VG_CORE_DAYS_MAX);
	if (codec->loading)
		vg_codec_require(codec, count > 0 && count <= VG_CORE_DAYS_MAX - core->probes.days);
	for (size_t i = 0; i < count && codec->rc == 0; i++) {
		struct vg_strand_day *day = codec->loading ? NULL : strand->day[i];
		int64_t least = number + 1;

		if (day != NULL)
			number = day->day;
		vg_codec_number(codec, &number, least, INT32_MAX);
		if (codec->loading && codec->rc == 0)
			codec->rc = vg_day_put(core, strand, number, &day);
		if (codec->rc != 0)
			return;
		VG_CODEC(codec, day->changed_seq, 1, core->seq);
		codec_sealed(codec, day);
		codec_raw(codec, core, day);
		if (codec->loading)
			derive_day(codec, core, day);
	}
}

static void
codec_strand(struct vg_codec *codec, struct vg_core *core, struct vg_probe *probe,
	     struct vg_strand *strand)
{
	int64_t import = strand != NULL ? (int64_t)strand->import : 0;
	char *text = strand != NULL ? strand->last_text : NULL;

	vg_codec_number(codec, &import, 0, (int64_t)vg_pool_count(core->pool) - 1);
	vg_codec_text(codec, &text);
	if (codec->loading && codec->rc == 0)
		codec->rc = vg_strand_put(core, probe, vg_pool_get(core->pool, (uint32_t)import),
					  &strand);
	if (codec->loading && codec->rc == 0)
		vg_codec_require(codec, strand->days == 0);
	if (codec->rc != 0) {
		if (codec->loading)
			free(text);
		return;
	}
	if (codec->loading) {
		free(strand->last_text);
		strand->last_text = text;
	}
	VG_CODEC(codec, strand->samples, 1, INT64_MAX / 2);
	VG_CODEC_INT64(codec, strand->last_ms);
	VG_CODEC(codec, strand->last_latency_ms, -1, INT64_MAX);
	codec_days(codec, core, strand);
}

static void
codec_probe(struct vg_codec *codec, struct vg_core *core, struct vg_probe *probe)
{
	struct vg_probe_id id = {0, 0};
	struct vg_strand *strand = NULL;
	size_t strands = 0;

	if (!codec->loading) {
		id = probe->id;
		strand = probe->strand;
		for (const struct vg_strand *x = strand; x != NULL; x = x->next)
			strands++;
	}
	VG_CODEC(codec, id.source, 0, (int64_t)vg_pool_count(core->pool) - 1);
	VG_CODEC(codec, id.name, 0, (int64_t)vg_pool_count(core->pool) - 1);
	vg_codec_count(codec, &strands, VG_CORE_DAYS_MAX);
	vg_codec_require(codec, strands > 0);
	if (codec->loading && codec->rc == 0) {
		const char *source = vg_pool_get(core->pool, id.source);
		const char *name = vg_pool_get(core->pool, id.name);

		vg_codec_require(codec, vg_probe_find(core, source, name) == NULL);
		if (codec->rc == 0)
			codec->rc = vg_probe_put(core, source, name, &probe);
	}
	for (size_t i = 0; i < strands && codec->rc == 0; i++) {
		codec_strand(codec, core, probe, strand);
		strand = strand != NULL ? strand->next : NULL;
	}
}

void
vg_codec_probes(struct vg_codec *codec, struct vg_core *core)
{
	size_t count = core->probes.n;

	VG_CODEC_INT64(codec, core->probes.marked_ms);
	vg_codec_count(codec, &count, VG_CORE_PROBES_MAX);
	for (size_t i = 0; i < count && codec->rc == 0; i++) {
		const struct vg_probe *last =
			codec->loading && i > 0 ? core->probes.probe[i - 1] : NULL;

		codec_probe(codec, core, codec->loading ? NULL : core->probes.probe[i]);
		if (last != NULL && codec->rc == 0)
			vg_codec_require(codec, core->probes.probe[i - 1] == last);
	}
}
