/* close.c - closing a month: what it would give, municipality by municipality, and asking for it.
 *
 * The plan is the drafts of a replayed core, so it is what the daemon will close when a second
 * person says yes. The hard thing is that nobody may be surprised: what would hold a municipality
 * back stands beside its sums, and so does what will be printed as missing. */
#include "cli/body.h"
#include "cli/commands.h"
#include "cli/remote.h"
#include "cli/replay.h"
#include "core/fee.h"
#include "lib/civil/civil.h"
#include "lib/report/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct close {
	const struct vg_core *core;
	json_t *rows;
	struct vg_fee_unattributed nobodys;
	int64_t total_ore;
	size_t held;
};

static const char *
name_of(const struct vg_core *core, const char *code)
{
	const struct vg_municipality *known =
		vg_agreement_municipality(vg_core_agreement_latest(core), code);

	return known != NULL ? known->name : code;
}

/* The names of what is set, as a list. */
static json_t *
hold_names(int holds)
{
	json_t *names = json_array();

	for (int hold = 0; hold < VG_HOLD_COUNT; hold++)
		if ((holds & 1 << hold) != 0)
			(void)json_array_append_new(
				names, json_string(vg_fee_hold_name((enum vg_fee_hold)hold)));
	return names;
}

static int
add_draft(const struct vg_fee_draft *draft, void *arg)
{
	struct close *close = arg;
	const struct vg_statement *statement = &draft->statement;
	const struct vg_statement *closed =
		vg_fee_statement(close->core, statement->municipality, statement->month);
	bool is_closed = closed != NULL && closed->state == VG_STATEMENT_CLOSED;

	if (is_closed)
		statement = closed;
	close->total_ore += statement->total_ore;
	close->held += draft->held && !is_closed;
	return json_array_append_new(close->rows,
				     json_pack("{ss ss ss so sI sI sI sI sI sI sI}", "municipality",
					       statement->municipality, "name",
					       name_of(close->core, statement->municipality),
					       "state",
					       is_closed     ? "closed"
					       : draft->held ? "held"
							     : "ready",
					       "holds", hold_names(statement->holds), "counted",
					       (json_int_t)statement->counted, "not_counted",
					       (json_int_t)statement->not_counted, "corrected",
					       (json_int_t)statement->corrected, "gross_ore",
					       (json_int_t)statement->gross_ore, "support_ore",
					       (json_int_t)statement->support_ore, "operation_ore",
					       (json_int_t)statement->operation_ore, "total_ore",
					       (json_int_t)statement->total_ore)) == 0
		       ? 0
		       : VG_ENOMEM;
}

/* Those that --municipality names, as a list of ids; "" = all. */
static int
asked_municipalities(const struct vg_cli *cli, char *out, size_t size)
{
	size_t length = 0;

	*out = '\0';
	for (int i = 0; i < cli->givens; i++) {
		int n;

		if (strcmp(cli->given[i].name, "municipality") != 0)
			continue;
		n = snprintf(out + length, size - length, "%s%s", length > 0 ? " " : "",
			     cli->given[i].value);
		if (n < 0 || (size_t)n >= size - length)
			return vg_cli_fail(cli, VG_EXIT_USAGE, "too many --municipality");
		length += (size_t)n;
	}
	return 0;
}

/* Facts in quarantine of which nobody knows whose they are: they may still come to any of them. */
static int64_t
unattributed_quarantine(const struct vg_core *core)
{
	const struct vg_quarantined *row;
	int64_t count = 0;

	for (size_t i = 0; (row = vg_core_item(core, VG_OBJECT_QUARANTINED, i)) != NULL; i++)
		count += !row->retaken && row->municipality[0] == '\0';
	return count;
}

/* --- printing --- */

static const char *
state_words(const char *state)
{
	if (strcmp(state, "closed") == 0)
		return "fastställd";
	return strcmp(state, "held") == 0 ? "hålls" : "klar";
}

static bool
has_hold(const json_t *row, const char *name)
{
	const json_t *hold;
	size_t i;

	json_array_foreach(json_object_get(row, "holds"), i, hold)
	{
		if (strcmp(json_string_value(hold), name) == 0)
			return true;
	}
	return false;
}

/* What holds them, or will be printed as missing: once each, with whom it concerns. */
static void
print_holds(const json_t *rows)
{
	for (int hold = 0; hold < VG_HOLD_COUNT; hold++) {
		const char *name = vg_fee_hold_name((enum vg_fee_hold)hold);
		size_t i, count = 0;
		const json_t *row;

		json_array_foreach(rows, i, row) count += has_hold(row, name);
		if (count == 0)
			continue;
		printf("%s:", vg_fee_hold_words((enum vg_fee_hold)hold));
		json_array_foreach(rows, i, row)
		{
			if (count < json_array_size(rows) && has_hold(row, name))
				printf(" %s",
				       json_string_value(json_object_get(row, "municipality")));
		}
		puts(count < json_array_size(rows) ? "" : " alla");
	}
}

/* The last line of several. */
static json_t *
sum_of(const json_t *rows)
{
	static const char *const members[] = {"counted", "gross_ore", "support_ore",
					      "operation_ore", "total_ore"};
	json_t *sum = json_pack("{ss}", "municipality", "summa");

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		json_int_t all = 0;
		const json_t *row;
		size_t k;

		json_array_foreach(rows, k, row) all +=
			json_integer_value(json_object_get(row, members[i]));
		(void)json_object_set_new(sum, members[i], json_integer(all));
	}
	return sum;
}

static void
print_rows(const json_t *rows)
{
	static const struct vg_column columns[] = {{"municipality", "code"},
						   {"name", "municipality"},
						   {"counted", "counted"},
						   {"gross_ore", "gross_ore"},
						   {"support_ore", "support_ore"},
						   {"operation_ore", "operation_ore"},
						   {"total_ore", "total_ore"},
						   {"standing", "standing"},
						   {NULL, NULL}};
	static const char *const spare[] = {"operation_ore", "support_ore", "gross_ore", NULL};
	json_t *shown = json_deep_copy(rows), *row;
	size_t i;

	json_array_foreach(shown, i, row)(void) json_object_set_new(
		row, "standing",
		json_string(state_words(json_string_value(json_object_get(row, "state")))));
	if (json_array_size(rows) > 1)
		(void)json_array_append_new(shown, sum_of(rows));
	vg_print_table_spare(shown, columns, spare);
	putchar('\n');
	print_holds(rows);
	json_decref(shown);
}

static void
closing_day(const struct vg_core *core, int month, char *out, size_t size)
{
	int64_t days = vg_fee_closing_day(core, month);
	int year, month_, day;

	*out = '\0';
	if (days < 0)
		return;
	vg_civil_from_days(days, &year, &month_, &day);
	(void)snprintf(out, size, "%04d-%02d-%02d", year, month_, day);
}

static int
print_plan(struct vg_cli *cli, const struct close *close, int month)
{
	int64_t quarantine = unattributed_quarantine(close->core);
	const size_t count = json_array_size(close->rows);
	char day[32];
	json_t *out;
	int rc;

	closing_day(close->core, month, day, sizeof(day));
	if (vg_cli_flag(cli, "json")) {
		out = json_pack("{ss ss sO sI sI sI sI}", "month", cli->operand[0], "closing_day",
				day, "municipalities", close->rows, "total_ore",
				(json_int_t)close->total_ore, "unattributed",
				(json_int_t)close->nobodys.count, "unattributed_month",
				(json_int_t)close->nobodys.own, "quarantine_unattributed",
				(json_int_t)quarantine);
		rc = vg_print_json(cli, out);
		json_decref(out);
		return rc;
	}
	print_rows(close->rows);
	printf("%zu %s, varav %zu hålls. Fastställs %s. Inget är skrivet.\n", count,
	       count == 1 ? "kommun" : "kommuner", close->held,
	       *day != '\0' ? day : "en dag som avtalet inte omfattar");
	if (close->nobodys.count > 0)
		printf("Utan kommun: %" PRId64 " ärenden som räknas men inte kan debiteras, varav "
		       "%" PRId64 " i månaden.\n",
		       close->nobodys.count, close->nobodys.own);
	if (quarantine > 0)
		printf("I karantän utan känd kommun: %" PRId64 " (vinga quarantine list).\n",
		       quarantine);
	return VG_EXIT_OK;
}

static int
plan(struct vg_cli *cli, int month)
{
	struct vg_replayed replayed = {0};
	struct close close = {.rows = json_array()};
	char municipalities[VG_SCOPE_TEXT_MAX + 1];
	struct vg_as_of as_of;
	int rc = asked_municipalities(cli, municipalities, sizeof(municipalities));

	if (rc == 0)
		rc = vg_cli_as_of(cli, &as_of);
	if (rc == 0)
		rc = vg_replay_sound(cli, &as_of, &replayed);
	if (rc == 0)
		rc = vg_replay_zone(cli, replayed.core);
	if (rc == 0) {
		close.core = replayed.core;
		rc = vg_fee_drafts(replayed.core, month, municipalities, add_draft, &close);
		if (rc == 0)
			rc = vg_fee_unattributed(replayed.core, month, &close.nobodys);
		rc = rc == 0 ? print_plan(cli, &close, month)
			     : vg_cli_fail(cli, vg_cli_exit_of(rc), "%s: %s", cli->operand[0],
					   rc == VG_ENOTFOUND ? "inget avtal med avgift gäller"
							      : "out of memory");
	}
	json_decref(close.rows);
	vg_replay_fini(&replayed);
	return rc;
}

int
vg_run_close(struct vg_cli *cli)
{
	json_t *body;
	int month, rc = vg_cli_month(cli, cli->operand[0], &month);

	if (rc == 0 && vg_cli_flag(cli, "plan"))
		return plan(cli, month);
	if (rc == 0)
		rc = vg_body_require(cli, "reason", "why, or --plan to see what it would give");
	if (rc != 0)
		return rc;
	body = json_pack("{ss}", "month", cli->operand[0]);
	rc = vg_body_list(cli, body, "municipality", "municipalities");
	if (rc == 0)
		rc = vg_body_text(cli, body, "reason", "reason");
	if (rc == 0)
		return vg_body_propose(cli, "/api/v1/closings", body, cli->operand[0]);
	json_decref(body);
	return rc;
}
