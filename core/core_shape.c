/* core_shape.c - how each type of item is laid out, and its key.
 *
 * One row per member: what is not named here is neither copied nor freed nor written, so a member
 * added to a public struct is added here too. The order of the rows is the checkpoint's. */
#include "core/core_private.h"

#include <string.h>

/* clang-format off */
#define TEXT(type, name)  { offsetof(struct type, name), VG_MEMBER_TEXT }
#define INT64(type, name) { offsetof(struct type, name), VG_MEMBER_INT64 }
#define INT(type, name)   { offsetof(struct type, name), VG_MEMBER_INT }
#define ANY(type, name)   { offsetof(struct type, name), VG_MEMBER_INT_ANY }
#define BOOL(type, name)  { offsetof(struct type, name), VG_MEMBER_BOOL }
#define WHOLE(type, whole, max, members, compare)                                                  \
	{ sizeof(struct type), sizeof(struct whole), offsetof(struct type, changed_seq), max,      \
	  members, sizeof(members) / sizeof(members[0]), compare }
#define SHAPE(type, max, members, compare) WHOLE(type, type, max, members, compare)
/* clang-format on */

static const struct vg_member import_members[] = {
	INT64(vg_import, seq),
	INT64(vg_import, changed_seq),
	TEXT(vg_import, id),
	TEXT(vg_import, source),
	TEXT(vg_import, file),
	TEXT(vg_import, file_sha256),
	TEXT(vg_import, mapping_sha256),
	TEXT(vg_import, actor),
	INT64(vg_import, rows),
	INT64(vg_import, taken),
	INT64(vg_import, quarantined),
	INT64(vg_import, malformed),
	BOOL(vg_import, finished),
	BOOL(vg_import, revoked),
};
static const struct vg_member quarantined_members[] = {
	INT64(vg_quarantined, seq),	    INT64(vg_quarantined, changed_seq),
	INT64(vg_quarantined, occurred_ms), TEXT(vg_quarantined, source),
	TEXT(vg_quarantined, mapping),	    TEXT(vg_quarantined, reason),
	TEXT(vg_quarantined, field),	    TEXT(vg_quarantined, value),
	TEXT(vg_quarantined, payload),	    TEXT(vg_quarantined, event_id),
	TEXT(vg_quarantined, import),	    TEXT(vg_quarantined, municipality),
	BOOL(vg_quarantined, retaken),
};
static const struct vg_member notification_members[] = {
	INT64(vg_notification, id),	      INT64(vg_notification, changed_seq),
	INT64(vg_notification, ticket),	      INT64(vg_notification, made_ms),
	INT64(vg_notification, signal),	      TEXT(vg_notification, duty),
	TEXT(vg_notification, channel),	      TEXT(vg_notification, address),
	INT(vg_notification, state),	      INT(vg_notification, attempts),
	INT(vg_notification, repeats),	      INT64(vg_notification, next_ms),
	INT64(vg_notification, delivered_ms), INT64(vg_notification, repeat_ms),
	INT64(vg_notification, repeats_max),  TEXT(vg_notification, error),
};
static const struct vg_member users_members[] = {
	INT64(vg_users_reading, seq),		INT64(vg_users_reading, changed_seq),
	INT64(vg_users_reading, day),		INT64(vg_users_reading, users),
	INT64(vg_users_reading, private_users), TEXT(vg_users_reading, municipality),
	TEXT(vg_users_reading, rule),		TEXT(vg_users_reading, approver),
};
static const struct vg_member register_members[] = {
	INT64(vg_register_row, seq),	       INT64(vg_register_row, changed_seq),
	INT64(vg_register_row, valid_from_ms), INT64(vg_register_row, valid_to_ms),
	TEXT(vg_register_row, name),	       TEXT(vg_register_row, key),
	TEXT(vg_register_row, municipality),   TEXT(vg_register_row, value),
};
static const struct vg_member report_members[] = {
	INT64(vg_report_made, seq),	    INT64(vg_report_made, changed_seq),
	INT64(vg_report_made, as_of_seq),   INT64(vg_report_made, before_seq),
	INT64(vg_report_made, files),	    INT(vg_report_made, month),
	TEXT(vg_report_made, scope),	    TEXT(vg_report_made, head),
	TEXT(vg_report_made, model_sha256), TEXT(vg_report_made, actor),
};
static const struct vg_member outage_members[] = {
	INT64(vg_outage_record, id),	   INT64(vg_outage_record, changed_seq),
	INT(vg_outage_record, effect),	   TEXT(vg_outage_record, service),
	TEXT(vg_outage_record, channel),   TEXT(vg_outage_record, municipalities),
	INT64(vg_outage_record, from_ms),  INT64(vg_outage_record, to_ms),
	INT(vg_outage_record, cause),	   TEXT(vg_outage_record, reason),
	TEXT(vg_outage_record, source),	   TEXT(vg_outage_record, probe),
	TEXT(vg_outage_record, author),	   TEXT(vg_outage_record, approved_by),
	BOOL(vg_outage_record, withdrawn),
};
static const struct vg_member window_members[] = {
	INT64(vg_window, series),
	INT64(vg_window, n),
	INT64(vg_window, changed_seq),
	INT64(vg_window, from_ms),
	INT64(vg_window, to_ms),
	TEXT(vg_window, name),
	TEXT(vg_window, services),
	TEXT(vg_window, channels),
	TEXT(vg_window, municipalities),
	INT(vg_window, category),
	INT64(vg_window, planned_ms),
	INT64(vg_window, announced_ms),
	TEXT(vg_window, agreed_by),
	TEXT(vg_window, rrule),
	TEXT(vg_window, uid),
	TEXT(vg_window, reason),
	TEXT(vg_window, author),
	TEXT(vg_window, approved_by),
	INT64(vg_window, started_ms),
	INT64(vg_window, ended_ms),
	BOOL(vg_window, withdrawn),
	TEXT(vg_window, withdrawn_by),
	TEXT(vg_window, withdrawn_reason),
	TEXT(vg_window, withdrawal_approved_by),
};
static const struct vg_member agent_members[] = {
	INT64(vg_agent, changed_seq), TEXT(vg_agent, source),	    TEXT(vg_agent, boot_id),
	INT64(vg_agent, batch),	      INT64(vg_agent, received_ms), INT64(vg_agent, samples),
	INT64(vg_agent, late),	      INT64(vg_agent, ahead),	    INT64(vg_agent, dropped),
	INT64(vg_agent, offset_ms),
};
static const struct vg_member signal_members[] = {
	INT64(vg_signal, id),	   INT64(vg_signal, changed_seq), INT(vg_signal, kind),
	TEXT(vg_signal, service),  TEXT(vg_signal, subject),	  TEXT(vg_signal, municipalities),
	INT64(vg_signal, from_ms), INT64(vg_signal, to_ms),
};
static const struct vg_member alarm_members[] = {
	INT64(vg_alarm, id),
	INT64(vg_alarm, changed_seq),
	TEXT(vg_alarm, resource),
	TEXT(vg_alarm, type),
	TEXT(vg_alarm, qualifier),
	TEXT(vg_alarm, stated),
	TEXT(vg_alarm, sources),
	TEXT(vg_alarm, service),
	TEXT(vg_alarm, municipalities),
	TEXT(vg_alarm, text),
	TEXT(vg_alarm, rule),
	TEXT(vg_alarm, peer),
	INT(vg_alarm, severity),
	INT(vg_alarm, worst),
	INT(vg_alarm, category),
	BOOL(vg_alarm, transient),
	INT64(vg_alarm, raised_ms),
	INT64(vg_alarm, received_ms),
	INT64(vg_alarm, last_ms),
	INT64(vg_alarm, last_seq),
	INT64(vg_alarm, cleared_ms),
	INT64(vg_alarm, count),
	INT64(vg_alarm, changes),
	INT64(vg_alarm, flap_ms[0]),
	INT64(vg_alarm, flap_ms[1]),
	INT64(vg_alarm, flap_ms[2]),
	INT64(vg_alarm, flap_ms[3]),
	INT64(vg_alarm, flap_ms[4]),
	INT64(vg_alarm, flap_ms[5]),
	INT64(vg_alarm, flap_ms[6]),
	INT64(vg_alarm, flap_ms[7]),
	INT(vg_alarm, operator_),
	TEXT(vg_alarm, actor),
	TEXT(vg_alarm, reason),
	INT64(vg_alarm, operator_ms),
	INT64(vg_alarm, until_ms),
	INT64(vg_alarm, acked_ms),
	BOOL(vg_alarm, false_alarm),
	INT64(vg_alarm, previous),
	INT64(vg_alarm, merged_into),
	INT64(vg_alarm_kept, change_ms),
	INT(vg_alarm_kept, change_source),
	BOOL(vg_alarm_kept, newest),
	BOOL(vg_alarm_kept, held),
	BOOL(vg_alarm_kept, own_service),
	BOOL(vg_alarm_kept, own_municipality),
	BOOL(vg_alarm_kept, ran_out),
};
_Static_assert(VG_ALARM_FLAP_RING == 8, "a row for each element of flap_ms");
static const struct vg_member alarm_change_members[] = {
	INT64(vg_alarm_change, id),	     INT64(vg_alarm_change, changed_seq),
	INT64(vg_alarm_change, alarm),	     INT64(vg_alarm_change, at_ms),
	INT64(vg_alarm_change, received_ms), ANY(vg_alarm_change, severity),
	INT(vg_alarm_change, operator_),     TEXT(vg_alarm_change, actor),
	TEXT(vg_alarm_change, text),	     INT64(vg_alarm_change, until_ms),
	INT64(vg_alarm_change, previous),
};
static const struct vg_member alarm_source_members[] = {
	INT64(vg_alarm_source, changed_seq), TEXT(vg_alarm_source, source),
	INT64(vg_alarm_source, received_ms), INT64(vg_alarm_source, notices),
	INT64(vg_alarm_source, events),	     BOOL(vg_alarm_source, silent),
};
static const struct vg_member resource_members[] = {
	INT64(vg_resource, changed_seq), INT64(vg_resource, seq),
	TEXT(vg_resource, name),	 TEXT(vg_resource, resource),
	TEXT(vg_resource, service),	 TEXT(vg_resource, municipalities),
	TEXT(vg_resource, parent),	 TEXT(vg_resource, author),
	BOOL(vg_resource, removed),
};
static const struct vg_member proposal_members[] = {
	INT64(vg_proposal, id),
	INT64(vg_proposal, changed_seq),
	INT(vg_proposal, kind),
	TEXT(vg_proposal, service),
	TEXT(vg_proposal, municipalities),
	TEXT(vg_proposal, alarms),
	INT64(vg_proposal, alarm_count),
	INT64(vg_proposal, from_ms),
	INT64(vg_proposal, to_ms),
	INT(vg_proposal, state),
	TEXT(vg_proposal, actor),
	TEXT(vg_proposal, reason),
	INT64(vg_proposal, decided_ms),
	TEXT(vg_proposal, made),
};
static const struct vg_member act_members[] = {
	INT64(vg_act, id),
	INT64(vg_act, changed_seq),
	INT(vg_act, kind),
	INT(vg_act, state),
	TEXT(vg_act, author),
	TEXT(vg_act, decided_by),
	INT64(vg_act, proposed_ms),
	INT64(vg_act, decided_ms),
	TEXT(vg_act, reason),
	TEXT(vg_act, decided_reason),
	TEXT(vg_act, index),
	TEXT(vg_act, document),
	TEXT(vg_act, municipalities),
	INT(vg_act, year),
	INT(vg_act, month),
	INT64(vg_act, amount_ore),
	INT64(vg_act, operation_ore),
	INT64(vg_act, decided_day),
	INT64(vg_act, ticket),
	INT(vg_act, outcome),
	INT64(vg_act, objection),
};
static const struct vg_member opening_ticket_members[] = {
	INT64(vg_opening_ticket, act),	       INT64(vg_opening_ticket, changed_seq),
	TEXT(vg_opening_ticket, source),       TEXT(vg_opening_ticket, ref),
	TEXT(vg_opening_ticket, municipality), INT(vg_opening_ticket, month),
	INT64(vg_opening_ticket, price_ore),
};
static const struct vg_member objection_members[] = {
	INT64(vg_objection, id),	  INT64(vg_objection, changed_seq),
	TEXT(vg_objection, municipality), INT(vg_objection, month),
	INT64(vg_objection, ticket),	  INT64(vg_objection, line),
	TEXT(vg_objection, reason),	  TEXT(vg_objection, author),
	INT64(vg_objection, raised_ms),	  INT(vg_objection, state),
	TEXT(vg_objection, answer),	  TEXT(vg_objection, decided_by),
	INT64(vg_objection, decided_ms),  INT64(vg_objection, act),
};
static const struct vg_member comment_members[] = {
	INT64(vg_comment, id),		INT64(vg_comment, changed_seq), INT(vg_comment, month),
	TEXT(vg_comment, municipality), TEXT(vg_comment, kpi),		TEXT(vg_comment, service),
	TEXT(vg_comment, cause),	TEXT(vg_comment, action),	TEXT(vg_comment, owner),
	TEXT(vg_comment, author),	INT64(vg_comment, due_day),	INT64(vg_comment, made_ms),
};
static const struct vg_member statement_members[] = {
	INT64(vg_statement, id),
	INT64(vg_statement, changed_seq),
	INT64(vg_statement, as_of_seq),
	TEXT(vg_statement, municipality),
	INT(vg_statement, month),
	INT(vg_statement, state),
	INT(vg_statement, holds),
	BOOL(vg_statement, trial),
	INT(vg_statement, mode),
	INT64(vg_statement, agreement),
	INT64(vg_statement, users),
	INT64(vg_statement, reading_seq),
	INT64(vg_statement, ticket_price_ore),
	INT64(vg_statement, support_price_ore),
	INT64(vg_statement, operation_price_ore),
	INT64(vg_statement, counted),
	INT64(vg_statement, not_counted),
	INT64(vg_statement, corrected),
	INT64(vg_statement, gross_ore),
	INT64(vg_statement, adjusted_ore),
	INT64(vg_statement, capped_ore),
	INT64(vg_statement, support_ore),
	INT64(vg_statement, operation_ore),
	INT64(vg_statement, vat_ore),
	INT64(vg_statement, rounding_ore),
	INT64(vg_statement, total_ore),
	INT64(vg_statement, blank_count),
	INT64(vg_statement, blank_ore),
	INT64(vg_statement, by_links_ore),
	TEXT(vg_statement, author),
	TEXT(vg_statement, approved_by),
	INT64(vg_statement, closed_ms),
	INT64(vg_statement, published_ms),
	TEXT(vg_statement, model_sha256),
	TEXT(vg_statement, previous_sha256),
	TEXT(vg_statement, invoice),
	INT64(vg_statement, invoice_day),
};
static const struct vg_member fee_line_members[] = {
	INT64(vg_fee_line, id),
	INT64(vg_fee_line, changed_seq),
	INT64(vg_fee_line, statement),
	INT64(vg_fee_line, no),
	INT(vg_fee_line, kind),
	TEXT(vg_fee_line, municipality),
	INT64(vg_fee_line, ticket),
	INT(vg_fee_line, month),
	INT64(vg_fee_line, amount_ore),
	INT(vg_fee_line, reason),
	ANY(vg_fee_line, reason_before),
	INT64(vg_fee_line, corrects),
	INT64(vg_fee_line, act),
	BOOL(vg_fee_line, cause_blank),
	BOOL(vg_fee_line, counts_by_links),
	BOOL(vg_fee_line, bypassed_first_line),
};
static const struct vg_member fee_year_members[] = {
	INT64(vg_fee_year, id),
	INT64(vg_fee_year, changed_seq),
	INT64(vg_fee_year, statement),
	TEXT(vg_fee_year, municipality),
	INT(vg_fee_year, year),
	INT64(vg_fee_year, gross_ore),
	INT64(vg_fee_year, cap_ore),
	INT64(vg_fee_year, net_ore[0]),
	INT64(vg_fee_year, net_ore[1]),
	INT64(vg_fee_year, net_ore[2]),
	INT64(vg_fee_year, operation_ore),
	INT64(vg_fee_year, billed_ore),
	INT64(vg_fee_year, operation_billed_ore),
};
static const struct vg_member disturbance_members[] = {
	INT64(vg_disturbance, id),	     INT64(vg_disturbance, changed_seq),
	INT(vg_disturbance, state),	     INT(vg_disturbance, kind),
	TEXT(vg_disturbance, services),	     TEXT(vg_disturbance, municipalities),
	TEXT(vg_disturbance, title),	     TEXT(vg_disturbance, text),
	TEXT(vg_disturbance, advice),	     TEXT(vg_disturbance, title_en),
	TEXT(vg_disturbance, text_en),	     TEXT(vg_disturbance, advice_en),
	INT64(vg_disturbance, started_ms),   INT64(vg_disturbance, next_update_ms),
	INT64(vg_disturbance, ended_ms),     INT64(vg_disturbance, outage),
	TEXT(vg_disturbance, author),	     INT64(vg_disturbance, created_ms),
	INT64(vg_disturbance, published_ms), INT64(vg_disturbance, updated_ms),
	INT64(vg_disturbance, closed_ms),    INT64(vg_disturbance, messages),
};
static const struct vg_member disturbance_message_members[] = {
	INT64(vg_disturbance_message, disturbance),   INT64(vg_disturbance_message, n),
	INT64(vg_disturbance_message, seq),	      INT64(vg_disturbance_message, changed_seq),
	INT64(vg_disturbance_message, at_ms),	      TEXT(vg_disturbance_message, services),
	TEXT(vg_disturbance_message, municipalities), TEXT(vg_disturbance_message, title),
	TEXT(vg_disturbance_message, text),	      TEXT(vg_disturbance_message, advice),
	TEXT(vg_disturbance_message, title_en),	      TEXT(vg_disturbance_message, text_en),
	TEXT(vg_disturbance_message, advice_en),      INT64(vg_disturbance_message, next_update_ms),
	BOOL(vg_disturbance_message, closing),	      TEXT(vg_disturbance_message, author),
};
static const struct vg_member access_members[] = {
	INT64(vg_access, seq),	 INT64(vg_access, changed_seq), INT64(vg_access, at_ms),
	INT64(vg_access, count), INT(vg_access, what),		TEXT(vg_access, who),
	TEXT(vg_access, by),	 TEXT(vg_access, about),
};
static const struct vg_member feedback_members[] = {
	INT64(vg_feedback, id),		 INT64(vg_feedback, changed_seq),
	TEXT(vg_feedback, text_digest),	 BOOL(vg_feedback, contact),
	INT64(vg_feedback, received_ms), INT64(vg_feedback, answered_ms),
	TEXT(vg_feedback, answer),	 TEXT(vg_feedback, answered_by),
};

static int
compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int
compare_imports(const struct vg_item *a, const struct vg_item *b)
{
	return strcmp(a->of.import_.id, b->of.import_.id);
}

static int
compare_quarantined(const struct vg_item *a, const struct vg_item *b)
{
	return compare_numbers(a->of.quarantined.seq, b->of.quarantined.seq);
}

static int
compare_notifications(const struct vg_item *a, const struct vg_item *b)
{
	return compare_numbers(a->of.notification.id, b->of.notification.id);
}

static int
compare_users(const struct vg_item *a, const struct vg_item *b)
{
	int order = strcmp(a->of.users.municipality, b->of.users.municipality);

	return order != 0 ? order : compare_numbers(a->of.users.day, b->of.users.day);
}

static int
compare_rows(const struct vg_item *a, const struct vg_item *b)
{
	int order = strcmp(a->of.reg.name, b->of.reg.name);

	return order != 0 ? order : strcmp(a->of.reg.key, b->of.reg.key);
}

static int
compare_reports(const struct vg_item *a, const struct vg_item *b)
{
	return compare_numbers(a->of.report.seq, b->of.report.seq);
}

static int
compare_outages(const struct vg_item *a, const struct vg_item *b)
{
	return compare_numbers(a->of.outage.id, b->of.outage.id);
}

static int
compare_windows(const struct vg_item *a, const struct vg_item *b)
{
	int order = compare_numbers(a->of.window.series, b->of.window.series);

	return order != 0 ? order : compare_numbers(a->of.window.n, b->of.window.n);
}

static int
compare_agents(const struct vg_item *a, const struct vg_item *b)
{
	return strcmp(a->of.agent.source, b->of.agent.source);
}

static int
compare_signals(const struct vg_item *a, const struct vg_item *b)
{
	return compare_numbers(a->of.signal.id, b->of.signal.id);
}

static int
compare_alarms(const struct vg_item *a, const struct vg_item *b)
{
	return compare_numbers(a->of.alarm.id, b->of.alarm.id);
}

static int
compare_alarm_changes(const struct vg_item *a, const struct vg_item *b)
{
	return compare_numbers(a->of.alarm_change.id, b->of.alarm_change.id);
}

static int
compare_alarm_sources(const struct vg_item *a, const struct vg_item *b)
{
	return strcmp(a->of.alarm_source.source, b->of.alarm_source.source);
}

static int
compare_resources(const struct vg_item *a, const struct vg_item *b)
{
	return strcmp(a->of.resource.name, b->of.resource.name);
}

static int
compare_proposals(const struct vg_item *a, const struct vg_item *b)
{
	return compare_numbers(a->of.proposal.id, b->of.proposal.id);
}

static int
compare_acts(const struct vg_item *a, const struct vg_item *b)
{
	return compare_numbers(a->of.act.id, b->of.act.id);
}

static int
compare_opening_tickets(const struct vg_item *a, const struct vg_item *b)
{
	int order = strcmp(a->of.opening_ticket.source, b->of.opening_ticket.source);

	return order != 0 ? order : strcmp(a->of.opening_ticket.ref, b->of.opening_ticket.ref);
}

static int
compare_objections(const struct vg_item *a, const struct vg_item *b)
{
	return compare_numbers(a->of.objection.id, b->of.objection.id);
}

static int
compare_comments(const struct vg_item *a, const struct vg_item *b)
{
	return compare_numbers(a->of.comment.id, b->of.comment.id);
}

static int
compare_statements(const struct vg_item *a, const struct vg_item *b)
{
	int order = strcmp(a->of.statement.municipality, b->of.statement.municipality);

	return order != 0 ? order : compare_numbers(a->of.statement.month, b->of.statement.month);
}

static int
compare_fee_lines(const struct vg_item *a, const struct vg_item *b)
{
	return compare_numbers(a->of.fee_line.id, b->of.fee_line.id);
}

static int
compare_fee_years(const struct vg_item *a, const struct vg_item *b)
{
	return compare_numbers(a->of.fee_year.id, b->of.fee_year.id);
}

static int
compare_disturbances(const struct vg_item *a, const struct vg_item *b)
{
	return compare_numbers(a->of.disturbance.id, b->of.disturbance.id);
}

static int
compare_disturbance_messages(const struct vg_item *a, const struct vg_item *b)
{
	const struct vg_disturbance_message *x = &a->of.disturbance_message;
	const struct vg_disturbance_message *y = &b->of.disturbance_message;
	int order = compare_numbers(x->disturbance, y->disturbance);

	return order != 0 ? order : compare_numbers(x->n, y->n);
}

static int
compare_feedback(const struct vg_item *a, const struct vg_item *b)
{
	return compare_numbers(a->of.feedback.id, b->of.feedback.id);
}

static int
compare_accesses(const struct vg_item *a, const struct vg_item *b)
{
	return compare_numbers(a->of.access.seq, b->of.access.seq);
}

const struct vg_item_shape vg_item_shapes[VG_OBJECT_LAST_ITEM + 1] = {
	[VG_OBJECT_IMPORT] = SHAPE(vg_import, VG_CORE_IMPORTS_MAX, import_members, compare_imports),
	[VG_OBJECT_QUARANTINED] = SHAPE(vg_quarantined, VG_CORE_QUARANTINE_MAX, quarantined_members,
					compare_quarantined),
	[VG_OBJECT_NOTIFICATION] = SHAPE(vg_notification, VG_CORE_NOTIFICATIONS_MAX,
					 notification_members, compare_notifications),
	[VG_OBJECT_USERS] =
		SHAPE(vg_users_reading, VG_CORE_USERS_MAX, users_members, compare_users),
	[VG_OBJECT_REGISTER] =
		SHAPE(vg_register_row, VG_CORE_REGISTER_MAX, register_members, compare_rows),
	[VG_OBJECT_REPORT] =
		SHAPE(vg_report_made, VG_CORE_REPORTS_MAX, report_members, compare_reports),
	[VG_OBJECT_OUTAGE] =
		SHAPE(vg_outage_record, VG_CORE_OUTAGES_MAX, outage_members, compare_outages),
	[VG_OBJECT_WINDOW] = SHAPE(vg_window, VG_CORE_WINDOWS_MAX, window_members, compare_windows),
	[VG_OBJECT_AGENT] = SHAPE(vg_agent, VG_CORE_AGENTS_MAX, agent_members, compare_agents),
	[VG_OBJECT_SIGNAL] = SHAPE(vg_signal, VG_CORE_SIGNALS_MAX, signal_members, compare_signals),
	[VG_OBJECT_ALARM] =
		WHOLE(vg_alarm, vg_alarm_kept, VG_CORE_ALARMS_MAX, alarm_members, compare_alarms),
	[VG_OBJECT_ALARM_CHANGE] = SHAPE(vg_alarm_change, VG_CORE_CHANGES_MAX, alarm_change_members,
					 compare_alarm_changes),
	[VG_OBJECT_ALARM_SOURCE] = SHAPE(vg_alarm_source, VG_CORE_SOURCES_MAX, alarm_source_members,
					 compare_alarm_sources),
	[VG_OBJECT_RESOURCE] =
		SHAPE(vg_resource, VG_CORE_RESOURCES_MAX, resource_members, compare_resources),
	[VG_OBJECT_PROPOSAL] =
		SHAPE(vg_proposal, VG_CORE_PROPOSALS_MAX, proposal_members, compare_proposals),
	[VG_OBJECT_ACT] = SHAPE(vg_act, VG_CORE_ACTS_MAX, act_members, compare_acts),
	[VG_OBJECT_OPENING_TICKET] = SHAPE(vg_opening_ticket, VG_CORE_OPENING_MAX,
					   opening_ticket_members, compare_opening_tickets),
	[VG_OBJECT_OBJECTION] =
		SHAPE(vg_objection, VG_CORE_OBJECTIONS_MAX, objection_members, compare_objections),
	[VG_OBJECT_COMMENT] =
		SHAPE(vg_comment, VG_CORE_COMMENTS_MAX, comment_members, compare_comments),
	[VG_OBJECT_STATEMENT] =
		SHAPE(vg_statement, VG_CORE_STATEMENTS_MAX, statement_members, compare_statements),
	[VG_OBJECT_FEE_LINE] =
		SHAPE(vg_fee_line, VG_CORE_FEE_LINES_MAX, fee_line_members, compare_fee_lines),
	[VG_OBJECT_FEE_YEAR] =
		SHAPE(vg_fee_year, VG_CORE_FEE_YEARS_MAX, fee_year_members, compare_fee_years),
	[VG_OBJECT_DISTURBANCE] = SHAPE(vg_disturbance, VG_CORE_DISTURBANCES_MAX,
					disturbance_members, compare_disturbances),
	[VG_OBJECT_DISTURBANCE_MESSAGE] = SHAPE(
		vg_disturbance_message, VG_CORE_DISTURBANCES_MAX *(VG_DISTURBANCE_MESSAGES_MAX + 1),
		disturbance_message_members, compare_disturbance_messages),
	[VG_OBJECT_FEEDBACK] =
		SHAPE(vg_feedback, VG_CORE_FEEDBACK_MAX, feedback_members, compare_feedback),
	[VG_OBJECT_ACCESS] = SHAPE(vg_access, VG_CORE_ACCESS_MAX, access_members, compare_accesses),
};
