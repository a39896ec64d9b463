/* propose.c - what takes effect when another person approves it: rates of an index, a year's cost,
 * decisions about one ticket, and what was billed before Vinga did so.
 *
 * An opening may have more tickets than one event holds. Then it is sent as several, whose sums add
 * up: the first states the amounts, and all of them must be approved. */
#include "cli/body.h"
#include "cli/commands.h"
#include "cli/remote.h"
#include "cli/sheet.h"
#include "core/event.h"
#include "lib/report/text.h"
#include "lib/yaml/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPENING_ROWS_MAX 100000
#define AMOUNT_MAX	 64 /* bytes of an amount as written */

/* --- values --- */

static int
read_year(const struct vg_cli *cli, const char *text, json_t *body)
{
	if (strlen(text) != 4 || strspn(text, "0123456789") != 4)
		return vg_cli_fail(cli, VG_EXIT_USAGE, "\"%s\": expected a year such as 2027",
				   text);
	(void)json_object_set_new(body, "year", json_integer(strtol(text, NULL, 10)));
	return 0;
}

/* Öre of "250 kr", and of "250,00" as a spreadsheet writes it. */
static bool
parse_amount(const char *text, int64_t *ore)
{
	char with_unit[AMOUNT_MAX + 4];
	const size_t length = strlen(text);

	if (length == 0 || length > AMOUNT_MAX)
		return false;
	(void)snprintf(with_unit, sizeof(with_unit), "%s%s", text,
		       strchr("0123456789", text[length - 1]) != NULL ? " kr" : "");
	return vg_yaml_parse_ore(with_unit, ore);
}

static int
read_amount(const struct vg_cli *cli, const char *what, const char *text, json_t *body,
	    const char *member)
{
	int64_t ore;

	if (!parse_amount(text, &ore))
		return vg_cli_fail(cli, VG_EXIT_USAGE,
				   "%s: \"%.60s\": expected kronor such as \"31 400 000 kr\"", what,
				   text);
	(void)json_object_set_new(body, member, json_integer(ore));
	return 0;
}

/* "2,5 %" or "-0.31%" to billionths; at most seven decimals. */
static bool
parse_rate(const char *text, int64_t *ppb)
{
	const bool negative = *text == '-';
	int64_t scale = 10000000, value;
	char *end;

	text += negative ? 1 : 0;
	if (strchr("0123456789", *text) == NULL || *text == '\0')
		return false;
	value = strtol(text, &end, 10);
	if (end - text > 3)
		return false;
	value *= scale;
	if (*end == ',' || *end == '.')
		for (end++; *end >= '0' && *end <= '9'; end++) {
			if ((scale /= 10) == 0)
				return false;
			value += (*end - '0') * scale;
		}
	end += strspn(end, " ");
	*ppb = negative ? -value : value;
	return strcmp(end, "%") == 0 && value <= 1000000000 && *ppb > -1000000000;
}

static int
read_rate(const struct vg_cli *cli, const char *text, json_t *body)
{
	int64_t ppb;

	if (!parse_rate(text, &ppb))
		return vg_cli_fail(cli, VG_EXIT_USAGE,
				   "\"%.60s\": expected a rate such as \"2,5 %%\", above -100 %% "
				   "and at most 100 %%, with at most seven decimals",
				   text);
	(void)json_object_set_new(body, "rate_ppb", json_integer(ppb));
	return 0;
}

/* --reason, and of what was decided elsewhere when, and where it stands. */
static int
read_grounds(const struct vg_cli *cli, json_t *body, bool decided)
{
	int rc = vg_body_require(cli, "reason", "why; it stands in the ledger");

	if (rc == 0 && decided)
		rc = vg_body_require(cli, "decided", "the day of the decision, as 2026-12-01");
	if (rc == 0 && decided)
		rc = vg_body_require(cli, "document", "where the decision stands");
	if (rc == 0)
		rc = vg_body_text(cli, body, "reason", "reason");
	if (rc == 0)
		rc = vg_body_text(cli, body, "decided", "decided");
	return rc == 0 ? vg_body_text(cli, body, "document", "document") : rc;
}

/* Sends it, when reading went well. Takes the body over. */
static int
propose(struct vg_cli *cli, const char *path, json_t *body, const char *name, int rc)
{
	if (rc != 0) {
		json_decref(body);
		return rc;
	}
	return vg_body_propose(cli, path, body, name);
}

/* --- rates, costs, overrides --- */

int
vg_run_rate_propose(struct vg_cli *cli)
{
	json_t *body = json_pack("{ss}", "index", cli->operand[0]);
	int rc = body != NULL ? 0 : vg_cli_fail(cli, VG_EXIT_MALFORMED, "INDEX: expected UTF-8");

	if (rc == 0)
		rc = read_year(cli, cli->operand[1], body);
	if (rc == 0)
		rc = read_rate(cli, cli->operand[2], body);
	if (rc == 0)
		rc = read_grounds(cli, body, true);
	return propose(cli, "/api/v1/rates", body, "indextal", rc);
}

int
vg_run_cost_propose(struct vg_cli *cli)
{
	json_t *body = json_object();
	int rc = read_year(cli, cli->operand[0], body);

	if (rc == 0)
		rc = read_amount(cli, "KRONOR", cli->operand[1], body, "cost_ore");
	if (rc == 0)
		rc = read_grounds(cli, body, true);
	return propose(cli, "/api/v1/costs", body, "årskostnad", rc);
}

int
vg_run_override_propose(struct vg_cli *cli)
{
	const char *outcome = cli->operand[1], *near = vg_yaml_nearest(outcome, vg_override_words);
	json_t *body = json_pack("{ss ss}", "ticket", cli->operand[0], "outcome", outcome);
	int i = 0, rc = 0;

	while (i < VG_OVERRIDE_COUNT && strcmp(vg_override_words[i], outcome) != 0)
		i++;
	if (i == VG_OVERRIDE_COUNT)
		rc = vg_cli_fail(cli, VG_EXIT_USAGE,
				 "\"%s\": expected counts, not_counted or as_rules%s%s%s", outcome,
				 near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
				 near != NULL ? "\"?" : "");
	if (rc == 0)
		rc = read_grounds(cli, body, false);
	return propose(cli, "/api/v1/overrides", body, cli->operand[0], rc);
}

/* --- openings --- */

struct opening {
	const char *path;
	json_t *tickets;
	int64_t sum_ore;
};

static int
on_ticket(const struct vg_cli *cli, int64_t line, const char *const *cell, void *arg)
{
	struct opening *opening = arg;
	int64_t ore;
	int month;
	json_t *row;

	if (json_array_size(opening->tickets) == OPENING_ROWS_MAX)
		return vg_cli_fail(cli, VG_EXIT_MALFORMED, "%s: expected at most %d tickets",
				   opening->path, OPENING_ROWS_MAX);
	if (vg_cli_month(cli, cell[2], &month) != 0)
		return vg_cli_fail(cli, VG_EXIT_MALFORMED, "%s:%lld: month: \"%.60s\"",
				   opening->path, (long long)line, cell[2]);
	if (!parse_amount(cell[3], &ore))
		return vg_cli_fail(cli, VG_EXIT_MALFORMED,
				   "%s:%lld: price: \"%.60s\": expected kronor such as 250,00",
				   opening->path, (long long)line, cell[3]);
	row = json_pack("{ss ss ss sI}", "source", cell[0], "ref", cell[1], "month", cell[2],
			"price_ore", (json_int_t)ore);
	if (row == NULL || json_array_append_new(opening->tickets, row) != 0)
		return vg_cli_fail(cli, VG_EXIT_MALFORMED, "%s:%lld: expected text in UTF-8",
				   opening->path, (long long)line);
	opening->sum_ore += ore;
	return 0;
}

/* Month, municipality, sums and reason: what every event of an opening says. */
static int
read_opening(const struct vg_cli *cli, json_t *body)
{
	static const char *const amounts[][2] = {{"support", "support_ore"},
						 {"operation", "operation_ore"}};
	int month, rc = vg_body_require(cli, "municipality", "whose opening it is");

	if (rc == 0)
		rc = vg_body_require(cli, "month", "the first month that Vinga bills");
	if (rc == 0)
		rc = vg_cli_month(cli, vg_cli_value(cli, "month", ""), &month);
	if (rc == 0)
		rc = vg_body_text(cli, body, "month", "month");
	if (rc == 0)
		rc = vg_body_text(cli, body, "municipality", "municipality");
	for (size_t i = 0; i < 2 && rc == 0; i++) {
		rc = vg_body_require(cli, amounts[i][0],
				     "what was billed of the year before that month, in kronor");
		if (rc == 0)
			rc = read_amount(cli, amounts[i][0], vg_cli_value(cli, amounts[i][0], ""),
					 body, amounts[i][1]);
	}
	return rc == 0 ? read_grounds(cli, body, false) : rc;
}

/* At most so many tickets from `from` on. */
static json_t *
some_tickets(const json_t *tickets, size_t from)
{
	json_t *list = json_array();

	for (size_t i = from; i < json_array_size(tickets) && i < from + VG_OPENING_TICKETS_MAX;
	     i++)
		(void)json_array_append(list, json_array_get(tickets, i));
	return list;
}

static int
send_opening(struct vg_cli *cli, json_t *body, const json_t *tickets)
{
	const char *code = vg_cli_value(cli, "municipality", "");
	int rc = 0;

	for (size_t at = 0; rc == 0 && (at == 0 || at < json_array_size(tickets));
	     at += VG_OPENING_TICKETS_MAX) {
		(void)json_object_set_new(body, "tickets", some_tickets(tickets, at));
		rc = vg_body_post(cli, "/api/v1/openings", json_deep_copy(body), code);
		(void)json_object_set_new(body, "support_ore", json_integer(0));
		(void)json_object_set_new(body, "operation_ore", json_integer(0));
	}
	if (rc == 0 && !vg_cli_flag(cli, "json"))
		puts("Det gäller när en annan person har godkänt det: vinga act approve.");
	return rc;
}

int
vg_run_opening_propose(struct vg_cli *cli)
{
	static const char *const columns[] = {"source", "ref", "month", "price", NULL};
	struct opening opening = {.tickets = json_array(),
				  .path = cli->operands > 0 ? cli->operand[0] : NULL};
	json_t *body = json_object();
	char money[VG_NUMBER_MAX];
	int rc = read_opening(cli, body);

	if (rc == 0 && opening.path != NULL)
		rc = vg_sheet_read(cli, opening.path, columns, on_ticket, &opening);
	if (rc == 0 && !vg_cli_flag(cli, "json"))
		printf("Ärenden som redan är debiterade: %zu, %s kr\n",
		       json_array_size(opening.tickets), vg_kronor_text(opening.sum_ore, money));
	if (rc == 0)
		rc = send_opening(cli, body, opening.tickets);
	json_decref(opening.tickets);
	json_decref(body);
	return rc;
}
