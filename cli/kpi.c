/* kpi.c - a month's figures on the terminal: live from the daemon, or as known on an earlier day
 * from the ledger. */
#include "lib/report/report.h"

#include "cli/commands.h"
#include "cli/remote.h"
#include "cli/replay.h"
#include "lib/report/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum vg_kpi
kpi_of(const json_t *cell)
{
	const char *name = json_string_value(json_object_get(cell, "kpi"));
	int i = 0;

	while (i < VG_KPI_COUNT && (name == NULL || strcmp(vg_kpi_info[i].name, name) != 0))
		i++;
	return (enum vg_kpi)i;
}

static int64_t
int_of(const json_t *object, const char *member)
{
	return json_integer_value(json_object_get(object, member));
}

/* "kommun 1489, P3" above the cells of one subject; "" for the whole. */
static void
subject(const json_t *cell, char *out, size_t size)
{
	static const char *const members[][2] = {
		{"municipality", "kommun "}, {"service", "tjänst "}, {"priority", ""}};
	const json_t *line = json_object_get(cell, "line");
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < 3; i++) {
		const char *text = json_string_value(json_object_get(cell, members[i][0]));

		if (text != NULL && used < size)
			used += (size_t)snprintf(out + used, size - used, "%s%s%s",
						 used > 0 ? ", " : "", members[i][1],
						 *text != '\0' ? text : "(ingen)");
	}
	if (json_is_integer(line) && used < size)
		(void)snprintf(out + used, size - used, "%slinje %" JSON_INTEGER_FORMAT,
			       used > 0 ? ", " : "", json_integer_value(line));
}

static void
print_cell(const json_t *cell)
{
	const char *verdict = json_string_value(json_object_get(cell, "verdict"));
	enum vg_kpi kpi = kpi_of(cell);
	char value[VG_NUMBER_MAX], number[VG_NUMBER_MAX], parts[128] = "";

	if (kpi == VG_KPI_COUNT)
		return;
	(void)vg_figure_text(kpi, int_of(cell, "num"), int_of(cell, "den"), true, value);
	if (vg_kpi_info[kpi].unit == VG_UNIT_SHARE || vg_kpi_info[kpi].unit == VG_UNIT_MEAN_MS)
		(void)snprintf(parts, sizeof(parts), "%" PRId64 "/%" PRId64,
			       vg_figure_numerator(kpi, int_of(cell, "num")), int_of(cell, "den"));
	printf("  ");
	vg_put_padded(vg_kpi_info[kpi].label, 52, false);
	vg_put_padded(*value != '\0' ? value : "-", 12, true);
	printf(" ");
	/* the label of a ratio names its unit */
	vg_put_padded(vg_figure_of(kpi) != VG_FIGURE_RATIO ? vg_figure_unit(kpi) : "", 4, false);
	vg_put_padded(parts, 17, true);
	if (verdict != NULL && strcmp(verdict, "no_target") != 0)
		printf("  %s", vg_kpi_verdict_words(verdict));
	if (int_of(cell, "rolling_den") > 0)
		printf(" (12 mån: %s %s)",
		       vg_figure_text(kpi, int_of(cell, "rolling_num"), int_of(cell, "rolling_den"),
				      true, number),
		       vg_figure_unit(kpi));
	putchar('\n');
}

static void
print_cells(const json_t *cells)
{
	char shown[300] = "", now[300];
	const json_t *cell;
	size_t i;

	json_array_foreach(cells, i, cell)
	{
		subject(cell, now, sizeof(now));
		if (strcmp(shown, now) != 0)
			printf("%s:\n", now);
		memcpy(shown, now, sizeof(shown));
		print_cell(cell);
	}
}

static int
too_long(const struct vg_cli *cli)
{
	return vg_cli_fail(cli, VG_EXIT_USAGE, "the options are too long for one request");
}

static int
live(struct vg_cli *cli)
{
	static const char *const queries[] = {"municipality", "service", "priority",
					      "line",	      "by",	 "kpi"};
	bool evidence = vg_cli_flag(cli, "evidence");
	static const struct vg_column columns[] = {
		{"kpi", "kpi"}, {"ticket", "ticket"}, {"num", "num"}, {"den", "den"}, {NULL, NULL}};
	struct vg_path path;
	json_t *reply;
	int rc;

	if (!vg_path_start(&path, evidence ? "/api/v1/kpi/evidence" : "/api/v1/kpi") ||
	    !vg_path_query(&path, "month", cli->operand[0]))
		return too_long(cli);
	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++)
		if (!vg_path_query(&path, queries[i], vg_cli_value(cli, queries[i], NULL)))
			return too_long(cli);
	if (evidence)
		return vg_remote_list(cli, path.text, columns);
	rc = vg_remote_call(cli, "GET", path.text, NULL, &reply);
	if (rc != 0)
		return rc;
	if (vg_cli_flag(cli, "json")) {
		rc = vg_print_json(cli, reply);
	} else {
		printf("%s, liggarens rad %" PRId64 ", regelversion %" PRId64 "\n", cli->operand[0],
		       int_of(reply, "seq"), int_of(reply, "rule_rev"));
		print_cells(json_object_get(reply, "cells"));
	}
	json_decref(reply);
	return rc;
}

/* "municipality,priority" of --by to the bits of one split; its words are known to be right. */
static unsigned
read_split(const struct vg_cli *cli)
{
	static const struct {
		const char *name;
		unsigned bit;
	} words[] = {{"municipality", VG_BY_MUNICIPALITY},
		     {"service", VG_BY_SERVICE},
		     {"priority", VG_BY_PRIORITY},
		     {"line", VG_BY_LINE}};
	const char *text = vg_cli_value(cli, "by", "");
	unsigned split = 0;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strstr(text, words[i].name) != NULL)
			split |= words[i].bit;
	return split;
}

static int
print_known(struct vg_cli *cli, const struct vg_replayed *replayed, int month,
	    const struct vg_kpi_key *filter, unsigned split)
{
	struct vg_err err = {0};
	json_t *cells = vg_report_cells(replayed->core, month, replayed->received_ms, filter,
					&split, 1, &err);
	json_t *out;
	int rc = VG_EXIT_OK;

	if (cells == NULL)
		return vg_cli_fail(cli, vg_cli_exit_of(err.code),
				   "%s, as known at ledger row %" PRId64 ": %s", cli->operand[0],
				   replayed->seq, err.text);
	if (vg_cli_flag(cli, "json")) {
		out = json_pack("{ss sI ss si sO}", "month", cli->operand[0], "seq",
				(json_int_t)replayed->seq, "head", replayed->head, "rule_rev",
				VG_RULE_REV, "cells", cells);
		rc = vg_print_json(cli, out);
		json_decref(out);
	} else {
		printf("%s så som den var känd vid liggarens rad %" PRId64 "\n", cli->operand[0],
		       replayed->seq);
		print_cells(cells);
	}
	json_decref(cells);
	return rc;
}

static int
as_known(struct vg_cli *cli)
{
	struct vg_kpi_key filter = {.municipality = vg_cli_value(cli, "municipality", NULL),
				    .service = vg_cli_value(cli, "service", NULL),
				    .priority = vg_cli_value(cli, "priority", NULL),
				    .line = (int)strtol(vg_cli_value(cli, "line", "0"), NULL, 10)};
	struct vg_replayed replayed = {0};
	struct vg_as_of as_of;
	struct vg_pg *pg = NULL;
	int month, rc;

	if (vg_cli_flag(cli, "evidence"))
		return vg_cli_fail(
			cli, VG_EXIT_USAGE,
			"--evidence is live only; `vinga report --as-of` has the evidence of then");
	if ((rc = vg_cli_month(cli, cli->operand[0], &month)) == 0 &&
	    (rc = vg_cli_as_of(cli, &as_of)) == 0 && (rc = vg_replay_open(cli, &pg)) == 0)
		rc = vg_replay_ledger(cli, pg, &as_of, &replayed);
	vg_pg_close(pg);
	if (rc == 0 && replayed.broken > 0)
		rc = vg_cli_fail(cli, VG_EXIT_DIFFERS,
				 "the ledger does not hold together; no figure is made from it");
	if (rc == 0)
		rc = print_known(cli, &replayed, month, &filter, read_split(cli));
	vg_replay_fini(&replayed);
	return rc;
}

int
vg_run_kpi(struct vg_cli *cli)
{
	if (vg_cli_flag(cli, "kpi") && !vg_cli_flag(cli, "evidence"))
		return vg_cli_fail(cli, VG_EXIT_USAGE,
				   "--kpi chooses the evidence of one figure: add --evidence");
	return vg_cli_flag(cli, "as-of") ? as_known(cli) : live(cli);
}
