/* Mapping files: the shipped ones over real tickets, and small ones over rows that are wrong in one
 * way each. */
#include "tests/unit/mapping_support.h"

#include "core/ut.h"
#include "lib/civil/civil.h"
#include "lib/csv/csv.h"
#include "lib/csv/input.h"

#define SHARED	VG_SOURCE_DIR "/../shared/data/"
#define UCI	VG_TEST_DATA "/uci-incident/"
#define TICKETS VG_TEST_DATA "/tickets/"

/* --- helpers
 * --------------------------------------------------------------------------------------------------
 */

static const char *const codes[] = {
	"1401", "1402", "1407", "1415", "1419", "1421", "1427", "1430", "1435", "1438",
	"1439", "1440", "1441", "1442", "1443", "1444", "1445", "1446", "1447", "1452",
	"1460", "1461", "1462", "1463", "1465", "1466", "1470", "1471", "1472", "1473",
	"1480", "1481", "1482", "1484", "1485", "1486", "1487", "1488", "1489", "1490",
	"1491", "1492", "1493", "1494", "1495", "1496", "1497", "1498", "1499"};
static const char *const priorities[] = {"P1", "P2", "P3", "P4"};

static char *
copy(const char *text)
{
	char *out = strdup(text);

	assert_non_null(out);
	return out;
}

/* The 49 municipalities, one service, four priorities. */
static struct vg_agreement *
new_agreement(void)
{
	struct vg_agreement *a = vg_agreement_new();

	assert_non_null(a);
	a->municipalities = sizeof(codes) / sizeof(codes[0]);
	a->municipality = calloc(a->municipalities, sizeof(*a->municipality));
	a->service = calloc(1, sizeof(*a->service));
	assert_non_null(a->municipality);
	assert_non_null(a->service);
	for (size_t i = 0; i < a->municipalities; i++)
		a->municipality[i] = (struct vg_municipality){.code = copy(codes[i]),
							      .name = copy(""),
							      .federation = copy(""),
							      .size = copy("")};
	a->service[0] = (struct vg_service){.id = copy("journal"), .name = copy("")};
	a->services = 1;
	for (a->priorities = 0; a->priorities < 4; a->priorities++)
		a->priority[a->priorities] = copy(priorities[a->priorities]);
	return a;
}

static bool
present(const char *path)
{
	if (access(path, R_OK) == 0)
		return true;
	print_message("%s is not here: skipped\n", path);
	return false;
}

/* What came of each row, as one line of text. */
struct told {
	char text[8192];
	size_t used;
};

static const char *
stated(const struct vg_mapped_row *row, enum vg_ticket_field field, char *number)
{
	const struct vg_ticket_fields *fields = &row->event.body.ticket.fields;

	if ((fields->set & VG_TF_BIT(field)) == 0)
		return "-";
	if (vg_ticket_field_info[field].form == VG_FORM_STR)
		return fields->text[field];
	if (vg_ticket_field_info[field].form == VG_FORM_WORD)
		return vg_word(field, fields->number[field]);
	(void)sprintf(number, "%lld", (long long)fields->number[field]);
	return number;
}

static bool
tell(const struct vg_mapped_row *row, void *arg)
{
	struct told *told = arg;
	char *out = told->text + told->used, number[2][24];
	size_t size = sizeof(told->text) - told->used;
	int n;

	switch (row->outcome) {
	case VG_MAPPED_EVENT:
		n = snprintf(out, size, "%s@%lld#%lld m=%s %s/%s g=%s%s%s\n", row->event.event_id,
			     (long long)row->event.occurred_ms / 1000,
			     (long long)row->event.source_order,
			     !row->event.has_municipality ? "-" : row->event.municipality,
			     stated(row, VG_TF_STATUS, number[0]),
			     stated(row, VG_TF_REASON, number[1]),
			     stated(row, VG_TF_GROUP, number[0]), row->title != NULL ? " t=" : "",
			     row->title != NULL ? row->title : "");
		break;
	case VG_MAPPED_IGNORED:
		n = snprintf(out, size, "ignored\n");
		break;
	case VG_MAPPED_QUARANTINE:
	case VG_MAPPED_MALFORMED:
	default:
		n = snprintf(out, size, "%d%c %s '%s': %s\n", (int)row->line,
			     row->outcome == VG_MAPPED_QUARANTINE ? '?' : '!', row->field,
			     row->value, row->reason);
		break;
	}
	assert_true(n > 0 && (size_t)n < size);
	told->used += (size_t)n;
	return true;
}

static int
map_bytes(const struct vg_mapping *mapping, const struct vg_agreement *agreement, const char *bytes,
	  size_t length, struct told *told, struct vg_err *err)
{
	char path[] = "/tmp/vinga-test-rows-XXXXXX";
	struct vg_mapping_run *run = vg_mapping_run_new(mapping, agreement);
	int64_t done = 0, total = 0;
	int rc;

	assert_non_null(run);
	write_bytes(path, bytes, length);
	told->used = 0;
	told->text[0] = '\0';
	rc = vg_mapping_file(run, path, tell, told, &done, &total, err);
	if (rc == 0) {
		assert_int_equal(total, length);
		assert_int_equal(done, total);
	}
	vg_mapping_run_free(run);
	assert_int_equal(unlink(path), 0);
	return rc;
}

/* --- the real logs
 * -------------------------------------------------------------------------------------------- */

struct ticket {
	char ref[24];
	int64_t opened_s, rows;
	char municipality[8], priority[16];
	int64_t sla_met; /* -1 = not told */
	UT_hash_handle hh;
};

struct log {
	struct ticket *tickets;
	int64_t rows, other;
	int64_t by_status[VG_STATUS_COUNT], by_line[4], user_info;
	int64_t assigned;
};

static void
note_ticket(struct log *log, const struct vg_mapped_row *row)
{
	const struct vg_event *event = &row->event;
	const struct vg_ticket_fields *fields = &event->body.ticket.fields;
	struct ticket *ticket = NULL;
	size_t length = strlen(event->body.ticket.ref);
	char id[64];

	HASH_FIND(hh, log->tickets, event->body.ticket.ref, length, ticket);
	if (ticket == NULL) {
		ticket = calloc(1, sizeof(*ticket));
		assert_non_null(ticket);
		assert_true(length < sizeof(ticket->ref));
		memcpy(ticket->ref, event->body.ticket.ref, length + 1);
		ticket->sla_met = -1;
		HASH_ADD(hh, log->tickets, ref[0], length, ticket);
	}
	ticket->rows++;
	(void)snprintf(id, sizeof(id), "%s/%lld", ticket->ref, (long long)ticket->rows);
	assert_string_equal(event->event_id, id);
	assert_int_equal(event->source_order, ticket->rows);
	if (event->has_municipality)
		(void)snprintf(ticket->municipality, sizeof(ticket->municipality), "%s",
			       event->municipality);
	(void)snprintf(ticket->priority, sizeof(ticket->priority), "%s",
		       fields->text[VG_TF_SOURCE_PRIORITY]);
	if ((fields->set & VG_TF_BIT(VG_TF_SAYS_SLA_MET)) != 0)
		ticket->sla_met = fields->number[VG_TF_SAYS_SLA_MET];
	ticket->opened_s = (fields->set & VG_TF_BIT(VG_TF_OPENED)) != 0
				   ? fields->number[VG_TF_OPENED] / 1000
			   : ticket->rows == 1 ? event->occurred_ms / 1000
					       : ticket->opened_s;
}

static bool
on_log_row(const struct vg_mapped_row *row, void *arg)
{
	const struct vg_ticket_fields *fields = &row->event.body.ticket.fields;
	struct log *log = arg;

	log->rows++;
	if (row->outcome != VG_MAPPED_EVENT) {
		print_message("line %d: %s '%s': %s\n", (int)row->line, row->field, row->value,
			      row->reason);
		log->other++;
		return true;
	}
	assert_int_equal(row->redacted, 0);
	assert_null(row->title);
	log->by_status[fields->number[VG_TF_STATUS]]++;
	log->by_line[(fields->set & VG_TF_BIT(VG_TF_LINE)) != 0 ? fields->number[VG_TF_LINE] : 0]++;
	log->user_info += fields->number[VG_TF_REASON] == VG_REASON_REQUESTER;
	log->assigned += fields->number[VG_TF_ASSIGNED];
	note_ticket(log, row);
	return true;
}

static void
map_log(const char *mapping_path, const char *path, struct log *log)
{
	struct vg_agreement *agreement = new_agreement();
	struct vg_mapping *mapping = load(mapping_path);
	struct vg_mapping_run *run = vg_mapping_run_new(mapping, agreement);
	int64_t done = 0, total = -1;

	assert_non_null(run);
	assert_int_equal(vg_mapping_file(run, path, on_log_row, log, &done, &total, NULL), 0);
	assert_int_equal(done, total);
	vg_mapping_run_free(run);
	vg_mapping_free(mapping);
	vg_agreement_unref(agreement);
}

/* case,opened_utc,...,priority(3),...,made_sla(18),municipality(19) */
static bool
on_expected_ticket(const struct vg_csv_row *row, void *arg)
{
	struct log *log = arg;
	struct ticket *ticket = NULL;

	assert_null(row->error);
	assert_int_equal(row->count, 20);
	if (row->line == 1)
		return true;
	HASH_FIND(hh, log->tickets, row->field[0], row->length[0], ticket);
	assert_non_null(ticket);
	assert_int_equal(ticket->opened_s, strtoll(row->field[1], NULL, 10));
	assert_string_equal(ticket->priority, row->field[3]);
	assert_int_equal(ticket->sla_met,
			 row->length[18] == 0 ? -1 : strtoll(row->field[18], NULL, 10));
	assert_string_equal(ticket->municipality, row->field[19]);
	return true;
}

/* Ticket by ticket, and forgets the tickets. */
static void
compare_tickets(struct log *log, const char *path)
{
	struct vg_csv *csv = vg_csv_new(',', on_expected_ticket, log);
	struct vg_input *input = NULL;
	struct ticket *ticket, *next;
	char piece[4096];
	size_t got = 1;

	assert_non_null(csv);
	assert_int_equal(vg_input_open(&input, path, NULL, NULL), 0);
	while (got > 0) {
		assert_int_equal(vg_input_read(input, piece, sizeof(piece), &got, NULL), 0);
		assert_int_equal(vg_csv_feed(csv, piece, got), 0);
	}
	assert_int_equal(vg_csv_end(csv), 0);
	vg_input_close(input);
	vg_csv_free(csv);
	HASH_ITER(hh, log->tickets, ticket, next)
	{
		HASH_DEL(log->tickets, ticket);
		free(ticket);
	}
}

static void
the_uci_log_maps_without_a_fault(void **state)
{
	struct log log = {.rows = 0};

	(void)state;
	map_log(MAPPINGS "uci-incident.yaml", UCI "incident_event_log.shared.csv.gz", &log);
	assert_int_equal(log.rows, 70334);
	assert_int_equal(log.other, 0);
	assert_int_equal(HASH_COUNT(log.tickets), 12394);
	assert_int_equal(log.by_status[VG_STATUS_NEW], 18069);
	assert_int_equal(log.by_status[VG_STATUS_IN_PROGRESS], 19163 + 2);
	assert_int_equal(log.by_status[VG_STATUS_PENDING], 7322 + 340 + 209 + 13);
	assert_int_equal(log.by_status[VG_STATUS_RESOLVED], 12787);
	assert_int_equal(log.by_status[VG_STATUS_CLOSED], 12429);
	assert_int_equal(log.user_info, 7322);
	assert_int_equal(log.by_line[0], 7015);
	assert_int_equal(log.by_line[1], 21464);
	assert_int_equal(log.by_line[2], 41855);
	assert_int_equal(log.assigned, 70334 - 13813);
	compare_tickets(&log, UCI "expected-tickets.csv.gz");
}

static void
the_volvo_log_maps_without_a_fault(void **state)
{
	struct log log = {.rows = 0};

	(void)state;
	if (!present(SHARED "bpic2013-volvo/incidents.shared.csv.gz"))
		skip();
	map_log(MAPPINGS "volvo-bpic2013.yaml", SHARED "bpic2013-volvo/incidents.shared.csv.gz",
		&log);
	assert_int_equal(log.rows, 32876);
	assert_int_equal(log.other, 0);
	assert_int_equal(HASH_COUNT(log.tickets), 3784);
	assert_int_equal(log.by_status[VG_STATUS_NEW], 5753);
	assert_int_equal(log.by_status[VG_STATUS_IN_PROGRESS], 15181 + 1629 + 5);
	assert_int_equal(log.by_status[VG_STATUS_RESOLVED] + log.by_status[VG_STATUS_CLOSED], 6947);
	assert_int_equal(log.user_info, 2127 + 43);
	assert_int_equal(log.assigned, 32876 - 3091);
	compare_tickets(&log, SHARED "bpic2013-volvo/expected-tickets.csv.gz");
}

static void
a_row_of_the_uci_log_states_all_that_the_mapping_names(void **state)
{
	static const char text[] = "number,incident_state,reassignment_count,reopen_count,made_sla,"
				   "opened_at,sys_updated_at,contact_type,"
				   "location,priority,assignment_group,assigned_to,problem_id,"
				   "closed_code,resolved_at\n"
				   "INC1,Awaiting User Info,3,1,false,29/2/2016 06:10,27/3/2016 "
				   "02:59,Email,Location 204,2 - High,Group 25,"
				   "?,Problem ID  14,code 6,?\n"
				   "INC1,Closed,?,?,true,29/2/2016 06:10,30/10/2016 02:30,Direct "
				   "opening,?,4 - Low,?,Resolver 1,?,?,"
				   "1/3/2016 02:55\n";
	struct vg_mapping *mapping = load(MAPPINGS "uci-incident.yaml");
	struct vg_agreement *agreement = new_agreement();
	struct told told;

	(void)state;
	assert_int_equal(map_bytes(mapping, agreement, text, sizeof(text) - 1, &told, NULL), 0);
	assert_string_equal(told.text,
			    "INC1/1@1459043940#1 m=1435 pending/pending_requester g=Group 25\n"
			    "INC1/2@1477787400#2 m= closed/none g=-\n");
	vg_mapping_free(mapping);
	vg_agreement_unref(agreement);
}

/* --- ticket systems
 * ------------------------------------------------------------------------------------------- */

static const struct sample {
	const char *file, *want;
} jira[] = {
	{"cloud-comment-created-mention-user", "ignored"},
	{"cloud-comment-created", "ignored"},
	{"cloud-comment-deleted", "ignored"},
	{"cloud-comment-updated", "ignored"},
	{"issue-assigned-empty-changelog", "?TEST"},
	{"issue-comment-created-indentation", "ignored"},
	{"issue-created-no-description", "TES-41/jira:issue_created/1550286113023 new P2 10222 0"},
	{"issue-created-no-relevant-fields",
	 "TES-41/jira:issue_created/1550286113023 new - 10222 0"},
	{"issue-created", "TES-41/jira:issue_created/1550286113023 new P2 10222 0"},
	{"issue-deleted", "?IDT"},
	{"issue-updated-assigned-nobody", "TES-41/jira:issue_updated/1550351432604 new P2 10231 0"},
	{"issue-updated-assigned", "TES-41/jira:issue_updated/1550287081752 new P2 10230 1"},
	{"issue-updated-attachments", "TES-41/jira:issue_updated/1550351530065 new P2 10233 0"},
	{"issue-updated-components", "TES-10/jira:issue_updated/1575556703833 new P3 12849 0"},
	{"issue-updated-fix-version", "TES-41/jira:issue_updated/1550286471789 new P2 11151 0"},
	{"issue-updated-issue-type", "TES-41/jira:issue_updated/1550286471789 new P2 11149 0"},
	{"issue-updated-labels", "TES-41/jira:issue_updated/1550351530065 new P2 10233 0"},
	{"issue-updated-lowered-priority",
	 "TES-41/jira:issue_updated/1550351632565 new P4 10234 0"},
	{"issue-updated-multiple-custom-fields",
	 "TES-41/jira:issue_updated/1550351530065 new P2 10233 0"},
	{"issue-updated-raised-priority", "TES-41/jira:issue_updated/1550351716080 new P2 10235 0"},
	{"issue-updated-rank", "TES-41/jira:issue_updated/1550351530065 new P2 10233 0"},
	{"issue-updated-reopened-one-changelog",
	 "TES-41/jira:issue_updated/1550287026531 new P2 10229 0"},
	{"issue-updated-resolved-one-changelog",
	 "TES-41/jira:issue_updated/1550286940507 resolved P2 10228 0"},
	{"issue-updated-resolved", "TES-41/jira:issue_updated/1550286940507 resolved P2 10228 0"},
	{"issue-updated-sprint", "TES-41/jira:issue_updated/1550351530065 new P2 10233 0"},
	{"server-comment-created", "ignored"},
	{"server-comment-deleted", "ignored"},
	{"server-issue-updated-closed", "TES-4/jira:issue_updated/1565752078358 closed P3 10511 1"},
	{"server-issue-updated-comment-deleted", "ignored"},
	{"server-issue-updated-comment-edited", "ignored"},
	{"server-issue-updated-commented-2", "ignored"},
	{"server-issue-updated-commented-3", "ignored"},
	{"server-issue-updated-in-progress",
	 "TES-4/jira:issue_updated/1565751753680 in_progress P3 10508 1"},
	{"server-old-issue-updated-no-event-type-assigned",
	 "TES-41/jira:issue_updated/1550287081752 new P2 10230 1"},
	{"server-old-issue-updated-no-event-type-comment-deleted", "?PRJX"},
	{"server-old-issue-updated-no-event-type-comment-edited", "?PRJX"},
	{"server-old-issue-updated-no-event-type-commented", "?PRJX"},
	{"server-old-issue-updated-no-event-type-edited",
	 "TES-41/jira:issue_updated/1550286601840 new P2 10225 0"},
};

static size_t
read_file(const char *path, char *out, size_t size)
{
	FILE *f = fopen(path, "rb");
	size_t got;

	if (f == NULL)
		fail_msg("%s cannot be read", path);
	got = fread(out, 1, size, f);
	(void)fclose(f);
	return got;
}

static void
every_jira_sample_has_its_outcome(void **state)
{
	struct vg_mapping *mapping = load(MAPPINGS "jira.yaml");
	struct vg_agreement *agreement = new_agreement();
	struct vg_mapping_run *run = vg_mapping_run_new(mapping, agreement);

	(void)state;
	for (size_t i = 0; i < sizeof(jira) / sizeof(jira[0]); i++) {
		char path[512], got[256] = "ignored", numbers[3][24];
		static char bytes[65536];
		struct vg_mapped_row row;

		(void)snprintf(path, sizeof(path), "%sjira-webhook-%s.json", TICKETS, jira[i].file);
		vg_mapping_document(run, bytes, read_file(path, bytes, sizeof(bytes)), 1, &row);
		if (row.outcome == VG_MAPPED_EVENT)
			(void)snprintf(got, sizeof(got), "%s %s %s %lld %s", row.event.event_id,
				       stated(&row, VG_TF_STATUS, numbers[0]),
				       stated(&row, VG_TF_PRIORITY, numbers[1]),
				       (long long)row.event.source_order,
				       stated(&row, VG_TF_ASSIGNED, numbers[2]));
		else if (row.outcome == VG_MAPPED_QUARANTINE)
			(void)snprintf(got, sizeof(got), "?%s", row.value);
		else if (row.outcome == VG_MAPPED_MALFORMED)
			(void)snprintf(got, sizeof(got), "!%s", row.reason);
		if (strcmp(got, jira[i].want) != 0)
			fail_msg("%s: %s, not %s", jira[i].file, got, jira[i].want);
		assert_true(row.outcome != VG_MAPPED_QUARANTINE ||
			    strstr(row.payload, "user-0") == NULL);
	}
	vg_mapping_run_free(run);
	vg_mapping_free(mapping);
	vg_agreement_unref(agreement);
}

static void
map_sample(const char *mapping_path, const char *path, struct told *told)
{
	struct vg_mapping *mapping = load(mapping_path);
	struct vg_agreement *agreement = new_agreement();
	struct vg_mapping_run *run = vg_mapping_run_new(mapping, agreement);

	told->used = 0;
	assert_int_equal(vg_mapping_file(run, path, tell, told, NULL, NULL, NULL), 0);
	vg_mapping_run_free(run);
	vg_mapping_free(mapping);
	vg_agreement_unref(agreement);
}

static bool
count_event(const struct vg_mapped_row *row, void *arg)
{
	int *counts = arg;

	counts[row->outcome]++;
	return counts[VG_MAPPED_EVENT] < 60;
}

static void
the_servicenow_demo_export_maps(void **state)
{
	struct vg_mapping *mapping = load(MAPPINGS "servicenow-csv.yaml");
	struct vg_agreement *agreement = new_agreement();
	struct vg_mapping_run *run = vg_mapping_run_new(mapping, agreement);
	int counts[4] = {0};

	(void)state;
	assert_int_equal(vg_mapping_file(run, TICKETS "servicenow-demo-incidents.csv", count_event,
					 counts, NULL, NULL, NULL),
			 1);
	assert_int_equal(counts[VG_MAPPED_EVENT], 60);
	assert_int_equal(counts[VG_MAPPED_QUARANTINE] + counts[VG_MAPPED_MALFORMED], 0);
	vg_mapping_run_free(run);
	vg_mapping_free(mapping);
	vg_agreement_unref(agreement);
}

static void
samples_of_other_systems_map(void **state)
{
	static const struct {
		const char *mapping, *path, *want;
	} samples[] = {
		{MAPPINGS "servicenow.yaml", SHARED "ticket-payloads/servicenow-incident-info.json",
		 "INC0000013/2020-09-24 19:54:48/5@1600977288#5 m=1480 closed/none "
		 "g=8a4dde73c6112278017a6a4baf547aa7\n"},
		{MAPPINGS "zammad.yaml", SHARED "ticket-payloads/zammad-webhook-payload-1.json",
		 "1? ticket.organization.name 'Awesome Customer Inc.': the mapping's municipality "
		 "does not know this value\n"},
		{MAPPINGS "zammad.yaml", SHARED "ticket-payloads/zammad-api-index-5.json",
		 "1! ticket.number '': is empty; expected the ticket's reference\n"},
	};
	struct told told;

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		if (!present(samples[i].path))
			continue;
		map_sample(samples[i].mapping, samples[i].path, &told);
		assert_string_equal(told.text, samples[i].want);
	}
}

static void
an_itop_answer_gives_one_row_an_object(void **state)
{
	static const char text[] =
		"{\"objects\":{\"UserRequest::3\":{\"key\":\"3\",\"fields\":{\"ref\":\"R-000003\","
		"\"status\":\"pending\","
		"\"start_date\":\"2026-03-01 10:11:12\",\"last_update\":\"2026-03-02 "
		"08:00:00\",\"org_name\":\"Demo\","
		"\"team_name\":\"Helpdesk\",\"agent_id\":\"0\",\"priority\":\"4\",\"request_type\":"
		"\"incident\","
		"\"resolution_date\":null}},\"UserRequest::4\":{\"fields\":{\"ref\":\"R-000004\","
		"\"status\":\"lost\","
		"\"last_update\":\"2026-03-02 08:00:00\",\"org_name\":\"Demo\"}}},\"code\":0}";
	struct vg_mapping *mapping = load(MAPPINGS "itop.yaml");
	struct told told;

	(void)state;
	assert_int_equal(map_bytes(mapping, NULL, text, sizeof(text) - 1, &told, NULL), 0);
	assert_string_equal(
		told.text,
		"R-000003/2026-03-02 08:00:00/pending@1772434800#0 m=1480 "
		"pending/pending_requester g=Helpdesk\n"
		"2? fields.status 'lost': the mapping's status does not know this value\n");
	vg_mapping_free(mapping);
}

/* --- rows that are wrong in one way
 * --------------------------------------------------------------------------- */

static const char small_csv[] =
	"source: small\n"
	"format: csv\n"
	"delimiter: ';'\n"
	"not_stated: ['', '?']\n"
	"store_text: masked\n"
	"title: text\n"
	"ref: id\n"
	"ids: { allow: ['S+([0-9])', 'R-+([0-9])'] }\n"
	"time: { from: at, pattern: iso, zone: utc }\n"
	"fields:\n"
	"  status: { from: state, map: { Ny: new, Vänta: pending pending_municipality } }\n"
	"  group: team\n"
	"  service: service\n"
	"  source_reopenings: reopened\n"
	"  municipality: { from: place, none: ['?'], map: { Ale: '1440', Borta: '9999' } }\n"
	"  parent: parent\n";

#define HEADER "id;at;state;team;service;reopened;place;parent;text\n"

static const struct row_case {
	const char *row, *want;
} rows[] = {
	{"A;2026-01-02T03:04:05;Ny;T;journal;2;Ale;B;Hej",
	 "A/1@1767323045#1 m=1440 new/none g=T t=Hej\n"},
	{"A;2026-01-02T03:04:05+01:00;V\xC3\xA4nta;?;?;;?;;",
	 "A/1@1767319445#1 m= pending/pending_municipality g=-\n"},
	{"A;2026-01-02T03:04:05;Ny", "2!  '': has 3 fields; expected 9 as in the header\n"},
	{"A;2026-01-02T03:04:05;N\"y;T;;;;;",
	 "2!  '': a quote stands inside a field; expected it doubled and the field in quotes\n"},
	{";2026-01-02T03:04:05;Ny;T;;;;;", "2! id '': is empty; expected the ticket's reference\n"},
	{"A;;Ny;T;;;;;", "2! at '': is empty; expected the time of the event\n"},
	{"A;2026-13-02T03:04:05;Ny;T;;;;;", "2! at '2026-13-02T03:04:05': "},
	{"A;2199-01-02T03:04:05;Ny;T;;;;;",
	 "2! at '2199-01-02T03:04:05': expected a time between 1970 and 2100\n"},
	{"A;2026-01-02T03:04:05;Ny;T;;two;;;", "2! reopened 'two': expected a whole number\n"},
	{"A;2026-01-02T03:04:05;Gammal;T;;two;;;", "2! reopened 'two': expected a whole number\n"},
	{"A;2026-01-02T03:04:05;Gammal;T;;;;;",
	 "2? state 'Gammal': the mapping's status does not know this value\n"},
	{"A;2026-01-02T03:04:05;Ny;T;;;Mora;;",
	 "2? place 'Mora': the mapping's municipality does not know this value\n"},
	{"A;2026-01-02T03:04:05;Ny;T;;;Borta;;",
	 "2? place 'Borta': municipality \"9999\" is not in the agreement\n"},
	{"A;2026-01-02T03:04:05;Ny;T;fax;;Ale;;",
	 "2? service 'fax': service \"fax\" is not in the agreement\n"},
	{"A;2026-01-02T03:04:05;Ny;L\xE4kare;;;;;",
	 "2! team '': byte 2 (0xE4) is not UTF-8; is the export Latin-1? expected UTF-8\n"},
	{"A;2026-01-02T03:04:05;Ny;\"a\tb\";;;;;",
	 "2! team '': holds a control character; is this free text?\n"},
	/* identity numbers: masked in texts, refused in references unless a pattern allows them */
	{"A;2026-01-02T03:04:05;Ny;T;;;;;\"Ring\n18900101-9802\"",
	 "A/1@1767323045#1 m=- new/none g=T t=Ring [PNR]\n"},
	{"A;2026-01-02T03:04:05;Ny;189001019802;;;;;", "A/1@1767323045#1 m=- new/none g=[PNR]\n"},
	{"A;2026-01-02T03:04:05;18900101-9802;T;;;;;",
	 "2? state '[PNR]': the mapping's status does not know this value\n"},
	{"189001019802;2026-01-02T03:04:05;Ny;T;;;;;",
	 "2! id '[PNR]': a reference looks like a personal identity number"},
	{"S189001019802;2026-01-02T03:04:05;Ny;T;;;;;",
	 "S189001019802/1@1767323045#1 m=- new/none g=T\n"},
	{"S1 189001019802;2026-01-02T03:04:05;Ny;T;;;;;",
	 "2! id 'S1 [PNR]': a reference looks like"},
	{"A;2026-01-02T03:04:05;Ny;T;;;;189001019802;",
	 "2! parent '[PNR]': a reference looks like"},
	{"A;2026-01-02T03:04:05;Ny;T;;;;R-189001019802;", "A/1@1767323045#1 m=- new/none g=T\n"},
};

static void
each_wrong_row_is_told_with_line_field_and_reason(void **state)
{
	struct vg_mapping *mapping = load_text(small_csv);
	struct vg_agreement *agreement = new_agreement();

	(void)state;
	assert_string_equal(vg_mapping_source(mapping), "small");
	assert_string_equal(vg_mapping_format(mapping), "csv");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[1024];
		struct told told;
		int length = snprintf(text, sizeof(text), "%s%s\n", HEADER, rows[i].row);

		assert_int_equal(map_bytes(mapping, agreement, text, (size_t)length, &told, NULL),
				 0);
		if (strncmp(told.text, rows[i].want, strlen(rows[i].want)) != 0)
			fail_msg("row %zu: %s, not %s", i, told.text, rows[i].want);
	}
	vg_mapping_free(mapping);
	vg_agreement_unref(agreement);
}

static void
an_export_made_again_with_more_rows_keeps_its_ids(void **state)
{
	static const char text[] = HEADER "A;2026-01-01T00:00:00;Ny;;;;;;\n"
					  "B;2026-01-01T00:00:00;Ny;;;;;;\n"
					  "A;2026-01-01T00:01:00;Okänd;;;;;;\n"
					  "A;2026-01-01T00:02:00;Ny;\xE5;;;;;\n"
					  "A;2026-01-01T00:03:00;Ny;;;;;;\n";
	struct vg_mapping *mapping = load_text(small_csv);
	struct told told, again;
	char more[1024];
	int length = snprintf(more, sizeof(more), "%sA;2026-01-01T00:04:00;Ny;;;;;;\n", text);

	(void)state;
	assert_int_equal(map_bytes(mapping, NULL, text, sizeof(text) - 1, &told, NULL), 0);
	assert_non_null(strstr(told.text, "A/1@"));
	assert_non_null(strstr(told.text, "B/1@"));
	assert_non_null(strstr(
		told.text, "A/4@")); /* the quarantined and the malformed row keep their numbers */
	assert_null(strstr(told.text, "A/3@"));
	assert_int_equal(map_bytes(mapping, NULL, more, (size_t)length, &again, NULL), 0);
	assert_memory_equal(told.text, again.text, told.used);
	assert_non_null(strstr(again.text + told.used, "A/5@"));
	vg_mapping_free(mapping);
}

struct payload {
	char text[2048];
};

static bool
keep_payload(const struct vg_mapped_row *row, void *arg)
{
	struct payload *payload = arg;

	if (row->outcome == VG_MAPPED_QUARANTINE)
		(void)snprintf(payload->text, sizeof(payload->text), "%s", row->payload);
	return true;
}

static void
a_quarantined_row_is_taken_again_with_the_id_it_had(void **state)
{
	static const char text[] =
		HEADER "A;2026-01-01T00:00:00;Ny;;;;;;\n"
		       "A;2026-01-01T00:01:00;Gammal;T;;3;Ale;B;om 189001019802\n";
	char path[] = "/tmp/vinga-test-rows-XXXXXX", mended[sizeof(small_csv) + 64];
	struct vg_mapping *mapping = load_text(small_csv);
	struct vg_mapping_run *run = vg_mapping_run_new(mapping, NULL);
	struct payload payload = {""};
	struct vg_mapped_row row;
	struct told told = {.used = 0};

	(void)state;
	write_bytes(path, text, sizeof(text) - 1);
	assert_int_equal(vg_mapping_file(run, path, keep_payload, &payload, NULL, NULL, NULL), 0);
	assert_int_equal(unlink(path), 0);
	vg_mapping_run_free(run);
	vg_mapping_free(mapping);
	assert_string_equal(
		payload.text,
		"{\"@repeat\":0,\"@row\":2,\"at\":\"2026-01-01T00:01:00\",\"id\":\"A\","
		"\"parent\":\"B\",\"place\":\"Ale\",\"reopened\":\"3\",\"service\":\"\","
		"\"state\":\"Gammal\",\"team\":\"T\",\"text\":\"om [PNR]\"}");
	(void)snprintf(mended, sizeof(mended), "%.*sGammal: new, %s",
		       (int)(strstr(small_csv, "Ny:") - small_csv), small_csv,
		       strstr(small_csv, "Ny:"));
	mapping = load_text(mended);
	run = vg_mapping_run_new(mapping, NULL);
	vg_mapping_document(run, payload.text, strlen(payload.text), 1, &row);
	assert_true(tell(&row, &told));
	assert_string_equal(told.text, "A/2@1767225660#2 m=1440 new/none g=T t=om [PNR]\n");
	vg_mapping_run_free(run);
	vg_mapping_free(mapping);
}

/* Whose it is decides whose month waits for it. */
static bool
tell_owner(const struct vg_mapped_row *row, void *arg)
{
	struct told *told = arg;

	assert_int_equal(row->outcome, VG_MAPPED_QUARANTINE);
	told->used += (size_t)snprintf(told->text + told->used, sizeof(told->text) - told->used,
				       "%s %s@%lld\n", row->field,
				       row->event.has_municipality ? row->event.municipality : "-",
				       (long long)row->event.occurred_ms / 1000);
	return true;
}

static void
what_waits_is_of_the_municipality_that_the_mapping_could_tell(void **state)
{
	static const char text[] = HEADER "A;2026-01-01T00:00:00;Gammal;;;;Ale;;\n"
					  "B;2026-01-01T00:01:00;Ny;;;;Skara;;\n"
					  "C;2026-01-01T00:02:00;Gammal;;;;;;\n";
	char path[] = "/tmp/vinga-test-rows-XXXXXX";
	struct vg_mapping *mapping = load_text(small_csv);
	struct vg_agreement *agreement = new_agreement();
	struct vg_mapping_run *run = vg_mapping_run_new(mapping, agreement);
	struct told told = {.used = 0};

	(void)state;
	write_bytes(path, text, sizeof(text) - 1);
	assert_int_equal(vg_mapping_file(run, path, tell_owner, &told, NULL, NULL, NULL), 0);
	assert_int_equal(unlink(path), 0);
	assert_string_equal(told.text, "state 1440@1767225600\nplace -@1767225660\n"
				       "state -@1767225720\n");
	vg_mapping_run_free(run);
	vg_mapping_free(mapping);
	vg_agreement_unref(agreement);
}

static void
repeated_keys_are_numbered_only_when_asked(void **state)
{
	static const char text[] = "id,at,state\nA,2026-01-01,new\nA,2026-01-01,new\nA,2026-01-02,"
				   "pending\nB,2026-01-01,new\n";
	static const char *const repeats[] = {"same", "number"};
	static const char *const want[] = {
		"A/2026-01-01@1767225600#1 m=- new/none g=-\nA/2026-01-01@1767225600#2 m=- "
		"new/none g=-\n"
		"A/2026-01-02@1767312000#3 m=- pending/none g=-\nB/2026-01-01@1767225600#1 m=- "
		"new/none g=-\n",
		"A/2026-01-01@1767225600#1 m=- new/none g=-\nA/2026-01-01~2@1767225600#2 m=- "
		"new/none g=-\n"
		"A/2026-01-02@1767312000#3 m=- pending/none g=-\nB/2026-01-01@1767225600#1 m=- "
		"new/none g=-\n",
	};

	(void)state;
	for (int i = 0; i < 2; i++) {
		char yaml[512];
		struct vg_mapping *mapping;
		struct told told;

		(void)snprintf(
			yaml, sizeof(yaml),
			"source: k\nformat: csv\nref: id\nevent_id: { key: at, repeats: %s }\n"
			"time: { from: at, pattern: '%%Y-%%m-%%d', zone: utc }\nfields: { status: "
			"state }\n",
			repeats[i]);
		mapping = load_text(yaml);
		assert_int_equal(map_bytes(mapping, NULL, text, sizeof(text) - 1, &told, NULL), 0);
		assert_string_equal(told.text, want[i]);
		vg_mapping_free(mapping);
	}
}

/* --- files and documents
 * -------------------------------------------------------------------------------------- */

static void
a_wrong_header_refuses_the_file(void **state)
{
	static const struct {
		const char *text, *want;
	} files[] = {
		{"", "the file is empty"},
		{"id;at;stat;team;service;reopened;place;parent;text\n",
		 "no column \"state\", which "},
		{"id;at;stat;team;service;reopened;place;parent;text\n", "did it mean \"stat\"?"},
		{"id;id;at;state;team;service;reopened;place;parent;text\n",
		 "more than one column \"id\""},
		{"\xFF\xFEi\0", "expected UTF-8"},
	};
	struct vg_mapping *mapping = load_text(small_csv);

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct vg_err err = {0};
		struct told told;

		assert_int_equal(
			map_bytes(mapping, NULL, files[i].text, strlen(files[i].text), &told, &err),
			VG_EINVALID);
		if (strstr(err.text, files[i].want) == NULL)
			fail_msg("%s, not %s", err.text, files[i].want);
	}
	vg_mapping_free(mapping);
}

static void
a_cut_gzip_file_is_an_error_after_its_rows(void **state)
{
	static char bytes[2 << 20];
	char path[] = "/tmp/vinga-test-rows-XXXXXX";
	struct vg_mapping *mapping = load(MAPPINGS "uci-incident.yaml");
	struct vg_agreement *agreement = new_agreement();
	struct vg_mapping_run *run = vg_mapping_run_new(mapping, agreement);
	struct log log = {.rows = 0};
	struct ticket *ticket, *next;
	struct vg_err err = {0};

	(void)state;
	write_bytes(path, bytes,
		    read_file(UCI "incident_event_log.shared.csv.gz", bytes, sizeof(bytes)) / 4);
	assert_int_equal(vg_mapping_file(run, path, on_log_row, &log, NULL, NULL, &err), VG_EIO);
	assert_non_null(strstr(err.text, "end too early"));
	assert_true(log.rows > 1000 && log.rows < 70334);
	assert_int_equal(log.other, 0);
	HASH_ITER(hh, log.tickets, ticket, next)
	{
		HASH_DEL(log.tickets, ticket);
		free(ticket);
	}
	assert_int_equal(unlink(path), 0);
	vg_mapping_run_free(run);
	vg_mapping_free(mapping);
	vg_agreement_unref(agreement);
}

static const char small_ndjson[] =
	"source: lines\nformat: ndjson\nref: t.id\ntime: { from: t.at, pattern: epoch_s }\n"
	"event_id: { key: t.at }\nfields: { status: t.tags.0, group: t.group }\n";

static void
ndjson_goes_on_after_a_wrong_line(void **state)
{
	static const char text[] =
		"{\"t\":{\"id\":7,\"at\":1000,\"tags\":[\"new\"],\"group\":true}}\r\n"
		"\n"
		"{\"t\":{\"id\":7,\"id\":8}}\n"
		"{\"t\":{\"id\":7,\"at\":1000,\"tags\":[\"new\"],\"group\":{}}}\n"
		"{\"t\":{\"id\":7,\"at\":1000.5,\"tags\":[\"new\"]}}\n"
		"{\"t\":{\"id\":7,\"at\":1000,\"tags\":[\"odd\"]}}\n"
		"{\"t\":{\"id\":\"r\xE4\"}}\n"
		"[]\n"
		"{\"t\":{\"id\":8,\"at\":2000,\"tags\":null}}";
	struct vg_mapping *mapping = load_text(small_ndjson);
	struct told told;

	(void)state;
	assert_int_equal(map_bytes(mapping, NULL, text, sizeof(text) - 1, &told, NULL), 0);
	assert_string_equal(
		told.text,
		"7/1000@1000#1 m=- new/none g=true\n"
		"3!  '': not JSON at line 1 column 17: duplicate object key\n"
		"4! t.group '': is a list or an object; expected text or a number\n"
		"5! t.at '1000.5': time \"1000.5\": character 5: expected the end, found \".5\"\n"
		"6? t.tags.0 'odd': expected a status, after pending with its reason, such as "
		"\"in_progress\" or "
		"\"pending pending_requester\"\n"
		"7!  '': not JSON at line 1 column 13: unable to decode byte 0xe4\n"
		"8!  '': the document holds several tickets, or none; expected one\n"
		"8/2000@2000#1 m=- -/- g=-\n");
	vg_mapping_free(mapping);
}

static void
hostile_documents_are_refused(void **state)
{
	struct vg_mapping *mapping = load_text(small_ndjson);
	struct vg_mapping_run *run = vg_mapping_run_new(mapping, NULL);
	size_t size = (1 << 20) + 1;
	char *deep = malloc(size);
	struct vg_mapped_row row;

	(void)state;
	assert_non_null(deep);
	memset(deep, '[', size);
	vg_mapping_document(run, deep, size - 1, 1, &row);
	assert_int_equal(row.outcome, VG_MAPPED_MALFORMED);
	vg_mapping_document(run, deep, size, 1, &row);
	assert_int_equal(row.outcome, VG_MAPPED_MALFORMED);
	assert_string_equal(row.reason, "longer than 1 MiB");
	vg_mapping_document(run, "", 0, 1, &row);
	assert_int_equal(row.outcome, VG_MAPPED_MALFORMED);
	free(deep);
	vg_mapping_run_free(run);
	vg_mapping_free(mapping);
}

/* --- mapping files
 * -------------------------------------------------------------------------------------------- */

static const struct load_case {
	const char *text, *want;
} loads[] = {
	{"", "the file is empty"},
	{"- a\n", "1:1: expected a mapping"},
	{"source: x\nref: id\ntime: {from: at, pattern: iso}\nfeilds: {}\nfields: {}\n",
	 "4:1: key \"feilds\" is not known; did you mean \"fields\"?"},
	{"source: x\ntime: {from: at, pattern: iso}\nfields: {}\n", "expected \"ref\""},
	{"source: x\nref: id\nfields: {}\n", "expected \"time\""},
	{"source: x\nref: id\ntime: {from: at, pattern: epoch_s, zone: utc}\nfields: {}\n",
	 "3:27: pattern \"epoch_s\" tells the offset itself"},
	{"source: x\nref: id\ndelimiter: '::'\ntime: {from: at, pattern: iso}\nfields: {}\n",
	 "3:12: delimiter: expected one character"},
	{"source: x\nref: id\ntime: {from: at, pattern: iso}\nfields:\n  staus: s\n",
	 "5:3: key \"staus\" is not known; did you mean \"status\"?"},
	{"source: x\nref: id\ntime: {from: at, pattern: iso}\nfields:\n  status: {from: s, map: "
	 "{A: nwe}}\n",
	 "5:30: status \"nwe\": expected a status"},
	{"source: x\nref: id\ntime: {from: at, pattern: iso}\nfields:\n  status: {from: s, map: "
	 "{A: new pending_vgr}}\n",
	 "expected a status, after pending with its reason"},
	{"source: x\nref: id\ntime: {from: at, pattern: iso}\nfields:\n  type: {value: fax}\n",
	 "5:17: type \"fax\": is not a word of this field: one of incident"},
	{"source: x\nref: id\ntime: {from: at, pattern: iso}\nfields:\n  support_line: {from: g, "
	 "default: 4, map: {a: 1}}\n",
	 "expected a support line, 1 to 3"},
	{"source: x\nref: id\ntime: {from: at, pattern: iso}\nfields:\n  impact: {value: 0}\n",
	 "expected a level, 1 to 4"},
	{"source: x\nref: id\ntime: {from: at, pattern: iso}\nfields:\n  group: {}\n",
	 "expected either \"from\" (a column) or \"value\""},
	{"source: x\nref: id\ntime: {from: at, pattern: iso}\nfields:\n  group: {from: g, default: "
	 "x}\n",
	 "default: expected a map or match"},
	{"source: x\nref: id\ntime: {from: at, pattern: iso}\nfields:\n  group: {from: g, pick: "
	 "crc32}\n",
	 "pick: only for municipality"},
	{"source: x\nref: id\ntime: {from: at, pattern: iso}\nfields:\n  group: {from: g, present: "
	 "yes}\n",
	 "present: only for yes-or-no fields"},
	{"source: x\nref: id\ntime: {from: at, pattern: iso}\nfields:\n  assigned: {from: g, none: "
	 "['']}\n",
	 "none: only for fields with free values"},
	{"source: x\nref: id\ntime: {from: at, pattern: iso}\nfields:\n  opened_ms: {value: 5}\n",
	 "expected a column with a time"},
	{"source: x\nref: [a, b, c, d, e]\ntime: {from: at, pattern: iso}\nfields: {}\n",
	 "2:6: expected a column or path, or a list of at most 4"},
	{"source: x\nref: id\nstore_text: masked\ntime: {from: at, pattern: iso}\nfields: {}\n",
	 "expected \"title\""},
	{"source: x\nref: id\nnot_stated: x\ntime: {from: at, pattern: iso}\nfields: {}\n",
	 "not_stated: expected a list of texts"},
	{"source: x\nref: id\nalso: [5]\ntime: {from: at, pattern: iso}\nfields: {}\n",
	 "also: expected {source, from}"},
	{"source: x\nref: id\nevent_id: {kee: x}\ntime: {from: at, pattern: iso}\nfields: {}\n",
	 "did you mean \"key\"?"},
	{"source: x\nref: id\nignore_when: {a: x}\ntime: {from: at, pattern: iso}\nfields: {}\n",
	 "a: expected a list of texts"},
};

static void
a_wrong_mapping_file_is_told_with_line_and_column(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(loads) / sizeof(loads[0]); i++) {
		char path[] = "/tmp/vinga-test-mapping-XXXXXX";
		struct vg_yaml_errors errors = {.count = 0};

		write_file(path, loads[i].text);
		assert_null(vg_mapping_load(path, &errors));
		assert_int_equal(unlink(path), 0);
		assert_true(errors.count > 0);
		if (strstr(errors.text[0], loads[i].want) == NULL)
			fail_msg("%s, not %s", errors.text[0], loads[i].want);
		vg_yaml_errors_free(&errors);
	}
}

static void
a_missing_mapping_file_is_told(void **state)
{
	struct vg_yaml_errors errors = {.count = 0};

	(void)state;
	assert_null(vg_mapping_load("/nowhere/x.yaml", &errors));
	assert_non_null(strstr(errors.text[0], "/nowhere/x.yaml:1:1: No such file"));
	vg_yaml_errors_free(&errors);
}

static void
the_example_in_the_documentation_maps(void **state)
{
	static const char text[] =
		"\xC3\x84rendenummer;\xC3\x84ndrad;Skapad;Status;Prioritet;Grupp\n"
		"7;2026-07-01 10:00;2026-07-01 09:00;L\xC3\xB6st;H\xC3\xB6g;VGR Nord\n";
	static char doc[65536];
	size_t length = read_file(VG_SOURCE_DIR "/docs/mapping.md", doc, sizeof(doc) - 1);
	struct vg_mapping *mapping;
	struct told told;
	char *start, *end;

	(void)state;
	doc[length] = '\0';
	start = strstr(doc, "```yaml\n");
	assert_non_null(start);
	end = strstr(start + 8, "```");
	assert_non_null(end);
	*end = '\0';
	mapping = load_text(start + 8);
	assert_int_equal(map_bytes(mapping, NULL, text, sizeof(text) - 1, &told, NULL), 0);
	assert_string_equal(told.text, "7/1@1782892800#1 m=1489 resolved/none g=-\n");
	vg_mapping_free(mapping);
}

static int
set_zone(void **state)
{
	(void)state;
	return vg_civil_set_zone("Europe/Stockholm", NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_uci_log_maps_without_a_fault),
		cmocka_unit_test(the_volvo_log_maps_without_a_fault),
		cmocka_unit_test(a_row_of_the_uci_log_states_all_that_the_mapping_names),
		cmocka_unit_test(every_jira_sample_has_its_outcome),
		cmocka_unit_test(the_servicenow_demo_export_maps),
		cmocka_unit_test(samples_of_other_systems_map),
		cmocka_unit_test(an_itop_answer_gives_one_row_an_object),
		cmocka_unit_test(each_wrong_row_is_told_with_line_field_and_reason),
		cmocka_unit_test(an_export_made_again_with_more_rows_keeps_its_ids),
		cmocka_unit_test(a_quarantined_row_is_taken_again_with_the_id_it_had),
		cmocka_unit_test(what_waits_is_of_the_municipality_that_the_mapping_could_tell),
		cmocka_unit_test(repeated_keys_are_numbered_only_when_asked),
		cmocka_unit_test(a_wrong_header_refuses_the_file),
		cmocka_unit_test(a_cut_gzip_file_is_an_error_after_its_rows),
		cmocka_unit_test(ndjson_goes_on_after_a_wrong_line),
		cmocka_unit_test(hostile_documents_are_refused),
		cmocka_unit_test(a_wrong_mapping_file_is_told_with_line_and_column),
		cmocka_unit_test(a_missing_mapping_file_is_told),
		cmocka_unit_test(the_example_in_the_documentation_maps),
	};

	return cmocka_run_group_tests(tests, set_zone, NULL);
}
