/* The read model's rows: as many values as columns, escapes, keys, and batches that end between
 * sequences. */
#include "tests/unit/alarm_support.h"
#include "tests/unit/avail_support.h"
#include "tests/unit/fee_world.h"

#include "lib/rows/rows.h"

static size_t
count_char(const char *text, size_t length, char wanted)
{
	size_t n = 0;

	for (size_t i = 0; i < length; i++)
		n += text[i] == wanted;
	return n;
}

/* Every line of a table has as many values as the table has columns. */
static void
check_shape(const struct vg_rows *rows)
{
	for (int table = 0; table < VG_TABLE_COUNT; table++) {
		const struct vg_rows_table *it = &rows->table[table];
		const char *columns = vg_table_info[table].columns;
		size_t commas = count_char(columns, strlen(columns), ',');

		assert_int_equal(count_char(it->copy, it->length, '\n'), it->rows);
		assert_int_equal(count_char(it->copy, it->length, '\t'), it->rows * commas);
		assert_non_null(strstr(columns, vg_table_info[table].key));
	}
}

/* Value `column` of the first row, counted by name. */
static void
value_of(const struct vg_rows *rows, enum vg_table table, const char *column, char *out,
	 size_t size)
{
	const char *name = strstr(vg_table_info[table].columns, column);
	const char *at = rows->table[table].copy;
	size_t length;

	assert_non_null(name);
	for (const char *c = vg_table_info[table].columns; c < name; c++) {
		if (*c == ',')
			at = strchr(at, '\t') + 1;
	}
	length = strcspn(at, "\t\n");
	assert_true(length < size);
	memcpy(out, at, length);
	out[length] = '\0';
}

static void
assert_value(const struct vg_rows *rows, enum vg_table table, const char *column, const char *want)
{
	char is[600];

	value_of(rows, table, column, is, sizeof(is));
	assert_string_equal(is, want);
}

static struct vg_rows
collect(const struct world *world, int64_t after_seq, size_t max_bytes)
{
	struct vg_rows rows;

	assert_int_equal(vg_rows_collect(world->core, after_seq, vg_core_received_ms(world->core),
					 max_bytes, &rows),
			 0);
	return rows;
}

static void
a_ticket_is_written_whole(void **state)
{
	struct world world = world_new();
	struct vg_rows rows;

	(void)state;
	report(&world, "T1", 10, "status=new line=1 priority=P1 municipality=1489 group=a\"b\\c");
	command(&world, VG_KIND_TICKET_ESCALATED, "T1", 20, 0, "");
	report(&world, "T1", 70, "status=resolved source_sla_met=0");
	rows = collect(&world, 0, SIZE_MAX);
	check_shape(&rows);
	assert_false(rows.more);
	assert_int_equal(rows.to_seq, 4);
	assert_int_equal(rows.table[VG_TABLE_TRANSITION].rows, 3);
	assert_value(&rows, VG_TABLE_TICKET, "ticket_id", "2");
	assert_value(&rows, VG_TABLE_TICKET, "created_at", "2015-12-31T23:10:00.000Z");
	assert_value(&rows, VG_TABLE_TICKET, "second_line_at", "2015-12-31T23:20:00.000Z");
	assert_value(&rows, VG_TABLE_TICKET, "received_at", "\\N");
	assert_value(&rows, VG_TABLE_TICKET, "sla,", "met");
	assert_value(&rows, VG_TABLE_TICKET, "elapsed_ms", "3600000");
	assert_value(&rows, VG_TABLE_TICKET, "faults", "{}");
	assert_value(&rows, VG_TABLE_TICKET, "source_sla_met", "f");
	assert_value(&rows, VG_TABLE_TICKET, "side_first_line_ms", "600000");
	assert_value(&rows, VG_TABLE_TICKET, "agreement_version", "1");
	assert_value(&rows, VG_TABLE_TICKET_REF, "ref", "T1");
	assert_value(&rows, VG_TABLE_NOTIFICATION, "state", "acknowledged");
	assert_value(&rows, VG_TABLE_AGREEMENT, "valid_to", "infinity");
	assert_value(&rows, VG_TABLE_KPI_CELL, "month", "2016-01-01");
	assert_value(&rows, VG_TABLE_TRANSITION, "fields",
		     "{\"status\":\"new\",\"support_line\":1,\"group\":\"a\\\\\"b\\\\\\\\c\","
		     "\"priority\":\"P1\",\"municipality\":\"1489\"}");
	vg_rows_free(&rows);
	vg_core_free(world.core);
}

static void
a_ticket_that_vanished_leaves_its_key_alone(void **state)
{
	struct world world = world_new();
	struct vg_rows rows;

	(void)state;
	report(&world, "T1", 10, "status=new line=1 priority=P1 municipality=1489");
	command(&world, VG_KIND_TICKET_CORRECTED, "T1", 10, 2, "");
	rows = collect(&world, 2, SIZE_MAX);
	check_shape(&rows);
	assert_int_equal(rows.table[VG_TABLE_TICKET].rows, 0);
	assert_int_equal(rows.table[VG_TABLE_TICKET].keys_length, 2);
	assert_memory_equal(rows.table[VG_TABLE_TICKET].keys, "2\n", 2);
	vg_rows_free(&rows);
	vg_core_free(world.core);
}

/* Small batches together hold every ticket, each whole, and end at the core's head. */
static void
batches_end_between_sequences(void **state)
{
	struct world world = world_new();
	int64_t after = 0;
	size_t tickets = 0, batches = 0;
	bool more = true;

	(void)state;
	for (int i = 0; i < 50; i++) {
		char ref[16];

		snprintf(ref, sizeof(ref), "T%d", i);
		report(&world, ref, i, "status=new line=1 priority=P1 municipality=1489");
	}
	while (more) {
		struct vg_rows rows = collect(&world, after, 2000);

		check_shape(&rows);
		assert_true(rows.to_seq > after);
		after = rows.to_seq;
		more = rows.more;
		tickets += rows.table[VG_TABLE_TICKET].rows;
		batches++;
		vg_rows_free(&rows);
	}
	assert_int_equal(tickets, 50);
	assert_true(batches > 10);
	assert_int_equal(after, vg_core_seq(world.core));
	vg_core_free(world.core);
}

static void
a_share_is_written_in_millionths(void **state)
{
	static const char want[] = "\tresolution_met\tppm\t1\t3\t333333\t900000\t0\tmissed\t";
	struct world world = world_new();
	struct vg_rows rows;
	const char *row;

	(void)state;
	report(&world, "T1", 10, "status=new line=1 priority=P1 municipality=1489");
	report(&world, "T1", 20, "status=resolved");
	report(&world, "T2", 10, "status=new line=1 priority=P1 municipality=1489");
	report(&world, "T2", 400, "status=resolved");
	report(&world, "T3", 10, "status=new line=1 priority=P1 municipality=1489");
	report(&world, "T3", 400, "status=resolved");
	rows = collect(&world, 0, SIZE_MAX);
	row = strstr(rows.table[VG_TABLE_KPI_CELL].copy, "\tresolution_met\t");
	assert_non_null(row);
	assert_int_equal(strncmp(row, want, sizeof(want) - 1), 0);
	vg_rows_free(&rows);
	vg_core_free(world.core);
}

static void
other_objects_have_their_rows(void **state)
{
	struct world world = world_new();
	struct vg_event event = world_event(&world, VG_KIND_INTAKE_QUARANTINED, 1);
	struct vg_rows rows;

	(void)state;
	event.body.quarantine =
		(struct vg_quarantine_body){"m", "unknown", "state", "a\tb\nc\\", "{}", 0};
	world_step(&world, &event);
	import_event(&world, VG_KIND_IMPORT_STARTED, "i1", "aa");
	event = world_event(&world, VG_KIND_USERS_READ, 2);
	event.has_municipality = true;
	event.municipality = "1489";
	event.body.users = (struct vg_users_body){16860, 130, 5, "licensed", ""};
	world_step(&world, &event);
	event = world_event(&world, VG_KIND_REGISTER_SET, 3);
	event.body.reg = (struct vg_register_body){"contacts", "k", INT64_MIN, INT64_MAX, "{}"};
	world_step(&world, &event);
	event = world_event(&world, VG_KIND_REPORT_MADE, 4);
	event.body.report = (struct vg_report_body){.month = JANUARY + 1,
						    .as_of_seq = 4,
						    .head = "head",
						    .model_sha256 = "sha",
						    .scope = ""};
	world_step(&world, &event);
	rows = collect(&world, 0, SIZE_MAX);
	check_shape(&rows);
	assert_value(&rows, VG_TABLE_QUARANTINE, "value", "a\\tb\\nc\\\\");
	assert_value(&rows, VG_TABLE_IMPORT, "rows", "\\N");
	assert_value(&rows, VG_TABLE_USERS, "day", "2016-02-29");
	assert_value(&rows, VG_TABLE_REGISTER, "valid_from", "-infinity");
	assert_value(&rows, VG_TABLE_REPORT, "month", "2016-02-01");
	vg_rows_free(&rows);
	vg_core_free(world.core);
}

static void
an_alarm_has_its_rows(void **state)
{
	struct world world = alarm_world();
	struct vg_rows rows;

	(void)state;
	resources_event(&world, 9, "sw1 - vard 1480,1489 core1");
	alarms_event(&world, "snmp", 10, "sw1/Gi1 link-down major cat=availability text=down");
	alarm_act(&world, VG_KIND_ALARM_SHELVED, "A-3072", 12, "known", -1);
	rows = collect(&world, 0, SIZE_MAX);
	check_shape(&rows);
	assert_value(&rows, VG_TABLE_ALARM, "alarm_id", "3072");
	assert_value(&rows, VG_TABLE_ALARM, "qualifier", "");
	assert_value(&rows, VG_TABLE_ALARM, "sources", "{snmp}");
	assert_value(&rows, VG_TABLE_ALARM, "service", "vard");
	assert_value(&rows, VG_TABLE_ALARM, "municipalities", "{1480,1489}");
	assert_value(&rows, VG_TABLE_ALARM, "severity", "major");
	assert_value(&rows, VG_TABLE_ALARM, "category", "availability");
	assert_value(&rows, VG_TABLE_ALARM, "raised_at", "2015-12-31T23:10:00.000Z");
	assert_value(&rows, VG_TABLE_ALARM, "cleared_at", "\\N");
	assert_value(&rows, VG_TABLE_ALARM, "notices", "1");
	assert_value(&rows, VG_TABLE_ALARM, "operator,", "shelved");
	assert_value(&rows, VG_TABLE_ALARM, "reason", "known");
	assert_value(&rows, VG_TABLE_ALARM, "until_at", "infinity");
	assert_value(&rows, VG_TABLE_ALARM, "previous", "\\N");
	assert_int_equal(rows.table[VG_TABLE_ALARM_CHANGE].rows, 2);
	assert_value(&rows, VG_TABLE_ALARM_CHANGE, "severity", "major");
	assert_value(&rows, VG_TABLE_ALARM_CHANGE, "operator", "\\N");
	assert_value(&rows, VG_TABLE_ALARM_CHANGE, "actor", "snmp");
	assert_value(&rows, VG_TABLE_ALARM_CHANGE, "text", "down");
	assert_non_null(strstr(rows.table[VG_TABLE_ALARM_SOURCE].copy,
			       "snmp\t3\t2015-12-31T23:10:00.000Z\t1\t1\tf\n"));
	assert_value(&rows, VG_TABLE_RESOURCE, "parent", "core1");
	assert_value(&rows, VG_TABLE_AGREEMENT, "alarm_transient_ms", "3600000");
	assert_value(&rows, VG_TABLE_AGREEMENT, "alarm_tickets", "none");
	vg_rows_free(&rows);
	alarm_act(&world, VG_KIND_ALARM_UNSHELVED, "A-3072", 13, "", -1);
	alarms_event(&world, "snmp", 14, "sw1/Gi1 link-down cleared");
	rows = collect(&world, 4, SIZE_MAX);
	check_shape(&rows);
	assert_value(&rows, VG_TABLE_ALARM, "operator,", "un-shelved");
	assert_value(&rows, VG_TABLE_ALARM, "until_at", "\\N");
	assert_value(&rows, VG_TABLE_ALARM, "severity", "major");
	assert_value(&rows, VG_TABLE_ALARM, "cleared_at", "2015-12-31T23:14:00.000Z");
	assert_value(&rows, VG_TABLE_ALARM_CHANGE, "operator", "un-shelved");
	assert_int_equal(rows.table[VG_TABLE_RESOURCE].rows, 0);
	vg_rows_free(&rows);
	vg_core_free(world.core);
}

/* --- months of availability --- */

static int
compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The text with its lines in order. */
static char *
sorted_lines(const char *text, size_t length)
{
	char *copy = strndup(text != NULL ? text : "", length), *out = calloc(1, length + 2),
	     *rest = copy, *line;
	char *lines[4000];
	size_t n = 0;

	assert_non_null(copy);
	assert_non_null(out);
	while ((line = strsep(&rest, "\n")) != NULL && n < 4000)
		lines[n++] = line;
	qsort(lines, n, sizeof(*lines), compare_lines);
	for (size_t i = 0, at = 0; i < n; i++)
		at += (size_t)sprintf(out + at, "%s%s", i > 0 ? "\n" : "", lines[i]);
	free(copy);
	return out;
}

static void
assert_same_rows(const struct vg_rows *a, const struct vg_rows *b)
{
	assert_int_equal(a->to_seq, b->to_seq);
	assert_int_equal(a->more, b->more);
	for (int t = 0; t < VG_TABLE_COUNT; t++) {
		char *x = sorted_lines(a->table[t].copy, a->table[t].length);
		char *y = sorted_lines(b->table[t].copy, b->table[t].length);

		assert_string_equal(x, y);
		free(x);
		free(y);
		assert_int_equal(a->table[t].keys_length, b->table[t].keys_length);
	}
}

/* A service without probes, and an outage that a person states, five months ago. */
static struct avail_world
world_of_months(void)
{
	struct avail_world world = avail_world(avail_agreement());

	avail_tick(&world, support_at("2026-11-20 12:00"));
	avail_record(&world, VG_EFFECT_DOWN, "journal", "", "", support_at("2026-06-10 10:00"),
		     support_at("2026-06-10 11:00"), VG_PARTY_VGR);
	return world;
}

static void
months_of_one_event_come_one_a_step(void **state)
{
	struct avail_world world = world_of_months();
	struct vg_rows whole, stepped;
	size_t steps = 1;

	(void)state;
	assert_int_equal(vg_rows_collect(world.core, 1, world.now_ms, SIZE_MAX, &whole), 0);
	assert_int_equal(vg_rows_begin(world.core, 1, world.now_ms, SIZE_MAX, &stepped), 0);
	assert_true(stepped.unfinished);
	for (; stepped.unfinished; steps++)
		assert_int_equal(vg_rows_go_on(world.core, &stepped), 0);
	assert_int_equal(steps, 6);
	assert_int_equal(whole.to_seq, world.seq);
	assert_true(whole.table[VG_TABLE_AVAILABILITY].rows > 0);
	assert_same_rows(&whole, &stepped);
	vg_rows_free(&whole);
	vg_rows_free(&stepped);
	vg_core_free(world.core);
}

/* What changes again between two steps is left to the next batch, which has it all. */
static void
a_month_that_changes_between_steps_is_in_the_next_batch(void **state)
{
	struct avail_world world = world_of_months();
	struct vg_rows rows, next;
	int64_t seq = world.seq;
	size_t steps = 1;

	(void)state;
	assert_int_equal(vg_rows_begin(world.core, 1, world.now_ms, SIZE_MAX, &rows), 0);
	avail_record(&world, VG_EFFECT_DOWN, "journal", "", "", support_at("2026-09-10 10:00"),
		     support_at("2026-09-10 11:00"), VG_PARTY_VGR);
	for (; rows.unfinished; steps++)
		assert_int_equal(vg_rows_go_on(world.core, &rows), 0);
	assert_int_equal(rows.to_seq, seq);
	assert_true(rows.more);
	assert_int_equal(steps, 3); /* June, July and August */
	assert_int_equal(vg_rows_collect(world.core, rows.to_seq, world.now_ms, SIZE_MAX, &next),
			 0);
	assert_int_equal(next.to_seq, world.seq);
	assert_int_equal(next.objects, 4); /* the record, September, October and November */
	vg_rows_free(&rows);
	vg_rows_free(&next);
	vg_core_free(world.core);
}

static void
comment(struct world *world, const char *municipality, int64_t due_day)
{
	struct vg_event event = fee_event_ms(world, VG_KIND_COMMENT_MADE, 0);

	event.has_municipality = municipality[0] != '\0';
	event.municipality = municipality;
	event.actor = "one";
	event.body.comment = (struct vg_comment_body){.month = MONTH(2026, 1),
						      .kpi = "availability",
						      .service = "",
						      .cause = "cause",
						      .action = "action",
						      .owner = "drift",
						      .due_day = due_day};
	assert_int_equal(world_step(world, &event), VG_VERDICT_TAKEN);
}

static void
object_to(struct world *world, const char *ticket)
{
	struct vg_event event = fee_event(world, VG_KIND_STATEMENT_PUBLISHED, "2026-02-06 12:00");

	event.has_municipality = true;
	event.municipality = "1489";
	event.body.statement = (struct vg_statement_body){
		.month = MONTH(2026, 1),
		.model_sha256 = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
		.invoice = ""};
	assert_int_equal(world_step(world, &event), VG_VERDICT_TAKEN);
	event = fee_event(world, VG_KIND_OBJECTION_RAISED, "2026-02-07 12:00");
	event.has_municipality = true;
	event.municipality = "1489";
	event.actor = "kommun";
	event.body.objection = (struct vg_objection_body){
		.objection = "", .ticket = ticket, .reason = "not ours", .month = MONTH(2026, 1)};
	if (world_step(world, &event) != VG_VERDICT_TAKEN)
		fail_msg("%s", world->verdict.text);
}

/* January of two municipalities: one is closed and disputed, the other lacks its users. */
static struct world
fee_january(void)
{
	struct vg_act_body closing = {
		.reason = "test", .month = MONTH(2026, 1), .municipalities = ""};
	struct world world = fee_world(2026);
	char ticket[32];

	fee_users(&world, "1489", "2026-01-01", 130);
	(void)snprintf(ticket, sizeof(ticket), "V-%lld",
		       (long long)vg_ticket_id(fee_ticket(&world, "A", "1489", "2026-01-10 12:00",
							  "cause_party=vgr")));
	fee_ticket(&world, "B", "1489", "2026-01-11 12:00", "window=W-7.1 alarm=A-5");
	fee_report(&world, "C", "2026-02-06 10:00", "status=new line=2 municipality=1489");
	fee_override(&world, ticket, VG_OVERRIDE_COUNTS);
	fee_act(&world, VG_KIND_CLOSE_PROPOSED, &closing);
	object_to(&world, ticket);
	comment(&world, "", -1);
	comment(&world, "1489", support_days(2026, 3, 1));
	return world;
}

static void
the_fee_has_its_rows(void **state)
{
	struct world world = fee_january();
	struct vg_rows rows = collect(&world, 0, SIZE_MAX);

	(void)state;
	check_shape(&rows);
	assert_int_equal(rows.table[VG_TABLE_FEE_DECISION].rows, 2);
	assert_value(&rows, VG_TABLE_FEE_DECISION, "municipality", "1489");
	assert_value(&rows, VG_TABLE_FEE_DECISION, "month", "2026-01-01");
	assert_value(&rows, VG_TABLE_FEE_DECISION, "at,", "2026-01-11T11:00:00.000Z");
	assert_int_equal(rows.table[VG_TABLE_FEE_ACT].rows, 2);
	assert_value(&rows, VG_TABLE_FEE_ACT, "kind", "override");
	assert_value(&rows, VG_TABLE_FEE_ACT, "outcome", "counts");
	assert_value(&rows, VG_TABLE_FEE_ACT, "rate_ppb", "\\N");
	assert_int_equal(rows.table[VG_TABLE_FEE_STATEMENT].rows, 2);
	assert_int_equal(rows.table[VG_TABLE_FEE_LINE].rows, 2);
	assert_value(&rows, VG_TABLE_FEE_LINE, "reason_before", "\\N");
	assert_int_equal(rows.table[VG_TABLE_FEE_YEAR].rows, 1);
	assert_value(&rows, VG_TABLE_FEE_YEAR, "cap_ore", "3250000");
	assert_value(&rows, VG_TABLE_FEE_YEAR, "per_ticket_capped_ore", "50000");
	assert_value(&rows, VG_TABLE_FEE_YEAR, "flat_per_user_ore", "270833");
	assert_value(&rows, VG_TABLE_FEE_YEAR, "operation_ore", "1895833");
	assert_value(&rows, VG_TABLE_FEE_OBJECTION, "state", "open");
	assert_value(&rows, VG_TABLE_FEE_OBJECTION, "decided_at", "\\N");
	assert_int_equal(rows.table[VG_TABLE_COMMENT].rows, 2);
	assert_value(&rows, VG_TABLE_COMMENT, "municipality", "\\N");
	assert_value(&rows, VG_TABLE_COMMENT, "due_day", "\\N");
	vg_rows_free(&rows);
	vg_core_free(world.core);
}

static void
what_was_billed_before_has_its_rows(void **state)
{
	struct vg_opening_row row = {"tool", "OLD", MONTH(2026, 1), 25000};
	struct vg_act_body opening = {.reason = "test",
				      .month = MONTH(2026, 2),
				      .municipalities = "1480",
				      .support_ore = 25000,
				      .count = 1,
				      .row = &row};
	struct world world = fee_world(2026);
	struct vg_rows rows;

	(void)state;
	fee_act(&world, VG_KIND_OPENING_PROPOSED, &opening);
	rows = collect(&world, 0, SIZE_MAX);
	check_shape(&rows);
	assert_value(&rows, VG_TABLE_FEE_ACT, "kind", "opening");
	assert_value(&rows, VG_TABLE_FEE_ACT, "municipalities", "{1480}");
	assert_value(&rows, VG_TABLE_FEE_ACT, "amount_ore", "25000");
	assert_value(&rows, VG_TABLE_FEE_OPENING, "opening_ticket", "4/tool/OLD");
	assert_memory_equal(rows.table[VG_TABLE_FEE_OPENING].keys, "4/tool/OLD\n", 11);
	vg_rows_free(&rows);
	vg_core_free(world.core);
}

/* The key stays when a statement that was held is closed, though its id does not. */
static void
a_statement_that_was_held_is_replaced(void **state)
{
	struct vg_act_body closing = {
		.reason = "test", .month = MONTH(2026, 1), .municipalities = "1480"};
	struct world world = fee_january();
	int64_t before = vg_core_seq(world.core);
	struct vg_rows rows;

	(void)state;
	fee_users(&world, "1480", "2026-01-01", 10);
	fee_act(&world, VG_KIND_CLOSE_PROPOSED, &closing);
	rows = collect(&world, before, SIZE_MAX);
	check_shape(&rows);
	assert_int_equal(rows.table[VG_TABLE_FEE_STATEMENT].rows, 1);
	assert_memory_equal(rows.table[VG_TABLE_FEE_STATEMENT].keys, "2026-01/1480\n", 13);
	assert_value(&rows, VG_TABLE_FEE_STATEMENT, "state,trial", "closed");
	assert_value(&rows, VG_TABLE_FEE_STATEMENT, "holds", "{}");
	assert_value(&rows, VG_TABLE_FEE_STATEMENT, "approved_by", "two");
	assert_value(&rows, VG_TABLE_FEE_STATEMENT, "published_at", "\\N");
	vg_rows_free(&rows);
	vg_core_free(world.core);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_ticket_is_written_whole),
		cmocka_unit_test(a_ticket_that_vanished_leaves_its_key_alone),
		cmocka_unit_test(batches_end_between_sequences),
		cmocka_unit_test(a_share_is_written_in_millionths),
		cmocka_unit_test(other_objects_have_their_rows),
		cmocka_unit_test(an_alarm_has_its_rows),
		cmocka_unit_test(months_of_one_event_come_one_a_step),
		cmocka_unit_test(a_month_that_changes_between_steps_is_in_the_next_batch),
		cmocka_unit_test(the_fee_has_its_rows),
		cmocka_unit_test(what_was_billed_before_has_its_rows),
		cmocka_unit_test(a_statement_that_was_held_is_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
