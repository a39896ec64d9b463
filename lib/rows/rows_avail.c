/* rows_avail.c - availability in the read model: what was measured, what persons said of it, and a
 * month's cells with the pieces that they are made of.
 *
 * A month is replaced as a whole, evaluated at one instant, so that its cells, its pieces and its
 * agreed time always belong together: sql/t/availability.sql computes the cells from the rest. */
#include "core/avail.h"
#include "lib/rows/agreed.h"
#include "lib/rows/rows_private.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_KEY_MAX 800 /* source, probe, import, day */

/* Measurements. */

void
vg_rows_agent(struct vg_rows_writer *writer, const struct vg_agent *agent)
{
	vg_row_key_text(writer, VG_TABLE_AGENT, agent->source);
	vg_row_begin(writer, VG_TABLE_AGENT);
	vg_row_text(writer, agent->source);
	vg_row_number(writer, agent->changed_seq);
	vg_row_text(writer, agent->boot_id);
	vg_row_number(writer, agent->batch);
	vg_row_instant(writer, agent->received_ms);
	vg_row_number(writer, agent->samples);
	vg_row_number(writer, agent->late);
	vg_row_number(writer, agent->ahead);
	vg_row_number(writer, agent->dropped);
	vg_row_number(writer, agent->offset_ms);
	vg_row_end(writer);
}

static void
write_run(struct vg_rows_writer *writer, const char *key, const struct vg_run *run)
{
	vg_row_begin(writer, VG_TABLE_RUN);
	vg_row_text(writer, key);
	vg_row_instant(writer, run->first_ms);
	vg_row_instant(writer, run->last_ms);
	vg_row_number(writer, run->count);
	vg_row_text(writer, vg_sample_words[run->state]);
	vg_row_end(writer);
}

void
vg_rows_probe_day(struct vg_rows_writer *writer, int64_t changed_seq,
		  const struct vg_probe_day *day)
{
	char key[DAY_KEY_MAX];
	int64_t samples = 0;

	(void)snprintf(key, sizeof(key), "%s/%s/%s/%" PRId64, day->source, day->name, day->import,
		       day->day);
	vg_row_key_text(writer, VG_TABLE_PROBE_DAY, key);
	vg_row_key_text(writer, VG_TABLE_RUN, key);
	for (size_t i = 0; i < day->runs; i++) {
		samples += day->run[i].count;
		write_run(writer, key, &day->run[i]);
	}
	vg_row_begin(writer, VG_TABLE_PROBE_DAY);
	vg_row_text(writer, key);
	vg_row_number(writer, changed_seq);
	vg_row_text(writer, day->source);
	vg_row_text(writer, day->name);
	vg_row_name(writer, day->import);
	vg_row_day(writer, day->day);
	vg_row_flag(writer, day->sealed);
	vg_row_number(writer, samples);
	vg_row_end(writer);
}

/* Judgements. */

static void
write_record(struct vg_rows_writer *writer, int64_t id)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "O-%" PRId64, id);
	vg_row_text(writer, id > 0 ? text : NULL);
}

void
vg_rows_outage(struct vg_rows_writer *writer, const struct vg_outage_record *record)
{
	vg_row_key(writer, VG_TABLE_OUTAGE, record->id);
	vg_row_begin(writer, VG_TABLE_OUTAGE);
	vg_row_number(writer, record->id);
	vg_row_number(writer, record->changed_seq);
	vg_row_text(writer, vg_effect_words[record->effect]);
	vg_row_text(writer, record->service);
	vg_row_name(writer, record->channel);
	vg_row_ids(writer, record->municipalities);
	vg_row_instant(writer, record->from_ms);
	vg_row_instant(writer, record->to_ms);
	vg_row_text(writer, vg_party_words[record->cause]);
	vg_row_text(writer, record->reason);
	vg_row_name(writer, record->source);
	vg_row_name(writer, record->probe);
	vg_row_text(writer, record->author);
	vg_row_name(writer, record->approved_by);
	vg_row_flag(writer, record->withdrawn);
	vg_row_end(writer);
}

void
vg_rows_window(struct vg_rows_writer *writer, const struct vg_window *window)
{
	char id[64];

	(void)snprintf(id, sizeof(id), "W-%" PRId64 ".%" PRId64, window->series, window->n);
	vg_row_key_text(writer, VG_TABLE_SERVICE_WINDOW, id);
	vg_row_begin(writer, VG_TABLE_SERVICE_WINDOW);
	vg_row_text(writer, id);
	vg_row_number(writer, window->series);
	vg_row_number(writer, window->n);
	vg_row_number(writer, window->changed_seq);
	vg_row_text(writer, window->name);
	vg_row_ids(writer, window->services);
	vg_row_ids(writer, window->channels);
	vg_row_ids(writer, window->municipalities);
	vg_row_instant(writer, window->from_ms);
	vg_row_instant(writer, window->to_ms);
	vg_row_text(writer, vg_category_words[window->category]);
	vg_row_instant(writer, window->planned_ms);
	vg_row_moment(writer, window->announced_ms);
	vg_row_name(writer, window->agreed_by);
	vg_row_name(writer, window->rrule);
	vg_row_name(writer, window->uid);
	vg_row_name(writer, window->reason);
	vg_row_text(writer, window->author);
	vg_row_name(writer, window->approved_by);
	vg_row_moment(writer, window->started_ms);
	vg_row_moment(writer, window->ended_ms);
	vg_row_flag(writer, window->withdrawn);
	vg_row_name(writer, window->withdrawn_by);
	vg_row_name(writer, window->withdrawn_reason);
	vg_row_name(writer, window->withdrawal_approved_by);
	vg_row_end(writer);
}

void
vg_rows_signal(struct vg_rows_writer *writer, const struct vg_signal *signal)
{
	vg_row_key(writer, VG_TABLE_SIGNAL, signal->id);
	vg_row_begin(writer, VG_TABLE_SIGNAL);
	vg_row_number(writer, signal->id);
	vg_row_number(writer, signal->changed_seq);
	vg_row_text(writer, vg_signal_name((enum vg_signal_kind)signal->kind));
	vg_row_name(writer, signal->service);
	vg_row_name(writer, signal->subject);
	vg_row_ids(writer, signal->municipalities);
	vg_row_instant(writer, signal->from_ms);
	vg_row_moment(writer, signal->to_ms);
	vg_row_end(writer);
}

/* A month. */

struct month {
	struct vg_rows_writer *writer;
	int month;
	struct vg_scope *scope; /* those of its cells that are of one municipality */
	int64_t from_ms, to_ms; /* of those cells */
	size_t scopes, size;
	const struct vg_scope *present; /* whose pieces are being written */
};

static void
begin_in_month(const struct month *self, enum vg_table table)
{
	vg_row_begin(self->writer, table);
	vg_row_month(self->writer, self->month);
}

static void
write_scope(struct vg_rows_writer *writer, const struct vg_scope *scope)
{
	vg_row_text(writer, scope->municipality);
	vg_row_text(writer, scope->service);
	vg_row_text(writer, scope->channel);
}

static void
remember_scope(struct month *self, const struct vg_avail_cell *cell)
{
	if (self->scopes == self->size) {
		size_t size = self->size * 2 + 64;
		struct vg_scope *grown = realloc(self->scope, size * sizeof(*grown));

		if (grown == NULL) {
			self->writer->rc = VG_ENOMEM;
			return;
		}
		self->scope = grown;
		self->size = size;
	}
	self->scope[self->scopes++] = cell->scope;
	self->from_ms = cell->from_ms;
	self->to_ms = cell->to_ms;
}

#define NUMBER(member) offsetof(struct vg_avail_cell, member)
static const size_t cell_numbers[] = {
	NUMBER(period_s),      NUMBER(outside_s),   NUMBER(excluded_s),	 NUMBER(base_s),
	NUMBER(up_s),	       NUMBER(external_s),  NUMBER(degraded_s),	 NUMBER(down_s),
	NUMBER(unknown_s),     NUMBER(rewritten_s), NUMBER(flapping_s),	 NUMBER(provisional_s),
	NUMBER(emergency_s),   NUMBER(num),	    NUMBER(den),	 NUMBER(low_num),
	NUMBER(low_den),       NUMBER(outages),	    NUMBER(ended),	 NUMBER(restore_s),
	NUMBER(longest_s),     NUMBER(twin_num[0]), NUMBER(twin_den[0]), NUMBER(twin_num[1]),
	NUMBER(twin_den[1]),   NUMBER(twin_num[2]), NUMBER(twin_den[2]), NUMBER(unweighted_num),
	NUMBER(unweighted_den)};
#undef NUMBER

static void
write_budget(struct vg_rows_writer *writer, const struct vg_avail_cell *cell, int64_t budget_s)
{
	if (cell->target_ppm < 0 || cell->scope.municipality == NULL)
		vg_row_null(writer);
	else
		vg_row_number(writer, budget_s);
}

static void
on_cell(const struct vg_avail_cell *cell, void *arg)
{
	struct month *self = arg;
	struct vg_rows_writer *writer = self->writer;

	begin_in_month(self, VG_TABLE_AVAILABILITY);
	write_scope(writer, &cell->scope);
	vg_row_instant(writer, cell->from_ms);
	vg_row_instant(writer, cell->to_ms);
	vg_row_text(writer, vg_avail_verdict_name(cell->verdict));
	vg_row_flag(writer, cell->running);
	vg_row_natural(writer, cell->target_ppm);
	vg_row_natural(writer, cell->users);
	vg_row_natural(writer, cell->user_seconds);
	write_budget(writer, cell, cell->budget_month_s);
	write_budget(writer, cell, cell->budget_earned_s);
	for (size_t i = 0; i < sizeof(cell_numbers) / sizeof(cell_numbers[0]); i++)
		vg_row_number(writer, *(const int64_t *)(const void *)((const char *)cell +
								       cell_numbers[i]));
	vg_row_number(writer, vg_core_seq(writer->core));
	vg_row_end(writer);
	if (cell->scope.municipality != NULL)
		remember_scope(self, cell);
}

static void
on_piece(const struct vg_avail_piece *piece, void *arg)
{
	struct month *self = arg;
	struct vg_rows_writer *writer = self->writer;

	begin_in_month(self, VG_TABLE_STATE);
	write_scope(writer, self->present);
	vg_row_instant(writer, piece->from_ms);
	vg_row_instant(writer, piece->to_ms);
	vg_row_text(writer, vg_avail_state_name(piece->state));
	vg_row_text(writer, vg_party_words[piece->cause]);
	write_record(writer, piece->record);
	vg_row_name(writer, piece->root);
	vg_row_flag(writer, piece->rewritten);
	vg_row_flag(writer, piece->flapping);
	vg_row_flag(writer, piece->provisional);
	vg_row_flag(writer, piece->pending);
	vg_row_end(writer);
}

static void
on_agreed(int64_t from_ms, int64_t to_ms, void *arg)
{
	struct month *self = arg;

	begin_in_month(self, VG_TABLE_AGREED_TIME);
	vg_row_text(self->writer, self->present->municipality);
	vg_row_text(self->writer, self->present->service);
	vg_row_instant(self->writer, from_ms);
	vg_row_instant(self->writer, to_ms);
	vg_row_end(self->writer);
}

static void
on_outage(const struct vg_outage_seen *outage, void *arg)
{
	struct month *self = arg;
	struct vg_rows_writer *writer = self->writer;

	begin_in_month(self, VG_TABLE_OUTAGE_SEEN);
	write_scope(writer, &outage->scope);
	vg_row_instant(writer, outage->from_ms);
	vg_row_instant(writer, outage->to_ms);
	vg_row_number(writer, outage->counted_s);
	vg_row_flag(writer, outage->running);
	vg_row_flag(writer, outage->provisional);
	vg_row_text(writer, vg_party_words[outage->cause]);
	write_record(writer, outage->record);
	vg_row_name(writer, outage->root);
	vg_row_end(writer);
}

/* Pieces and agreed time of each scope that has a cell. */
static int
write_evidence(struct month *self)
{
	const struct vg_core *core = self->writer->core;
	int rc = 0;

	if (self->from_ms >= self->to_ms)
		return 0;
	for (size_t i = 0; rc == 0 && i < self->scopes; i++) {
		const struct vg_scope *scope = self->present = &self->scope[i];
		const bool first = i == 0 || strcmp(scope->service, scope[-1].service) != 0 ||
				   strcmp(scope->municipality, scope[-1].municipality) != 0;

		rc = vg_timeline(core, scope, self->from_ms, self->to_ms, on_piece, self);
		if (rc == 0 && first)
			vg_agreed_time(core, scope->service, scope->municipality, self->from_ms,
				       self->to_ms, on_agreed, self);
	}
	if (rc == 0)
		rc = vg_outages_seen(core, self->from_ms, self->to_ms, NULL, on_outage, self);
	return rc;
}

void
vg_rows_availability(struct vg_rows_writer *writer, int month)
{
	static const enum vg_table tables[] = {VG_TABLE_AVAILABILITY, VG_TABLE_STATE,
					       VG_TABLE_OUTAGE_SEEN, VG_TABLE_AGREED_TIME};
	struct month self = {.writer = writer, .month = month};
	int rc;

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		vg_row_key(writer, tables[i], month);
	rc = vg_avail_month(writer->core, month, -1, writer->eval_ms, NULL, on_cell, &self);
	if (rc == 0)
		rc = write_evidence(&self);
	free(self.scope);
	if (writer->rc == 0 && rc != VG_ENOTFOUND)
		writer->rc = rc;
}
