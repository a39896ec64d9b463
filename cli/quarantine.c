/* quarantine.c - what could not be mapped: listed, and taken in again when the mapping is mended.
 *
 * The hard thing is identity: a row of an import is taken again under the import that it came with,
 * so that revoking that import takes it back too, a webhook's body goes the way that it came, and a
 * TMF621 document, which an agreement mends and no mapping, is read by the daemon from its row. */
#include "cli/commands.h"
#include "cli/remote.h"
#include "cli/source.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct retake {
	struct vg_cli *cli;
	struct vg_mapping *mapping; /* NULL = the TMF621 documents */
	struct vg_mapping_run *run;
	int64_t taken, still, others;
};

static const char *
text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text != NULL ? text : "";
}

int
vg_run_quarantine_list(struct vg_cli *cli)
{
	static const struct vg_column columns[] = {
		{"seq", "row"},		  {"source", "source"},	  {"field", "field"},
		{"value", "value"},	  {"reason", "reason"},	  {"import", "import"},
		{"occurred", "occurred"}, {"retaken", "retaken"}, {NULL, NULL}};
	struct vg_path path;

	if (!vg_path_start(&path, "/api/v1/quarantine") ||
	    !vg_path_query(&path, "all", vg_cli_flag(cli, "all") ? "true" : NULL) ||
	    !vg_path_query(&path, "limit", vg_cli_value(cli, "limit", NULL)) ||
	    !vg_path_query(&path, "cursor", vg_cli_value(cli, "cursor", NULL)))
		return vg_cli_fail(cli, VG_EXIT_USAGE, "the options are too long for one request");
	return vg_remote_list(cli, path.text, columns);
}

static int
say_retaken(struct retake *retake, const json_t *row)
{
	json_t *none = json_object(), *reply = NULL;
	char path[80];
	int rc;

	(void)snprintf(path, sizeof(path), "/api/v1/quarantine/%" JSON_INTEGER_FORMAT "/retaken",
		       json_integer_value(json_object_get(row, "seq")));
	rc = vg_remote_call(retake->cli, "POST", path, none, &reply);
	json_decref(none);
	json_decref(reply);
	if (rc == 0)
		retake->taken++;
	return rc;
}

/* Whether the ledger holds what an answer tells of: not what waits, is left out or found no room.
 */
static bool
is_taken(const json_t *answer)
{
	const char *verdict = text_of(answer, "verdict");

	return strcmp(verdict, "taken") == 0 || strcmp(verdict, "flagged") == 0 ||
	       strcmp(verdict, "repeat") == 0;
}

/* One line under the import it belongs to. *taken tells whether it is in the ledger now. */
static int
send_line(struct retake *retake, const char *import, const struct vg_mapped_row *mapped,
	  bool *taken)
{
	const char *dash = strrchr(import, '-');
	struct vg_path path;
	json_t *reply = NULL;
	size_t length;
	char *line =
		vg_source_line(mapped, dash != NULL ? (int)strtol(dash + 1, NULL, 10) : 1, &length);
	int rc;

	*taken = false;
	if (line == NULL || !vg_path_start(&path, "/api/v1/imports") ||
	    !vg_path_part(&path, import) || !vg_path_part(&path, "events")) {
		free(line);
		return vg_cli_fail(retake->cli, VG_EXIT_DIFFERS, "out of memory");
	}
	rc = vg_remote_send(retake->cli, "POST", path.text, "application/x-ndjson", line, length,
			    &reply);
	free(line);
	if (rc == 0) {
		const json_t *result = json_array_get(json_object_get(reply, "results"), 0);

		*taken = is_taken(result);
		if (!*taken)
			fprintf(stderr, "row of import %s: %s\n", import,
				text_of(result, "detail"));
	}
	json_decref(reply);
	return rc;
}

static int
retake_imported(struct retake *retake, const json_t *row)
{
	char *payload = json_dumps(json_object_get(row, "payload"), JSON_COMPACT | JSON_SORT_KEYS);
	struct vg_mapped_row mapped;
	bool taken = false;
	int rc = 0;

	if (payload == NULL) {
		retake->still++;
		return 0;
	}
	vg_mapping_document(retake->run, payload, strlen(payload), 1, &mapped);
	if (mapped.outcome == VG_MAPPED_EVENT)
		rc = send_line(retake, text_of(row, "import"), &mapped, &taken);
	else if (mapped.reason != NULL)
		printf("row %" JSON_INTEGER_FORMAT ": %s: %s\n",
		       json_integer_value(json_object_get(row, "seq")),
		       mapped.field != NULL ? mapped.field : "", mapped.reason);
	free(payload);
	if (rc == 0 && taken)
		return say_retaken(retake, row);
	retake->still++;
	return rc;
}

/* The daemon reads it again, and answers whether it is taken now or why it still waits. */
static int
retake_there(struct retake *retake, const json_t *row, const char *path, const json_t *body)
{
	json_t *reply = NULL;
	int rc = vg_remote_call(retake->cli, "POST", path, body, &reply);
	bool taken = rc == 0 && is_taken(reply);

	if (rc == 0 && !taken)
		printf("row %" JSON_INTEGER_FORMAT ": %s: %s\n",
		       json_integer_value(json_object_get(row, "seq")), text_of(reply, "field"),
		       text_of(reply, *text_of(reply, "reason") != '\0' ? "reason" : "verdict"));
	json_decref(reply);
	if (taken)
		return say_retaken(retake, row);
	retake->still++;
	return rc;
}

/* By the daemon's own copy of the mapping. */
static int
retake_hook(struct retake *retake, const json_t *row)
{
	struct vg_path path;

	if (!vg_path_start(&path, "/api/v1/hooks") || !vg_path_part(&path, text_of(row, "mapping")))
		return vg_cli_fail(retake->cli, VG_EXIT_DIFFERS, "out of memory");
	return retake_there(retake, row, path.text, json_object_get(row, "payload"));
}

static int
retake_tmf(struct retake *retake, const json_t *row)
{
	json_t *none = json_object();
	char path[80];
	int rc;

	(void)snprintf(path, sizeof(path), "/api/v1/quarantine/%" JSON_INTEGER_FORMAT "/retake",
		       json_integer_value(json_object_get(row, "seq")));
	rc = retake_there(retake, row, path, none);
	json_decref(none);
	return rc;
}

static bool
is_tmf(const json_t *row)
{
	static const char made[] = "quarantine-tmf:"; /* anybody may name a mapping "tmf621" */

	return strcmp(text_of(row, "mapping"), "tmf621") == 0 &&
	       strncmp(text_of(row, "event_id"), made, strlen(made)) == 0;
}

static int
retake_row(struct retake *retake, const json_t *row)
{
	if (retake->mapping == NULL && is_tmf(row))
		return retake_tmf(retake, row);
	if (retake->mapping == NULL || is_tmf(row) ||
	    strcmp(text_of(row, "source"), vg_mapping_source(retake->mapping)) != 0) {
		retake->others++;
		return 0;
	}
	return *text_of(row, "import") != '\0' ? retake_imported(retake, row)
					       : retake_hook(retake, row);
}

/* One page from `cursor`, which goes on to the next; "" after the last. */
static int
retake_page(struct retake *retake, char *cursor, size_t size)
{
	struct vg_path path;
	json_t *reply, *row, *next;
	size_t i;
	int rc;

	(void)vg_path_start(&path, "/api/v1/quarantine");
	(void)vg_path_query(&path, "cursor", cursor);
	rc = vg_remote_call(retake->cli, "GET", path.text, NULL, &reply);
	if (rc != 0)
		return rc;
	next = json_object_get(reply, "next");
	cursor[0] = '\0';
	if (json_is_integer(next))
		(void)snprintf(cursor, size, "%" JSON_INTEGER_FORMAT, json_integer_value(next));
	json_array_foreach(json_object_get(reply, "quarantine"), i, row)
	{
		if (rc != 0)
			break;
		rc = retake_row(retake, row);
	}
	json_decref(reply);
	return rc;
}

/* What reads an import's rows: the mapping and the agreement. */
static int
load_mapping(struct retake *retake, struct vg_agreement **agreement)
{
	int rc;

	retake->mapping = vg_source_mapping(retake->cli);
	if (retake->mapping == NULL)
		return VG_EXIT_MALFORMED;
	rc = vg_source_agreement(retake->cli, agreement);
	if (rc != 0)
		return rc;
	retake->run = vg_mapping_run_new(retake->mapping, *agreement);
	return retake->run != NULL ? 0 : vg_cli_fail(retake->cli, VG_EXIT_DIFFERS, "out of memory");
}

int
vg_run_quarantine_retake(struct vg_cli *cli)
{
	struct retake retake = {.cli = cli};
	struct vg_agreement *agreement = NULL;
	char cursor[32] = "0";
	int rc = 0;

	if (vg_cli_value(cli, "mapping", NULL) != NULL)
		rc = load_mapping(&retake, &agreement);
	while (rc == 0 && *cursor != '\0')
		rc = retake_page(&retake, cursor, sizeof(cursor));
	if (rc == 0)
		printf("%" PRId64 " rows of %s taken in, %" PRId64 " cannot be mapped yet, %" PRId64
		       " of other sources\n",
		       retake.taken,
		       retake.mapping != NULL ? vg_mapping_source(retake.mapping) : "TMF621",
		       retake.still, retake.others);
	vg_mapping_run_free(retake.run);
	vg_agreement_unref(agreement);
	vg_mapping_free(retake.mapping);
	return rc;
}
