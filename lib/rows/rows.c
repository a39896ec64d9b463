/* rows.c - what the read model holds of each object of the core.
 *
 * The table of columns below is the one place where the read model's shape is said: sql/ creates
 * its tables after it, and the row writers follow it in order. The hard thing is that a batch must
 * be complete up to a sequence: an object is written whole or not at all, and all objects of one
 * sequence go together (architecture 3.6). */
#include "lib/rows/rows.h"

#include "lib/rows/rows_private.h"

#include <stdlib.h>

/* Types, as sql/ declares them: *_id, seq, *_seq, *_ms and counts are bigint; *_at, valid_*
 * timestamptz ("infinity" = no end); day and month date (month: its first day); line and the like
 * smallint, null = unknown; sla, status and other words text; faults text[]; fields and value
 * jsonb; open, resolved, voided and other yes/no boolean. municipality null = none (kpi_cell: null
 * = all, "" = tickets without). Of kpi_cell, value is an integer in `unit`: count, ppm or ms. */
const struct vg_table_info vg_table_info[VG_TABLE_COUNT] = {
	[VG_TABLE_TICKET] =
		{"ticket",
		 "ticket_id,changed_seq,municipality,municipality_ref,status,pending_reason,open,"
		 "resolved,"
		 "created_at,received_at,second_line_at,acknowledged_at,first_resolved_at,resolved_"
		 "at,last_at,"
		 "type,channel,requester_class,service,access_channel,administration,provider,"
		 "support_group,"
		 "priority,sla_class,line,first_line,highest_line,resolving_line,first_line_only,"
		 "escalations,deescalations,handovers,reopens,"
		 "sla,elapsed_ms,target_ms,due_at,remaining_ms,breached_as,"
		 "side_first_line_ms,side_second_line_ms,side_supplier_ms,side_waiting_requester_"
		 "ms,"
		 "side_waiting_municipality_ms,side_scheduled_ms,side_resolved_ms,"
		 "faults,agreement_name,agreement_version,agreement_seq,"
		 "cause_party,resolution_code,parent,duplicate_of,split_from,reopen_of,outage,"
		 "problem,"
		 "test,patient_safety,security_breach,on_behalf,"
		 "source_status,source_priority,source_sla_met,title_digest",
		 "ticket_id"},
	[VG_TABLE_TICKET_REF] = {"ticket_ref", "ticket_id,municipality,source,ref", "ticket_id"},
	[VG_TABLE_TRANSITION] = {"transition",
				 "ticket_id,municipality,seq,position,occurred_at,source,source_"
				 "order,event_id,actor,"
				 "import_id,voided,fields",
				 "ticket_id"},
	[VG_TABLE_CLOCK] = {"clock",
			    "ticket_id,municipality,clock,sla,start_at,end_at,elapsed_ms,target_ms,"
			    "due_at,remaining_ms,"
			    "breached_as",
			    "ticket_id"},
	[VG_TABLE_IMPORT] = {"import",
			     "import_id,seq,changed_seq,source,file,file_sha256,mapping_sha256,"
			     "actor,rows,taken,"
			     "quarantined,malformed,finished,revoked",
			     "seq"},
	[VG_TABLE_QUARANTINE] = {"quarantine",
				 "seq,changed_seq,occurred_at,source,mapping,reason,field,value,"
				 "payload,event_id,import_id,"
				 "retaken",
				 "seq"},
	[VG_TABLE_NOTIFICATION] = {"notification",
				   "notification_id,changed_seq,ticket_id,municipality,made_at,"
				   "duty,channel,address,state,"
				   "attempts,repeats,next_at,delivered_at,error",
				   "notification_id"},
	[VG_TABLE_USERS] = {"users", "seq,changed_seq,municipality,day,users,private_users,rule",
			    "seq"},
	[VG_TABLE_REGISTER] = {"register",
			       "seq,changed_seq,name,key,municipality,valid_from,valid_to,value",
			       "seq"},
	[VG_TABLE_REPORT] = {"report", "seq,changed_seq,month,as_of_seq,head,model_sha256,actor",
			     "seq"},
	[VG_TABLE_AGREEMENT] = {"agreement", "seq,name,version,zone,tzdata,valid_from,valid_to",
				"seq"},
	[VG_TABLE_KPI_CELL] = {"kpi_cell",
			       "month,municipality,service,priority,line,kpi,unit,num,den,value,"
			       "target_ppm,left_out,verdict,"
			       "rolling_num,rolling_den,rule,rule_rev,as_of_seq",
			       "month"},
};

/* A batch is cut only between sequences, since to_seq promises all objects up to it. */
static bool
collect(const struct vg_object *object, void *arg)
{
	struct vg_rows_writer *writer = arg;
	struct vg_rows *rows = writer->rows;

	if (writer->bytes >= writer->bytes_max && object->changed_seq > rows->to_seq) {
		rows->more = true;
		return false;
	}
	vg_rows_object(writer, object);
	rows->to_seq = object->changed_seq;
	rows->objects++;
	return writer->rc == 0;
}

int
vg_rows_collect(const struct vg_core *core, int64_t after_seq, int64_t eval_ms, size_t max_bytes,
		struct vg_rows *out)
{
	struct vg_rows_writer writer = {
		.rows = out,
		.core = core,
		.eval_ms = eval_ms,
		.bytes_max = max_bytes,
	};

	*out = (struct vg_rows){.from_seq = after_seq, .to_seq = after_seq};
	if ((writer.scratch = malloc(VG_ROWS_SCRATCH)) == NULL)
		return VG_ENOMEM;
	vg_core_changed_since(core, after_seq, collect, &writer);
	free(writer.scratch);
	if (writer.rc != 0)
		vg_rows_free(out);
	else if (!out->more)
		out->to_seq = vg_core_seq(core);
	return writer.rc;
}

void
vg_rows_free(struct vg_rows *rows)
{
	for (int table = 0; table < VG_TABLE_COUNT; table++) {
		free(rows->table[table].copy);
		free(rows->table[table].keys);
	}
	*rows = (struct vg_rows){.objects = 0};
}
