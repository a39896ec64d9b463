/* availability.c - a month's availability on the terminal: cells from the daemon, or from the
 * ledger when days, evidence or an earlier knowledge is asked for.
 *
 * Every figure stands with its seconds: the table's columns add up to the month, and the evidence's
 * pieces add up to the columns. */
#include "lib/report/avail.h"

#include "cli/commands.h"
#include "cli/remote.h"
#include "cli/replay.h"
#include "lib/civil/civil.h"
#include "lib/report/report.h"
#include "lib/report/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t
int_of(const json_t *object, const char *member)
{
	return json_integer_value(json_object_get(object, member));
}

static const char *
text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text != NULL ? text : "";
}

/* --- the table --- */

static void
put_number(json_t *row, const char *member, int64_t number)
{
	char text[VG_NUMBER_MAX];

	(void)json_object_set_new(row, member, json_string(vg_number_text(number, text)));
}

static void
put_share(json_t *row, const char *member, int64_t num, int64_t den)
{
	char text[VG_NUMBER_MAX];

	(void)vg_share_text(num, den, text);
	(void)json_object_set_new(row, member, json_string(*text != '\0' ? text : "-"));
}

/* A length of time; without an outage a distance is longer than all agreed time. */
static void
put_mean(json_t *row, const char *member, int64_t seconds, int64_t over_s)
{
	char text[VG_NUMBER_MAX];

	if (seconds < 0 && over_s < 0)
		return;
	(void)json_object_set_new(
		row, member,
		json_sprintf("%s%s", seconds < 0 ? "> " : "",
			     vg_length_text(seconds < 0 ? over_s : seconds, text)));
}

/* How the cell's outages were (semantics.md 3.3). */
static void
put_outages(json_t *row, const json_t *cell)
{
	struct vg_outage_means mean = vg_avail_means(cell);

	put_number(row, "outages", int_of(cell, "outages"));
	put_number(row, "ended", int_of(cell, "ended"));
	if (int_of(cell, "longest_s") > 0)
		put_mean(row, "longest", int_of(cell, "longest_s"), -1);
	put_mean(row, "mtrs", mean.mtrs_s, -1);
	put_mean(row, "mtbf", mean.mtbf_s, mean.over_s);
	put_mean(row, "mtbsi", mean.mtbsi_s, mean.over_s);
	if (json_is_integer(json_object_get(cell, "user_seconds")))
		put_number(row, "user_minutes", int_of(cell, "user_seconds") / 60);
}

static const char *
channel_words(const json_t *cell)
{
	if (json_object_get(cell, "channel") == NULL)
		return "alla";
	return *text_of(cell, "channel") != '\0' ? text_of(cell, "channel") : "-";
}

/* A cell as a row of texts. */
static json_t *
row_of(const json_t *cell, const char *day)
{
	static const char *const seconds[] = {"outside_s",  "excluded_s", "base_s",   "external_s",
					      "degraded_s", "down_s",	  "unknown_s"};
	static const char *const twins[] = {"zabbix", "icinga", "checkmk"};
	const char *municipality = text_of(cell, "municipality");
	int64_t base = int_of(cell, "base_s");
	json_t *row = json_pack("{ss ss ss ss}", "day", day, "service", text_of(cell, "service"),
				"access", channel_words(cell), "scope",
				*municipality != '\0' ? municipality : "regionen");

	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++)
		put_number(row, seconds[i], int_of(cell, seconds[i]));
	put_share(row, "share", int_of(cell, "num"), int_of(cell, "den"));
	put_share(row, "low", int_of(cell, "low_num"), int_of(cell, "low_den"));
	put_share(row, "coverage", base - int_of(cell, "unknown_s"), base);
	if (json_is_integer(json_object_get(cell, "target_ppm")))
		put_share(row, "target", int_of(cell, "target_ppm"), 1000000);
	if (json_is_integer(json_object_get(cell, "budget_month_s")))
		put_number(row, "budget_s", int_of(cell, "budget_month_s"));
	(void)json_object_set_new(
		row, "outcome",
		json_sprintf("%s%s", vg_avail_verdict_words(text_of(cell, "verdict")),
			     json_is_true(json_object_get(cell, "running")) ? ", pågår" : ""));
	for (size_t i = 0; i < sizeof(twins) / sizeof(twins[0]); i++) {
		const json_t *pair = json_object_get(json_object_get(cell, "compare"), twins[i]);

		put_share(row, twins[i], json_integer_value(json_array_get(pair, 0)),
			  json_integer_value(json_array_get(pair, 1)));
	}
	put_share(row, "unweighted", int_of(cell, "unweighted_num"),
		  int_of(cell, "unweighted_den"));
	put_outages(row, cell);
	return row;
}

static void
add_rows(json_t *rows, const json_t *cells, const char *day)
{
	const json_t *cell;
	size_t i;

	json_array_foreach(cells, i, cell)(void) json_array_append_new(rows, row_of(cell, day));
}

#define SCOPE                                                                                      \
	{"service", "service"}, {"access", "access"},                                              \
	{                                                                                          \
		"scope", "municipality"                                                            \
	}
#define FIGURES                                                                                    \
	{"outside_s", "outside_s"}, {"excluded_s", "excluded_s"}, {"base_s", "base_s"},            \
		{"down_s", "down_s"}, {"degraded_s", "degraded_s"}, {"external_s", "external_s"},  \
		{"unknown_s", "unknown_s"}, {"share", "share"}, {"coverage", "coverage"},          \
		{"target", "target"},                                                              \
	{                                                                                          \
		"outcome", "outcome"                                                               \
	}

static void
print_rows(const struct vg_cli *cli, const json_t *rows)
{
	static const struct vg_column figures[] = {
		SCOPE, FIGURES, {"budget_s", "budget_s"}, {NULL, NULL}};
	static const struct vg_column days[] = {{"day", "day"}, SCOPE, FIGURES, {NULL, NULL}};
	static const struct vg_column compared[] = {SCOPE,
						    {"share", "share"},
						    {"low", "low"},
						    {"unweighted", "unweighted"},
						    {"zabbix", "Zabbix"},
						    {"icinga", "Icinga"},
						    {"checkmk", "Checkmk"},
						    {"outcome", "outcome"},
						    {NULL, NULL}};
	static const struct vg_column outages[] = {{"day", "day"},
						   SCOPE,
						   {"outages", "outages"},
						   {"ended", "ended"},
						   {"longest", "longest"},
						   {"mtrs", "MTRS"},
						   {"mtbf", "MTBF"},
						   {"mtbsi", "MTBSI"},
						   {"user_minutes", "user_minutes"},
						   {"outcome", "outcome"},
						   {NULL, NULL}};

	bool by_day = vg_cli_flag(cli, "days");

	vg_print_table(rows, vg_cli_flag(cli, "outages")   ? outages + !by_day
			     : vg_cli_flag(cli, "compare") ? compared
			     : by_day			   ? days
							   : figures);
}

static int
print_reply(const struct vg_cli *cli, const json_t *reply)
{
	json_t *rows;

	if (vg_cli_flag(cli, "json"))
		return vg_print_json(cli, reply);
	rows = json_array();
	add_rows(rows, json_object_get(reply, "cells"), "");
	printf("Tillgänglighet %s, liggarens rad %" PRId64 "; %s\n", cli->operand[0],
	       int_of(reply, "seq"),
	       vg_cli_flag(cli, "outages")
		       ? "MTRS: medeltid till återställd tjänst, av avbrott som slutade i månaden"
		       : "tider i sekunder, andelar i procent (avkortade)");
	print_rows(cli, rows);
	json_decref(rows);
	return VG_EXIT_OK;
}

static int
live(struct vg_cli *cli)
{
	static const char *const queries[] = {"service", "channel", "municipality"};
	struct vg_path path;
	json_t *reply;
	bool fits = vg_path_start(&path, "/api/v1/availability") &&
		    vg_path_query(&path, "month", cli->operand[0]);
	int rc;

	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]) && fits; i++)
		fits = vg_path_query(&path, queries[i], vg_cli_value(cli, queries[i], NULL));
	if (!fits)
		return vg_cli_fail(cli, VG_EXIT_USAGE, "the options are too long for one request");
	rc = vg_remote_call(cli, "GET", path.text, NULL, &reply);
	if (rc != 0)
		return rc;
	rc = print_reply(cli, reply);
	json_decref(reply);
	return rc;
}

/* --- from the ledger --- */

struct known {
	struct vg_cli *cli;
	struct vg_replayed replayed;
	int month;
	int64_t eval_ms;
	struct vg_scope filter;
};

static int
fail(const struct known *known, const struct vg_err *err)
{
	return vg_cli_fail(known->cli, vg_cli_exit_of(err->code),
			   "%s, at ledger row %" PRId64 ": %s", known->cli->operand[0],
			   known->replayed.seq, err->text);
}

static int
print_days(struct known *known)
{
	const struct vg_agreement *agreement = vg_core_agreement_latest(known->replayed.core);
	int64_t start_ms = vg_report_start_ms(known->replayed.core, known->month),
		end_ms = vg_report_instant_ms(known->replayed.core, known->month, known->eval_ms);
	int64_t first = vg_agreement_day_of(agreement, start_ms);
	json_t *all = json_array(), *rows = json_array();
	struct vg_err err = {0};
	int rc = 0;

	for (int day = 0; rc == 0 && vg_agreement_day_of(agreement, end_ms - 1) >= first + day;
	     day++) {
		json_t *cells = vg_avail_cells(known->replayed.core, known->month, day,
					       known->eval_ms, &known->filter, &err);
		char label[16];

		if (cells == NULL) {
			rc = fail(known, &err);
			break;
		}
		(void)snprintf(label, sizeof(label), "%d", day + 1);
		add_rows(rows, cells, label);
		(void)json_array_append_new(all,
					    json_pack("{si so}", "day", day + 1, "cells", cells));
	}
	if (rc == 0 && vg_cli_flag(known->cli, "json"))
		rc = vg_print_json(known->cli, all);
	else if (rc == 0)
		print_rows(known->cli, rows);
	json_decref(all);
	json_decref(rows);
	return rc;
}

static void
print_piece(const json_t *piece)
{
	static const char *const marks[][2] = {{"rewritten", "kort avvikelse utjämnad"},
					       {"flapping", "fladdrar"},
					       {"provisional", "väntar på andra person"},
					       {"pending", "ännu inte bekräftat"}};
	char from[32], number[VG_NUMBER_MAX];
	int64_t from_ms = int_of(piece, "from_ms"), to_ms = int_of(piece, "to_ms");

	printf("  %s  ", vg_civil_iso(from_ms, from, sizeof(from)));
	vg_put_padded(vg_number_text((to_ms - from_ms) / 1000, number), 12, true);
	printf(" s  %s", vg_avail_state_words(text_of(piece, "state")));
	if (json_object_get(piece, "cause") != NULL)
		printf(", orsak %s", vg_party_words_sv(text_of(piece, "cause")));
	if (*text_of(piece, "record") != '\0')
		printf(", enligt %s", text_of(piece, "record"));
	if (*text_of(piece, "root") != '\0')
		printf(", från %s", text_of(piece, "root"));
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (json_is_true(json_object_get(piece, marks[i][0])))
			printf(", %s", marks[i][1]);
	putchar('\n');
}

/* The pieces as measured, their sum by state, and what the cell makes of them. */
static void
print_scope(const json_t *cell, const json_t *timeline)
{
	static const char *const states[] = {"up", "degraded", "down", "no_data"};
	int64_t sum[4] = {0}, all = 0;
	char a[VG_NUMBER_MAX], b[VG_NUMBER_MAX];
	const json_t *piece;
	size_t i;

	printf("%s, kanal %s, kommun %s\n", text_of(cell, "service"), channel_words(cell),
	       text_of(cell, "municipality"));
	json_array_foreach(json_object_get(timeline, "pieces"), i, piece)
	{
		int64_t length = (int_of(piece, "to_ms") - int_of(piece, "from_ms")) / 1000;

		for (size_t s = 0; s < 4; s++)
			if (strcmp(states[s], text_of(piece, "state")) == 0)
				sum[s] += length;
		all += length;
		print_piece(piece);
	}
	printf("  summa %s s av periodens %s s:", vg_number_text(all, a),
	       vg_number_text(int_of(cell, "period_s"), b));
	for (size_t s = 0; s < 4; s++)
		printf(" %s %s%s", vg_avail_state_words(states[s]), vg_number_text(sum[s], a),
		       s < 3 ? "," : "\n");
	printf("  räknat: utanför avtalad tid %s,", vg_number_text(int_of(cell, "outside_s"), a));
	printf(" fönster %s,", vg_number_text(int_of(cell, "excluded_s"), a));
	printf(" bas %s =", vg_number_text(int_of(cell, "base_s"), a));
	printf(" uppe %s", vg_number_text(int_of(cell, "up_s"), a));
	printf(" + yttre orsak %s", vg_number_text(int_of(cell, "external_s"), a));
	printf(" + nedsatt %s", vg_number_text(int_of(cell, "degraded_s"), a));
	printf(" + nere %s", vg_number_text(int_of(cell, "down_s"), a));
	printf(" + omätt %s\n", vg_number_text(int_of(cell, "unknown_s"), a));
	(void)vg_share_text(int_of(cell, "num"), int_of(cell, "den"), a);
	printf("  tillgänglighet %s %% = %" PRId64 "/%" PRId64 ", %s\n\n", *a != '\0' ? a : "-",
	       int_of(cell, "num"), int_of(cell, "den"),
	       vg_avail_verdict_words(text_of(cell, "verdict")));
}

static void
print_scopes(const json_t *cells, const json_t *timelines)
{
	const json_t *cell;
	size_t i, at = 0;

	json_array_foreach(cells, i, cell) /* the timelines stand in the cells' order */
		if (json_object_get(cell, "municipality") != NULL)
			print_scope(cell, json_array_get(timelines, at++));
}

static int
print_evidence(struct known *known)
{
	struct vg_err err = {0};
	json_t *cells = vg_avail_cells(known->replayed.core, known->month, -1, known->eval_ms,
				       &known->filter, &err);
	json_t *timelines =
		cells != NULL ? vg_avail_timelines(known->replayed.core, cells, &err) : NULL;
	int rc = VG_EXIT_OK;

	if (timelines == NULL) {
		rc = fail(known, &err);
	} else if (vg_cli_flag(known->cli, "json")) {
		json_t *out = json_pack("{sO sO}", "cells", cells, "timelines", timelines);

		rc = vg_print_json(known->cli, out);
		json_decref(out);
	} else {
		print_scopes(cells, timelines);
	}
	json_decref(cells);
	json_decref(timelines);
	return rc;
}

static int
print_cells(struct known *known)
{
	struct vg_err err = {0};
	json_t *cells = vg_avail_cells(known->replayed.core, known->month, -1, known->eval_ms,
				       &known->filter, &err),
	       *reply;
	int rc;

	if (cells == NULL)
		return fail(known, &err);
	reply = json_pack("{ss sI ss so}", "month", known->cli->operand[0], "seq",
			  (json_int_t)known->replayed.seq, "head", known->replayed.head, "cells",
			  cells);
	rc = print_reply(known->cli, reply);
	json_decref(reply);
	return rc;
}

/* As known now the month is evaluated now; as known then, at the last row of then. */
static int
replay(struct known *known)
{
	struct vg_as_of as_of;
	struct vg_pg *pg = NULL;
	const struct vg_agreement *agreement;
	struct vg_err err = {0};
	int rc = vg_cli_as_of(known->cli, &as_of);

	if (rc == 0)
		rc = vg_replay_open(known->cli, &pg);
	if (rc == 0)
		rc = vg_replay_ledger(known->cli, pg, &as_of, &known->replayed);
	vg_pg_close(pg);
	if (rc != 0)
		return rc;
	if (known->replayed.broken > 0)
		return vg_cli_fail(known->cli, VG_EXIT_DIFFERS,
				   "the ledger does not hold together; no figure is made from it");
	agreement = vg_core_agreement_latest(known->replayed.core);
	if (agreement == NULL || vg_civil_set_zone(agreement->zone, &err) != 0)
		return vg_cli_fail(known->cli, VG_EXIT_DIFFERS, "%s",
				   agreement == NULL ? "no agreement has been applied up to there"
						     : err.text);
	known->eval_ms = vg_cli_flag(known->cli, "as-of") ? known->replayed.received_ms
							  : (int64_t)time(NULL) * 1000;
	return 0;
}

static int
from_ledger(struct vg_cli *cli)
{
	struct known known = {.cli = cli,
			      .filter = {vg_cli_value(cli, "service", NULL),
					 vg_cli_value(cli, "channel", NULL),
					 vg_cli_value(cli, "municipality", NULL)}};
	int rc = vg_cli_month(cli, cli->operand[0], &known.month);

	if (rc == 0)
		rc = replay(&known);
	if (rc == 0 && vg_cli_flag(cli, "evidence"))
		rc = print_evidence(&known);
	else if (rc == 0 && vg_cli_flag(cli, "days"))
		rc = print_days(&known);
	else if (rc == 0)
		rc = print_cells(&known);
	vg_replay_fini(&known.replayed);
	return rc;
}

int
vg_run_availability(struct vg_cli *cli)
{
	if (vg_cli_flag(cli, "as-of") || vg_cli_flag(cli, "evidence") || vg_cli_flag(cli, "days"))
		return from_ledger(cli);
	return live(cli);
}
