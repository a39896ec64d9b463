/* The functions behind the table in commands.c: each runs one command and returns its exit code. */
#ifndef VG_COMMANDS_H
#define VG_COMMANDS_H

#include "cli/cli.h"

int vg_run_status(struct vg_cli *cli);
int vg_run_doctor(struct vg_cli *cli);
int vg_run_init(struct vg_cli *cli);
int vg_run_account(struct vg_cli *cli);

int vg_run_ticket_list(struct vg_cli *cli);
int vg_run_ticket_show(struct vg_cli *cli);
int vg_run_ticket_explain(struct vg_cli *cli);
int vg_run_ticket_create(struct vg_cli *cli);
int vg_run_ticket_escalate(struct vg_cli *cli);
int vg_run_ticket_ack(struct vg_cli *cli);
int vg_run_ticket_correct(struct vg_cli *cli);
int vg_run_notification_list(struct vg_cli *cli);

int vg_run_import(struct vg_cli *cli);
int vg_run_import_list(struct vg_cli *cli);
int vg_run_import_revoke(struct vg_cli *cli);
int vg_run_quarantine_list(struct vg_cli *cli);
int vg_run_quarantine_retake(struct vg_cli *cli);

int vg_run_agreement_list(struct vg_cli *cli);
int vg_run_agreement_check(struct vg_cli *cli);
int vg_run_agreement_plan(struct vg_cli *cli);
int vg_run_agreement_apply(struct vg_cli *cli);
int vg_run_register_users(struct vg_cli *cli);
int vg_run_register_contacts(struct vg_cli *cli);
int vg_run_register_aliases(struct vg_cli *cli);

int vg_run_availability(struct vg_cli *cli);
int vg_run_agent_list(struct vg_cli *cli);

int vg_run_outage_list(struct vg_cli *cli);
int vg_run_outage_show(struct vg_cli *cli);
int vg_run_outage_record(struct vg_cli *cli);
int vg_run_outage_confirm(struct vg_cli *cli);
int vg_run_outage_correct(struct vg_cli *cli);
int vg_run_outage_refute(struct vg_cli *cli);
int vg_run_outage_approve(struct vg_cli *cli);
int vg_run_outage_withdraw(struct vg_cli *cli);

int vg_run_window_list(struct vg_cli *cli);
int vg_run_window_plan(struct vg_cli *cli);
int vg_run_window_approve(struct vg_cli *cli);
int vg_run_window_start(struct vg_cli *cli);
int vg_run_window_end(struct vg_cli *cli);
int vg_run_window_withdraw(struct vg_cli *cli);
int vg_run_window_import(struct vg_cli *cli);
int vg_run_window_export(struct vg_cli *cli);

int vg_run_alarm_list(struct vg_cli *cli);
int vg_run_alarm_show(struct vg_cli *cli);
int vg_run_alarm_history(struct vg_cli *cli);
int vg_run_alarm_tail(struct vg_cli *cli);
int vg_run_alarm_ack(struct vg_cli *cli);
int vg_run_alarm_shelve(struct vg_cli *cli);
int vg_run_alarm_unshelve(struct vg_cli *cli);
int vg_run_alarm_close(struct vg_cli *cli);
int vg_run_alarm_ticket(struct vg_cli *cli);
int vg_run_alarm_effect(struct vg_cli *cli);
int vg_run_alarm_sources(struct vg_cli *cli);
int vg_run_alarm_mibs(struct vg_cli *cli);
int vg_run_alarm_rules_list(struct vg_cli *cli);
int vg_run_alarm_rules_test(struct vg_cli *cli);

int vg_run_resource_list(struct vg_cli *cli);
int vg_run_resource_unmapped(struct vg_cli *cli);
int vg_run_resource_set(struct vg_cli *cli);
int vg_run_resource_import(struct vg_cli *cli);
int vg_run_resource_remove(struct vg_cli *cli);

int vg_run_proposal_list(struct vg_cli *cli);
int vg_run_proposal_show(struct vg_cli *cli);
int vg_run_proposal_accept(struct vg_cli *cli);
int vg_run_proposal_refuse(struct vg_cli *cli);

int vg_run_act_list(struct vg_cli *cli);
int vg_run_act_show(struct vg_cli *cli);
int vg_run_act_approve(struct vg_cli *cli);
int vg_run_act_reject(struct vg_cli *cli);
int vg_run_rate_propose(struct vg_cli *cli);
int vg_run_cost_propose(struct vg_cli *cli);
int vg_run_override_propose(struct vg_cli *cli);
int vg_run_opening_propose(struct vg_cli *cli);
int vg_run_objection_list(struct vg_cli *cli);
int vg_run_objection_raise(struct vg_cli *cli);
int vg_run_objection_accept(struct vg_cli *cli);
int vg_run_objection_reject(struct vg_cli *cli);
int vg_run_finance_export(struct vg_cli *cli);
int vg_run_invoice_record(struct vg_cli *cli);
int vg_run_municipality_check(struct vg_cli *cli);
int vg_run_comment_list(struct vg_cli *cli);
int vg_run_comment_make(struct vg_cli *cli);
int vg_run_disturbance_list(struct vg_cli *cli);
int vg_run_disturbance_show(struct vg_cli *cli);
int vg_run_disturbance_draft(struct vg_cli *cli);
int vg_run_disturbance_publish(struct vg_cli *cli);
int vg_run_disturbance_close(struct vg_cli *cli);
int vg_run_feedback_list(struct vg_cli *cli);
int vg_run_feedback_answer(struct vg_cli *cli);

int vg_run_kpi(struct vg_cli *cli);
int vg_run_profile(struct vg_cli *cli);
int vg_run_report(struct vg_cli *cli);
int vg_run_verify(struct vg_cli *cli);
int vg_run_rebuild(struct vg_cli *cli);
int vg_run_retention(struct vg_cli *cli);
int vg_run_demo_outage(struct vg_cli *cli);
int vg_run_demo_alarm(struct vg_cli *cli);
int vg_run_whatif(struct vg_cli *cli);
int vg_run_close(struct vg_cli *cli);
int vg_run_statement(struct vg_cli *cli);
int vg_run_publish(struct vg_cli *cli);
int vg_run_monthly(struct vg_cli *cli);
int vg_run_eval(struct vg_cli *cli);

#endif
