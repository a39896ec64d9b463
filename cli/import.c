/* import.c - a whole file of a foreign system into the daemon.
 *
 * An import is named after the bytes of its file and of its mapping, and each row has its own
 * identity: so an import that was cut short is sent again from the start, and what had been taken
 * is answered as a repeat. The hard thing is the second try with a better mapping: the first import
 * must be revoked, and the new one says its rows under new identities
 * ("@2"), since the old ones stay in the ledger for ever. */
#include "cli/commands.h"
#include "cli/dry_run.h"
#include "cli/gather.h"
#include "cli/progress.h"
#include "cli/remote.h"
#include "cli/source.h"
#include "lib/crypto/crypto.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCH_LINES_MAX	  500
#define BATCH_BYTES_MAX	  (1000 * 1000)
#define RETRIES_MAX	  600 /* of a batch that the daemon cannot take now: two minutes */
#define RETRY_MS	  200
#define REFUSED_SHOWN_MAX 20

struct import {
	struct vg_cli *cli;
	const char *path, *name; /* as given; its last part */
	struct vg_mapping *mapping;
	struct vg_unmapped *unmapped;
	struct vg_progress progress;
	struct vg_gather *gather; /* samples that wait for their batch */
	char id[32], file_sha[65], mapping_sha[65];
	int generation;
	int64_t rows, samples, events, taken, repeats, refused, quarantined, malformed, redacted;
	int64_t done_bytes, total_bytes;
	char *batch;
	size_t used, lines;
	int rc;
};

static const char *
text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text != NULL ? text : "";
}

/* Looks at the imports that there are: which generation this is, and whether it may go on.
 * *finished: nothing is left to do. */
static int
place(struct import *import, const json_t *imports, bool *finished)
{
	const char *source = vg_mapping_source(import->mapping);
	const json_t *row;
	size_t i;

	*finished = false;
	import->generation = 1;
	json_array_foreach(imports, i, row)
	{
		if (strcmp(text_of(row, "file_sha256"), import->file_sha) != 0 ||
		    strcmp(text_of(row, "source"), source) != 0)
			continue;
		if (json_is_true(json_object_get(row, "revoked"))) {
			import->generation++;
			continue;
		}
		if (strcmp(text_of(row, "mapping_sha256"), import->mapping_sha) != 0)
			return vg_cli_fail(import->cli, VG_EXIT_DIFFERS,
					   "this file was imported as %s with another mapping; "
					   "first `vinga import revoke %s --reason ...`",
					   text_of(row, "id"), text_of(row, "id"));
		*finished = json_is_true(json_object_get(row, "finished"));
	}
	return 0;
}

static void
make_id(struct import *import)
{
	char both[130];
	uint8_t digest[VG_SHA256_LEN];
	char hex[65];

	(void)snprintf(both, sizeof(both), "%s%s", import->file_sha, import->mapping_sha);
	vg_sha256(both, strlen(both), digest);
	(void)vg_hex(digest, sizeof(digest), hex);
	(void)snprintf(import->id, sizeof(import->id), "%.12s-%d", hex, import->generation);
}

static int
hash_files(struct import *import)
{
	uint8_t digest[VG_SHA256_LEN];
	int rc = vg_source_sha256(import->cli, import->path, digest);

	if (rc != 0)
		return rc;
	(void)vg_hex(digest, sizeof(digest), import->file_sha);
	vg_mapping_sha256(import->mapping, digest);
	(void)vg_hex(digest, sizeof(digest), import->mapping_sha);
	return 0;
}

/* Every page of a list; the array is the caller's. */
static int
all_imports(struct vg_cli *cli, json_t **out)
{
	json_t *reply, *next;
	struct vg_path path;
	char cursor[32] = "0";
	int rc = 0;

	*out = json_array();
	while (rc == 0 && *cursor != '\0') {
		(void)vg_path_start(&path, "/api/v1/imports");
		(void)vg_path_query(&path, "cursor", cursor);
		rc = vg_remote_call(cli, "GET", path.text, NULL, &reply);
		if (rc != 0)
			break;
		(void)json_array_extend(*out, json_object_get(reply, "imports"));
		next = json_object_get(reply, "next");
		cursor[0] = '\0';
		if (json_is_integer(next))
			(void)snprintf(cursor, sizeof(cursor), "%" JSON_INTEGER_FORMAT,
				       json_integer_value(next));
		json_decref(reply);
	}
	return rc;
}

static int
start(struct import *import, bool *finished)
{
	json_t *imports = NULL, *body = NULL, *reply = NULL;
	int rc = all_imports(import->cli, &imports);

	if (rc == 0)
		rc = place(import, imports, finished);
	json_decref(imports);
	make_id(import);
	if (rc != 0 || *finished)
		return rc;
	body = json_pack("{ss ss ss ss ss}", "id", import->id, "file", import->name, "file_sha256",
			 import->file_sha, "mapping_sha256", import->mapping_sha, "source",
			 vg_mapping_source(import->mapping));
	rc = vg_remote_call(import->cli, "POST", "/api/v1/imports", body, &reply);
	json_decref(body);
	json_decref(reply);
	return rc;
}

/* What became of each line; true when some of them must be sent again. */
static bool
count_results(struct import *import, const json_t *reply)
{
	int64_t refused = 0;
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(reply, "results"), i, row)
	{
		int64_t status = json_integer_value(json_object_get(row, "status"));

		if (status == 503)
			return true;
		if (status < 400)
			continue;
		if (import->refused + refused++ < REFUSED_SHOWN_MAX)
			fprintf(stderr, "%s: an event was refused: %s\n", import->name,
				text_of(row, "detail"));
	}
	import->taken += json_integer_value(json_object_get(reply, "taken"));
	import->repeats += json_integer_value(json_object_get(reply, "repeats"));
	import->refused += refused;
	return false;
}

/* Sends what has gathered; again while the daemon's queue is full, since a repeat does no harm. */
static int
flush(struct import *import)
{
	const struct timespec pause = {.tv_nsec = RETRY_MS * 1000000};
	struct vg_path path;
	json_t *reply;
	bool again = true;
	int rc = 0;

	if (import->lines == 0)
		return 0;
	if (!vg_path_start(&path, "/api/v1/imports") || !vg_path_part(&path, import->id) ||
	    !vg_path_part(&path, "events"))
		return vg_cli_fail(import->cli, VG_EXIT_DIFFERS, "out of memory");
	for (int tries = 0; again && rc == 0; tries++) {
		if (tries == RETRIES_MAX)
			return vg_cli_fail(import->cli, VG_EXIT_UNREACHABLE,
					   "the daemon's journal cannot take more now; run the "
					   "same command again later, it goes on where it was");
		if (tries > 0)
			(void)nanosleep(&pause, NULL);
		rc = vg_remote_send(import->cli, "POST", path.text, "application/x-ndjson",
				    import->batch, import->used, &reply);
		if (rc == 0)
			again = count_results(import, reply);
		json_decref(reply);
	}
	import->used = import->lines = 0;
	return rc;
}

/* Takes the line; NULL = out of memory. `row` is where it stands in the file, for a complaint. */
static int
add_line(struct import *import, char *line, size_t length, int64_t row)
{
	int rc = 0;

	if (line == NULL)
		return vg_cli_fail(import->cli, VG_EXIT_DIFFERS, "out of memory");
	if (import->lines == BATCH_LINES_MAX || import->used + length + 1 > BATCH_BYTES_MAX)
		rc = flush(import);
	if (rc == 0 && length + 1 > BATCH_BYTES_MAX)
		rc = vg_cli_fail(import->cli, VG_EXIT_MALFORMED,
				 "%s:%" PRId64 ": the row is too long", import->path, row);
	if (rc == 0) {
		memcpy(import->batch + import->used, line, length);
		import->used += length;
		import->batch[import->used++] = '\n';
		import->lines++;
		import->events++;
	}
	free(line);
	return rc;
}

static int
end_batch(struct import *import, int64_t row)
{
	size_t length = 0;
	char *line = vg_gather_line(import->gather, &length);

	return add_line(import, line, length, row);
}

static int
add_event(struct import *import, const struct vg_mapped_row *row)
{
	const struct vg_sample *sample = row->event.body.samples.sample;
	size_t length = 0;
	char *line;
	int rc = 0;

	if (row->event.kind != VG_KIND_SAMPLES_REPORTED) {
		line = vg_source_line(row, import->generation, &length);
		return add_line(import, line, length, row->line);
	}
	import->samples++;
	if (vg_gather_add(import->gather, sample))
		return 0;
	if (vg_gather_count(import->gather) > 0)
		rc = end_batch(import, row->line);
	if (rc == 0 && !vg_gather_add(import->gather, sample))
		rc = vg_cli_fail(import->cli, VG_EXIT_DIFFERS, "out of memory");
	return rc;
}

static int
add_quarantined(struct import *import, const struct vg_mapped_row *row)
{
	json_t *payload = json_loads(row->payload != NULL ? row->payload : "{}", 0, NULL), *body,
	       *reply = NULL;
	char id[64];
	int rc;

	import->quarantined++;
	vg_unmapped_value(import->unmapped, row->field, row->value);
	(void)snprintf(id, sizeof(id), "quarantine/%s/%" PRId64, import->id, row->line);
	body = json_pack("{ss ss sI ss* ss ss ss* ss* so}", "import", import->id, "event_id", id,
			 "occurred_ms", (json_int_t)row->event.occurred_ms, "municipality",
			 row->event.has_municipality ? row->event.municipality : NULL, "mapping",
			 vg_mapping_source(import->mapping), "reason", row->reason, "field",
			 row->field, "value", row->value, "payload",
			 payload != NULL ? payload : json_object());
	rc = body != NULL ? vg_remote_call(import->cli, "POST", "/api/v1/quarantine", body, &reply)
			  : vg_cli_fail(import->cli, VG_EXIT_DIFFERS, "out of memory");
	json_decref(body);
	json_decref(reply);
	return rc;
}

static bool
on_row(const struct vg_mapped_row *row, void *arg)
{
	struct import *import = arg;

	import->rows++;
	import->redacted += (int64_t)row->redacted;
	switch (row->outcome) {
	case VG_MAPPED_EVENT:
		import->rc = add_event(import, row);
		break;
	case VG_MAPPED_QUARANTINE:
		import->rc = add_quarantined(import, row);
		break;
	case VG_MAPPED_MALFORMED:
		import->malformed++;
		vg_unmapped_malformed(import->unmapped, import->path, row);
		break;
	case VG_MAPPED_IGNORED:
		break;
	}
	vg_progress_show(&import->progress, import->done_bytes, import->total_bytes, import->rows);
	return import->rc == 0;
}

static int
send_file(struct import *import)
{
	struct vg_agreement *agreement = NULL;
	struct vg_mapping_run *run = NULL;
	struct vg_err err = {0};
	int rc = vg_source_agreement(import->cli, &agreement), read = 0;

	if (rc != 0)
		return rc;
	run = vg_mapping_run_new(import->mapping, agreement);
	import->batch = malloc(BATCH_BYTES_MAX);
	import->gather = vg_gather_new(import->id);
	if (run == NULL || import->batch == NULL || import->gather == NULL) {
		rc = vg_cli_fail(import->cli, VG_EXIT_DIFFERS, "out of memory");
	} else {
		vg_progress_begin(&import->progress, import->name);
		read = vg_mapping_file(run, import->path, on_row, import, &import->done_bytes,
				       &import->total_bytes, &err);
		rc = import->rc;
		if (rc == 0 && read < 0)
			rc = vg_cli_fail(import->cli, VG_EXIT_MALFORMED, "%s",
					 vg_err_text(&err, read));
		if (rc == 0 && vg_gather_count(import->gather) > 0)
			rc = end_batch(import, import->rows);
		if (rc == 0)
			rc = flush(import);
		if (rc == 0)
			vg_progress_end(&import->progress, import->rows);
	}
	vg_gather_free(import->gather);
	free(import->batch);
	import->gather = NULL;
	import->batch = NULL;
	vg_mapping_run_free(run);
	vg_agreement_unref(agreement);
	return rc;
}

static int
finish(struct import *import)
{
	json_t *body = json_pack("{sI sI sI sI}", "rows", (json_int_t)import->rows, "taken",
				 (json_int_t)(import->taken + import->repeats), "quarantined",
				 (json_int_t)import->quarantined, "malformed",
				 (json_int_t)(import->malformed + import->refused));
	struct vg_path path;
	json_t *reply = NULL;
	int rc;

	if (!vg_path_start(&path, "/api/v1/imports") || !vg_path_part(&path, import->id) ||
	    !vg_path_part(&path, "finish"))
		return vg_cli_fail(import->cli, VG_EXIT_DIFFERS, "out of memory");
	rc = vg_remote_call(import->cli, "POST", path.text, body, &reply);
	json_decref(body);
	json_decref(reply);
	return rc;
}

static int
print_result(const struct import *import, bool finished)
{
	json_t *json;
	int rc = VG_EXIT_OK;

	if (vg_cli_flag(import->cli, "json")) {
		json = json_pack(
			"{ss sb sI sI sI sI sI sI sI sI}", "id", import->id, "already", finished,
			"rows", (json_int_t)import->rows, "samples", (json_int_t)import->samples,
			"taken", (json_int_t)import->taken, "repeats", (json_int_t)import->repeats,
			"refused", (json_int_t)import->refused, "quarantined",
			(json_int_t)import->quarantined, "malformed", (json_int_t)import->malformed,
			"redacted", (json_int_t)import->redacted);
		rc = vg_print_json(import->cli, json);
		json_decref(json);
	} else if (finished) {
		printf("import %s: this file was imported with this mapping before; nothing to "
		       "do\n",
		       import->id);
	} else {
		printf("import %s: %" PRId64 " rows, ", import->id, import->rows);
		if (vg_mapping_kind(import->mapping) == VG_KIND_SAMPLES_REPORTED)
			printf("%" PRId64 " samples in %" PRId64 " batches, ", import->samples,
			       import->events);
		printf("%" PRId64 " taken, %" PRId64 " repeats, %" PRId64 " refused, %" PRId64
		       " in quarantine, %" PRId64 " malformed, %" PRId64
		       " identity numbers masked\n",
		       import->taken, import->repeats, import->refused, import->quarantined,
		       import->malformed, import->redacted);
		if (import->quarantined > 0) {
			puts("in quarantine, by field and value (mend the mapping, then `vinga "
			     "quarantine retake`):");
			vg_unmapped_print(import->unmapped, 10);
		}
	}
	if (rc == 0 && (import->malformed > 0 || import->refused > 0))
		rc = VG_EXIT_MALFORMED;
	return rc;
}

int
vg_run_import(struct vg_cli *cli)
{
	struct import import = {.cli = cli, .path = cli->operand[0]};
	const char *slash = strrchr(import.path, '/');
	bool finished = false;
	int rc;

	import.name = slash != NULL ? slash + 1 : import.path;
	import.mapping = vg_source_mapping(cli);
	if (import.mapping == NULL)
		return VG_EXIT_MALFORMED;
	if (vg_cli_flag(cli, "dry-run")) {
		rc = vg_dry_run(cli, import.mapping, import.path);
		vg_mapping_free(import.mapping);
		return rc;
	}
	import.unmapped = vg_unmapped_new();
	rc = import.unmapped != NULL ? hash_files(&import)
				     : vg_cli_fail(cli, VG_EXIT_DIFFERS, "out of memory");
	if (rc == 0)
		rc = start(&import, &finished);
	if (rc == 0 && !finished)
		rc = send_file(&import);
	if (rc == 0 && !finished)
		rc = finish(&import);
	if (rc == 0)
		rc = print_result(&import, finished);
	vg_unmapped_free(import.unmapped);
	vg_mapping_free(import.mapping);
	return rc;
}

int
vg_run_import_list(struct vg_cli *cli)
{
	static const struct vg_column columns[] = {{"id", "id"},
						   {"source", "source"},
						   {"file", "file"},
						   {"rows", "rows"},
						   {"taken", "taken"},
						   {"quarantined", "quarantined"},
						   {"malformed", "malformed"},
						   {"finished", "finished"},
						   {"revoked", "revoked"},
						   {"actor", "by"},
						   {NULL, NULL}};

	return vg_remote_list(cli, "/api/v1/imports", columns);
}

int
vg_run_import_revoke(struct vg_cli *cli)
{
	const char *reason = vg_cli_value(cli, "reason", NULL);
	struct vg_path path;
	json_t *body, *reply = NULL;
	int rc;

	if (reason == NULL)
		return vg_cli_fail(cli, VG_EXIT_USAGE, "--reason: a revocation must say why");
	if (!vg_path_start(&path, "/api/v1/imports") || !vg_path_part(&path, cli->operand[0]) ||
	    !vg_path_part(&path, "revoke"))
		return vg_cli_fail(cli, VG_EXIT_USAGE, "ID: too long");
	body = json_pack("{ss}", "reason", reason);
	rc = body != NULL ? vg_remote_call(cli, "POST", path.text, body, &reply)
			  : vg_cli_fail(cli, VG_EXIT_MALFORMED, "--reason: expected text in UTF-8");
	if (rc == 0 && vg_cli_flag(cli, "json"))
		rc = vg_print_json(cli, reply);
	else if (rc == 0)
		printf("import %s is revoked: its facts stay in the ledger and count for nothing\n",
		       cli->operand[0]);
	json_decref(body);
	json_decref(reply);
	return rc;
}
