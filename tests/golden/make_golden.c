/* make_golden.c - from the story to the golden ledger: make_golden DIRECTORY < story.
 *
 * Commands as story.py prints them; the agreement is read from the directory given by
 * GOLDEN_AGREEMENT. The hard thing is that a later version must be held to what an earlier one
 * published: so this is run when the story itself changes, and never to make a test pass. */
#include "tests/golden/golden.h"

#include "lib/agreement/agreement_yaml.h"
#include "lib/civil/civil.h"

#include <inttypes.h>

static const char *directory;
static FILE *models;

static FILE *
create(const char *name)
{
	char path[4096];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	if (file == NULL) {
		fprintf(stderr, "%s: cannot be written\n", path);
		exit(1);
	}
	return file;
}

static int
write_model(const struct vg_closed_statement *statement, const struct vg_core *core,
	    const json_t *model, void *arg)
{
	size_t length;
	char *text = vg_report_canonical(model, &length);

	(void)core;
	(void)arg;
	VG_ASSERT(text != NULL);
	printf("%s %d-%02d: %s\n", statement->municipality, statement->month / 12,
	       statement->month % 12 + 1, statement->made_sha256);
	fprintf(models, "%s\n", text);
	free(text);
	return 0;
}

/* The same each time, and another for each row. */
static char *
canonical(const struct vg_event *event, size_t seq, size_t *length)
{
	char salt[33], *bytes;

	(void)snprintf(salt, sizeof(salt), "%032zx", seq);
	bytes = vg_event_canonical(event, salt, length);
	VG_ASSERT(bytes != NULL);
	return bytes;
}

static char *
agreement_bytes(const char *reason, int64_t at_ms, size_t seq, size_t *length)
{
	const struct vg_civil end = {2027, 1, 1, 0, 0, 0};
	struct vg_yaml_errors errors = {0};
	struct vg_event event = {.kind = VG_KIND_AGREEMENT_APPLIED,
				 .occurred_ms = at_ms,
				 .source = "vinga",
				 .event_id = "agreement",
				 .actor = "forvaltning",
				 .municipality = "",
				 .import = ""};
	char *bytes;

	VG_ASSERT(vg_civil_set_zone("Europe/Stockholm", NULL) == 0);
	event.body.agreement =
		vg_agreement_load(GOLDEN_AGREEMENT, vg_civil_to_utc_ms(&end), &errors);
	event.body.agreement_reason = reason;
	for (size_t i = 0; i < errors.count && i < VG_YAML_ERRORS_MAX; i++)
		fprintf(stderr, "%s\n", errors.text[i]);
	VG_ASSERT(event.body.agreement != NULL);
	bytes = canonical(&event, seq, length);
	vg_agreement_unref(event.body.agreement);
	return bytes;
}

/* The newest closed statement of a municipality's month is made available as it was made. */
static char *
publication_bytes(const struct golden *golden, const json_t *command, int64_t at_ms, size_t seq,
		  size_t *length)
{
	const char *month = json_string_value(json_object_get(command, "publish"));
	const char *code = json_string_value(json_object_get(command, "municipality"));
	const struct vg_closed_statement *statement, *found = NULL;
	struct vg_published_file file = {.name = "underlag.json", .bytes = 1};
	struct vg_event event = {.kind = VG_KIND_STATEMENT_PUBLISHED,
				 .occurred_ms = at_ms,
				 .source = "vinga",
				 .event_id = "publish",
				 .actor = "ekonomi-b",
				 .has_municipality = true,
				 .municipality = code,
				 .import = ""};
	char text[16], id[80];

	for (size_t i = 0; (statement = vg_closed_get(golden->closed, i)) != NULL; i++) {
		(void)snprintf(text, sizeof(text), "%d-%02d", statement->month / 12,
			       statement->month % 12 + 1);
		if (strcmp(text, month) == 0 && strcmp(statement->municipality, code) == 0)
			found = statement;
	}
	if (found == NULL) {
		fprintf(stderr, "%s %s: not closed\n", month, code);
		exit(1);
	}
	(void)snprintf(id, sizeof(id), "publish-%s-%s", month, code);
	event.event_id = id;
	file.sha256 = found->made_sha256;
	event.body.statement = (struct vg_statement_body){.month = found->month,
							  .model_sha256 = found->made_sha256,
							  .count = 1,
							  .file = &file,
							  .invoice = "",
							  .day = -1};
	return canonical(&event, seq, length);
}

static char *
event_bytes(const json_t *command, size_t seq, size_t *length)
{
	char *text = json_dumps(json_object_get(command, "event"), JSON_COMPACT), *bytes;
	struct vg_parsed_event parsed;
	struct vg_err err = {0};

	VG_ASSERT(text != NULL);
	if (vg_event_parse(text, strlen(text), &parsed, &err) != 0) {
		fprintf(stderr, "%s: %s\n", text, err.text);
		exit(1);
	}
	bytes = canonical(&parsed.event, seq, length);
	vg_parsed_event_free(&parsed);
	free(text);
	return bytes;
}

static void
run(struct golden *golden, const json_t *command)
{
	int64_t at_ms = json_integer_value(json_object_get(command, "r"));
	const char *reason = json_string_value(json_object_get(command, "agreement"));
	size_t seq = ++golden->seq, length;
	struct vg_err err = {0};
	char *bytes;

	if (json_object_get(command, "raw") != NULL)
		return;
	if (reason != NULL)
		bytes = agreement_bytes(reason, at_ms, seq, &length);
	else if (json_object_get(command, "publish") != NULL)
		bytes = publication_bytes(golden, command, at_ms, seq, &length);
	else
		bytes = event_bytes(command, seq, &length);
	if (golden_row(golden, (int64_t)seq, at_ms, bytes, length, &err) != 0 ||
	    golden->verdict.code == VG_VERDICT_REFUSED ||
	    golden->verdict.code == VG_VERDICT_OVERLOAD) {
		fprintf(stderr, "row %zu, %s: %s %s\n", seq, bytes, err.text, golden->verdict.text);
		exit(1);
	}
}

int
main(int argc, char **argv)
{
	struct golden *golden = golden_new(write_model, NULL);
	char *line = NULL;
	size_t size = 0;
	FILE *file;

	if (argc != 2) {
		fprintf(stderr, "usage: make_golden DIRECTORY < story\n");
		return 2;
	}
	directory = argv[1];
	models = create("statements.ndjson");
	while (getline(&line, &size, stdin) > 0) {
		json_t *command = json_loads(line, JSON_REJECT_DUPLICATES, NULL);

		VG_ASSERT(command != NULL);
		run(golden, command);
		json_decref(command);
	}
	free(line);
	VG_ASSERT(fclose(models) == 0);
	file = create("ledger.ndjson");
	golden_pack(golden, 1, true, file);
	VG_ASSERT(fclose(file) == 0);
	file = create("pack-1489.ndjson");
	golden_pack(golden, 2, false, file);
	VG_ASSERT(fclose(file) == 0);
	golden_free(golden);
	return 0;
}
