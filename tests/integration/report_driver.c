/* report_driver.c - makes models and prints them, for test_report_files.py and tests/browser. The
 * first word says what to do:
 *
 * models MONTH AGREEMENT EVENTS DIR
 *	Takes in an agreement's directory and a file of events, one a line, as `vinga eval` does,
 *and writes DIR/report.json and DIR/statement-<code>.json of every member. print FORM LANGUAGE
 *MODEL Prints a model to standard output. FORM: html, xlsx, csv; of a statement "machine" too, of a
 *	report "tickets". LANGUAGE: sv, en; a CSV file has one only. */
#include "lib/agreement/load.h"
#include "lib/civil/civil.h"
#include "lib/json/event_json.h"
#include "lib/report/report.h"
#include "lib/xlsx/xlsx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 65536
#define ZONE	       "Europe/Stockholm"

static const char head[] = "0000000000000000000000000000000000000000000000000000000000000000";

static _Noreturn void
fail(const char *what, const char *why)
{
	(void)fprintf(stderr, "report_driver: %s: %s\n", what, why);
	exit(2);
}

static void
step(struct vg_core *core, struct vg_event *event)
{
	struct vg_verdict verdict;

	event->seq = vg_core_seq(core) + 1;
	if (vg_core_step(core, event, &verdict) != 0)
		fail("step", "out of memory");
	if (verdict.code == VG_VERDICT_REFUSED)
		fail(vg_kind_name(event->kind), verdict.text);
}

static void
apply(struct vg_core *core, const char *directory)
{
	struct vg_yaml_errors errors = {0};
	struct vg_agreement *agreement = vg_agreement_load(directory, 0, &errors);
	struct vg_event event = {.kind = VG_KIND_AGREEMENT_APPLIED,
				 .source = "vinga",
				 .event_id = "",
				 .actor = "",
				 .municipality = "",
				 .import = ""};

	if (agreement == NULL)
		fail(directory, errors.count > 0 ? errors.text[0] : "no agreement");
	agreement->seq = 1;
	event.body.agreement = agreement;
	event.body.agreement_reason = "";
	step(core, &event);
	vg_agreement_unref(agreement);
	vg_yaml_errors_free(&errors);
}

static void
take(struct vg_core *core, const char *path)
{
	static char line[LINE_MAX_BYTES];
	FILE *file = fopen(path, "r");
	struct vg_parsed_event parsed;
	struct vg_err err = {0};

	if (file == NULL)
		fail(path, "cannot be read");
	while (fgets(line, sizeof(line), file) != NULL) {
		if (vg_event_parse(line, strlen(line), &parsed, &err) != 0)
			fail(path, err.text);
		parsed.event.received_ms = parsed.event.occurred_ms;
		step(core, &parsed.event);
		vg_parsed_event_free(&parsed);
	}
	(void)fclose(file);
}

static void
save(json_t *model, const char *directory, const char *name)
{
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/%s.json", directory, name);
	if (model == NULL || json_dump_file(model, path, JSON_COMPACT | JSON_SORT_KEYS) != 0)
		fail(path, "cannot be made");
}

static void
make_models(int month, const char *agreement, const char *events, const char *directory)
{
	struct vg_core *core = vg_core_new();
	struct vg_err err = {0};
	json_t *report, *statements;
	const json_t *list;
	char name[64];

	if (core == NULL)
		fail("core", "out of memory");
	apply(core, agreement);
	take(core, events);
	report = vg_report_model(core, month, vg_core_received_ms(core), head, &err);
	save(report, directory, "report");
	statements = vg_statement_models(core, month, "", head, &err);
	if (statements == NULL)
		fail("statements", err.text);
	list = json_object_get(statements, "municipalities");
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *model = json_array_get(list, i);

		(void)snprintf(name, sizeof(name), "statement-%.40s",
			       json_string_value(json_object_get(
				       json_object_get(model, "municipality"), "code")));
		save(model, directory, name);
	}
	json_decref(report);
	json_decref(statements);
	vg_core_free(core);
}

static int
print(const json_t *model, const char *form, enum vg_language language)
{
	const char *format = json_string_value(json_object_get(model, "format"));
	bool statement = format != NULL && strcmp(format, VG_STATEMENT_FORMAT) == 0;
	struct vg_err err = {0};

	if (strcmp(form, "html") == 0)
		return statement ? vg_statement_html(model, language, stdout)
				 : vg_report_html_in(model, language, stdout);
	if (strcmp(form, "xlsx") == 0)
		return statement ? vg_xlsx_statement(model, language, stdout, &err)
				 : vg_xlsx_report(model, language, stdout, &err);
	if (strcmp(form, "csv") == 0)
		return statement ? vg_statement_csv(model, VG_CSV_EXCEL, stdout)
				 : vg_report_cells_csv(model, VG_CSV_EXCEL, stdout);
	if (strcmp(form, "machine") == 0 && statement)
		return vg_statement_csv(model, VG_CSV_MACHINE, stdout);
	if (strcmp(form, "tickets") == 0 && !statement)
		return vg_report_tickets_csv(model, VG_CSV_EXCEL, stdout);
	fail(form, "expected html, xlsx, csv, machine or tickets");
}

int
main(int argc, char **argv)
{
	struct vg_err err = {0};
	json_t *model;
	int year, month;

	if (vg_civil_set_zone(ZONE, &err) != 0)
		fail(ZONE, err.text);
	if (argc == 6 && strcmp(argv[1], "models") == 0 &&
	    sscanf(argv[2], "%4d-%2d", &year, &month) == 2) {
		make_models(year * 12 + month - 1, argv[3], argv[4], argv[5]);
		return 0;
	}
	if (argc != 5 || strcmp(argv[1], "print") != 0)
		fail("usage", "models MONTH AGREEMENT EVENTS DIR | print FORM LANGUAGE MODEL");
	model = json_load_file(argv[4], JSON_REJECT_DUPLICATES, NULL);
	if (model == NULL)
		fail(argv[4], "is no JSON");
	if (print(model, argv[2], strcmp(argv[3], "en") == 0 ? VG_ENGLISH : VG_SWEDISH) != 0 ||
	    fflush(stdout) != 0)
		fail(argv[4], "cannot be printed");
	json_decref(model);
	return 0;
}
