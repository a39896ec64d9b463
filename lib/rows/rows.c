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
 * jsonb; municipalities, services and channels text[], empty = all
 * (sources, alarms and holds: a list); open, resolved, voided and
 * other yes/no boolean. municipality null = none (kpi_cell: null = all, "" = tickets without;
 * availability: null = the region); channel null = all together. Of kpi_cell, value is an integer
 * in `unit`: count, ppm or ms. */
const struct vg_table_info vg_table_info[VG_TABLE_COUNT] = {
	[VG_TABLE_TICKET] =
		{"read", "ticket",
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
		 "service_window,alarm,major_incident,problem,"
		 "test,patient_safety,security_breach,on_behalf,"
		 "source_status,source_priority,source_sla_met,title_digest",
		 "ticket_id"},
	[VG_TABLE_TICKET_REF] = {"read", "ticket_ref", "ticket_id,municipality,source,ref",
				 "ticket_id"},
	[VG_TABLE_TRANSITION] = {"read", "transition",
				 "ticket_id,municipality,seq,position,occurred_at,source,source_"
				 "order,event_id,actor,"
				 "import_id,voided,fields",
				 "ticket_id"},
	[VG_TABLE_CLOCK] = {"read", "clock",
			    "ticket_id,municipality,clock,sla,start_at,end_at,elapsed_ms,target_ms,"
			    "due_at,remaining_ms,"
			    "breached_as",
			    "ticket_id"},
	[VG_TABLE_IMPORT] = {"read", "import",
			     "import_id,seq,changed_seq,source,file,file_sha256,mapping_sha256,"
			     "actor,rows,taken,"
			     "quarantined,malformed,finished,revoked",
			     "seq"},
	[VG_TABLE_QUARANTINE] =
		{"read", "quarantine",
		 "seq,changed_seq,municipality,occurred_at,source,mapping,reason,field,"
		 "value,payload,event_id,import_id,retaken",
		 "seq"},
	[VG_TABLE_NOTIFICATION] =
		{"read", "notification",
		 "notification_id,changed_seq,ticket_id,signal_id,municipality,made_at,"
		 "duty,channel,address,state,"
		 "attempts,repeats,next_at,delivered_at,error",
		 "notification_id"},
	[VG_TABLE_USERS] = {"read", "users",
			    "seq,changed_seq,municipality,day,users,private_users,rule,approver",
			    "seq"},
	[VG_TABLE_REGISTER] = {"read", "register",
			       "seq,changed_seq,name,key,municipality,valid_from,valid_to,value",
			       "seq"},
	[VG_TABLE_REPORT] = {"read", "report",
			     "seq,changed_seq,month,as_of_seq,head,model_sha256,actor", "seq"},
	[VG_TABLE_AGREEMENT] = {"read", "agreement",
				"seq,name,version,zone,tzdata,valid_from,valid_to,slot_ms,confirm_"
				"slots,join_gap_s,degraded_ppm,coverage_ppm,window_notice_days,"
				"unknown_policy,external_policy,alarm_transient_ms,"
				"major_municipalities,major_window_ms,alarm_tickets",
				"seq"},
	[VG_TABLE_KPI_CELL] = {"read", "kpi_cell",
			       "month,municipality,service,priority,line,kpi,unit,num,den,value,"
			       "target_ppm,left_out,verdict,"
			       "rolling_num,rolling_den,rule,rule_rev,as_of_seq",
			       "month"},
	[VG_TABLE_AGENT] = {"read", "agent",
			    "source,changed_seq,boot_id,batch,received_at,samples,late,ahead,"
			    "dropped,offset_ms",
			    "source"},
	[VG_TABLE_PROBE_DAY] = {"read", "probe_day",
				"probe_day,changed_seq,source,probe,import_id,day,sealed,samples",
				"probe_day"},
	[VG_TABLE_RUN] = {"read", "run", "probe_day,first_at,last_at,samples,state", "probe_day"},
	[VG_TABLE_OUTAGE] = {"read", "outage",
			     "outage_id,changed_seq,effect,service,channel,municipalities,from_at,"
			     "to_at,cause,reason,source,probe,author,approved_by,withdrawn",
			     "outage_id"},
	[VG_TABLE_SERVICE_WINDOW] =
		{"read", "service_window",
		 "window_id,series,n,changed_seq,name,services,channels,municipalities,from_at,"
		 "to_at,category,planned_at,announced_at,agreed_by,rrule,uid,reason,author,"
		 "approved_by,started_at,ended_at,withdrawn,withdrawn_by,withdrawn_reason,"
		 "withdrawal_approved_by",
		 "window_id"},
	[VG_TABLE_SIGNAL] = {"read", "signal",
			     "signal_id,changed_seq,kind,service,subject,municipalities,from_at,"
			     "to_at",
			     "signal_id"},
	[VG_TABLE_ALARM] =
		{"read", "alarm",
		 "alarm_id,changed_seq,resource,type,qualifier,stated,sources,service,"
		 "municipalities,severity,worst,category,transient,text,rule,peer,raised_at,"
		 "received_at,last_at,last_seq,cleared_at,notices,changes,operator,actor,reason,"
		 "operator_at,until_at,acked_at,false_alarm,previous,merged_into",
		 "alarm_id"},
	[VG_TABLE_ALARM_CHANGE] = {"read", "alarm_change",
				   "change_id,changed_seq,alarm_id,at,received_at,severity,"
				   "operator,actor,text,until_at",
				   "change_id"},
	[VG_TABLE_ALARM_SOURCE] = {"read", "alarm_source",
				   "source,changed_seq,received_at,notices,events,silent",
				   "source"},
	[VG_TABLE_RESOURCE] = {"read", "resource",
			       "name,changed_seq,seq,resource,service,municipalities,parent,"
			       "author,removed",
			       "name"},
	[VG_TABLE_PROPOSAL] = {"read", "proposal",
			       "proposal_id,changed_seq,kind,service,municipalities,alarms,"
			       "alarm_count,from_at,to_at,state,actor,reason,decided_at,made",
			       "proposal_id"},
	[VG_TABLE_AVAILABILITY] =
		{"read", "availability",
		 "month,municipality,service,channel,from_at,to_at,verdict,running,target_ppm,"
		 "users,user_seconds,budget_month_s,budget_earned_s,period_s,outside_s,excluded_s,"
		 "base_s,up_s,external_s,degraded_s,down_s,unknown_s,rewritten_s,flapping_s,"
		 "provisional_s,emergency_s,num,den,low_num,low_den,outages,ended,restore_s,"
		 "longest_s,zabbix_num,zabbix_den,icinga_num,icinga_den,checkmk_num,checkmk_den,"
		 "unweighted_num,unweighted_den,as_of_seq",
		 "month"},
	[VG_TABLE_STATE] = {"read", "state",
			    "month,municipality,service,channel,from_at,to_at,state,cause,record,"
			    "root,rewritten,flapping,provisional,pending",
			    "month"},
	[VG_TABLE_OUTAGE_SEEN] = {"read", "outage_seen",
				  "month,municipality,service,channel,from_at,to_at,counted_s,"
				  "running,provisional,cause,record,root",
				  "month"},
	[VG_TABLE_AGREED_TIME] = {"read", "agreed_time", "month,municipality,service,from_at,to_at",
				  "month"},
	[VG_TABLE_COMMENT] = {"read", "comment",
			      "comment_id,changed_seq,month,municipality,kpi,service,cause,action,"
			      "owner,author,due_day,made_at",
			      "comment_id"},
	[VG_TABLE_FEE_DECISION] =
		{"fee", "decision",
		 "ticket_id,municipality,month,counts,reason,at,price_ore,cause_blank,counts_by_"
		 "links,bypassed_first_line,act_id,agreement_seq,changed_seq",
		 "ticket_id"},
	[VG_TABLE_FEE_ACT] =
		{"fee", "act",
		 "act_id,changed_seq,kind,state,author,decided_by,proposed_at,decided_at,reason,"
		 "decided_reason,series,document,decided_day,municipalities,year,month,rate_ppb,"
		 "amount_ore,operation_ore,ticket_id,outcome,objection_id",
		 "act_id"},
	[VG_TABLE_FEE_OPENING] =
		{"fee", "opening_ticket",
		 "opening_ticket,act_id,changed_seq,source,ref,municipality,month,price_ore",
		 "opening_ticket"},
	[VG_TABLE_FEE_OBJECTION] =
		{"fee", "objection",
		 "objection_id,changed_seq,municipality,month,ticket_id,line_id,reason,author,"
		 "raised_at,state,answer,decided_by,decided_at,act_id",
		 "objection_id"},
	[VG_TABLE_FEE_STATEMENT] =
		{"fee", "statement",
		 "statement,statement_id,changed_seq,as_of_seq,municipality,month,state,trial,"
		 "holds,mode,agreement_seq,users,reading_seq,ticket_price_ore,support_price_ore,"
		 "operation_price_ore,counted,not_counted,corrected,gross_ore,adjusted_ore,capped_"
		 "ore,support_ore,operation_ore,vat_ore,rounding_ore,total_ore,blank_count,blank_"
		 "ore,by_links_ore,author,approved_by,closed_at,published_at,model_sha256,previous_"
		 "sha256,invoice,invoice_day",
		 "statement"},
	[VG_TABLE_FEE_LINE] = {"fee", "line",
			       "line_id,changed_seq,statement_id,no,kind,municipality,ticket_id,"
			       "month,amount_ore,reason,reason_before,corrects,act_id,cause_blank,"
			       "counts_by_links,bypassed_first_line",
			       "line_id"},
	[VG_TABLE_FEE_YEAR] = {"fee", "year",
			       "year_id,changed_seq,statement_id,municipality,year,gross_ore,cap_"
			       "ore,per_ticket_capped_ore,flat_per_user_ore,per_ticket_uncapped_"
			       "ore,operation_ore,billed_ore,operation_billed_ore",
			       "year_id"},
	[VG_TABLE_DISTURBANCE] =
		{"read", "disturbance",
		 "disturbance_id,changed_seq,state,kind,services,municipalities,title,text,advice,"
		 "title_en,text_en,advice_en,started_at,next_update_at,ended_at,outage_id,author,"
		 "created_at,published_at,updated_at,closed_at,messages",
		 "disturbance_id"},
	[VG_TABLE_DISTURBANCE_MESSAGE] =
		{"read", "disturbance_message",
		 "seq,changed_seq,disturbance_id,n,at,services,municipalities,title,text,advice,"
		 "title_en,text_en,advice_en,next_update_at,closing,author",
		 "seq"},
	[VG_TABLE_FEEDBACK] = {"read", "feedback",
			       "feedback_id,changed_seq,text_digest,contact,received_at,"
			       "answered_at,answer,answered_by",
			       "feedback_id"},
};

/* One step: the objects of the first sequences, or one more month of the last one's. */
struct step {
	struct vg_rows_writer writer;
	bool again;	/* a further one */
	int month;	/* then the month that it is about */
	bool has_month; /* one is written */
};

/* Whether the month is this step's; of the others the lowest that was not written yet is next. */
static bool
takes_month(struct step *step, int month)
{
	struct vg_rows *rows = step->writer.rows;

	if (step->again ? month == step->month : !step->has_month) {
		step->has_month = true;
		return true;
	}
	if ((!step->again || month > step->month) && (!rows->unfinished || month < rows->month)) {
		rows->unfinished = true;
		rows->month = month;
	}
	return false;
}

/* A batch is cut only between sequences, since to_seq promises all objects up to it. */
static bool
collect(const struct vg_object *object, void *arg)
{
	struct step *step = arg;
	struct vg_rows_writer *writer = &step->writer;
	struct vg_rows *rows = writer->rows;
	bool is_month = object->type == VG_OBJECT_AVAILABILITY;

	if (writer->bytes >= writer->bytes_max && object->changed_seq > rows->to_seq) {
		rows->more = true;
		return false;
	}
	if (is_month ? !takes_month(step, object->of.month) : step->again)
		return true;
	vg_rows_object(writer, object);
	if (is_month)
		writer->bytes = writer->bytes_max;
	rows->to_seq = object->changed_seq;
	rows->objects++;
	return writer->rc == 0;
}

static int
run_step(struct step *step, int64_t after_seq)
{
	struct vg_rows_writer *writer = &step->writer;
	struct vg_rows *rows = writer->rows;

	writer->eval_ms = rows->eval_ms;
	rows->unfinished = rows->more = false;
	if ((writer->scratch = malloc(VG_ROWS_SCRATCH)) == NULL)
		writer->rc = VG_ENOMEM;
	else
		vg_core_changed_since(writer->core, after_seq, collect, step);
	free(writer->scratch);
	if (writer->rc != 0)
		vg_rows_free(rows);
	else if (!rows->more && !rows->unfinished)
		rows->to_seq = vg_core_seq(writer->core);
	return writer->rc;
}

int
vg_rows_begin(const struct vg_core *core, int64_t after_seq, int64_t eval_ms, size_t max_bytes,
	      struct vg_rows *out)
{
	struct step step = {.writer = {.rows = out, .core = core, .bytes_max = max_bytes}};

	*out = (struct vg_rows){.from_seq = after_seq, .to_seq = after_seq, .eval_ms = eval_ms};
	return run_step(&step, after_seq);
}

int
vg_rows_go_on(const struct vg_core *core, struct vg_rows *rows)
{
	struct step step = {
		.writer = {.rows = rows, .core = core}, .again = true, .month = rows->month};

	return run_step(&step, rows->to_seq - 1);
}

int
vg_rows_collect(const struct vg_core *core, int64_t after_seq, int64_t eval_ms, size_t max_bytes,
		struct vg_rows *out)
{
	int rc = vg_rows_begin(core, after_seq, eval_ms, max_bytes, out);

	while (rc == 0 && out->unfinished)
		rc = vg_rows_go_on(core, out);
	return rc;
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
