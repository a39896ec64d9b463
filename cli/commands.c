/* commands.c - the one table of commands. Help, completion and the manual follow it. */
#include "cli/commands.h"

const struct vg_option vg_common_options[] = {
	{"json", NULL, "print JSON for programs"},
	{"socket", "PATH", "the daemon's Unix socket (VINGA_SOCKET)"},
	{"url", "URL", "the daemon over TCP instead (default http://127.0.0.1:8620)"},
	{"token-file", "FILE", "bearer token for --url (VINGA_TOKEN_FILE)"},
	{"database", "CONNINFO", "PostgreSQL for reading, as libpq takes it (VINGA_DATABASE)"},
	{"help", NULL, "what this command does"},
	{NULL, NULL, NULL},
};

#define END	     NULL, NULL, NULL
#define AS_OF	     "as-of", "SEQ|DATE", "as known at a ledger row, at a day's end, or at an instant"
#define REASON	     "reason", "TEXT", "why; it stands in the ledger"
#define MAPPING	     "mapping", "FILE", "the mapping of the source"
#define AGREEMENT    "agreement", "DIR", "an agreement directory instead of the daemon's agreement"
#define MUNICIPALITY "municipality", "CODE", "SCB code, such as 1489"
#define LIMIT	     "limit", "N", "at most so many rows"
#define CURSOR	     "cursor", "N", "go on after `next` of the page before"

static const struct vg_option status_options[] = {
	{"wait", NULL, "wait until PostgreSQL holds all that is durable"}, {END}};
static const struct vg_option list_options[] = {
	{MUNICIPALITY},
	{"status", "WORD", "new, in_progress, pending, ..."},
	{"open", NULL, "not yet resolved"},
	{"over", NULL, "over their target"},
	{"source", "NAME", "known to this source"},
	{"ref", "REF", "with this reference"},
	{LIMIT},
	{CURSOR},
	{END}};
#define LINE	 "line", "1|2|3", "support line"
#define GROUP	 "group", "NAME", "group that has it"
#define PRIORITY "priority", "P1..P4", "stated priority"
#define IMPACT	 "impact", "1..4", "impact, for the priority matrix"
#define URGENCY	 "urgency", "1..4", "urgency, for the priority matrix"
#define SERVICE	 "service", "ID", "service of the agreement"
#define TYPE	 "type", "WORD", "incident, service_request, ..."
static const struct vg_option create_options[] = {
	{MUNICIPALITY},
	{LINE},
	{GROUP},
	{PRIORITY},
	{IMPACT},
	{URGENCY},
	{SERVICE},
	{TYPE},
	{"channel", "WORD", "how it came in: phone (default), mail, form, api"},
	{"received-at", "TIME", "when the caller called, such as 2026-11-20T08:30:00+01:00"},
	{"on-behalf", NULL, "registered by VGR for the municipality"},
	{"first-line-called", NULL, "it was the municipality's first line that called"},
	{"own-ref", "REF", "the municipality's own reference"},
	{"provider", "NAME", "private provider"},
	{"administration", "NAME", "the municipality's administration"},
	{"status", "WORD", "new when not given"},
	{"ref", "REF", "your reference; one is made when not given"},
	{"title", "TEXT", "short text; masked, kept beside the ledger for 12 months"},
	{END}};
static const struct vg_option escalate_options[] = {
	{"note", "TEXT", "passed on to those on duty, masked, and forgotten once delivered"},
	{LINE},
	{GROUP},
	{PRIORITY},
	{IMPACT},
	{URGENCY},
	{SERVICE},
	{TYPE},
	{END}};
static const struct vg_option correct_options[] = {
	{REASON},
	{"voids", "SEQ", "ledger row of the fact that is taken out"},
	{"set", "FIELD=VALUE", "what holds instead; any number of times"},
	{"at", "TIME", "from when; now when not given"},
	{END}};
static const struct vg_option import_options[] = {
	{MAPPING},
	{"dry-run", NULL,
	 "send nothing; show shares and the values that the mapping does not know"},
	{AGREEMENT},
	{END}};
static const struct vg_option reason_options[] = {{REASON}, {END}};
static const struct vg_option quarantine_options[] = {
	{"all", NULL, "also rows that have been taken in since"}, {LIMIT}, {CURSOR}, {END}};
static const struct vg_option retake_options[] = {{MAPPING}, {AGREEMENT}, {END}};
static const struct vg_option register_options[] = {
	{"delimiter", "CHAR", "between fields (default ;)"}, {END}};
static const struct vg_option kpi_options[] = {
	{MUNICIPALITY},
	{"service", "ID", "this service only"},
	{"priority", "NAME", "this priority only"},
	{"line", "N", "tickets whose highest line is this"},
	{"by", "DIM,...", "split by municipality, service, priority, line"},
	{"evidence", NULL, "the tickets behind the figures"},
	{"kpi", "NAME", "evidence of this figure only"},
	{AS_OF},
	{END}};
static const struct vg_option account_options[] = {
	{"role", "ROLE", "what it may (docs/people.md); any number of times"},
	{MUNICIPALITY},
	{"one-time", NULL, "the password is good for one sign-in"},
	{"break-glass", NULL, "for the day when nothing else lets anybody in"},
	{END}};
static const struct vg_option profile_options[] = {
	{AS_OF},
	{MAPPING},
	{AGREEMENT},
	{"tickets", NULL, "one line for each ticket, as CSV"},
	{END}};
#define CHANNEL "channel", "ID", "access channel of the agreement, such as published_app"
#define MONTH	"month", "YYYY-MM", "another month than the running one"
#define FROM	"from", "TIME", "since when, such as 2026-11-20T10:00; local time without offset"
#define TO	"to", "TIME", "until when"
#define CAUSE	"cause", "WORD", "unknown, vgr, supplier, municipality, third_party, force_majeure"
#define PLAN	"plan", NULL, "show what it would change, and send nothing"
static const struct vg_option availability_options[] = {
	{SERVICE},
	{CHANNEL},
	{MUNICIPALITY},
	{"days", NULL, "a row for each day"},
	{"outages", NULL, "number of outages, longest, MTRS, MTBF, MTBSI, user minutes lost"},
	{"compare", NULL, "the same seconds by the formulas of Zabbix, Icinga and Checkmk"},
	{"evidence", NULL, "the pieces of time that each figure adds up from"},
	{AS_OF},
	{END}};
static const struct vg_option outage_list_options[] = {
	{MONTH}, {"open", NULL, "those that go on"}, {SERVICE}, {CHANNEL}, {MUNICIPALITY}, {END}};
static const struct vg_option outage_show_options[] = {{MONTH}, {END}};
static const struct vg_option outage_record_options[] = {
	{SERVICE},
	{CHANNEL},
	{"municipality", "CODE", "hit by it; any number of times; all when not given"},
	{FROM},
	{TO},
	{CAUSE},
	{REASON},
	{"degraded", NULL, "it was slow or partly out of use, not down"},
	{PLAN},
	{END}};
static const struct vg_option outage_confirm_options[] = {{CAUSE}, {TO}, {REASON}, {PLAN}, {END}};
static const struct vg_option outage_refute_options[] = {
	{MONTH}, {"probe", "AGENT/PROBE", "what this probe measured is wrong, not what all did"},
	{TO},	 {REASON},
	{PLAN},	 {END}};
static const struct vg_option outage_correct_options[] = {
	{"effect", "WORD", "down, degraded, cause or refute"},
	{CHANNEL},
	{"municipality", "CODE", "hit by it; any number of times"},
	{FROM},
	{TO},
	{"open", NULL, "it goes on, after all"},
	{CAUSE},
	{REASON},
	{PLAN},
	{END}};
static const struct vg_option plan_options[] = {{PLAN}, {END}};
static const struct vg_option withdraw_options[] = {{REASON}, {PLAN}, {END}};
static const struct vg_option window_list_options[] = {{MONTH}, {SERVICE}, {END}};
static const struct vg_option window_plan_options[] = {
	{"name", "TEXT", "what is done; everybody may read it"},
	{"service", "ID", "that is touched; any number of times; all when not given"},
	{"channel", "ID", "that is touched; any number of times; all when not given"},
	{"municipality", "CODE", "that is touched; any number of times; all when not given"},
	{FROM},
	{TO},
	{"rrule", "RULE", "recurs, as FREQ=WEEKLY;COUNT=4 of RFC 5545"},
	{"emergency", NULL, "cannot wait; does not leave the agreed time"},
	{"announced", "TIME", "when it was made known; now when not given"},
	{"agreed-by", "NAME", "who agreed to short notice"},
	{"uid", "TEXT", "its name in a calendar"},
	{REASON},
	{"submit", NULL, "send it; it counts when a second person has approved it"},
	{END}};
static const struct vg_option window_at_options[] = {{"at", "TIME", "when; now when not given"},
						     {END}};
static const struct vg_option window_import_options[] = {
	{"municipality", "CODE", "that is touched; any number of times; all when not given"},
	{"emergency", NULL, "they cannot wait; they do not leave the agreed time"},
	{"submit", NULL, "send them; each counts when a second person has approved it"},
	{END}};
#define SEVERITY                                                                                   \
	"severity", "WORD", "this one and worse: critical, major, minor, warning, indeterminate"
#define RESOURCE     "resource", "NAME", "of this host or resource, by any of its names"
#define ALARM_SOURCE "source", "NAME", "that this source has reported"
#define ALARM_TYPE   "type", "WORD", "of this type, such as link-down"
#define CATEGORY     "category", "WORD", "availability, performance, capacity, security, ..."
static const struct vg_option alarm_list_options[] = {
	{SEVERITY},
	{SERVICE},
	{MUNICIPALITY},
	{RESOURCE},
	{ALARM_TYPE},
	{ALARM_SOURCE},
	{CATEGORY},
	{"text", "TEXT", "with this in its resource, type or text"},
	{"hidden", "WORD", "all, or hidden for this: shelved, closed, window, flapping, parent"},
	{"ended", NULL, "those that have ended, the newest first"},
	{"all", NULL, "active and ended ones, the newest first"},
	{"group", "DIM", "as groups: resource (host), service or municipality"},
	{"within", "TIME", "groups: what was heard of lately, such as 15min or 2h"},
	{LIMIT},
	{CURSOR},
	{END}};
static const struct vg_option alarm_show_options[] = {
	{"evidence", NULL, "with the notices that it was made of, as they stand in the ledger"},
	{"limit", "N", "at most so many notices: the first, and the newest (default 20)"},
	{END}};
static const struct vg_option alarm_tail_options[] = {
	{SEVERITY},
	{SERVICE},
	{MUNICIPALITY},
	{RESOURCE},
	{ALARM_TYPE},
	{ALARM_SOURCE},
	{CATEGORY},
	{"after", "SEQ", "begin with what changed after this ledger row"},
	{"max", "N", "end after so many alarms"},
	{END}};
static const struct vg_option alarm_ack_options[] = {
	{"resource", "NAME", "all shown alarms of this host or resource"},
	{"service", "ID", "all shown alarms of this service"},
	{REASON},
	{END}};
static const struct vg_option alarm_shelve_options[] = {
	{REASON}, {"until", "TIME", "until when; until unshelved when not given"}, {END}};
static const struct vg_option alarm_close_options[] = {
	{REASON}, {"false-alarm", NULL, "there was no fault"}, {END}};
static const struct vg_option alarm_effect_options[] = {
	{FROM}, {TO}, {SERVICE}, {MUNICIPALITY}, {END}};
static const struct vg_option alarm_mibs_options[] = {
	{"output", "FILE", "the file that `oid_names` names; standard output when not given"},
	{END}};
#define RULES "rules", "DIR", "directory of rules instead of those that ship"
static const struct vg_option alarm_rules_list_options[] = {{RULES}, {AGREEMENT}, {END}};
static const struct vg_option alarm_rules_test_options[] = {
	{RULES},
	{AGREEMENT},
	{"oid-names", "FILE", "names that `vinga alarm mibs` compiled, beside those that ship"},
	{"strict", NULL, "fail when a message fits no rule"},
	{END}};
static const struct vg_option resource_list_options[] = {
	{LIMIT}, {"offset", "N", "leave out so many first"}, {END}};
static const struct vg_option limit_options[] = {{LIMIT}, {END}};
static const struct vg_option resource_set_options[] = {
	{"resource", "NAME", "what it is called here, when it has several names"},
	{SERVICE},
	{"municipality", "CODE", "that it serves; any number of times; all when not given"},
	{"parent", "NAME", "resource that it is reached through"},
	{END}};
static const struct vg_option proposal_list_options[] = {
	{"all", NULL, "also those that were decided or lapsed"}, {LIMIT}, {END}};
static const struct vg_option proposal_accept_options[] = {{CAUSE}, {REASON}, {END}};
static const struct vg_option act_list_options[] = {
	{"all", NULL, "also those that were decided"}, {LIMIT}, {CURSOR}, {END}};
#define DECIDED	 "decided", "DATE", "day of the decision that it rests on, such as 2026-12-01"
#define DOCUMENT "document", "REF", "where that decision stands"
static const struct vg_option grounds_options[] = {{DECIDED}, {DOCUMENT}, {REASON}, {END}};
static const struct vg_option opening_options[] = {
	{"municipality", "CODE", "whose opening it is"},
	{"month", "YYYY-MM", "the first month that Vinga bills"},
	{"support", "KRONOR", "support that was billed of that year before it"},
	{"operation", "KRONOR", "operation and maintenance that was billed of it"},
	{REASON},
	{END}};
static const struct vg_option objection_list_options[] = {
	{"all", NULL, "also those that were decided"},
	{"month", "YYYY-MM", "to this month's statements"},
	{MUNICIPALITY},
	{LIMIT},
	{CURSOR},
	{END}};
static const struct vg_option objection_raise_options[] = {{MUNICIPALITY}, {REASON}, {END}};
static const struct vg_option finance_options[] = {
	{"layout", "FILE", "how the rows look, such as plugins/finance/semikolon.yaml"},
	{"out", "FILE", "a new file instead of standard output; never written over"},
	{MUNICIPALITY},
	{"again", NULL, "with statements that have an invoice already, too"},
	{END}};
static const struct vg_option invoice_options[] = {
	{"day", "DATE", "day of the invoice, such as 2026-11-10"},
	{"file", "FILE.csv", "all at once: municipality;invoice;day"},
	{END}};
static const struct vg_option disturbance_list_options[] = {
	{"state", "WORD", "draft, published or closed"}, {MUNICIPALITY}, {LIMIT}, {CURSOR}, {END}};
static const struct vg_option disturbance_options[] = {
	{"title", "TEXT", "what it is, in a line of at most 120 bytes"},
	{"text", "TEXT", "what has happened, and for whom"},
	{"advice", "TEXT", "what to do meanwhile"},
	{"title-en", "TEXT", "the title in English"},
	{"text-en", "TEXT", "the text in English"},
	{"advice-en", "TEXT", "the advice in English"},
	{"next-update", "TIME", "when more will be said, within 24 hours"},
	{"kind", "WORD", "disturbance (default) or planned"},
	{"service", "ID", "service that it concerns; may be repeated; none = all"},
	{"municipality", "CODE", "whom it concerns; may be repeated; none = all"},
	{"started", "TIME", "when it began; now when not given"},
	{"outage", "ID", "the outage record that it tells of"},
	{END}};
static const struct vg_option disturbance_close_options[] = {
	{"text", "TEXT", "how it ended"},
	{"text-en", "TEXT", "the same in English"},
	{"ended", "TIME", "when; now when not given"},
	{END}};
static const struct vg_option feedback_list_options[] = {
	{"all", NULL, "also those that were answered"}, {LIMIT}, {CURSOR}, {END}};
static const struct vg_option feedback_answer_options[] = {
	{"text", "TEXT", "what was answered; it stands in the ledger, without names"}, {END}};
static const struct vg_option comment_list_options[] = {{MUNICIPALITY}, {END}};
static const struct vg_option comment_options[] = {
	{"kpi", "NAME", "the figure that it is about, or availability"},
	{MUNICIPALITY},
	{SERVICE},
	{"cause", "TEXT", "why the target was missed"},
	{"action", "TEXT", "what is done about it"},
	{"owner", "NAME", "the function that answers for it, not a person"},
	{"due", "DATE", "when it is to be done"},
	{END}};
static const struct vg_option retention_options[] = {
	{"apply", NULL, "let go the months that may go; --database with a role that may write"},
	{END}};
static const struct vg_option demo_options[] = {
	{"end", NULL, "mend it"}, {"seconds", "N", "mend it by itself after so long"}, {END}};
static const struct vg_option demo_alarm_options[] = {{"end", NULL, "clear them"}, {END}};
static const struct vg_option verify_options[] = {
	{"closed", NULL, "every closed statement of every month, in one pass"},
	{MUNICIPALITY},
	{"export", "FILE", "write the municipality's evidence pack, for vinga-check"},
	{END}};
#define OUT    "out", "DIR", "where the files go (default .)"
#define NO_PDF "no-pdf", NULL, "without the PDF, which takes Chromium some seconds each"
static const struct vg_option report_options[] = {
	{"scope", "SCOPE",
	 "region, federation:CODE, municipality:CODE or administration:NAME (default region)"},
	{"english", NULL, "page and workbook in English"},
	{AS_OF},
	{OUT},
	{NO_PDF},
	{"unrecorded", NULL, "do not record in the ledger that it was made"},
	{END}};
static const struct vg_option whatif_options[] = {
	{AGREEMENT},
	{"ticket", "V-ID", "a ticket whose facts were otherwise, with --set"},
	{"set", "FIELD=VALUE", "such as cause_party=vgr; any number of times"},
	{"event", "JSON|@FILE", "{\"kind\", \"municipality\", \"body\"}; any number of times"},
	{"month", "YYYY-MM", "months to compare; this and the last one when not given"},
	{END}};
static const struct vg_option close_options[] = {
	{"municipality", "CODE", "this one only; any number of times; all when not given"},
	{"plan", NULL, "show what it would give and what holds, and send nothing"},
	{AS_OF},
	{REASON},
	{END}};
static const struct vg_option statement_options[] = {{MUNICIPALITY},
						     {AS_OF},
						     {"out", "DIR", "write its files there"},
						     {NO_PDF},
						     {"lines", NULL, "its tickets, one a row"},
						     {END}};
static const struct vg_option publish_options[] = {{MUNICIPALITY}, {OUT}, {NO_PDF}, {END}};
static const struct vg_option monthly_options[] = {
	{OUT}, {NO_PDF}, {"today", "YYYY-MM-DD", "another day than today"}, {END}};
static const struct vg_option rebuild_options[] = {
	{"shadow", "SCHEMA",
	 "fill a new schema instead of comparing (needs the right to create it)"},
	{END}};
static const struct vg_option eval_options[] = {
	{"agreement", "DIR", "agreement directory; several times for several versions"},
	{"events", "FILE", "events as NDJSON; - reads standard input"},
	{"month", "YYYY-MM", "the month of the cells"},
	{"pieces", NULL, "the timelines that the availability cells add up from, too"},
	{AS_OF},
	{END}};
static const struct vg_option init_options[] = {{"dir", "DIR", "folder of the installation"},
						{"port", "N", "HTTP on 127.0.0.1 (default 8620)"},
						{END}};

const struct vg_command vg_commands[] = {
	{"status", "", 0, 0, "How the daemon is", status_options, vg_run_status},
	{"doctor", "", 0, 0, "Look at every part, and say the way out of what is wrong", NULL,
	 vg_run_doctor},
	{"init", "", 0, 0, "Start a real installation with an empty ledger", init_options,
	 vg_run_init},
	{"account", "NAME", 1, 1, "Ask for a password, and print an account for the people file",
	 account_options, vg_run_account},
	{"ticket list", "", 0, 0, "List tickets", list_options, vg_run_ticket_list},
	{"ticket show", "ID", 1, 1, "Show one ticket with its clocks and facts", NULL,
	 vg_run_ticket_show},
	{"ticket explain", "ID", 1, 1, "Explain a ticket's clock, second by second", NULL,
	 vg_run_ticket_explain},
	{"ticket create", "", 0, 0, "Enter a ticket by hand", create_options, vg_run_ticket_create},
	{"ticket escalate", "ID", 1, 1, "Hand a ticket over to second line", escalate_options,
	 vg_run_ticket_escalate},
	{"ticket ack", "ID", 1, 1, "Acknowledge a ticket in second line", NULL, vg_run_ticket_ack},
	{"ticket correct", "ID", 1, 1, "Take out a fact of a ticket, or state another",
	 correct_options, vg_run_ticket_correct},
	{"notification list", "", 0, 0, "List notifications and their delivery", NULL,
	 vg_run_notification_list},
	{"import", "FILE", 1, 1, "Import a file of another system", import_options, vg_run_import},
	{"import list", "", 0, 0, "List imports", NULL, vg_run_import_list},
	{"import revoke", "ID", 1, 1, "Take a whole import back", reason_options,
	 vg_run_import_revoke},
	{"quarantine list", "", 0, 0, "List what could not be mapped", quarantine_options,
	 vg_run_quarantine_list},
	{"quarantine retake", "", 0, 0, "Take it in again with a mended mapping", retake_options,
	 vg_run_quarantine_retake},
	{"agreement check", "DIR", 1, 1, "Check an agreement directory", NULL,
	 vg_run_agreement_check},
	{"agreement plan", "DIR", 1, 1, "What would change, also in the figures of open months",
	 NULL, vg_run_agreement_plan},
	{"agreement apply", "DIR", 1, 1, "Apply an agreement version", reason_options,
	 vg_run_agreement_apply},
	{"agreement list", "", 0, 0, "List applied versions", NULL, vg_run_agreement_list},
	{"register users", "FILE.csv", 1, 1,
	 "Read user counts: municipality, day, users, private_users, rule, approver",
	 register_options, vg_run_register_users},
	{"register contacts", "FILE.csv", 1, 1,
	 "Read contacts: key, municipality, valid_from, valid_to, ...", register_options,
	 vg_run_register_contacts},
	{"register aliases", "FILE.csv", 1, 1,
	 "Read resource aliases: key, municipality, valid_from, valid_to, ...", register_options,
	 vg_run_register_aliases},
	{"kpi", "MONTH", 1, 1, "The figures of a month", kpi_options, vg_run_kpi},
	{"availability", "MONTH", 1, 1, "The availability of a month, with its seconds",
	 availability_options, vg_run_availability},
	{"outage list", "", 0, 0, "List measured outages, and what persons say of them",
	 outage_list_options, vg_run_outage_list},
	{"outage show", "KEY|ID", 1, 1, "Show one outage", outage_show_options, vg_run_outage_show},
	{"outage record", "", 0, 0, "State an outage that was not measured, or not in full",
	 outage_record_options, vg_run_outage_record},
	{"outage confirm", "KEY", 1, 1, "Confirm a measured outage and say who caused it",
	 outage_confirm_options, vg_run_outage_confirm},
	{"outage correct", "ID", 1, 1, "Correct a record's time, scope, effect or cause",
	 outage_correct_options, vg_run_outage_correct},
	{"outage refute", "KEY", 1, 1, "Say that a measured outage was measured wrongly",
	 outage_refute_options, vg_run_outage_refute},
	{"outage approve", "ID", 1, 1, "Approve another person's record", plan_options,
	 vg_run_outage_approve},
	{"outage withdraw", "ID", 1, 1, "Withdraw a record", withdraw_options,
	 vg_run_outage_withdraw},
	{"window list", "", 0, 0, "List service windows", window_list_options, vg_run_window_list},
	{"window plan", "", 0, 0, "What a window would change; --submit plans it",
	 window_plan_options, vg_run_window_plan},
	{"window approve", "ID", 1, 1, "Approve another person's window", plan_options,
	 vg_run_window_approve},
	{"window start", "ID", 1, 1, "Say that the work has begun", window_at_options,
	 vg_run_window_start},
	{"window end", "ID", 1, 1, "Say that the work is done", window_at_options,
	 vg_run_window_end},
	{"window withdraw", "ID", 1, 1, "Withdraw a window, before or after the fact",
	 withdraw_options, vg_run_window_withdraw},
	{"window import", "FILE.ics", 1, 1, "Plan the windows of a calendar file",
	 window_import_options, vg_run_window_import},
	{"window export", "", 0, 0, "Print the windows as a calendar", NULL, vg_run_window_export},
	{"alarm list", "", 0, 0, "List alarms: the worst first, what needs no look left out",
	 alarm_list_options, vg_run_alarm_list},
	{"alarm show", "ID", 1, 1, "Show one alarm with its history, and what was received",
	 alarm_show_options, vg_run_alarm_show},
	{"alarm history", "ID", 1, 1, "What happened to an alarm, and who did what", NULL,
	 vg_run_alarm_history},
	{"alarm tail", "", 0, 0, "Follow alarms as they change", alarm_tail_options,
	 vg_run_alarm_tail},
	{"alarm ack", "[ID...]", 0, VG_OPERANDS_MAX, "Acknowledge: somebody takes it",
	 alarm_ack_options, vg_run_alarm_ack},
	{"alarm shelve", "ID...", 1, VG_OPERANDS_MAX, "Take it out of the list for a time",
	 alarm_shelve_options, vg_run_alarm_shelve},
	{"alarm unshelve", "ID...", 1, VG_OPERANDS_MAX, "Put it into the list again",
	 reason_options, vg_run_alarm_unshelve},
	{"alarm close", "ID...", 1, VG_OPERANDS_MAX, "Say that nothing more is to be done",
	 alarm_close_options, vg_run_alarm_close},
	{"alarm ticket", "ID", 1, 1, "Make it a ticket; it never becomes two", NULL,
	 vg_run_alarm_ticket},
	{"alarm effect", "[MONTH]", 0, 1,
	 "False alarms, time to acknowledge, outages seen before the users", alarm_effect_options,
	 vg_run_alarm_effect},
	{"alarm sources", "", 0, 0, "Who sends alarms, and when each was last heard", NULL,
	 vg_run_alarm_sources},
	{"alarm mibs", "DIR...", 1, VG_OPERANDS_MAX,
	 "Compile MIB texts to the daemon's file of names", alarm_mibs_options, vg_run_alarm_mibs},
	{"alarm rules list", "", 0, 0, "List rules in the order in which they are tried",
	 alarm_rules_list_options, vg_run_alarm_rules_list},
	{"alarm rules test", "FILE", 1, 1,
	 "Show what the rules make of kept traps or lines of syslog", alarm_rules_test_options,
	 vg_run_alarm_rules_test},
	{"resource list", "", 0, 0, "List what names of resources mean", resource_list_options,
	 vg_run_resource_list},
	{"resource unmapped", "", 0, 0,
	 "Hosts with alarms that no register knows, the commonest first", limit_options,
	 vg_run_resource_unmapped},
	{"resource set", "NAME", 1, 1, "Say which service and municipalities a resource serves",
	 resource_set_options, vg_run_resource_set},
	{"resource import", "FILE.csv", 1, 1,
	 "Read a table: name;resource;service;municipalities;parent", NULL, vg_run_resource_import},
	{"resource remove", "NAME", 1, 1, "Take a name out of the register", NULL,
	 vg_run_resource_remove},
	{"proposal list", "", 0, 0, "List outages and major incidents that alarms propose",
	 proposal_list_options, vg_run_proposal_list},
	{"proposal show", "ID", 1, 1, "Show one proposal with its alarms", NULL,
	 vg_run_proposal_show},
	{"proposal accept", "ID", 1, 1, "Make it an outage record, or a major incident",
	 proposal_accept_options, vg_run_proposal_accept},
	{"proposal refuse", "ID", 1, 1, "Say why it is none", reason_options,
	 vg_run_proposal_refuse},
	{"act list", "", 0, 0, "List what two persons decide about the fee: what waits",
	 act_list_options, vg_run_act_list},
	{"act show", "ID", 1, 1, "Show one of them", NULL, vg_run_act_show},
	{"act approve", "ID", 1, 1, "Approve what another person has proposed", reason_options,
	 vg_run_act_approve},
	{"act reject", "ID", 1, 1, "Say no to it, and why", reason_options, vg_run_act_reject},
	{"rate propose", "INDEX YEAR RATE", 3, 3, "State a year's rate of a price index",
	 grounds_options, vg_run_rate_propose},
	{"cost propose", "YEAR KRONOR", 2, 2, "State what a year has cost", grounds_options,
	 vg_run_cost_propose},
	{"override propose", "TICKET OUTCOME", 2, 2,
	 "Decide about one ticket: counts, not_counted or as_rules", reason_options,
	 vg_run_override_propose},
	{"opening propose", "[FILE.csv]", 0, 1,
	 "State what was billed before: a table source;ref;month;price", opening_options,
	 vg_run_opening_propose},
	{"objection list", "", 0, 0, "List what municipalities object to", objection_list_options,
	 vg_run_objection_list},
	{"objection raise", "MONTH [TICKET]", 1, 2,
	 "Object to a line of a statement, or to its users", objection_raise_options,
	 vg_run_objection_raise},
	{"objection accept", "ID", 1, 1, "Accept it: the next statement puts it right",
	 reason_options, vg_run_objection_accept},
	{"objection reject", "ID", 1, 1, "Reject it, and say why", reason_options,
	 vg_run_objection_reject},
	{"finance export", "MONTH", 1, 1, "Write a file for the finance system", finance_options,
	 vg_run_finance_export},
	{"invoice record", "MONTH [CODE NUMBER]", 1, 3, "Say which invoice a statement became",
	 invoice_options, vg_run_invoice_record},
	{"municipality check", "CODE", 1, 1, "What is missing before a municipality goes live",
	 NULL, vg_run_municipality_check},
	{"comment list", "MONTH", 1, 1, "List what persons say of missed targets",
	 comment_list_options, vg_run_comment_list},
	{"comment make", "MONTH", 1, 1, "Say why a target was missed, and what is done",
	 comment_options, vg_run_comment_make},
	{"disturbance list", "", 0, 0, "List what is told of disturbances",
	 disturbance_list_options, vg_run_disturbance_list},
	{"disturbance show", "ID", 1, 1, "Show one with all its messages", NULL,
	 vg_run_disturbance_show},
	{"disturbance draft", "[ID]", 0, 1, "Draft one, or change a draft", disturbance_options,
	 vg_run_disturbance_draft},
	{"disturbance publish", "ID", 1, 1, "Publish a draft, or an update", disturbance_options,
	 vg_run_disturbance_publish},
	{"disturbance close", "ID", 1, 1, "Say how it ended; a draft is dropped",
	 disturbance_close_options, vg_run_disturbance_close},
	{"feedback list", "", 0, 0, "List what came in on the public pages' accessibility",
	 feedback_list_options, vg_run_feedback_list},
	{"feedback answer", "ID", 1, 1, "Say what was answered", feedback_answer_options,
	 vg_run_feedback_answer},
	{"agent list", "", 0, 0, "List who sends samples", NULL, vg_run_agent_list},
	{"profile", "[FILE]", 0, 1,
	 "What the tickets look like: the ledger's, or a file's through its mapping",
	 profile_options, vg_run_profile},
	{"report", "MONTH", 1, 1, "Make the month's report: HTML, PDF, XLSX, CSV and JSON",
	 report_options, vg_run_report},
	{"statement", "MONTH", 1, 1, "A municipality's month: fee basis and figures",
	 statement_options, vg_run_statement},
	{"close", "MONTH", 1, 1, "Propose that a month be closed, or see what that would give",
	 close_options, vg_run_close},
	{"publish", "MONTH", 1, 1, "Make closed statements available, and record their hashes",
	 publish_options, vg_run_publish},
	{"monthly", "", 0, 0, "What is due today: preliminary, closing day, publication, reports",
	 monthly_options, vg_run_monthly},
	{"whatif", "", 0, 0, "What another rule, price or cause would change", whatif_options,
	 vg_run_whatif},
	{"verify", "[MONTH]", 0, 1,
	 "Recompute a month, or all closed statements, from the ledger and compare", verify_options,
	 vg_run_verify},
	{"rebuild", "", 0, 0, "Replay the whole ledger and compare the read model", rebuild_options,
	 vg_run_rebuild},
	{"retention", "", 0, 0, "Which raw samples may go by their age, and letting them go",
	 retention_options, vg_run_retention},
	{"demo outage", "", 0, 0, "Break the demonstration's web service, or mend it", demo_options,
	 vg_run_demo_outage},
	{"demo alarm", "", 0, 0, "Raise alarms in the demonstration, or clear them",
	 demo_alarm_options, vg_run_demo_alarm},
	{"eval", "", 0, 0, "Run the rules over events in a file, without daemon or database",
	 eval_options, vg_run_eval},
	{"help", "[COMMAND]", 0, 3, "This list, or one command",
	 (const struct vg_option[]){{"list", NULL, "names only, for shell completion"}, {END}},
	 vg_help},
	{0},
};
