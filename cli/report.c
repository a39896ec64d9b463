/* report.c - a month from the ledger: the report's files.
 *
 * Everything is evaluated at the last row's time of reception, never at the clock on the wall: so
 * the same prefix gives the same bytes, whoever runs it and when. What it says of earlier months is
 * told against the ledger as it stood when the month before was closed, so the ledger is read
 * twice; the second row is recorded beside the first, and `verify` reads both. */
#include "cli/report.h"

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/remote.h"
#include "cli/replay.h"
#include "lib/xlsx/xlsx.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#define STEM_BYTES 240

/* --- forms --- */

static int
print_english(const json_t *model, FILE *out)
{
	return vg_report_html_in(model, VG_ENGLISH, out);
}

static int
print_workbook_in(const json_t *model, enum vg_language language, FILE *out)
{
	struct vg_err err = {0};
	int rc = vg_xlsx_report(model, language, out, &err);

	if (rc != 0)
		fprintf(stderr, "vinga: %s\n", vg_err_text(&err, rc));
	return rc;
}

static int
print_workbook(const json_t *model, FILE *out)
{
	return print_workbook_in(model, VG_SWEDISH, out);
}

static int
print_english_workbook(const json_t *model, FILE *out)
{
	return print_workbook_in(model, VG_ENGLISH, out);
}

#define CSV_FORMS(name)                                                                            \
	static int print_##name##_excel(const json_t *model, FILE *out)                            \
	{                                                                                          \
		return vg_report_##name##_csv(model, VG_CSV_EXCEL, out);                           \
	}                                                                                          \
	static int print_##name##_machine(const json_t *model, FILE *out)                          \
	{                                                                                          \
		return vg_report_##name##_csv(model, VG_CSV_MACHINE, out);                         \
	}
CSV_FORMS(cells)
CSV_FORMS(tickets)
CSV_FORMS(availability)
#undef CSV_FORMS

static const struct vg_file_form tables[] = {
	{".json", vg_files_json},
	{".csv", print_cells_excel},
	{"-maskin.csv", print_cells_machine},
	{"-tickets.csv", print_tickets_excel},
	{"-tickets-maskin.csv", print_tickets_machine},
	{"-availability.csv", print_availability_excel},
	{"-availability-maskin.csv", print_availability_machine},
	{NULL, NULL}};
static const struct vg_file_form swedish[] = {
	{".html", vg_report_html}, {".xlsx", print_workbook}, {NULL, NULL}};
static const struct vg_file_form english[] = {
	{".html", print_english}, {".xlsx", print_english_workbook}, {NULL, NULL}};

/* --- files --- */

/* "vinga-2026-10", "vinga-2026-10-1489", "vinga-2026-10-Vård_och_omsorg"; a page in English has
 * "-en" after it. */
static void
stem_of(const json_t *model, bool in_english, char out[STEM_BYTES])
{
	const json_t *scope = json_object_get(model, "scope");
	const char *code = scope != NULL ? json_string_value(json_object_get(scope, "code")) : "";
	char name[STEM_BYTES - 40];
	size_t length = 0;

	for (; *code != '\0' && length + 1 < sizeof(name); code++) {
		unsigned char byte = (unsigned char)*code;

		name[length++] = isalnum(byte) || byte >= 0x80 || byte == '-' ? *code : '_';
	}
	name[length] = '\0';
	(void)snprintf(out, STEM_BYTES, "vinga-%.7s%s%s%s",
		       json_string_value(json_object_get(model, "month")), length > 0 ? "-" : "",
		       name, in_english ? "-en" : "");
}

static int
write_files(const struct vg_cli *cli, const struct vg_report_order *order, const json_t *model,
	    json_t **made)
{
	struct vg_files files;
	char stem[STEM_BYTES], page[STEM_BYTES];
	int rc = vg_files_open(cli, &files, order->directory);

	stem_of(model, false, stem);
	stem_of(model, order->english, page);
	if (rc == 0)
		rc = vg_files_write(cli, &files, stem, tables, model);
	if (rc == 0)
		rc = vg_files_write(cli, &files, page, order->english ? english : swedish, model);
	if (rc == 0 && !vg_cli_flag(cli, "no-pdf"))
		rc = vg_files_pdf(cli, &files, page,
				  json_integer_value(json_object_get(model, "as_of_ms")));
	*made = json_incref(files.made);
	vg_files_close(&files);
	return rc;
}

/* --- the ledger --- */

/* That the report was made, and from what, becomes an event; `verify` holds it to that later. */
static int
say_made(struct vg_cli *cli, const struct vg_report_order *order, const json_t *model,
	 const char *sha, int64_t before_seq, json_t *files)
{
	json_t *reply = NULL,
	       *body = json_pack("{sO sO sO ss}", "month", json_object_get(model, "month"),
				 "as_of_seq", json_object_get(model, "as_of_seq"), "head",
				 json_object_get(model, "head"), "model_sha256", sha);
	int rc;

	if (*order->scope != '\0')
		(void)json_object_set_new(body, "scope", json_string(order->scope));
	if (before_seq > 0)
		(void)json_object_set_new(body, "before_seq", json_integer(before_seq));
	if (order->published)
		(void)json_object_set(body, "files", files);
	rc = body != NULL ? vg_remote_call(cli, "POST", "/api/v1/reports", body, &reply)
			  : vg_cli_fail(cli, VG_EXIT_DIFFERS, "out of memory");
	json_decref(body);
	json_decref(reply);
	return rc;
}

int
vg_report_make(struct vg_cli *cli, const struct vg_report_order *order, const struct vg_core *core,
	       const char *head, const struct vg_core *before)
{
	struct vg_report_wish wish = {.before = before};
	struct vg_err err = {0};
	json_t *model = NULL, *files = NULL;
	char sha[65];
	int rc;

	if (vg_report_wish_read(order->scope, &wish))
		model = vg_report_model_of(core, order->month, vg_core_received_ms(core), head,
					   &wish, &err);
	if (model == NULL || vg_report_sha256(model, sha) != 0) {
		json_decref(model);
		return vg_cli_fail(cli, vg_cli_exit_of(err.code), "%04d-%02d: %s",
				   order->month / 12, order->month % 12 + 1, err.text);
	}
	rc = write_files(cli, order, model, &files);
	if (rc == 0)
		printf("ledger row %" PRId64 ", chain head %s\nmodel SHA-256 %s\n",
		       vg_core_seq(core), head, sha);
	if (rc == 0 && !vg_cli_flag(cli, "unrecorded"))
		rc = say_made(cli, order, model, sha, before != NULL ? vg_core_seq(before) : 0,
			      files);
	json_decref(files);
	json_decref(model);
	return rc;
}

/* As it stood when the month before was closed; nothing is read when it is not. */
static int
replay_before(struct vg_cli *cli, const struct vg_core *core, int month, struct vg_replayed *out)
{
	const struct vg_as_of as_of = {.seq = vg_report_before_seq(core, month),
				       .before_ms = INT64_MAX};

	return as_of.seq > 0 ? vg_replay_sound(cli, &as_of, out) : 0;
}

static int
check_scope(struct vg_cli *cli, struct vg_report_order *order)
{
	struct vg_report_wish wish;

	if (strcmp(order->scope, "region") == 0)
		order->scope = "";
	return vg_report_wish_read(order->scope, &wish)
		       ? 0
		       : vg_cli_fail(cli, VG_EXIT_USAGE,
				     "--scope %s: expected region, federation:CODE, "
				     "municipality:CODE or administration:NAME",
				     order->scope);
}

int
vg_run_report(struct vg_cli *cli)
{
	struct vg_report_order order = {.directory = vg_cli_value(cli, "out", "."),
					.scope = vg_cli_value(cli, "scope", ""),
					.english = vg_cli_flag(cli, "english")};
	struct vg_replayed now = {0}, before = {0};
	struct vg_as_of as_of;
	int rc = check_scope(cli, &order);

	if (rc == 0)
		rc = vg_cli_month(cli, cli->operand[0], &order.month);
	if (rc == 0)
		rc = vg_cli_as_of(cli, &as_of);
	if (rc == 0)
		rc = vg_replay_sound(cli, &as_of, &now);
	if (rc == 0)
		rc = vg_replay_zone(cli, now.core);
	if (rc == 0)
		rc = replay_before(cli, now.core, order.month, &before);
	if (rc == 0)
		rc = vg_report_make(cli, &order, now.core, now.head, before.core);
	vg_replay_fini(&before);
	vg_replay_fini(&now);
	return rc;
}
