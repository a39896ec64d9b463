/* statement.c - one municipality's month: shown, written as files, published.
 *
 * A closed statement is made from the ledger as it stood when it was closed, so that the same bytes
 * come whoever asks and when; anything else is a draft of now. */
#include "cli/commands.h"
#include "cli/publish.h"
#include "cli/remote.h"
#include "cli/replay.h"
#include "cli/words.h"
#include "core/fee.h"
#include "lib/report/report.h"
#include "lib/report/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The core where the statement is to be made: as asked for, or, when it is closed there, as it was
 * closed. */
static int
replay(struct vg_cli *cli, int month, const char *municipality, struct vg_replayed *out)
{
	const struct vg_statement *statement;
	struct vg_as_of as_of;
	int rc = vg_cli_as_of(cli, &as_of);

	if (rc == 0)
		rc = vg_replay_sound(cli, &as_of, out);
	if (rc != 0)
		return rc;
	statement = vg_fee_statement(out->core, municipality, month);
	if (statement == NULL || statement->state != VG_STATEMENT_CLOSED)
		return 0;
	as_of = (struct vg_as_of){.seq = statement->as_of_seq, .before_ms = INT64_MAX};
	vg_replay_fini(out);
	return vg_replay_sound(cli, &as_of, out);
}

static int64_t
sum_of(const json_t *model, const char *member)
{
	const json_t *sums = json_object_get(json_object_get(model, "fee"), "sums");

	return json_integer_value(json_object_get(sums, member));
}

static void
print_amount(const char *words, int64_t ore)
{
	char text[VG_NUMBER_MAX];

	vg_put_padded(words, 36, false);
	vg_put_padded(vg_kronor_text(ore, text), 16, true);
	printf(" kr\n");
}

/* An amount that most statements have none of. */
static void
print_some(const char *words, int64_t ore)
{
	if (ore != 0)
		print_amount(words, ore);
}

static const char *
state_words(const char *state)
{
	if (strcmp(state, "closed") == 0)
		return "fastställt";
	if (strcmp(state, "trial") == 0)
		return "provkörning, debiteras inte";
	return strcmp(state, "held") == 0 ? "hålls, ännu inte fastställt" : "preliminärt";
}

/* What stands between the month's tickets and what is billed, as the page calls it. */
static const char *
between_words(const json_t *model, int64_t ore)
{
	const char *mode =
		json_string_value(json_object_get(json_object_get(model, "fee"), "mode"));

	if (mode == NULL || strcmp(mode, vg_fee_mode_name(VG_FEE_PER_TICKET_CAPPED)) != 0)
		return "Fast avgift i stället för ärenden";
	return ore < 0 ? "Över årets tak, debiteras inte" : "Tidigare över taket, ryms nu";
}

/* They add up, as on the page. */
static void
print_amounts(const json_t *model)
{
	const int64_t gross = sum_of(model, "gross_ore"), adjusted = sum_of(model, "adjusted_ore"),
		      support = sum_of(model, "support_ore"), between = support - gross - adjusted;

	print_amount("Månadens ärenden", gross);
	print_some("Rättelser av tidigare månader", adjusted);
	print_some(between_words(model, between), between);
	print_amount("Support", support);
	print_amount("Drift och förvaltning", sum_of(model, "operation_ore"));
	print_some("Moms", sum_of(model, "vat_ore"));
	print_some("Öresavrundning", sum_of(model, "rounding_ore"));
	print_amount("Summa", sum_of(model, "total_ore"));
}

/* The tickets, one a row: those that count, those that do not, and what earlier months get back. */
static void
print_lines(const json_t *model)
{
	static const struct vg_column columns[] = {
		{"row", "row"},	      {"kind", "kind"},
		{"ticket", "ticket"}, {"municipality_ref", "own_ref"},
		{"month", "month"},   {"reason", "reason"},
		{"amount", "amount"}, {NULL, NULL}};
	const json_t *line;
	json_t *rows = json_array();
	char amount[VG_NUMBER_MAX];
	size_t i;

	json_array_foreach(json_object_get(json_object_get(model, "fee"), "lines"), i, line)(void)
		json_array_append_new(
			rows,
			json_pack("{sO ss sO sO* sO ss ss}", "row", json_object_get(line, "no"),
				  "kind",
				  vg_line_kind_words(
					  json_string_value(json_object_get(line, "kind"))),
				  "ticket", json_object_get(line, "ticket"), "municipality_ref",
				  json_object_get(line, "municipality_ref"), "month",
				  json_object_get(line, "month"), "reason",
				  vg_fee_reason_words_of(
					  json_string_value(json_object_get(line, "reason"))),
				  "amount",
				  vg_kronor_text(
					  json_integer_value(json_object_get(line, "amount_ore")),
					  amount)));
	putchar('\n');
	vg_print_table(rows, columns);
	json_decref(rows);
}

/* What keeps a draft open, or is printed on what is closed. */
static void
print_notes(const json_t *model)
{
	const json_t *note;
	size_t i;

	json_array_foreach(json_object_get(model, "notes"), i, note)
		printf("Att känna till: %s\n", vg_words_hold(json_string_value(note)));
}

static void
print_statement(const json_t *model, bool lines)
{
	const json_t *number = json_object_get(model, "number");
	const json_t *municipality = json_object_get(model, "municipality");

	printf("Avgiftsunderlag %s, %s %s (%s)\n",
	       number != NULL ? json_string_value(number)
			      : json_string_value(json_object_get(model, "month")),
	       json_string_value(json_object_get(municipality, "code")),
	       json_string_value(json_object_get(municipality, "name")),
	       state_words(json_string_value(json_object_get(model, "state"))));
	printf("%" PRId64 " ärenden räknas, %" PRId64 " räknas inte, %" PRId64 " rättelser\n\n",
	       sum_of(model, "counted"), sum_of(model, "not_counted"), sum_of(model, "corrected"));
	print_amounts(model);
	print_notes(model);
	if (lines)
		print_lines(model);
}

int
vg_run_statement(struct vg_cli *cli)
{
	const char *municipality = vg_cli_value(cli, "municipality", NULL);
	struct vg_replayed replayed = {0};
	struct vg_err err = {0};
	json_t *model = NULL;
	char sha[65];
	int month, rc = vg_cli_month(cli, cli->operand[0], &month);

	if (rc == 0 && municipality == NULL)
		rc = vg_cli_fail(
			cli, VG_EXIT_USAGE,
			"--municipality: expected the code of a municipality, such as 1489");
	if (rc == 0)
		rc = replay(cli, month, municipality, &replayed);
	if (rc == 0)
		rc = vg_replay_zone(cli, replayed.core);
	if (rc != 0)
		goto out;
	model = vg_statement_model(replayed.core, municipality, month, replayed.head, &err);
	if (model == NULL || vg_report_sha256(model, sha) != 0) {
		rc = vg_cli_fail(cli, vg_cli_exit_of(err.code), "%s: %s", cli->operand[0],
				 err.text);
		goto out;
	}
	if (vg_cli_flag(cli, "out"))
		rc = vg_statement_write(cli, vg_cli_value(cli, "out", "."), model, NULL);
	else if (vg_cli_flag(cli, "json"))
		rc = vg_print_json(cli, model);
	else
		print_statement(model, vg_cli_flag(cli, "lines"));
	if (rc == 0 && !vg_cli_flag(cli, "json"))
		printf("\nliggarens rad %" PRId64 ", kedjehuvud %s\nmodellens SHA-256 %s\n",
		       replayed.seq, replayed.head, sha);
out:
	json_decref(model);
	vg_replay_fini(&replayed);
	return rc;
}
