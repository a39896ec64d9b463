/* rows_other.c - every object but tickets in the read model, and a month's KPI cells. */
#include "core/kpi.h"
#include "lib/rows/rows_private.h"

static void
write_import(struct vg_rows_writer *writer, const struct vg_import *import)
{
	vg_row_key(writer, VG_TABLE_IMPORT, import->seq);
	vg_row_begin(writer, VG_TABLE_IMPORT);
	vg_row_text(writer, import->id);
	vg_row_number(writer, import->seq);
	vg_row_number(writer, import->changed_seq);
	vg_row_text(writer, import->source);
	vg_row_text(writer, import->file);
	vg_row_text(writer, import->file_sha256);
	vg_row_text(writer, import->mapping_sha256);
	vg_row_text(writer, import->actor);
	vg_row_natural(writer, import->rows);
	vg_row_natural(writer, import->taken);
	vg_row_natural(writer, import->quarantined);
	vg_row_natural(writer, import->malformed);
	vg_row_flag(writer, import->finished);
	vg_row_flag(writer, import->revoked);
	vg_row_end(writer);
}

static void
write_quarantined(struct vg_rows_writer *writer, const struct vg_quarantined *quarantined)
{
	vg_row_key(writer, VG_TABLE_QUARANTINE, quarantined->seq);
	vg_row_begin(writer, VG_TABLE_QUARANTINE);
	vg_row_number(writer, quarantined->seq);
	vg_row_number(writer, quarantined->changed_seq);
	vg_row_name(writer, quarantined->municipality);
	vg_row_instant(writer, quarantined->occurred_ms);
	vg_row_text(writer, quarantined->source);
	vg_row_text(writer, quarantined->mapping);
	vg_row_text(writer, quarantined->reason);
	vg_row_text(writer, quarantined->field);
	vg_row_text(writer, quarantined->value);
	vg_row_text(writer, quarantined->payload);
	vg_row_text(writer, quarantined->event_id);
	vg_row_name(writer, quarantined->import);
	vg_row_flag(writer, quarantined->retaken);
	vg_row_end(writer);
}

static const char *
municipality_of(const struct vg_rows_writer *writer, int64_t ticket_id)
{
	const struct vg_ticket *ticket = vg_core_ticket(writer->core, ticket_id);
	struct vg_ticket_view view;

	if (ticket == NULL)
		return NULL;
	vg_ticket_view(writer->core, ticket, writer->eval_ms, &view, NULL, NULL);
	return view.text[VG_TF_MUNICIPALITY];
}

static void
write_notification(struct vg_rows_writer *writer, const struct vg_notification *notification)
{
	static const char *const states[] = {"pending", "delivered", "failed", "acknowledged"};

	vg_row_key(writer, VG_TABLE_NOTIFICATION, notification->id);
	vg_row_begin(writer, VG_TABLE_NOTIFICATION);
	vg_row_number(writer, notification->id);
	vg_row_number(writer, notification->changed_seq);
	vg_row_number(writer, notification->ticket);
	vg_row_natural(writer, notification->signal > 0 ? notification->signal : -1);
	vg_row_name(writer, municipality_of(writer, notification->ticket));
	vg_row_instant(writer, notification->made_ms);
	vg_row_text(writer, notification->duty);
	vg_row_text(writer, notification->channel);
	vg_row_text(writer, notification->address);
	vg_row_text(writer, states[notification->state]);
	vg_row_number(writer, notification->attempts);
	vg_row_number(writer, notification->repeats);
	vg_row_moment(writer, notification->next_ms == INT64_MAX ? -1 : notification->next_ms);
	vg_row_moment(writer, notification->delivered_ms);
	vg_row_name(writer, notification->error);
	vg_row_end(writer);
}

static void
write_users(struct vg_rows_writer *writer, const struct vg_users_reading *reading)
{
	vg_row_key(writer, VG_TABLE_USERS, reading->seq);
	vg_row_begin(writer, VG_TABLE_USERS);
	vg_row_number(writer, reading->seq);
	vg_row_number(writer, reading->changed_seq);
	vg_row_name(writer, reading->municipality);
	vg_row_day(writer, reading->day);
	vg_row_number(writer, reading->users);
	vg_row_number(writer, reading->private_users);
	vg_row_text(writer, reading->rule);
	vg_row_name(writer, reading->approver);
	vg_row_end(writer);
}

static void
write_register(struct vg_rows_writer *writer, const struct vg_register_row *row)
{
	vg_row_key(writer, VG_TABLE_REGISTER, row->seq);
	vg_row_begin(writer, VG_TABLE_REGISTER);
	vg_row_number(writer, row->seq);
	vg_row_number(writer, row->changed_seq);
	vg_row_text(writer, row->name);
	vg_row_text(writer, row->key);
	vg_row_name(writer, row->municipality);
	vg_row_instant(writer, row->valid_from_ms);
	vg_row_instant(writer, row->valid_to_ms);
	vg_row_text(writer, row->value);
	vg_row_end(writer);
}

static void
write_report(struct vg_rows_writer *writer, const struct vg_report_made *report)
{
	vg_row_key(writer, VG_TABLE_REPORT, report->seq);
	vg_row_begin(writer, VG_TABLE_REPORT);
	vg_row_number(writer, report->seq);
	vg_row_number(writer, report->changed_seq);
	vg_row_month(writer, report->month);
	vg_row_number(writer, report->as_of_seq);
	vg_row_text(writer, report->head);
	vg_row_text(writer, report->model_sha256);
	vg_row_text(writer, report->actor);
	vg_row_end(writer);
}

static void
write_agreement(struct vg_rows_writer *writer, const struct vg_agreement *agreement)
{
	vg_row_key(writer, VG_TABLE_AGREEMENT, agreement->seq);
	vg_row_begin(writer, VG_TABLE_AGREEMENT);
	vg_row_number(writer, agreement->seq);
	vg_row_text(writer, agreement->name);
	vg_row_text(writer, agreement->version);
	vg_row_text(writer, agreement->zone);
	vg_row_text(writer, agreement->tzdata);
	vg_row_instant(writer, agreement->valid_from_ms);
	vg_row_instant(writer, agreement->valid_to_ms);
	vg_row_number(writer, agreement->slot_ms);
	vg_row_number(writer, agreement->confirm_slots);
	vg_row_number(writer, agreement->join_gap_s);
	vg_row_number(writer, agreement->degraded_ppm);
	vg_row_number(writer, agreement->coverage_ppm);
	vg_row_number(writer, agreement->window_notice_days);
	vg_row_text(writer, agreement->unknown_policy == VG_UNKNOWN_AS_UP ? "as_up" : "exclude");
	vg_row_text(writer, agreement->external_policy == VG_EXTERNAL_AS_UP ? "as_up" : "exclude");
	vg_row_number(writer, agreement->alarm_transient_ms);
	vg_row_number(writer, agreement->major_municipalities);
	vg_row_number(writer, agreement->major_window_ms);
	vg_row_text(writer, agreement->alarm_ticket_severity == 0
				    ? "none"
				    : vg_severity_words[agreement->alarm_ticket_severity]);
	vg_row_end(writer);
}

/* num/den in millionths, truncated, without overflow for any numerator that the core makes. */
static int64_t
ppm(int64_t num, int64_t den)
{
	return num / den * 1000000 + num % den * 1000000 / den;
}

static void
write_value(struct vg_rows_writer *writer, const struct vg_kpi_cell *cell)
{
	enum vg_kpi_unit unit = vg_kpi_info[cell->kpi].unit;

	if (cell->den == 0)
		vg_row_null(writer);
	else if (unit == VG_UNIT_SHARE)
		vg_row_number(writer, ppm(cell->num, cell->den));
	else if (unit == VG_UNIT_MEAN_MS)
		vg_row_number(writer, cell->num / cell->den);
	else
		vg_row_number(writer, cell->num);
}

struct month_rows {
	struct vg_rows_writer *writer;
	int month;
};

static void
write_cell(const struct vg_kpi_cell *cell, void *arg)
{
	static const char *const units[] = {"count", "ppm", "ms", "ms"};
	struct month_rows *rows = arg;
	struct vg_rows_writer *writer = rows->writer;
	const struct vg_kpi_info *info = &vg_kpi_info[cell->kpi];

	vg_row_begin(writer, VG_TABLE_KPI_CELL);
	vg_row_month(writer, rows->month);
	vg_row_text(writer, cell->key.municipality);
	vg_row_text(writer, cell->key.service);
	vg_row_text(writer, cell->key.priority);
	if (cell->key.line == 0)
		vg_row_null(writer);
	else
		vg_row_number(writer, cell->key.line > 0 ? cell->key.line : 0);
	vg_row_text(writer, info->name);
	vg_row_text(writer, units[info->unit]);
	vg_row_number(writer, cell->num);
	vg_row_number(writer, cell->den);
	write_value(writer, cell);
	vg_row_natural(writer, cell->target_ppm);
	vg_row_number(writer, cell->left_out);
	vg_row_text(writer, vg_kpi_verdict_name(cell->verdict));
	vg_row_number(writer, cell->rolling_num);
	vg_row_number(writer, cell->rolling_den);
	vg_row_text(writer, info->rule);
	vg_row_number(writer, VG_RULE_REV);
	vg_row_number(writer, vg_core_seq(writer->core));
	vg_row_end(writer);
}

void
vg_rows_month(struct vg_rows_writer *writer, int month)
{
	struct month_rows rows = {writer, month};
	int rc;

	vg_row_key(writer, VG_TABLE_KPI_CELL, month);
	rc = vg_kpi_month(writer->core, month, writer->eval_ms, NULL, vg_kpi_stored_splits,
			  sizeof(vg_kpi_stored_splits) / sizeof(vg_kpi_stored_splits[0]),
			  write_cell, NULL, &rows);
	if (writer->rc == 0 && rc != VG_ENOTFOUND)
		writer->rc = rc;
}

void
vg_rows_object(struct vg_rows_writer *writer, const struct vg_object *object)
{
	switch (object->type) {
	case VG_OBJECT_TICKET:
		vg_rows_ticket(writer, object->of.ticket);
		break;
	case VG_OBJECT_IMPORT:
		write_import(writer, object->of.import_);
		break;
	case VG_OBJECT_QUARANTINED:
		write_quarantined(writer, object->of.quarantined);
		break;
	case VG_OBJECT_NOTIFICATION:
		write_notification(writer, object->of.notification);
		break;
	case VG_OBJECT_USERS:
		write_users(writer, object->of.users);
		break;
	case VG_OBJECT_REGISTER:
		write_register(writer, object->of.reg);
		break;
	case VG_OBJECT_REPORT:
		write_report(writer, object->of.report);
		break;
	case VG_OBJECT_AGREEMENT:
		write_agreement(writer, object->of.agreement);
		break;
	case VG_OBJECT_MONTH:
		vg_rows_month(writer, object->of.month);
		break;
	case VG_OBJECT_OUTAGE:
		vg_rows_outage(writer, object->of.outage);
		break;
	case VG_OBJECT_WINDOW:
		vg_rows_window(writer, object->of.window);
		break;
	case VG_OBJECT_AGENT:
		vg_rows_agent(writer, object->of.agent);
		break;
	case VG_OBJECT_SIGNAL:
		vg_rows_signal(writer, object->of.signal);
		break;
	case VG_OBJECT_ALARM:
		vg_rows_alarm(writer, object->of.alarm);
		break;
	case VG_OBJECT_ALARM_CHANGE:
		vg_rows_alarm_change(writer, object->of.alarm_change);
		break;
	case VG_OBJECT_ALARM_SOURCE:
		vg_rows_alarm_source(writer, object->of.alarm_source);
		break;
	case VG_OBJECT_RESOURCE:
		vg_rows_resource(writer, object->of.resource);
		break;
	case VG_OBJECT_PROPOSAL:
		vg_rows_proposal(writer, object->of.proposal);
		break;
	case VG_OBJECT_ACT:
	case VG_OBJECT_OPENING_TICKET:
	case VG_OBJECT_OBJECTION:
	case VG_OBJECT_COMMENT:
	case VG_OBJECT_STATEMENT:
	case VG_OBJECT_FEE_LINE:
	case VG_OBJECT_FEE_YEAR:
		vg_rows_fee(writer, object);
		break;
	case VG_OBJECT_DISTURBANCE:
	case VG_OBJECT_DISTURBANCE_MESSAGE:
	case VG_OBJECT_FEEDBACK:
		vg_rows_disturbance(writer, object);
		break;
	case VG_OBJECT_ACCESS:
		break; /* the view access.noted reads the ledger */
	case VG_OBJECT_PROBE_DAY:
		vg_rows_probe_day(writer, object->changed_seq, &object->of.day);
		break;
	case VG_OBJECT_AVAILABILITY:
		vg_rows_availability(writer, object->of.month);
		break;
	}
}
