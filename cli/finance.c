/* finance.c - statements on their way to the finance system, and the invoices that come back.
 *
 * What is exported is what has been closed and made available, and has no invoice yet: an export
 * that is run twice says nothing new, and a trial never becomes an invoice. */
#include "cli/body.h"
#include "cli/commands.h"
#include "cli/layout.h"
#include "cli/remote.h"
#include "cli/sheet.h"
#include "lib/report/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH "/api/v1/statements"

static const char *
text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text != NULL ? text : "";
}

/* --- export --- */

/* Why a statement is not exported, in Swedish; NULL = it is. */
static const char *
held_back(const json_t *statement, bool again)
{
	if (strcmp(text_of(statement, "state"), "closed") != 0)
		return "månaden är inte fastställd";
	if (json_is_true(json_object_get(statement, "trial")))
		return "provkörning, debiteras inte";
	if (*text_of(statement, "published") == '\0')
		return "underlaget är inte tillgängliggjort";
	if (!again && *text_of(statement, "invoice") != '\0')
		return "är redan fakturerat; --again tar med det";
	return NULL;
}

/* Keeps those that are exported, and tells of the others. */
static json_t *
choose(const json_t *statements, bool again)
{
	json_t *chosen = json_array(), *statement;
	const char *why;
	size_t i;

	json_array_foreach(statements, i, statement)
	{
		why = held_back(statement, again);
		if (why == NULL)
			(void)json_array_append(chosen, statement);
		else
			fprintf(stderr, "vinga: %s lämnas: %s\n",
				text_of(statement, "municipality"), why);
	}
	return chosen;
}

static int
write_out(const struct vg_cli *cli, const char *bytes, size_t length)
{
	const char *path = vg_cli_value(cli, "out", NULL);
	FILE *out = path != NULL ? fopen(path, "wxe") : stdout;
	bool whole;

	if (out == NULL)
		return vg_cli_fail(cli, VG_EXIT_MALFORMED, "--out %s: %s%s", path, strerror(errno),
				   errno == EEXIST ? "; an export is never written over" : "");
	whole = fwrite(bytes, 1, length, out) == length && fflush(out) == 0;
	if (out != stdout && fclose(out) != 0)
		whole = false;
	if (whole)
		return 0;
	(void)vg_cli_fail(cli, VG_EXIT_DIFFERS, "%s: %s", path != NULL ? path : "standard output",
			  strerror(errno));
	if (path != NULL)
		(void)unlink(path); /* half an export is none */
	return VG_EXIT_DIFFERS;
}

/* To standard error: the file itself may go to standard output. */
static void
tell_sum(const json_t *chosen)
{
	const json_t *statement;
	char money[VG_NUMBER_MAX];
	int64_t total_ore = 0;
	size_t i;

	json_array_foreach(chosen, i, statement)
	{
		total_ore += json_integer_value(json_object_get(statement, "total_ore"));
	}
	fprintf(stderr, "vinga: %zu underlag, %s kr\n", json_array_size(chosen),
		vg_kronor_text(total_ore, money));
}

static int
export_chosen(const struct vg_cli *cli, const struct vg_layout *layout, const json_t *chosen,
	      const json_t *agreement)
{
	char *bytes = NULL;
	size_t length = 0;
	int rc = vg_layout_print(cli, layout, chosen, agreement, &bytes, &length);

	if (rc == 0)
		rc = write_out(cli, bytes, length);
	free(bytes);
	if (rc == 0)
		tell_sum(chosen);
	return rc;
}

int
vg_run_finance_export(struct vg_cli *cli)
{
	const char *file = vg_cli_value(cli, "layout", NULL);
	struct vg_layout *layout = NULL;
	json_t *reply = NULL, *current = NULL, *chosen = NULL;
	struct vg_path path;
	int month, rc = vg_body_require(cli, "layout", "the file that says how the rows look");

	if (rc == 0)
		rc = vg_cli_month(cli, cli->operand[0], &month);
	if (rc == 0 && (layout = vg_layout_load(file)) == NULL)
		rc = VG_EXIT_MALFORMED;
	if (rc == 0 &&
	    (!vg_path_start(&path, PATH) || !vg_path_query(&path, "month", cli->operand[0]) ||
	     !vg_path_query(&path, "municipality", vg_cli_value(cli, "municipality", NULL))))
		rc = vg_cli_fail(cli, VG_EXIT_USAGE, "the options are too long");
	if (rc == 0)
		rc = vg_remote_call(cli, "GET", path.text, NULL, &reply);
	if (rc == 0)
		rc = vg_remote_call(cli, "GET", "/api/v1/agreements/current", NULL, &current);
	if (rc == 0) {
		chosen = choose(json_object_get(reply, "statements"), vg_cli_flag(cli, "again"));
		rc = json_array_size(chosen) > 0
			     ? export_chosen(cli, layout, chosen,
					     json_object_get(current, "agreement"))
			     : vg_cli_fail(cli, VG_EXIT_DIFFERS, "there is nothing to export");
	}
	json_decref(chosen);
	json_decref(current);
	json_decref(reply);
	vg_layout_free(layout);
	return rc;
}

/* --- invoices --- */

static int
record(struct vg_cli *cli, const char *code, const char *invoice, const char *day)
{
	json_t *body = json_pack("{ss ss}", "invoice", invoice, "day", day);
	struct vg_path path;

	if (body == NULL)
		return vg_cli_fail(cli, VG_EXIT_MALFORMED, "%s: expected text in UTF-8", code);
	if (!vg_path_start(&path, PATH) || !vg_path_part(&path, cli->operand[0]) ||
	    !vg_path_part(&path, code) || !vg_path_part(&path, "invoice")) {
		json_decref(body);
		return vg_cli_fail(cli, VG_EXIT_USAGE, "the options are too long");
	}
	return vg_body_post(cli, path.text, body, code);
}

static int
on_invoice(const struct vg_cli *cli, int64_t line, const char *const *cell, void *arg)
{
	(void)cli;
	(void)line;
	return record(arg, cell[0], cell[1], cell[2]);
}

int
vg_run_invoice_record(struct vg_cli *cli)
{
	static const char *const columns[] = {"municipality", "invoice", "day", NULL};
	const char *file = vg_cli_value(cli, "file", NULL);
	int month, rc = vg_cli_month(cli, cli->operand[0], &month);

	if (rc == 0 && (file != NULL) == (cli->operands > 1))
		rc = vg_cli_fail(cli, VG_EXIT_USAGE, "expected either CODE and NUMBER, or --file");
	if (rc == 0 && file != NULL)
		return vg_sheet_read(cli, file, columns, on_invoice, cli);
	if (rc == 0 && cli->operands != 3)
		rc = vg_cli_fail(cli, VG_EXIT_USAGE, "expected MONTH, CODE and NUMBER");
	if (rc == 0)
		rc = vg_body_require(cli, "day", "the invoice's day, as 2026-11-10");
	return rc != 0 ? rc
		       : record(cli, cli->operand[1], cli->operand[2],
				vg_cli_value(cli, "day", ""));
}
