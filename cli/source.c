/* source.c - what import, dry run and retake share. */
#include "lib/json/agreement_json.h"

#include "cli/source.h"

#include "cli/remote.h"
#include "cli/replay.h"
#include "core/ut.h"
#include "lib/civil/civil.h"
#include "lib/crypto/crypto.h"
#include "lib/json/event_json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX 20

struct vg_mapping *
vg_source_mapping(const struct vg_cli *cli)
{
	const char *path = vg_cli_value(cli, "mapping", NULL);
	struct vg_yaml_errors errors = {0};
	struct vg_mapping *mapping;

	if (path == NULL) {
		(void)vg_cli_fail(cli, VG_EXIT_USAGE,
				  "expected --mapping FILE; plugins/mappings has one for each kind "
				  "of system");
		return NULL;
	}
	mapping = vg_mapping_load(path, &errors);
	for (size_t i = 0; i < errors.count && i < VG_YAML_ERRORS_MAX; i++)
		fprintf(stderr, "%s\n", errors.text[i]);
	vg_yaml_errors_free(&errors);
	return mapping;
}

int
vg_source_agreement(struct vg_cli *cli, struct vg_agreement **out)
{
	const char *directory = vg_cli_value(cli, "agreement", NULL);
	struct vg_err err = {0};
	json_t *reply;
	int rc;

	*out = NULL;
	if (directory != NULL) {
		*out = vg_replay_agreement(cli, directory);
		return *out != NULL ? 0 : VG_EXIT_MALFORMED;
	}
	rc = vg_remote_call(cli, "GET", "/api/v1/agreements/current", NULL, &reply);
	if (rc != 0)
		return rc;
	*out = vg_agreement_from_json(json_object_get(reply, "agreement"), &err);
	json_decref(reply);
	if (*out == NULL || vg_civil_set_zone((*out)->zone, &err) != 0)
		return vg_cli_fail(cli, VG_EXIT_UNREACHABLE, "the daemon's agreement: %s",
				   err.text);
	return 0;
}

/* A title is no part of the canonical bytes; it travels beside them as the daemon's input has it.
 */
static char *
with_title(char *line, const char *title)
{
	json_t *object = json_loads(line, 0, NULL);
	char *text = NULL;

	if (json_object_set_new(json_object_get(object, "body"), "title", json_string(title)) == 0)
		text = json_dumps(object, JSON_COMPACT);
	json_decref(object);
	free(line);
	return text;
}

char *
vg_source_line(const struct vg_mapped_row *row, int generation, size_t *length)
{
	struct vg_event event = row->event;
	char id[VG_EVENT_ID_MAX + 16];
	char *line;

	if (generation > 1) {
		(void)snprintf(id, sizeof(id), "%s@%d", event.event_id, generation);
		event.event_id = id;
	}
	event.source = event.actor = event.import = "";
	line = vg_event_canonical(&event, "", length);
	if (line != NULL && row->title != NULL) {
		line = with_title(line, row->title);
		*length = line != NULL ? strlen(line) : 0;
	}
	return line;
}

int
vg_source_sha256(const struct vg_cli *cli, const char *path, uint8_t out[32])
{
	struct vg_sha256_state *state = vg_sha256_begin();
	FILE *file = fopen(path, "rb");
	char bytes[65536];
	size_t length;
	int rc = 0;

	if (state == NULL)
		rc = vg_cli_fail(cli, VG_EXIT_DIFFERS, "out of memory");
	else if (file == NULL)
		rc = vg_cli_fail(cli, VG_EXIT_MALFORMED, "%s: %s", path, strerror(errno));
	while (rc == 0 && (length = fread(bytes, 1, sizeof(bytes), file)) > 0)
		vg_sha256_add(state, bytes, length);
	if (rc == 0 && ferror(file))
		rc = vg_cli_fail(cli, VG_EXIT_MALFORMED, "%s: %s", path, strerror(errno));
	if (state != NULL)
		vg_sha256_end(state, rc == 0 ? out : NULL);
	if (file != NULL)
		(void)fclose(file);
	return rc;
}

/* Unmapped values. */

struct value {
	UT_hash_handle hh;
	int64_t count;
	char text[]; /* "field: value" */
};

struct vg_unmapped {
	struct value *values;
	int64_t others, malformed;
};

struct vg_unmapped *
vg_unmapped_new(void)
{
	return calloc(1, sizeof(struct vg_unmapped));
}

void
vg_unmapped_free(struct vg_unmapped *unmapped)
{
	struct value *value, *next;

	if (unmapped == NULL)
		return;
	HASH_ITER(hh, unmapped->values, value, next)
	{
		HASH_DEL(unmapped->values, value);
		free(value);
	}
	free(unmapped);
}

void
vg_unmapped_malformed(struct vg_unmapped *unmapped, const char *file,
		      const struct vg_mapped_row *row)
{
	if (unmapped->malformed++ < SHOWN_MAX)
		fprintf(stderr, "%s:%" PRId64 ": %s%s%s\n", file, row->line,
			row->field != NULL ? row->field : "",
			row->field != NULL && *row->field != '\0' ? ": " : "", row->reason);
	if (unmapped->malformed == SHOWN_MAX + 1)
		fprintf(stderr, "%s: further malformed rows are counted only\n", file);
}

void
vg_unmapped_value(struct vg_unmapped *unmapped, const char *field, const char *text)
{
	struct value *value = NULL;
	char key[300];
	size_t length;

	(void)snprintf(key, sizeof(key), "%.60s: %.200s", field != NULL ? field : "",
		       text != NULL ? text : "");
	length = strlen(key);
	HASH_FIND(hh, unmapped->values, key, (unsigned)length, value);
	if (value == NULL && HASH_COUNT(unmapped->values) < VG_UNMAPPED_MAX) {
		value = calloc(1, sizeof(*value) + length + 1);
		if (value != NULL) {
			memcpy(value->text, key, length + 1);
			HASH_ADD_KEYPTR(hh, unmapped->values, value->text, (unsigned)length, value);
		}
	}
	if (value != NULL)
		value->count++;
	else
		unmapped->others++;
}

static int
commonest_first(const struct value *a, const struct value *b)
{
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return strcmp(a->text, b->text);
}

void
vg_unmapped_print(struct vg_unmapped *unmapped, int max)
{
	HASH_SORT(unmapped->values, commonest_first);
	for (const struct value *value = unmapped->values; value != NULL && max > 0;
	     value = value->hh.next, max--)
		printf("  %8" PRId64 "  %s\n", value->count, value->text);
	if (unmapped->others > 0)
		printf("  %8" PRId64 "  others\n", unmapped->others);
}
