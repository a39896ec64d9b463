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
static const struct vg_option profile_options[] = {
	{AS_OF},
	{MAPPING},
	{AGREEMENT},
	{"tickets", NULL, "one line for each ticket, as CSV"},
	{END}};
static const struct vg_option report_options[] = {
	{AS_OF},
	{"out", "DIR", "where the files go (default .)"},
	{"unrecorded", NULL, "do not record in the ledger that it was made"},
	{END}};
static const struct vg_option rebuild_options[] = {
	{"shadow", "SCHEMA",
	 "fill a new schema instead of comparing (needs the right to create it)"},
	{END}};
static const struct vg_option eval_options[] = {
	{"agreement", "DIR", "agreement directory; several times for several versions"},
	{"events", "FILE", "events as NDJSON; - reads standard input"},
	{"month", "YYYY-MM", "the month of the cells"},
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
	 "Read user counts: municipality, day, users, private_users, rule", register_options,
	 vg_run_register_users},
	{"register contacts", "FILE.csv", 1, 1,
	 "Read contacts: key, municipality, valid_from, valid_to, ...", register_options,
	 vg_run_register_contacts},
	{"register aliases", "FILE.csv", 1, 1,
	 "Read resource aliases: key, municipality, valid_from, valid_to, ...", register_options,
	 vg_run_register_aliases},
	{"kpi", "MONTH", 1, 1, "The figures of a month", kpi_options, vg_run_kpi},
	{"profile", "[FILE]", 0, 1,
	 "What the tickets look like: the ledger's, or a file's through its mapping",
	 profile_options, vg_run_profile},
	{"report", "MONTH", 1, 1, "Make the month's report: HTML, CSV and JSON", report_options,
	 vg_run_report},
	{"verify", "MONTH", 1, 1, "Recompute a month from the ledger and compare", NULL,
	 vg_run_verify},
	{"rebuild", "", 0, 0, "Replay the whole ledger and compare the read model", rebuild_options,
	 vg_run_rebuild},
	{"eval", "", 0, 0, "Run the rules over events in a file, without daemon or database",
	 eval_options, vg_run_eval},
	{"help", "[COMMAND]", 0, 2, "This list, or one command",
	 (const struct vg_option[]){{"list", NULL, "names only, for shell completion"}, {END}},
	 vg_help},
	{0},
};
