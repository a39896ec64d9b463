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
#define BOOL(type, name)  { offsetof(struct type, name), VG_MEMBER_BOOL }
#define SHAPE(type, max, members, compare)                                                         \
	{ sizeof(struct type), offsetof(struct type, changed_seq), max, members,                   \
	  sizeof(members) / sizeof(members[0]), compare }
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
	TEXT(vg_quarantined, import),	    BOOL(vg_quarantined, retaken),
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
	TEXT(vg_users_reading, rule),
};
static const struct vg_member register_members[] = {
	INT64(vg_register_row, seq),	       INT64(vg_register_row, changed_seq),
	INT64(vg_register_row, valid_from_ms), INT64(vg_register_row, valid_to_ms),
	TEXT(vg_register_row, name),	       TEXT(vg_register_row, key),
	TEXT(vg_register_row, municipality),   TEXT(vg_register_row, value),
};
static const struct vg_member report_members[] = {
	INT64(vg_report_made, seq),	  INT64(vg_report_made, changed_seq),
	INT64(vg_report_made, as_of_seq), INT(vg_report_made, month),
	TEXT(vg_report_made, head),	  TEXT(vg_report_made, model_sha256),
	TEXT(vg_report_made, actor),
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
};
