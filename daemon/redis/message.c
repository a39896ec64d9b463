/* message.c - objects of the core as messages.
 *
 * The hard thing is what to leave out: a ticket's own texts and its references in other tools may
 * tell of persons, so its message is built from counted words and codes alone. */
#include "daemon/redis/message.h"

#include "core/disturbance.h"
#include "daemon/api/fee.h"
#include "daemon/api/judge.h"

#include <inttypes.h>
#include <stdio.h>

/* Adds what every message has; `object` is stolen. */
static char *
finish(json_t *object, const char *kind, const struct vg_redis_now *now)
{
	json_t *common =
		json_pack("{s:s, s:I, s:o}", "kind", kind, "seq",
			  (json_int_t)vg_core_seq(now->core), "asof", vg_json_time(now->at_ms));
	char *text = NULL;

	if (object != NULL && json_object_update_missing(common, object) == 0)
		text = json_dumps(common, JSON_COMPACT);
	json_decref(common);
	json_decref(object);
	return text;
}

char *
vg_redis_cell_text(const struct vg_redis_now *now, const struct vg_cell *cell)
{
	return finish(vg_json_cell(cell), "state", now);
}

char *
vg_redis_ticket_text(const struct vg_redis_now *now, const struct vg_ticket *ticket)
{
	struct vg_ticket_view view;
	char id[32];

	vg_ticket_view(now->core, ticket, now->at_ms, &view, NULL, NULL);
	(void)snprintf(id, sizeof(id), "V-%" PRId64, view.id);
	return finish(json_pack("{s:s, s:s?, s:s?, s:s, s:s, s:s, s:b, s:i, s:s, s:o, s:o, s:o, "
				"s:I}",
				"id", id, "municipality", view.text[VG_TF_MUNICIPALITY], "service",
				view.text[VG_TF_SERVICE], "priority", view.priority, "status",
				vg_word(VG_TF_STATUS, view.status), "pending_reason",
				vg_word(VG_TF_REASON, view.reason), "open", view.open, "line",
				view.line, "sla", vg_sla_name(view.resolution.sla), "due",
				vg_json_time(view.resolution.due_ms), "created",
				vg_json_time(view.created_ms), "resolved",
				vg_json_time(view.resolved ? view.resolved_ms : -1), "changed_seq",
				(json_int_t)vg_ticket_changed_seq(ticket)),
		      "ticket", now);
}

char *
vg_redis_disturbance_text(const struct vg_redis_now *now, const struct vg_disturbance *disturbance)
{
	return finish(
		json_pack("{s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:I}", "id",
			  vg_json_named('S', disturbance->id), "type",
			  vg_disturbance_words[disturbance->kind], "state",
			  vg_disturbance_state_name((enum vg_disturbance_state)disturbance->state),
			  "services", vg_judge_ids(disturbance->services), "municipalities",
			  vg_judge_ids(disturbance->municipalities), "started",
			  vg_json_time(disturbance->started_ms), "next_update",
			  vg_json_time(disturbance->next_update_ms), "ended",
			  vg_json_time(disturbance->ended_ms), "outage",
			  vg_json_named('O', disturbance->outage), "changed_seq",
			  (json_int_t)disturbance->changed_seq),
		"disturbance", now);
}

char *
vg_redis_full_text(const struct vg_redis_now *now, size_t cells, size_t left_out)
{
	return finish(json_pack("{s:I, s:I}", "cells", (json_int_t)cells, "left_out",
				(json_int_t)left_out),
		      "full", now);
}

char *
vg_redis_left_out_text(const struct vg_redis_now *now, int64_t tickets)
{
	return finish(json_pack("{s:I}", "tickets", (json_int_t)tickets), "left_out", now);
}
